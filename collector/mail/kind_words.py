"""What each kind of finding is called in a letter, while it lasts and when it is over; counts as official papers write them."""

from __future__ import annotations

from collector.i18n import format

NO_DATA = "chưa có dữ liệu"

CONDITIONS = {
    "site_disconnected": "Mất kết nối",
    "site_flapping": "Đường truyền chập chờn",
    "site_no_lan": "Chưa có mạng nội bộ (LAN)",
    "site_never_reported": "Chưa từng gửi dữ liệu",
    "machine_outdated": "{n} máy tính đã sử dụng trên {years} năm",
    "machine_unfit": "{n} máy tính không đạt cấu hình tối thiểu",
    "machine_silent": "{n} máy tính không gửi dữ liệu",
    "clock_wrong": "{n} máy tính sai ngày giờ",
    "identity_conflict": "{n} máy tính trùng định danh, cần xác minh",
    "machine_unsafe": "{n} máy tính thiếu bảo vệ (mã độc, tường lửa, cập nhật)",
    "machine_wmi_damaged": "{n} máy tính hỏng kho dữ liệu quản lý của Windows",
    "lan_rogue_dhcp": "Có thiết bị lạ tự cấp địa chỉ mạng",
    "lan_second_router": "Có bộ định tuyến thứ hai nối chồng",
    "lan_address_clash": "Trùng địa chỉ mạng giữa các thiết bị",
    "lan_captive": "Mạng bị chặn bằng trang đăng nhập hoặc báo cước",
    "lan_hotspot": "Đang dùng điện thoại phát sóng làm đường truyền",
    "lan_dns_tampering": "Máy chủ tên miền trả lời sai, có nguy cơ mất an toàn",
    "lan_default_snmp": "Thiết bị mạng dùng mật khẩu mặc định",
    "lan_open_management": "Cửa quản trị của thiết bị mạng để ngỏ",
    "lan_no_ipv6": "Đường truyền chưa có IPv6",
    "line_saturated": "Đường truyền quá tải trong giờ làm việc",
    "line_below_contract": "Tốc độ đường truyền thấp hơn hợp đồng",
    "service_unreachable": "Không vào được dịch vụ dùng chung của tỉnh",
    "service_down": "Dịch vụ dùng chung ngừng hoạt động",
    "meeting_not_ready": "Điểm cầu chưa sẵn sàng họp trực tuyến",
    "village_no_broadband": "{n} thôn chưa có băng rộng cố định",
    "village_no_signal": "{n} thôn chưa bảo đảm sóng di động",
}
RESULTS = {
    "site_disconnected": "Đã kết nối lại",
    "site_flapping": "Đường truyền đã ổn định",
    "site_no_lan": "Đã có mạng nội bộ (LAN)",
    "site_never_reported": "Đã gửi dữ liệu",
    "machine_outdated": "{n} máy tính không còn thuộc diện trên {years} năm",
    "machine_unfit": "{n} máy tính đã đạt cấu hình tối thiểu",
    "machine_silent": "{n} máy tính đã gửi dữ liệu trở lại",
    "clock_wrong": "{n} máy tính đã đúng ngày giờ",
    "identity_conflict": "{n} trường hợp trùng định danh đã xác minh",
    "machine_unsafe": "{n} máy tính đã được bảo vệ đầy đủ",
    "machine_wmi_damaged": "{n} máy tính đã sửa kho dữ liệu quản lý của Windows",
    "lan_rogue_dhcp": "Không còn thiết bị lạ cấp địa chỉ mạng",
    "lan_second_router": "Không còn bộ định tuyến nối chồng",
    "lan_address_clash": "Không còn trùng địa chỉ mạng",
    "lan_captive": "Mạng không còn bị chặn",
    "lan_hotspot": "Đã dùng đường truyền cố định",
    "lan_dns_tampering": "Máy chủ tên miền đã trả lời đúng",
    "lan_default_snmp": "Thiết bị mạng đã đổi mật khẩu mặc định",
    "lan_open_management": "Cửa quản trị của thiết bị mạng đã đóng",
    "lan_no_ipv6": "Đường truyền đã có IPv6",
    "line_saturated": "Đường truyền không còn quá tải",
    "line_below_contract": "Tốc độ đường truyền đã đúng hợp đồng",
    "service_unreachable": "Đã vào được dịch vụ dùng chung của tỉnh",
    "service_down": "Dịch vụ dùng chung đã hoạt động lại",
    "meeting_not_ready": "Điểm cầu đã sẵn sàng họp trực tuyến",
    "village_no_broadband": "{n} thôn đã có băng rộng cố định",
    "village_no_signal": "{n} thôn đã có sóng di động",
}


def count(number: int | None) -> str:
    """As in official papers: 02, 14, 1.231."""
    if number is None:
        return NO_DATA
    return f"{number:02d}" if 0 <= number < 10 else format.number(number)
