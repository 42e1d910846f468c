"""Silent PCs: opening time counts, nights, holidays and the collector's downtime do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from inventory.domain.contact import Interval, Measure
from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME, OpeningHours, open_intervals
from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.silence import is_silent, listening_time, silent_seconds

OFFICE = OpeningHours.parse([["mon-fri", "07:30-11:30"], ["mon-fri", "13:30-17:00"]])
START = datetime(2026, 2, 1, tzinfo=UTC)
END = datetime(2026, 4, 1, tzinfo=UTC)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VN_TIME)


def listening(*up: Interval) -> Measure:
    return listening_time(open_intervals(OFFICE, DEFAULT_CALENDAR, START, END), list(up) or [(START, END)])


@pytest.mark.parametrize(
    ("since", "now", "hours"),
    [
        (at(3, 2, 8), at(3, 2, 9), 1),
        (at(3, 2, 11), at(3, 2, 14), 1),  # lunch
        (at(3, 2, 16), at(3, 3, 8), 1.5),  # a night
        (at(3, 6, 17), at(3, 9, 7, 30), 0),  # a weekend
        (at(2, 13, 17), at(2, 23, 8, 30), 1),  # Tết
        (at(3, 3, 8), at(3, 2, 8), 0),  # heard after now: a clock that was set back
    ],
)
def test_only_opening_time_counts(since: datetime, now: datetime, hours: float) -> None:
    assert silent_seconds(listening(), since, now) == hours * 3600


def test_the_collectors_downtime_does_not_count() -> None:
    measure = listening((START, at(3, 2, 9)), (at(3, 3, 9), END))

    assert silent_seconds(measure, at(3, 2, 8), at(3, 3, 10)) == 2 * 3600


def test_silent_from_the_minute_of_the_policy_on() -> None:
    since = at(3, 2, 7, 30)
    limit = at(3, 5, 9)  # three days of 7.5 hours and one and a half more

    assert is_silent(listening(), since, DEFAULT_POLICY, limit - timedelta(seconds=1)) is False
    assert is_silent(listening(), since, DEFAULT_POLICY, limit) is True


def test_of_a_pc_that_was_never_heard_nobody_can_say() -> None:
    assert is_silent(listening(), None, DEFAULT_POLICY, at(3, 31, 8)) is None
