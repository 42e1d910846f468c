"""Which network may be scanned, and in which order. Pure.

Only a network that stands on a physical Ethernet or Wi-Fi card of this PC, in a private range, with this PC's way out
in it, and no wider than allowed. Never one behind a router, a VPN, a mobile line or a virtual machine.
"""

from __future__ import annotations

import ipaddress
import random
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from ..host import Nic

WIDEST_PREFIX = 22  # whatever the policy says
NARROWEST_PREFIX = 30
_KINDS = ("wired", "wireless")
# RFC 1918. Not 100.64.0.0/10 and not public addresses: such a network is a provider's, not the office's.
_PRIVATE = tuple(ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


@dataclass(frozen=True)
class Network:
    """The network to scan, as it stands on one interface of this PC."""

    interface: str
    mac: str  # own, "aa:bb:cc:dd:ee:ff"
    address: str  # own
    network: str  # "192.168.1.0/24"
    gateway: str
    own: Tuple[str, ...] = ()  # every address of this PC in it
    wireless: bool = False


@dataclass(frozen=True)
class Choice:
    network: Optional[Network]
    off: str = ""  # no_network | policy: why there is none


def choose(nics: Sequence[Nic], kinds: Dict[str, str], gateways: Sequence[str], largest_prefix: int) -> Choice:
    """`gateways`: next hops of the default routes, best first."""
    off = "no_network"
    widest = min(max(largest_prefix, WIDEST_PREFIX), NARROWEST_PREFIX)
    for gateway in gateways:
        for nic, interface in _holders(nics, gateway):
            if kinds.get(nic.name) not in _KINDS or nic.is_up is False or not _is_mac(nic.mac):
                continue
            network = interface.network
            if not any(network.subnet_of(private) for private in _PRIVATE):
                continue
            if network.prefixlen > NARROWEST_PREFIX:
                continue
            if network.prefixlen < widest:
                off = "policy"
                continue
            own = tuple(sorted({str(item.ip) for each in nics for item in _parsed(each) if item.ip in network}))
            mac = nic.mac.lower().replace("-", ":")
            wireless = kinds[nic.name] == "wireless"
            return Choice(Network(nic.name, mac, str(interface.ip), str(network), gateway, own, wireless))
    return Choice(None, off)


def addresses(network: Network) -> List[str]:
    """Every address that may be a neighbour's: without network, broadcast and this PC's own."""
    own = set(network.own) | {network.address}
    return [str(host) for host in ipaddress.IPv4Network(network.network).hosts() if str(host) not in own]


def shuffled(items: Sequence[str], draw: random.Random) -> List[str]:
    """A new order each time: neighbouring addresses are not asked in a row, and no device is always the last."""
    order = list(items)
    draw.shuffle(order)
    return order


def _holders(nics: Sequence[Nic], gateway: str) -> List[Tuple[Nic, ipaddress.IPv4Interface]]:
    """The interfaces whose own network holds the gateway; narrowest network first."""
    try:
        wanted = ipaddress.IPv4Address(gateway)
    except ValueError:
        return []
    rows = [(nic, item) for nic in nics for item in _parsed(nic) if wanted in item.network and wanted != item.ip]
    return sorted(rows, key=lambda row: -row[1].network.prefixlen)


def _parsed(nic: Nic) -> List[ipaddress.IPv4Interface]:
    found: List[ipaddress.IPv4Interface] = []
    for text in nic.ipv4:
        try:
            found.append(ipaddress.IPv4Interface(text))
        except ValueError:
            continue
    return [item for item in found if item.network.prefixlen < 32]


def _is_mac(text: str) -> bool:
    digits = text.lower().replace(":", "").replace("-", "")
    return len(digits) == 12 and all(char in "0123456789abcdef" for char in digits) and digits.strip("0") != ""
