"""Vietnamese words for everything that a report can carry. A test holds this table against the wire contract."""

from __future__ import annotations

from . import words_journal
from .words_fields import FIELDS

__all__ = ["FIELDS", "HEADER", "KINDS", "NONE_OF", "NONE_SEEN", "REFUSALS", "SECTIONS", "STATUSES", "UNKNOWN", "VALUES"]

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
    "storage": "Sức khỏe ổ đĩa và chỗ trống",
    "posture": "Tình trạng bảo vệ máy",
    "interfaces": "Cổng mạng",
    "counters": "Lỗi và lưu lượng cổng mạng",
    "neighbours": "Thiết bị lân cận trong mạng nội bộ (LAN)",
    "hygiene": "Dấu hiệu bất thường của mạng nội bộ",
    "lan": "Quét mạng nội bộ",
    "devices": "Thiết bị mạng, máy in, bộ lưu điện",
    "reach": "Kết nối đường truyền và dịch vụ",
    "uptime": "Bật, tắt máy",
    "journal": "Nhật ký lúc mất kết nối",
    "quality": "Chất lượng đường truyền",
    "traffic": "Lưu lượng qua máy này",
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
    "ready": "sẵn sàng",
    "disabled": "bị tắt",
    "absent": "không có",
    "known": "tên có thật",
    "ok": "bình thường",
    "on": "tự cài",
    "notify": "chỉ báo, không tự cài",
    "off": "tắt",
    "failing": "sắp hỏng",
    "warning": "cần theo dõi",
    "no_lease": "máy chủ chưa giao việc quét cho máy này",
    "local_switch": "đã tắt tại máy này",
    "policy": "chính sách không cho quét",
    "no_network": "không có mạng nội bộ để quét",
    "unsupported": "máy này không quét được",
    "sweep": "quét toàn mạng",
    "recheck": "hỏi lại máy đã biết",
    "gateway_lost": "cổng ra không trả lời",
    "driver_busy": "card mạng bận",
    "lease_over": "hết thời hạn được giao",
    "switched_off": "bị tắt giữa chừng",
    "deadline": "quá thời gian cho phép",
    "daily_cap": "đã gửi đủ số gói cho phép trong ngày",
    "failed": "chương trình quét bị lỗi",
    **{code: text for code, text in {**words_journal.ENDED, **words_journal.UPS}.items() if code},
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
NONE_OF = {"antimalware": "không có phần mềm nào"}
