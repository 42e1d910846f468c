"""Words for the thresholds of lines, services and meetings; policy_words.HELP takes them in."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_

LINES: Mapping[str, str] = {
    "line.min_samples": N_(
        "Cần ít nhất số mẫu lưu lượng này (mỗi mẫu 5 phút) trong kỳ xét mới kết luận về dung lượng."
    ),
    "line.paid_share_min": N_("Trung vị tốc độ đo được phải đạt tỷ lệ này của tốc độ đã trả tiền."),
    "line.min_tests": N_("Cần ít nhất số lần đo tốc độ này mới kết luận."),
    "line.quality_days": N_("Số ngày xét chất lượng đường truyền."),
    "service.min_tries": N_(
        "Cần ít nhất số lần thử này trong hai ngày gần nhất mới kết luận một dịch vụ không vào được."
    ),
    "service.down_share": N_(
        "Dịch vụ không vào được từ tỷ lệ địa điểm này trở lên thì coi là lỗi của dịch vụ, không phải của từng xã."
    ),
    "meeting.roles": N_("Loại địa điểm mặc nhiên là điểm cầu họp trực tuyến. Mỗi dòng một mã, ví dụ tru_so_chinh."),
    "meeting.ready_rtt_ms": N_("Sẵn sàng họp: trễ khứ hồi (p90) không quá mức này."),
    "meeting.ready_jitter_ms": N_("Sẵn sàng họp: độ rung (jitter, p90) không quá mức này."),
    "meeting.ready_loss_percent": N_("Sẵn sàng họp: tỷ lệ mất gói (p90) không quá mức này."),
    "meeting.ready_mbps": N_("Sẵn sàng họp: tốc độ mỗi chiều ít nhất mức này trong chín phần mười số lần đo."),
    "meeting.limited_rtt_ms": N_("Họp hạn chế: trễ khứ hồi (p90) không quá mức này."),
    "meeting.limited_jitter_ms": N_("Họp hạn chế: độ rung (jitter, p90) không quá mức này."),
    "meeting.limited_loss_percent": N_("Họp hạn chế: tỷ lệ mất gói (p90) không quá mức này."),
    "meeting.limited_mbps": N_("Họp hạn chế: tốc độ mỗi chiều ít nhất mức này trong chín phần mười số lần đo."),
    "meeting.audio_loss_percent": N_("Chỉ nghe, nói: tỷ lệ mất gói (p90) không quá mức này."),
    "meeting.audio_mbps": N_("Chỉ nghe, nói: tốc độ mỗi chiều ít nhất mức này trong chín phần mười số lần đo."),
    "meeting.min_measurements": N_("Cần ít nhất số lần đo gói tin này mới xếp mức sẵn sàng họp."),
    "meeting.max_age_days": N_("Lần đo gần nhất cũ hơn số ngày này thì mức sẵn sàng là chưa rõ."),
    "meeting.flaps": N_("Đứt kết nối từ số lần này trở lên trong bảy ngày thì nguy cơ rớt cuộc họp."),
    "due_days.line_saturated": N_("Số ngày để xử lý việc: đường truyền quá tải."),
    "due_days.line_below_contract": N_("Số ngày để xử lý việc: tốc độ thấp hơn hợp đồng."),
    "due_days.service_unreachable": N_("Số ngày để xử lý việc: địa điểm không vào được dịch vụ."),
    "due_days.service_down": N_("Số ngày để xử lý việc: dịch vụ ngừng với gần như mọi nơi."),
    "due_days.meeting_not_ready": N_("Số ngày để xử lý việc: điểm cầu chưa sẵn sàng họp trực tuyến."),
}
"""Key -> what it means."""
