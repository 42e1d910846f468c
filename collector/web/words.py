"""A machine's sections in words: which fields are shown, under which name, and how their values are written.

Pure text: no request, no store. A value that is not known is None here; the template says so in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from collector.i18n import N_, format, translator

Data = Mapping[str, Any]

SECTIONS: Mapping[str, str] = {
    "system": N_("Hệ điều hành"),
    "hardware": N_("Phần cứng"),
    "interfaces": N_("Card mạng"),
    "neighbours": N_("Mạng nội bộ nhìn thấy"),
    "reach": N_("Kết nối thử"),
    "uptime": N_("Bật, tắt máy"),
    "counters": N_("Lỗi trên card mạng"),
}
"""Sections in the order of the page."""

STATUSES: Mapping[str, str] = {
    "ok": N_("đọc được"),
    "no_data": N_("máy không có dữ liệu này"),
    "failed": N_("đọc không được"),
    "denied": N_("không đủ quyền đọc"),
}

FIELDS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "system": (
        ("os_name", N_("Hệ điều hành"), "text"),
        ("os_release", N_("Phiên bản"), "text"),
        ("os_version", N_("Số phiên bản"), "text"),
        ("os_build", N_("Bản dựng"), "text"),
        ("os_edition", N_("Ấn bản"), "text"),
        ("kernel", N_("Nhân hệ điều hành"), "text"),
        ("architecture", N_("Kiến trúc"), "text"),
        ("install_date", N_("Ngày cài đặt"), "date"),
        ("hostname", N_("Tên máy"), "text"),
        ("timezone_offset_min", N_("Múi giờ"), "zone"),
        ("agent_python", N_("Python của trạm thu thập"), "text"),
    ),
    "hardware": (
        ("system_vendor", N_("Hãng"), "text"),
        ("system_model", N_("Kiểu máy"), "text"),
        ("system_serial", N_("Số sê-ri"), "text"),
        ("board_vendor", N_("Hãng bo mạch chủ"), "text"),
        ("board_model", N_("Bo mạch chủ"), "text"),
        ("board_serial", N_("Số sê-ri bo mạch chủ"), "text"),
        ("bios_vendor", N_("Hãng BIOS"), "text"),
        ("bios_version", N_("Phiên bản BIOS"), "text"),
        ("bios_date", N_("Ngày BIOS"), "us_date"),
        ("cpu_brand", N_("Bộ xử lý"), "text"),
        ("cpu_sockets", N_("Số bộ xử lý"), "number"),
        ("cpu_cores", N_("Số lõi"), "number"),
        ("cpu_threads", N_("Số luồng"), "number"),
        ("cpu_max_mhz", N_("Tốc độ tối đa"), "mhz"),
        ("ram_bytes", N_("RAM"), "bytes"),
        ("ram_installed_bytes", N_("RAM lắp trên máy"), "bytes"),
        ("is_virtual", N_("Máy ảo"), "yes_no"),
        ("virtual_hint", N_("Dấu hiệu máy ảo"), "text"),
        ("dmi_available", N_("Có bảng DMI"), "yes_no"),
    ),
    "neighbours": (
        ("neighbour_count", N_("Số thiết bị khác trong mạng"), "number"),
        ("dns_servers", N_("Máy chủ DNS"), "list"),
    ),
    "reach": (
        ("internet", N_("Ra được Internet"), "yes_no"),
        ("captive", N_("Bị chặn bởi trang đăng nhập Wi-Fi"), "yes_no"),
        ("collector", N_("Đến được máy thu"), "yes_no"),
    ),
    "uptime": (
        ("boot_time", N_("Bật máy lúc"), "moment"),
        ("last_shutdown", N_("Lần tắt trước"), "shutdown"),
        ("last_seen_before", N_("Còn chạy lần cuối trước khi tắt"), "moment"),
        ("on_battery", N_("Đang chạy bằng pin"), "yes_no"),
    ),
}

TABLES: Mapping[str, tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]] = {
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
                ("mac_prefix", N_("Đầu địa chỉ MAC"), "text"),
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
                ("in_arp_table", N_("Mới trả lời"), "yes_no"),
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

_WORDS: Mapping[str, Mapping[str, str]] = {
    "shutdown": {"clean": N_("tắt đúng cách"), "unclean": N_("tắt đột ngột (mất điện hoặc treo máy)")},
    "link": {
        "wired": N_("có dây"),
        "wireless": N_("không dây"),
        "mobile": N_("di động"),
        "virtual": N_("ảo"),
        "loopback": N_("nội bộ máy"),
        "unknown": N_("chưa rõ loại"),
    },
    "duplex": {"full": N_("song công"), "half": N_("bán song công")},
    "check": {"collector": N_("Máy thu"), "internet": N_("Internet")},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A list inside a section as a table; a cell is None when not known."""

    title: str
    heads: list[str]
    rows: list[list[str | None]]


def field_rows(section: str, data: Data | None, lang: str) -> list[tuple[str, str | None]]:
    """Single values of a section as (name, value); None: not known."""
    _ = translator(lang)
    return [(_(label), shown((data or {}).get(key), kind, lang)) for key, label, kind in FIELDS.get(section, ())]


def list_tables(section: str, data: Data | None, lang: str) -> list[Shown]:
    """Lists of a section (disks, network cards ...) as tables."""
    _ = translator(lang)
    tables: list[Shown] = []
    for key, title, columns in TABLES.get(section, ()):
        items = (data or {}).get(key)
        rows = [
            [shown(item.get(name), kind, lang) for name, _label, kind in columns]
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, Mapping)
        ]
        tables.append(Shown(_(title), [_(label) for _name, label, _kind in columns], rows))
    return tables


def shown(value: Any, kind: str, lang: str) -> str | None:
    """One value for people; None when it is not known. A value of an unexpected type is shown as it is."""
    if kind == "plain":
        return str(value or "")
    if value is None or value == "" or value == []:
        return None
    try:
        return _WRITERS.get(kind, _plain)(value, lang)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return str(value)


def _plain(value: Any, lang: str) -> str:
    return str(value)


def _yes_no(value: Any, lang: str) -> str:
    return translator(lang)(N_("có") if value else N_("không"))


def _rotational(value: Any, lang: str) -> str:
    return translator(lang)(N_("đĩa quay (HDD)") if value else N_("thể rắn (SSD)"))


def _zone(value: Any, lang: str) -> str:
    sign, minutes = "-" if value < 0 else "+", abs(value)
    return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _moment(value: Any, lang: str) -> str:
    return format.moment(datetime.fromisoformat(value), lang)


def _us_date(value: Any, lang: str) -> str:
    """A firmware's date, "11/25/2013" on every computer of the world; what is not one is shown as it is."""
    month, day, year = (int(part) for part in value.split("/"))
    return format.day(date(year, month, day), lang)


def _word_of(kind: str) -> Callable[[Any, str], str]:
    words = _WORDS[kind]
    return lambda value, lang: translator(lang)(words[value]) if value in words else str(value)


_WRITERS: Mapping[str, Callable[[Any, str], str]] = {
    "bytes": lambda value, lang: format.gigabytes(value, lang),
    "number": lambda value, lang: format.number(value, lang),
    "mhz": lambda value, lang: f"{format.decimal(value / 1000, 1, lang)} GHz",
    "mbps": lambda value, lang: f"{format.number(value, lang)} Mb/s",
    "ms": lambda value, lang: f"{format.number(round(value), lang)} ms",
    "list": lambda value, lang: ", ".join(str(item) for item in value),
    "date": lambda value, lang: format.day(date.fromisoformat(value), lang),
    "us_date": _us_date,
    "moment": _moment,
    "yes_no": _yes_no,
    "rotational": _rotational,
    "zone": _zone,
    **{kind: _word_of(kind) for kind in _WORDS},
}
