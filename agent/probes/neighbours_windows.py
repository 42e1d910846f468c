r"""Windows: GetIpNetTable, GetIpForwardTable, name servers from Tcpip\Parameters\Interfaces."""

from __future__ import annotations

import re
import socket
import struct
from typing import Any, List, Optional, Sequence, Set, Tuple

from ..host import Host, Nic, RegistryValue
from .neighbours_common import ArpEntry, DefaultRoute

_INTERFACES = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces"

_ARP_ROW = struct.Struct("<II8s4sI")  # index, length of MAC, MAC, address, type
_INVALID = 2  # MIB_IPNET_TYPE_INVALID
_ROUTE_ROW = struct.Struct(
    "<4s4sI4s10I"
)  # destination, mask, policy, next hop, index, type, protocol, age, AS, metrics
_METRIC = 9  # dwForwardMetric1
_INDIRECT = 4  # MIB_IPROUTE_TYPE_INDIRECT
_TYPE = 5
# MIB_IPFORWARD_ROW2: LUID, index at 8, prefix as SOCKADDR_INET at 12 (address at 20) with its length at 40, next hop
# as SOCKADDR_INET at 44 (address at 52), the rest is not needed.
_ROUTE2_SIZE = 104


def parse_arp(table: bytes) -> Optional[List[ArpEntry]]:
    """MIB_IPNETTABLE -> its entries that hold a MAC; None when the system gave nothing."""
    if len(table) < 4:
        return None
    found: List[ArpEntry] = []
    for _index, length, mac, address, kind in _rows(table, _ARP_ROW):
        if length == 6 and kind != _INVALID and any(mac[:6]):
            found.append(ArpEntry(socket.inet_ntoa(address), ":".join("{:02x}".format(byte) for byte in mac[:6])))
    return found


def parse_routes(table: bytes) -> List[DefaultRoute]:
    """MIB_IPFORWARDTABLE -> default routes that go by a gateway."""
    found: List[DefaultRoute] = []
    for row in _rows(table, _ROUTE_ROW):
        destination, mask, next_hop = row[0], row[1], row[3]
        if not any(destination) and not any(mask) and any(next_hop) and row[_TYPE] == _INDIRECT:
            found.append(DefaultRoute(socket.inet_ntoa(next_hop), row[_METRIC]))
    return found


def count_ipv6_gateways(table: bytes) -> Optional[int]:
    """MIB_IPFORWARD_TABLE2 of IPv6 -> default routes that go by a gateway; None when the system gave nothing."""
    if len(table) < 8:
        return None
    count = min(struct.unpack_from("<I", table)[0], (len(table) - 8) // _ROUTE2_SIZE, 4096)
    found: Set[bytes] = set()
    for number in range(count):
        row = table[8 + number * _ROUTE2_SIZE : 8 + (number + 1) * _ROUTE2_SIZE]
        index, prefix, length, next_hop = row[8:12], row[20:36], row[40], row[52:68]
        if not any(prefix) and length == 0 and any(next_hop):
            found.add(index + next_hop)
    return len(found)


def dns_servers(host: Host, nics: Sequence[Nic]) -> List[str]:
    """Servers of the interfaces that hold one of this PC's present addresses: others keep what they last
    learned."""
    present = {address.partition("/")[0] for nic in nics if nic.is_up is not False for address in nic.ipv4}
    found: List[str] = []
    for guid in host.registry_keys(_INTERFACES):
        values = host.registry_values(_INTERFACES + "\\" + guid)
        if not present & set(_words(values.get("DhcpIPAddress")) + _words(values.get("IPAddress"))):
            continue
        # A server typed in by hand goes before what DHCP says.
        for server in _words(values.get("NameServer")) or _words(values.get("DhcpNameServer")):
            if server not in found:
                found.append(server)
    return found


def _rows(table: bytes, row: struct.Struct) -> List[Tuple[Any, ...]]:
    """The rows that are really there, whatever the count in front claims."""
    if len(table) < 4:
        return []
    count = min(struct.unpack_from("<I", table)[0], (len(table) - 4) // row.size, 4096)
    return [row.unpack_from(table, 4 + number * row.size) for number in range(count)]


def _words(value: RegistryValue) -> List[str]:
    if isinstance(value, list):
        return [item for item in value if item]
    return [item for item in re.split("[ ,\x00]+", value) if item] if isinstance(value, str) else []
