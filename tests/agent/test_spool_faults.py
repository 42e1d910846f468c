"""The real spool on a disk that fails at every call: inside the limit nothing is lost, outside it the loss is exact."""

from __future__ import annotations

import errno
import random
from typing import Dict, List, NamedTuple, Optional, Set

import pytest

from agent import segment as layout
from agent.identity import Sequence, State
from agent.spool import Spool

from .faulty_disk import SECTOR, FaultyDisk, Image, Op, killed_after, mounted, power_cut_after

HOME, SPOOL = "/state", "/state/spool"
BOOT = "0" * 31 + "1"
INSIDE, OUTSIDE = 64 * 1024, 2560


def frame(seq: int) -> bytes:
    """As sealed reports are: no two alike, no run of zeros, of different lengths."""
    return random.Random(seq).getrandbits(8 * (70 + seq * 37 % 120)).to_bytes(200, "big").lstrip(b"\0")


class Span(NamedTuple):
    seq: int
    begin: int  # number of the disk's calls before it
    end: int  # and after it


class Life:
    """What an agent does with its spool, and what is true of it: the model that the disk is compared with."""

    def __init__(self, disk: FaultyDisk, limit: int) -> None:
        self.disk = disk
        self.limit = limit
        self.taken: List[Span] = []
        self.stored: List[Span] = []
        self.arrived: Dict[int, int] = {}  # seq -> calls before the collector had it
        self.given_up: List[Span] = []
        self.draw = random.Random(5)
        self.begin()

    def begin(self) -> None:
        self.state = State(HOME)
        self.state.prepare()
        self.spool = Spool(SPOOL, self.limit)
        self.sequence = Sequence(self.state, self.spool.highest_seq)

    def live(self, reports: int, uploads: bool = True) -> None:
        for turn in range(reports):
            self.make()
            if uploads and turn % 7 == 6:
                self.upload(self.draw.choice((1, 3, 6)))

    def make(self) -> None:
        at = len(self.disk.ops)
        seq = self.sequence.take()
        self.taken.append(Span(seq, at, len(self.disk.ops)))
        at = len(self.disk.ops)
        if self.spool.append(frame(seq), seq, BOOT, seq % 9 == 0):
            self.stored.append(Span(seq, at, len(self.disk.ops)))
        else:
            at = len(self.disk.ops)
            self.spool.give_up()
            self.given_up.append(Span(seq, at, len(self.disk.ops)))

    def upload(self, count: int) -> None:
        refs = self.spool.newest(1 << 20, count)
        for ref in refs:
            found = self.spool.frame(ref)
            assert found in (None, frame(ref.seq)), "a damaged report must not be sent"
            if found:
                self.arrived.setdefault(ref.seq, len(self.disk.ops))
        self.spool.done(refs)

    def spool_spans(self, path: str) -> List[Span]:
        """Where the reports of a file stand in it: seq, first and last byte."""
        found = layout.scan(self.disk.now.contents[self.disk.now.names[path]], 1)
        ends = [found.offsets[at] + found.lengths[at] + layout.OVERHEAD for at in range(len(found))]
        return [Span(found.seqs[at], found.offsets[at], ends[at]) for at in range(len(found))]

    def truth(self, count: Optional[int] = None) -> Truth:
        """What must be so after `count` calls of the disk."""
        count = len(self.disk.ops) if count is None else count
        stored = {span.seq for span in self.stored if span.end <= count}
        perhaps = {span.seq for span in self.stored if span.begin < count < span.end}
        # Interrupted: it had no end, so it is not among the stored ones.
        perhaps |= {span.seq for span in self.taken if span.begin <= count} - {span.seq for span in self.stored}
        arrived = {seq for seq, at in self.arrived.items() if at <= count}
        given_up = {span.seq for span in self.given_up if span.end <= count}
        return Truth({s.seq for s in self.taken if s.end <= count}, stored, perhaps, arrived, given_up)


class Truth(NamedTuple):
    taken: Set[int]
    stored: Set[int]  # append() had said True
    perhaps: Set[int]  # it had said nothing yet
    arrived: Set[int]
    given_up: Set[int]


def numbers(spool: Spool) -> Set[int]:
    refs = spool.newest(1 << 30, 1 << 30)
    assert len({ref.seq for ref in refs}) == len(refs), "a report is there twice"
    return {ref.seq for ref in refs}


def check(image: Image, truth: Truth, limit: int, label: object, damaged: bool = False) -> None:
    """The next start on this disk: everything is there or counted, nothing twice, and the agent goes on."""
    with mounted(FaultyDisk(image)):
        spool = Spool(SPOOL, limit)
        assert spool.trouble is None, label
        there = numbers(spool)
        assert there <= truth.stored | truth.perhaps, label
        gone = truth.stored - there - truth.arrived
        assert spool.lost() == len(gone) + len(truth.given_up), (label, sorted(gone))
        if limit == INSIDE and not damaged:
            assert not gone, label
        assert all(spool.frame(ref) == frame(ref.seq) for ref in spool.newest(1 << 20, 1 << 20)), label
        state = State(HOME)
        state.prepare()
        seq = Sequence(state, spool.highest_seq).take()
        assert seq not in truth.taken, label
        lost = spool.lost()
        assert spool.append(frame(seq), seq, BOOT, keep=False), label
        dropped = spool.lost() - lost
        again = Spool(SPOOL, limit)
        assert len(numbers(again)) == len(there) + 1 - dropped, label
        assert again.lost() == lost + dropped, label


def new_disk() -> FaultyDisk:
    return FaultyDisk(Image(folders={"/"}))


@pytest.fixture(params=[INSIDE, OUTSIDE], ids=["inside", "outside"])
def limit(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def lived(limit: int, reports: int = 60) -> Life:
    disk = new_disk()
    with mounted(disk):
        life = Life(disk, limit)
        life.live(reports)
    assert len(life.stored) == reports
    assert (life.spool.lost() > 0) == (limit == OUTSIDE)
    return life


def test_a_kill_between_any_two_calls_and_within_any_write(limit):
    life = lived(limit)
    for count in range(len(life.disk.ops) + 1):
        check(killed_after(life.disk, count), life.truth(count), limit, count)
        last = life.disk.ops[count - 1] if count else Op("")
        if last.kind == "write" and len(last.data) > 1:
            cuts = {1, len(last.data) - 1, -last.offset % SECTOR}
            for cut in (each for each in cuts if 0 < each < len(last.data)):
                check(killed_after(life.disk, count, cut), life.truth(count - 1), limit, (count, cut))


@pytest.mark.parametrize("keep", [0.0, 0.5, 1.0])
def test_a_power_cut_at_any_call(limit, keep):
    life = lived(limit)
    draw = random.Random(keep)
    for count in range(int(keep * 2) % 2, len(life.disk.ops) + 1, 2):
        check(power_cut_after(life.disk, count, draw, keep), life.truth(count), limit, (count, keep))


@pytest.mark.parametrize("mask", [0xFF, 0x10])
def test_any_byte_of_any_file_may_turn(limit, mask):
    """One damaged byte costs at most the report that it hit, and that one is counted."""
    life = lived(limit)
    truth, whole = life.truth(), killed_after(life.disk, len(life.disk.ops))
    for path, node in whole.names.items():
        for place in range(mask % 29, len(whole.contents[node]), 29):
            image = whole.copy()
            image.flip(path, place, mask)
            check(image, truth, limit, (path, place), damaged=True)


@pytest.mark.parametrize("filling", [b"\0", b"\xff", b"\xa7"])
@pytest.mark.parametrize("page", [SECTOR, 4096])
def test_a_spoilt_last_page_costs_what_was_on_it(limit, page, filling):
    """A page that the disk was writing when the power went may come back as anything. What is not on it stays, and
    what was on it is never sent; how many reports that were cannot always be told, so they are counted at most once."""
    life = lived(limit)
    truth, whole = life.truth(), killed_after(life.disk, len(life.disk.ops))
    for path, node in whole.names.items():
        data = whole.contents[node]
        start = (len(data) - 1) // page * page
        image = whole.copy()
        image.contents[node] = data[:start] + filling * (len(data) - start)
        with mounted(FaultyDisk(image)):
            spool = Spool(SPOOL, limit)
            there, lost = numbers(spool), spool.lost()
            assert there <= truth.stored
            assert all(spool.frame(ref) == frame(ref.seq) for ref in spool.newest(1 << 20, 1 << 20))
            assert Sequence(State(HOME), spool.highest_seq).take() not in truth.taken
        gone = truth.stored - there - truth.arrived
        spared = [span for span in life.spool_spans(path) if span.end <= start]
        assert {span.seq for span in spared} <= there | truth.arrived
        if path.endswith(".seg"):
            # A file of one page takes with it what its head had counted.
            assert (life.spool.lost() if start else 0) <= lost <= len(gone)


def test_a_block_that_cannot_be_read_costs_what_was_on_it():
    disk = new_disk()
    with mounted(disk):
        life = Life(disk, INSIDE)
        life.live(40, uploads=False)
    path = next(name for name in disk.now.names if name.endswith(".seg"))
    disk.bad = {(path, 4)}
    with mounted(disk):
        spool = Spool(SPOOL, INSIDE)
        there = numbers(spool)
        gone = life.truth().stored - there - set(life.arrived)
        assert 0 < len(gone) == spool.lost()
        assert all(spool.frame(ref) == frame(ref.seq) for ref in spool.newest(1 << 20, 1 << 20))
        assert spool.append(frame(900), 900, BOOT, keep=False)
        assert numbers(Spool(SPOOL, INSIDE)) == there | {900}


def test_a_frame_that_goes_bad_in_a_rewritten_file_is_counted_and_not_sealed_anew():
    disk = new_disk()
    with mounted(disk):
        life = Life(disk, OUTSIDE)
        life.live(7, uploads=False)
        path = next(name for name in disk.now.names if name.endswith(".seg"))
        disk.now.flip(path, layout.START + layout.RECORD.size + 9, 0x40)  # report 1, in the middle of its seal
        life.live(60)
        life.spool.limit = 1500
        life.live(1)
        life.upload(99)  # asserts that what is sent is what was made
        gone = life.truth().stored - numbers(life.spool) - set(life.arrived)
        assert len(gone) == life.spool.lost()


def test_rotten_files_and_missing_folders_never_stop_the_start():
    with mounted(new_disk()) as disk:
        life = Life(disk, INSIDE)
        life.live(20, uploads=False)
        disk.now.names = {name: node for name, node in disk.now.names.items() if not name.startswith(SPOOL)}
        disk.now.folders.discard(SPOOL)  # somebody removed it while the agent was running
        life.upload(99)
        assert life.arrived == {}
        life.live(3, uploads=False)
        assert len(numbers(life.spool)) == 3
        assert life.spool.lost() == 20

        disk.now.folders.discard(SPOOL)
        disk.now.contents[999] = b"not a folder"
        disk.now.names = {SPOOL: 999}
        life.begin()
        life.live(2, uploads=False)
        assert len(numbers(Spool(SPOOL, INSIDE))) == 2


def test_a_folder_that_cannot_be_used_stores_nothing_until_it_can():
    with mounted(new_disk()) as disk:
        disk.fault = Fault(1, errno.EACCES, 8)
        life = Life(disk, INSIDE)
        assert life.spool.trouble is not None
        life.live(12, uploads=False)
        assert life.given_up
        assert life.stored
        assert life.spool.lost() == len(life.given_up)
        assert numbers(Spool(SPOOL, INSIDE)) == {span.seq for span in life.stored}


class Fault:
    """From one call of the disk on, so many of them fail."""

    def __init__(self, first: int, number: int, times: int) -> None:
        self.first, self.number, self.times = first, number, times

    def __call__(self, _op: Op) -> None:
        self.first -= 1
        if self.first < 0 and self.times > 0:
            self.times -= 1
            raise OSError(self.number, "fault")


@pytest.mark.parametrize("times", [1, 2, 9])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_any_call_may_fail(limit, number, times):
    """A full or a failing disk, for one call or for several: nothing that was stored suffers, the count stays right."""
    calls = len(lived(limit).disk.ops)
    for first in range(number % 5, calls, 5 if times == 1 else 13):
        disk = new_disk()
        disk.fault = Fault(first + 1, number, times)  # State.prepare, the first, says in words that there is no folder
        with mounted(disk):
            life = Life(disk, limit)
            life.live(60)
            disk.fault = lambda op: None
            life.live(2)  # what the disk refused is made up for
            truth = life.truth()
            there = numbers(life.spool)
            gone = truth.stored - there - truth.arrived
            assert life.spool.lost() == len(gone) + len(truth.given_up), first
            assert there <= truth.stored, first
        check(killed_after(disk, len(disk.ops)), truth, limit, (first, number, times))
