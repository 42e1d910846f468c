"""Digest -> words. The letter is an official Vietnamese one, so its language is not a choice of the reader.

Polite and impersonal: states in words, figures with their observed share, no PC, no person, no address.
"""

from __future__ import annotations

from collections.abc import Sequence

from collector.i18n import format, words
from collector.mail import outage_words
from collector.mail.kind_words import CONDITIONS, NO_DATA, RESULTS, count
from inventory.domain.digest import CommuneRow, Digest, Item, KeyFigure, Result
from inventory.domain.letter import Reader
from inventory.domain.week import IsoWeek

SUBJECT_TAG = "[Hạ tầng CNTT]"
_ADDRESSED = {"dong_chi": "Đồng chí", "ong": "Ông", "ba": "Bà"}
_FIGURES = {
    "sites_connected": "Địa điểm hoạt động bình thường",
    "machines_reporting": "Máy tính có báo cáo trong tuần",
    "machines_outdated": "Máy tính đã sử dụng trên {years} năm",
    "lan_missing": "Địa điểm chưa có mạng nội bộ (LAN)",
    "no_broadband": "Thôn chưa có băng rộng cố định",
    "no_signal": "Thôn chưa bảo đảm sóng di động",
}
_OBSERVED_OF = {
    "machines_outdated": ("máy", "đã rõ tuổi"),
    "lan_missing": ("địa điểm", "đã rõ"),
    "no_broadband": ("thôn", "có dữ liệu"),
    "no_signal": ("thôn", "có dữ liệu"),
}


def years(digest: Digest) -> str:
    """The limit as written: "5", or "6,25" where the province has another wear period."""
    return f"{digest.rules.outdated_after_years:g}".replace(".", ",")


def week_name(week: IsoWeek) -> str:
    return f"Tuần {week.number}/{week.year}"


def headline(digest: Digest) -> str:
    """What the leader must know if nothing else is read."""
    if digest.empty:
        return NO_DATA
    events = outage_words.headline(digest)
    if digest.todo:
        late = f", {format.number(digest.overdue)} quá hạn" if digest.overdue else ""
        return f"{format.number(digest.todo)} việc cần xử lý{late}" + (f"; {events}" if events else "")
    silent = digest.figures["sites_unobserved"]
    return (events or "không có cảnh báo") + (
        f", {format.number(silent)} địa điểm chưa quan sát được" if silent else ""
    )


def sample_mark(digest: Digest) -> str:
    return {"": "", "some": " (có dữ liệu mẫu)", "all": " (dữ liệu mẫu)"}[digest.sample]


def subject(digest: Digest) -> str:
    """`[Hạ tầng CNTT] Tuần 47/2026 - Xã Vĩnh Sơn: 2 việc cần xử lý, 1 quá hạn`."""
    return f"{SUBJECT_TAG} {week_name(digest.week)} - {digest.scope_name}: {headline(digest)}{sample_mark(digest)}"


def salutation(readers: Sequence[Reader], digest: Digest) -> str:
    """`Đồng chí Chủ tịch UBND xã Vĩnh Sơn; Ông Nguyễn Văn A, Chánh Văn phòng`. Copy readers are not addressed."""
    people = [_addressed(reader, digest) for reader in readers if not reader.copy]
    return "; ".join(people) or f"Lãnh đạo {in_sentence(digest.scope_name)}"


def copies(readers: Sequence[Reader], digest: Digest) -> str:
    return "; ".join(_role(reader, digest) or reader.name for reader in readers if reader.copy)


def period(digest: Digest) -> str:
    begins = format.day(digest.week.monday)
    if digest.to_date:
        return f"Từ ngày {begins} đến {clock(digest)} (tuần chưa kết thúc)"
    return f"Từ ngày {begins} đến ngày {format.day(digest.week.sunday)}"


def clock(digest: Digest) -> str:
    there = format.local(digest.as_of)
    return f"{there:%H:%M} ngày {format.day(there.date())}"


def condition(item: Item, digest: Digest) -> str:
    if item.kind == "site_disconnected" and item.cause == "power":
        return "Mất kết nối do mất điện"
    text = _fill(CONDITIONS, item.kind, item.count, digest)
    return text + (f": {', '.join(item.names)}" if item.names else "")


def result(done: Result, digest: Digest) -> str:
    if done.withdrawn:
        return "Rút cảnh báo: dữ liệu nhận sau cho thấy địa điểm không mất kết nối"
    text = _fill(RESULTS, done.kind, done.count, digest)
    return text + (f": {', '.join(done.names)}" if done.names else "")


def place(thing: Item | Result, digest: Digest) -> str:
    """Name of the site; with its commune where the letter is about several."""
    if digest.scope_kind == "unit":
        return thing.place or "Các thôn"
    return f"{thing.place} ({in_sentence(thing.unit.full)})" if thing.place else thing.unit.full


def worst(digest: Digest, copy_roles: str) -> str:
    """The first task in one sentence, for those who read no further."""
    if not digest.items:
        return ""
    item = digest.items[0]
    late = lateness(item, copy_roles)
    due_on = f", thời hạn {due(item)}" + (f" ({late})" if late else "") if item.due_on else ""
    since = format.day(item.since)
    return f"{place(item, digest)}: {in_sentence(condition(item, digest))} từ {since}; xử lý: {party(item)}{due_on}."


def cause(item: Item) -> str:
    if item.kind != "site_disconnected":
        return "–"
    return words.word(words.CAUSES, item.cause or "unknown")


def party(item: Item) -> str:
    """Who has to act. The operator by name where it is known."""
    if item.responsible == "operator":
        return item.provider or "Doanh nghiệp viễn thông"
    if item.responsible == "commune":
        return f"UBND {in_sentence(item.unit.full)}"
    return words.word(words.PARTIES, item.responsible)


def state(item: Item) -> str:
    return ", ".join(words.word(words.FINDING_STATES, code) for code in item.states)


def due(item: Item) -> str:
    return format.day(item.due_on) if item.due_on else "chưa định"


def lateness(item: Item, copy_roles: str) -> str:
    """`Quá hạn 9 ngày, nhắc lần 1`; "" for what is in time."""
    parts: list[str] = []
    if item.overdue_days:
        some = f" ({count(item.overdue_count)}/{count(item.count)})" if item.overdue_count < item.count else ""
        parts.append(f"quá hạn {item.overdue_days} ngày{some}")
    if item.reminder:
        copied = f", sao gửi {copy_roles}" if copy_roles else ""
        parts.append(("nhắc lần 1", "nhắc lần 2" + copied, "đưa vào báo cáo tháng")[min(item.reminder, 3) - 1])
    return ", ".join(parts)


def figure(key: KeyFigure, digest: Digest) -> tuple[str, str, str, str]:
    """(name, value, share observed and what else must be said, change)."""
    name = _FIGURES[key.code].format(years=years(digest))
    if not key.observed:
        return name, NO_DATA, f"{count(key.whole)} chưa quan sát được" if "sites" in key.code else "", ""
    if key.code in _OBSERVED_OF:
        what, known = _OBSERVED_OF[key.code]
        note = f"trong {count(key.observed)} {what}"
        if key.observed < key.whole:
            note += f" {known} ({format.percent(key.observed, key.whole)} của {count(key.whole)} {what})"
        return name, count(key.value), note, change(key.change)
    note = _not_working(digest) if key.code == "sites_connected" else ""
    return name, f"{count(key.value)}/{count(key.whole)}", note, change(key.change)


def change(by: int | None) -> str:
    if by is None:
        return ""
    if not by:
        return "không đổi"
    return f"{'tăng' if by > 0 else 'giảm'} {count(abs(by))}"


def blindness(digest: Digest) -> str:
    """What the collector itself did not see; "" when it was up all week."""
    blind, texts = digest.blind, []
    if blind.began_at:
        texts.append(f"Hệ thống bắt đầu thu thập dữ liệu từ {format.moment(blind.began_at)}.")
    if blind.times:
        span = format.span(blind.seconds)
        texts.append(
            f"Trong tuần máy thu của hệ thống ngừng {count(blind.times)} lần, tổng cộng {span}; "
            "khoảng thời gian này không tính là mất kết nối của địa điểm."
        )
    return " ".join(texts)


def aside(digest: Digest) -> str:
    """Open findings that are not tasks any more."""
    parts: list[str] = []
    if digest.reported_fixed:
        parts.append(f"{count(digest.reported_fixed)} mục đã báo khắc phục, chờ dữ liệu xác nhận")
    if digest.set_aside:
        parts.append(f"{count(digest.set_aside)} mục đã loại trừ hoặc không khắc phục được")
    return f"Không tính trong bảng trên: {'; '.join(parts)}." if parts else ""


def commune(row: CommuneRow) -> dict[str, str]:
    """One line of the summary. "–": there is none of it; "chưa rõ": there is, and nothing is known about it."""
    f = row.figures

    def of_known(part: str, known: str, there: str) -> str:
        if not f[there]:
            return "–"
        return f"{f[part]}/{f[known]}" if f[known] else "chưa rõ"

    norm = "?" if f["pc_norm"] is None else str(f["pc_norm"])
    return {
        "name": row.unit.full,
        "sites": f"{f['sites_connected']}/{f['sites']}"
        if f["sites_observed"]
        else of_known("", "sites_observed", "sites"),
        "unobserved": str(f["sites_unobserved"] or "–"),
        "no_lan": of_known("lan_missing", "lan_known", "sites"),
        "machines": f"{f['machines']}/{norm}" if f["sites"] else "–",
        "outdated": of_known("machines_outdated", "machines_age_known", "machines"),
        "villages": str((f["no_broadband"] or 0) + (f["no_signal"] or 0)) if f["villages"] else "–",
        "todo": str(f["todo"]),
        "overdue": str(f["overdue"]),
        "data": format.moment(row.last_contact_at) if row.last_contact_at else "chưa có",
    }


def previous_name(digest: Digest) -> str:
    if digest.compared_with is None:
        return ""
    if digest.week.weeks_since(digest.compared_with) == 1:
        return "So với tuần trước"
    return f"So với {week_name(digest.compared_with).lower()}"


def _fill(texts: dict[str, str], kind: str, number: int, digest: Digest) -> str:
    text = texts.get(kind) or words.word(words.FINDING_KINDS, kind)
    return text.format(n=count(number), years=years(digest))


def _not_working(digest: Digest) -> str:
    f = digest.figures
    parts = (
        ("mất kết nối", f["sites_cut"]),
        ("chưa quan sát được", f["sites_unobserved"]),
        ("loại trừ theo quy định", f["sites_excluded"]),
    )
    return "; ".join(f"{count(number)} {text}" for text, number in parts if number)


def in_sentence(full_name: str) -> str:
    """ "Xã Vĩnh Sơn" -> "xã Vĩnh Sơn"."""
    return full_name[:1].lower() + full_name[1:]


def _addressed(reader: Reader, digest: Digest) -> str:
    who = ", ".join(part for part in (reader.name, _role(reader, digest)) if part)
    return f"{_ADDRESSED.get(reader.salutation, 'Đồng chí')} {who}"


def _role(reader: Reader, digest: Digest) -> str:
    """ "Chủ tịch UBND xã" -> "Chủ tịch UBND xã Vĩnh Sơn": the list of recipients need not repeat the name."""
    label, _, name = digest.scope_name.partition(" ")
    if digest.scope_kind == "unit" and name not in reader.role and reader.role.endswith(label.lower()):
        return f"{reader.role} {name}"
    return reader.role
