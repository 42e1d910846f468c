"""Invented disks' health and state of protection in the shapes of the wire's sections "storage" and "posture"."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from inventory.sample.models import Data, Model

MB100 = 100_000_000
_OLD_WINDOWS_LAST = date(2025, 10, 14)  # the last update that every Windows 10 got


def storage_data(model: Model, disk: Data, day: date, rng: Random) -> Data:
    """Section "storage" on that day. `disk` is the disk of the hardware section."""
    built = date(max(model.installed, _year(model.bios[2])) or day.year - 3, 6, 1)
    hours = max(0, (day - built).days) * rng.randrange(5, 8)
    fate, size = rng.random(), disk["size_bytes"]
    unknown = model.serial in ("default", "vm")
    health, bad, pending = "ok", 0, 0
    if disk["rotational"] and fate < 0.06:
        health, bad, pending = "failing", rng.randrange(160, 900), rng.randrange(8, 90)
    elif disk["rotational"] and fate < 0.24:
        health, bad, pending = "warning", rng.randrange(8, 60), 0
    wear = None if disk["rotational"] or unknown else min(97, hours // 450 + rng.randrange(1, 20))
    return {
        "disks": [
            {
                "model": disk["model"],
                "serial": disk["serial"],
                "health": "" if unknown else health,
                "health_source": "" if unknown else "nvme" if disk["bus"] == "nvme" else "smart",
                "power_on_hours": None if unknown else hours // 100 * 100,
                "wear_percent": wear,
                "reallocated_sectors": bad if disk["rotational"] and not unknown else None,
                "pending_sectors": pending if disk["rotational"] and not unknown else None,
                "is_system": True,
            }
        ],
        "volumes": _volumes(size, rng),
    }


def _volumes(size: int, rng: Random) -> list[Data]:
    """One partition for the system, and on larger disks one for files. Some are nearly full."""
    share = rng.uniform(0.02, 0.08) if rng.random() < 0.14 else rng.uniform(0.15, 0.7)
    parts = [("C:", int(size * 0.97))] if size < 300 * 10**9 else [("C:", 120 * 10**9), ("D:", size - 125 * 10**9)]
    return [
        {
            "mount": mount,
            "file_system": "NTFS",
            "size_bytes": part,
            "free_bytes": int(part * (share if mount == "C:" else rng.uniform(0.3, 0.95))) // MB100 * MB100,
            "is_system": mount == "C:",
        }
        for mount, part in parts
    ]


def posture_data(os: str, day: date, rng: Random) -> Data:
    """Section "posture" of a PC with this system (a key of hardware.SYSTEMS) on that day."""
    old, ten = os == "win7_32", os == "win10"
    careless, lag = rng.random(), rng.randrange(0, 4)
    updated = date(2020, 1, 14) if old else _patch_day(day - timedelta(days=lag))
    if ten and careless < 0.55:
        updated = min(updated, _OLD_WINDOWS_LAST) - timedelta(days=rng.randrange(0, 400))
    rdp = rng.random() < 0.1
    return {
        "antimalware": _antimalware(old, careless, day - timedelta(days=lag), rng),
        "antimalware_asked": True,
        "firewall": [
            {"name": name, "enabled": not (careless < 0.16 and name != "domain") and not (old and careless < 0.5)}
            for name in ("domain", "private", "public")
        ],
        "last_update": updated.isoformat(),
        "last_update_source": "registry",
        "automatic_updates": "off" if old else "notify" if careless > 0.8 else "on",
        "pending_reboot": not old and 0.6 < careless < 0.75,
        "pending_reboot_reasons": ["windows_update"] if not old and 0.6 < careless < 0.75 else [],
        "smb1_server": True if old else ten and careless < 0.12,
        "smb1_client": True if old else ten and careless < 0.12,
        "rdp_enabled": rdp,
        "rdp_nla": (not old) if rdp else None,
        "rdp_port": 3389 if rdp else None,
        "wmi_damaged": old and careless > 0.7,
        "wmi_error": "0x80041014" if old and careless > 0.7 else "",
    }


def _antimalware(old: bool, careless: float, fresh: date, rng: Random) -> list[Data]:
    if old and careless < 0.4:
        return []
    if old:
        stale = fresh - timedelta(days=rng.randrange(200, 1500))
        return [_product("Microsoft Security Essentials", careless < 0.9, False, stale)]
    if 0.3 < careless < 0.42:
        return [_product("Windows Defender", False, None, fresh - timedelta(days=40))]
    if 0.42 < careless < 0.55:
        return [_product("Bkav Pro Internet Security", True, False, fresh - timedelta(days=rng.randrange(30, 300)))]
    return [_product("Windows Defender", True, True, fresh)]


def _product(name: str, enabled: bool, up_to_date: bool | None, day: date) -> Data:
    return {
        "name": name,
        "enabled": enabled,
        "up_to_date": up_to_date,
        "definitions_date": day.isoformat(),
        "source": "security_center",
    }


def _patch_day(day: date) -> date:
    """The second Tuesday of the month on or before that day, when Windows gets its updates."""
    first = day.replace(day=1)
    tuesday = first + timedelta(days=(1 - first.weekday()) % 7 + 7)
    return tuesday if tuesday <= day else _patch_day(first - timedelta(days=1))


def _year(written: str) -> int:
    return int(written[-4:]) if written[-4:].isdigit() else 0
