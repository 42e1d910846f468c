"""Does a site have a working LAN? Judged from what its PCs see of the network; what people declared stands beside it.

none      PCs report, and none of them has a link with an address (a mobile modem of its own is no LAN)
partial   some PCs are linked and others are not, or the linked ones stand on networks that do not meet
working   at least two devices besides the gateway meet on one network
unknown   everything else: one PC behind a modem that sees nobody proves nothing

Measured beats declared while a fresh report stands behind it. Pure.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Plain = Mapping[str, Any]
LanState = Literal["none", "partial", "working", "unknown"]

_PHYSICAL = ("wired", "wireless")
_NO_ADDRESS = ("169.254.", "127.")
SLOW_MBPS = 10
LONGEST_KEY = 64  # of a network; a hash has 16
SICK_PACKETS = 100  # fewer errors than this are noise
SICK_BYTES_PER_ERROR = 150_000  # one lost frame in a hundred of full size


@dataclass(frozen=True, slots=True)
class PcOnLan:
    """What one PC with a fresh report sees. `linked` None: its interfaces are not known."""

    linked: bool | None
    mobile_only: bool = False
    gateways: frozenset[str] = frozenset()  # hashes of the gateways' MAC addresses
    own: frozenset[str] = frozenset()  # hashes of its own MAC addresses
    peers: frozenset[str] = frozenset()  # hashes of neighbours, gateways left out
    wired: bool | None = None  # by cable; False: by radio only
    slow: bool | None = None  # its best link is half duplex or no faster than 10 Mbit/s
    dhcp: bool | None = None  # its address was given to it
    faulty: bool | None = None  # its card counted errors or drops for more than one frame in a hundred


@dataclass(frozen=True, slots=True)
class LanSeen:
    """What the scanner and the equipment tell of a site's LAN, beside the PCs."""

    hosts: int | None = None  # devices that answered in the last sweep, the gateway left out; None: no sweep
    switches: int = 0  # switches that said who they are
    lldp: int = 0  # devices that announce themselves


@dataclass(frozen=True, slots=True)
class LanVerdict:
    """State, where it comes from (measured | declared | ""), and evidence: [{"fact", "value"}]."""

    state: LanState
    source: str
    evidence: tuple[dict[str, Any], ...]


def pc_on_lan(
    interfaces: Plain | None, neighbours: Plain | None, is_virtual: bool, counters: Plain | None = None
) -> PcOnLan:
    """Section data of one agent -> what counts here. A virtual machine's network is its host's: it proves nothing."""
    if interfaces is None or is_virtual:
        return PcOnLan(None)
    rows = [row for row in interfaces.get("interfaces", ()) if isinstance(row, Mapping)]
    linked = [row for row in rows if row.get("kind") in _PHYSICAL and row.get("is_up") and _addressed(row)]
    mobile = [row for row in rows if row.get("kind") == "mobile" and row.get("is_up") and _addressed(row)]
    names = {row.get("name", "") for row in linked}
    seen = neighbours or {}
    gateways = frozenset(_hashes(seen.get("gateways", ()), names))
    return PcOnLan(
        linked=bool(linked),
        mobile_only=bool(mobile) and not linked,
        gateways=gateways,
        own=frozenset(row["mac_hash"] for row in linked if row.get("mac_hash")),
        peers=frozenset(_hashes(seen.get("neighbours", ()), names)) - gateways,
        wired=any(row.get("kind") == "wired" for row in linked) if linked else None,
        slow=_slow(linked),
        dhcp=_first_truth(linked, "dhcp"),
        faulty=_faulty(counters, names),
    )


@dataclass(frozen=True, slots=True)
class Network:
    """The network on which a PC stands. `key` names it within its site."""

    key: str  # hash of the gateway's MAC, else "net:" and the network
    network: str  # "192.168.1.0/24"
    gateway: str
    wired: bool


def network_of(interfaces: Plain | None, neighbours: Plain | None) -> Network | None:
    """The network behind the PC's first gateway, else the one of its first card with a private address; None when it
    stands on none. Mobile modems and virtual cards are no LAN."""
    cards = {
        str(row.get("name", "")): row
        for row in (interfaces or {}).get("interfaces", ())
        if isinstance(row, Mapping) and row.get("kind") in _PHYSICAL and row.get("is_up") and _addressed(row)
    }
    for row in (neighbours or {}).get("gateways", ()):
        if not isinstance(row, Mapping) or row.get("interface") not in cards:
            continue
        card = cards[str(row["interface"])]
        network = _subnet(card, str(row.get("address", "")))
        if network:
            key = str(row.get("mac_hash") or "")[:LONGEST_KEY] or f"net:{network}"
            return Network(key, network, str(row.get("address", "")), card.get("kind") == "wired")
    for card in cards.values():
        network = _subnet(card, "")
        if network:
            return Network(f"net:{network}", network, "", card.get("kind") == "wired")
    return None


def _subnet(card: Plain, holding: str) -> str:
    """The private IPv4 network of a card that holds this address ("" : the first)."""
    for written in card.get("ipv4", ()):
        try:
            network = ipaddress.IPv4Interface(str(written)).network
            if (
                network.is_private
                and not network.is_link_local
                and network.prefixlen < 31
                and (not holding or ipaddress.IPv4Address(holding) in network)
            ):
                return str(network)
        except ValueError:
            continue
    return ""


def judge(pcs: Sequence[PcOnLan], declared: str, declared_on: date | None, seen: LanSeen = LanSeen()) -> LanVerdict:
    """The site's state from its PCs with fresh reports, from what their scanner saw, and from what was declared (""
    when nobody said)."""
    known = [pc for pc in pcs if pc.linked is not None]
    measured, evidence = _measured(known, seen)
    if declared:
        evidence.append({"fact": "declared", "value": declared, "day": declared_on.isoformat() if declared_on else ""})
    if measured != "unknown":
        if declared and declared != measured:
            evidence.append({"fact": "conflict", "value": True})
        return LanVerdict(measured, "measured", tuple(evidence))
    if declared in ("none", "partial", "working"):
        return LanVerdict(declared, "declared", tuple(evidence))  # type: ignore[arg-type]
    return LanVerdict("unknown", "", tuple(evidence))


def _measured(pcs: Sequence[PcOnLan], seen: LanSeen) -> tuple[LanState, list[dict[str, Any]]]:
    linked = [pc for pc in pcs if pc.linked]
    groups = _groups(linked)
    meeting = max((len(devices) for devices in groups), default=0)
    evidence: list[dict[str, Any]] = [
        {"fact": "pcs", "value": len(pcs)},
        {"fact": "linked", "value": len(linked)},
        {"fact": "mobile_only", "value": sum(pc.mobile_only for pc in pcs)},
        {"fact": "networks", "value": len(groups)},
        {"fact": "devices", "value": max(meeting, seen.hosts or 0)},
        *_quality(linked, seen),
    ]
    if not pcs:
        return "unknown", []
    if not linked:
        return "none", evidence
    if len(linked) < len(pcs):
        return "partial", evidence
    if len(groups) > 1:
        return "partial", evidence
    return ("working" if max(meeting, seen.hosts or 0) >= 2 or seen.switches else "unknown"), evidence


def _quality(linked: Sequence[PcOnLan], seen: LanSeen) -> list[dict[str, Any]]:
    """What is worth knowing of the network beside its state; only what somebody said."""
    counts = {
        "wired": sum(pc.wired is True for pc in linked),
        "wireless": sum(pc.wired is False for pc in linked),
        "dhcp": sum(pc.dhcp is True for pc in linked),
        "slow": sum(pc.slow is True for pc in linked),
        "faulty": sum(pc.faulty is True for pc in linked),
        "switches": seen.switches,
        "lldp": seen.lldp,
    }
    rows: list[dict[str, Any]] = [{"fact": fact, "value": count} for fact, count in counts.items() if count]
    if seen.hosts is not None:
        rows.append({"fact": "scanned", "value": seen.hosts})
    return rows


def _groups(pcs: Sequence[PcOnLan]) -> list[set[str]]:
    """Devices (own cards and peers) per network: PCs that share a gateway or see one another are on one."""
    groups: list[tuple[set[str], set[str]]] = []  # (everything that ties, devices)
    for number, pc in enumerate(pcs):
        own = {f"pc{number}"}
        ties = set(pc.gateways | pc.own | pc.peers) | own
        # one PC is one device however many cards it has; a peer that is another PC's card is counted once below
        devices = own | {f"peer:{peer}" for peer in pc.peers}
        for group in [group for group in groups if group[0] & ties]:
            groups.remove(group)
            ties |= group[0]
            devices |= group[1]
        groups.append((ties, devices))
    cards = {card for pc in pcs for card in pc.own}
    return [{device for device in devices if device.removeprefix("peer:") not in cards} for _, devices in groups]


def _slow(linked: Sequence[Plain]) -> bool | None:
    """Of the best cable: radio has no such figure that means anything."""
    cables = [row for row in linked if row.get("kind") == "wired"]
    speeds = [row["speed_mbps"] for row in cables if isinstance(row.get("speed_mbps"), int) and row["speed_mbps"] > 0]
    if not speeds:
        return None
    half = all(row.get("duplex") == "half" for row in cables)
    return half or max(speeds) <= SLOW_MBPS


def _first_truth(linked: Sequence[Plain], field: str) -> bool | None:
    return next((row[field] for row in linked if isinstance(row.get(field), bool)), None)


def _faulty(counters: Plain | None, names: set[Any]) -> bool | None:
    found: list[bool] = []
    for row in (counters or {}).get("interfaces", ()):
        if not isinstance(row, Mapping) or row.get("name", "") not in names:
            continue
        errors = sum(row[key] for key in ("rx_errors", "tx_errors") if isinstance(row.get(key), int))
        moved = sum(row[key] for key in ("rx_bytes", "tx_bytes") if isinstance(row.get(key), int))
        found.append(errors >= SICK_PACKETS and errors * SICK_BYTES_PER_ERROR > moved)
    return any(found) if found else None


def _hashes(rows: Iterable[Any], names: set[Any]) -> Iterable[str]:
    for row in rows:
        if isinstance(row, Mapping) and row.get("mac_hash") and row.get("interface", "") in names | {""}:
            yield str(row["mac_hash"])


def _addressed(row: Mapping[str, Any]) -> bool:
    return any(not str(address).startswith(_NO_ADDRESS) for address in row.get("ipv4", ())) or any(
        not str(address).lower().startswith("fe80") for address in row.get("ipv6", ())
    )
