"""One question to all DHCP servers of the own network. An offer is never taken up (no REQUEST), so no address is used.

The question bears one made-up MAC, the same on every PC: a server that sets an address aside for each asker, as many do
for minutes or a day, sets aside one for the whole office and not one per PC and question. It stands inside the message
only; the frame has the card's own MAC, because switches with port security shut a port on which a stranger appears.

Linux with CAP_NET_RAW: a packet socket sees every answer, whatever a firewall or another client says, so silence is an
answer. Else, and on Windows: a UDP socket on port 68, where a firewall or the system's own client may take answers away;
then silence is not known to be silence. Windows lets the client's port through for answers to one address only, so it
sends an INFORM as well, which Windows itself does often: it is answered to the own address and sets nothing aside.
"""

from __future__ import annotations

import ctypes
import os
import select
import socket
import struct
import time
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from ..wire.sections_lan import DhcpOffer
from . import dhcp_codec
from .dhcp_codec import ACK, DISCOVER, INFORM, OFFER, Message
from .place import Place

PROBE_MAC = "02:47:57:44:48:43"  # locally administered; constant, see above
LISTEN_S = 4.0
MAX_OFFERS = 8
_MAX_PACKETS = 500  # a flood ends the listening, not the agent
_ETHER_IP = 0x0800
_SO_ATTACH_FILTER, _SO_BINDTODEVICE = 26, 25
# Classic BPF: IPv4, UDP, no fragment, to port 68. Without it every packet of a busy line would wake us.
_FILTER = (
    (0x28, 0, 0, 12), (0x15, 0, 8, _ETHER_IP), (0x30, 0, 0, 23), (0x15, 0, 6, 17), (0x28, 0, 0, 20), (0x45, 4, 0, 0x1FFF),
    (0xB1, 0, 0, 14), (0x48, 0, 0, 16), (0x15, 0, 1, dhcp_codec.CLIENT_PORT), (0x06, 0, 0, 2048), (0x06, 0, 0, 0),
)  # fmt: skip

Log = Callable[[str], None]


class Asked(NamedTuple):
    """`asked` True: the offers are all there are; None: could not ask, or could not have heard."""

    asked: Optional[bool]
    offers: Tuple[DhcpOffer, ...] = ()


class _Heard(NamedTuple):
    mac: str
    address: str
    payload: bytes


def ask(place: Place, platform: str, log: Log, listen_s: float = LISTEN_S) -> Asked:
    """Asks once and listens for all answers."""
    if platform == "linux":
        try:
            return _by_frames(place, log, listen_s)
        except PermissionError:
            log("dhcp: no right to raw frames")
        except OSError as error:
            log("dhcp: raw frames: {}".format(error))
    try:
        return _by_datagrams(place, platform, log, listen_s)
    except OSError as error:  # the port is taken, or the right to it is missing
        log("dhcp: port {}: {}".format(dhcp_codec.CLIENT_PORT, error))
        return Asked(None)


def _by_frames(place: Place, log: Log, listen_s: float) -> Asked:
    xid = _random_xid()
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as door:  # deaf until it has its filter
        _attach_filter(door)
        door.bind((place.interface, _ETHER_IP))
        door.send(dhcp_codec.frame(place.mac, dhcp_codec.question(DISCOVER, xid, PROBE_MAC)))

        def hear() -> Optional[_Heard]:
            packet = dhcp_codec.unwrap(door.recv(2048))
            return None if packet is None else _Heard(*packet)

        return Asked(True, _offers(door, hear, {xid}, log, listen_s))


def _by_datagrams(place: Place, platform: str, log: Log, listen_s: float) -> Asked:
    discover, inform = _random_xid(), _random_xid()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if platform == "windows":
            # Windows hears broadcasts on a socket of one address too, and its own client may then open port 68 beside it.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((place.address, dhcp_codec.CLIENT_PORT))
        else:
            # Without sharing the port: a renewal of the system's own lease must not end up here.
            door.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, place.interface.encode("utf-8") + b"\x00")
            door.bind(("", dhcp_codec.CLIENT_PORT))
        everybody = ("255.255.255.255", dhcp_codec.SERVER_PORT)
        door.sendto(dhcp_codec.question(DISCOVER, discover, PROBE_MAC), everybody)
        door.sendto(dhcp_codec.question(INFORM, inform, place.mac, place.address), everybody)

        def hear() -> Optional[_Heard]:
            data, sender = door.recvfrom(2048)
            return _Heard("", sender[0], data)

        offers = _offers(door, hear, {discover, inform}, log, listen_s)
    if not offers:
        log("dhcp: nothing heard, which proves nothing on this system")
    return Asked(True if offers else None, offers)


def _offers(
    door: socket.socket, hear: Callable[[], Optional[_Heard]], xids: "set[int]", log: Log, listen_s: float
) -> Tuple[DhcpOffer, ...]:
    """Everything that answers within the time, each server once."""
    end = time.monotonic() + listen_s
    found: List[Tuple[int, DhcpOffer]] = []
    for _ in range(_MAX_PACKETS):
        left = end - time.monotonic()
        if left <= 0 or len(found) >= MAX_OFFERS or not select.select([door], [], [], left)[0]:
            break
        try:
            heard = hear()
        except ConnectionError:  # Windows tells here that nobody listens on port 67
            continue
        message = None if heard is None else dhcp_codec.parse(heard.payload)
        if heard is None or message is None or not _is_answer(message, xids):
            continue
        offer = dhcp_codec.offer_of(message, heard.mac, heard.address)
        if offer.server and (message.kind, offer) not in found:
            log("dhcp: {} offers the gateway {}".format(offer.server, offer.gateway or "(none)"))
            found.append((message.kind, offer))
    return best_of(found)


def best_of(found: Sequence[Tuple[int, DhcpOffer]]) -> Tuple[DhcpOffer, ...]:
    """Rows of (message's kind, offer) without those that a better one stands for: what a server offers to a newcomer says
    more than its answer to an INFORM, from which many leave out the half."""
    servers = {(offer.server, offer.mac_hash) for kind, offer in found if kind == OFFER}
    kept = {offer for kind, offer in found if kind == OFFER or (offer.server, offer.mac_hash) not in servers}
    # Sorted, so that who is quickest does not change the section.
    return tuple(sorted(kept, key=lambda offer: (offer.server, offer.mac_hash, offer.gateway, offer.dns_servers)))


def _is_answer(message: Message, xids: "set[int]") -> bool:
    return message.xid in xids and message.kind in (OFFER, ACK)


def _random_xid() -> int:
    return int.from_bytes(os.urandom(4), "big")


def _attach_filter(door: socket.socket) -> None:
    rows = b"".join(struct.pack("HBBI", *row) for row in _FILTER)
    buffer = ctypes.create_string_buffer(rows)
    door.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", len(_FILTER), ctypes.addressof(buffer)))
