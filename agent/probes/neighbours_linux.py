"""Linux: /proc/net/arp, /proc/net/route, resolv.conf."""

from __future__ import annotations

import ipaddress
import socket
import struct
from typing import List, Optional, Set, Tuple

from ..host import Host
from .neighbours_common import ArpEntry, DefaultRoute

_COMPLETE = 0x2  # ATF_COM
_UP, _VIA_GATEWAY = 0x1, 0x2  # RTF_UP, RTF_GATEWAY

# Where the real servers stand when resolv.conf only names a forwarder on this PC.
_BEHIND_STUB = ("/run/systemd/resolve/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf")


def parse_arp(text: Optional[str]) -> Optional[List[ArpEntry]]:
    """The complete entries of /proc/net/arp; None when there is no such file."""
    if text is None:
        return None
    found: List[ArpEntry] = []
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) < 6 or not _hex(words[2]) & _COMPLETE:
            continue
        found.append(ArpEntry(words[0], words[3].lower()))
    return found


def parse_routes(text: Optional[str]) -> List[DefaultRoute]:
    """The default routes of /proc/net/route that go by a gateway."""
    found: List[DefaultRoute] = []
    for line in (text or "").splitlines()[1:]:
        words = line.split()
        if len(words) < 8 or words[1] != "00000000" or words[7] != "00000000" or not _hex(words[3]) & _VIA_GATEWAY:
            continue
        # The kernel prints the address as a number of the machine's own byte order.
        address = socket.inet_ntoa(struct.pack("=I", _hex(words[2]) & 0xFFFFFFFF))
        found.append(DefaultRoute(address, int(words[6]) if words[6].isdigit() else 0))
    return found


def count_ipv6_gateways(text: Optional[str]) -> Optional[int]:
    """Default routes of /proc/net/ipv6_route that go by a gateway; None when there is no such file."""
    if text is None:
        return None
    found: Set[Tuple[str, str]] = set()
    for line in text.splitlines():
        words = line.split()
        if len(words) < 10 or words[0].strip("0") or words[1] != "00" or not words[4].strip("0"):
            continue
        if _hex(words[8]) & _VIA_GATEWAY and _hex(words[8]) & _UP:
            found.add((words[4], words[9]))
    return len(found)


def parse_resolv_conf(text: str) -> List[str]:
    servers: List[str] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver" and _is_address(words[1]) and words[1] not in servers:
            servers.append(words[1])
    return servers


def dns_servers(host: Host) -> List[str]:
    servers = parse_resolv_conf(host.read_text("/etc/resolv.conf") or "")
    if servers and not all(_is_loopback(server) for server in servers):
        return servers
    for path in _BEHIND_STUB:
        real = parse_resolv_conf(host.read_text(path) or "")
        if real:
            return real
    return servers


def _hex(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return ipaddress.ip_address(text.partition("%")[0]).is_loopback
