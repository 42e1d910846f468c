"""What the letter asks for: few sentences, the most pressing first, each with a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from collector.i18n import format
from collector.mail import wording
from inventory.domain.digest import Digest, Item

MAX_NAMES = 4
MAX_ASKED = 5

_ASKED = {
    "site_disconnected": "Phối hợp với {party} khôi phục kết nối tại {places}",
    "site_flapping": "Phối hợp với {party} khắc phục đường truyền chập chờn tại {places}",
    "site_no_lan": "Phối hợp với Sở KH&CN xây dựng mạng nội bộ tại {places}",
    "site_never_reported": "Cài đặt hoặc bật phần mềm thu thập tại {places}",
    "machine_outdated": "Rà soát, đưa {n} máy tính trên {years} năm vào kế hoạch thay thế",
    "machine_unfit": "Rà soát, nâng cấp {n} máy tính không đạt cấu hình tối thiểu",
    "machine_silent": "Kiểm tra {n} máy tính không gửi dữ liệu tại {places}",
    "clock_wrong": "Chỉnh ngày giờ, thay pin của {n} máy tính",
    "identity_conflict": "Phối hợp với Sở KH&CN xác minh {n} máy tính trùng định danh",
    "machine_unsafe": "Bật phần mềm phòng chống mã độc, tường lửa và cài bản cập nhật cho {n} máy tính",
    "machine_wmi_damaged": "Sửa kho dữ liệu quản lý của Windows trên {n} máy tính",
    "lan_rogue_dhcp": "Tìm và tắt thiết bị lạ tự cấp địa chỉ mạng tại {places}",
    "lan_second_router": "Chuyển bộ định tuyến nối thêm sang chế độ điểm truy cập tại {places}",
    "lan_address_clash": "Sửa địa chỉ mạng bị trùng tại {places}",
    "lan_captive": "Kiểm tra cước và trang chặn của đường truyền tại {places}",
    "lan_hotspot": "Phối hợp với Sở KH&CN lắp đường truyền cố định tại {places}",
    "lan_dns_tampering": "Kiểm tra bộ định tuyến, đặt lại máy chủ tên miền tại {places}",
    "lan_default_snmp": "Phối hợp với Sở KH&CN đổi mật khẩu mặc định của thiết bị mạng tại {places}",
    "lan_open_management": "Phối hợp với Sở KH&CN đóng cửa quản trị không mã hóa của thiết bị mạng tại {places}",
    "lan_no_ipv6": "Đề nghị nhà cung cấp bật IPv6 tại {places}",
    "village_no_broadband": "Làm việc với doanh nghiệp viễn thông về băng rộng cố định cho {n} thôn",
    "village_no_signal": "Làm việc với doanh nghiệp viễn thông về sóng di động cho {n} thôn",
}


def opening(digest: Digest) -> str:
    """The sentence before the list."""
    if digest.scope_kind == "unit":
        return f"Đề nghị UBND {wording.in_sentence(digest.scope_name)} chỉ đạo cán bộ đầu mối CNTT:"
    if digest.scope_kind == "area":
        return "Đề nghị lãnh đạo phụ trách khu vực đôn đốc UBND các xã:"
    return "Đề nghị Sở Khoa học và Công nghệ chỉ đạo:"


def requests(digest: Digest) -> list[str]:
    """Sentences without numbers; empty when nothing is asked for."""
    asked: list[str] = []
    groups: dict[str, list[Item]] = {}
    for item in digest.items:
        groups.setdefault(item.kind, []).append(item)
    for kind, items in list(groups.items())[:MAX_ASKED]:
        asked.append(_asked(kind, items, digest))
    told = {item.place for item in digest.items if item.kind in ("site_never_reported", "machine_silent")}
    one = digest.scope_kind == "unit"
    quiet = [
        name if one else f"{name} ({wording.in_sentence(unit.full)})"
        for unit, name in digest.unobserved
        if name not in told
    ]
    if quiet:
        asked.append(f"Kiểm tra, bật máy tính có phần mềm thu thập tại {_named(quiet)} (chưa quan sát được).")
    if asked and digest.rules.reply_by:
        asked.append(f"Phản hồi trên hệ thống trước ngày {format.day(digest.rules.reply_by)}.")
    return asked


def _asked(kind: str, items: list[Item], digest: Digest) -> str:
    wanted = _ASKED.get(kind, "Xử lý {n} việc tại {places}")
    if kind == "site_disconnected" and all(item.responsible == "commune" for item in items):
        wanted = "Kiểm tra nguồn điện, thiết bị mạng và khôi phục kết nối tại {places}"
    text = wanted.format(
        n=wording.count(sum(item.count for item in items)),
        years=wording.years(digest),
        places=_named(_unique(wording.place(item, digest) for item in items)),
        party=_named(_unique(wording.party(item) for item in items)),
    )
    when = _when([item.due_on for item in items if item.due_on], any(item.overdue_days for item in items))
    return f"{text}{when}."


def _when(due: list[date], overdue: bool) -> str:
    if overdue:
        return "; việc này đã quá hạn, cần làm ngay"
    return f" trước ngày {format.day(min(due))}" if due else ""


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _named(names: list[str]) -> str:
    more = len(names) - MAX_NAMES
    return ", ".join(names[:MAX_NAMES]) + (f" và {more} nơi khác" if more > 0 else "")
