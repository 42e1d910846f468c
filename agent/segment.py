"""One file of the spool: its bytes, and how to read them back whatever happened to them. No I/O.

file   = head head record*             the head twice: a damaged one does not take the count with it
head   = "GWS2" | number u32 | lost u32 | crc32 u32      `lost`: reports thinned out when this file was rewritten
record = "\\xa7GR2" | state u8 | its complement u8 | keep (highest bit) and ordinal u32 | boot u32 | seq u64
         | length u32 | crc32 of the above without the state u32 | frame | crc32 of the frame, made odd, u32

The state stands outside the checksum and is overwritten in place: to acknowledge or thin a report needs no free
space, and a kill between the two leaves the report there to be sent twice, never lost. A state that is not the
complement of its copy is damaged and read as LIVE, for the same reason. SENT is LIVE too, but the collector may have
it already; in memory it is LIVE with a bit of `keeps`. The ordinal counts the records of a file
from 0, so a hole in it says how many records are unreadable. A record never ends in a zero byte: a write that a
power cut tore leaves zeros (whole sectors, or the end), so it is told from a damaged record, which was stored once.

Files of version 0.2 (one head "GWS1", records "\\xa7GR1" with keep where the complement is now, inside the
checksum) are read and emptied for ever, but nothing is added to them.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from typing import Iterator, Optional, Tuple

LIVE, SENT, ACKED, THINNED = 0xFF, 0x99, 0x00, 0x3C  # far apart: a flipped bit does not turn one into another
HEAD = struct.Struct(">4sIII")
RECORD = struct.Struct(">4sBBIIQII")
STATE_AT = 4  # offset of the state byte in a record
OVERHEAD = RECORD.size + 4
START = 2 * HEAD.size  # where the first record is
MAGIC = b"GWS2"
RECORD_MAGIC = b"\xa7GR2"
_OLD_MAGIC = b"GWS1"
_OLD_RECORD_MAGIC = b"\xa7GR1"
KEPT, UNSURE = 1, 2  # bits of `keeps`
_KEEP = 1 << 31
_SECTOR = 512  # disks write no less than this at once


class Segment:
    """What a file holds, as columns: a spool of a hundred days has 40 000 reports and must not cost the memory."""

    def __init__(self, number: int, folded: int = 0) -> None:
        self.number = number
        self.folded = folded  # lost reports that were rewritten away
        self.damaged = 0  # reports that cannot be read any more
        self.size = START  # where the next record goes
        self.clean = True  # False: bytes behind `size` that are no record, or an old file; nothing may be added
        self.old = False  # of version 0.2
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
        return START + sum(self.lengths[index] + OVERHEAD for index in self.live_indexes())

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
    return (body + struct.pack(">I", zlib.crc32(body))) * 2


def record_bytes(ordinal: int, keep: int, boot: int, seq: int, frame: bytes) -> bytes:
    numbered = ordinal | (_KEEP if keep & KEPT else 0)
    state = SENT if keep & UNSURE else LIVE
    fields = RECORD.pack(RECORD_MAGIC, state, state ^ 0xFF, numbered, boot, seq, len(frame), 0)[:-4]
    return fields + struct.pack(">I", _head_crc(fields)) + frame + struct.pack(">I", zlib.crc32(frame) | 1)


def state_bytes(segment: Segment, state: int) -> bytes:
    """What is written at STATE_AT of a record to change its state."""
    return bytes((state,)) if segment.old else bytes((state, state ^ 0xFF))


def frame_of(record: bytes) -> Optional[bytes]:
    """The frame of one record's bytes, None when they are damaged."""
    if len(record) < OVERHEAD:
        return None
    frame, stored = record[RECORD.size : -4], struct.unpack(">I", record[-4:])[0]
    made = zlib.crc32(frame) | int(record[:4] == RECORD_MAGIC)
    return frame if made == stored else None


def scan(data: bytes, number: int) -> Segment:
    """Reads a file back. Damage costs the records it hit, no more: reading goes on at the next record's magic."""
    segment = Segment(number, _folded(data))
    segment.old = _is_old(data)
    position = end = HEAD.size if segment.old else START
    expected = 0
    while True:
        fields = _record_at(data, position)
        if fields is None:
            position = _next_magic(data, position + 1)
            if position < 0:
                break
            continue
        state, keep, ordinal, boot, seq, length = fields
        after = position + OVERHEAD + length
        whole = frame_of(data[position:after]) is not None
        if after > len(data) or (not whole and not data[after:].strip(b"\0") and _is_torn(data, position, after)):
            break  # it was being written when all ended, so it was never stored
        segment.damaged += max(0, ordinal - expected - int(position > end and _had_arrived(data, end)))
        segment.ordinals = expected = ordinal + 1
        if whole:
            keep |= UNSURE if state == SENT else 0
            segment.add(position, LIVE if state == SENT else state, keep, boot, seq, length)
        elif state in (LIVE, SENT):
            segment.damaged += 1
        elif state == THINNED:
            segment.folded += 1
        segment.ordinals = expected
        position = end = after
    segment.size = end
    segment.clean = len(data) == end and not segment.old
    segment.damaged += _damaged_at_the_end(data, end)
    return segment


def _damaged_at_the_end(data: bytes, end: int) -> int:
    """How many records there were behind the last good one."""
    rest = data[end:]
    if len(rest) < OVERHEAD or _record_at(data, end) is not None:
        return 0  # nothing, or the beginning of a record that was being written
    magics = rest.count(RECORD_MAGIC) + rest.count(_OLD_RECORD_MAGIC)
    found = magics + (rest[:4] not in (RECORD_MAGIC, _OLD_RECORD_MAGIC))
    return max(0, found - int(_is_torn(data, end, len(data))) - int(_had_arrived(data, end)))


def _is_torn(data: bytes, start: int, end: int) -> bool:
    """Whether the last write, from `start` to `end`, was cut by a kill or a power cut: its end or a sector of it is
    zeros. Frames are compressed and sealed: they have no such zeros of their own."""
    if not data[end - 1]:
        return True
    edges = [start, *range((start // _SECTOR + 1) * _SECTOR, end, _SECTOR), end]
    return any(not data[edges[at] : edges[at + 1]].strip(b"\0") for at in range(len(edges) - 1))


def _is_old(data: bytes) -> bool:
    known = {MAGIC: False, _OLD_MAGIC: True}
    for start in (0, HEAD.size):
        if data[start : start + 4] in known:
            return known[data[start : start + 4]]
    return _OLD_RECORD_MAGIC in data and RECORD_MAGIC not in data


def _folded(data: bytes) -> int:
    for start in (0, HEAD.size):
        head = data[start : start + HEAD.size]
        if len(head) == HEAD.size and struct.pack(">I", zlib.crc32(head[:-4])) == head[-4:]:
            magic, _, lost, _ = HEAD.unpack(head)
            if magic in (MAGIC, _OLD_MAGIC):
                return lost
    return 0


def _next_magic(data: bytes, start: int) -> int:
    found = [data.find(magic, start) for magic in (RECORD_MAGIC, _OLD_RECORD_MAGIC)]
    return min((place for place in found if place >= 0), default=-1)


def _had_arrived(data: bytes, position: int) -> bool:
    """Whether the unreadable record that begins here had been acknowledged: its state stands twice."""
    return data[position + STATE_AT : position + STATE_AT + 2] == bytes((ACKED, ACKED ^ 0xFF))


def _record_at(data: bytes, position: int) -> Optional[Tuple[int, int, int, int, int, int]]:
    """State, keep, ordinal, boot, seq and length of the record that begins here; None: there is none."""
    if position + RECORD.size > len(data):
        return None
    magic, state, copy, ordinal, boot, seq, length, crc = RECORD.unpack_from(data, position)
    fields = data[position : position + RECORD.size - 4]
    if magic == RECORD_MAGIC and _head_crc(fields) == crc:
        sure = state in (SENT, ACKED, THINNED) and copy == state ^ 0xFF
        return state if sure else LIVE, int(ordinal >= _KEEP), ordinal % _KEEP, boot, seq, length
    if magic == _OLD_RECORD_MAGIC and zlib.crc32(fields[:STATE_AT] + fields[STATE_AT + 1 :]) == crc:
        return state if state in (ACKED, THINNED) else LIVE, copy, ordinal, boot, seq, length
    return None


def _head_crc(fields: bytes) -> int:
    return zlib.crc32(fields[:STATE_AT] + fields[STATE_AT + 2 :])
