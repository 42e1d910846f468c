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
- Opening never fails. A folder that cannot be used stores nothing (append() False) until it can.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from typing import Callable, Container, Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Optional

from . import segment as layout
from . import thinning
from .files import Disk
from .loss import LossCount
from .segment import ACKED, LIVE, OVERHEAD, THINNED, Segment
from .spool_files import Files

SEGMENT_BYTES = 256 * 1024
LOST_FILE = "lost"


class Ref(NamedTuple):
    """One stored report; good until the next append()."""

    segment: int
    place: int
    seq: int


class Spool:
    def __init__(self, folder: str, limit: int, disk: Optional[Disk] = None) -> None:
        """Opens what is there, in whatever state; `trouble` tells why the folder cannot be used, if so."""
        self.limit = limit
        self._disk = disk or Disk()
        self._files = Files(folder, self._disk)
        self.trouble = self._files.open_folder()
        self._loss = LossCount(os.path.join(folder, LOST_FILE), self._disk)
        self._segments: Dict[int, Segment] = {} if self.trouble else self._files.load(self._loss.noted)
        self.highest_seq = max((max(each.seqs, default=0) for each in self._segments.values()), default=0)
        last = self._segments.get(max(self._segments, default=0))
        self._active: Optional[Segment] = last if last is not None and last.clean else None
        self._sweep()

    # --- what is there

    def pending(self) -> int:
        return sum(segment.live() for segment in self._segments.values())

    def lost(self) -> int:
        return self._loss.total + sum(segment.lost() for segment in self._segments.values())

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

    def matching(self, wanted: Callable[[int, int], bool]) -> List[Ref]:
        """The waiting reports that `wanted` (crc32 of the boot id, number) says yes to."""
        return [
            Ref(number, index, segment.seqs[index])
            for number, segment in self._segments.items()
            for index in segment.live_indexes()
            if wanted(segment.boots[index], segment.seqs[index])
        ]

    def frame(self, ref: Ref) -> Optional[bytes]:
        """The sealed report; None when the disk does not give it back (counted lost when what it gives is damaged)."""
        segment = self._segments.get(ref.segment)
        if segment is None or ref.place >= len(segment):
            return None
        length = segment.lengths[ref.place] + OVERHEAD
        try:
            record = self._disk.read_at(self._files.path(ref.segment), segment.offsets[ref.place], length)
        except FileNotFoundError:
            self._vanished(segment)
            return None
        except OSError:
            return None  # perhaps only now: the caller asks for others first
        frame = layout.frame_of(record)
        if frame is None:
            self._mark({ref.segment: [ref.place]}, THINNED)
        return frame

    # --- changes

    def append(self, frame: bytes, seq: int, boot_id: str, keep: bool) -> bool:
        """Stores a frame. False: there is no room on the disk; nothing stored before is touched by that, and the
        caller either delivers the frame at once or calls give_up()."""
        need = len(frame) + OVERHEAD
        self._loss.keep()
        try:
            if self.size() + need > self.limit and not self._make_room(need):
                return False
            segment = self._writable(need)
        except OSError:
            return False
        boot = zlib.crc32(boot_id.encode("ascii"))
        record = layout.record_bytes(segment.ordinals, int(keep), boot, seq, frame)
        try:
            self._disk.write_at(self._files.path(segment.number), segment.size, record)
        except OSError:
            self._cut_back(segment)
            return False
        segment.add(segment.size, LIVE, int(keep), boot, seq, len(frame))
        self.highest_seq = max(self.highest_seq, seq)
        return True

    @contextlib.contextmanager
    def sending(self, refs: Iterable[Ref]) -> Iterator[None]:
        """Within it these reports are on their way. They stay marked as perhaps arrived when it ends in a kill or in
        an exception whose `unsure` is true; such reports are dropped last of all."""
        segments = self._segments
        found = self._by_segment(ref for ref in refs if not segments[ref.segment].keeps[ref.place] & layout.UNSURE)
        self._mark_sent(found, True)  # those of an earlier time stay so, whatever becomes of this one
        try:
            yield
        except Exception as error:
            if not getattr(error, "unsure", False):
                self._mark_sent(found, False)
            raise

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
        self._loss.add(count)

    # --- files

    def _writable(self, need: int) -> Segment:
        active = self._active
        if active is not None and active.size + need <= max(self._segment_bytes(), need + layout.START):
            return active
        if self.trouble or not self._files.is_there():
            self.trouble = self._files.open_folder()
        number = max([self._files.highest(), self._loss.noted, *self._segments]) + 1
        self._disk.replace(self._files.path(number), layout.head_bytes(number, 0))
        self._active = self._segments[number] = Segment(number)
        self._sweep()
        return self._active

    def _segment_bytes(self) -> int:
        return min(SEGMENT_BYTES, max(self.limit // 8, 1024))

    def _cut_back(self, segment: Segment) -> None:
        """A record that could not be written to its end goes. Where even that fails, it is marked as done with, lest
        it be there at the next start although the caller was told that it is not; and nothing is added behind it."""
        path = self._files.path(segment.number)
        try:
            self._disk.truncate(path, segment.size)
        except OSError:
            segment.clean = False
            self._active = None
            with contextlib.suppress(OSError):
                self._disk.patch(path, [segment.size + layout.STATE_AT], layout.state_bytes(segment, ACKED))

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
                self._disk.patch(self._files.path(number), offsets, layout.state_bytes(segment, state))

    def _mark_sent(self, found: Dict[int, List[int]], sent: bool) -> None:
        for number, indexes in found.items():
            segment = self._segments[number]
            for index in indexes:
                keep = segment.keeps[index] & layout.KEPT
                segment.keeps[index] = keep | layout.UNSURE if sent else keep
            offsets = [segment.offsets[index] + layout.STATE_AT for index in indexes]
            with contextlib.suppress(OSError):
                state = layout.SENT if sent else LIVE
                self._disk.patch(self._files.path(number), offsets, layout.state_bytes(segment, state))

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
        data = self._disk.salvage(self._files.path(segment.number))
        records: List[bytes] = []
        gone = segment.lost()
        for index in segment.live_indexes():
            start = segment.offsets[index]
            frame = layout.frame_of(data[start : start + segment.lengths[index] + OVERHEAD])
            if frame is None or index in dropped:  # a frame that went bad must not get a fresh checksum
                gone += 1
                continue
            fields = (segment.keeps[index], segment.boots[index], segment.seqs[index])
            records.append(layout.record_bytes(len(records), *fields, frame))
        content = layout.head_bytes(segment.number, gone) + b"".join(records)
        failure: Optional[OSError] = None
        try:
            self._disk.replace(self._files.path(segment.number), content)
            fresh = layout.scan(content, segment.number)
        except OSError as error:  # the new file may be in place all the same: only its folder was not synced
            failure = error
            fresh = self._files.either(segment, content)
        self._segments[segment.number] = fresh
        if segment is self._active:
            self._active = fresh
        if failure is not None:
            raise failure
        if not len(fresh) and fresh is not self._active:
            self._delete(fresh)

    def _sweep(self) -> None:
        """Deletes files that hold nothing to send any more."""
        for number in sorted(self._segments):
            segment = self._segments[number]
            if not segment.live() and (segment is not self._active or segment.size > self._segment_bytes() // 2):
                self._delete(segment)

    def _delete(self, segment: Segment) -> bool:
        if segment is self._active:
            self._active = None  # whatever comes now: its number may be noted, so nothing may be added
        lost = segment.lost()
        if lost:
            before = self._loss.noted
            if before and not self._files.remove(before):
                return False  # its number must stay noted
            if not self._loss.move(lost, segment.number):
                return False  # still counted where it is
        del self._segments[segment.number]
        self._files.remove(segment.number)
        return True

    def _vanished(self, segment: Segment) -> None:
        """Somebody removed the file: what it held is lost."""
        if segment is self._active:
            self._active = None
        if self._segments.pop(segment.number, None) is not None:
            self._loss.add(segment.live() + segment.lost())
