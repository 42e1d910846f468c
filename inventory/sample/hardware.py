"""Invented office PCs in the shapes of the wire's sections "system" and "hardware"; serial numbers are made up."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from random import Random

from inventory.sample.firmware import firmware_data, monitors_data
from inventory.sample.models import MODELS, OEM, Data, Model

GIB = 1024**3

SYSTEMS: dict[str, Data] = {
    "win7_32": {
        "os_name": "Windows 7 Professional",
        "os_version": "6.1",
        "os_release": "SP1",
        "os_build": "7601",
        "os_edition": "Professional",
        "architecture": "x86",
    },
    "win10": {
        "os_name": "Windows 10 Pro",
        "os_version": "10.0",
        "os_release": "22H2",
        "os_build": "19045.4529",
        "os_edition": "Professional",
        "architecture": "x86_64",
    },
    "win11": {
        "os_name": "Windows 11 Pro",
        "os_version": "10.0",
        "os_release": "23H2",
        "os_build": "22631.3737",
        "os_edition": "Professional",
        "architecture": "x86_64",
    },
    "win11_new": {
        "os_name": "Windows 11 Pro",
        "os_version": "10.0",
        "os_release": "24H2",
        "os_build": "26100.4652",
        "os_edition": "Professional",
        "architecture": "x86_64",
    },
    "server2019": {
        "os_name": "Windows Server 2019 Standard",
        "os_version": "10.0",
        "os_release": "1809",
        "os_build": "17763.6054",
        "os_edition": "ServerStandard",
        "architecture": "x86_64",
    },
}

WIRED_PREFIXES = {"dell": "f8b156", "hp": "3c52a1", "lenovo": "54e1ad", "acer": "98eecb", "vm": "00155d"}
"""Vendor parts of network cards; white boxes have a Realtek."""

_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ0123456789"


def system_data(model: Model, hostname: str, rng: Random) -> Data:
    """Section "system". An installation of the year 0 is one of which the registry has lost the date."""
    installed = date(model.installed or 2000, 1, 1) + timedelta(days=rng.randrange(360))
    return {
        "os_family": "windows",
        "os_id": "windows",
        **SYSTEMS[model.os],
        "kernel": "",
        "install_date": installed.isoformat() if model.installed else "",
        "install_date_source": "registry" if model.installed else "",
        "hostname": hostname,
        "timezone_offset_min": 420,
        "agent_python": "3.8.10",
    }


def hardware_data(key: str, rng: Random) -> Data:
    """Section "hardware" of a model of MODELS, with serial numbers of the maker's form."""
    model = MODELS[key]
    serial = _serial(model.serial, rng)
    board = {"oem": OEM, "default": "Default string", "vm": ""}.get(model.serial) or f"CN{_code(rng, 14)}"
    brand, family, cpu_model, stepping, cores, threads, mhz = model.cpu
    virtual = model.serial == "vm"
    return {
        "is_virtual": virtual,
        "virtual_hint": "vendor Microsoft Corporation" if virtual else "",
        "dmi_available": True,
        "system_vendor": model.vendor,
        "system_model": model.name,
        "system_serial": serial,
        "system_uuid": _uuid(model.serial, rng),
        "board_vendor": model.board[0],
        "board_model": model.board[1],
        "board_serial": board,
        "chassis_type": model.chassis,
        "chassis_serial": serial,
        "bios_vendor": model.bios[0],
        "bios_version": model.bios[1],
        "bios_date": model.bios[2],
        "cpu_brand": brand,
        "cpu_vendor": "GenuineIntel",
        "cpu_family": family,
        "cpu_model": cpu_model or None,
        "cpu_stepping": stepping or None,
        "cpu_sockets": 1,
        "cpu_cores": cores,
        "cpu_threads": threads,
        "cpu_max_mhz": mhz,
        "ram_bytes": model.ram_gib * GIB - rng.randrange(60, 180) * 1024**2,
        "ram_installed_bytes": model.ram_gib * GIB,
        "disks": [_disk(model, rng)],
        **firmware_data(key, switched_off=key == "hp280" and rng.random() < 0.4),
        "monitors": monitors_data(key, rng),
    }


def mac_hash(mac: str) -> str:
    """What stands for a MAC address on the wire; `mac` is 12 hex digits."""
    return hashlib.sha256(b"gapwatch-mac:" + mac.encode("ascii")).hexdigest()[:16]


def mac_prefix(mac: str) -> str:
    """'f8b156aabbcc' -> 'f8:b1:56'."""
    return ":".join((mac[0:2], mac[2:4], mac[4:6]))


def make_mac(prefix: str, rng: Random) -> str:
    """12 hex digits with the vendor part given."""
    return f"{prefix}{rng.randrange(1, 0xFFFFFF):06x}"


def _disk(model: Model, rng: Random) -> Data:
    name, gigabytes, rotational, bus = model.disk
    return {
        "model": name,
        "serial": "" if model.serial == "vm" else _code(rng, 12),
        "size_bytes": gigabytes * 10**9,
        "rotational": rotational,
        "removable": False,
        "bus": bus,
        "is_system": True,
    }


def _serial(form: str, rng: Random) -> str:
    forms = {"dell": ("", 7), "hp": ("SGH", 7), "lenovo": ("PF", 6), "acer": ("DTVP", 18)}
    if form in forms:
        begin, length = forms[form]
        return begin + _code(rng, length)
    if form == "vm":
        return "-".join(f"{rng.randrange(10000):04d}" for _ in range(7))
    return OEM if form == "oem" else "Default string"


def _uuid(form: str, rng: Random) -> str:
    if form == "oem":
        return "03000200-0400-0500-0006-000700080009"  # what boards show that nobody ever gave a number
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _code(rng: Random, length: int) -> str:
    return "".join(rng.choice(_LETTERS) for _ in range(length))
