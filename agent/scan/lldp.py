"""LLDP (IEEE 802.1AB) and CDP announcements of switches, as heard during a scan.

Lengths in a frame are claims; what does not fit is left out, what comes before it is kept.
"""

from __future__ import annotations

import re
import struct
from typing import Dict, Iterator, Optional, Tuple

from ..wire.sections import mac_hash, mac_prefix
from ..wire.sections_lan import LldpNeighbour
from .frames import CDP_GROUP, LLDP_GROUPS, LLDP_TYPE, ether_type, mac_text

_MAX_TEXT = 200
_MAX_TLVS = 64
_CHASSIS, _PORT, _PORT_TEXT, _SYSTEM, _DESCRIPTION = 1, 2, 4, 5, 6
_IS_MAC, _NAME_KINDS = 3, (1, 5, 7)  # port id subtypes: MAC; interface alias, interface name, locally assigned
_CHASSIS_MAC = 4
_SNAP = b"\xaa\xaa\x03\x00\x00\x0c\x20\x00"
_CDP_DEVICE, _CDP_PORT, _CDP_VERSION, _CDP_PLATFORM = 1, 3, 5, 6
# A name such as SEP00112233AABB carries the whole MAC: the vendor's half stays.
_MACS = re.compile(
    r"(?<![0-9A-Fa-f])(?:([0-9A-Fa-f]{6})[0-9A-Fa-f]{6}|([0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}\3[0-9A-Fa-f]{2})"
    r"(?:\3[0-9A-Fa-f]{2}){3}|([0-9A-Fa-f]{4}\.[0-9A-Fa-f]{2})[0-9A-Fa-f]{2}\.[0-9A-Fa-f]{4})(?![0-9A-Fa-f])"
)


def parse(frame: bytes) -> Optional[LldpNeighbour]:
    """What the frame says of its sender, None when it is neither."""
    kind = ether_type(frame)
    if kind == LLDP_TYPE and frame[:6] in LLDP_GROUPS:
        return _lldp(frame)
    if frame[:6] == CDP_GROUP and 0 < kind < 1536 and frame[14:22] == _SNAP:
        return _cdp(frame[14 : 14 + kind], frame[6:12])
    return None


def _lldp(frame: bytes) -> Optional[LldpNeighbour]:
    values: Dict[int, bytes] = {}
    for kind, value in _lldp_tlvs(frame[14:]):
        values.setdefault(kind, value)
    if _CHASSIS not in values or _PORT not in values:  # both are mandatory
        return None
    chassis, port = values[_CHASSIS], values[_PORT]
    mac = mac_text(chassis[1:7]) if chassis[:1] == bytes([_CHASSIS_MAC]) and len(chassis) == 7 else ""
    mac = mac or mac_text(frame[6:12])
    name = text(port[1:]) if port[:1] and port[0] in _NAME_KINDS else ""
    return LldpNeighbour(
        "lldp",
        text(values.get(_SYSTEM, b"")),
        text(values.get(_DESCRIPTION, b"")),
        name or text(values.get(_PORT_TEXT, b"")),
        mac_prefix(mac),
        mac_hash(mac),
    )


def _lldp_tlvs(data: bytes) -> Iterator[Tuple[int, bytes]]:
    place = 0
    for _ in range(_MAX_TLVS):
        if place + 2 > len(data):
            return
        head = struct.unpack_from(">H", data, place)[0]
        kind, length = head >> 9, head & 0x1FF
        if kind == 0 or place + 2 + length > len(data):
            return
        yield kind, data[place + 2 : place + 2 + length]
        place += 2 + length


def _cdp(payload: bytes, sender: bytes) -> Optional[LldpNeighbour]:
    values: Dict[int, bytes] = {}
    place = 12  # LLC and SNAP 8, version, time to live, checksum
    for _ in range(_MAX_TLVS):
        if place + 4 > len(payload):
            break
        kind, length = struct.unpack_from(">HH", payload, place)
        if length < 4 or place + length > len(payload):
            break
        values.setdefault(kind, payload[place + 4 : place + length])
        place += length
    if not values:
        return None
    mac = mac_text(sender)
    described = [text(values.get(kind, b"")) for kind in (_CDP_PLATFORM, _CDP_VERSION)]
    return LldpNeighbour(
        "cdp",
        text(values.get(_CDP_DEVICE, b"")),
        " ".join(part for part in described if part)[:_MAX_TEXT],
        text(values.get(_CDP_PORT, b"")),
        mac_prefix(mac),
        mac_hash(mac),
    )


def text(data: bytes) -> str:
    """Foreign bytes as one short line without whole MAC addresses."""
    words = "".join(char if char.isprintable() else " " for char in data[:1024].decode("utf-8", "replace")).split()
    return _MACS.sub(_first_half, " ".join(words))[:_MAX_TEXT].strip()


def _first_half(match: "re.Match[str]") -> str:
    return next(part for part in (match.group(1), match.group(2), match.group(4)) if part) + "\N{HORIZONTAL ELLIPSIS}"
