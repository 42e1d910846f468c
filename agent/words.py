"""Vietnamese words for everything that a report can carry. A test holds this table against the wire contract."""

from __future__ import annotations

from typing import Dict

KINDS = {"heartbeat": "nhịp báo", "inventory": "kiểm kê đầy đủ", "goodbye": "báo tắt máy"}

STATUSES = {
    "ok": "đo được",
    "no_data": "không có gì để đo",
    "failed": "đo không thành công",
    "denied": "hệ điều hành không cho phép đo",
}

HEADER = {
    "agent_id": "Mã máy (do máy chủ cấp)",
    "boot_id": "Mã lần khởi động",
    "seq": "Số thứ tự báo cáo",
    "agent_time_s": "Giờ của máy này",
    "monotonic_s": "Máy đã bật được",
    "kind": "Loại báo cáo",
    "schema": "Phiên bản mẫu báo cáo",
    "agent_version": "Phiên bản chương trình",
    "policy_version": "Phiên bản chính sách",
    "lost_reports": "Số báo cáo đã mất",
    "pending_reports": "Số báo cáo còn chờ gửi",
}

SECTIONS = {
    "system": "Hệ điều hành",
    "hardware": "Phần cứng",
    "interfaces": "Cổng mạng",
    "counters": "Lỗi và lưu lượng cổng mạng",
    "neighbours": "Thiết bị lân cận trong mạng nội bộ (LAN)",
    "reach": "Kết nối đường truyền và dịch vụ",
    "uptime": "Bật, tắt máy",
}

FIELDS: Dict[str, Dict[str, str]] = {
    "SystemInfo": {
        "os_family": "Họ hệ điều hành",
        "os_id": "Tên ngắn hệ điều hành",
        "os_name": "Tên hệ điều hành",
        "os_version": "Phiên bản",
        "os_release": "Bản phát hành",
        "os_build": "Số hiệu bản dựng",
        "os_edition": "Ấn bản",
        "kernel": "Nhân hệ điều hành",
        "architecture": "Kiến trúc",
        "install_date": "Ngày cài đặt",
        "install_date_source": "Nguồn của ngày cài đặt",
        "hostname": "Tên máy",
        "timezone_offset_min": "Múi giờ (phút so với UTC)",
        "agent_python": "Phiên bản Python",
    },
    "HardwareInfo": {
        "is_virtual": "Máy ảo",
        "virtual_hint": "Dấu hiệu máy ảo",
        "dmi_available": "Có bảng thông tin DMI / SMBIOS",
        "system_vendor": "Hãng sản xuất máy",
        "system_model": "Kiểu máy",
        "system_serial": "Số sê-ri máy",
        "system_uuid": "Mã UUID của máy",
        "board_vendor": "Hãng bo mạch chủ",
        "board_model": "Kiểu bo mạch chủ",
        "board_serial": "Số sê-ri bo mạch chủ",
        "chassis_type": "Mã loại vỏ máy",
        "chassis_serial": "Số sê-ri vỏ máy",
        "bios_vendor": "Hãng BIOS",
        "bios_version": "Phiên bản BIOS",
        "bios_date": "Ngày BIOS",
        "cpu_brand": "Bộ xử lý (CPU)",
        "cpu_vendor": "Hãng CPU",
        "cpu_family": "Họ CPU",
        "cpu_model": "Kiểu CPU",
        "cpu_stepping": "Bước CPU",
        "cpu_sockets": "Số CPU",
        "cpu_cores": "Số nhân",
        "cpu_threads": "Số luồng",
        "cpu_max_mhz": "Xung nhịp tối đa (MHz)",
        "ram_bytes": "Bộ nhớ (RAM) hệ điều hành thấy",
        "ram_installed_bytes": "Bộ nhớ (RAM) lắp trên máy",
        "disks": "Ổ đĩa",
    },
    "DiskInfo": {
        "model": "Kiểu ổ đĩa",
        "serial": "Số sê-ri ổ đĩa",
        "size_bytes": "Dung lượng",
        "rotational": "Ổ đĩa quay (HDD)",
        "removable": "Ổ tháo rời",
        "bus": "Chuẩn nối",
        "is_system": "Chứa hệ điều hành",
    },
    "InterfacesInfo": {"interfaces": "Cổng mạng"},
    "InterfaceInfo": {
        "name": "Tên cổng",
        "kind": "Loại cổng",
        "mac_prefix": "Ba byte đầu địa chỉ MAC",
        "mac_hash": "Mã băm địa chỉ MAC",
        "is_up": "Đang nối",
        "speed_mbps": "Tốc độ (Mbit/s)",
        "duplex": "Song công",
        "mtu": "MTU",
        "ipv4": "Địa chỉ IPv4",
        "ipv6": "Địa chỉ IPv6",
    },
    "CountersInfo": {"interfaces": "Cổng mạng"},
    "InterfaceErrors": {
        "name": "Tên cổng",
        "rx_errors": "Gói nhận lỗi",
        "tx_errors": "Gói gửi lỗi",
        "rx_dropped": "Gói nhận bị bỏ",
        "tx_dropped": "Gói gửi bị bỏ",
        "rx_bytes": "Lượng đã nhận",
        "tx_bytes": "Lượng đã gửi",
    },
    "NeighboursInfo": {
        "gateways": "Cổng ra (thiết bị định tuyến)",
        "neighbours": "Thiết bị lân cận",
        "neighbour_count": "Số thiết bị lân cận",
        "dns_servers": "Máy chủ DNS",
    },
    "GatewayInfo": {
        "address": "Địa chỉ",
        "interface": "Qua cổng",
        "mac_prefix": "Ba byte đầu địa chỉ MAC",
        "mac_hash": "Mã băm địa chỉ MAC",
        "in_arp_table": "Có trả lời gần đây",
    },
    "NeighbourInfo": {
        "mac_prefix": "Ba byte đầu địa chỉ MAC",
        "mac_hash": "Mã băm địa chỉ MAC",
        "interface": "Qua cổng",
    },
    "ReachInfo": {
        "checks": "Các lần thử kết nối",
        "internet": "Ra được Internet",
        "captive": "Mạng chặn bằng trang đăng nhập",
        "collector": "Tới được máy chủ thu thập",
    },
    "ReachCheck": {
        "name": "Dịch vụ",
        "stage": "Bước thử",
        "target": "Địa chỉ thử",
        "ok": "Kết nối được",
        "latency_ms": "Độ trễ (ms)",
        "error": "Lỗi",
    },
    "UptimeInfo": {
        "boot_time": "Giờ bật máy",
        "last_shutdown": "Lần tắt máy trước",
        "last_shutdown_source": "Căn cứ vào",
        "last_seen_before": "Lần trước còn hoạt động đến",
        "on_battery": "Đang chạy bằng pin",
    },
}

# Values that stand for something; anything else is printed as it is sent.
VALUES = {
    "wired": "có dây",
    "wireless": "không dây",
    "mobile": "di động",
    "virtual": "ảo",
    "loopback": "nội tại",
    "clean": "tắt đúng cách",
    "unclean": "tắt đột ngột",
    "full": "hai chiều",
    "half": "một chiều",
}

# What the collector answers, by its stable code: (what is wrong, what to do). Other codes keep its own words.
_ASK_FOR_CODE = "Xin mã ghi danh mới của địa điểm từ quản trị hệ thống của tỉnh"
_ENROL_AGAIN = "Xin mã ghi danh mới rồi chạy: gapwatch-agent enrol --again"
REFUSALS = {
    "token_unknown": ("mã ghi danh không đúng", "Kiểm tra lại từng ký tự của mã, hoặc xin mã mới"),
    "token_expired": ("mã ghi danh đã hết hạn", _ASK_FOR_CODE),
    "token_used_up": ("mã ghi danh đã dùng hết số lần cho phép", _ASK_FOR_CODE),
    "token_revoked": ("mã ghi danh hoặc máy này đã bị thu hồi", "Hỏi quản trị hệ thống của tỉnh"),
    "token_excluded": ("địa điểm này không được phép theo dõi theo quy định", "Không cài chương trình tại đây"),
    "token_too_many": ("nhập sai mã ghi danh quá nhiều lần", "Chờ ít phút rồi thử lại với mã đúng"),
    "unknown_agent": ("máy chủ không biết máy này", _ENROL_AGAIN),
    "agent_revoked": ("máy này đã bị thu hồi quyền gửi báo cáo", "Hỏi quản trị hệ thống của tỉnh"),
    "key_retired": ("khóa của máy này đã được thay", _ENROL_AGAIN),
    "seal": ("dấu niêm phong không khớp với khóa của máy này", _ENROL_AGAIN),
    "store": ("máy chủ tạm thời không lưu được báo cáo", "Chương trình sẽ tự gửi lại"),
}

UNKNOWN = "chưa có dữ liệu"
NONE_SEEN = "không thấy thiết bị nào"
