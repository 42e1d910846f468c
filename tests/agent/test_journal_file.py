"""The journal's file: full disks, kills at every byte, bad blocks. What it counts as lost is exactly what is lost."""

from __future__ import annotations

import dataclasses
import os
from typing import List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import journal_file
from agent.journal_file import SLOT, JournalFile, Record, look, pack, unpack
from agent.wire.sections_journal import JournalEntry

from .disks import Killed, TestDisk

BOOT = "0123456789abcdef" * 2
LEVELS = st.sampled_from([None, False, True])
TIMES = st.floats(-1e9, 1e11, allow_nan=False)

ENTRIES = st.builds(
    JournalEntry,
    boot_id=st.just(BOOT), from_s=TIMES, to_s=TIMES, from_monotonic_s=TIMES, to_monotonic_s=TIMES,
    link=LEVELS, gateway=LEVELS, provider=LEVELS, government=LEVELS, internet=LEVELS, captive=LEVELS, collector=LEVELS,
    services_failed=st.lists(st.text("aàđế 漢", min_size=1, max_size=30), max_size=24).map(tuple),
    services_asked=st.none() | st.integers(0, 24), on_battery=LEVELS, battery_percent=st.none() | st.integers(0, 100),
    ups=st.sampled_from(["", "online", "on_battery", "low"]),
    ended=st.sampled_from(["", "changed", "reported", "slept", "restarted", "goodbye", "unclean", "unknown"]),
)  # fmt: skip


def entry(number: int, **changes: object) -> JournalEntry:
    return JournalEntry(BOOT, 1e9 + number, 1e9 + number, float(number), float(number), **changes)  # type: ignore[arg-type]


def numbers(file: JournalFile) -> List[int]:
    return [round(item.from_monotonic_s) for item in file.entries.values()]


@given(ENTRIES, st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1))
@settings(max_examples=60)
def test_a_slot_holds_every_entry(made: JournalEntry, number: int, version: int) -> None:
    data = pack(Record(number, version, made))

    assert len(data) <= SLOT
    read = unpack(data.ljust(SLOT, b"\0"))
    assert read is not None
    named = len(read.entry.services_failed)
    assert read[:2] == (number, version)
    assert read.entry.services_failed == made.services_failed[:named]
    assert read.entry.services_more == len(made.services_failed) - named
    assert dataclasses.replace(read.entry, services_failed=(), services_more=0) == dataclasses.replace(
        made, services_failed=()
    )


@given(st.binary(max_size=600), st.integers(0, 500), st.integers(0, 255))
@settings(max_examples=60)
def test_foreign_bytes_are_no_entry(data: bytes, place: int, byte: int) -> None:
    assert unpack(data) is None
    good = bytearray(pack(Record(7, 3, entry(7, services_failed=("Một cửa",)))))
    place %= len(good)
    changed = good[place] != byte
    good[place] = byte
    assert (unpack(bytes(good)) is None) == changed


def test_entries_outlive_the_process(tmp_path) -> None:
    path = str(tmp_path / "journal")
    file = JournalFile(path, TestDisk())
    first, second = file.add(entry(1)), file.add(entry(2))
    file.put(first, entry(1, ended="changed"))
    file.put(second, entry(2, battery_percent=80))

    again = JournalFile(path, TestDisk())

    assert list(again.entries.values()) == [entry(1, ended="changed"), entry(2, battery_percent=80)]
    assert again.dropped == 0
    again.settle(first)
    assert list(JournalFile(path, TestDisk()).entries.values()) == [entry(2, battery_percent=80)]
    assert again.add(entry(3)) == 3, "numbers are never given twice"


def test_without_room_the_oldest_go_and_are_counted(tmp_path) -> None:
    path = str(tmp_path / "journal")
    file = JournalFile(path, TestDisk(), slots=10)
    for number in range(1, 31):
        file.add(entry(number))

    assert numbers(file) == [23, 24, 25, 26, 27, 28, 29, 30]
    assert (file.dropped, os.path.getsize(path)) == (22, 10 * SLOT)
    again = JournalFile(path, TestDisk(), slots=10)
    assert (numbers(again), again.dropped) == (numbers(file), 22)
    again.settle(26)
    assert (numbers(again), again.dropped) == ([27, 28, 29, 30], 22), "what has arrived is not lost"


def test_a_full_disk_stops_nothing(tmp_path) -> None:
    path = str(tmp_path / "journal")
    disk = TestDisk()
    file = JournalFile(path, disk)
    file.add(entry(1))
    disk.full = True
    for number in range(2, 100):
        file.put(file.add(entry(number)), entry(number, ended="changed"))
    file.settle(50)

    again = JournalFile(path, disk)
    assert (numbers(again), again.dropped) == (list(range(51, 100)), 0)


def test_a_disk_that_was_full_from_the_start_is_tried_again(tmp_path) -> None:
    path = str(tmp_path / "journal")
    disk = TestDisk()
    disk.full = True
    file = JournalFile(path, disk)
    file.add(entry(1))
    assert numbers(file) == [1]
    disk.full = False
    file.add(entry(2))

    assert numbers(JournalFile(path, disk)) == [1, 2]


def test_looking_changes_nothing(tmp_path) -> None:
    path = str(tmp_path / "journal")
    assert look(path, TestDisk()) == ([], 0)
    assert os.listdir(tmp_path) == []
    file = JournalFile(path, TestDisk())
    file.add(entry(1))
    before = {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)}

    assert look(path, TestDisk()) == ([entry(1)], 0)
    assert {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)} == before


class _BadBlock(TestDisk):
    """Slots from `bad` on cannot be written."""

    bad = 0

    def write_at(self, path: str, offset: int, data: bytes) -> None:
        if path.endswith("journal") and self.bad <= offset < self.bad + 4096:
            raise OSError(5, "Input/output error")
        super().write_at(path, offset, data)


def test_a_bad_block_is_left_out(tmp_path) -> None:
    path = str(tmp_path / "journal")
    file = JournalFile(path, _BadBlock())
    for number in range(1, 5):
        file.add(entry(number))

    assert numbers(JournalFile(path, TestDisk())) == [1, 2, 3, 4]


# --- damage and kills


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("written")
    file = JournalFile(str(folder / "journal"), TestDisk(), slots=12)
    for number in range(1, 9):
        file.put(file.add(entry(number)), entry(number, ended="changed"))
    file.settle(2)
    return {name: (folder / name).read_bytes() for name in os.listdir(folder)}


@given(st.lists(st.integers(0, 11), max_size=4, unique=True), st.integers(0, 400))
@settings(max_examples=40)
def test_damage_costs_the_entries_that_it_hits_and_is_counted(written, tmp_path_factory, slots, place) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    data = bytearray(written["journal"])
    for slot in slots:
        data[slot * SLOT + place % 60] ^= 0xFF
    (folder / "journal").write_bytes(bytes(data))
    (folder / "journal.count").write_bytes(written["journal.count"])

    file = JournalFile(str(folder / "journal"), TestDisk(), slots=12)

    assert set(numbers(file)) <= {3, 4, 5, 6, 7, 8}
    assert len(file.entries) + file.dropped == 6
    lost = file.dropped
    file.settle(8)
    assert (file.dropped, file.entries) == (lost, {}), "counted once, and kept when all is settled"
    assert JournalFile(str(folder / "journal"), TestDisk(), slots=12).dropped == lost


@given(st.integers(0, 12 * SLOT))
@settings(max_examples=25)
def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(written, tmp_path_factory, length) -> None:
    folder = tmp_path_factory.mktemp("torn")
    (folder / "journal").write_bytes(written["journal"][:length])
    (folder / "journal.count").write_bytes(written["journal.count"])

    file = JournalFile(str(folder / "journal"), TestDisk(), slots=12)

    assert len(file.entries) + file.dropped == 6
    number = file.add(entry(100))
    assert number == 9
    assert 100 in numbers(JournalFile(str(folder / "journal"), TestDisk(), slots=12))


def test_without_its_counts_nothing_is_invented(written, tmp_path) -> None:
    (tmp_path / "journal").write_bytes(written["journal"])

    file = JournalFile(str(tmp_path / "journal"), TestDisk(), slots=12)

    assert file.dropped == 0
    assert {3, 4, 5, 6, 7, 8} <= set(numbers(file)), "those that were settled may travel twice, no more"


@given(st.integers(0, 16000), st.lists(st.sampled_from(["add", "put", "settle"]), min_size=8, max_size=14))
@settings(max_examples=60, deadline=None)
def test_killed_at_any_byte(tmp_path_factory, budget, steps) -> None:
    """Whatever was finished is there after the kill; nothing that was settled comes back; no loss is invented."""
    folder = tmp_path_factory.mktemp("killed")
    path = str(folder / "journal")
    disk = TestDisk(budget)
    added, settled, doing = 0, 0, ""
    try:
        file = JournalFile(path, disk, slots=16)
        for doing in steps:
            if doing == "add":
                file.add(entry(added + 1))
                added += 1
            elif doing == "put" and file.entries:
                file.put(max(file.entries), entry(max(file.entries), ended="changed"))
            elif doing == "settle" and file.entries:
                oldest = min(file.entries)
                file.settle(oldest)
                settled = oldest
    except Killed:
        pass
    else:
        doing = ""

    again = JournalFile(path, TestDisk(), slots=16)

    found = set(numbers(again))
    one_more = {added + 1} if doing == "add" else set()
    one_less = {settled + 1} if doing == "settle" else set()
    assert set(range(settled + 1, added + 1)) - one_less <= found <= set(range(settled + 1, added + 1)) | one_more
    assert again.dropped == 0
    assert journal_file.look(path, TestDisk())[0] == list(again.entries.values())
