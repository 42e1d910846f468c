"""Network interfaces and their counters from psutil, as plain values. Part of the host's face."""

from __future__ import annotations

import ipaddress
import sys
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple


@dataclass(frozen=True)
class Nic:
    """One network interface as the operating system tells it now."""

    name: str
    mac: str = ""
    is_up: Optional[bool] = None
    speed_mbps: Optional[int] = None
    duplex: str = ""  # full | half | ""
    mtu: Optional[int] = None
    ipv4: Tuple[str, ...] = ()  # "192.168.1.5/24"
    ipv6: Tuple[str, ...] = ()


@dataclass(frozen=True)
class NicCounters:
    rx_bytes: int = 0
    tx_bytes: int = 0
    rx_errors: int = 0
    tx_errors: int = 0
    rx_dropped: int = 0
    tx_dropped: int = 0


def read_nics() -> Tuple[Nic, ...]:
    import psutil

    stats = psutil.net_if_stats()
    addresses = psutil.net_if_addrs()
    return tuple(nic_of(name, addresses.get(name, ()), stats.get(name)) for name in sorted({*stats, *addresses}))


def read_counters() -> Dict[str, NicCounters]:
    import psutil

    # nowrap=False: psutil's correction keeps state of its own; the collector sees a counter that starts
    # again.
    rows: Any = psutil.net_io_counters(pernic=True, nowrap=False) or {}
    return {
        name: NicCounters(row.bytes_recv, row.bytes_sent, row.errin, row.errout, row.dropin, row.dropout)
        for name, row in rows.items()
    }


def nic_of(name: str, addresses: Sequence[Any], stats: Any) -> Nic:
    """psutil's answers about one interface as a Nic."""
    import psutil

    families: Dict[int, List[str]] = {}
    for row in addresses:
        text = row.address if row.family == psutil.AF_LINK else with_prefix(row.address, row.netmask)
        families.setdefault(int(row.family), []).append(text)
    macs = families.get(int(psutil.AF_LINK), [""])
    ipv4, ipv6 = families.get(2, []), [text for family in (10, 23, 30) for text in families.get(family, [])]
    if stats is None:
        return Nic(name, macs[0], ipv4=tuple(ipv4), ipv6=tuple(ipv6))
    # On Windows psutil says "full" of every interface, because it cannot know.
    duplex = ""
    if sys.platform != "win32":
        duplex = {psutil.NIC_DUPLEX_FULL: "full", psutil.NIC_DUPLEX_HALF: "half"}.get(stats.duplex, "")
    # psutil says 0 for an unknown speed, and 65535 or 4294 for a driver's "minus one".
    speed = stats.speed if 0 < stats.speed < 1000000 and stats.speed not in (65535, 4294) else None
    return Nic(
        name,
        macs[0],
        stats.isup,
        speed,
        duplex,
        stats.mtu or None,
        tuple(ipv4),
        tuple(ipv6),
    )


def with_prefix(address: str, netmask: Optional[str]) -> str:
    """'192.168.1.5', '255.255.255.0' -> '192.168.1.5/24'; without a readable mask the address alone."""
    plain = address.partition("%")[0]
    if not netmask:
        return plain
    try:
        bits = bin(int(ipaddress.ip_address(netmask))).count("1")
    except ValueError:
        return plain
    return "{}/{}".format(plain, bits)
