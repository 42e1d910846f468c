"""Two cards that answer for one address: what the scanner has seen, what Windows has noted, and, where raw frames are
allowed, what answers now for this PC's own address and for the gateway's."""

from __future__ import annotations

import select
import socket
import struct
import time
from typing import Any, Callable, Dict, Iterable, List, Set, Tuple

from ..host import Host
from ..scan.frames import is_host_mac, parse_arp
from ..scan.state import KNOWN_S
from ..scan.state import read as read_scans
from ..wire.sections import mac_hash
from ..wire.sections_lan import AddressClash
from .clashes_windows import noted_clashes
from .place import Place

MAX_CLASHES = 8
MAX_HASHES = 4
LISTEN_S = 1.2
_MAX_FRAMES = 500
_ARP = 0x0806
_NOBODY = "0.0.0.0"  # noqa: S104 not bound to

Log = Callable[[str], None]


def check(place: Place, host: Host, scan_file: Any, active: bool, log: Log) -> Tuple[AddressClash, ...]:
    """All that is known. `scan_file`: content of scan.json; `active`: something may be sent."""
    found = list(from_scans(place, scan_file, host.now()))
    if host.platform == "windows":
        found += noted_clashes(host, place)
    if active and host.platform == "linux":
        try:
            found += ask(place)
        except PermissionError:
            log("clashes: no right to raw frames")
        except OSError as error:
            log("clashes: raw frames: {}".format(error))
    return merged(found)


def from_scans(place: Place, scan_file: Any, now_s: float) -> Iterable[AddressClash]:
    """What the last scans of this network have seen."""
    kept = read_scans(scan_file)
    if kept.network != place.network:
        return
    for clash in kept.clashes:
        if 0 <= now_s - clash.seen_s <= KNOWN_S and place.holds(clash.address):
            yield AddressClash(clash.address, tuple(sorted(clash.mac_hashes))[:MAX_HASHES], "arp_scan")


def merged(clashes: Iterable[AddressClash]) -> Tuple[AddressClash, ...]:
    """One row for each address, with all cards that were seen."""
    rows: Dict[str, AddressClash] = {}
    for clash in clashes:
        before = rows.get(clash.address, clash)
        hashes = tuple(sorted({*before.mac_hashes, *clash.mac_hashes}))[:MAX_HASHES]
        rows[clash.address] = AddressClash(clash.address, hashes, before.source)
    return tuple(rows[address] for address in sorted(rows))[:MAX_CLASHES]


def ask(place: Place, listen_s: float = LISTEN_S) -> List[AddressClash]:
    """Who else has this PC's address, and who has the gateway's: one ARP question each, the first as a PC asks before
    it takes an address (RFC 5227). Raises PermissionError without the right to raw frames."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as door:
        door.bind((place.interface, _ARP))
        door.send(question(place.mac, _NOBODY, place.address))
        door.send(question(place.mac, place.address, place.gateway))
        owners = _owners(door, {place.address, place.gateway}, listen_s)
    strangers = owners[place.address] - set(place.own_macs) - {place.mac}
    found = [AddressClash(place.address, _hashes({place.mac, *strangers}), "arp_scan")] if strangers else []
    if len(owners[place.gateway]) > 1:
        found.append(AddressClash(place.gateway, _hashes(owners[place.gateway]), "arp_scan"))
    return found


def question(own_mac: str, own_address: str, address: str) -> bytes:
    """An ARP question as an Ethernet frame to everybody."""
    own = bytes.fromhex(own_mac.replace(":", ""))
    asker, asked = socket.inet_aton(own_address), socket.inet_aton(address)
    body = struct.pack(">HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, own, asker, b"", asked)
    return b"\xff" * 6 + own + struct.pack(">H", _ARP) + body


def _owners(door: socket.socket, addresses: Set[str], listen_s: float) -> Dict[str, Set[str]]:
    found: Dict[str, Set[str]] = {address: set() for address in addresses}
    end = time.monotonic() + listen_s
    for _ in range(_MAX_FRAMES):
        left = end - time.monotonic()
        if left <= 0 or not select.select([door], [], [], left)[0]:
            break
        said = parse_arp(door.recv(2048))
        if said is not None and said.operation == 2 and said.address in found and is_host_mac(said.mac):
            found[said.address].add(said.mac)
    return found


def _hashes(macs: Set[str]) -> Tuple[str, ...]:
    return tuple(sorted(mac_hash(mac) for mac in macs))[:MAX_HASHES]
