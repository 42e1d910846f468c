"""`gapwatch calendar`: on which days offices count as closed or as working, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from inventory.domain.hours import Calendar
from inventory.domain.problem import BadValue
from inventory.domain.week import local_day
from inventory.transfer.calendar_file import read_calendar

_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


def days(calendar: Calendar, year: int) -> list[tuple[date, str]]:
    """The days of a year that differ from the plain week, with the reason: off by law, off by file, made up."""
    found: list[tuple[date, str]] = []
    day = date(year, 1, 1)
    while day.year == year:
        reason = _reason(calendar, day)
        if reason:
            found.append((day, reason))
        day += timedelta(days=1)
    return found


def _reason(calendar: Calendar, day: date) -> str:
    made_up = dict(calendar.work)
    if day in made_up:
        instead = made_up[day]
        return f"làm bù cho {instead:%d/%m/%Y} (tệp lịch)" if instead else "làm bù (tệp lịch)"
    if calendar.is_holiday(day):
        return "nghỉ (tệp lịch)" if day in calendar.off and not Calendar().is_holiday(day) else "nghỉ lễ"
    if calendar.is_working_day(day) and day.weekday() >= 5:
        return "làm bù"
    return ""


def lines(calendar: Calendar, name: str, year: int) -> Iterator[str]:
    """For people: one line per run of days with the same reason."""
    yield f"Lịch làm việc năm {year}, theo ngày lễ của Việt Nam và {name}."
    yield "Ngoài các ngày dưới đây: làm việc từ thứ hai đến thứ sáu, giờ theo từng địa điểm."
    rows = days(calendar, year)

    def run_of(pair: tuple[int, tuple[date, str]]) -> tuple[int, str]:
        at, (day, reason) = pair
        return day.toordinal() - at, reason

    for (_start, reason), group in groupby(enumerate(rows), run_of):
        run = [day for _at, (day, _why) in group]
        yield f"  {_span(run[0], run[-1])}: {reason}"
    working = sum(calendar.is_working_day(date(year, 1, 1) + timedelta(days=n)) for n in range(_length(year)))
    yield f"Cộng {working} ngày làm việc."


def one_day(calendar: Calendar, day: date) -> str:
    """What one day is."""
    weekday = calendar.weekday_of(day)
    if weekday is None:
        reason = _reason(calendar, day) or _WEEKDAYS[day.weekday()]
        return f"{_name(day)}: cơ quan nghỉ ({reason})."
    hours = f", theo giờ của {_WEEKDAYS[weekday]}" if weekday != day.weekday() else ""
    reason = _reason(calendar, day)
    return f"{_name(day)}: cơ quan làm việc{hours}{f' ({reason})' if reason else ''}."


def show(path: str, year: str, day: str, now: datetime) -> Iterator[str]:
    """What `gapwatch calendar` prints. Raises BadValue for a year or day that is none, CalendarFileError."""
    calendar, today = read_calendar(path), local_day(now)
    if day:
        yield one_day(calendar, _day(day))
        return
    name = f"tệp {Path(path).name}" if path else "các ngày bản này đã biết"
    if year and not (year.isdecimal() and 2000 <= int(year) <= 2100):
        raise BadValue("--year", "{year!r} không phải năm", "viết bốn chữ số, ví dụ 2026", year=year)
    yield from lines(calendar, name, int(year or today.year))
    yield f"Hôm nay, {one_day(calendar, today)}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("--day", "{day!r} không phải ngày", "viết năm-tháng-ngày, ví dụ 2026-01-02", day=text) from None


def _span(first: date, last: date) -> str:
    return _name(first) if first == last else f"{_name(first)} - {_name(last)}"


def _name(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def _length(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days
