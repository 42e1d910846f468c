"""What to do about each kind of finding. Message ids."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_

REMEDIES: Mapping[str, str] = {
    "machine_outdated": N_(
        "Đối chiếu với sổ tài sản: nếu năm đưa vào sử dụng khác thì khai lại tại trang máy tính; nếu đúng "
        "thì đưa máy vào "
        "kế hoạch thay thế. Máy còn dùng được vẫn tiếp tục sử dụng."
    ),
    "machine_unfit": N_(
        "Nâng cấp đúng phần còn thiếu (bộ nhớ, ổ đĩa, hệ điều hành); nếu máy quá cũ để nâng cấp thì đưa vào "
        "kế hoạch thay thế."
    ),
    "machine_silent": N_(
        "Kiểm tra máy có được bật và nối mạng không; chạy “gapwatch-agent doctor” trên máy để xem nguyên nhân. "
        "Nếu máy hỏng hoặc không còn dùng thì cập nhật tình trạng tại trang máy tính."
    ),
    "clock_wrong": N_(
        "Bật đồng bộ thời gian của hệ điều hành; nếu giờ lại sai sau khi tắt máy thì thay pin CMOS trên bo mạch chủ."
    ),
    "site_disconnected": N_(
        "Gọi người phụ trách tại địa điểm để kiểm tra nguồn điện và thiết bị mạng; nếu thiết bị bình thường "
        "thì báo sự cố "
        "cho nhà cung cấp đường truyền và ghi lại thời hạn khắc phục."
    ),
    "site_flapping": N_(
        "Xem các lần đứt ở trang địa điểm; kiểm tra nguồn điện, đầu cắm và thiết bị đầu cuối, rồi gửi bảng kê cho "
        "nhà cung cấp đường truyền."
    ),
    "site_no_lan": N_(
        "Kiểm tra thực tế tại địa điểm; nếu đúng là chưa có mạng nội bộ thì đề xuất lắp thiết bị chuyển mạch "
        "và đi dây mạng, "
        "nếu đã có thì khai lại tại trang địa điểm."
    ),
    "site_never_reported": N_(
        "Cấp mã ghi danh và cài trạm thu thập lên ít nhất một máy tính của địa điểm; nơi chưa có đường "
        "truyền thì chép báo cáo "
        "bằng USB."
    ),
    "line_saturated": N_(
        "Xem máy nào dùng nhiều mạng trong giờ làm việc (cập nhật, sao lưu, xem phim) và chuyển ra ngoài giờ; nếu vẫn đầy "
        "thì đề nghị nâng dung lượng đường truyền."
    ),
    "line_below_contract": N_(
        "Gửi số đo cho nhà cung cấp theo số hợp đồng, đề nghị kiểm tra và nêu thời hạn; đo lại sau khi khắc phục."
    ),
    "service_unreachable": N_(
        "Nơi khác vẫn vào được, nên kiểm tra tại địa điểm: máy chủ tên miền, tường lửa, proxy và đường truyền tới mạng "
        "mà dịch vụ nằm trên đó."
    ),
    "service_down": N_("Báo đơn vị vận hành dịch vụ: gần như mọi địa điểm đều không vào được; xã không cần làm gì."),
    "meeting_not_ready": N_(
        "Xử lý điểm kém nhất đã nêu: thiếu tốc độ thì nâng đường truyền, trễ và mất gói thì đề nghị nhà cung cấp kiểm tra, "
        "dùng dây mạng thay cho Wi-Fi tại phòng họp."
    ),
    "village_no_broadband": N_(
        "Đối chiếu với doanh nghiệp viễn thông về cáp quang gần nhất; ghi cam kết và thời hạn đưa băng rộng "
        "cố định tới thôn."
    ),
    "village_no_signal": N_(
        "Kiểm tra tại nhà văn hóa thôn và các cụm dân cư; đề nghị doanh nghiệp viễn thông phủ sóng, ghi cam "
        "kết và thời hạn."
    ),
    "identity_conflict": N_(
        "Kiểm tra trực tiếp các máy nêu trong căn cứ: máy cài từ ổ đĩa sao chép phải được ghi danh lại bằng "
        "mã ghi danh mới."
    ),
    "machine_unsafe": N_(
        "Bật phần mềm phòng chống mã độc và tường lửa, cài bản cập nhật của hệ điều hành, tắt SMBv1 và điều khiển từ xa nếu không dùng."
    ),
    "machine_wmi_damaged": N_(
        "Chạy “winmgmt /verifyrepository” rồi “winmgmt /salvagerepository” bằng quyền quản trị; nếu vẫn lỗi thì sao lưu dữ liệu và cài lại Windows."
    ),
    "lan_rogue_dhcp": N_(
        "Tìm bộ phát Wi-Fi hoặc bộ định tuyến đang tự cấp địa chỉ và tắt chức năng DHCP của nó, hoặc cắm lại dây mạng vào cổng LAN thay cho cổng WAN."
    ),
    "lan_second_router": N_(
        "Chuyển bộ định tuyến nối thêm sang chế độ điểm truy cập (access point) để toàn cơ quan dùng chung một mạng."
    ),
    "lan_address_clash": N_(
        "Đổi một trong hai thiết bị sang nhận địa chỉ tự động (DHCP) hoặc sang địa chỉ khác chưa dùng."
    ),
    "lan_captive": N_(
        "Mở trình duyệt trên một máy để xem trang chặn; nếu là thông báo cước thì liên hệ nhà cung cấp đường truyền."
    ),
    "lan_hotspot": N_(
        "Lắp đường Internet cố định cho địa điểm; phát sóng từ điện thoại chỉ nên dùng tạm khi đường chính hỏng."
    ),
    "lan_dns_tampering": N_(
        "Đặt lại máy chủ DNS trên bộ định tuyến theo hướng dẫn của nhà cung cấp, đổi mật khẩu quản trị và quét mã độc các máy."
    ),
    "lan_default_snmp": N_("Đổi mật khẩu SNMP mặc định của thiết bị hoặc tắt SNMP nếu không dùng."),
    "lan_open_management": N_(
        "Tắt Telnet và trang quản trị không mã hóa của thiết bị mạng, chỉ mở HTTPS cho máy quản trị."
    ),
    "lan_no_ipv6": N_("Đề nghị nhà cung cấp bật IPv6 trên đường truyền và bật IPv6 trên bộ định tuyến."),
}
"""What to do about a kind of finding, in one or two sentences."""
