"""Invented network equipment of the sample's offices: what stands there, and what it tells the elected scanner.

Models are such as stand in small offices; serial numbers and names are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from inventory.sample.hardware import mac_hash, mac_prefix, make_mac
from inventory.sample.models import Data

_SWITCHES = (
    ("84:16:f9", "TP-Link", "TL-SG3428", "JetStream", "3.0.6", 28),
    ("58:ac:78", "Cisco", "CBS250-24T-4G", "", "3.2.0.84", 28),
    ("34:08:04", "D-Link", "DGS-1210-28", "", "6.30.016", 28),
    ("98:f2:b3", "HPE", "OfficeConnect 1820 24G J9980A", "", "PT.02.17", 26),
)
_PRINTERS = (
    ("30:05:5c", "Brother", "HL-L5100DN series", "1.71", ("Black Toner Cartridge", "Drum Unit")),
    ("ec:b1:d7", "HP", "HP LaserJet Pro M404dn", "002_2310A", ("Black Cartridge HP CF259A",)),
    ("9c:ae:d3", "Epson", "WF-C5790 Series", "FR12N9", ("Black ink", "Cyan ink", "Magenta ink", "Yellow ink")),
)
_ONTS = {
    "VNPT": (("a4:f4:c2", "VNPT Technology", "GW040-H"), ("d4:9a:a0", "VNPT Technology", "GW240-H")),
    "Viettel": (("68:1a:b2", "ZTE", "F670L"), ("c8:51:95", "Huawei", "HG8145V5")),
}


@dataclass(frozen=True, slots=True)
class Equipment:
    """One device. `told` is the wire's DeviceInfo; "" for `told["source"]`: it says nothing and is only seen."""

    mac: str  # 12 hex digits; "" where people declared it
    told: Data = field(default_factory=dict[str, Any])
    gone: bool = False  # it was taken away a while ago: no scan sees it any more

    @property
    def shown(self) -> tuple[str, str]:
        return (mac_prefix(self.mac), mac_hash(self.mac)) if self.mac else ("", "")


def ont(mac: str, model: tuple[str, str, str], address: str) -> Equipment:
    """The provider's box at the end of the fibre; it tells its name by UPnP alone."""
    return _device(mac, address, "upnp", model[1], "modem", hardware=model[2])


def ont_model(provider: str, rng: Random) -> tuple[str, str, str]:
    """(vendor part of the MAC address, maker, model) of the provider's box."""
    return rng.choice(_ONTS.get(provider, _ONTS["VNPT"]))


def router(mac: str) -> Equipment:
    """The shop's Wi-Fi router that somebody has put behind the provider's."""
    return _device(mac, "", "upnp", "TP-Link", "router", hardware="Archer C50")


def switch(number: int, place: str, pcs: int, known: bool, rng: Random) -> Equipment:
    """A managed switch; `known`: it answers to a community that everybody knows."""
    prefix, vendor, model, os, version, ports = _SWITCHES[number % len(_SWITCHES)]
    up = {*rng.sample(range(1, 25), min(22, pcs + rng.randrange(3, 9))), ports}
    bad = rng.choice(sorted(up)) if number % 3 == 1 else 0
    rows = [
        {
            "index": at,
            "name": f"gi{at}" if vendor == "Cisco" else f"Port {at}",
            "is_up": at in up,
            "speed_mbps": (100 if at == bad else 1000) if at in up else None,
            "errors": rng.randrange(2000, 90_000) if at == bad else 0,
            "discards": rng.randrange(0, 40) if at in up else 0,
        }
        for at in range(1, ports + 1)
    ]
    more = {"os": os, "version": version, "serial": _serial(rng, 12), "name": f"SW-{place}", "ports": rows}
    return _device(
        _mac(prefix, rng), ".2", "snmp", vendor, "switch", hardware=model, default_community=known,
        location="Phòng máy chủ", **more,
    )  # fmt: skip


def printer(number: int, mac: str, known: bool, rng: Random) -> Equipment:
    """A printer on the network; some are about to run out of toner."""
    _prefix, vendor, model, version, names = _PRINTERS[number % len(_PRINTERS)]
    left = [rng.randrange(2, 9) if number % 4 == 0 and not at else rng.randrange(18, 97) for at in range(len(names))]
    supplies = [{"name": name, "percent": n, "low": n < 10} for name, n in zip(names, left, strict=True)]
    return _device(
        mac, ".20", "snmp", vendor, "printer", hardware=model, version=version, serial=_serial(rng, 10),
        name=f"{vendor[:3].upper()}{rng.getrandbits(24):06X}", location="Phòng một cửa", supplies=supplies,
        pages=rng.randrange(2_000, 140_000), default_community=known,
    )  # fmt: skip


def printer_prefix(number: int) -> str:
    return _PRINTERS[number % len(_PRINTERS)][0].replace(":", "")


def ups(replace: bool, rng: Random) -> Equipment:
    """A UPS with a network card; `replace`: its battery is at its end."""
    battery = {
        "status": "low" if replace else "normal",
        "percent": 34 if replace else 100,
        "minutes_left": 4 if replace else 38,
        "on_battery_s": 0,
        "replace": replace,
    }
    return _device(
        _mac("00:c0:b7", rng), ".30", "snmp", "APC", "ups", hardware="Smart-UPS 1500", version="v6.9.6",
        serial=f"AS{rng.randrange(10**10):010d}", name="ups-ubnd", location="Phòng máy chủ", battery=battery,
        default_community=False,
    )  # fmt: skip


def nas(rng: Random) -> Equipment:
    return _device(
        _mac("00:11:32", rng), ".31", "snmp", "Synology", "nas", hardware="DS220+", os="DSM", version="7.2-64570",
        serial=_serial(rng, 13), name="NAS-UBND", default_community=False,
    )  # fmt: skip


def recorder(rng: Random) -> Equipment:
    return _device(
        _mac("44:19:b6", rng), ".40", "snmp", "Hikvision", "camera", hardware="DS-7608NI-K1",
        version="V4.74.210", serial=f"DS-7608NI-K10820{rng.randrange(10**9):09d}", name="Dau ghi hinh mot cua",
        default_community=False,
    )  # fmt: skip


def access_point(rng: Random) -> Equipment:
    return _device(
        _mac("58:69:6c", rng), ".50", "snmp", "Ruijie", "wireless", hardware="RG-AP820-L(V3)", os="RGOS",
        version="11.9(2)B2P2", serial=f"G1{_serial(rng, 11)}", name="AP-MOTCUA", default_community=False,
    )  # fmt: skip


def gone_switch(rng: Random) -> Equipment:
    """A small switch that was seen for weeks and then not any more."""
    found = _device(
        _mac("00:1c:f0", rng), ".3", "snmp", "D-Link", "switch", hardware="DES-3028",
        version="2.94.B07", serial=_serial(rng, 12), name="SW-TANG2", default_community=False,
    )  # fmt: skip
    return Equipment(found.mac, found.told, gone=True)


def _device(mac: str, address: str, source: str, vendor: str, kind: str, **more: Any) -> Equipment:
    """A DeviceInfo; `address` may be an end (".20"), which the site puts its network before."""
    told: Data = {
        "address": address, "mac_prefix": mac_prefix(mac), "mac_hash": mac_hash(mac), "source": source,
        "vendor": vendor, "type": kind, "os": "", "hardware": "", "version": "", "serial": "", "name": "",
        "location": "", "default_community": None, "pages": None, "ports": [], "supplies": [], "battery": None,
    }  # fmt: skip
    return Equipment(mac, told | more)


def _mac(prefix: str, rng: Random) -> str:
    return make_mac(prefix.replace(":", ""), rng)


def _serial(rng: Random, length: int) -> str:
    return "".join(rng.choice("0123456789ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(length))
