"""A finding's evidence in words. Keys that have no words yet are shown as they are: evidence is never hidden."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from collector.i18n import N_, format, translator
from collector.i18n import words as codes

LABELS: Mapping[str, str] = {
    "age_years": N_("Tuổi máy (năm)"),
    "after_years": N_("Coi là lạc hậu sau (năm)"),
    "built_earliest": N_("Sản xuất sớm nhất"),
    "built_latest": N_("Sản xuất muộn nhất"),
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
    "offset_s": N_("Đồng hồ lệch (giây)"),
    "clock_offset_s": N_("Đồng hồ lệch (giây)"),
    "lan_state": N_("Mạng nội bộ"),
    "machines": N_("Máy tính liên quan"),
    "candidates": N_("Máy tính có thể trùng"),
    "reason": N_("Lý do"),
    "mobile": N_("Sóng di động"),
    "fixed_broadband": N_("Băng rộng cố định"),
    "source": N_("Nguồn"),
    "source_class": N_("Loại nguồn"),
    "as_of": N_("Số liệu ngày"),
    "households": N_("Số hộ"),
    "created_at": N_("Đưa vào danh mục"),
    "provider": N_("Nhà cung cấp"),
}
WHY: Mapping[str, str] = {
    "vanished": N_("các máy cùng im lặng trong giờ làm việc, không báo tắt"),
    "late_reports": N_("máy vẫn chạy trong lúc đó, báo cáo gửi bù sau khi có mạng"),
    "unclean_shutdown": N_("máy tắt đột ngột"),
    "off_since_closing": N_("máy tắt từ lúc hết giờ và chưa bật lại"),
    "clean_shutdown": N_("máy tắt đúng cách"),
    "goodbye": N_("máy báo tắt rồi im lặng"),
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
    "bought_used": N_("mua muộn hơn nhiều so với năm sản xuất: có thể là máy cũ"),
    "bought_before_built": N_("ngày khai trước khi máy được sản xuất, không dùng"),
    "two_boots": N_("hai máy cùng báo bằng một mã trạm"),
}
IDENTIFIERS: Mapping[str, str] = {
    "system_uuid": N_("UUID của máy"),
    "system_serial": N_("số sê-ri máy"),
    "board_serial": N_("số sê-ri bo mạch chủ"),
    "mac": N_("card mạng"),
    "disk_serial": N_("số sê-ri ổ đĩa"),
    "agent": N_("mã trạm thu thập"),
}
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
    "codes": codes.UNFIT,
    "code": codes.UNFIT,
    "method": codes.AGE_METHODS,
    "confidence": codes.CONFIDENCES,
}


def evidence_rows(kind: str, evidence: Mapping[str, Any] | None, lang: str) -> list[tuple[str, str | None]]:
    """(label, value) in the order stored; None: not known.

    "codes" is what the rules compare two versions of the evidence by; only of unfit machines does it say more than
    the other keys. "candidates" are machines, shown as links by the template.
    """
    _ = translator(lang)
    left_out = {"candidates"} if kind == "machine_unfit" else {"candidates", "codes"}
    return [
        (_(LABELS[key]) if key in LABELS else key, _value(key, value, lang)) for key, value in (evidence or {}).items()
        if key not in left_out
    ]


def _value(key: str, value: Any, lang: str) -> str | None:
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
