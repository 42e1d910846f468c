"""Bad habits of a site's LAN, judged from what its PCs saw. Pure. One gap per kind and site.

Each rule says why it believes what it says; where the evidence allows an innocent reading there is no gap:
rogue_dhcp        two DHCP servers answer on one network and offer different ways out
second_router     the way to the Internet leads over a second private router that stands in the office itself
address_clash     two cards answer for one address
captive           a page of somebody else stands in the way to the Internet
hotspot           the way out is a phone: its DHCP says so, or it uses a network that only phones give out
dns_tampering     a name server answers for a name that does not exist, or gives a private address for a public name
default_snmp      equipment answers to a community that everybody knows
open_management   the gateway's Telnet or unencrypted management page can be reached from every PC
no_ipv6           no PC of the site has an IPv6 address and nothing answers over IPv6
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from inventory.domain.lan_state import network_of
from inventory.domain.plain import Plain, rows, text, texts, truth

KINDS = (
    "lan_rogue_dhcp", "lan_second_router", "lan_address_clash", "lan_captive", "lan_hotspot", "lan_dns_tampering",
    "lan_default_snmp", "lan_open_management", "lan_no_ipv6",
)  # fmt: skip

# Networks that telephones give to those who use them as a hotspot (iOS; Android until 11).
_HOTSPOTS = tuple(ipaddress.ip_network(net) for net in ("172.20.10.0/28", "192.168.43.0/24"))
_HOME = ipaddress.ip_network("192.168.0.0/16")
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # a provider's own translation: no router of the office


@dataclass(frozen=True, slots=True)
class PcView:
    """What one PC with fresh reports says; sections as plain data, {} where there is none."""

    agent_id: str
    hygiene: Plain = field(default_factory=dict[str, Any])
    reach: Plain = field(default_factory=dict[str, Any])
    interfaces: Plain = field(default_factory=dict[str, Any])
    neighbours: Plain = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Gap:
    kind: str  # one of KINDS
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hygiene:
    """`gaps` that hold, and the kinds that could be judged at all: one that could not stays as it was."""

    gaps: tuple[Gap, ...]
    judged: frozenset[str]


Verdict = Mapping[str, Any] | bool | None
"""Evidence of a gap, False: judged and clean, None: nobody can tell."""


def judge(pcs: Sequence[PcView], devices: Iterable[Plain]) -> Hygiene:
    """The LAN habits of one site. `devices`: name, address, default_community of its equipment."""
    networks = _networks(pcs)
    verdicts: dict[str, Verdict] = {
        "lan_rogue_dhcp": _rogue_dhcp(pcs),
        "lan_second_router": _any(pcs, lambda pc: _second_router(pc, networks)),
        "lan_address_clash": _any(pcs, _clash),
        "lan_captive": _captive(pcs),
        "lan_hotspot": _any(pcs, _hotspot),
        "lan_dns_tampering": _any(pcs, _tampering),
        "lan_default_snmp": _default_snmp(devices),
        "lan_open_management": _any(pcs, _open_management),
        "lan_no_ipv6": _no_ipv6(pcs),
    }
    gaps = tuple(Gap(kind, said) for kind, said in verdicts.items() if isinstance(said, Mapping))
    return Hygiene(gaps, frozenset(kind for kind, said in verdicts.items() if said is not None))


def _any(pcs: Sequence[PcView], rule: Callable[[PcView], Verdict]) -> Verdict:
    """The first PC that saw the gap speaks for the site; clean when somebody looked and nobody saw it."""
    said = [rule(pc) for pc in pcs]
    found = [one for one in said if isinstance(one, Mapping)]
    if found:
        return {**found[0], "pcs": len(found)}
    return False if any(one is False for one in said) else None


def _rogue_dhcp(pcs: Sequence[PcView]) -> Verdict:
    """From all offers that one PC was made, else from two PCs that see one another and live by different servers: Windows
    hands no strange offers to programs, so there the leases are the evidence."""
    said = [_offers(pc) for pc in pcs]
    found = next((one for one in said if isinstance(one, Mapping)), None) or _two_leases(pcs)
    if found:
        return found
    return False if any(one is False for one in said) else None


def _offers(pc: PcView) -> Verdict:
    if not truth(pc.hygiene, "dhcp_asked"):
        return None
    offers = [offer for offer in rows(pc.hygiene, "dhcp_offers") if text(offer, "gateway")]
    ways = {(_server(offer), text(offer, "gateway"), tuple(sorted(texts(offer, "dns_servers")))) for offer in offers}
    # Two servers that offer the same way out are one network's pair, which is how careful offices do it.
    if len({way[0] for way in ways}) < 2 or len({way[1:] for way in ways}) < 2:
        return False
    gateway = text(pc.hygiene, "gateway")
    strange = [
        {"server": text(offer, "server"), "gateway": text(offer, "gateway"), "maker": text(offer, "mac_prefix")}
        for offer in offers
        if text(offer, "gateway") != gateway
    ]
    servers = sorted({text(offer, "server") for offer in offers})
    return {"servers": servers, "strange": strange, "network": text(pc.hygiene, "network")}


def _server(offer: Plain) -> tuple[str, str]:
    """Two boxes may both call themselves 192.168.1.1."""
    return text(offer, "server"), text(offer, "mac_hash")


def _two_leases(pcs: Sequence[PcView]) -> Mapping[str, Any] | None:
    leases = [lease for lease in (_lease(pc) for pc in pcs) if lease is not None]
    for one, other in combinations(leases, 2):
        meet = one.own & other.peers or other.own & one.peers
        if meet and one.server != other.server and one.gateway != other.gateway:
            return {"servers": sorted({one.server, other.server}), "strange": [], "network": one.network}
    return None


@dataclass(frozen=True, slots=True)
class _Lease:
    server: str
    gateway: str  # hash of its card
    network: str
    own: frozenset[str]
    peers: frozenset[str]


def _lease(pc: PcView) -> _Lease | None:
    """What a PC lives by, and whom it sees; None when it has no lease or no gateway."""
    found = network_of(pc.interfaces, pc.neighbours)
    cards = [row for row in rows(pc.interfaces, "interfaces") if text(row, "dhcp_server")]
    if found is None or found.key.startswith("net:") or not cards:
        return None
    peers = {text(row, "mac_hash") for row in rows(pc.neighbours, "neighbours")}
    own = {text(row, "mac_hash") for row in rows(pc.interfaces, "interfaces")}
    return _Lease(
        text(cards[0], "dhcp_server"), found.key, found.network, frozenset(own - {""}), frozenset(peers - {""})
    )


def _second_router(pc: PcView, networks: Mapping[str, str]) -> Verdict:
    """Providers use private addresses inside their networks too. What only an office has: a second hop of the kind
    192.168, or one that stands on another network of the same site."""
    hops = [_address(hop) for hop in texts_with_gaps(pc.hygiene, "hops")]
    if len(hops) < 2 or hops[0] is None:
        return None
    second = hops[1]
    if second is None:
        return None
    own = _network(text(pc.hygiene, "network"))
    if not second.is_private or second in _SHARED or (own is not None and second in own):
        return False
    behind = next((name for name in networks if second in ipaddress.ip_network(name)), "")
    if second in _HOME or behind:
        return {"hops": [str(hop) if hop else "" for hop in hops[:4]], "network": text(pc.hygiene, "network")}
    return False


def _clash(pc: PcView) -> Verdict:
    clashes = rows(pc.hygiene, "clashes")
    if not clashes:
        return False if pc.hygiene else None
    return {"addresses": sorted({text(row, "address") for row in clashes if text(row, "address")})}


def _captive(pcs: Sequence[PcView]) -> Verdict:
    said = [(truth(pc.reach, "captive"), truth(pc.reach, "internet")) for pc in pcs]
    caught = sum(captive is True for captive, _ in said)
    if caught and not any(internet for _, internet in said):
        return {"pcs": caught}
    if any(captive is False or internet for captive, internet in said):
        return False
    return None


def _hotspot(pc: PcView) -> Verdict:
    for offer in rows(pc.hygiene, "dhcp_offers"):
        if "android_metered" in texts(offer, "options"):
            return {"network": text(pc.hygiene, "network"), "why": "android_metered"}
    found = network_of(pc.interfaces, pc.neighbours)
    if found is None or not found.gateway:
        return None
    gateway = ipaddress.ip_address(found.gateway)
    # The first address of such a network is the phone; a router that was set to it by hand is rarely wireless only.
    if not found.wired and any(gateway in net and gateway == net[1] for net in _HOTSPOTS):
        return {"network": found.network, "why": "network"}
    return False


def _tampering(pc: PcView) -> Verdict:
    """By name server. One that offline says "no such name" to everything was not judged; a private address for a name
    of this country may be the government network's own view, unless the server also answers for what does not exist."""
    checks = rows(pc.hygiene, "name_checks")
    if not checks or truth(pc.reach, "captive"):
        return None  # whoever stands in the way of everything also answers for every name
    wrong: list[dict[str, Any]] = []
    judged = False
    for server in dict.fromkeys(text(check, "server") for check in checks):
        asked = [check for check in checks if text(check, "server") == server]
        absent = [check for check in asked if text(check, "kind") == "absent"]
        known = [check for check in asked if text(check, "kind") != "absent"]
        judged = judged or any(_public(check) for check in known)
        invents = bool(absent) and all(_answers(check) for check in absent)
        lies = [check for check in known if _private(check) and (invents or not text(check, "name").endswith(".vn"))]
        for check in [*(absent if invents else []), *lies]:
            wrong.append({"name": text(check, "name"), "server": server, "answer": str(_answers(check)[0])})
    return {"wrong": wrong[:6]} if wrong else False if judged else None


def _answers(check: Plain) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    return [address for address in (_address(item) for item in texts(check, "answers")) if address is not None]


def _private(check: Plain) -> bool:
    found = _answers(check)
    return bool(found) and all(_cannot_be_public(address) for address in found)


def _public(check: Plain) -> bool:
    return any(not _cannot_be_public(address) for address in _answers(check))


def _default_snmp(devices: Iterable[Plain]) -> Verdict:
    known = [device for device in devices if truth(device, "default_community") is not None]
    open_ones = [device for device in known if truth(device, "default_community")]
    if open_ones:
        names = [text(device, "name") or text(device, "address") for device in open_ones]
        return {"devices": sorted(names)[:10], "count": len(open_ones)}
    return False if known else None


def _open_management(pc: PcView) -> Verdict:
    doors = rows(pc.hygiene, "doors")
    known = [door for door in doors if truth(door, "open") is not None]
    ajar = [text(door, "service") for door in known if truth(door, "open") and _is_plain(door)]
    if ajar:
        return {"doors": sorted(set(ajar)), "gateway": text(pc.hygiene, "gateway")}
    return False if known else None


def _is_plain(door: Plain) -> bool:
    """Telnet, or a page that is not only a signpost to its encrypted one."""
    service = text(door, "service")
    return service == "telnet" or (service == "http" and not text(door, "says").startswith("-> https"))


def _no_ipv6(pcs: Sequence[PcView]) -> Verdict:
    on_lan = [pc for pc in pcs if network_of(pc.interfaces, pc.neighbours) is not None]  # a modem of its own is no LAN
    said = [(truth(pc.hygiene, "ipv6_address"), truth(pc.hygiene, "ipv6_internet")) for pc in on_lan]
    if any(address and internet is not False for address, internet in said):
        return False
    known = [pair for pair in said if pair[0] is not None or pair[1] is not None]
    return {"pcs": len(known)} if known else None


def texts_with_gaps(data: Plain, key: str) -> list[str]:
    """A list of texts in which "" stands for something silent and must keep its place."""
    value = data.get(key)
    return [item if isinstance(item, str) else "" for item in value] if isinstance(value, list | tuple) else []


def _networks(pcs: Sequence[PcView]) -> dict[str, str]:
    """The site's own networks -> the gateway of each."""
    found = (network_of(pc.interfaces, pc.neighbours) for pc in pcs)
    return {one.network: one.gateway for one in found if one is not None}


def _address(written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(written.split("%")[0])
    except ValueError:
        return None


def _network(written: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(written, strict=False)
    except ValueError:
        return None


def _cannot_be_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_private or address.is_loopback or address.is_unspecified or address in _SHARED
