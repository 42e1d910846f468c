"""Weeks of the weekly mail: ISO weeks from Monday to Sunday in Vietnam's time, and when the mail about one is due.

Pure: the clock and the calendar are arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

LOCAL = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""UTC+7 all year, for the whole country: no time zone data base is needed."""

_LABEL = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_LONGEST_BREAK_DAYS = 60


class WorkingDays(Protocol):
    """What is needed of a calendar."""

    def is_working_day(self, day: date) -> bool: ...


@dataclass(frozen=True, order=True, slots=True)
class IsoWeek:
    """One ISO week. Its year is the one that holds its Thursday: 2026-12-31 lies in week 53 of 2026."""

    year: int
    number: int  # 1..53

    @property
    def label(self) -> str:
        """As stored: "2026-W47"."""
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def from_at(self) -> datetime:
        """The first moment, UTC."""
        return midnight(self.monday)

    @property
    def to_at(self) -> datetime:
        """The first moment after the week, UTC."""
        return midnight(self.monday + timedelta(days=7))

    def shifted(self, weeks: int) -> IsoWeek:
        """The week so many weeks later (earlier when negative)."""
        return week_of(self.monday + timedelta(weeks=weeks))

    def weeks_since(self, other: IsoWeek) -> int:
        return (self.monday - other.monday).days // 7


def week_of(day: date) -> IsoWeek:
    """The week that holds the day."""
    year, number, _ = day.isocalendar()
    return IsoWeek(year, number)


def parse_week(label: str) -> IsoWeek:
    """Reads "2026-W47". Raises ValueError that says what is wrong."""
    found = _LABEL.fullmatch(label)
    if not found:
        raise ValueError(f'"{label}" is no week: write YEAR-Wnn, for example 2026-W47')
    year, number = int(found[1]), int(found[2])
    try:
        date.fromisocalendar(year, number, 1)
    except ValueError as error:
        raise ValueError(f'"{label}" is no week: {year} has no week {number}') from error
    return IsoWeek(year, number)


def local_day(at: datetime) -> date:
    """The day in Vietnam at an aware moment."""
    return at.astimezone(LOCAL).date()


def midnight(day: date) -> datetime:
    """The moment a local day begins, UTC."""
    return datetime.combine(day, time(0), LOCAL).astimezone(UTC)


def reported_week(send_day: date) -> IsoWeek:
    """What a mail sent on that day reports: the last week that has ended. Monday 23/11/2026 reports week 47."""
    return week_of(send_day).shifted(-1)


def due_moment(week: IsoWeek, weekday: int, at: time, calendar: WorkingDays) -> datetime:
    """When the mail about a week is due, UTC: on `weekday` (1 Monday .. 7 Sunday), or the next working day.

    Raises ValueError when no working day follows within two months: the calendar is wrong then.
    """
    if not 1 <= weekday <= 7:
        raise ValueError(f"weekday {weekday}: write 1 (Monday) to 7 (Sunday)")
    first = week.sunday + timedelta(days=weekday)
    for day in _days(first, _LONGEST_BREAK_DAYS):
        if calendar.is_working_day(day):
            return datetime.combine(day, at, LOCAL).astimezone(UTC)
    raise ValueError(f"the calendar has no working day in the {_LONGEST_BREAK_DAYS} days from {first}")


def next_due(after: datetime, weekday: int, at: time, calendar: WorkingDays) -> datetime:
    """The first due moment later than `after`.

    During a long holiday the mails of two weeks fall due at one moment: one mail goes out then, about the later week.
    """
    week = reported_week(local_day(after)).shifted(-(_LONGEST_BREAK_DAYS // 7 + 1))
    while True:
        due = due_moment(week, weekday, at, calendar)
        if due > after:
            return due
        week = week.shifted(1)


def may_send(now: datetime, at: time, calendar: WorkingDays) -> bool:
    """Whether leaders may be written to: on working days, from the usual hour on."""
    local = now.astimezone(LOCAL)
    return local.time() >= at and calendar.is_working_day(local.date())


def next_opportunity(now: datetime, at: time, calendar: WorkingDays) -> datetime:
    """`now` when mail may go out now, else the usual hour of today or of the next working day, UTC."""
    if may_send(now, at, calendar):
        return now
    local = now.astimezone(LOCAL)
    start = local.date() if local.time() < at else local.date() + timedelta(days=1)
    for day in _days(start, _LONGEST_BREAK_DAYS):
        if calendar.is_working_day(day):
            return datetime.combine(day, at, LOCAL).astimezone(UTC)
    raise ValueError(f"the calendar has no working day in the {_LONGEST_BREAK_DAYS} days from {start}")


def _days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range(count))
