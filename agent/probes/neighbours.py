"""Who answered lately on the own subnets: gateways, ARP neighbours, name servers. Only looks, sends nothing.
IPv4.

Neighbours are told as vendor prefix and hash, gateways with their address; what is on no own subnet is left
out.
"""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Collection, List, Optional, Sequence, Tuple

from ..host import Nic
from ..probe import NoData, ProbeContext, printable
from ..wire.sections import GatewayInfo, NeighbourInfo, NeighboursInfo, mac_hash, mac_prefix
from . import neighbours_linux, neighbours_windows
from .neighbours_common import ArpEntry, DefaultRoute
from .nic_kinds import kinds

MAX_NEIGHBOURS = 512
MAX_SERVERS = 8
MAX_GATEWAYS = 8

Subnet = Tuple[ipaddress.IPv4Network, str]


def run(context: ProbeContext) -> NeighboursInfo:
    host = context.host
    nics = host.nics()
    if host.platform == "windows":
        arp = neighbours_windows.parse_arp(host.ip_net_table())
        routes = neighbours_windows.parse_routes(host.ip_forward_table()) or []
        servers = neighbours_windows.dns_servers(host, nics)
        ipv6_gateways = neighbours_windows.count_ipv6_gateways(host.ip_forward_table6())
    else:
        arp = neighbours_linux.parse_arp(_read(context, "/proc/net/arp"))
        routes = neighbours_linux.parse_routes(_read(context, "/proc/net/route"))
        servers = neighbours_linux.dns_servers(host)
        ipv6_gateways = neighbours_linux.count_ipv6_gateways(_read(context, "/proc/net/ipv6_route"))
    if arp is None:
        context.log("the ARP table cannot be read")
    kind = kinds(host, [nic.name for nic in nics])
    # Containers and virtual machines on this PC are no neighbours of the office.
    real = {printable(nic.name) for nic in nics if kind[nic.name] not in ("virtual", "loopback")}
    info = combine(arp, routes, subnets_of(nics), real)
    info = dataclasses.replace(info, dns_servers=tuple(servers[:MAX_SERVERS]))
    if info == NeighboursInfo() and ipv6_gateways is None:
        raise NoData("no ARP table, no route, no name server")
    info = dataclasses.replace(info, ipv6_gateways=ipv6_gateways)
    return info


def _read(context: ProbeContext, path: str) -> Optional[str]:
    """One table that is refused must not cost the others."""
    try:
        return context.host.read_text(path)
    except PermissionError:
        context.log("no right to read " + path)
        return None


def subnets_of(nics: Sequence[Nic]) -> List[Subnet]:
    """The IPv4 networks that stand on these interfaces, narrowest first."""
    found: List[Subnet] = []
    for nic in nics:
        for text in nic.ipv4:
            try:
                found.append((ipaddress.IPv4Network(text, strict=False), printable(nic.name)))
            except ValueError:
                continue
    return sorted(found, key=lambda row: -row[0].prefixlen)


def interface_of(address: str, subnets: Sequence[Subnet]) -> str:
    """Name of the interface whose subnet holds the address, '' when none does."""
    try:
        wanted = ipaddress.IPv4Address(address)
    except ValueError:
        return ""
    return next((name for network, name in subnets if wanted in network), "")


def combine(
    arp: Optional[Sequence[ArpEntry]],
    routes: Sequence[DefaultRoute],
    subnets: Sequence[Subnet],
    real: Collection[str],
) -> NeighboursInfo:
    """ARP table and default routes as the section; `arp` None means that it could not be read. `real` are the
    interfaces that can be touched; a bridge is none, but belongs to the office when the way out leads over
    it."""
    by_address = {entry.address: entry.mac for entry in arp or ()}
    gateways: List[GatewayInfo] = []
    for route in sorted(routes, key=lambda row: (row.metric, row.gateway)):
        mac = by_address.get(route.gateway, "")
        known = None if arp is None else bool(mac)
        interface = interface_of(route.gateway, subnets)
        item = GatewayInfo(route.gateway, interface, mac_prefix(mac), mac_hash(mac), known)
        if item not in gateways:
            gateways.append(item)
    if arp is None:
        return NeighboursInfo(tuple(gateways[:MAX_GATEWAYS]))
    known_gateways = {item.address for item in gateways}
    office = {*real, *(item.interface for item in gateways)}
    own = [row for row in subnets if row[1] in office]
    found = {
        NeighbourInfo(mac_prefix(entry.mac), mac_hash(entry.mac), interface_of(entry.address, own))
        for entry in arp
        if entry.address not in known_gateways and is_unicast(entry.mac)
    }
    # Sorted, so that the order in which they answered does not change the section.
    neighbours = sorted((item for item in found if item.interface), key=lambda item: (item.interface, item.mac_hash))
    return NeighboursInfo(tuple(gateways[:MAX_GATEWAYS]), tuple(neighbours[:MAX_NEIGHBOURS]), len(neighbours))


def is_unicast(mac: str) -> bool:
    """Group addresses stand in the Windows table for multicast and broadcast; they are nobody."""
    return bool(mac_prefix(mac)) and not int(mac[0:2], 16) & 1
