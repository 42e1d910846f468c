"""Opening hours by habit, and whether it was the collector that heard nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from inventory.domain.collector_silence import After, Heard, silenced, was_the_collector
from inventory.domain.habit import learn_hours
from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME

MONDAY = datetime(2026, 10, 5, tzinfo=VN_TIME)
TEN = datetime(2026, 11, 16, 3, tzinfo=UTC)


def test_hours_are_learnt_from_when_people_were_there() -> None:
    heard = []
    for day in range(28):
        begin = MONDAY + timedelta(days=day)
        if begin.weekday() < 5:
            heard.append((begin + timedelta(hours=6, minutes=40), begin + timedelta(hours=11, minutes=20)))
            heard.append((begin + timedelta(hours=13), begin + timedelta(hours=16, minutes=29)))
        if begin.weekday() == 5:
            heard.append((begin + timedelta(hours=7), begin + timedelta(hours=10, minutes=59)))
    heard.append((MONDAY + timedelta(hours=20), MONDAY + timedelta(hours=22)))  # one long evening is no habit

    learnt = learn_hours(heard, DEFAULT_CALENDAR, MONDAY, MONDAY + timedelta(days=29))

    assert learnt is not None
    assert learnt.written == (("mon-fri", "06:30-11:30"), ("mon-fri", "13:00-16:30"), ("sat", "07:00-11:00"))


def test_little_is_no_habit() -> None:
    week = [(MONDAY + timedelta(days=day, hours=8), MONDAY + timedelta(days=day, hours=16)) for day in range(5)]

    assert learn_hours(week, DEFAULT_CALENDAR, MONDAY, MONDAY + timedelta(days=6)) is None
    assert learn_hours([], DEFAULT_CALENDAR, MONDAY, MONDAY + timedelta(days=60)) is None


def everybody(sites: int, **more: bool) -> list[Heard]:
    return [
        Heard(f"{site}-{pc}", f"s{site}", "b", TEN - timedelta(seconds=60 * pc + site), 300.0, **more)
        for site in range(sites)
        for pc in range(4)
    ]


def test_all_offices_that_fall_silent_at_once_are_the_collectors_doing() -> None:
    assert len(silenced(everybody(6), TEN, TEN + timedelta(minutes=10))) == 24
    assert silenced(everybody(6), TEN, TEN + timedelta(seconds=100)) == []
    assert silenced(everybody(2), TEN, TEN + timedelta(minutes=30)) == []
    assert silenced(everybody(6, goodbye=True), TEN, TEN + timedelta(minutes=30)) == []


def test_what_came_after_says_whether_it_was_the_collector() -> None:
    back = [After(f"s{n}", True, None, False) for n in range(6)]
    gone = [After(f"s{n}", False, None, False) for n in range(6)]
    cut = [After(f"s{n}", True, False, False) for n in range(6)]
    well = [After(f"s{n}", False, True, False) for n in range(6)]
    hard = [After(f"s{n}", False, None, True) for n in range(6)]

    assert was_the_collector(back)
    assert was_the_collector(well)
    assert not was_the_collector(gone)
    assert not was_the_collector(cut)
    assert not was_the_collector(hard)
    assert not was_the_collector([])
