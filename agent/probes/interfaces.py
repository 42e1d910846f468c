"""Network interfaces of this PC: kind, state, speed, addresses. The loopback is left out."""

from __future__ import annotations

import ipaddress
from typing import Dict, Optional, Sequence, Tuple

from ..host import Host, Nic
from ..probe import NoData, ProbeContext, printable
from ..wire.sections import InterfaceInfo, InterfacesInfo, mac_hash, mac_prefix
from . import interfaces_linux, interfaces_windows
from .nic_kinds import MAX_INTERFACES, kinds

_ORDER = ("wired", "wireless", "mobile", "unknown", "virtual")
_MAX_ADDRESSES = 16


def run(context: ProbeContext) -> InterfacesInfo:
    nics = context.host.nics()
    kind = kinds(context.host, [nic.name for nic in nics])
    own = [nic for nic in nics if kind[nic.name] != "loopback"]
    if not own:
        raise NoData("no interface but the loopback")
    # Real ones first: a host full of containers must not push the network card over the limit.
    own.sort(key=lambda nic: (_ORDER.index(kind[nic.name]), nic.name))
    if len(own) > MAX_INTERFACES:
        context.log("{} of {} interfaces left out".format(len(own) - MAX_INTERFACES, len(own)))
    given = dhcp(context.host, own[:MAX_INTERFACES])
    return InterfacesInfo(
        tuple(describe(nic, kind[nic.name], given.get(nic.name, (None, ""))) for nic in own[:MAX_INTERFACES])
    )


def dhcp(host: Host, nics: Sequence[Nic]) -> Dict[str, Tuple[Optional[bool], str]]:
    """Interface name -> (its IPv4 address was given by DHCP, the DHCP server or "")."""
    if host.platform == "windows":
        return interfaces_windows.dhcp(host, nics)
    return interfaces_linux.dhcp(host, nics) if host.platform == "linux" else {}


def describe(nic: Nic, kind: str, given: Tuple[Optional[bool], str] = (None, "")) -> InterfaceInfo:
    # A network card that is down or a virtual one has no speed, whatever number its driver gives.
    has_link = nic.is_up and kind != "virtual"
    return InterfaceInfo(
        name=printable(nic.name),
        kind=kind,
        mac_prefix=mac_prefix(nic.mac),
        mac_hash=mac_hash(nic.mac),
        is_up=nic.is_up,
        speed_mbps=nic.speed_mbps if has_link else None,
        duplex=nic.duplex if has_link else "",
        mtu=nic.mtu,
        ipv4=tuple(sorted(nic.ipv4))[:_MAX_ADDRESSES],
        ipv6=tuple(sorted({without_mac(address, nic.mac) for address in nic.ipv6}))[:_MAX_ADDRESSES],
        dhcp=given[0],
        dhcp_server=given[1],
    )


def without_mac(address: str, mac: str) -> str:
    """An IPv6 address that is built from the MAC (EUI-64) would carry it whole: then only the network is
    told."""
    try:
        parsed = ipaddress.IPv6Interface(address)
        digits = bytes.fromhex(mac.replace(":", "").replace("-", ""))
    except ValueError:
        return address
    if len(digits) != 6:
        return address
    host_part = bytes([digits[0] ^ 2]) + digits[1:3] + b"\xff\xfe" + digits[3:6]
    if parsed.ip.packed[8:] != host_part:
        return address
    return str(ipaddress.IPv6Network((parsed.ip, 64), strict=False))
