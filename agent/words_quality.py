"""Vietnamese words for tests of the line and its traffic: fields, kinds, outcomes."""

from __future__ import annotations

from typing import Dict

FIELDS: Dict[str, Dict[str, str]] = {
    "QualityInfo": {
        "tests": "Các lần đo đường truyền",
        "dropped": "Số kết quả đã mất",
        "month": "Tháng tính dung lượng đo",
        "budget_bytes": "Dung lượng được dùng để đo trong tháng",
        "spent_bytes": "Dung lượng đã dùng để đo",
        "level": "Mức đo còn được phép",
    },
    "QualityTest": {
        "id": "Số thứ tự",
        "kind": "Loại phép đo",
        "boot_id": "Mã lần khởi động",
        "monotonic_s": "Vào giây thứ (kể từ khi bật máy)",
        "agent_time_s": "Lúc (giờ của máy này)",
        "duration_s": "Kéo dài (giây)",
        "bytes_used": "Dung lượng đã dùng",
        "link_class": "Loại đường truyền",
        "server": "Máy chủ đo",
        "outcome": "Kết quả",
        "error": "Lý do",
        "packet_bytes": "Cỡ gói (byte)",
        "interval_ms": "Khoảng cách giữa hai gói (ms)",
        "packets_sent": "Số gói gửi",
        "packets_received": "Số gói trở về",
        "lost_forward": "Số gói mất chiều đi",
        "lost_backward": "Số gói mất chiều về",
        "duplicates": "Số gói lặp",
        "reordered": "Số gói sai thứ tự",
        "rtt_min_ms": "Độ trễ khứ hồi nhỏ nhất (ms)",
        "rtt_median_ms": "Độ trễ khứ hồi trung vị (ms)",
        "rtt_p95_ms": "Độ trễ khứ hồi, bách phân vị 95 (ms)",
        "jitter_ms": "Biến động trễ (ms)",
        "jitter_forward_ms": "Biến động trễ chiều đi (ms)",
        "jitter_backward_ms": "Biến động trễ chiều về (ms)",
        "ipdv_p95_ms": "Chênh lệch trễ giữa hai gói, bách phân vị 95 (ms)",
        "ipdv_forward_p95_ms": "Chênh lệch trễ chiều đi, bách phân vị 95 (ms)",
        "ipdv_backward_p95_ms": "Chênh lệch trễ chiều về, bách phân vị 95 (ms)",
        "ttl_forward": "TTL khi gói tới máy chủ",
        "mbps": "Tốc độ (Mbit/s)",
        "stable": "Tốc độ đã ổn định",
        "min_rtt_ms": "Độ trễ khứ hồi TCP nhỏ nhất (ms)",
    },
    "TrafficInfo": {"samples": "Lưu lượng từng khoảng 5 phút", "dropped": "Số mẫu đã mất"},
    "TrafficSample": {
        "boot_id": "Mã lần khởi động",
        "monotonic_s": "Đến giây thứ (kể từ khi bật máy)",
        "agent_time_s": "Đến lúc (giờ của máy này)",
        "seconds": "Trong số giây",
        "bytes_in": "Số byte đã nhận",
        "bytes_out": "Số byte đã gửi",
        "tests_bytes": "Trong đó do chương trình đo (byte)",
    },
}

KINDS = {
    "stamp": "gói thử (độ trễ, mất gói)",
    "ndt7_down": "tốc độ tải xuống",
    "ndt7_up": "tốc độ tải lên",
}

OUTCOMES = {
    "ok": "đo xong",
    "capped": "dừng sớm: tốc độ ít nhất là",
    "stopped_busy": "dừng vì có người đang dùng mạng",
    "refused": "máy chủ từ chối",
    "failed": "không đo được",
}

LINK_CLASSES = {
    "fibre": "cáp quang, cáp đồng",
    "government": "mạng truyền số liệu chuyên dùng",
    "mobile": "di động",
    "satellite": "vệ tinh",
    "": "chưa rõ loại",
}

LEVELS = {
    "full": "đo đầy đủ",
    "capped": "đo rút gọn",
    "stamp": "chỉ gói thử",
    "none": "không đo nữa trong tháng này",
    "": "chưa rõ",
}

ERRORS = {
    "no_answer": "không có gói nào trở về",
    "dns": "không tìm thấy tên máy chủ",
    "connect": "không nối được",
    "tls": "không tin được chứng thư của máy chủ",
    "proxy": "proxy không cho qua",
    "timeout": "máy chủ không trả lời kịp",
    "busy": "máy chủ đang đo cho máy khác cùng đường truyền",
    "denied": "máy chủ không cho phép máy này đo",
    "cut": "kết nối bị ngắt giữa chừng",
    "strange_answer": "câu trả lời không phải của máy chủ đo",
    "no_address": "chưa có địa chỉ máy chủ đo",
    "internal": "chương trình đo bị lỗi",
}
