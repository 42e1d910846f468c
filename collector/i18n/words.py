"""Words for the codes that the store keeps: one place for pages and mail. Values are message ids: `_(WORDS[code])`.

A code that is not here is shown as it is by `word()`, so that a newer collector's row is still readable.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_, translator

SITE_STATES: Mapping[str, str] = {
    "UP": N_("đang hoạt động"),
    "OFF_EXPECTED": N_("nghỉ ngoài giờ"),
    "OFF_UNUSUAL": N_("tắt máy bất thường"),
    "LINE_LOST_SUSPECTED": N_("nghi mất kết nối"),
    "LINE_LOST_CONFIRMED": N_("mất kết nối"),
    "POWER_CUT_SUSPECTED": N_("nghi mất điện"),
    "COLLECTOR_BLIND": N_("máy thu gián đoạn"),
    "NOT_OBSERVED": N_("chưa quan sát được"),
    "NEVER_REPORTED": N_("chưa từng báo cáo"),
}
SITE_GROUPS: Mapping[str, str] = {
    "connected": N_("Đang kết nối"),
    "cut": N_("Mất kết nối"),
    "off": N_("Nghỉ, tắt máy"),
    "unobserved": N_("Chưa quan sát"),
    "excluded": N_("Loại trừ"),
}
CAUSES: Mapping[str, str] = {
    "unknown": N_("chưa rõ nguyên nhân"),
    "line": N_("đường truyền"),
    "lan": N_("mạng nội bộ"),
    "captive": N_("trang đăng nhập của nhà mạng chặn"),
    "power": N_("mất điện"),
    "collector": N_("máy thu gián đoạn"),
    "schedule": N_("ngoài giờ làm việc"),
}
SITE_ROLES: Mapping[str, str] = {
    "tru_so_chinh": N_("Trụ sở chính"),
    "tru_so_khac": N_("Trụ sở khác"),
    "trung_tam_hcc": N_("Trung tâm Phục vụ hành chính công"),
    "truong_hoc": N_("Trường học"),
    "tram_y_te": N_("Trạm y tế"),
    "cong_an": N_("Công an xã"),
    "van_hoa": N_("Điểm văn hóa"),
    "khac": N_("Khác"),
}
LAN_STATES: Mapping[str, str] = {
    "working": N_("có LAN"),
    "partial": N_("LAN một phần"),
    "none": N_("chưa có LAN"),
    "unknown": N_("chưa rõ"),
}
FINDING_KINDS: Mapping[str, str] = {
    "site_disconnected": N_("Địa điểm mất kết nối"),
    "site_flapping": N_("Đường truyền chập chờn"),
    "site_no_lan": N_("Địa điểm chưa có LAN"),
    "site_never_reported": N_("Địa điểm chưa từng báo cáo"),
    "machine_outdated": N_("Máy tính lạc hậu"),
    "machine_unfit": N_("Máy tính không đạt yêu cầu"),
    "machine_silent": N_("Máy tính mất báo cáo"),
    "machine_unsafe": N_("Máy tính thiếu bảo vệ"),
    "machine_wmi_damaged": N_("Kho WMI của máy bị hỏng"),
    "clock_wrong": N_("Máy tính sai đồng hồ"),
    "identity_conflict": N_("Trùng định danh máy tính"),
    "lan_rogue_dhcp": N_("Có máy cấp địa chỉ (DHCP) lạ"),
    "lan_second_router": N_("Có bộ định tuyến thứ hai nối chồng"),
    "lan_address_clash": N_("Trùng địa chỉ IP"),
    "lan_captive": N_("Mạng bị chặn bằng trang đăng nhập hoặc báo cước"),
    "lan_hotspot": N_("Dùng điện thoại phát sóng làm đường truyền"),
    "lan_dns_tampering": N_("Máy chủ DNS trả lời sai"),
    "lan_default_snmp": N_("Thiết bị dùng mật khẩu SNMP mặc định"),
    "lan_open_management": N_("Cửa quản trị của thiết bị để ngỏ"),
    "lan_no_ipv6": N_("Chưa có IPv6"),
    "line_saturated": N_("Đường truyền quá tải"),
    "line_below_contract": N_("Tốc độ thấp hơn hợp đồng"),
    "service_unreachable": N_("Địa điểm không vào được dịch vụ"),
    "service_down": N_("Dịch vụ ngừng với gần như mọi nơi"),
    "meeting_not_ready": N_("Điểm cầu chưa sẵn sàng họp trực tuyến"),
    "village_no_broadband": N_("Thôn chưa có băng rộng cố định"),
    "village_no_signal": N_("Thôn chưa có sóng di động"),
}
FINDING_STATES: Mapping[str, str] = {
    "new": N_("Mới"),
    "confirmed": N_("Đã xác nhận"),
    "in_progress": N_("Đang xử lý"),
    "waiting_budget": N_("Chờ vật tư/kinh phí"),
    "fixed": N_("Đã khắc phục"),
    "cannot_fix": N_("Không khắc phục được"),
    "excluded": N_("Loại trừ"),
}
SEVERITIES: Mapping[str, str] = {"high": N_("Cao"), "medium": N_("Trung bình"), "low": N_("Thấp")}
PARTIES: Mapping[str, str] = {
    "commune": N_("UBND xã"),
    "department": N_("Sở KH&CN"),
    "operator": N_("Doanh nghiệp viễn thông"),
}
BROADBAND: Mapping[str, str] = {
    "none": N_("chưa có"),
    "copper": N_("cáp đồng"),
    "fibre_reachable": N_("cáp quang đã đến thôn"),
    "connected": N_("đã kết nối cáp quang"),
    "": N_("chưa có dữ liệu"),
}
MOBILE: Mapping[str, str] = {
    "none": N_("trắng sóng"),
    "partial": N_("lõm sóng"),
    "2g_3g": N_("chỉ có 2G/3G"),
    "4g": N_("có 4G"),
    "5g": N_("có 5G"),
    "": N_("chưa có dữ liệu"),
}
SOURCES: Mapping[str, str] = {
    "measured": N_("đo"),
    "declared": N_("khai báo"),
    "verified": N_("đã xác minh"),
}
LINE_KINDS: Mapping[str, str] = {
    "internet": N_("Internet"),
    "tslcd": N_("TSLCD"),
    "mobile": N_("Di động"),
    "satellite": N_("Vệ tinh"),
    "office_link": N_("Liên kết giữa các trụ sở"),
}
MEDIA: Mapping[str, str] = {
    "fibre": N_("cáp quang"),
    "copper": N_("cáp đồng"),
    "radio": N_("vô tuyến"),
    "mobile": N_("di động"),
    "satellite": N_("vệ tinh"),
}
MACHINE_STATUS: Mapping[str, str] = {
    "in_use": N_("đang dùng"),
    "broken": N_("hư hỏng"),
    "retired": N_("đã thanh lý"),
    "excluded": N_("loại trừ"),
    "conflict": N_("trùng định danh"),
}
AGENT_STATUS: Mapping[str, str] = {
    "active": N_("đang hoạt động"),
    "quarantined": N_("bị tạm giữ"),
    "revoked": N_("đã thu hồi"),
}
MACHINE_KINDS: Mapping[str, str] = {
    "desktop": N_("Máy để bàn"),
    "laptop": N_("Máy xách tay"),
    "server": N_("Máy chủ"),
    "virtual": N_("Máy ảo"),
    "": N_("Chưa rõ loại"),
}
ROLES: Mapping[str, str] = {
    "admin": N_("Quản trị hệ thống"),
    "officer": N_("Chuyên viên Sở"),
    "viewer": N_("Lãnh đạo, người xem"),
    "commune": N_("Đầu mối CNTT xã"),
    "operator": N_("Doanh nghiệp viễn thông"),
    "auditor": N_("Kiểm toán"),
}

UNFIT: Mapping[str, str] = {
    "ram": N_("thiếu RAM"),
    "cores": N_("ít lõi xử lý"),
    "clock": N_("bộ xử lý chậm"),
    "os_support": N_("hệ điều hành hết hỗ trợ"),
    "disk_health": N_("ổ đĩa sắp hỏng"),
    "disk_free": N_("ổ hệ thống gần đầy"),
}
UNSAFE: Mapping[str, str] = {
    "no_antimalware": N_("không có phần mềm phòng chống mã độc"),
    "antimalware_off": N_("phần mềm phòng chống mã độc đang tắt"),
    "antimalware_old": N_("mẫu nhận diện mã độc đã cũ"),
    "firewall_off": N_("tường lửa đang tắt"),
    "updates_old": N_("lâu chưa cập nhật hệ điều hành"),
    "os_release": N_("bản phát hành của hệ điều hành đã hết hỗ trợ"),
    "smb1": N_("SMBv1 còn bật"),
    "rdp": N_("điều khiển từ xa (RDP) đang mở"),
}
ADVICE: Mapping[str, str] = {
    "disk_rotational": N_("ổ hệ thống là đĩa quay (HDD), nên thay bằng SSD"),
    "disk_warning": N_("ổ đĩa có dấu hiệu xuống cấp"),
    "disk_worn": N_("ổ SSD đã mòn nhiều"),
    "windows11_cannot": N_("phần cứng không chạy được Windows 11"),
    "windows11_switched_off": N_("chạy được Windows 11 sau khi bật tính năng trong BIOS"),
    "pending_reboot": N_("đang chờ khởi động lại"),
    "automatic_updates_off": N_("tự động cập nhật đang tắt"),
}
WINDOWS_11: Mapping[str, str] = {
    "capable": N_("chạy được"),
    "switched_off": N_("chạy được sau khi bật trong BIOS"),
    "cannot": N_("phần cứng không chạy được"),
    "": N_("chưa rõ"),
}
WINDOWS_11_CODES: Mapping[str, str] = {
    "cpu": N_("bộ xử lý"),
    "ram": N_("bộ nhớ"),
    "disk": N_("ổ đĩa"),
    "tpm": N_("chip bảo mật TPM"),
    "firmware": N_("khởi động UEFI"),
}
DISK_HEALTH: Mapping[str, str] = {
    "ok": N_("tốt"),
    "warning": N_("cần theo dõi"),
    "failing": N_("sắp hỏng"),
    "": N_("chưa rõ"),
}
AGE_METHODS: Mapping[str, str] = {
    "purchase_date": N_("ngày đưa vào sử dụng do người khai"),
    "virtual": N_("dấu hiệu máy ảo"),
    "serial": N_("số sê-ri do hãng đặt theo ngày"),
    "board_serial": N_("số sê-ri bo mạch chủ theo ngày"),
    "disk_hours": N_("số năm ổ đĩa đã chạy"),
    "monitor": N_("màn hình"),
    "bios_date": N_("ngày BIOS"),
    "cpu": N_("đời bộ xử lý"),
    "install_date": N_("ngày cài hệ điều hành"),
    "first_report": N_("lần báo cáo đầu tiên"),
    "combined": N_("nhiều căn cứ gộp lại"),
}
CONFIDENCES: Mapping[str, str] = {"high": N_("cao"), "medium": N_("trung bình"), "low": N_("thấp")}


def word(words: Mapping[str, str], code: str, lang: str = "vi") -> str:
    """The word for a code in a language; the code itself where there is none."""
    return translator(lang)(words[code]) if code in words else code
