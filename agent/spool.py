"""Sealed reports that wait for an acknowledgement. Bounded, append-only, survives kills, full disks and bad blocks.

Files of records (segment.py) in a folder of their own. What the rest of the agent may rely on:
- append() True: the frame is on disk and stays until done() or until the spool is over its limit.
- done() before a kill may be forgotten (the report is sent twice), never the other way round.
- Over the limit, plain heartbeats of the older half go first, every second one, so that the past gets coarser before
  it gets shorter. Reports with section data, goodbyes, and the first and last of a boot go last.
- lost() counts every report that was stored and can never be delivered, once. The count lives in the files that the
  reports were in; it moves to the `lost` counter when such a file is deleted, together with that file's number, so
  that a kill between the two cannot count it twice.
- A frame that did not fit on the disk is the caller's: see append().
"""

from __future__ import annotations

import contextlib
import os
import re
import zlib
from typing import Container, Dict, FrozenSet, Iterable, List, NamedTuple, Optional

from . import segment as layout
from . import thinning
from .files import Disk, Slots
from .segment import ACKED, LIVE, OVERHEAD, THINNED, Segment

SEGMENT_BYTES = 256 * 1024
LEAST_BYTES = 16 * 1024
LOST_FILE = "lost"
_NAME = re.compile(r"(\d{8})\.seg\Z")


class Ref(NamedTuple):
    """One stored report; good until the next append()."""

    segment: int
    place: int
    seq: int


class Spool:
    def __init__(self, folder: str, limit: int, disk: Optional[Disk] = None) -> None:
        """Opens what is there, in whatever state. Raises OSError only when the folder cannot be made or listed."""
        self.limit = limit
        self._folder = folder
        self._disk = disk or Disk()
        self._disk.make_folder(folder)
        self._slots = Slots(os.path.join(folder, LOST_FILE), self._disk)
        self._segments: Dict[int, Segment] = {}
        self._active: Optional[Segment] = None
        self.highest_seq = 0
        self._load()

    # --- what is there

    def pending(self) -> int:
        return sum(segment.live() for segment in self._segments.values())

    def lost(self) -> int:
        return self._slots.values[0] + sum(segment.lost() for segment in self._segments.values())

    def size(self) -> int:
        return sum(segment.size for segment in self._segments.values())

    def find(self, seq: int) -> Optional[Ref]:
        """The report with this number, when it was stored lately and still waits."""
        for number in sorted(self._segments, reverse=True)[:2]:
            segment = self._segments[number]
            for index in range(len(segment) - 1, max(-1, len(segment) - 9), -1):
                if segment.seqs[index] == seq and segment.states[index] == LIVE:
                    return Ref(number, index, seq)
        return None

    def newest(self, max_bytes: int, max_frames: int, skip: Container[int] = ()) -> List[Ref]:
        """The newest reports that fit into one upload, newest first; at least one when there is any. `skip`: numbers
        that stay where they are."""
        refs: List[Ref] = []
        total = 0
        for number in sorted(self._segments, reverse=True):
            segment = self._segments[number]
            for index in range(len(segment) - 1, -1, -1):
                if segment.states[index] != LIVE or segment.seqs[index] in skip:
                    continue
                total += segment.lengths[index]
                if refs and (total > max_bytes or len(refs) >= max_frames):
                    return refs
                refs.append(Ref(number, index, segment.seqs[index]))
        return refs

    def frame(self, ref: Ref) -> Optional[bytes]:
        """The sealed report; None when the disk does not give it back whole (it is counted lost then)."""
        segment = self._segments[ref.segment]
        length = segment.lengths[ref.place] + OVERHEAD
        try:
            record = self._disk.read_at(self._path(ref.segment), segment.offsets[ref.place], length)
        except OSError:
            return None
        frame = layout.frame_of(record)
        if frame is None:
            self._mark({ref.segment: [ref.place]}, THINNED)
        return frame

    # --- changes

    def append(self, frame: bytes, seq: int, boot_id: str, keep: bool) -> bool:
        """Stores a frame. False: there is no room on the disk; nothing stored before is touched by that, and the
        caller either delivers the frame at once or calls give_up()."""
        need = len(frame) + OVERHEAD
        try:
            if self.size() + need > self.limit and not self._make_room(need):
                return False
            segment = self._writable(need)
        except OSError:
            return False
        boot = zlib.crc32(boot_id.encode("ascii"))
        record = layout.record_bytes(segment.ordinals, int(keep), boot, seq, frame)
        try:
            self._disk.write_at(self._path(segment.number), segment.size, record)
        except OSError:
            self._cut_back(segment)
            return False
        segment.add(segment.size, LIVE, int(keep), boot, seq, len(frame))
        self.highest_seq = max(self.highest_seq, seq)
        return True

    def done(self, refs: Iterable[Ref]) -> None:
        """These reports have arrived (or were refused for good): they need not be kept."""
        self._mark(self._by_segment(refs), ACKED)
        self._sweep()

    def drop(self, refs: Iterable[Ref]) -> None:
        """These reports can never be delivered: they are counted lost."""
        self._mark(self._by_segment(refs), THINNED)
        self._sweep()

    def give_up(self, count: int = 1) -> None:
        """Reports that could neither be stored nor delivered."""
        self._slots.store(self._slots.values[0] + count, self._slots.values[1])

    # --- files

    def _path(self, number: int) -> str:
        return os.path.join(self._folder, "{:08d}.seg".format(number))

    def _load(self) -> None:
        for name in self._disk.names(self._folder):
            match = _NAME.match(name)
            if match is None:
                if name.endswith(".new"):  # a write that a kill cut short
                    self._remove_file(name)
                continue
            number = int(match.group(1))
            if number == self._slots.values[1]:
                self._remove_file(match.group())  # counted already; only the deletion was missing
                continue
            try:
                segment = layout.scan(self._disk.read(self._path(number)), number)
            except OSError:
                continue  # a bad block now; the file stays and may be read after the next start
            self._segments[number] = segment
            self.highest_seq = max(self.highest_seq, max(segment.seqs, default=0))
        last = self._segments.get(max(self._segments, default=0))
        self._active = last if last is not None and last.clean else None
        self._sweep()

    def _writable(self, need: int) -> Segment:
        active = self._active
        if active is not None and active.size + need <= max(self._segment_bytes(), need + layout.HEAD.size):
            return active
        number = self._next_number()
        self._disk.replace(self._path(number), layout.head_bytes(number, 0))
        self._active = self._segments[number] = Segment(number)
        self._sweep()
        return self._active

    def _next_number(self) -> int:
        on_disk = [int(match.group(1)) for match in map(_NAME.match, self._disk.names(self._folder)) if match]
        return max([0, self._slots.values[1], *self._segments, *on_disk]) + 1

    def _segment_bytes(self) -> int:
        return min(SEGMENT_BYTES, max(self.limit // 8, 1024))

    def _cut_back(self, segment: Segment) -> None:
        """A half-written record goes; where even that fails, nothing is added behind it."""
        try:
            self._disk.truncate(self._path(segment.number), segment.size)
        except OSError:
            segment.clean = False
            self._active = None

    def _by_segment(self, refs: Iterable[Ref]) -> Dict[int, List[int]]:
        found: Dict[int, List[int]] = {}
        for ref in refs:
            segment = self._segments.get(ref.segment)
            if segment is not None and ref.place < len(segment) and segment.seqs[ref.place] == ref.seq:
                found.setdefault(ref.segment, []).append(ref.place)
        return found

    def _mark(self, found: Dict[int, List[int]], state: int) -> None:
        for number, indexes in found.items():
            segment = self._segments[number]
            indexes = [index for index in indexes if segment.states[index] == LIVE]
            for index in indexes:
                segment.states[index] = state
            offsets = [segment.offsets[index] + layout.STATE_AT for index in indexes]
            with contextlib.suppress(OSError):  # it counts in memory; after a restart the reports are there again
                self._disk.patch(self._path(number), offsets, bytes((state,)))

    def _make_room(self, need: int) -> bool:
        """Brings the files under the limit. Raises OSError when the disk has no room to rewrite one: then nothing
        more is thinned, or a full disk would eat the whole spool bit by bit."""
        self._sweep()
        room = self.limit - need
        for segment in list(self._segments.values()):
            if self.size() > room and segment.size - segment.live_bytes() > segment.size // 4:
                self._rewrite(segment, frozenset())
        while self.size() > room:
            want = max(self.size() - room, self.limit // 16)
            victims = thinning.choose(self._segments, want)
            if not victims:
                return False
            for number, indexes in sorted(victims.items()):
                self._rewrite(self._segments[number], frozenset(indexes))
        return True

    def _rewrite(self, segment: Segment, dropped: FrozenSet[int]) -> None:
        """The same file without its dead records and without `dropped`, which are counted lost by the same write."""
        data = self._disk.read(self._path(segment.number))
        kept = [index for index in segment.live_indexes() if index not in dropped]
        parts = [layout.head_bytes(segment.number, segment.lost() + len(dropped))]
        for ordinal, index in enumerate(kept):
            start = segment.offsets[index] + layout.RECORD.size
            frame = data[start : start + segment.lengths[index]]
            parts.append(
                layout.record_bytes(ordinal, segment.keeps[index], segment.boots[index], segment.seqs[index], frame)
            )
        content = b"".join(parts)
        self._disk.replace(self._path(segment.number), content)
        fresh = layout.scan(content, segment.number)
        self._segments[segment.number] = fresh
        if segment is self._active:
            self._active = fresh
        if not len(fresh) and fresh is not self._active:
            self._delete(fresh)

    def _sweep(self) -> None:
        """Deletes files that hold nothing to send any more."""
        for number in sorted(self._segments):
            segment = self._segments[number]
            if not segment.live() and (segment is not self._active or segment.size > self._segment_bytes() // 2):
                self._delete(segment)

    def _delete(self, segment: Segment) -> bool:
        lost = segment.lost()
        if lost:
            if os.path.exists(self._path(self._slots.values[1])):
                return False  # the one before is still there: its number must stay noted
            before = self._slots.values
            if not self._slots.store(before[0] + lost, segment.number):
                self._slots.values = before  # still counted where it is
                return False
        if segment is self._active:
            self._active = None
        del self._segments[segment.number]
        self._remove_file(os.path.basename(self._path(segment.number)))
        return True

    def _remove_file(self, name: str) -> None:
        with contextlib.suppress(OSError):  # held open by a scanner: its number is noted or all its reports are done
            self._disk.remove(os.path.join(self._folder, name))
