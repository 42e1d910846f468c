"""A finding's evidence in words. Keys that have no words yet are shown as they are: evidence is never hidden."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from collector.i18n import N_, format, translator, why_words
from collector.i18n import words as codes
from collector.web import line_evidence
from collector.web.section_words import WORDS
from collector.web.words import shown

LABELS: Mapping[str, str] = {
    "age_years": N_("Tuổi máy (năm)"),
    "after_years": N_("Coi là lạc hậu sau (năm)"),
    "method": N_("Cách suy ra"),
    "confidence": N_("Độ tin cậy"),
    "codes": N_("Điểm chưa đạt"),
    "value": N_("Đo được"),
    "limit": N_("Ngưỡng"),
    "last_contact_at": N_("Liên lạc cuối"),
    "silent_days": N_("Số ngày không báo cáo"),
    "since": N_("Từ lúc"),
    "limit_minutes": N_("Coi là im lặng sau (phút giờ làm việc)"),
    "site_cut": N_("Cả địa điểm mất kết nối"),
    "why": N_("Suy ra từ"),
    "agents": N_("Số trạm thu thập tại địa điểm"),
    "agent": N_("Trạm thu thập"),
    "compared": N_("So sánh định danh"),
    "says": N_("kết quả"),
    "kind": N_("loại"),
    "lan_declared": N_("Mạng nội bộ theo khai báo"),
    "lan_declared_on": N_("Ngày khai báo"),
    "earliest": N_("sớm nhất"),
    "latest": N_("muộn nhất"),
    "from_at": N_("Từ lúc"),
    "to_at": N_("Đến lúc"),
    "state": N_("Trạng thái"),
    "cause": N_("Nguyên nhân"),
    "offset_s": N_("Đồng hồ lệch"),
    "clock_offset_s": N_("Đồng hồ lệch"),
    "lan_state": N_("Mạng nội bộ"),
    "machines": N_("Máy tính liên quan"),
    "candidates": N_("Máy tính có thể trùng"),
    "reason": N_("Lý do"),
    "reasons": N_("Điểm chưa đạt"),
    "advice": N_("Nên xem xét thêm"),
    "mobile": N_("Sóng di động"),
    "fixed_broadband": N_("Băng rộng cố định"),
    "source": N_("Nguồn"),
    "source_class": N_("Loại nguồn"),
    "as_of": N_("Số liệu ngày"),
    "households": N_("Số hộ"),
    "created_at": N_("Đưa vào danh mục"),
    "provider": N_("Nhà cung cấp"),
    "pcs": N_("Số máy tính thấy việc này"),
    "network": N_("Mạng"),
    "gateway": N_("Cổng ra"),
    "servers": N_("Máy cấp địa chỉ đã trả lời"),
    "strange": N_("Máy cấp địa chỉ lạ"),
    "server": N_("máy chủ"),
    "maker": N_("hãng card mạng"),
    "hops": N_("Đường ra Internet đi qua"),
    "addresses": N_("Địa chỉ bị trùng"),
    "wrong": N_("Trả lời sai"),
    "name": N_("tên miền"),
    "answer": N_("trả lời"),
    "devices": N_("Thiết bị"),
    "count": N_("Số thiết bị"),
    "doors": N_("Cửa đang mở"),
    "error": N_("Mã lỗi"),
    "cuts": N_("Số lần đứt ngắn"),
    "window_hours": N_("Đếm trong (giờ)"),
    "last_at": N_("Lần gần nhất"),
    "lost_s": N_("Cộng thời gian đứt"),
    "longest_s": N_("Lần dài nhất"),
    "event": N_("Thuộc sự cố khu vực số"),
    "event_sites": N_("Số địa điểm cùng bị"),
}
WHY: Mapping[str, str] = {
    "several_match": N_("khớp với nhiều máy cùng lúc"),
    "card_and_disk_differ": N_("bo mạch khớp nhưng card mạng và ổ đĩa khác"),
    "one_weak_match": N_("chỉ khớp một định danh yếu"),
    "disk_moved": N_("ổ đĩa đã gặp ở máy khác"),
    "cloned_disk": N_("ổ đĩa được sao chép sang máy khác"),
    "purchase_date_broken": N_("ngày khai không hợp lý, không dùng"),
    "bios_date_broken": N_("ngày BIOS không hợp lý, không dùng"),
    "install_date_broken": N_("ngày cài không hợp lý, không dùng"),
    "install_before_cpu": N_("cài trước khi có bộ xử lý này: ổ đĩa sao chép hoặc đồng hồ sai, không dùng"),
    "bios_before_cpu": N_("BIOS cũ hơn bộ xử lý: bộ xử lý có thể đã thay"),
    "bios_updated": N_("BIOS mới hơn bộ xử lý nhiều năm: có thể đã cập nhật"),
    "serial_unclear": N_("số sê-ri không khớp với năm nào của các bằng chứng khác, không dùng"),
    "serial_far_from_bios": N_("BIOS cũ hơn nhiều so với số sê-ri: bo mạch có thể đã thay"),
    "disk_older": N_("ổ đĩa đã chạy lâu hơn tuổi máy: có thể lấy từ máy khác"),
    "bought_used": N_("mua muộn hơn nhiều so với năm sản xuất: có thể là máy cũ"),
    "bought_before_built": N_("ngày khai trước khi máy được sản xuất, không dùng"),
    "two_boots": N_("hai máy cùng báo bằng một mã trạm"),
    "android_metered": N_("máy cấp địa chỉ là điện thoại Android"),
    "network": N_("địa chỉ mạng chỉ điện thoại mới dùng"),
}
SEVERE_AFTER = N_("Xếp mức cao khi quá (năm)")
IDENTIFIERS: Mapping[str, str] = {
    "system_uuid": N_("UUID của máy"),
    "system_serial": N_("số sê-ri máy"),
    "board_serial": N_("số sê-ri bo mạch chủ"),
    "mac": N_("card mạng"),
    "disk_serial": N_("số sê-ri ổ đĩa"),
    "agent": N_("mã trạm thu thập"),
}
_CODES: Mapping[str, str] = {**codes.UNFIT, **codes.UNSAFE}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "why": WHY,
    "reason": WHY,
    "kind": IDENTIFIERS,
    "says": {"agrees": N_("giống nhau"), "differs": N_("khác nhau")},
    "lan_declared": codes.LAN_STATES,
    "state": codes.SITE_STATES,
    "cause": codes.CAUSES,
    "lan_state": codes.LAN_STATES,
    "mobile": codes.MOBILE,
    "fixed_broadband": codes.BROADBAND,
    "source_class": codes.SOURCES,
    "codes": _CODES,
    "code": _CODES,
    "method": codes.AGE_METHODS,
    "confidence": codes.CONFIDENCES,
    "advice": codes.ADVICE,
}


def evidence_rows(kind: str, evidence: Mapping[str, Any] | None, lang: str) -> list[tuple[str, str | None]]:
    """(label, value) in the order stored; None: not known.

    "codes" is what the rules compare two versions of the evidence by: the other keys say more, except of machines
    found unfit before their "reasons" were kept. "candidates" are machines, shown as links by the template.
    """
    _ = translator(lang)
    said = dict(evidence or {})
    rows: list[tuple[str, str | None]] = []
    if "built_latest" in said:  # "2013–2015", "từ 2015 trở về trước": two ends of one thing
        built = built_years(said.pop("built_earliest", None), said.pop("built_latest"), lang)
        rows.append((_(N_("Năm sản xuất")), built or None))
    left_out = {"candidates"} if kind == "machine_unfit" and "reasons" not in said else {"candidates", "codes"}
    for key, value in said.items():
        if key in left_out:
            continue
        label = SEVERE_AFTER if key == "after_years" and "severe" in said.get("codes", ()) else LABELS.get(key, "")
        label = label or line_evidence.LABELS.get(key, "")
        text = line_evidence.phrase(kind, key, value, said, lang)
        rows.append((_(label) if label else key, text if text is not None else _value(key, value, lang, kind)))
    return rows


def built_years(early: int | None, late: int | None, lang: str) -> str:
    """Years built: "2012", "2011–2013", "từ 2014 trở về trước"; "" when nothing is said."""
    _ = translator(lang)
    if late is None:
        return "" if early is None else _(N_("từ %(year)s trở về sau")) % {"year": early}
    if early is None:
        return _(N_("từ %(year)s trở về trước")) % {"year": late}
    return str(late) if early == late else f"{early}–{late}"


def unsafe_value(reason: Mapping[str, Any], lang: str) -> str:
    """What was found about a weak point of a PC's protection, as a phrase; "" when its name says all."""
    _ = translator(lang)
    code, value = str(reason.get("code", "")), str(reason.get("value") or "")
    limit, name = reason.get("limit"), str(reason.get("evidence") or "")
    if code == "updates_old":
        text = N_("lần gần nhất %(day)s, quá %(limit)s ngày")
        return _(text) % {"day": written(value, lang), "limit": limit} if value else ""
    if code == "antimalware_old":
        text = N_("%(name)s, mẫu ngày %(day)s, quá %(limit)s ngày")
        return _(text) % {"name": name, "day": written(value, lang), "limit": limit} if value else name
    if code == "firewall_off":
        return ", ".join(
            codes.word(WORDS["zone_name"], item.strip(), lang) for item in value.split(",") if item.strip()
        )
    if code == "os_release":
        text = N_("%(value)s, hãng ngừng cập nhật ngày %(day)s")
        return _(text) % {"value": value, "day": written(str(limit or ""), lang)}
    if code == "rdp":
        said = {"nla": N_("đòi đăng nhập trước khi mở màn hình"), "no_nla": N_("không đòi đăng nhập trước")}
        return codes.word(said, name, lang)
    return value


def measured(code: str, value: Any, lang: str) -> str:
    """A value or limit of an unfit machine in the unit that people know: memory in GB, clock in GHz."""
    if value is None or value == "":
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if code == "ram":
            return format.gigabytes(round(value * 2**30), lang)
        if code == "disk_free":
            return f"{format.decimal(value, 0 if float(value).is_integer() else 1, lang)}%"
        if code == "clock":
            return f"{format.decimal(value / 1000, 1, lang)} GHz"
        return format.number(value, lang) if isinstance(value, int) else format.decimal(value, 1, lang)
    if code == "disk_health":
        return codes.word(codes.DISK_HEALTH, str(value), lang)
    return written(str(value), lang)


def age_value(method: str, value: str, lang: str) -> str:
    """The value of a piece of evidence of age, as people read it."""
    if method == "disk_hours":
        with contextlib.suppress(ValueError):
            years = format.decimal(float(value), 1, lang)
            return translator(lang)(N_("%(years)s năm chạy liền")) % {"years": years}
    return written(value, lang)


def _special(key: str, value: Any, lang: str, kind: str) -> str | None:
    """What reads better as a phrase than as a list of names and values; None: nothing special."""
    _ = translator(lang)
    if key in ("hops", "maker") and value:
        return shown(value, key, lang)
    if key == "doors" and isinstance(value, list):
        return ", ".join(shown(item, "door", lang) or "" for item in value)
    if kind == "lan_hotspot" and key == "why":
        return codes.word(WHY, str(value), lang)
    if key == "reasons" and isinstance(value, Mapping):
        code = str(value.get("code", ""))
        if code in codes.UNSAFE:
            said = unsafe_value(value, lang)
            return codes.word(_CODES, code, lang) + (f": {said}" if said else "")
        text = N_("%(what)s: đo được %(value)s, ngưỡng %(limit)s")
        ends = [measured(code, value.get(side), lang) or format.NOTHING for side in ("value", "limit")]
        return _(text) % {"what": codes.word(_CODES, code, lang), "value": ends[0], "limit": ends[1]}
    if key == "compared" and isinstance(value, Mapping) and {"kind", "says"} <= value.keys():
        return f"{_value('kind', value['kind'], lang)}: {_value('says', value['says'], lang)}"
    if kind == "site_disconnected" and key == "why":
        return why_words.why(str(value), lang)
    if kind == "site_flapping" and key in ("lost_s", "longest_s") and isinstance(value, int | float):
        return format.span(value, lang)
    if kind == "clock_wrong" and isinstance(value, int | float):
        if key == "limit":
            return format.span(value, lang)
        if key in ("offset_s", "clock_offset_s"):
            return f"{format.span(abs(value), lang)} {_(N_('nhanh') if value > 0 else N_('chậm'))}"
    return None


def _value(key: str, value: Any, lang: str, kind: str = "") -> str | None:
    special = _special(key, value, lang, kind)
    if special is not None:
        return special
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, bool):
        return translator(lang)(N_("có") if value else N_("không"))
    if isinstance(value, list):
        return "; ".join(_value(key, item, lang) or format.NOTHING for item in value)
    if isinstance(value, Mapping):
        pairs = evidence_rows("", value, lang)
        return ", ".join(f"{label}: {text or format.NOTHING}" for label, text in pairs)
    if isinstance(value, str):
        return codes.word(_WORDS[key], value, lang) if key in _WORDS else written(value, lang)
    if isinstance(value, float):
        return format.decimal(value, 1, lang)
    return str(value)


def written(value: str, lang: str) -> str:
    """A stored date or time is written as people write it; any other text stays."""
    if len(value) < 10 or not value[:4].isdigit():
        return value
    try:
        if len(value) == 10:
            return format.day(date.fromisoformat(value), lang)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return format.moment(moment, lang) if moment.tzinfo else value
