"""The picture of a site: days down, hours across. From stretches of the store to what the template draws. Pure.

Times are aware UTC, days and clocks are local. What the store has no row for is NOT_OBSERVED: never blank, never up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from collector.i18n.format import local
from inventory.domain.contact import clip
from inventory.domain.hours import Calendar, OpeningHours, open_intervals
from inventory.domain.site_facts import FAULTS, Stretch
from inventory.domain.site_state import Availability, availability
from inventory.domain.week import midnight

RECENT_DAYS = 28
MONTHS_OFFERED = 13
NO_ROW = "NOT_OBSERVED"
"""What a time is called that the store has no row for: nobody looked."""

_DAY = timedelta(days=1)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of one day in one state: seconds since local midnight."""

    from_s: int
    to_s: int
    state: str
    cause: str = "unknown"
    why: str = ""
    observed: bool = True

    @property
    def look(self) -> str:
        """How it is drawn: the state, but a line lost to the LAN or to a log-in page looks different.

        So does a fault that was only seen before and after a time in which nobody could see.
        """
        if not self.observed and self.state in FAULTS:
            return "UNSEEN"
        return f"{self.state}.{self.cause}" if self.cause in ("lan", "captive") else self.state

    @property
    def said(self) -> tuple[str, str, str, bool]:
        """What two neighbours must share to be one."""
        return self.state, self.cause, self.why, self.observed


@dataclass(slots=True)
class Day:
    """One line of the picture: its pieces without holes up to now, its opening hours, its availability."""

    day: date
    pieces: list[Piece] = field(default_factory=list[Piece])
    opening: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    share: Availability | None = None

    @property
    def seconds(self) -> dict[str, int]:
        """Seconds per look, for the table behind the picture."""
        total: dict[str, int] = {}
        for piece in self.pieces:
            total[piece.look] = total.get(piece.look, 0) + piece.to_s - piece.from_s
        return total


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are shown; `month` "2026-11", or "" for the last 28 days."""

    first: date
    last: date
    month: str = ""

    @property
    def from_at(self) -> datetime:
        return midnight(self.first)

    @property
    def to_at(self) -> datetime:
        return midnight(self.last + _DAY)


def window_of(month: str, now: datetime) -> Window | None:
    """The days that `?thang=` asks for, "" the last 28 days; None when it is no month or lies ahead."""
    today = local(now).date()
    if not month:
        return Window(today - timedelta(days=RECENT_DAYS - 1), today)
    found = _MONTH.fullmatch(month)
    if found is None or month > f"{today:%Y-%m}":
        return None
    first = date(int(found[1]), int(found[2]), 1)
    last = (first + timedelta(days=31)).replace(day=1) - _DAY
    return Window(first, min(last, today), month)


def months(since: datetime | None, now: datetime) -> list[str]:
    """Months to choose from, newest first: from the first observation on, at most MONTHS_OFFERED."""
    first = local(now).date().replace(day=1)
    begin = local(since).date().replace(day=1) if since else first
    found: list[str] = []
    while first >= begin and len(found) < MONTHS_OFFERED:
        found.append(f"{first:%Y-%m}")
        first = (first - _DAY).replace(day=1)
    return found


def days_of(
    stretches: Iterable[Stretch], hours: OpeningHours, calendar: Calendar, window: Window, now: datetime
) -> list[Day]:
    """One Day for each day of the window, oldest first. Where stretches overlap the later one counts."""
    rows = sorted(stretches, key=lambda row: row.from_at)
    opening = open_intervals(hours, calendar, window.from_at, window.to_at)
    count = (window.last - window.first).days + 1
    found = [Day(window.first + timedelta(days=n)) for n in range(count)]
    for one in found:
        start = midnight(one.day)
        end = min(start + _DAY, now)
        one.pieces = _pieces(rows, start, end)
        one.opening = [(_since(start, a), _since(start, b)) for a, b in clip(opening, start, start + _DAY)]
        one.share = availability(rows, hours, calendar, start, end)
    return found


def _pieces(rows: Sequence[Stretch], start: datetime, end: datetime) -> list[Piece]:
    length, at = _since(start, end), 0
    found: list[Piece] = []
    for row in rows:
        if row.to_at <= start or row.from_at >= end:
            continue
        from_s, to_s = max(at, _since(start, row.from_at)), min(length, _since(start, row.to_at))
        if to_s <= from_s:
            continue
        if from_s > at:
            _append(found, Piece(at, from_s, NO_ROW))
        _append(found, Piece(from_s, to_s, row.state, row.cause, row.why, row.observed))
        at = to_s
    if at < length:
        _append(found, Piece(at, length, NO_ROW))
    return found


def _append(pieces: list[Piece], new: Piece) -> None:
    """Adds a piece, growing the last one when it says the same."""
    last = pieces[-1] if pieces else None
    if last and last.to_s == new.from_s and last.said == new.said:
        pieces[-1] = Piece(last.from_s, new.to_s, *last.said)
    else:
        pieces.append(new)


def _since(start: datetime, moment: datetime) -> int:
    return int((moment - start).total_seconds())


def look_seconds(days: Iterable[Day]) -> dict[str, int]:
    """Seconds per look over all days."""
    total: dict[str, int] = {}
    for one in days:
        for look, seconds in one.seconds.items():
            total[look] = total.get(look, 0) + seconds
    return total


def clock_of(seconds: int) -> str:
    """Seconds since midnight as "07:30"; the end of the day is "24:00"."""
    return "24:00" if seconds >= 86_400 else f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
