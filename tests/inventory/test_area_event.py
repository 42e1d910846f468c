"""Offices that are lost together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory.domain.area_event import (
    Chance,
    Loss,
    Place,
    Sign,
    cause_of,
    chances,
    find_events,
    heard_lookup,
    losses_of,
)
from inventory.domain.site_facts import Stretch

TEN = datetime(2026, 11, 16, 3, tzinfo=UTC)  # 10:00 in Vietnam
WINDOW = timedelta(minutes=7)
PLACES = {f"v{n}": Place("VNPT", f"khu-{n % 2}") for n in range(6)} | {f"f{n}": Place("FPT", "khu-0") for n in range(6)}
SELDOM: Chance = chances([], 30 * 86400.0, WINDOW)


def lost(site: str, minutes: float = 0.0, sign: Sign = "silent", hours: float | None = 1.0) -> Loss:
    start = TEN + timedelta(minutes=minutes)
    return Loss(site, start, None if hours is None else start + timedelta(hours=hours), sign, hours is not None)


def found(
    *losses: Loss, silent: frozenset[str] = frozenset()
) -> list[tuple[str | None, str | None, tuple[str, ...], str]]:
    events = find_events(losses, PLACES, lambda site, _: site not in silent, SELDOM, WINDOW)
    return [(event.provider, event.area, event.sites, event.cause) for event in events]


def test_a_provider_that_loses_its_offices_at_once_is_one_event() -> None:
    assert found(*(lost(f"v{n}", n / 2) for n in range(5))) == [
        ("VNPT", None, ("v0", "v1", "v2", "v3", "v4"), "unknown")
    ]


def test_journals_name_the_cause() -> None:
    losses = [lost(f"v{n}", n / 2, "line" if n == 2 else "silent") for n in range(5)]

    assert found(*losses)[0][3] == "line"


def test_an_area_without_power_is_one_event_whoever_the_provider_is() -> None:
    names = ["v0", "v2", "v4", "f0", "f1", "f2", "f3"]

    assert found(*(lost(name, n / 3, "unclean") for n, name in enumerate(names))) == [
        (None, "khu-0", tuple(sorted(names)), "power")
    ]


def test_a_provider_in_one_area_is_told_as_that() -> None:
    places = {f"s{n}": Place("VNPT", "khu-0" if n < 4 else "khu-1") for n in range(20)}
    places |= {f"t{n}": Place("FPT", "khu-0") for n in range(10)}
    losses = [lost(f"s{n}", 0, "line") for n in range(4)]

    [event] = find_events(losses, places, lambda *_: True, SELDOM, WINDOW)

    assert (event.provider, event.area) == ("VNPT", "khu-0")


def test_a_few_of_many_are_no_event() -> None:
    places = {f"s{n}": Place("VNPT", "khu-0") for n in range(40)}

    assert find_events([lost(f"s{n}") for n in range(5)], places, lambda *_: True, SELDOM, WINDOW) == []


def test_silences_that_happen_all_the_time_are_no_event() -> None:
    often = chances([lost(f"v{n % 6}", n * 10.0) for n in range(4000)], 30 * 86400.0, WINDOW)
    losses = [lost(f"v{n}") for n in range(3)]

    assert find_events(losses, PLACES, lambda *_: True, often, WINDOW) == []


def test_losses_at_different_times_are_no_event() -> None:
    assert found(*(lost(f"v{n}", n * 20.0) for n in range(5))) == []


def test_power_strips_at_closing_time_are_no_event() -> None:
    closing = [Loss(f"v{n % 6}", TEN + timedelta(days=n // 6, minutes=n % 3), None, "strip") for n in range(6 * 30)]
    usual = chances(closing, 30 * 86400.0 * 6 / 4, WINDOW)

    assert find_events(closing[:6], PLACES, lambda *_: True, usual, WINDOW) == []
    at_lunch = [Loss(f"v{n}", TEN + timedelta(hours=2), None, "strip") for n in range(6)]
    assert len(find_events(at_lunch, PLACES, lambda *_: True, usual, WINDOW)) == 1


def test_the_event_lasts_until_the_last_is_back() -> None:
    losses = [lost(f"v{n}", 0, "line", hours=1.0 + n / 10) for n in range(5)]

    [event] = find_events(losses, PLACES, lambda *_: True, SELDOM, WINDOW)

    assert (event.from_at, event.to_at) == (TEN, TEN + timedelta(hours=1.4))
    assert event.shared(WINDOW).from_at < TEN < event.shared(WINDOW).to_at


@pytest.mark.parametrize(
    ("signs", "cause"),
    [
        (["silent", "silent"], "unknown"),
        (["silent", "line"], "line"),
        (["unclean", "unclean", "silent"], "power"),
        (["unclean", "line"], "line"),
        (["power", "unclean", "line"], "power"),
    ],
)
def test_cause_of_an_event(signs: list[Sign], cause: str) -> None:
    assert cause_of(signs) == cause


def test_losses_are_read_from_a_timeline() -> None:
    hour = timedelta(hours=1)
    stretches = [
        Stretch(TEN - hour, TEN, "UP", "unknown", "heard"),
        Stretch(TEN, TEN + hour, "LINE_LOST_CONFIRMED", "line", "journal_line"),
        Stretch(TEN + hour, TEN + 2 * hour, "LINE_LOST_CONFIRMED", "line", "both_ends", observed=False),
        Stretch(TEN + 2 * hour, TEN + 3 * hour, "UP", "unknown", "heard"),
        Stretch(TEN + 3 * hour, TEN + 4 * hour, "OFF_UNUSUAL", "unknown", "goodbye"),
    ]

    assert losses_of("v0", stretches) == [Loss("v0", TEN, TEN + 2 * hour, "line", True)]
    was_heard = heard_lookup({"v0": stretches})
    assert was_heard("v0", TEN - hour / 2)
    assert not was_heard("v0", TEN + hour / 2)
    assert not was_heard("v1", TEN)
