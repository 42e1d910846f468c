"""Files that are carried by hand: a bundle of reports to the collector, a receipt back to the agent.

bundle  = "GWB1" | length u32 | manifest (JSON, for people; nothing in it is trusted) | crc32 of it u32
        | parts: an envelope of kind PART, with the clocks of its wrapping and some frames (envelope.pack_load),
          and the crc32 of the envelope u32, so that a damaged length does not swallow the next part
        | "GWBE" | number of parts u32 | SHA-256 of all before it
receipt = one or more envelopes of kind RECEIPT, each the JSON of a Receipt

Every part stands alone: when a stick is pulled out or a file is damaged, the parts that are whole are taken. What was
not taken stays in the agent's spool until a receipt names it.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from typing import List, Optional, Tuple

from . import codec, envelope
from .envelope import PART, Envelope
from .errors import FieldError, FrameError, LimitError, WireError
from .exchange import AgentPolicy

MAGIC = b"GWB1"
END_MAGIC = b"GWBE"
BUNDLE_SUFFIX = ".gwb"
RECEIPT_SUFFIX = ".gwr"
MAX_BUNDLE = 32 * 1024 * 1024
MAX_RECEIPT = 1024 * 1024
MAX_PARTS = 4096
MAX_TRIES = 512  # places that look like the beginning of a part and are none
_MAX_MANIFEST = 4096
_LENGTH = struct.Struct(">I")
_END = struct.Struct(">4sI32s")
END_SIZE = _END.size
MAX_RANGES = 512  # numbers in one `Settled`: within the reader's limit for lists


@dataclass(frozen=True)
class Manifest:
    """What a person may read off a bundle without any key."""

    bundle_id: str  # 32 hex digits
    agent_id: str
    site_name: str = ""
    agent_version: str = ""
    made_at: str = ""  # RFC 3339 by the PC's clock; may lie
    reports: int = 0


@dataclass(frozen=True)
class Settled:
    """Reports of one boot that need not be sent again."""

    boot_id: str
    ranges: Tuple[int, ...]  # from, to, from, to ...: both included


@dataclass(frozen=True)
class Receipt:
    bundle_id: str
    imported_at_s: float  # collector's clock
    settled: Tuple[Settled, ...] = ()
    missing: Tuple[str, ...] = ()  # sections whose data the collector lacks
    policy: Optional[AgentPolicy] = None


@dataclass
class Bundle:
    """What could be read of a file. `problem`: "" | torn | damaged | foreign | limit: what is wrong with it."""

    manifest: Optional[Manifest] = None
    parts: List[Envelope] = field(default_factory=list)
    lost_parts: int = 0  # places where a part stood that cannot be read any more
    problem: str = ""


def head_bytes(manifest: Manifest) -> bytes:
    """What a bundle begins with."""
    text = codec.dumps(codec.to_plain(manifest))
    return MAGIC + _LENGTH.pack(len(text)) + text + _LENGTH.pack(zlib.crc32(text))


def part_bytes(sealed: bytes) -> bytes:
    """One part of a bundle from its envelope."""
    return sealed + _LENGTH.pack(zlib.crc32(sealed))


def end_bytes(parts: int, digest: bytes) -> bytes:
    """What a bundle ends with; `digest`: SHA-256 of all before."""
    return _END.pack(END_MAGIC, parts, digest)


def read_bundle(data: bytes) -> Bundle:
    """Reads whatever is whole. Never raises: `problem` and the counts say what is not."""
    if len(data) > MAX_BUNDLE:
        return Bundle(problem="limit")
    if data[: len(MAGIC)] != MAGIC:
        return Bundle(problem="foreign")
    found = Bundle()
    offset = _read_manifest(data, found)
    declared, end = _ending(data)
    _read_parts(data[:end], offset, found)
    if declared is None:
        found.problem = found.problem or "torn"
    elif declared[1] != hashlib.sha256(data[:end]).digest() or declared[0] != len(found.parts):
        found.problem = "damaged"
        found.lost_parts = max(found.lost_parts, declared[0] - len(found.parts))
    return found


def read_receipts(data: bytes) -> List[Envelope]:
    """The envelopes of a receipt file. Raises WireError."""
    if len(data) > MAX_RECEIPT:
        raise LimitError("a receipt of {} bytes is over {}".format(len(data), MAX_RECEIPT))
    found: List[Envelope] = []
    offset = 0
    while offset < len(data):
        item, offset = envelope.read_envelope(data, offset)
        if item.kind != envelope.RECEIPT:
            raise FrameError("the envelope at offset {} is no receipt".format(offset))
        found.append(item)
    return found


def open_receipt(found: Envelope, key: bytes) -> Receipt:
    """Raises WireError."""
    receipt = codec.read(Receipt, codec.loads(envelope.open_envelope(found, key)))
    for item in receipt.settled:
        if len(item.ranges) % 2:
            raise FieldError("settled.ranges", "must be pairs")
    return receipt


def _read_manifest(data: bytes, found: Bundle) -> int:
    """Where the parts begin; a damaged manifest costs nothing but its words."""
    start = len(MAGIC) + _LENGTH.size
    if len(data) < start:
        return len(data)
    (length,) = _LENGTH.unpack_from(data, len(MAGIC))
    text = data[start : start + length] if length <= _MAX_MANIFEST else b""
    after = start + length + _LENGTH.size
    if not text or data[start + length : after] != _LENGTH.pack(zlib.crc32(text)):
        return start
    try:
        found.manifest = codec.read(Manifest, codec.loads(text))
    except WireError:
        return start
    return after


def _ending(data: bytes) -> Tuple[Optional[Tuple[int, bytes]], int]:
    if len(data) < END_SIZE:
        return None, len(data)
    magic, parts, digest = _END.unpack_from(data, len(data) - END_SIZE)
    return ((parts, digest), len(data) - END_SIZE) if magic == END_MAGIC else (None, len(data))


def _read_parts(data: bytes, offset: int, found: Bundle) -> None:
    """Part after part; behind a damaged place reading goes on where the next one begins."""
    tries = 0  # bounded: a file of nothing but beginnings must not cost minutes
    while offset < len(data):
        if len(found.parts) >= MAX_PARTS or tries >= MAX_TRIES:
            found.problem = "limit"
            return
        item = _part_at(data, offset)
        if item is not None:
            found.parts.append(item)
            offset += len(item.raw) + _LENGTH.size
            continue
        tries += 1
        offset = data.find(envelope.MAGIC, offset + 1)
        found.lost_parts = max(found.lost_parts, 1)
        if offset < 0:
            return  # cut off here, or nothing but rubble to the end
        found.problem = "damaged"


def _part_at(data: bytes, offset: int) -> Optional[Envelope]:
    try:
        item, end = envelope.read_envelope(data, offset)
    except WireError:
        return None
    whole = data[end : end + _LENGTH.size] == _LENGTH.pack(zlib.crc32(item.raw))
    return item if whole and item.kind == PART else None
