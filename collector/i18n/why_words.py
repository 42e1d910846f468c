"""Why a site is believed to be in a state: the engine's codes (`Stretch.why`) as sentences for people.

Each code has a sentence that says what was seen, and what can still change the verdict ("": nothing).
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_, translator

_LATE = N_("Nhật ký của máy tính gửi về sau sẽ xác nhận hoặc rút lại kết luận này.")
_BLIND = N_("Không tính cho địa điểm: lúc đó không ai nghe được nơi này.")

WHY: Mapping[str, tuple[str, str]] = {
    "heard": (N_("Máy tính ở đây báo về đều; những lần im ngắn hơn mức cho phép là bình thường."), ""),
    "bridged": (N_("Quãng im giữa hai lần báo về, mà bằng chứng hai đầu cho thấy không có sự cố."), ""),
    "closed": (N_("Im lặng ngoài giờ làm việc: tắt máy là bình thường, không phải sự cố."), ""),
    "opening": (N_("Vừa đến giờ làm việc; còn trong thời gian chờ mọi người bật máy."), ""),
    "goodbye": (N_("Máy tính báo tắt trước khi im: người dùng tự tắt máy trong giờ làm việc."), ""),
    "clean_shutdown": (N_("Lần bật sau cho biết máy được tắt đúng cách: tắt máy, không phải mất đường truyền."), ""),
    "off_since_closing": (N_("Máy tắt từ sau giờ làm việc hôm trước và chưa được bật lại."), ""),
    "vanished": (N_("Máy tính im đột ngột trong giờ làm việc, không báo tắt trước."), _LATE),
    "co_vanished": (N_("Nhiều máy tính ở đây im cùng một lúc, không máy nào báo tắt trước."), _LATE),
    "waiting_for_evidence": (
        N_("Máy tính im đột ngột, nhưng chừng đó chưa đủ căn cứ để nói mất kết nối: có thể chỉ là tắt máy."),
        _LATE,
    ),
    "unclean_shutdown": (N_("Lần bật sau cho biết máy tắt đột ngột, không qua trình tự tắt máy."), _LATE),
    "unclean_together": (N_("Nhiều máy tính tắt đột ngột cùng một lúc, không qua trình tự tắt máy."), _LATE),
    "unclean_alone": (N_("Một máy tính tắt đột ngột: chừng đó chưa đủ căn cứ để nói mất điện."), _LATE),
    "unclean_at_closing": (N_("Máy tắt đột ngột gần giờ tan sở: có thể chỉ là ngắt ổ cắm khi ra về."), _LATE),
    "closed_unclean": (N_("Máy tắt đột ngột ngoài giờ làm việc: có thể chỉ là ngắt ổ cắm khi ra về."), ""),
    "power_with_battery": (
        N_("Mất mạng tại chỗ cùng lúc các máy khác tắt đột ngột: mất điện, máy ghi nhật ký chạy bằng pin."),
        "",
    ),
    "asleep": (N_("Máy tính ngủ: lần báo về sau vẫn cùng một lần bật máy, không có dấu hiệu mất đường truyền."), ""),
    "starting": (N_("Có điện lại; còn trong thời gian chờ mọi người bật máy."), ""),
    "late_reports": (N_("Báo cáo gửi muộn chứng tỏ máy tính vẫn chạy lúc đó mà không gửi đi được."), ""),
    "journal_line": (N_("Nhật ký của máy tính: cổng mạng tại chỗ trả lời, nhưng không ra được bên ngoài."), ""),
    "journal_lan": (N_("Nhật ký của máy tính: không đến được cả cổng mạng tại chỗ, lỗi ở mạng nội bộ."), ""),
    "journal_captive": (N_("Nhật ký của máy tính: có mạng, nhưng trang đăng nhập của nhà mạng chặn lại."), ""),
    "both_ends": (N_("Sự cố được thấy ở cả hai đầu của quãng không quan sát được: coi là một sự cố liền."), ""),
    "journal": (N_("Nhật ký của máy tính cho thấy không ra ngoài được; chưa rõ lỗi ở khúc nào."), ""),
    "group_loss": (N_("Nhiều nơi im cùng một lúc: sự cố chung, chưa rõ do điện hay do đường truyền."), _LATE),
    "group_line": (N_("Nhiều nơi cùng nhà mạng hoặc cùng khu vực im cùng một lúc: sự cố đường truyền chung."), _LATE),
    "group_power": (N_("Nhiều nơi cùng khu vực tắt đột ngột cùng một lúc: mất điện diện rộng."), _LATE),
    "collector_down": (N_("Máy thu ở trung tâm không chạy."), _BLIND),
    "collector_return": (N_("Máy thu vừa chạy lại; máy tính các nơi cần ít phút để nối lại."), _BLIND),
    "journal_up": (N_("Nhật ký của máy tính gửi về sau chứng tỏ lúc đó đường truyền vẫn tốt."), ""),
    "journal_up_blind": (N_("Máy thu không nghe được, nhưng nhật ký của máy tính chứng tỏ đường truyền vẫn tốt."), ""),
    "never_reported": (N_("Trạm thu thập đã ghi danh nhưng chưa báo về lần nào."), ""),
    "no_agent": (N_("Lúc đó ở đây không có trạm thu thập nào: không quan sát thì không kết luận."), ""),
    "no_collector": (N_("Lúc đó hệ thống chưa chạy: không quan sát thì không kết luận."), ""),
    "excluded": (N_("Địa điểm được loại trừ theo quy định: không cài, không quan sát."), ""),
}


def why(code: str, lang: str = "vi") -> str:
    """The sentence for a code; "" for none, the code itself where there is no sentence."""
    return translator(lang)(WHY[code][0]) if code in WHY else code


def awaited(code: str, lang: str = "vi") -> str:
    """What can still change the verdict; "" when nothing can."""
    said = WHY[code][1] if code in WHY else ""
    return translator(lang)(said) if said else ""
