"""Which of this PC's networks is looked at. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Dict, Optional, Sequence, Tuple

from ..host import Nic
from ..wire.sections import GatewayInfo

_KINDS = ("wired", "wireless")
# RFC 1918. In a public network the gateway and its DHCP server are the provider's: no business of ours.
_PRIVATE = tuple(ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


@dataclass(frozen=True)
class Place:
    """The network that carries this PC's way out, as it stands on one interface."""

    interface: str
    kind: str  # wired | wireless
    mac: str  # own, "aa:bb:cc:dd:ee:ff"
    address: str  # own
    network: str  # "192.168.1.0/24"
    gateway: str
    gateway_mac_hash: str = ""
    ipv6: Tuple[str, ...] = ()  # addresses of the interface
    own_macs: Tuple[str, ...] = ()  # of every interface of this PC

    @property
    def is_private(self) -> bool:
        """Whether the network is an office's own rather than a provider's."""
        network = ipaddress.IPv4Network(self.network)
        return any(network.subnet_of(private) for private in _PRIVATE)

    def holds(self, address: str) -> bool:
        """Whether an address stands on this network."""
        try:
            return ipaddress.IPv4Address(address) in ipaddress.IPv4Network(self.network)
        except ValueError:
            return False


def choose(nics: Sequence[Nic], kinds: Dict[str, str], gateways: Sequence[GatewayInfo]) -> Optional[Place]:
    """`gateways`: next hops of the default routes, best first. None: no way out over a card that can be touched."""
    macs = tuple(sorted({mac_text(nic.mac) for nic in nics} - {""}))
    for gateway in gateways:
        for nic in nics:
            if kinds.get(nic.name) not in _KINDS or nic.is_up is False or not mac_text(nic.mac):
                continue
            held = _holding(nic, gateway.address)
            if held is not None:
                return Place(
                    interface=nic.name,
                    kind=kinds[nic.name],
                    mac=mac_text(nic.mac),
                    address=str(held.ip),
                    network=str(held.network),
                    gateway=gateway.address,
                    gateway_mac_hash=gateway.mac_hash,
                    ipv6=tuple(sorted(nic.ipv6)),
                    own_macs=macs,
                )
    return None


def global_ipv6(addresses: Sequence[str]) -> Tuple[str, ...]:
    """Those of the addresses that the Internet can answer to (2000::/3), without prefix length."""
    found = []
    for text in addresses:
        try:
            address = ipaddress.IPv6Address(text.partition("/")[0].partition("%")[0])
        except ValueError:
            continue
        # 2001:db8::/32 is for documentation, 2001::/32 and 2002::/16 are tunnels and no network of the office.
        tunnel = address.teredo is not None or address.sixtofour is not None
        if int(address) >> 125 == 1 and int(address) >> 96 != 0x20010DB8 and not tunnel:
            found.append(str(address))
    return tuple(found)


def is_public(address: str) -> bool:
    """An IPv4 address that stands somewhere on the Internet."""
    try:
        return ipaddress.IPv4Address(address).is_global
    except ValueError:
        return False


def mac_text(mac: str) -> str:
    """'AA-BB-CC-DD-EE-FF' -> 'aa:bb:cc:dd:ee:ff'; '' for anything that is no card's MAC."""
    digits = mac.lower().replace("-", "").replace(":", "")
    if len(digits) != 12 or any(char not in "0123456789abcdef" for char in digits) or not digits.strip("0"):
        return ""
    return "" if int(digits[:2], 16) & 1 else ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def _holding(nic: Nic, gateway: str) -> Optional[ipaddress.IPv4Interface]:
    """The address of this interface whose network holds the gateway; narrowest network first."""
    found = []
    for text in nic.ipv4:
        try:
            item = ipaddress.IPv4Interface(text)
            if ipaddress.IPv4Address(gateway) in item.network and gateway != str(item.ip):
                found.append(item)
        except ValueError:
            continue
    return max(found, key=lambda item: item.network.prefixlen, default=None)
