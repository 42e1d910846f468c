"""Lists inside a machine's sections: (key, title, columns); a column is a Field of section_fields.py."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_
from collector.web.section_fields import Field

Table = tuple[str, str, tuple[Field, ...]]

TABLES: Mapping[str, tuple[Table, ...]] = {
    "hardware": (
        (
            "disks",
            N_("Ổ đĩa"),
            (
                ("model", N_("Kiểu"), "text"),
                ("size_bytes", N_("Dung lượng"), "bytes"),
                ("rotational", N_("Loại"), "rotational"),
                ("bus", N_("Cổng nối"), "text"),
                ("is_system", N_("Ổ hệ thống"), "yes_no"),
                ("serial", N_("Số sê-ri"), "text"),
            ),
        ),
        (
            "monitors",
            N_("Màn hình"),
            (
                ("vendor", N_("Hãng"), "pnp"),
                ("model", N_("Kiểu"), "text"),
                ("year", N_("Năm sản xuất"), "year"),
                ("week", N_("Tuần"), "year"),
                ("width_cm", N_("Rộng (cm)"), "number"),
                ("height_cm", N_("Cao (cm)"), "number"),
                ("serial", N_("Số sê-ri"), "text"),
            ),
        ),
    ),
    "storage": (
        (
            "disks",
            N_("Sức khỏe ổ đĩa"),
            (
                ("model", N_("Kiểu"), "text"),
                ("health", N_("Sức khỏe"), "health"),
                ("power_on_hours", N_("Đã chạy"), "hours"),
                ("wear_percent", N_("Độ mòn"), "percent"),
                ("reallocated_sectors", N_("Cung hỏng đã thay"), "number"),
                ("pending_sectors", N_("Cung chờ thay"), "number"),
                ("is_system", N_("Ổ hệ thống"), "yes_no"),
                ("serial", N_("Số sê-ri"), "text"),
            ),
        ),
        (
            "volumes",
            N_("Phân vùng"),
            (
                ("mount", N_("Phân vùng"), "text"),
                ("size_bytes", N_("Dung lượng"), "bytes"),
                ("free_bytes", N_("Còn trống"), "bytes"),
                ("file_system", N_("Hệ thống tệp"), "text"),
                ("is_system", N_("Chứa hệ điều hành"), "yes_no"),
            ),
        ),
    ),
    "posture": (
        (
            "antimalware",
            N_("Phần mềm phòng chống mã độc"),
            (
                ("name", N_("Tên"), "text"),
                ("enabled", N_("Đang bảo vệ"), "yes_no"),
                ("up_to_date", N_("Đã cập nhật"), "yes_no"),
                ("definitions_date", N_("Ngày của mẫu nhận diện"), "date"),
            ),
        ),
        (
            "firewall",
            N_("Tường lửa"),
            (("name", N_("Vùng mạng"), "zone_name"), ("enabled", N_("Đang bật"), "yes_no")),
        ),
    ),
    "interfaces": (
        (
            "interfaces",
            N_("Card mạng"),
            (
                ("name", N_("Tên"), "text"),
                ("kind", N_("Loại"), "link"),
                ("is_up", N_("Đang nối"), "yes_no"),
                ("speed_mbps", N_("Tốc độ"), "mbps"),
                ("duplex", N_("Song công"), "duplex"),
                ("ipv4", N_("Địa chỉ IPv4"), "list"),
                ("ipv6", N_("Địa chỉ IPv6"), "list"),
                ("dhcp", N_("Địa chỉ được cấp (DHCP)"), "yes_no"),
                ("mac_prefix", N_("Hãng card mạng"), "maker"),
            ),
        ),
    ),
    "neighbours": (
        (
            "gateways",
            N_("Cổng ra"),
            (
                ("address", N_("Địa chỉ"), "text"),
                ("interface", N_("Qua card mạng"), "text"),
                ("mac_prefix", N_("Hãng card mạng"), "maker"),
                ("in_arp_table", N_("Mới trả lời"), "yes_no"),
            ),
        ),
    ),
    "hygiene": (
        (
            "dhcp_offers",
            N_("Máy cấp địa chỉ (DHCP) đã trả lời"),
            (
                ("server", N_("Máy cấp"), "text"),
                ("mac_prefix", N_("Hãng card mạng"), "maker"),
                ("gateway", N_("Cổng ra được cấp"), "text"),
                ("dns_servers", N_("Máy chủ DNS được cấp"), "list"),
                ("options", N_("Dấu hiệu riêng"), "dhcp_options"),
            ),
        ),
        (
            "name_checks",
            N_("Hỏi thử tên miền"),
            (
                ("name", N_("Tên được hỏi"), "text"),
                ("kind", N_("Tên này"), "name_check"),
                ("server", N_("Máy chủ DNS"), "text"),
                ("answers", N_("Trả lời"), "answers"),
                ("error", N_("Lỗi"), "dns_error"),
            ),
        ),
        (
            "doors",
            N_("Cửa quản trị của cổng ra"),
            (
                ("service", N_("Dịch vụ"), "door"),
                ("port", N_("Cổng"), "year"),
                ("open", N_("Đang mở"), "yes_no"),
                ("says", N_("Tự giới thiệu"), "plain"),
            ),
        ),
        ("clashes", N_("Trùng địa chỉ"), (("address", N_("Địa chỉ"), "text"),)),
    ),
    "lan": (
        (
            "scans",
            N_("Nhật ký quét"),
            (
                ("started", N_("Bắt đầu"), "moment"),
                ("kind", N_("Loại"), "scan_kind"),
                ("network", N_("Mạng"), "text"),
                ("addresses", N_("Địa chỉ đã hỏi"), "number"),
                ("frames", N_("Gói đã gửi"), "number"),
                ("duration_s", N_("Thời gian"), "seconds"),
                ("hosts", N_("Thiết bị trả lời"), "number"),
                ("stopped", N_("Dừng sớm vì"), "stopped"),
            ),
        ),
        (
            "hosts",
            N_("Thiết bị trả lời"),
            (("mac_prefix", N_("Hãng card mạng"), "maker"), ("passes", N_("Số lượt trả lời"), "number")),
        ),
        (
            "lldp",
            N_("Thiết bị tự giới thiệu"),
            (
                ("system", N_("Tên"), "text"),
                ("description", N_("Mô tả"), "text"),
                ("port", N_("Cổng"), "text"),
                ("mac_prefix", N_("Hãng card mạng"), "maker"),
            ),
        ),
    ),
    "devices": (
        (
            "devices",
            N_("Thiết bị"),
            (
                ("type", N_("Loại"), "device"),
                ("vendor", N_("Hãng"), "text"),
                ("hardware", N_("Kiểu"), "text"),
                ("version", N_("Phiên bản"), "text"),
                ("serial", N_("Số sê-ri"), "text"),
                ("name", N_("Tên"), "text"),
                ("address", N_("Địa chỉ"), "text"),
                ("ports", N_("Cổng đang nối"), "ports"),
                ("supplies", N_("Vật tư"), "supplies"),
                ("battery", N_("Ắc quy"), "battery"),
            ),
        ),
    ),
    "reach": (
        (
            "checks",
            N_("Từng phép thử"),
            (
                ("name", N_("Tên"), "check"),
                ("stage", N_("Bước"), "text"),
                ("target", N_("Đích"), "text"),
                ("ok", N_("Được"), "yes_no"),
                ("latency_ms", N_("Thời gian"), "ms"),
                ("error", N_("Lỗi"), "plain"),
            ),
        ),
    ),
    "counters": (
        (
            "interfaces",
            N_("Từ khi bật máy"),
            (
                ("name", N_("Tên"), "text"),
                ("rx_errors", N_("Lỗi nhận"), "number"),
                ("tx_errors", N_("Lỗi gửi"), "number"),
                ("rx_dropped", N_("Mất khi nhận"), "number"),
                ("tx_dropped", N_("Mất khi gửi"), "number"),
                ("rx_bytes", N_("Đã nhận"), "bytes"),
                ("tx_bytes", N_("Đã gửi"), "bytes"),
            ),
        ),
    ),
}
