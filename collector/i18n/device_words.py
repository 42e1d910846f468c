"""Words for network equipment and for scans of the LAN. Values are message ids, as in words.py."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_

DEVICE_KINDS: Mapping[str, str] = {
    "gateway": N_("cổng ra mạng ngoài"),
    "modem": N_("modem, thiết bị đầu cuối quang"),
    "router": N_("thiết bị định tuyến"),
    "firewall": N_("tường lửa"),
    "switch": N_("thiết bị chuyển mạch"),
    "wireless": N_("thiết bị mạng không dây"),
    "wifi_ap": N_("thiết bị mạng không dây"),
    "printer": N_("máy in"),
    "ups": N_("bộ lưu điện (UPS)"),
    "pdu": N_("bộ phân phối nguồn"),
    "nas": N_("thiết bị lưu trữ mạng (NAS)"),
    "camera": N_("camera, đầu ghi hình"),
    "phone": N_("điện thoại, tổng đài IP"),
    "conference": N_("thiết bị họp trực tuyến"),
    "server": N_("máy chủ"),
    "workstation": N_("máy trạm"),
    "loadbalancer": N_("thiết bị cân bằng tải"),
    "environment": N_("cảm biến, điều hòa môi trường"),
    "power": N_("thiết bị nguồn"),
    "optical": N_("thiết bị truyền dẫn quang"),
    "storage": N_("hệ thống lưu trữ"),
    "console": N_("thiết bị điều khiển từ xa (KVM)"),
    "appliance": N_("thiết bị chuyên dụng"),
    "": N_("chưa rõ loại"),
}
"""What a device is, as agents tell it, in the order of a network from the line inwards."""

DEVICE_SOURCES: Mapping[str, str] = {
    "snmp": N_("thiết bị tự báo (SNMP)"),
    "upnp": N_("thiết bị tự giới thiệu (UPnP)"),
    "lldp": N_("thiết bị tự giới thiệu (LLDP)"),
    "neighbours": N_("máy tính trong mạng thấy"),
    "arp": N_("máy tính trong mạng thấy"),
    "declared": N_("khai báo"),
}
ATTENTION: Mapping[str, str] = {
    "supply": N_("sắp hết mực, vật tư"),
    "battery": N_("ắc quy yếu hoặc cần thay"),
    "community": N_("dùng mật khẩu SNMP mặc định"),
    "gone": N_("không còn thấy trong mạng"),
}
"""What about a device somebody should look at."""

BATTERY: Mapping[str, str] = {
    "normal": N_("bình thường"),
    "low": N_("sắp hết điện"),
    "depleted": N_("đã cạn"),
    "": N_("chưa rõ"),
}
SCAN_KINDS: Mapping[str, str] = {"sweep": N_("quét toàn mạng"), "recheck": N_("hỏi lại thiết bị đã biết")}
SCAN_METHODS: Mapping[str, str] = {
    "scapy": N_("gói ARP"),
    "sendarp": N_("SendARP của Windows"),
    "ping": N_("chạm nhẹ rồi đọc bảng ARP"),
}
STOPPED: Mapping[str, str] = {
    "gateway_lost": N_("cổng ra không trả lời"),
    "driver_busy": N_("card mạng bận"),
    "lease_over": N_("hết thời hạn được giao"),
    "switched_off": N_("bị tắt giữa chừng"),
    "deadline": N_("quá thời gian cho phép"),
    "daily_cap": N_("đã gửi đủ số gói cho phép trong ngày"),
    "failed": N_("chương trình quét bị lỗi"),
}
"""Why a scan ended early."""

SCAN_OFF: Mapping[str, str] = {
    "no_lease": N_("máy thu chưa giao việc quét cho máy này"),
    "local_switch": N_("người dùng đã tắt việc quét tại máy"),
    "policy": N_("chính sách không cho quét"),
    "no_network": N_("không có mạng nội bộ để quét"),
    "unsupported": N_("máy này không quét được"),
}
"""Why a PC does not scan, by its own word."""

ELECTED: Mapping[str, str] = {
    "first": N_("máy đầu tiên đủ điều kiện"),
    "silent": N_("máy trước im lặng"),
    "unable": N_("máy trước không quét được nữa"),
    "better": N_("máy phù hợp hơn"),
    "kept": N_("tiếp tục giữ việc"),
    "policy": N_("chính sách không cho quét"),
}
"""Why a PC was elected, or nobody."""
