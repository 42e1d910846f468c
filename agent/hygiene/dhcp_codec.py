"""DHCP messages (RFC 2131, 2132) as far as asking for offers needs them. Bytes from strangers: nothing is believed,
nothing raises.

Also the Ethernet, IPv4 and UDP around a message, for the packet socket of Linux.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Dict, Iterator, NamedTuple, Optional, Tuple

from ..wire.sections import mac_hash, mac_prefix
from ..wire.sections_lan import DhcpOffer

DISCOVER, OFFER, ACK, INFORM = 1, 2, 5, 8
CLIENT_PORT, SERVER_PORT = 68, 67
LARGEST = 1500
MAX_DNS = 4

_HEAD = struct.Struct(">BBBBIHH4s4s4s4s16s64s128s4s")
_COOKIE = b"\x63\x82\x53\x63"
_BROADCAST_FLAG = 0x8000
_PAD, _MASK, _ROUTER, _DNS, _HOST_NAME, _VENDOR_DATA, _LEASE = 0, 1, 3, 6, 12, 43, 51
_OVERLOAD, _KIND, _SERVER, _WANTED, _CLASS, _END = 52, 53, 54, 55, 60, 255
_CLASS_NAME = b"gapwatch"  # what an administrator finds in the server's log
_METERED = b"ANDROID_METERED"  # what Android's hotspot says of itself in the vendor's option
_MAX_OPTIONS = 128


@dataclass(frozen=True)
class Message:
    """A server's answer."""

    xid: int
    kind: int  # OFFER, ACK, ...
    options: Dict[int, bytes]


class Packet(NamedTuple):
    """An IPv4 datagram to the DHCP client's port, out of its Ethernet frame."""

    mac: str  # of the sender
    address: str
    payload: bytes


def question(kind: int, xid: int, mac: str, address: str = "0.0.0.0") -> bytes:  # noqa: S104 not bound to
    """DISCOVER, or INFORM for the own `address`; answers are wanted by broadcast unless the address is known."""
    flags = 0 if kind == INFORM else _BROADCAST_FLAG
    head = _HEAD.pack(
        1, 1, 6, 0, xid, 0, flags, socket.inet_aton(address), b"", b"", b"", bytes.fromhex(mac.replace(":", "")),
        b"", b"", _COOKIE,
    )  # fmt: skip
    wanted = bytes((_MASK, _ROUTER, _DNS, _VENDOR_DATA)) + (b"" if kind == INFORM else bytes((_LEASE,)))
    options = _option(_KIND, bytes((kind,))) + _option(_WANTED, wanted) + _option(_CLASS, _CLASS_NAME)
    return (head + options + bytes((_END,))).ljust(300, b"\x00")  # shorter ones are dropped by old relays


def parse(data: bytes) -> Optional[Message]:
    """A server's message; None for anything else."""
    if len(data) < _HEAD.size:
        return None
    fields = _HEAD.unpack_from(data)
    if fields[:3] != (2, 1, 6) or fields[14] != _COOKIE:  # an answer, Ethernet, MACs of six bytes
        return None
    options = _options(data[_HEAD.size : LARGEST])
    overload = options.get(_OVERLOAD, b"\x00")[:1]
    # The server may write on in the fields for names: 1 the file's, 2 the server's, 3 both (option 52).
    for bit, field in ((1, fields[13]), (2, fields[12])):
        if overload and overload[0] & bit:
            options = {**_options(field), **options}
    kind = options.get(_KIND, b"")
    if len(kind) != 1:
        return None
    return Message(fields[4], kind[0], options)


def offer_of(message: Message, sender_mac: str, sender: str) -> DhcpOffer:
    """What the server offers. `sender`: the address that the message came from; it stands in for a missing option."""
    routers, servers = _addresses(message.options.get(_ROUTER, b"")), _addresses(message.options.get(_DNS, b""))
    named = _addresses(message.options.get(_SERVER, b""))
    metered = _METERED in message.options.get(_VENDOR_DATA, b"")
    return DhcpOffer(
        server=named[0] if named else sender,
        mac_prefix=mac_prefix(sender_mac),
        mac_hash=mac_hash(sender_mac),
        gateway=routers[0] if routers else "",
        dns_servers=servers[:MAX_DNS],
        options=("android_metered",) if metered else (),
    )


def frame(own_mac: str, payload: bytes) -> bytes:
    """The Ethernet frame of a client's message that goes to everybody, from nobody's address."""
    udp = struct.pack(">HHHH", CLIENT_PORT, SERVER_PORT, 8 + len(payload), 0)  # 0: no checksum, as UDP over IPv4 allows
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0x10, 28 + len(payload), 0, 0, 64, 17, 0, b"\x00" * 4, b"\xff" * 4)
    head = head[:10] + struct.pack(">H", _checksum(head)) + head[12:]
    return b"\xff" * 6 + bytes.fromhex(own_mac.replace(":", "")) + b"\x08\x00" + head + udp + payload


def unwrap(data: bytes) -> Optional[Packet]:
    """The datagram in an Ethernet frame, when it is for the DHCP client's port and whole."""
    if len(data) < 14 + 20 or data[12:14] != b"\x08\x00":
        return None
    packet = data[14:]
    length = (packet[0] & 0x0F) * 4
    if packet[0] >> 4 != 4 or length < 20 or packet[9] != 17 or struct.unpack_from(">H", packet, 6)[0] & 0x3FFF:
        return None  # no IPv4, no UDP, or a fragment
    udp = packet[length : struct.unpack_from(">H", packet, 2)[0]]
    if len(udp) < 8 or struct.unpack_from(">H", udp, 2)[0] != CLIENT_PORT:
        return None
    mac = ":".join("{:02x}".format(byte) for byte in data[6:12])
    return Packet(mac, socket.inet_ntoa(packet[12:16]), udp[8 : struct.unpack_from(">H", udp, 4)[0]])


def _options(data: bytes) -> Dict[int, bytes]:
    """Option number -> value; parts of a long one are joined (RFC 3396). What is cut short ends the list."""
    found: Dict[int, bytes] = {}
    for code, value in _walk(data):
        found[code] = found.get(code, b"") + value
    return found


def _walk(data: bytes) -> Iterator[Tuple[int, bytes]]:
    place, count = 0, 0
    while place < len(data) and data[place] != _END and count < _MAX_OPTIONS:
        if data[place] == _PAD:
            place += 1
            continue
        if place + 2 > len(data) or place + 2 + data[place + 1] > len(data):
            return
        yield data[place], data[place + 2 : place + 2 + data[place + 1]]
        place += 2 + data[place + 1]
        count += 1


def _addresses(value: bytes) -> Tuple[str, ...]:
    whole = [value[at : at + 4] for at in range(0, len(value) - 3, 4)]
    return tuple(socket.inet_ntoa(item) for item in whole if any(item))


def _option(code: int, value: bytes) -> bytes:
    return bytes((code, len(value))) + value


def _checksum(data: bytes) -> int:
    total = sum(struct.unpack(">{}H".format(len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
