"""Working days and opening hours in Vietnam."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.domain.hours import (
    DEFAULT_CALENDAR,
    VN_TIME,
    Calendar,
    OpeningHours,
    open_intervals,
    open_seconds,
    parse_cached,
)
from inventory.domain.problem import BadValue

FILE = Path(__file__).parents[2] / "config" / "calendar.vi.toml"
OFFICE = OpeningHours.parse([["mon-fri", "07:30-11:30"], ["mon-fri", "13:30-17:00"]])
DAY_AND_NIGHT = OpeningHours.parse([["mon-sun", "00:00-24:00"]])


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VN_TIME)


def test_the_shipped_file_is_the_default_in_code() -> None:
    assert Calendar.parse(FILE.read_text(encoding="utf-8")) == DEFAULT_CALENDAR


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-01", False),  # New Year
        ("2026-01-02", False),  # swapped by letter 12729/VPCP-KGVX, unknown to the package
        ("2026-01-10", True),  # the Saturday worked for it
        ("2026-02-13", True),
        ("2026-02-16", False),  # Tết
        ("2026-02-20", False),
        ("2026-02-23", True),
        ("2026-04-27", False),  # Hùng Kings' day fell on a Sunday
        ("2026-08-22", True),  # Saturday worked for 31 August
        ("2026-08-31", False),
        ("2026-09-01", False),
        ("2026-09-02", False),
        ("2026-11-21", False),  # a plain Saturday
        ("2026-11-24", False),  # Vietnam Culture Day, from 2026
        ("2025-11-24", True),
        ("2025-04-26", True),  # Saturday worked for 2 May 2025
        ("2025-05-02", False),
    ],
)
def test_working_days(day: str, works: bool) -> None:
    assert DEFAULT_CALENDAR.is_working_day(date.fromisoformat(day)) is works


def test_without_the_override_the_letter_of_2025_is_unknown() -> None:
    assert Calendar().is_working_day(date(2026, 1, 2))
    assert not Calendar().is_working_day(date(2026, 1, 10))


def test_a_make_up_day_has_the_hours_of_the_day_it_stands_for() -> None:
    hours = OpeningHours.parse([["mon-thu", "07:30-17:00"], ["fri", "07:30-11:30"], ["sat", "08:00-09:00"]])

    def on(day: str) -> float:
        return open_seconds(hours, DEFAULT_CALENDAR, local(day), local(day) + timedelta(days=1)) / 3600

    assert on("2026-01-10") == 4  # for Friday 2 January
    assert on("2026-08-22") == 9.5  # for Monday 31 August
    assert on("2026-01-17") == 1  # a plain Saturday
    assert DEFAULT_CALENDAR.weekday_of(date(2026, 1, 10)) == 4
    unknown = Calendar(work=((date(2026, 1, 10), None),))
    assert unknown.weekday_of(date(2026, 1, 10)) == 0


def test_next_working_day_and_moment() -> None:
    assert DEFAULT_CALENDAR.next_working_day(date(2026, 2, 14)) == date(2026, 2, 23)
    assert DEFAULT_CALENDAR.next_working_day(date(2026, 2, 23)) == date(2026, 2, 23)
    monday = local("2026-02-16 07:00")
    assert DEFAULT_CALENDAR.working_moment_at_or_after(monday) == local("2026-02-23 07:00")
    assert DEFAULT_CALENDAR.working_moment_at_or_after(local("2026-02-23 07:00")) == local("2026-02-23 07:00")


def test_a_calendar_without_working_days_says_so() -> None:
    days = frozenset(date(2026, 3, 1) + timedelta(days=n) for n in range(90))
    with pytest.raises(BadValue, match="60 ngày"):
        Calendar(off=days).next_working_day(date(2026, 3, 2))


def test_open_intervals_are_utc_and_clipped() -> None:
    found = open_intervals(OFFICE, DEFAULT_CALENDAR, local("2026-11-20 10:00"), local("2026-11-23 08:00"))

    assert found == [
        (local("2026-11-20 10:00"), local("2026-11-20 11:30")),
        (local("2026-11-20 13:30"), local("2026-11-20 17:00")),
        (local("2026-11-23 07:30"), local("2026-11-23 08:00")),
    ]
    assert {moment.tzinfo for pair in found[1:2] for moment in pair} == {UTC}


def test_hours_of_whole_days_ignore_holidays_and_join() -> None:
    start, end = local("2026-02-10 00:00"), local("2026-02-28 00:00")

    assert open_intervals(DAY_AND_NIGHT, DEFAULT_CALENDAR, start, end) == [(start, end)]
    daily = OpeningHours.parse([["daily", "00:00-24:00"]])
    assert open_intervals(daily, DEFAULT_CALENDAR, start, end) == [(start, end)]
    every_day = OpeningHours.parse([["mon-sun", "00:00-23:59"]])
    assert (
        open_seconds(every_day, DEFAULT_CALENDAR, local("2026-02-16 00:00"), local("2026-02-20 00:00")) == 0
    )


def test_daily_and_weekly_hours_mix() -> None:
    mixed = OpeningHours.parse(
        [["mon-fri", "07:30-17:00"], ["daily", "08:00-09:00"], ["mon,wed", "18:00-20:00"]]
    )

    def on(day: str) -> float:
        return open_seconds(mixed, DEFAULT_CALENDAR, local(day), local(day) + timedelta(days=1)) / 3600

    assert (on("2026-11-23"), on("2026-11-24"), on("2026-11-22"), on("2026-11-26")) == (11.5, 1, 1, 9.5)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "hours: phải là danh sách"),
        ("mon-fri 07:30-11:30", "hours: phải là danh sách"),
        ([["mon-fri"]], "hours[0]: phải là một cặp"),
        ([["mon-fri", 730]], "hours[0]: phải là một cặp"),
        ([["mon-fri", "07:30-11:30"], ["funday", "07:30-11:30"]], "hours[1]: 'funday' không phải thứ"),
        ([["fri-mon", "07:30-11:30"]], "'fri-mon' đi ngược tuần"),
        ([["mon,", "07:30-11:30"]], "không phải thứ"),
        ([["mon", "7:30-11:30"]], "'7:30-11:30' không phải khoảng giờ"),
        ([["mon", "11:30-07:30"]], "kết thúc trước khi bắt đầu"),
        ([["mon", "23:00-24:30"]], "sau 24:00"),
        ([["mon", "08:00-08:00"]], "kết thúc trước khi bắt đầu"),
    ],
)
def test_wrong_hours_are_refused_by_part(rows: Any, said: str) -> None:
    with pytest.raises(BadValue) as caught:
        OpeningHours.parse(rows)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[off]", "calendar.vi.toml: không đọc được"),
        ("[[holiday]]\nday = 2026-01-01", "calendar.vi.toml: holiday: khóa lạ"),
        ("off = 3", "calendar.vi.toml: off: phải là danh sách bảng"),
        ("[[off]]\ndate = 2026-01-01", "off[0].date: khóa lạ"),
        ("[[off]]\nsource = 'x'", "off[0].day: phải là một ngày"),
        ("[[off]]\nday = '31/12/2026'", "off[0].day: phải là một ngày"),
        ("[[off]]\nday = 2026-01-01T00:00:00Z", "off[0].day: phải là một ngày"),
        ("[[off]]\nday = 2026-01-02\ninstead_of = 2026-01-01", "off[0].instead_of: khóa lạ"),
        ("[[work]]\nday = 2026-01-10\ninstead_of = 'thứ sáu'", "work[0].instead_of"),
        ("[[work]]\nday = 2026-01-10\n[[off]]\nday = 2026-01-10", "2026-01-10: vừa là ngày nghỉ"),
    ],
)
def test_a_wrong_calendar_file_is_refused_by_key(text: str, said: str) -> None:
    with pytest.raises(BadValue) as caught:
        Calendar.parse(text)
    assert said in str(caught.value)


def test_parsing_is_remembered() -> None:
    assert parse_cached([["mon", "08:00-09:00"]]) is parse_cached([["mon", "08:00-09:00"]])


moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(
    lambda m: m.replace(tzinfo=UTC)
)


@settings(max_examples=50)
@given(moments, st.integers(0, 20 * 86400), st.integers(0, 20 * 86400))
def test_opening_time_adds_up(start: datetime, first_s: int, second_s: int) -> None:
    middle = start + timedelta(seconds=first_s)
    end = middle + timedelta(seconds=second_s)

    def length(a: datetime, b: datetime) -> float:
        return open_seconds(OFFICE, DEFAULT_CALENDAR, a, b)

    assert length(start, end) == pytest.approx(length(start, middle) + length(middle, end))
    assert 0 <= length(start, end) <= (end - start).total_seconds()
