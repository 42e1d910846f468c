"""The kernel's ARP table with its states, over netlink (Linux). Anybody may read it.

/proc/net/arp tells neither when an entry was last confirmed nor whether it is out of date: a PC that was switched off an
hour ago still stands there.
"""

from __future__ import annotations

import socket
import struct
from typing import Iterator, List, NamedTuple, Optional, Tuple

from .frames import mac_text

_MESSAGE = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_NEIGHBOUR = struct.Struct("=B3xiHBB")  # family, interface, state, flags, type
_ATTRIBUTE = struct.Struct("=HH")
_NEW, _GET, _DONE, _ERROR = 28, 30, 3, 2  # RTM_NEWNEIGH, RTM_GETNEIGH, NLMSG_DONE, NLMSG_ERROR
_REQUEST_DUMP = 0x301
_ADDRESS, _MAC, _TIMES = 1, 2, 3  # NDA_DST, NDA_LLADDR, NDA_CACHEINFO
_REACHABLE, _FAILED, _INCOMPLETE = 0x02, 0x20, 0x01
_TICKS_PER_S = 100.0  # USER_HZ
_LARGEST = 256 * 1024
_MOST = 4096


class Entry(NamedTuple):
    address: str
    mac: str
    reachable: bool  # confirmed within the last half minute or so
    age_s: Optional[float]  # since it was last confirmed, None: not known


def linux_table(interface: str) -> List[Entry]:
    """The entries of an interface that hold a MAC; [] when the kernel does not tell."""
    try:
        index = socket.if_nametoindex(interface)
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as link:
            link.settimeout(2.0)
            link.bind((0, 0))
            request = _NEIGHBOUR.pack(socket.AF_INET, 0, 0, 0, 0)
            link.send(_MESSAGE.pack(_MESSAGE.size + len(request), _GET, _REQUEST_DUMP, 1, 0) + request)
            found: List[Entry] = []
            while len(found) < _MOST:
                data = link.recv(_LARGEST)
                found += parse(data, index)
                if not data or is_last(data):
                    break
            return found
    except OSError:
        return []


def parse(data: bytes, index: int) -> List[Entry]:
    """One datagram of the kernel's answer -> entries of interface number `index`."""
    found: List[Entry] = []
    for kind, body in _messages(data):
        if kind != _NEW or len(body) < _NEIGHBOUR.size:
            continue
        family, interface, state, _, _ = _NEIGHBOUR.unpack_from(body)
        if family != socket.AF_INET or interface != index or state & (_FAILED | _INCOMPLETE):
            continue
        values = dict(_attributes(body[_NEIGHBOUR.size :]))
        address, mac, times = values.get(_ADDRESS, b""), values.get(_MAC, b""), values.get(_TIMES, b"")
        if len(address) != 4 or len(mac) != 6:
            continue
        age = struct.unpack_from("=I", times)[0] / _TICKS_PER_S if len(times) >= 4 else None
        found.append(Entry(socket.inet_ntoa(address), mac_text(mac), bool(state & _REACHABLE), age))
    return found


def is_last(data: bytes) -> bool:
    return any(kind in (_DONE, _ERROR) for kind, _ in _messages(data))


def _messages(data: bytes) -> Iterator[Tuple[int, bytes]]:
    place = 0
    while place + _MESSAGE.size <= len(data):
        length, kind, _, _, _ = _MESSAGE.unpack_from(data, place)
        if length < _MESSAGE.size or place + length > len(data):
            return
        yield kind, data[place + _MESSAGE.size : place + length]
        place += (length + 3) & ~3


def _attributes(data: bytes) -> Iterator[Tuple[int, bytes]]:
    place = 0
    while place + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, place)
        if length < _ATTRIBUTE.size or place + length > len(data):
            return
        yield kind & 0x3FFF, data[place + _ATTRIBUTE.size : place + length]
        place += (length + 3) & ~3
