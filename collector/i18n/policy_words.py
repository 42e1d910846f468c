"""Words for the thresholds: what each means, its unit and source, and what is wrong with a value. Message ids."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_

GROUPS: Mapping[str, str] = {
    "age": N_("Máy tính cũ và máy yếu"),
    "agent": N_("Phần mềm trên máy trạm"),
    "silence": N_("Mất kết nối và im lặng"),
    "line": N_("Đường truyền"),
    "norm": N_("Định mức thiết bị"),
    "village": N_("Thôn, bản"),
    "mail": N_("Thư và thời hạn xử lý"),
    "retention": N_("Lưu giữ dữ liệu"),
}
"""Group of a rule -> heading."""

HELP: Mapping[str, str] = {
    "outdated.after_years": N_(
        "Máy tính đã dùng quá số năm này được coi là lạc hậu. Đây là gợi ý thay thế, không phải lệnh thanh lý."
    ),
    "severe.after_years": N_("Máy tính đã dùng quá số năm này được xếp mức nặng."),
    "ram.min_gib": N_("Bộ nhớ ít hơn mức này thì máy không đạt yêu cầu."),
    "cores.min": N_("Số lõi ít hơn mức này thì máy không đạt yêu cầu."),
    "clock.min_mhz": N_("Tốc độ tối đa của bộ xử lý thấp hơn mức này thì máy không đạt yêu cầu."),
    "disk.free_min_percent": N_("Ổ đĩa hệ thống còn trống ít hơn tỷ lệ này thì cảnh báo."),
    "os.support_end": N_(
        "Ngày hệ điều hành hết hỗ trợ; sau ngày này máy không đạt yêu cầu. Mỗi dòng: tên hệ điều hành | ngày."
    ),
    "clock.wrong_s": N_("Đồng hồ của máy lệch quá mức này thì báo sai giờ."),
    "stale.after_days": N_("Dữ liệu kiểm kê không được cập nhật quá số ngày này thì coi là cũ."),
    "heartbeat_s": N_("Máy trạm báo còn hoạt động sau mỗi khoảng này."),
    "network_s": N_("Máy trạm đo mạng lại sau mỗi khoảng này."),
    "inventory_s": N_("Máy trạm gửi lại toàn bộ kiểm kê sau mỗi khoảng này, kể cả khi không đổi."),
    "agent.internet_check_url": N_("Trang http để máy trạm thử Internet; để trống thì không thử."),
    "agent.internet_check_text": N_("Nội dung đúng của trang thử Internet; để trống nếu trang trả lời mã 204."),
    "agent.reach_targets": N_("Dịch vụ của tỉnh mà máy trạm thử kết nối. Mỗi dòng: tên | địa chỉ."),
    "agent.disabled_probes": N_("Phép đo mà máy trạm không chạy. Mỗi dòng một tên."),
    "agent.spool_bytes": N_("Dung lượng tối đa để giữ báo cáo chưa gửi được trên máy trạm."),
    "agent.send_user_name": N_("Có gửi tên người dùng Windows hay không; mặc định không."),
    "site.missed_heartbeats": N_("Trong giờ làm việc, bỏ lỡ số nhịp báo này thì nghi mất kết nối."),
    "site.prolonged_hours": N_("Mất kết nối lâu hơn mức này thì coi là kéo dài và xếp mức nặng."),
    "site.never_reported_days": N_("Đã ghi danh quá số ngày này mà chưa từng báo cáo thì nêu thành việc cần xử lý."),
    "machine.silent_minutes": N_(
        "Máy im lặng quá số phút này, chỉ tính giờ làm việc, thì nêu thành việc cần xử lý. 1440 phút là khoảng ba ngày."
    ),
    "hours.default": N_("Giờ làm việc của địa điểm không khai riêng. Mỗi dòng: thứ | giờ. “daily” là cả ngày nghỉ lễ."),
    "line.p95_max": N_("Bách phân vị 95 của lưu lượng mỗi chiều không được vượt tỷ lệ này của dung lượng."),
    "line.window_days": N_("Số ngày xét lưu lượng."),
    "line.sample_min": N_("Khoảng cách giữa hai lần lấy mẫu lưu lượng."),
    "line.median_min_mbps": N_("Trung vị tốc độ tải xuống của địa điểm thấp hơn mức này thì cảnh báo."),
    "norm.pc_per_official": N_("Số máy tính cho một cán bộ, công chức."),
    "norm.staff_per_printer": N_("Số người dùng chung một máy in, làm tròn lên."),
    "norm.staff_per_scanner": N_("Số người dùng chung một máy quét, làm tròn lên."),
    "mobile.void_2g_from": N_("Từ ngày này sóng 2G không còn; thôn chỉ có 2G tính là trắng sóng."),
    "mobile.void_3g_from": N_("Từ ngày này sóng 3G không còn; thôn chỉ có 2G, 3G tính là trắng sóng."),
    "weekly.weekday": N_("Thứ gửi thư tuần; gặp ngày nghỉ thì gửi vào ngày làm việc kế tiếp."),
    "weekly.time": N_("Giờ gửi thư tuần, theo giờ Việt Nam."),
    "escalation.reminder_days": N_("Số ngày sau khi phát hiện thì nhắc lần 1, nhắc lần 2 và đưa vào báo cáo tháng."),
    "retention.raw_days": N_("Số ngày giữ nguyên văn báo cáo của máy trạm; sau đó chỉ còn kết luận và số tổng hợp."),
    "retention.rejected_days": N_("Số ngày giữ báo cáo bị từ chối."),
    "due_days.machine_outdated": N_("Số ngày để xử lý việc: máy tính lạc hậu."),
    "due_days.machine_unfit": N_("Số ngày để xử lý việc: máy không đạt yêu cầu."),
    "due_days.machine_silent": N_("Số ngày để xử lý việc: máy im lặng."),
    "due_days.clock_wrong": N_("Số ngày để xử lý việc: máy sai giờ."),
    "due_days.site_disconnected": N_("Số ngày để xử lý việc: địa điểm mất kết nối."),
    "due_days.site_no_lan": N_("Số ngày để xử lý việc: địa điểm chưa có mạng nội bộ."),
    "due_days.site_never_reported": N_("Số ngày để xử lý việc: địa điểm chưa từng báo cáo."),
    "due_days.village_no_broadband": N_("Số ngày để xử lý việc: thôn chưa có băng rộng cố định."),
    "due_days.village_no_signal": N_("Số ngày để xử lý việc: thôn chưa có sóng di động."),
    "due_days.identity_conflict": N_("Số ngày để xử lý việc: trùng định danh máy."),
}
"""Key -> what it means; config/policy.toml says the same, a test proves it."""

UNITS: Mapping[str, str] = {
    "years": N_("năm"),
    "gib": N_("GiB"),
    "count": N_("số lượng"),
    "mhz": N_("MHz"),
    "percent": N_("phần trăm"),
    "seconds": N_("giây"),
    "minutes": N_("phút"),
    "hours": N_("giờ"),
    "days": N_("ngày"),
    "share": N_("tỷ lệ 0–1"),
    "mbps": N_("Mb/s"),
    "bytes": N_("byte"),
    "date": N_("ngày tháng"),
}
"""Unit of a rule -> word."""

STATUSES: Mapping[str, str] = {
    "V1": N_("đã đọc văn bản"),
    "V2": N_("báo chí, trang chính thức"),
    "V3": N_("chỉ thấy trong mã nguồn công khai"),
    "C": N_("tính toán"),
    "U": N_("đề xuất, chưa kiểm chứng"),
    "NF": N_("chưa tìm thấy nguồn"),
}
"""Status of a source -> word."""

WEEKDAYS: Mapping[str, str] = {
    "mon": N_("Thứ hai"),
    "tue": N_("Thứ ba"),
    "wed": N_("Thứ tư"),
    "thu": N_("Thứ năm"),
    "fri": N_("Thứ sáu"),
    "sat": N_("Thứ bảy"),
    "sun": N_("Chủ nhật"),
}
"""Weekday of a rule -> word."""

SOURCES: tuple[str, ...] = (
    N_("Đề xuất của phần mềm"),
    N_("Thông báo của hãng"),
    N_("Trang kiểm tra mạng của Windows"),
    N_("Luật 91/2025 (dữ liệu cá nhân)"),
    N_("Giờ hành chính thông dụng"),
    N_("So với số đo i-Speed 8/2025"),
    N_("VNPT, VietnamNet (dẫn lại)"),
    N_("Mẫu thư của phần mềm"),
    N_("TT 23/2023/TT-BTC, Phụ lục 1"),
    N_("TT 48/2023/TT-BTC, Điều 4(5)"),
    N_("TT 06/2026/TT-BKHCN, Điều 5(6)"),
    N_("QĐ 15/2025/QĐ-TTg"),
    N_("QĐ 15/2025/QĐ-TTg, Phụ lục II"),
)
"""Sources, for their translations."""

PROBLEMS: tuple[str, ...] = (
    N_("không có ngưỡng nào tên này"),
    N_("({low_value}) không được lớn hơn {high} ({high_value})"),
    N_("giảm {low} hoặc tăng {high}"),
    N_("không đọc được: {error}"),
    N_("sửa dòng đã nêu"),
    N_("phải là một bảng có khóa default"),
    N_("viết [{key}] rồi default = ..."),
    N_("phải là true hoặc false"),
    N_("chọn một trong hai"),
    N_("phải là số nguyên"),
    N_("ví dụ {example:g}"),
    N_("phải là một số"),
    N_("{value:g} nằm ngoài khoảng cho phép"),
    N_("chọn từ {low:g} đến {high:g}"),
    N_("phải là một dòng chữ, không quá 400 ký tự"),
    N_("rút gọn hoặc bỏ ký tự lạ"),
    N_("{url!r} không phải địa chỉ dùng được"),
    N_("bắt đầu bằng {good}://"),
    N_("phải là một thứ trong tuần"),
    N_("chọn mon, tue, wed, thu, fri, sat hoặc sun"),
    N_("phải là giờ trong ngày"),
    N_("viết giờ:phút, ví dụ 07:00"),
    N_("phải là danh sách số nguyên"),
    N_("ví dụ 7, 14, 30"),
    N_("các số phải tăng dần"),
    N_("phải là danh sách tên"),
    N_("mỗi dòng một tên"),
    N_("phải là danh sách cặp"),
    N_("mỗi dòng: {example}"),
    N_("nhiều hơn 30 địa chỉ"),
    N_("bớt đi: mỗi địa chỉ tốn thời gian và băng thông của xã"),
    N_("phải là một ngày"),
    N_("viết năm-tháng-ngày, ví dụ 2026-09-15"),
    N_("{item!r} không phải tên phép đo"),
    N_("dùng chữ thường, ví dụ counters"),
    N_("{row!r} không phải một cặp"),
    N_("viết: {example}"),
    N_("{url!r} thiếu cổng"),
    N_("viết tcp://máy:cổng"),
    N_("60 ngày liền không có ngày làm việc"),
    N_("xem lại các ngày nghỉ sau {day}"),
    N_("phải là một cặp thứ và giờ"),
    N_('ví dụ ["mon-fri", "07:30-11:30"]'),
    N_("{span!r} không phải khoảng giờ"),
    N_("viết như 07:30-11:30"),
    N_("{span!r} kết thúc trước khi bắt đầu hoặc sau 24:00"),
    N_("tách thành hai khoảng"),
    N_("phải là danh sách bảng"),
    N_("viết [[{key}]] rồi day = năm-tháng-ngày"),
    N_("viết năm-tháng-ngày, ví dụ 2026-01-02"),
    N_("khóa lạ"),
    N_("chỉ dùng off và work"),
    N_("vừa là ngày nghỉ vừa là ngày làm bù"),
    N_("bỏ một trong hai"),
    N_("phải là danh sách các cặp thứ và giờ"),
    N_('ví dụ [["mon-fri", "07:30-11:30"]]'),
    N_("{days!r} không phải thứ"),
    N_("dùng mon, tue ... sun, mon-fri hoặc daily"),
    N_("{days!r} đi ngược tuần"),
    N_("viết từ thứ sớm đến thứ muộn"),
    N_("dùng day, source; với work thêm instead_of"),
    N_("không có phạm vi {kind} {id}"),
    N_("chọn toàn tỉnh, một đơn vị hoặc một địa điểm"),
    N_("có phải {near}?"),
    N_("xem danh sách trong config/policy.toml"),
)
"""Templates of inventory.domain.problem.BadValue, for their translations."""
