"""The spool keeps what it said it keeps: under kills at any byte, full disks, damage and its own limit."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import zlib
from typing import Dict, List, Optional, Set

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agent import segment as layout
from agent.spool import Spool

from .disks import Killed, TestDisk

BOOT = "0" * 31 + "1"
BOOT_2 = "0" * 31 + "2"
LIMIT = 1024 * 1024


def frame(seq: int, size: int = 60) -> bytes:
    return (b"frame %d " % seq) * (1 + size // 10)


def numbers(spool: Spool) -> List[int]:
    return [ref.seq for ref in spool.newest(1 << 30, 1 << 30)]


def open_spool(folder: object, limit: int = LIMIT, disk: Optional[TestDisk] = None) -> Spool:
    return Spool(str(folder), limit, disk or TestDisk())


def segment_files(folder: object) -> List[str]:
    return sorted(os.path.join(str(folder), name) for name in os.listdir(str(folder)) if name.endswith(".seg"))


def test_newest_first_within_bytes_and_frames(tmp_path):
    spool = open_spool(tmp_path)
    for seq in range(1, 11):
        assert spool.append(frame(seq), seq, BOOT, keep=False)

    assert numbers(spool) == list(range(10, 0, -1))
    assert [ref.seq for ref in spool.newest(1 << 20, 3)] == [10, 9, 8]
    assert [ref.seq for ref in spool.newest(1, 3)] == [10]
    assert [ref.seq for ref in spool.newest(1 << 20, 3, skip={10, 8})] == [9, 7, 6]
    assert [spool.frame(ref) for ref in spool.newest(1 << 20, 2)] == [frame(10), frame(9)]


def test_everything_is_there_after_a_restart(tmp_path):
    spool = open_spool(tmp_path)
    for seq in range(1, 6):
        spool.append(frame(seq), seq, BOOT, keep=False)
    spool.done(spool.newest(1 << 20, 2))

    again = open_spool(tmp_path)

    assert numbers(again) == [3, 2, 1]
    assert again.highest_seq == 5
    assert again.lost() == 0


def test_dropped_reports_are_counted_once_for_ever(tmp_path):
    spool = open_spool(tmp_path)
    for seq in range(1, 4):
        spool.append(frame(seq), seq, BOOT, keep=False)
    spool.drop(spool.newest(1 << 20, 2))
    spool.give_up()

    assert spool.lost() == 3
    assert open_spool(tmp_path).lost() == 3
    spool = open_spool(tmp_path)
    spool.done(spool.newest(1 << 20, 9))
    for seq in range(4, 4000, 1):  # the files of the lost ones are long deleted
        spool.append(frame(seq), seq, BOOT, keep=False)
        spool.done(spool.newest(1 << 20, 9))
    assert open_spool(tmp_path).lost() == 3
    assert len(segment_files(tmp_path)) == 1


def test_a_reference_to_another_report_is_passed_over(tmp_path):
    spool = open_spool(tmp_path)
    spool.append(frame(1), 1, BOOT, keep=False)
    ref = spool.newest(1 << 20, 1)[0]

    spool.done([ref._replace(seq=7), ref._replace(segment=9), ref._replace(place=5)])

    assert numbers(spool) == [1]


# --- the limit


def test_over_the_limit_the_past_gets_coarser_and_what_lasts_stays(tmp_path):
    spool = open_spool(tmp_path, 32 * 1024)
    lasting = {1, 50, 200, 400}  # first of the boot, and reports with data
    for seq in range(1, 801):
        boot = BOOT if seq <= 300 else BOOT_2
        assert spool.append(frame(seq), seq, boot, keep=seq in lasting)
        assert spool.size() <= 32 * 1024

    left = numbers(spool)
    assert lasting | {300, 301, 800} <= set(left)  # 300 / 301: last and first of a boot
    assert spool.lost() == 800 - len(left)
    assert open_spool(tmp_path).lost() == 800 - len(left)
    gaps = [left[place] - left[place + 1] for place in range(len(left) - 1)]
    assert max(gaps[: len(gaps) // 4]) <= max(gaps[-len(gaps) // 4 :])  # recent: fine; old: coarse
    assert left[:20] == list(range(800, 780, -1))


def test_when_only_lasting_reports_are_left_the_oldest_go(tmp_path):
    spool = open_spool(tmp_path, 8 * 1024)
    for seq in range(1, 301):
        assert spool.append(frame(seq), seq, BOOT, keep=True)

    left = numbers(spool)
    assert left == list(range(300, 300 - len(left), -1))
    assert spool.lost() == 300 - len(left)


def test_a_report_larger_than_the_limit_is_refused(tmp_path):
    spool = open_spool(tmp_path, 4096)
    spool.append(frame(1), 1, BOOT, keep=False)

    assert not spool.append(frame(2, 8000), 2, BOOT, keep=False)
    assert spool.append(frame(3), 3, BOOT, keep=False)


# --- a full disk


def test_a_full_disk_loses_nothing_stored_and_comes_back(tmp_path):
    disk = TestDisk()
    spool = open_spool(tmp_path, disk=disk)
    for seq in range(1, 6):
        spool.append(frame(seq), seq, BOOT, keep=False)
    disk.full = True

    for seq in range(6, 9):
        assert not spool.append(frame(seq), seq, BOOT, keep=False)
    assert numbers(spool) == numbers(open_spool(tmp_path)) == [5, 4, 3, 2, 1]
    spool.done(spool.newest(1 << 20, 2))  # in place: needs no room
    spool.drop(spool.newest(1 << 20, 1))
    disk.full = False
    assert spool.append(frame(9), 9, BOOT, keep=False)
    assert numbers(open_spool(tmp_path)) == [9, 2, 1]
    assert open_spool(tmp_path).lost() == 1


def test_a_full_disk_over_the_limit_does_not_thin_again_and_again(tmp_path):
    disk = TestDisk()
    spool = open_spool(tmp_path, 16 * 1024, disk)
    seq = 0
    while spool.lost() == 0:
        seq += 1
        spool.append(frame(seq), seq, BOOT, keep=False)
    while spool.size() + 200 < spool.limit:
        seq += 1
        spool.append(frame(seq), seq, BOOT, keep=False)
    before, lost = numbers(spool), spool.lost()
    disk.full = True

    for more in range(seq + 1, seq + 200):
        spool.append(frame(more), more, BOOT, keep=False)

    assert set(before) <= set(numbers(spool))
    assert spool.lost() == lost


def test_a_folder_that_is_read_only_for_us_is_no_crash(tmp_path):
    class Dead(TestDisk):
        def write_at(self, *_: object) -> None:
            raise OSError(5, "Input/output error")

        replace = patch = truncate = write_at  # type: ignore[assignment]

    open_spool(tmp_path).append(frame(1), 1, BOOT, keep=False)
    spool = open_spool(tmp_path, disk=Dead())

    assert not spool.append(frame(2), 2, BOOT, keep=False)
    spool.done(spool.newest(1 << 20, 1))
    spool.give_up()
    assert spool.lost() == 1


# --- damage


def make_file(count: int = 8) -> bytes:
    parts = [layout.head_bytes(1, 3)]
    parts += [layout.record_bytes(i, 0, 7, i + 1, frame(i + 1)) for i in range(count)]
    return b"".join(parts)


def bounds(data: bytes) -> List[range]:
    whole = layout.scan(data, 1)
    spans = ((whole.offsets[i], whole.lengths[i]) for i in range(len(whole)))
    return [range(start, start + length + layout.OVERHEAD) for start, length in spans]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=6))
def test_flipped_bytes_cost_only_the_records_that_they_hit(flips):
    good = make_file()
    data = bytearray(good)
    for place, mask in flips:
        data[place % len(data)] ^= mask
    hit = {place % len(data) for place, _ in flips if data[place % len(data)] != good[place % len(data)]}

    found = layout.scan(bytes(data), 1)

    spared = {i + 1 for i, span in enumerate(bounds(good)) if not hit.intersection(span)}
    assert spared <= set(found.seqs)
    assert len(found) + found.damaged <= 8
    if not any(place < layout.START for place in hit):
        assert found.folded - found.states.count(layout.THINNED) in (3, 4, 5, 6, 7, 8, 9)


@pytest.mark.parametrize("victim", [0, 3, 7])
@pytest.mark.parametrize("field", [0, 6, 12, 26, 40])
def test_one_damaged_record_is_one_lost_report(victim, field):
    data = bytearray(make_file())
    data[bounds(bytes(data))[victim].start + field] ^= 0x10

    found = layout.scan(bytes(data), 1)

    assert set(found.seqs) == set(range(1, 9)) - {victim + 1}
    assert found.lost() == 3 + 1


def test_a_damaged_record_that_had_arrived_is_not_lost():
    data = bytearray(make_file())
    start = bounds(bytes(data))[3].start
    data[start + layout.STATE_AT : start + layout.STATE_AT + 2] = layout.state_bytes(layout.Segment(1), layout.ACKED)
    data[start + layout.RECORD.size + 5] ^= 0xFF

    assert layout.scan(bytes(data), 1).lost() == 3


def test_every_torn_end_keeps_the_records_before_it():
    data = make_file(4)
    ends = [span.stop for span in bounds(data)]
    for cut in range(len(data)):
        for tail in (b"", b"\0" * 100):
            found = layout.scan(data[:cut] + tail, 1)

            assert list(found.seqs) == [i + 1 for i, end in enumerate(ends) if end <= cut]
            assert found.damaged == 0 or cut < layout.START


def test_salvage_goes_on_in_a_new_file_and_counts_once(tmp_path):
    spool = open_spool(tmp_path)
    for seq in range(1, 6):
        spool.append(frame(seq), seq, BOOT, keep=False)
    (path,) = segment_files(tmp_path)
    with open(path, "r+b") as file:
        file.seek(bounds(file.read())[4].start + 12)
        file.write(b"\xee\xee")

    for _ in range(3):
        spool = open_spool(tmp_path)
        assert numbers(spool) == [4, 3, 2, 1]
        assert spool.lost() == 1
    spool.append(frame(6), 6, BOOT, keep=False)
    again = open_spool(tmp_path)
    assert numbers(again) == [6, 4, 3, 2, 1]
    again.done(again.newest(1 << 20, 9))
    assert open_spool(tmp_path).lost() == 1


def test_rubbish_in_the_folder_does_not_stop_the_start(tmp_path):
    for name, content in (("00000001.seg", b""), ("00000002.seg", os.urandom(5000)), ("lost", b"??"), ("x", b"")):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "00000003.seg.new").write_bytes(b"half")

    spool = open_spool(tmp_path)

    assert spool.append(frame(1), 1, BOOT, keep=False)
    assert numbers(open_spool(tmp_path)) == [1]
    assert not (tmp_path / "00000003.seg.new").exists()


def test_a_frame_that_the_disk_gives_back_damaged_is_not_sent_and_counted(tmp_path):
    spool = open_spool(tmp_path)
    spool.append(frame(1), 1, BOOT, keep=False)
    (path,) = segment_files(tmp_path)
    with open(path, "r+b") as file:
        file.seek(layout.START + layout.RECORD.size + 2)
        file.write(b"\xff")
    (ref,) = spool.newest(1 << 20, 1)

    assert spool.frame(ref) is None
    assert numbers(spool) == []
    assert spool.lost() == 1
    assert open_spool(tmp_path).lost() == 1


# --- kills


def script(spool: Spool, log: Dict[str, int]) -> None:
    """A day of a spool under its limit; `log` counts what has surely happened, and what may have."""
    draw = random.Random(5)
    for seq in range(1, 60):
        log["maybe_appended"] = 1
        if spool.append(frame(seq), seq, BOOT if seq < 30 else BOOT_2, keep=seq % 9 == 0):
            log["appended"] += 1
        log["maybe_appended"] = 0
        if seq % 7 == 0:
            refs = draw.sample(spool.newest(1 << 20, 12), 4)
            log["maybe_done"] = len(refs)
            spool.done(refs)
            log["done"] += len(refs)
            log["maybe_done"] = 0


def test_a_kill_at_every_write_boundary_loses_and_doubles_nothing(tmp_path):
    whole, log = TestDisk(budget=1 << 40), {"appended": 0, "done": 0}
    script(open_spool(tmp_path / "whole", 4096, whole), log)
    spent = (1 << 40) - whole.budget
    assert log["appended"] == 59
    points = sorted(set(random.Random(1).sample(range(spent), 250)) | set(range(0, spent, 211)))

    for point in points:
        folder = tmp_path / str(point)
        log = {"appended": 0, "done": 0, "maybe_appended": 0, "maybe_done": 0}
        with pytest.raises(Killed):
            script(open_spool(folder, 4096, TestDisk(point)), log)
        spool = open_spool(folder, 4096)

        there = spool.pending() + spool.lost()
        most = log["appended"] - log["done"] + log["maybe_appended"]
        assert most - log["maybe_appended"] - log["maybe_done"] <= there <= most, point
        assert all(spool.frame(ref) == frame(ref.seq) for ref in spool.newest(1 << 20, 1 << 20))
        assert spool.append(frame(1000), 1000, BOOT, keep=False)


class SpoolMachine(RuleBasedStateMachine):
    """Appends, acks, losses, full disks, kills and restarts in any order, below the limit: nothing is ever missing."""

    def __init__(self) -> None:
        super().__init__()
        self.home = tempfile.TemporaryDirectory()
        self.disk = TestDisk()
        self.stored: Set[int] = set()
        self.lost = 0
        self.seq = 0

    @initialize()
    def start(self) -> None:
        self.spool = open_spool(self.home.name, LIMIT, self.disk)

    @rule(size=st.integers(1, 3000), keep=st.booleans())
    def append(self, size: int, keep: bool) -> None:
        self.seq += 1
        if self.spool.append(frame(self.seq, size), self.seq, BOOT, keep):
            self.stored.add(self.seq)
        else:
            assert self.disk.full

    @rule(count=st.integers(1, 5))
    def done(self, count: int) -> None:
        refs = self.spool.newest(1 << 20, count)
        self.spool.done(refs)
        self.stored -= {ref.seq for ref in refs}

    @rule()
    def drop(self) -> None:
        refs = self.spool.newest(1 << 20, 1)
        self.spool.drop(refs)
        self.stored -= {ref.seq for ref in refs}
        self.lost += len(refs)

    @rule(full=st.booleans())
    def fill_or_free_the_disk(self, full: bool) -> None:
        self.disk.full = full

    @rule()
    def restart(self) -> None:
        self.disk.full = False
        self.spool = open_spool(self.home.name, LIMIT, self.disk)

    @precondition(lambda self: not self.disk.full)
    @rule(budget=st.integers(0, 400))
    def kill_while_appending(self, budget: int) -> None:
        self.seq += 1
        self.disk.budget = budget
        try:
            if self.spool.append(frame(self.seq, 200), self.seq, BOOT, False):
                self.stored.add(self.seq)
        except Killed:
            pass
        self.disk.budget = None
        self.spool = open_spool(self.home.name, LIMIT, self.disk)
        if self.seq in numbers(self.spool):
            self.stored.add(self.seq)  # the last byte was written: as good as stored

    @invariant()
    def nothing_is_missing_and_the_loss_is_exact(self) -> None:
        if hasattr(self, "spool"):
            assert set(numbers(self.spool)) == self.stored
            assert self.spool.lost() == self.lost

    def teardown(self) -> None:
        self.home.cleanup()


TestSpoolMachine = SpoolMachine.TestCase
TestSpoolMachine.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)

WRITER = """
import sys
from agent.identity import Sequence, State
from agent.spool import Spool
state = State(sys.argv[1]); state.prepare()
spool = Spool(state.path("spool"), 64 * 1024)
sequence = Sequence(state, spool.highest_seq)
while True:
    seq = sequence.take()
    print("taken", seq, flush=True)
    if spool.append(b"%d " % seq * 20, seq, "0" * 32, seq % 10 == 0):
        print("stored", seq, flush=True)
    if seq % 5 == 0:
        refs = spool.newest(1 << 20, 3)
        print("acking", *[ref.seq for ref in refs], flush=True)
        spool.done(refs)
        print("acked", *[ref.seq for ref in refs], flush=True)
"""


def test_kill_9_at_random_moments_loses_no_report_and_reuses_no_number(tmp_path):
    draw = random.Random(9)
    taken: List[int] = []
    stored: Set[int] = set()
    acking: Set[int] = set()
    for _ in range(30):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, env=dict(os.environ, PYTHONPATH=".")
        )
        lines = [child.stdout.readline()]  # it is at work
        timer = draw.random() * 0.02
        try:
            child.wait(timer)
        except subprocess.TimeoutExpired:
            child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        lines += child.stdout.read().splitlines()
        child.wait()
        child.stdout.close()
        for line in lines:
            word, *seqs = line.split() or [b""]
            if word == b"taken":
                taken += map(int, seqs)
            elif word == b"stored":
                stored |= set(map(int, seqs))
            elif word == b"acking":
                acking |= set(map(int, seqs))

        spool = Spool(os.path.join(str(tmp_path), "spool"), 64 * 1024)
        live = set(numbers(spool))
        gone = stored - acking - live
        assert len(gone) <= spool.lost()  # only what its limit took
        assert live <= set(taken)
    assert len(taken) == len(set(taken))
    assert taken == sorted(taken)
    assert len(taken) > 30  # more than one each time


# --- files of older agents


def old_file(count: int, done: int) -> bytes:
    """As version 0.2 wrote it: one head, and the state once, beside the keep byte."""
    head = struct.pack(">4sII", b"GWS1", 1, 2)
    parts = [head + struct.pack(">I", zlib.crc32(head))]
    for at in range(count):
        state = layout.ACKED if at < done else layout.LIVE
        fields = struct.pack(">4sBBIIQI", b"\xa7GR1", state, 1, at, 7, at + 1, len(frame(at + 1)))
        covered = zlib.crc32(fields[:4] + fields[5:])
        parts.append(fields + struct.pack(">I", covered) + frame(at + 1) + struct.pack(">I", zlib.crc32(frame(at + 1))))
    return b"".join(parts)


def test_a_spool_of_version_0_2_is_emptied_and_nothing_of_it_is_lost(tmp_path):
    (tmp_path / "00000001.seg").write_bytes(old_file(6, done=2))

    spool = open_spool(tmp_path)
    assert numbers(spool) == [6, 5, 4, 3]
    assert spool.lost() == 2
    assert [spool.frame(ref) for ref in spool.newest(1 << 20, 9)] == [frame(seq) for seq in (6, 5, 4, 3)]
    assert spool.append(frame(7), 7, BOOT, keep=False)
    with spool.sending(spool.newest(1 << 20, 9)[-1:]):
        spool.done(spool.newest(1 << 20, 2))

    again = open_spool(tmp_path)
    assert numbers(again) == [5, 4, 3]
    assert again.lost() == 2
    again.done(again.newest(1 << 20, 9))
    assert open_spool(tmp_path).lost() == 2
    assert not (tmp_path / "00000001.seg").exists()


def test_an_old_file_with_a_damaged_record_counts_it(tmp_path):
    data = bytearray(old_file(6, done=2))
    data[-10] ^= 0x20
    (tmp_path / "00000001.seg").write_bytes(bytes(data))

    assert numbers(open_spool(tmp_path)) == [5, 4, 3]
    assert open_spool(tmp_path).lost() == 3


# --- reports whose answer got lost


def test_what_may_have_arrived_is_dropped_last_of_all(tmp_path):
    """The collector may have it: it would be counted lost although it is not."""

    class Unsure(Exception):
        unsure = True

    spool = open_spool(tmp_path, 8 * 1024)
    for seq in range(1, 7):
        spool.append(frame(seq), seq, BOOT, keep=False)
    with contextlib.suppress(Unsure), spool.sending(spool.newest(1 << 20, 3)):  # 6, 5 and 4
        raise Unsure
    with contextlib.suppress(OSError), spool.sending(spool.newest(1 << 20, 6)):  # cut before it was sent
        raise OSError
    spool = open_spool(tmp_path, 8 * 1024)
    for seq in range(7, 400):
        assert spool.append(frame(seq), seq, BOOT, keep=seq % 3 == 0)

    left = set(numbers(spool))
    assert {4, 5, 6} <= left
    assert not {1, 2, 3} <= left
    assert spool.lost() == 399 - len(left)
    spool.done(spool.newest(1 << 20, 999))
    assert spool.lost() == 399 - len(left)
