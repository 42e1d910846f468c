"""Weeks and due moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.domain.week import (
    IsoWeek,
    due_moment,
    local_day,
    may_send,
    next_due,
    next_opportunity,
    parse_week,
    reported_week,
    week_of,
)

SEVEN = time(7, 0)


class EveryDay:
    def is_working_day(self, day: date) -> bool:
        return True


class Never:
    def is_working_day(self, day: date) -> bool:
        return False


def vn(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00").astimezone(UTC)


def test_the_monday_mail_reports_the_week_before():
    week = reported_week(date(2026, 11, 23))

    assert week == IsoWeek(2026, 47)
    assert (week.monday, week.sunday, week.label) == (date(2026, 11, 16), date(2026, 11, 22), "2026-W47")


def test_a_week_begins_at_midnight_in_vietnam():
    week = IsoWeek(2026, 47)

    assert week.from_at == datetime(2026, 11, 15, 17, tzinfo=UTC)
    assert week.to_at == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert local_day(week.from_at) == week.monday
    assert local_day(week.to_at - timedelta(seconds=1)) == week.sunday


@pytest.mark.parametrize(
    ("day", "label"),
    [
        ("2026-12-31", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
        ("2024-12-30", "2025-W01"),
    ],
)
def test_the_year_of_a_week_is_that_of_its_thursday(day: str, label: str):
    assert week_of(date.fromisoformat(day)).label == label


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-60, 60))
def test_weeks_survive_text_and_arithmetic(day: date, by: int):
    week = week_of(day)

    assert parse_week(week.label) == week
    assert week.monday <= day <= week.sunday
    assert week.shifted(by).weeks_since(week) == by


@pytest.mark.parametrize("label", ["2026-47", "2026-W54", "2026-W00", "W47", "2026-W5", "2025-W53"])
def test_a_wrong_week_is_named(label: str):
    with pytest.raises(ValueError, match=label):
        parse_week(label)


def test_due_on_monday_at_seven():
    assert due_moment(IsoWeek(2026, 47), 1, SEVEN, DEFAULT_CALENDAR) == vn("2026-11-23T07:00")


def test_due_on_tuesday_when_the_policy_says_so_and_next_working_day_on_a_holiday():
    # 24 November is a holiday from 2026 on
    assert due_moment(IsoWeek(2026, 47), 2, SEVEN, DEFAULT_CALENDAR) == vn("2026-11-25T07:00")


def test_during_tet_two_weeks_fall_due_at_one_moment_and_one_mail_goes_out():
    after_tet = due_moment(IsoWeek(2026, 7), 1, SEVEN, DEFAULT_CALENDAR)

    assert after_tet == due_moment(IsoWeek(2026, 8), 1, SEVEN, DEFAULT_CALENDAR) == vn("2026-02-23T07:00")
    assert next_due(vn("2026-02-10T07:00"), 1, SEVEN, DEFAULT_CALENDAR) == after_tet
    assert next_due(after_tet, 1, SEVEN, DEFAULT_CALENDAR) == vn("2026-03-02T07:00")
    assert reported_week(local_day(after_tet)) == IsoWeek(2026, 8)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)), st.integers(1, 7))
def test_the_next_due_moment_is_later_on_a_working_day_and_without_a_gap(now: datetime, weekday: int):
    due = next_due(now, weekday, SEVEN, DEFAULT_CALENDAR)

    assert due > now
    assert DEFAULT_CALENDAR.is_working_day(local_day(due))
    assert next_due(due - timedelta(seconds=1), weekday, SEVEN, DEFAULT_CALENDAR) == due
    assert due - now < timedelta(days=21)


def test_a_calendar_without_working_days_is_an_error():
    with pytest.raises(ValueError, match="no working day"):
        due_moment(IsoWeek(2026, 47), 1, SEVEN, Never())
    with pytest.raises(ValueError, match="no working day"):
        next_opportunity(vn("2026-11-23T07:00"), SEVEN, Never())


@pytest.mark.parametrize("weekday", [0, 8])
def test_a_wrong_weekday_is_an_error(weekday: int):
    with pytest.raises(ValueError, match="weekday"):
        due_moment(IsoWeek(2026, 47), weekday, SEVEN, EveryDay())


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23T07:00", "2026-11-23T07:00"),
        ("2026-11-23T06:59", "2026-11-23T07:00"),
        ("2026-11-23T23:00", "2026-11-23T23:00"),
        ("2026-11-24T10:00", "2026-11-25T07:00"),  # holiday
        ("2026-11-21T10:00", "2026-11-23T07:00"),  # Saturday
    ],
)
def test_leaders_are_written_to_on_working_days_from_the_usual_hour_on(now: str, expected: str):
    at = next_opportunity(vn(now), SEVEN, DEFAULT_CALENDAR)

    assert at == vn(expected)
    assert may_send(at, SEVEN, DEFAULT_CALENDAR)
    assert may_send(vn(now), SEVEN, DEFAULT_CALENDAR) == (now == expected)
