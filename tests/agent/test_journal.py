"""Looks become entries: what begins one, what ends it, what travels and what stays."""

from __future__ import annotations

import dataclasses
from typing import List, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.journal import MOST_REFUSALS, RESEND_S, Journal, Look, Moment, boot_before, state_of
from agent.journal_file import JournalFile
from agent.wire import codec
from agent.wire.sections_journal import JournalEntry, JournalInfo

from .disks import TestDisk

BOOT, NEXT_BOOT = "b" * 32, "c" * 32
GAP_S = 150.0
CUT = Look(link=True, gateway=True, provider=False, internet=False, collector=False)
GOOD = Look(link=True, gateway=True, provider=True, internet=True, captive=False, collector=True)


def moment(monotonic_s: float, clock_s: Optional[float] = None) -> Moment:
    return Moment(1.8e9 + monotonic_s if clock_s is None else clock_s, monotonic_s)


@pytest.fixture
def path(tmp_path) -> str:
    return str(tmp_path / "journal")


def journal(path: str, boot: str = BOOT) -> Journal:
    return Journal(JournalFile(path, TestDisk()), boot)


def told(book: Journal, with_open: bool = True) -> Tuple[JournalEntry, ...]:
    return book.info(with_open)[0].entries


def test_a_look_that_gives_the_same_goes_on_and_another_one_begins_anew(path) -> None:
    book = journal(path)
    for minute in range(10):
        book.note(CUT, moment(1000 + 60 * minute), GAP_S)
    for minute in range(10, 13):
        book.note(GOOD, moment(1000 + 60 * minute), GAP_S)
    book.end("reported")

    first, second = told(book)
    assert (first.from_monotonic_s, first.to_monotonic_s, first.ended) == (1000, 1540, "changed")
    assert (first.from_s, first.to_s) == (1.8e9 + 1000, 1.8e9 + 1540)
    assert (first.internet, first.provider, first.captive) == (False, False, None)
    assert (second.from_monotonic_s, second.to_monotonic_s, second.ended) == (1600, 1720, "reported")
    assert (second.boot_id, second.collector) == (BOOT, True)


def test_a_battery_that_runs_down_is_no_change_and_its_last_state_is_told(path) -> None:
    book = journal(path)
    for minute, percent in enumerate((90, 80, 70)):
        look = dataclasses.replace(CUT, on_battery=True, battery_percent=percent)
        book.note(look, moment(60.0 * minute), GAP_S)
    book.note(dataclasses.replace(CUT, on_battery=False, battery_percent=70), moment(180), GAP_S)

    first, second = told(book)
    assert (first.battery_percent, first.to_monotonic_s, first.on_battery) == (70, 120, True)
    assert second.on_battery is False


def test_what_nobody_watched_is_not_claimed(path) -> None:
    book = journal(path)
    book.note(CUT, moment(1000), GAP_S)
    book.note(CUT, moment(1060), GAP_S)
    book.note(CUT, moment(9000), GAP_S)  # asleep meanwhile

    first, second = told(book)
    assert (first.to_monotonic_s, first.ended) == (1060, "slept")
    assert second.from_monotonic_s == 9000


def test_a_monotonic_clock_that_goes_back_ends_the_entry(path) -> None:
    """A virtual machine that was set back."""
    book = journal(path)
    book.note(CUT, moment(5000), GAP_S)
    book.note(CUT, moment(100), GAP_S)

    assert [entry.from_monotonic_s for entry in told(book)] == [5000, 100]


def test_a_wall_clock_that_jumps_by_years_moves_nothing(path) -> None:
    book = journal(path)
    book.note(CUT, moment(1000, 1.0e9), GAP_S)
    book.note(CUT, moment(1060, 1.8e9), GAP_S)
    book.note(CUT, moment(1120, 0.0), GAP_S)

    (only,) = told(book)
    assert (only.from_monotonic_s, only.to_monotonic_s) == (1000, 1120)
    assert (only.from_s, only.to_s) == (1.0e9, 0.0)


@given(st.lists(st.tuples(st.sampled_from("cgs"), st.sampled_from([60, 61, 149, 151, 900])), max_size=25))
@settings(max_examples=40, deadline=None)
def test_entries_say_what_the_looks_said_and_no_more(tmp_path_factory, steps) -> None:
    """Every look lies in exactly one entry of its own state; entries do not overlap, none is wider than its looks."""
    book = journal(str(tmp_path_factory.mktemp("j") / "journal"))
    looks: List[Tuple[float, Look]] = []
    now = 0.0
    for kind, wait in steps:
        now += wait
        looks.append((now, {"c": CUT, "g": GOOD, "s": dataclasses.replace(CUT, services_failed=("x",))}[kind]))
        book.note(looks[-1][1], moment(now), GAP_S)

    entries = told(book)
    for when, look in looks:
        inside = [entry for entry in entries if entry.from_monotonic_s <= when <= entry.to_monotonic_s]
        assert [state_of(entry) for entry in inside] == [state_of(JournalEntry(**dataclasses.asdict(look)))]
    ends = [(entry.from_monotonic_s, entry.to_monotonic_s) for entry in entries]
    assert ends == sorted(ends)
    assert {time for pair in ends for time in pair} <= {when for when, _ in looks}
    for entry in entries:
        within = [when for when, _ in looks if entry.from_monotonic_s <= when <= entry.to_monotonic_s]
        assert all(within[at] - within[at - 1] <= GAP_S for at in range(1, len(within)))


# --- boots


def test_a_power_cut_loses_at_most_the_last_two_minutes(path) -> None:
    book = journal(path)
    for minute in range(31):
        book.note(CUT, moment(60.0 * minute), GAP_S)

    after = journal(path, NEXT_BOOT)
    after.settle_boots(BOOT, "unclean")

    (only,) = told(after, with_open=False)
    assert only.ended == "unclean"
    assert 1800 - 120 <= only.to_monotonic_s <= 1800


@pytest.mark.parametrize(
    ("boot", "how", "ended"),
    [(BOOT, "clean", "goodbye"), (BOOT, "unclean", "unclean"), (BOOT, "", "unknown"), ("d" * 32, "clean", "unknown")],
)
def test_how_the_boot_before_ended_is_told_of_it_alone(path, boot, how, ended) -> None:
    journal(path).note(CUT, moment(10), GAP_S)
    after = journal(path, NEXT_BOOT)
    after.note(CUT, moment(5), GAP_S)

    after.settle_boots(boot, how)

    assert [entry.ended for entry in told(after)] == [ended, ""]


def test_an_agent_that_starts_anew_in_the_same_boot_is_no_shutdown(path) -> None:
    journal(path).note(CUT, moment(10), GAP_S)

    again = journal(path)
    again.settle_boots("d" * 32, "unclean")

    assert [entry.ended for entry in told(again)] == ["restarted"]


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        (None, ("", "")),
        ({}, ("", "")),
        ("text", ("", "")),
        ({"boot_id": 5}, ("", "")),
        ({"boot_id": BOOT, "goodbye": True}, (BOOT, "clean")),
        ({"boot_id": BOOT, "goodbye": False}, (BOOT, "unclean")),
        ({"boot_id": BOOT}, (BOOT, "")),
        ({"boot_id": NEXT_BOOT, "goodbye": False}, ("", "")),
        ({"boot_id": NEXT_BOOT, "previous": {"boot_id": BOOT, "goodbye": True}}, (BOOT, "clean")),
    ],
)
def test_the_boot_before_by_the_marker(marker, expected) -> None:
    assert boot_before(marker, NEXT_BOOT) == expected


# --- delivery


def filled(path: str, count: int) -> Journal:
    book = journal(path)
    for number in range(count):
        book.note(CUT if number % 2 else GOOD, moment(60.0 * number), GAP_S)
    book.end("reported")
    return book


def test_a_report_carries_a_part_oldest_first_and_the_rest_follows(path) -> None:
    book = filled(path, 250)
    seen: List[JournalEntry] = []
    for seq in (1, 2, 3):
        info, through = book.info()
        assert len(info.entries) <= 100
        assert info.waiting == 250 - len(seen) - len(info.entries)
        seen += info.entries
        book.carried(seq, through, 0.0)
        book.answered({seq: "stored"})

    assert [entry.from_monotonic_s for entry in seen] == [60.0 * number for number in range(250)]
    assert not book.is_due(0.0)
    assert journal(path).info() == (JournalInfo(), 0), "what has arrived is gone from the disk"


def test_entries_stay_until_the_report_has_arrived(path) -> None:
    book = filled(path, 3)
    assert book.is_due(0.0)
    book.carried(7, book.info()[1], 0.0)

    assert not book.is_due(10.0), "on their way"
    book.answered({6: "stored", 7: "retry"})
    assert not book.is_due(20.0)
    assert book.is_due(RESEND_S + 1), "not heard of for too long"
    assert journal(path).is_due(20.0), "after a restart they travel again"
    book.carried(8, book.info()[1], RESEND_S)
    book.answered({8: "duplicate"})
    assert not book.is_due(3 * RESEND_S)


def test_what_came_up_meanwhile_does_not_go_with_what_arrived(path) -> None:
    book = filled(path, 3)
    book.carried(1, book.info()[1], 0.0)
    book.note(CUT, moment(9000), GAP_S)
    book.end("reported")
    book.answered({1: "stored"})

    assert [entry.from_monotonic_s for entry in told(book)] == [9000]


def test_the_open_entry_is_told_but_never_settled(path) -> None:
    book = filled(path, 2)
    book.note(CUT, moment(9000), GAP_S)
    info, through = book.info(with_open=True)
    assert [entry.ended for entry in info.entries] == ["changed", "reported", ""]
    assert not journal(path).is_open

    book.carried(1, through, 0.0)
    book.answered({1: "stored"})
    book.note(CUT, moment(9060), GAP_S)
    book.end("reported")

    (only,) = told(book)
    assert (only.from_monotonic_s, only.to_monotonic_s) == (9000, 9060)


def test_entries_that_are_refused_again_and_again_make_room_and_are_counted(path) -> None:
    book = filled(path, 3)
    for seq in range(MOST_REFUSALS):
        assert book.is_due(seq * 2 * RESEND_S)
        book.carried(seq, book.info()[1], seq * 2 * RESEND_S)
        book.answered({seq: "rejected"})
        book.answered({seq: "rejected"})  # the same answer looked at twice

    assert not book.is_due(1e6)
    assert book.dropped == 3
    assert journal(path).dropped == 3


def test_every_entry_fits_the_contract(path) -> None:
    book = filled(path, 100)
    info, _ = book.info()

    plain = codec.loads(codec.dumps(codec.to_plain(info)))
    assert codec.read(JournalInfo, plain) == info
    assert len(codec.dumps(plain)) < 64 * 1024
