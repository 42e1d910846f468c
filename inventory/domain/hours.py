"""Working days and opening hours in Vietnam, as UTC intervals. Pure: texts come in, the clock is an argument.

Days off are those of the `holidays` package with a local override laid over them (days off and make-up days that the
government announces by letter). A make-up day has the hours of the weekday whose work it makes up for, where that is
known, else Monday's. Hours written for "daily" hold on every day, holidays too; so do hours that cover all 24 hours
of all seven days.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

import holidays

from inventory.domain.problem import BadValue

VN_TIME = timezone(timedelta(hours=7), "+07")
"""Asia/Ho_Chi_Minh has had no daylight saving time since 1975: a fixed offset is exact and needs no tz database."""

Interval = tuple[datetime, datetime]

Hours = tuple[tuple[str, str], ...]
"""Opening hours as written: (("mon-fri", "07:30-11:30"), ...)."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)\Z")
_DAY_S = 86400


@dataclass(frozen=True)
class Calendar:
    """Working days: Vietnam's holidays plus the override. Frozen, so that results can be cached per calendar."""

    off: frozenset[date] = frozenset()
    work: tuple[tuple[date, date | None], ...] = ()  # (make-up day, day off that it makes up for)

    @classmethod
    def parse(cls, text: str, name: str = "calendar.vi.toml") -> Calendar:
        """Text of an override file -> Calendar. Raises BadValue naming file and key."""
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadValue(name, "không đọc được: {error}", "sửa dòng đã nêu", error=str(error)) from None
        unknown = sorted(set(document) - {"off", "work"})
        if unknown:
            raise BadValue(name, "khóa lạ", "chỉ dùng off và work", part=unknown[0])
        off = [_day_of(row, "day", f"off[{at}]", name) for at, row in _tables(document, "off", name)]
        work = [
            (
                _day_of(row, "day", f"work[{at}]", name),
                _day_of(row, "instead_of", f"work[{at}]", name) if "instead_of" in row else None,
            )
            for at, row in _tables(document, "work", name)
        ]
        both = set(off) & {day for day, _ in work}
        if both:
            raise BadValue(name, "vừa là ngày nghỉ vừa là ngày làm bù", "bỏ một trong hai", part=min(both).isoformat())
        return cls(frozenset(off), tuple(sorted(work, key=lambda pair: pair[0])))

    def is_working_day(self, day: date) -> bool:
        """Whether offices work that day."""
        return self.weekday_of(day) is not None

    def is_holiday(self, day: date) -> bool:
        """A day off by law or by letter; plain Saturdays and Sundays are not."""
        made_up = _made_up(self)
        return day not in made_up and (day in self.off or day in _vietnam(day.year)[0])

    def weekday_of(self, day: date) -> int | None:
        """Weekday (0 Monday) whose hours hold that day, None when it is off for those who work Monday to Friday."""
        if day in _made_up(self):
            return _made_up(self)[day]
        off, made_up = _vietnam(day.year)
        if day in self.off:
            return None
        if day in made_up:
            return made_up[day]
        if day in off or day.weekday() >= 5:
            return None
        return day.weekday()

    def next_working_day(self, day: date) -> date:
        """The first working day on or after `day`."""
        for ahead in range(60):
            if self.is_working_day(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise BadValue("calendar", "60 ngày liền không có ngày làm việc", "xem lại các ngày nghỉ sau {day}", day=day)

    def working_moment_at_or_after(self, moment: datetime) -> datetime:
        """`moment` itself on a working day, else the same local time of the next working day. UTC."""
        local = moment.astimezone(VN_TIME)
        day = self.next_working_day(local.date())
        return local.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)


DEFAULT_CALENDAR = Calendar(
    off=frozenset({date(2026, 1, 2), date(2026, 8, 31), date(2026, 11, 24)}),
    work=((date(2026, 1, 10), date(2026, 1, 2)), (date(2026, 8, 22), date(2026, 8, 31))),
)
"""The same as config/calendar.vi.toml: letter 12729/VPCP-KGVX of 25 December 2025 is what `holidays` does not know."""


@dataclass(frozen=True)
class OpeningHours:
    """Hours per weekday. `written` is as people wrote it; spans are (from, to) in seconds of the local day."""

    written: Hours
    week: tuple[tuple[tuple[int, int], ...], ...]  # Monday to Sunday
    daily: tuple[tuple[int, int], ...] = ()  # hours that hold on holidays too

    @classmethod
    def parse(cls, rows: Any) -> OpeningHours:
        """[["mon-fri", "07:30-11:30"], ["sat", ...], ["daily", "00:00-24:00"]] -> hours. Raises BadValue."""
        if not isinstance(rows, (list, tuple)) or not rows:
            raise BadValue("hours", "phải là danh sách các cặp thứ và giờ", 'ví dụ [["mon-fri", "07:30-11:30"]]')
        written = tuple(_row(row, at) for at, row in enumerate(rows))
        return _parse_hours(written)


def parse_cached(rows: Sequence[Sequence[str]]) -> OpeningHours:
    """`OpeningHours.parse`, remembered: sites share few patterns."""
    return _parse_hours(tuple(_row(row, at) for at, row in enumerate(rows)))


def open_intervals(hours: OpeningHours, calendar: Calendar, from_at: datetime, to_at: datetime) -> list[Interval]:
    """Opening times clipped to [from_at, to_at]: disjoint, ascending, UTC. Touching ones are joined."""
    found: list[Interval] = []
    day = from_at.astimezone(VN_TIME).date()
    last = to_at.astimezone(VN_TIME).date()
    while day <= last:
        for start, end in _day_intervals(hours, calendar, day):
            start, end = max(start, from_at), min(end, to_at)
            if start >= end:
                continue
            if found and found[-1][1] >= start:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
        day += timedelta(days=1)
    return found


def open_seconds(hours: OpeningHours, calendar: Calendar, from_at: datetime, to_at: datetime) -> float:
    """Seconds of opening time within [from_at, to_at]."""
    return sum((end - start).total_seconds() for start, end in open_intervals(hours, calendar, from_at, to_at))


def _spans_on(hours: OpeningHours, calendar: Calendar, day: date) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = list(hours.daily)
    weekday = calendar.weekday_of(day)
    if weekday is None and day.weekday() >= 5 and not calendar.is_holiday(day):
        weekday = day.weekday()  # a plain Saturday is nobody's holiday: offices that open on it do
    if weekday is not None:
        spans.extend(hours.week[weekday])
    return _joined(spans)


@lru_cache(maxsize=20000)
def _day_intervals(hours: OpeningHours, calendar: Calendar, day: date) -> tuple[Interval, ...]:
    midnight = datetime.combine(day, time(), VN_TIME).astimezone(UTC)
    return tuple(
        (midnight + timedelta(seconds=start), midnight + timedelta(seconds=end))
        for start, end in _spans_on(hours, calendar, day)
    )


@lru_cache(maxsize=64)
def _vietnam(year: int) -> tuple[frozenset[date], Mapping[date, int]]:
    """(days off, {make-up day: weekday that it stands for}) of a year, as `holidays` knows them."""
    known = holidays.country_holidays("VN", years=(year - 1, year, year + 1), language="en_US")
    off = frozenset(day for day in known if day.year == year)
    made_up: dict[date, int] = {}
    for day, name in known.items():
        swapped = re.search(r"substituted from (\d\d)/(\d\d)/(\d{4})", name)
        if swapped:
            month, number, at_year = map(int, swapped.groups())
            made_up[date(at_year, month, number)] = day.weekday()
    for day in getattr(known, "weekend_workdays", ()):
        made_up.setdefault(day, 0)
    return off, {day: weekday for day, weekday in made_up.items() if day.year == year}


@lru_cache(maxsize=16)
def _made_up(calendar: Calendar) -> Mapping[date, int]:
    return {
        day: (0 if instead is None or instead.weekday() > 4 else instead.weekday()) for day, instead in calendar.work
    }


@lru_cache(maxsize=512)
def _parse_hours(written: Hours) -> OpeningHours:
    week: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
    daily: list[tuple[int, int]] = []
    for at, (days, span) in enumerate(written):
        times = _span(span, at)
        if days == "daily":
            daily.append(times)
            continue
        for weekday in _weekdays(days, at):
            week[weekday].append(times)
    whole_week = [_joined(spans) for spans in week]
    if all(spans == [(0, _DAY_S)] for spans in whole_week):
        daily.append((0, _DAY_S))
    return OpeningHours(written, tuple(tuple(spans) for spans in whole_week), tuple(_joined(daily)))


def _row(row: Any, at: int) -> tuple[str, str]:
    if not isinstance(row, (list, tuple)) or len(row) != 2 or not all(isinstance(part, str) for part in row):
        raise BadValue(f"hours[{at}]", "phải là một cặp thứ và giờ", 'ví dụ ["mon-fri", "07:30-11:30"]')
    return row[0].replace(" ", "").lower(), row[1].replace(" ", "")


def _weekdays(text: str, at: int) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise BadValue(
                f"hours[{at}]",
                "{days!r} không phải thứ",
                "dùng mon, tue ... sun, mon-fri hoặc daily",
                days=part,
            )
        low, high = WEEKDAYS.index(first), WEEKDAYS.index(last) if dash else WEEKDAYS.index(first)
        if low > high:
            raise BadValue(f"hours[{at}]", "{days!r} đi ngược tuần", "viết từ thứ sớm đến thứ muộn", days=part)
        found.extend(range(low, high + 1))
    return found


def _span(text: str, at: int) -> tuple[int, int]:
    match = _SPAN.match(text)
    if not match:
        raise BadValue(f"hours[{at}]", "{span!r} không phải khoảng giờ", "viết như 07:30-11:30", span=text)
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    start, end = from_hour * 3600 + from_minute * 60, to_hour * 3600 + to_minute * 60
    if end > _DAY_S or start >= end:
        raise BadValue(
            f"hours[{at}]",
            "{span!r} kết thúc trước khi bắt đầu hoặc sau 24:00",
            "tách thành hai khoảng",
            span=text,
        )
    return start, end


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and found[-1][1] >= start:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _tables(document: Mapping[str, Any], key: str, name: str) -> list[tuple[int, dict[str, Any]]]:
    rows = document.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadValue(name, "phải là danh sách bảng", "viết [[{key}]] rồi day = năm-tháng-ngày", part=key, key=key)
    for at, row in enumerate(rows):
        unknown = sorted(set(row) - {"day", "instead_of", "source"})
        if unknown or (key == "off" and "instead_of" in row):
            bad = unknown[0] if unknown else "instead_of"
            raise BadValue(name, "khóa lạ", "dùng day, source; với work thêm instead_of", part=f"{key}[{at}].{bad}")
    return list(enumerate(rows))


def _day_of(row: Mapping[str, Any], field: str, where: str, name: str) -> date:
    value = row.get(field)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise BadValue(name, "phải là một ngày", "viết năm-tháng-ngày, ví dụ 2026-01-02", part=f"{where}.{field}")
    return value
