"""Vietnamese words for the journal: its fields, its stages, how an entry ended."""

from __future__ import annotations

from typing import Dict

FIELDS: Dict[str, Dict[str, str]] = {
    "JournalInfo": {
        "entries": "Các lần mất kết nối đã thấy",
        "dropped": "Số mục nhật ký đã mất",
        "waiting": "Số mục còn chờ gửi sau",
    },
    "JournalEntry": {
        "boot_id": "Mã lần khởi động",
        "from_s": "Từ lúc (giờ của máy này)",
        "to_s": "Đến lúc (giờ của máy này)",
        "from_monotonic_s": "Từ giây thứ (kể từ khi bật máy)",
        "to_monotonic_s": "Đến giây thứ (kể từ khi bật máy)",
        "link": "Có cáp hoặc sóng và địa chỉ mạng",
        "gateway": "Thiết bị đầu cuối tại cơ quan trả lời",
        "provider": "Chặng đầu tiên của nhà mạng trả lời",
        "government": "Mạng truyền số liệu chuyên dùng trả lời",
        "internet": "Ra được Internet",
        "captive": "Bị chặn bằng trang đăng nhập",
        "collector": "Tới được máy chủ của tỉnh",
        "services_failed": "Dịch vụ không tới được",
        "services_asked": "Số dịch vụ đã hỏi",
        "services_more": "Số dịch vụ khác cũng không tới được",
        "on_battery": "Chạy bằng pin",
        "battery_percent": "Pin còn lại (%)",
        "ups": "Bộ lưu điện",
        "ended": "Ngừng theo dõi vì",
    },
}

ENDED = {
    "changed": "tình trạng đổi",
    "reported": "gửi được báo cáo trở lại",
    "slept": "máy ngủ",
    "restarted": "chương trình được khởi động lại",
    "goodbye": "tắt đúng cách",
    "unclean": "tắt đột ngột",
    "unknown": "không rõ",
    "": "vẫn còn",
}

STAGES = {
    "link": "cáp hoặc sóng",
    "gateway": "thiết bị đầu cuối tại cơ quan",
    "provider": "chặng đầu của nhà mạng",
    "government": "mạng truyền số liệu chuyên dùng",
    "internet": "Internet",
    "collector": "máy chủ của tỉnh",
}

UPS = {"online": "có điện lưới", "on_battery": "đang dùng ắc quy", "low": "ắc quy sắp cạn"}
