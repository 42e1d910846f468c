"""STAMP test packets as bytes: RFC 8762 with session id and TLVs of RFC 8972. Pure; both ends of a line use it.

Unauthenticated packets have 44 bytes, authenticated ones 112, TLVs come behind. In authenticated mode the HMAC
(SHA-256, the first 16 bytes) covers the first 96 bytes; an HMAC TLV covers the sequence number and the TLVs before it.
Which agent a packet is from stands in a TLV of a private-use type, because the collector has one key per agent.
Times are nanoseconds since 1970, UTC.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass
from typing import List, Optional, Tuple

PLAIN_SIZE = 44
SEALED_SIZE = 112
MAX_SIZE = 1472  # UDP payload of an Ethernet frame: what goes out is never more, and never more than came in
TLV_PADDING, TLV_HMAC = 1, 8  # RFC 8972, section 4
TLV_AGENT = 252  # private use: generation of the key (2 bytes), agent id (16 bytes)
FLAG_UNKNOWN, FLAG_MALFORMED, FLAG_INTEGRITY = 0x80, 0x40, 0x20

_NTP_1970 = 2208988800
_NS = 1_000_000_000
_PLAIN_SENT = struct.Struct(">IQHH28x")
_PLAIN_BACK = struct.Struct(">IQHHQIQH2xB3x")
_SEALED_SENT = struct.Struct(">I12xQHH68x")
_SEALED_BACK = struct.Struct(">I12xQHH4xQ8xI12xQH6xB15x")
_TLV = struct.Struct(">BBH")
_AGENT = struct.Struct(">H16s")
_HMAC_SIZE = 16
_COVERED = 96
# Not synchronised, NTP format, multiplier 1, scale 22: 2^-10 s. What an ordinary PC's clock reading is good for.
ERROR_ESTIMATE = (22 << 8) | 1


class PacketError(ValueError):
    """The bytes are no STAMP packet of the wanted kind; str() says why."""


@dataclass(frozen=True)
class Tlv:
    type: int
    value: bytes = b""
    flags: int = FLAG_UNKNOWN  # a sender sets U, the reflector clears it where it knows the type


@dataclass(frozen=True)
class Sent:
    """What a session sender says."""

    seq: int
    time_ns: int
    ssid: int = 0
    error_estimate: int = ERROR_ESTIMATE
    tlvs: Tuple[Tlv, ...] = ()


@dataclass(frozen=True)
class Reflected:
    """What a session reflector says."""

    seq: int  # its own counter (stateful), or the sender's number again (stateless)
    time_ns: int  # T3: it left
    received_ns: int  # T2: it came
    sender_seq: int
    sender_ns: int  # T1
    sender_ttl: int
    ssid: int = 0
    error_estimate: int = ERROR_ESTIMATE
    sender_error_estimate: int = ERROR_ESTIMATE
    tlvs: Tuple[Tlv, ...] = ()


def to_ntp(time_ns: int) -> int:
    """64-bit NTP timestamp: 32 bits of seconds since 1900 modulo 2^32, 32 bits of fraction."""
    seconds, rest = divmod(time_ns, _NS)
    return ((seconds + _NTP_1970) & 0xFFFFFFFF) << 32 | ((rest << 32) + _NS // 2) // _NS & 0xFFFFFFFF


def from_ntp(stamp: int) -> int:
    """Nanoseconds since 1970; seconds below 2^31 belong to the era that begins in 2036 (RFC 4330, section 3)."""
    seconds, fraction = stamp >> 32, stamp & 0xFFFFFFFF
    if not seconds & 0x80000000:
        seconds += 1 << 32
    return (seconds - _NTP_1970) * _NS + ((fraction * _NS + (1 << 31)) >> 32)


def time_of(stamp: int, error_estimate: int) -> int:
    """Nanoseconds since 1970 of either timestamp format: the Z bit says which."""
    if error_estimate & 0x4000:  # truncated PTPv2: 32 bits of seconds since 1970, 32 bits of nanoseconds
        return (stamp >> 32) * _NS + (stamp & 0xFFFFFFFF)
    return from_ntp(stamp)


def sent_packet(sent: Sent) -> bytes:
    head = _PLAIN_SENT.pack(sent.seq & 0xFFFFFFFF, to_ntp(sent.time_ns), sent.error_estimate, sent.ssid)
    return head + b"".join(map(_tlv_bytes, sent.tlvs))


def padded(sent: Sent, size: int) -> bytes:
    """An unauthenticated packet of exactly `size` bytes, filled up with an Extra Padding TLV. A size that has no room
    for a TLV header, or lies outside 44..MAX_SIZE, raises PacketError."""
    room = size - PLAIN_SIZE
    if room == 0:
        return sent_packet(sent)
    if not _TLV.size <= room <= MAX_SIZE - PLAIN_SIZE:
        raise PacketError("no packet of {} bytes: 44, or 48 to {}".format(size, MAX_SIZE))
    padding = Tlv(TLV_PADDING, bytes(room - _TLV.size))
    return sent_packet(Sent(sent.seq, sent.time_ns, sent.ssid, sent.error_estimate, (padding,)))


def sealed_packet(sent: Sent, agent_id: str, generation: int, key: bytes) -> bytes:
    """An authenticated packet that says which agent's key it is sealed with."""
    head = _SEALED_SENT.pack(sent.seq & 0xFFFFFFFF, to_ntp(sent.time_ns), sent.error_estimate, sent.ssid)
    agent = _tlv_bytes(Tlv(TLV_AGENT, _AGENT.pack(generation, bytes.fromhex(agent_id))))
    return head + _mac(key, head[:_COVERED]) + agent + _tlv_bytes(Tlv(TLV_HMAC, _mac(key, head[:4] + agent)))


def claimed_agent(packet: bytes) -> Tuple[str, int]:
    """(agent id, key generation) that an authenticated packet names; nothing is proven yet. Raises PacketError."""
    for tlv in tlvs_of(packet[SEALED_SIZE:]):
        if tlv.type == TLV_AGENT and len(tlv.value) == _AGENT.size:
            generation, agent = _AGENT.unpack(tlv.value)
            return agent.hex(), generation
    raise PacketError("no agent is named")


def open_sent(packet: bytes) -> Sent:
    """An unauthenticated sender packet. Raises PacketError."""
    if not PLAIN_SIZE <= len(packet) <= MAX_SIZE:
        raise PacketError("{} bytes".format(len(packet)))
    seq, stamp, error, ssid = _PLAIN_SENT.unpack_from(packet)
    return Sent(seq, time_of(stamp, error), ssid, error, tlvs_of(packet[PLAIN_SIZE:]))


def open_sealed(packet: bytes, key: bytes) -> Sent:
    """An authenticated sender packet whose two HMACs fit the key. Raises PacketError."""
    body, tail = _checked(packet, key, FLAG_UNKNOWN)
    seq, stamp, error, ssid = _SEALED_SENT.unpack(body)
    return Sent(seq, time_of(stamp, error), ssid, error, tail)


def open_reflected(packet: bytes) -> Reflected:
    """An unauthenticated reflector packet. Raises PacketError."""
    if not PLAIN_SIZE <= len(packet) <= MAX_SIZE:
        raise PacketError("{} bytes".format(len(packet)))
    return _reflected(_PLAIN_BACK.unpack_from(packet), tlvs_of(packet[PLAIN_SIZE:]))


def open_sealed_reflected(packet: bytes, key: bytes) -> Reflected:
    """An authenticated reflector packet whose HMACs fit the key. Raises PacketError."""
    body, tail = _checked(packet, key, 0)
    return _reflected(_SEALED_BACK.unpack(body), tail)


def reflect(packet: bytes, seq: int, received_ns: int, time_ns: int, ttl: int) -> bytes:
    """The answer to an unauthenticated packet, of the same size. `packet` has 44 to MAX_SIZE bytes."""
    sender_seq, stamp, error, ssid = _PLAIN_SENT.unpack_from(packet)
    head = _PLAIN_BACK.pack(
        seq & 0xFFFFFFFF, to_ntp(time_ns), ERROR_ESTIMATE, ssid, to_ntp(received_ns), sender_seq, stamp, error, ttl
    )
    return head + _tail_back(packet[PLAIN_SIZE:]) if len(packet) > PLAIN_SIZE else head


def reflect_sealed(packet: bytes, key: bytes, seq: int, received_ns: int, time_ns: int, ttl: int) -> bytes:
    """The answer to an authenticated packet that open_sealed() took, of the same size."""
    sender_seq, stamp, error, ssid = _SEALED_SENT.unpack_from(packet)
    head = _SEALED_BACK.pack(
        seq & 0xFFFFFFFF, to_ntp(time_ns), ERROR_ESTIMATE, ssid, to_ntp(received_ns), sender_seq, stamp, error, ttl
    )
    tail = b""
    for tlv in tlvs_of(packet[SEALED_SIZE:]):
        known = tlv.type in (TLV_PADDING, TLV_HMAC, TLV_AGENT)
        value = _mac(key, head[:4] + tail) if tlv.type == TLV_HMAC else tlv.value
        tail += _tlv_bytes(Tlv(tlv.type, value, 0 if known else FLAG_UNKNOWN))
    return head + _mac(key, head[:_COVERED]) + tail


def tlvs_of(tail: bytes) -> Tuple[Tlv, ...]:
    """The TLVs behind a base packet, up to the first that is cut short; that one has the flag M."""
    found: List[Tlv] = []
    offset = 0
    while offset < len(tail):
        if len(tail) - offset < _TLV.size:
            found.append(Tlv(0, tail[offset:], FLAG_MALFORMED))
            break
        flags, kind, length = _TLV.unpack_from(tail, offset)
        value = tail[offset + _TLV.size : offset + _TLV.size + length]
        found.append(Tlv(kind, value, flags if len(value) == length else flags | FLAG_MALFORMED))
        offset += _TLV.size + length
    return tuple(found)


def _tail_back(tail: bytes) -> bytes:
    """TLVs of an answer: their flags say what the reflector knows; what is no TLV comes back as it came."""
    back = bytearray(tail)
    offset = 0
    while offset + _TLV.size <= len(back):
        _flags, kind, length = _TLV.unpack_from(back, offset)
        if offset + _TLV.size + length > len(back):
            back[offset] = FLAG_MALFORMED
            break
        back[offset] = 0 if kind == TLV_PADDING else FLAG_UNKNOWN
        offset += _TLV.size + length
    return bytes(back)


def _tlv_bytes(tlv: Tlv) -> bytes:
    return _TLV.pack(tlv.flags, tlv.type, len(tlv.value)) + tlv.value


def _mac(key: bytes, covered: bytes) -> bytes:
    return hmac.digest(key, covered, "sha256")[:_HMAC_SIZE]


def _checked(packet: bytes, key: bytes, flags: int) -> Tuple[bytes, Tuple[Tlv, ...]]:
    """The 96 bytes that the HMAC covers, and the TLVs that an HMAC TLV proves. `flags`: of the HMAC TLV itself."""
    if not SEALED_SIZE <= len(packet) <= MAX_SIZE:
        raise PacketError("{} bytes".format(len(packet)))
    body, mac = packet[:_COVERED], packet[_COVERED:SEALED_SIZE]
    if not hmac.compare_digest(_mac(key, body), mac):
        raise PacketError("the HMAC does not fit the key")
    tlvs = tlvs_of(packet[SEALED_SIZE:])
    proven: Optional[int] = None
    offset = SEALED_SIZE
    for place, tlv in enumerate(tlvs):
        if tlv.flags & FLAG_MALFORMED:
            raise PacketError("a TLV is cut short")
        if tlv.type == TLV_HMAC:
            if tlv.flags != flags:  # it does not cover its own
                raise PacketError("the HMAC of the TLVs has other flags than its sender sets")
            if not hmac.compare_digest(_mac(key, packet[:4] + packet[SEALED_SIZE:offset]), tlv.value):
                raise PacketError("the HMAC of the TLVs does not fit the key")
            proven = place
            break
        offset += _TLV.size + len(tlv.value)
    if proven is None or proven != len(tlvs) - 1:
        raise PacketError("TLVs without an HMAC behind them")
    return body, tlvs


def _reflected(fields: Tuple[int, ...], tlvs: Tuple[Tlv, ...]) -> Reflected:
    seq, stamp, error, ssid, received, sender_seq, sender, sender_error, ttl = fields
    return Reflected(
        seq, time_of(stamp, error), time_of(received, error), sender_seq, time_of(sender, sender_error), ttl, ssid,
        error, sender_error, tlvs,
    )  # fmt: skip
