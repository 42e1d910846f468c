"""Words of the outage list and the claim: why an outage is not claimed from the provider, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_, format, plural, translator

REASONS: Mapping[str, str] = {
    "power": N_("mất điện, không thuộc trách nhiệm của nhà mạng"),
    "lan": N_("lỗi mạng nội bộ của đơn vị"),
    "captive": N_("nhà mạng chặn bằng trang đăng nhập hoặc báo cước: xem việc đóng cước trước"),
    "suspected": N_("mới là nghi vấn, chưa có căn cứ xác nhận"),
    "cause_unknown": N_("mất kết nối đã xác định, nhưng chưa rõ lỗi ở khúc nào"),
}


def reason(code: str, lang: str = "vi") -> str:
    """The reason in words; "" when the outage is claimed."""
    return translator(lang)(REASONS[code]) if code in REASONS else code


PROOFS: Mapping[str, str] = {
    "late_reports": N_("báo cáo gửi muộn"),
    "journal_captive": N_("trả lời lạ từ trang kiểm tra"),
    "co_vanished": N_("nhiều máy im cùng lúc"),
    "vanished": N_("máy im đột ngột"),
    "group_line": N_("nhiều nơi mất cùng lúc"),
    "group_loss": N_("nhiều nơi mất cùng lúc"),
    "group_power": N_("nhiều nơi tắt đột ngột cùng lúc"),
    "unclean_together": N_("nhiều máy tắt đột ngột cùng lúc"),
    "unclean_shutdown": N_("máy tắt đột ngột"),
    "power_with_battery": N_("máy khác tắt đột ngột, máy chạy pin ghi lại"),
    "both_ends": N_("thấy ở cả hai đầu quãng không quan sát được"),
}
"""What proves an outage beside the journals, by the rule that decided."""


def proof(why: str, witnesses: int, unseen_s: float, lang: str = "vi") -> tuple[str, ...]:
    """What proves an outage, in words: journals of how many PCs, what else was seen, how much was concluded."""
    _, ngettext = translator(lang), plural(lang)
    found: list[str] = []
    if witnesses:
        text = ngettext("nhật ký của %(n)s máy tính", "nhật ký của %(n)s máy tính", witnesses)
        found.append(text % {"n": format.number(witnesses, lang)})
    if why in PROOFS:
        found.append(_(PROOFS[why]))
    if unseen_s >= 60:
        text = _(N_("%(span)s giờ làm việc trong đó suy từ hai đầu"))
        found.append(text % {"span": format.span(unseen_s, lang)})
    return tuple(found)
