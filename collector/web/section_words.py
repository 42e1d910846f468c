"""Words of the codes inside a machine's sections, by kind of writing. Values are message ids, or names that need none."""

from __future__ import annotations

from collections.abc import Mapping

from collector.i18n import N_
from collector.i18n import device_words as devices
from collector.i18n import words as codes

WORDS: Mapping[str, Mapping[str, str]] = {
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
    "firmware": {"uefi": "UEFI", "bios": N_("BIOS kiểu cũ")},
    "tpm": {
        "ready": N_("sẵn sàng"),
        "disabled": N_("có nhưng đang tắt trong BIOS"),
        "absent": N_("hệ điều hành không thấy"),
    },
    "health": codes.DISK_HEALTH,
    "updates": {"on": N_("tự cài"), "notify": N_("chỉ báo, không tự cài"), "off": N_("đang tắt")},
    "reboot": {
        "servicing": N_("cài đặt thành phần hệ thống"),
        "windows_update": N_("cập nhật Windows"),
        "file_rename": N_("thay tệp hệ thống"),
        "package": N_("cập nhật gói phần mềm"),
    },
    "zone_name": {
        "domain": N_("mạng tên miền cơ quan"),
        "private": N_("mạng riêng"),
        "public": N_("mạng công cộng"),
        "all": N_("mọi mạng"),
    },
    "name_check": {"known": N_("có thật"), "absent": N_("không tồn tại")},
    "dns_error": {
        "nxdomain": N_("báo tên không tồn tại"),
        "timeout": N_("không trả lời"),
        "refused": N_("từ chối trả lời"),
    },
    "dhcp_option": {"android_metered": N_("điện thoại Android phát sóng")},
    "door": {
        "telnet": N_("Telnet"),
        "http": N_("trang web không mã hóa (HTTP)"),
        "https": N_("trang web mã hóa (HTTPS)"),
    },
    "device": devices.DEVICE_KINDS,
    "scan_kind": devices.SCAN_KINDS,
    "scan_off": devices.SCAN_OFF,
    "stopped": devices.STOPPED,
    # Makers of screens by their PNP identifiers, from the public registry at uefi.org/PNP_ID_List
    "pnp": {
        "ACR": "Acer",
        "AOC": "AOC",
        "APP": "Apple",
        "AUO": "AU Optronics",
        "AUS": "ASUS",
        "BNQ": "BenQ",
        "BOE": "BOE",
        "CMN": "Innolux",
        "DEL": "Dell",
        "EIZ": "EIZO",
        "FUS": "Fujitsu",
        "GSM": "LG",
        "HPN": "HP",
        "HWP": "HP",
        "IVM": "iiyama",
        "LEN": "Lenovo",
        "LGD": "LG Display",
        "NEC": "NEC",
        "PHL": "Philips",
        "SAM": "Samsung",
        "SDC": "Samsung Display",
        "SHP": "Sharp",
        "SNY": "Sony",
        "VSC": "ViewSonic",
    },
}
"""Words of the values of a kind of writing."""
