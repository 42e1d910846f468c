"""What journals say together: one test per rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from inventory.domain.contact import Interval
from inventory.domain.hours import VN_TIME
from inventory.domain.journal import bear_witness, verdict
from inventory.domain.journal_align import aligned
from inventory.domain.site_facts import ContactFact, JournalFact

CADENCE = timedelta(seconds=300)


def at(text: str, day: int = 16) -> datetime:
    hour, minute = map(int, text.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=VN_TIME)


def noted(start: str, end: str, flags: str, agent: str = "a", **more: Any) -> JournalFact:
    """flags: gateway, internet, collector as T, F or -."""
    gateway, internet, collector = ({"T": True, "F": False, "-": None}[flag] for flag in flags)
    return JournalFact(agent, "1", at(start), at(end), gateway, internet, collector, **more)


def told(
    *journal: JournalFact, live: dict[str, list[Interval]] | None = None, blind: Any = ()
) -> list[tuple[str, str, str]]:
    heard = sorted(part for parts in (live or {}).values() for part in parts)
    witness = bear_witness(journal, live or {}, heard, list(blind), CADENCE)
    rows = [(f"{t.from_at:%H:%M}", f"{t.to_at:%H:%M}", str(t.cause)) for t in witness.troubles]
    return rows + [(f"{start:%H:%M}", f"{end:%H:%M}", "well") for start, end in witness.well]


@pytest.mark.parametrize(
    ("flags", "captive", "knows", "expected"),
    [
        ("TTT", None, True, "well"),
        ("-FT", None, False, "well"),
        ("FFF", None, True, "lan"),
        ("TFF", None, True, "line"),
        ("TFF", None, False, "dark"),
        ("TFF", True, True, "captive"),
        ("TTF", None, True, "beyond"),
        ("TTF", False, True, "well"),
        ("T-F", None, True, "captive"),
        ("T-F", None, False, "dark"),
        ("---", None, True, "unknown"),
    ],
)
def test_what_one_entry_says(flags: str, captive: bool | None, knows: bool, expected: str) -> None:
    assert verdict(noted("10:00", "11:00", flags, captive=captive), knows) == expected


def test_a_journal_tells_when_and_of_what_the_line_was_bad() -> None:
    assert told(noted("10:00", "11:00", "TFF")) == [("10:00", "11:00", "line")]
    assert told(noted("10:00", "11:00", "FFF")) == [("10:00", "11:00", "lan")]


def test_who_saw_more_of_the_way_is_believed() -> None:
    seen_before = noted("09:00", "09:01", "TTF", captive=False)
    one, other = noted("10:00", "11:00", "FFF"), noted("10:00", "11:00", "TFF", "b")

    assert told(seen_before, one, other)[-2:] == [("10:00", "11:00", "line"), ("09:00", "09:01", "well")]


def test_a_pc_that_may_not_see_the_internet_does_not_overrule_one_that_stands_before_a_page() -> None:
    knows = noted("10:00", "11:00", "TTF", "b")

    assert told(noted("10:00", "11:00", "TFF"), knows) == [("10:00", "11:00", "captive")]


def test_another_pc_that_was_heard_shows_that_the_fault_was_the_first_ones_own() -> None:
    live = {"a": [], "b": [(at("08:00"), at("12:00"))]}

    assert told(noted("09:00", "11:00", "FFF"), live=live) == []


def test_one_that_came_back_sooner_ends_the_fault() -> None:
    live = {"a": [(at("11:00"), at("12:00"))], "b": [(at("08:00"), at("09:00")), (at("10:50"), at("12:00"))]}

    assert told(noted("09:00", "11:00", "TFF"), live=live) == [("09:00", "10:50", "line")]


def test_two_that_saw_a_short_cut_are_believed_though_a_third_was_lucky() -> None:
    live = {"c": [(at("08:00"), at("12:00"))]}
    two = [noted("09:00", "09:04", "TFF"), noted("09:00", "09:04", "TFF", "b")]

    assert told(*two, live=live) == [("09:00", "09:04", "line")]
    assert told(two[0], live=live) == []


def test_nothing_is_held_against_the_site_while_the_collector_was_down() -> None:
    blind = [(at("09:00"), at("10:00"))]

    assert told(noted("09:10", "09:50", "TFF"), blind=blind) == []
    assert told(noted("09:10", "09:50", "TTF"), blind=blind) == [("09:10", "09:50", "well")]
    # the agent tries again some minutes after the collector is back
    assert told(noted("09:10", "10:10", "TTF"), blind=blind) == [("09:10", "10:00", "well")]


def test_a_short_piece_of_another_cause_belongs_to_its_neighbour() -> None:
    assert told(noted("10:00", "10:01", "FFF"), noted("10:01", "11:00", "TFF")) == [("10:00", "11:00", "line")]


def test_a_boot_of_unknown_time_counts_only_where_nobody_else_could_tell() -> None:
    loose = noted("10:00", "11:00", "TFF", sure=False)

    assert told(loose, live={"a": []}) == [("10:00", "11:00", "line")]
    assert told(loose, live={"a": [], "b": [(at("12:00"), at("13:00"))]}) == []


def test_a_boot_of_unknown_time_is_put_where_people_work() -> None:
    opening = [(at("07:30", day), at("17:00", day)) for day in (16, 17, 18)]
    before = ContactFact("a", "0", at("07:30"), at("16:55"))
    after = ContactFact("a", "2", at("07:35", 18), at("08:00", 18))
    late = JournalFact("a", "1", at("22:30", 17), at("07:30", 18), True, False, False, sure=False)

    [moved] = aligned([late], [before, after], opening)

    assert (moved.from_at, moved.to_at) == (at("07:30", 17), at("16:30", 17))
    sure = JournalFact("a", "1", at("22:30", 17), at("07:30", 18), True, False, False)
    assert aligned([sure], [before, after], opening) == [sure]
