"""Builds what disks say of their health: ATA SMART pages, NVMe's health log, smartctl's JSON."""

from __future__ import annotations

import struct
from typing import Any, Dict, Tuple

PREFAIL = (1, 5, 10)  # attributes whose failure the makers announce


def summed(page: bytes) -> bytes:
    """512 bytes with the last one set so that all add up."""
    return page[:511] + bytes([-sum(page[:511]) % 256])


def attributes(rows: Dict[int, Tuple[int, int]]) -> bytes:
    """SMART READ DATA: attribute number -> (normalised value, raw)."""
    page = struct.pack("<H", 16)
    for number, (value, raw) in rows.items():
        flags = 0x33 if number in PREFAIL else 0x32
        page += struct.pack("<BHBB", number, flags, value, value) + raw.to_bytes(6, "little") + b"\x00"
    return summed(page.ljust(512, b"\x00"))


def thresholds(rows: Dict[int, int]) -> bytes:
    """SMART READ THRESHOLDS: attribute number -> threshold."""
    page = struct.pack("<H", 16) + b"".join(bytes([number, limit]) + b"\x00" * 10 for number, limit in rows.items())
    return summed(page.ljust(512, b"\x00"))


def prediction(failing: bool, page: bytes = b"") -> bytes:
    """Windows' STORAGE_PREDICT_FAILURE."""
    return struct.pack("<I", int(failing)) + page.ljust(512, b"\x00")


def nvme_log(warning: int = 0, spare: int = 100, used: int = 0, hours: int = 0) -> bytes:
    page = bytearray(512)
    page[0:6] = bytes([warning, 0x38, 0x01, spare, 10, used])
    page[128:144] = hours.to_bytes(16, "little")
    return bytes(page)


def _ata(model: str, known: bool, rows: Dict[int, Tuple[str, int, int]], spun: int, status: int = 0) -> Dict[str, Any]:
    """smartctl 7 of a SATA disk: attribute number -> (name, normalised value, raw)."""
    table = [
        {
            "id": number,
            "name": name,
            "value": value,
            "worst": value,
            "thresh": 0,
            "when_failed": "",
            "flags": {"value": 50, "string": "-O--CK "},
            "raw": {"value": raw, "string": str(raw)},
        }
        for number, (name, value, raw) in rows.items()
    ]
    return {
        "json_format_version": [1, 0],
        "smartctl": {"version": [7, 3], "exit_status": status},
        "device": {"name": "/dev/sda", "info_name": "/dev/sda [SAT]", "type": "sat", "protocol": "ATA"},
        "model_name": model,
        "serial_number": "S1",
        "in_smartctl_database": known,
        "rotation_rate": spun,
        "smart_status": {"passed": not status & 8},
        "ata_smart_attributes": {"revision": 16, "table": table},
        "power_on_time": {"hours": rows[9][2]} if 9 in rows else {},
    }


SMARTCTL: Dict[str, Dict[str, Any]] = {
    "hdd": _ata(
        "WDC WD5000AAKX-00ERMA0",
        True,
        {
            5: ("Reallocated_Sector_Ct", 199, 8),
            9: ("Power_On_Hours", 55, 33210),
            197: ("Current_Pending_Sector", 200, 2),
            198: ("Offline_Uncorrectable", 200, 1),
        },
        7200,
    ),
    "dying": _ata("ST500DM002-1BD142", True, {5: ("Reallocated_Sector_Ct", 1, 64000)}, 7200, status=0x08 | 0x10),
    "past": _ata("ST500DM002-1BD142", True, {5: ("Reallocated_Sector_Ct", 60, 20)}, 7200, status=0x20),
    "ssd": _ata("KINGSTON SA400S37240G", True, {9: ("Power_On_Hours", 100, 9120), 231: ("SSD_Life_Left", 92, 92)}, 0),
    "unknown ssd": _ata("SomeBrand SSD 120GB", False, {231: ("Unknown_SSD_Attribute", 100, 97)}, 0),
    "nvme": {
        "smartctl": {"version": [7, 2], "exit_status": 0},
        "device": {"name": "/dev/nvme0", "type": "nvme", "protocol": "NVMe"},
        "model_name": "SAMSUNG MZVLB256HBHQ-000L7",
        "smart_status": {"passed": True, "nvme": {"value": 0}},
        "nvme_smart_health_information_log": {
            "critical_warning": 0,
            "temperature": 38,
            "available_spare": 100,
            "available_spare_threshold": 10,
            "percentage_used": 4,
            "power_on_hours": 6021,
            "media_errors": 0,
        },
        "power_on_time": {"hours": 6021},
    },
    "asleep": {
        "smartctl": {
            "exit_status": 2,
            "messages": [{"string": "Device is in STANDBY mode, exit(2)", "severity": "information"}],
        }
    },
    "refused": {
        "smartctl": {
            "exit_status": 2,
            "messages": [{"string": "Smartctl open device: /dev/sda failed: Permission denied", "severity": "error"}],
        }
    },
}
