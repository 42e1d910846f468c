"""BER as SNMP uses it (X.690, RFC 1157, RFC 3416), written for the responder alone: independent of what the agent uses."""

from __future__ import annotations

from typing import List, Tuple

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
NO_SUCH_OBJECT, END_OF_VIEW = 0x80, 0x82
GET, NEXT, RESPONSE, BULK = 0xA0, 0xA1, 0xA2, 0xA5


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    size = max(1, (value.bit_length() + 8) // 8)
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def oid(name: str) -> bytes:
    arcs = [int(arc) for arc in name.split(".")]
    content = b"".join(_arc(arc) for arc in [arcs[0] * 40 + arcs[1], *arcs[2:]])
    return tlv(OID, content)


def _arc(arc: int) -> bytes:
    out = [arc & 0x7F]
    while arc > 0x7F:
        arc >>= 7
        out.append(arc & 0x7F | 0x80)
    return bytes(reversed(out))


def take(data: bytes) -> Tuple[int, bytes, bytes]:
    """Tag and content of the first value, and what follows it."""
    tag, size, start = data[0], data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    return tag, data[start : start + size], data[start + size :]


def number(content: bytes) -> int:
    return int.from_bytes(content, "big", signed=True)


def name(content: bytes) -> str:
    arcs: List[int] = []
    value = 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in [first, arcs[0] - 40 * first, *arcs[1:]])


def value(tag: int, content: object) -> bytes:
    """A recording's value (tag number, int | bytes | str) as it goes over the wire."""
    if tag == OID:
        return oid(str(content)) if str(content) not in ("0", "0.0") else tlv(OID, b"\x00")
    if tag == 64:
        return tlv(tag, bytes(int(part) for part in str(content).split(".")))
    if isinstance(content, int):
        size = max(1, (content.bit_length() + 8) // 8)
        return tlv(tag, content.to_bytes(size, "big", signed=True))
    return tlv(tag, content if isinstance(content, bytes) else str(content).encode())
