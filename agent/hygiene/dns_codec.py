"""DNS messages (RFC 1035) as far as asking for addresses needs them. Bytes from strangers: nothing is believed, nothing
raises; a compressed name that points forward or in a circle is no name."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

A, AAAA = 1, 28
LARGEST = 4096
MAX_ADDRESSES = 6
ERRORS = {1: "formerr", 2: "servfail", 3: "nxdomain", 4: "notimp", 5: "refused"}  # response codes

_HEAD = struct.Struct(">HHHHHH")
_RECORD = struct.Struct(">HHIH")  # type, class, time to live, length
_INTERNET = 1
_RESPONSE, _TRUNCATED, _RECURSE = 0x8000, 0x0200, 0x0100
_MAX_RECORDS = 64
_MAX_LABELS = 128


@dataclass(frozen=True)
class Answer:
    addresses: Tuple[str, ...] = ()  # sorted, at most MAX_ADDRESSES
    error: str = ""  # nxdomain | servfail | refused | no_answer | truncated | ...


def query(number: int, name: str, kind: int = A) -> Optional[bytes]:
    """A question; None when `name` cannot be asked for."""
    labels = _encoded(name)
    if labels is None:
        return None
    return _HEAD.pack(number, _RECURSE, 1, 0, 0, 0) + labels + struct.pack(">HH", kind, _INTERNET)


def parse(data: bytes, number: int, name: str, kind: int = A) -> Optional[Answer]:
    """The answer to that question; None for anything else, which is passed over."""
    if len(data) < _HEAD.size:
        return None
    data = data[:LARGEST]
    found, flags, questions, answers, _, _ = _HEAD.unpack_from(data)
    if found != number or not flags & _RESPONSE or questions > 1:
        return None
    place = _HEAD.size
    if questions:
        asked, place = _name(data, place)
        tail = data[place : place + 4]
        if asked is None or asked != _plain(name) or tail != struct.pack(">HH", kind, _INTERNET):
            return None
        place += 4
    code = flags & 0x0F
    if code:
        return Answer(error=ERRORS.get(code, "code {}".format(code)))
    addresses = tuple(sorted(set(_addresses(data, place, answers, kind))))[:MAX_ADDRESSES]
    if addresses:
        return Answer(addresses)
    return Answer(error="truncated" if flags & _TRUNCATED else "no_answer")


def _encoded(name: str) -> Optional[bytes]:
    """The labels of a name, None when it is none."""
    plain = _plain(name)
    if plain is None:
        return None
    labels = plain.encode("ascii").split(b".")
    if not all(0 < len(label) < 64 for label in labels) or sum(len(label) + 1 for label in labels) > 254:
        return None
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\x00"


def _plain(name: str) -> Optional[str]:
    """The name as it stands in messages, in small letters."""
    try:
        return name[:255].rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None


def _addresses(data: bytes, place: int, count: int, kind: int) -> Iterator[str]:
    """The addresses among the answer's records. Whose they are is not asked: aliases stand between."""
    size, family = (4, socket.AF_INET) if kind == A else (16, socket.AF_INET6)
    for _ in range(min(count, _MAX_RECORDS)):
        _, place = _name(data, place)
        if place + _RECORD.size > len(data):
            return
        found, group, _, length = _RECORD.unpack_from(data, place)
        place += _RECORD.size
        value = data[place : place + length]
        if len(value) < length:
            return
        if found == kind and group == _INTERNET and length == size:
            yield socket.inet_ntop(family, value)
        place += length


def _name(data: bytes, place: int) -> Tuple[Optional[str], int]:
    """(name in small letters, where the reading goes on). A damaged name is None, and reading goes on at the end."""
    labels: List[str] = []
    behind = -1  # the place behind the first pointer
    lowest = place  # pointers must go back, so that they end
    for _ in range(_MAX_LABELS):
        if place >= len(data):
            break
        length = data[place]
        if length == 0:
            return ".".join(labels), (place + 1 if behind < 0 else behind)
        if length < 64:
            label = data[place + 1 : place + 1 + length]
            if len(label) < length:
                break
            labels.append(label.decode("latin-1").lower())
            place += 1 + length
        elif length >= 192 and place + 1 < len(data):
            target = (length & 0x3F) << 8 | data[place + 1]
            behind = place + 2 if behind < 0 else behind
            if target >= lowest:
                break
            lowest = place = target
        else:
            break
    return None, len(data)
