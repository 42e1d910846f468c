"""Words for reports that travel by relay or USB: roads, what became of a bundle, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_

ROADS: Mapping[str, str] = {
    "https": N_("trực tiếp"),
    "relay": N_("qua máy chuyển tiếp"),
    "usb": N_("bằng USB"),
}

STATUSES: Mapping[str, str] = {
    "whole": N_("đã nhận đủ"),
    "partly": N_("đã nhận một phần"),
    "refused": N_("không nhận được"),
}

CONFLICT = N_("Hai máy đang dùng chung một mã máy; cả hai được tạm giữ để người xem xét.")

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "foreign": (
        N_("Tệp này không phải gói báo cáo của Gapwatch"),
        N_("Chọn tệp có đuôi .gwb do lệnh gapwatch-agent export ghi ra."),
    ),
    "limit": (N_("Gói quá lớn hoặc có quá nhiều phần"), N_("Chạy lại lệnh export trên máy trạm để ghi gói mới.")),
    "torn": (
        N_("Gói bị cắt ngang, có thể do rút USB sớm"),
        N_("Phần nào nguyên vẹn thì đã được nhận; chạy lại lệnh export, báo cáo chưa có biên nhận vẫn còn ở máy trạm."),
    ),
    "damaged": (
        N_("Gói bị hỏng hoặc bị sửa đổi"),
        N_("Phần nào nguyên vẹn thì đã được nhận; chạy lại lệnh export, báo cáo chưa có biên nhận vẫn còn ở máy trạm."),
    ),
    "seal": (
        N_("Dấu niêm phong không khớp với khóa của máy"),
        N_("Gói bị sửa đổi, hoặc máy ghi danh với máy thu khác; kiểm tra mã máy rồi ghi danh lại nếu cần."),
    ),
    "empty": (N_("Trong gói không có báo cáo nào"), N_("Chạy lại lệnh export trên máy trạm.")),
    "rejected": (
        N_("Không báo cáo nào trong gói đọc được"),
        N_("Xem lý do ở trang Báo cáo lỗi; cập nhật trạm thu thập rồi ghi gói mới."),
    ),
    "unknown_agent": (
        N_("Máy của gói này không có trong danh mục"),
        N_("Ghi danh lại máy bằng mã mới hoặc bằng tệp ghi danh."),
    ),
    "agent_revoked": (
        N_("Máy của gói này đã bị thu hồi"),
        N_("Nếu máy vẫn được phép báo cáo thì ghi danh lại bằng tệp mới."),
    ),
    "key_retired": (N_("Khóa của máy này đã được thay"), N_("Ghi danh lại máy bằng mã mới hoặc bằng tệp ghi danh.")),
}

_REASONS: Mapping[str, str] = {
    "unknown_agent": N_("Trạm thu thập không có trong danh mục"),
    "agent_revoked": N_("Trạm thu thập đã bị thu hồi"),
    "key_retired": N_("Khóa của máy này đã được thay"),
    "seal": N_("Dấu niêm phong không khớp với khóa của máy"),
    "frame": N_("Gói báo cáo hỏng hoặc bị cắt"),
    "field": N_("Một trường trong báo cáo sai kiểu hoặc thiếu"),
    "limit": N_("Báo cáo quá lớn hoặc quá sâu"),
    "store_refused": N_("Kho dữ liệu không nhận báo cáo này"),
}

OFFLINE_STATES: Mapping[str, str] = {
    "unused": N_("chưa có máy nào dùng"),
    "used": N_("đang dùng"),
    "conflict": N_("hai máy dùng chung, đang tạm giữ"),
    "revoked": N_("đã thu hồi"),
}


def problem(code: str) -> tuple[str, str]:
    """(what is wrong with a file, what to do), as message ids."""
    return _PROBLEMS.get(code, _PROBLEMS["damaged"])


def reason(code: str) -> str:
    """Why a report in a bundle was not taken, as a message id."""
    return _REASONS.get(code, _REASONS["field"])
