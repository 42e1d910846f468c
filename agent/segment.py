"""One file of the spool: its bytes, and how to read them back whatever happened to them. No I/O.

file   = head record*
head   = "GWS1" | number u32 | lost u32 | crc32 u32      `lost`: reports thinned out when this file was rewritten
record = "\\xa7GR1" | state u8 | keep u8 | ordinal u32 | boot u32 | seq u64 | length u32 | crc32 of the above u32
         | frame | crc32 of the frame u32

The state byte stands outside the checksum and is overwritten in place: to acknowledge or thin a report needs no free
space, and a kill between the two leaves the report there to be sent twice, never lost. The ordinal counts the
records of a file from 0, so a hole in it says how many records are unreadable.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from typing import Iterator, Optional, Tuple

LIVE, ACKED, THINNED = 0xFF, 0x00, 0x3C  # far apart: a flipped bit does not turn one into another
HEAD = struct.Struct(">4sIII")
RECORD = struct.Struct(">4sBBIIQII")
STATE_AT = 4  # offset of the state byte in a record
OVERHEAD = RECORD.size + 4
MAGIC = b"GWS1"
RECORD_MAGIC = b"\xa7GR1"


class Segment:
    """What a file holds, as columns: a spool of a hundred days has 40 000 reports and must not cost the memory."""

    def __init__(self, number: int, folded: int = 0) -> None:
        self.number = number
        self.folded = folded  # lost reports that were rewritten away
        self.damaged = 0  # reports that cannot be read any more
        self.size = HEAD.size  # where the next record goes
        self.clean = True  # False: bytes behind `size` that are no record; nothing may be added
        self.offsets = array("I")
        self.lengths = array("I")
        self.seqs = array("Q")
        self.boots = array("I")
        self.states = bytearray()
        self.keeps = bytearray()
        self.ordinals = 0

    def __len__(self) -> int:
        return len(self.states)

    def live(self) -> int:
        return self.states.count(LIVE)

    def lost(self) -> int:
        """Reports of this file that will never be delivered."""
        return self.folded + self.damaged + self.states.count(THINNED)

    def live_indexes(self) -> Iterator[int]:
        return (index for index, state in enumerate(self.states) if state == LIVE)

    def live_bytes(self) -> int:
        return HEAD.size + sum(self.lengths[index] + OVERHEAD for index in self.live_indexes())

    def add(self, offset: int, state: int, keep: int, boot: int, seq: int, length: int) -> None:
        self.offsets.append(offset)
        self.lengths.append(length)
        self.seqs.append(seq)
        self.boots.append(boot)
        self.states.append(state)
        self.keeps.append(keep)
        self.ordinals += 1
        self.size = offset + OVERHEAD + length


def head_bytes(number: int, lost: int) -> bytes:
    body = struct.pack(">4sII", MAGIC, number, lost)
    return body + struct.pack(">I", zlib.crc32(body))


def record_bytes(ordinal: int, keep: int, boot: int, seq: int, frame: bytes) -> bytes:
    fields = RECORD.pack(RECORD_MAGIC, LIVE, keep, ordinal, boot, seq, len(frame), 0)[:-4]
    return fields + struct.pack(">I", _head_crc(fields)) + frame + struct.pack(">I", zlib.crc32(frame))


def frame_of(record: bytes) -> Optional[bytes]:
    """The frame of one record's bytes, None when they are damaged."""
    frame, stored = record[RECORD.size : -4], record[-4:]
    return frame if len(stored) == 4 and struct.pack(">I", zlib.crc32(frame)) == stored else None


def scan(data: bytes, number: int) -> Segment:
    """Reads a file back. Damage costs the records it hit, no more: reading goes on at the next record's magic."""
    segment = Segment(number, _folded(data))
    position, end, expected = HEAD.size, HEAD.size, 0
    while True:
        fields = _record_at(data, position)
        if fields is None:
            position = data.find(RECORD_MAGIC, position + 1)
            if position < 0:
                break
            continue
        state, keep, ordinal, boot, seq, length = fields
        after = position + OVERHEAD + length
        whole = frame_of(data[position:after]) is not None
        if after > len(data) or not (whole or data[after - 1 :].strip(b"\0")):
            break  # torn: the record was being written when all ended, so it was never stored
        segment.damaged += max(0, ordinal - expected)
        segment.ordinals = expected = ordinal + 1
        if whole:
            segment.add(position, state if state in (ACKED, THINNED) else LIVE, keep, boot, seq, length)
        elif state not in (ACKED, THINNED):
            segment.damaged += 1
        elif state == THINNED:
            segment.folded += 1
        segment.ordinals = expected
        position = end = after
    segment.size = end
    rest = data[end:]
    segment.clean = not rest and len(data) >= HEAD.size
    # A torn write leaves the beginning of a record, zeros, or one after the other (a power cut); anything else was a
    # record once.
    if len(rest) >= OVERHEAD and _record_at(data, end) is None and rest[-4:].strip(b"\0"):
        segment.damaged += 1
    return segment


def _folded(data: bytes) -> int:
    head = data[: HEAD.size]
    if len(head) < HEAD.size or struct.pack(">I", zlib.crc32(head[:-4])) != head[-4:]:
        return 0
    magic, _, lost, _ = HEAD.unpack(head)
    return lost if magic == MAGIC else 0


def _record_at(data: bytes, position: int) -> Optional[Tuple[int, int, int, int, int, int]]:
    if position + RECORD.size > len(data):
        return None
    magic, state, keep, ordinal, boot, seq, length, crc = RECORD.unpack_from(data, position)
    if magic != RECORD_MAGIC or _head_crc(data[position : position + RECORD.size - 4]) != crc:
        return None
    return state, keep, ordinal, boot, seq, length


def _head_crc(fields: bytes) -> int:
    return zlib.crc32(fields[:STATE_AT] + fields[STATE_AT + 1 :])
