"""Area events, corrections and how much was seen, in words. Nobody is blamed for what hit a whole area."""

from __future__ import annotations

from collector.i18n import format
from collector.mail.kind_words import count
from inventory.domain.digest import Digest
from inventory.domain.digest_events import Correction, EventLine
from inventory.domain.digest_facts import CorrectionFact

_CAUSES = {
    "power": "do mất điện",
    "line": "do sự cố đường truyền",
    "lan": "do lỗi mạng nội bộ",
    "captive": "do bị chặn bằng trang đăng nhập",
}


def event(line: EventLine, digest: Digest) -> str:
    """`Sự cố khu vực: 12 xã mất kết nối do mất điện từ 08:12 17/11/2026 đến 11:40 17/11/2026 (khu vực Vĩnh Thạnh).`"""
    told = line.event
    who = f"{count(line.sites)} địa điểm" if digest.scope_kind == "unit" else f"{count(line.communes)} xã"
    cause = _CAUSES.get(told.cause, "chưa rõ nguyên nhân")
    until = f"đến {format.moment(told.to_at)}" if told.to_at else "chưa khôi phục xong"
    where = ", ".join(part for part in (_area(told.area), _network(told.provider)) if part)
    return f"Sự cố khu vực: {who} mất kết nối {cause} từ {format.moment(told.from_at)} {until} ({where})."


def correction(item: Correction, digest: Digest) -> str:
    """`Thư trước báo Trụ sở UBND mất kết nối từ ... (nghi vấn); nay xác định do sự cố đường truyền.`"""
    fact = item.fact
    place = fact.place
    if digest.scope_kind != "unit" and item.unit is not None and not fact.event:
        place += f" ({item.unit.full[:1].lower()}{item.unit.full[1:]})"
    began = format.moment(fact.since)
    if fact.event:
        return f"Thư trước báo sự cố khu vực ({place}) từ {began}; nay rút lại, không có sự cố chung."
    before = f"Thư trước báo {place} mất kết nối từ {began} ({_belief(fact.told_state, fact.told_cause)})"
    if not fact.state:
        return f"{before}; nay rút lại: dữ liệu nhận sau cho thấy địa điểm không mất kết nối."
    return f"{before}; nay xác định {_now(fact)}."


def headline(digest: Digest) -> str:
    """`1 sự cố khu vực chưa khôi phục`; "" when none goes on."""
    return f"{format.number(digest.going_on)} sự cố khu vực chưa khôi phục" if digest.going_on else ""


def availability(digest: Digest) -> str:
    """How much of the opening time was seen, and what share of that had a connection; "" when nothing is known."""
    share = digest.availability
    if not share.open_s:
        return ""
    unseen = share.open_s - share.seen_s
    not_seen = (
        f"{format.percent(unseen, share.open_s)} thời gian làm việc không quan sát được nên không tính"
        if unseen > 0
        else "toàn bộ thời gian làm việc đều quan sát được"
    )
    if not share.seen_s:
        return "Kết nối: cả kỳ không quan sát được trong giờ làm việc, chưa có số liệu."
    up = format.percent(share.up_s, share.seen_s)
    return f"Kết nối: thông suốt {up} thời gian làm việc đã quan sát; {not_seen}."


def _belief(state: str, cause: str) -> str:
    doubt = "nghi vấn" if state != "LINE_LOST_CONFIRMED" else "đã xác định"
    said = _CAUSES.get(cause, "chưa rõ nguyên nhân")
    return f"{doubt}, {said}"


def _now(fact: CorrectionFact) -> str:
    said = _CAUSES.get(fact.cause)
    if fact.state == "LINE_LOST_CONFIRMED":
        return f"mất kết nối là đúng, {said or 'chưa rõ nguyên nhân'}"
    return said or "chưa rõ nguyên nhân"


def _area(name: str) -> str:
    """Areas are named by people: "Vĩnh Thạnh", or "Khu vực Vĩnh Thạnh"."""
    if name.lower().startswith(("khu vực", "cụm", "vùng")):
        return name[:1].lower() + name[1:]
    return f"khu vực {name}" if name else ""


def _network(provider: str) -> str:
    return f"mạng {provider}" if provider else ""
