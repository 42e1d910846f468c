"""A machine's sections: which single values are shown, under which name, in which kind of writing (words.py).

A field is (key, name, kind). What is not here is not shown to people: hashes, codes that only machines compare. The
lists of sections stand in section_tables.py, the words of their values in section_words.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_

Field = tuple[str, str, str]

SECTIONS: Mapping[str, str] = {
    "system": N_("Hệ điều hành"),
    "hardware": N_("Phần cứng"),
    "storage": N_("Sức khỏe ổ đĩa và chỗ trống"),
    "posture": N_("Tình trạng bảo vệ máy"),
    "interfaces": N_("Card mạng"),
    "neighbours": N_("Mạng nội bộ nhìn thấy"),
    "hygiene": N_("Dấu hiệu bất thường của mạng nội bộ"),
    "lan": N_("Quét mạng nội bộ"),
    "devices": N_("Thiết bị mạng, máy in, bộ lưu điện"),
    "reach": N_("Kết nối thử"),
    "uptime": N_("Bật, tắt máy"),
    "counters": N_("Lỗi trên card mạng"),
}
"""Sections in the order of the page."""

STATUSES: Mapping[str, str] = {
    "ok": N_("đọc được"),
    "no_data": N_("máy không có dữ liệu này"),
    "failed": N_("đọc không được"),
    "denied": N_("không đủ quyền đọc"),
}

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "system": (
        ("os_name", N_("Hệ điều hành"), "text"),
        ("os_release", N_("Phiên bản"), "text"),
        ("os_version", N_("Số phiên bản"), "text"),
        ("os_build", N_("Bản dựng"), "text"),
        ("os_edition", N_("Ấn bản"), "text"),
        ("kernel", N_("Nhân hệ điều hành"), "text"),
        ("architecture", N_("Kiến trúc"), "text"),
        ("install_date", N_("Ngày cài đặt"), "date"),
        ("hostname", N_("Tên máy"), "text"),
        ("timezone_offset_min", N_("Múi giờ"), "zone"),
        ("agent_python", N_("Python của trạm thu thập"), "text"),
    ),
    "hardware": (
        ("system_vendor", N_("Hãng"), "text"),
        ("system_model", N_("Kiểu máy"), "text"),
        ("system_version", N_("Tên kiểu máy"), "plain"),
        ("system_family", N_("Dòng máy"), "plain"),
        ("system_serial", N_("Số sê-ri"), "text"),
        ("board_vendor", N_("Hãng bo mạch chủ"), "text"),
        ("board_model", N_("Bo mạch chủ"), "text"),
        ("board_serial", N_("Số sê-ri bo mạch chủ"), "text"),
        ("bios_vendor", N_("Hãng BIOS"), "text"),
        ("bios_version", N_("Phiên bản BIOS"), "text"),
        ("bios_date", N_("Ngày BIOS"), "us_date"),
        ("firmware_mode", N_("Kiểu khởi động"), "firmware"),
        ("firmware_has_uefi", N_("BIOS có hỗ trợ UEFI"), "yes_no"),
        ("secure_boot", N_("Khởi động an toàn (Secure Boot)"), "on_off"),
        ("tpm_state", N_("Chip bảo mật TPM"), "tpm"),
        ("tpm_version", N_("Phiên bản TPM"), "text"),
        ("cpu_brand", N_("Bộ xử lý"), "text"),
        ("cpu_64bit", N_("Bộ xử lý 64 bit"), "yes_no"),
        ("cpu_sockets", N_("Số bộ xử lý"), "number"),
        ("cpu_cores", N_("Số lõi"), "number"),
        ("cpu_threads", N_("Số luồng"), "number"),
        ("cpu_max_mhz", N_("Tốc độ tối đa"), "mhz"),
        ("ram_bytes", N_("RAM"), "bytes"),
        ("ram_installed_bytes", N_("RAM lắp trên máy"), "bytes"),
        ("memory_type", N_("Loại RAM"), "text"),
        ("memory_slots", N_("Số khe RAM"), "number"),
        ("memory_slots_used", N_("Số khe RAM đã dùng"), "number"),
        ("memory_max_bytes", N_("RAM tối đa của bo mạch"), "bytes"),
        ("is_virtual", N_("Máy ảo"), "yes_no"),
        ("virtual_hint", N_("Dấu hiệu máy ảo"), "plain"),
        ("dmi_available", N_("Có bảng DMI"), "yes_no"),
    ),
    "posture": (
        ("last_update", N_("Cập nhật hệ điều hành gần nhất"), "date"),
        ("automatic_updates", N_("Tự động cập nhật"), "updates"),
        ("pending_reboot", N_("Đang chờ khởi động lại"), "yes_no"),
        ("pending_reboot_reasons", N_("Lý do chờ khởi động lại"), "reboots"),
        ("smb1_server", N_("Cho nơi khác truy cập bằng SMBv1"), "yes_no"),
        ("smb1_client", N_("Truy cập nơi khác bằng SMBv1"), "yes_no"),
        ("rdp_enabled", N_("Cho điều khiển từ xa (RDP)"), "yes_no"),
        ("rdp_nla", N_("RDP đòi đăng nhập trước"), "yes_no"),
        ("wmi_damaged", N_("Kho WMI hỏng"), "yes_no"),
        ("wmi_error", N_("Lỗi của WMI"), "plain"),
    ),
    "neighbours": (
        ("neighbour_count", N_("Số thiết bị khác trong mạng"), "number"),
        ("dns_servers", N_("Máy chủ DNS"), "list"),
        ("ipv6_gateways", N_("Số cổng ra IPv6"), "number"),
    ),
    "hygiene": (
        ("network", N_("Mạng"), "text"),
        ("interface", N_("Qua card mạng"), "text"),
        ("gateway", N_("Cổng ra"), "text"),
        ("gateway_upnp", N_("Cổng ra tự giới thiệu"), "text"),
        ("hops", N_("Đường ra Internet đi qua"), "hops"),
        ("ipv6_address", N_("Có địa chỉ IPv6"), "yes_no"),
        ("ipv6_internet", N_("Ra Internet bằng IPv6"), "yes_no"),
    ),
    "lan": (
        ("network", N_("Mạng"), "text"),
        ("interface", N_("Qua card mạng"), "text"),
        ("gateway", N_("Cổng ra"), "text"),
        ("last_sweep", N_("Lần quét toàn mạng gần nhất"), "scan"),
        ("off", N_("Không quét vì"), "scan_off"),
    ),
    "devices": (("asked", N_("Số địa chỉ đã hỏi"), "number"),),
    "reach": (
        ("internet", N_("Ra được Internet"), "yes_no"),
        ("captive", N_("Bị chặn bởi trang đăng nhập Wi-Fi"), "yes_no"),
        ("collector", N_("Đến được máy thu"), "yes_no"),
    ),
    "uptime": (
        ("boot_time", N_("Bật máy lúc"), "moment"),
        ("last_shutdown", N_("Lần tắt trước"), "shutdown"),
        ("last_seen_before", N_("Còn chạy lần cuối trước khi tắt"), "moment"),
        ("on_battery", N_("Đang chạy bằng pin"), "yes_no"),
    ),
}
