"""From rows of the store to what a picture or a tile shows. Pure; times are aware UTC, days are local."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from collector.i18n.format import local
from inventory.domain.week import midnight
from inventory.store.tables import SiteState

MONTH_DAYS = 28
NO_ROW = "NOT_OBSERVED"
"""What a time is called that the store has no row for: nobody looked. Never drawn as blank, never as working."""

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of one day in one state; seconds since local midnight."""

    from_s: int
    to_s: int
    state: str


@dataclass(slots=True)
class DayBar:
    """One day of the picture: its stretches without holes, up to now."""

    day: date
    stretches: list[Stretch] = field(default_factory=list[Stretch])

    @property
    def seconds(self) -> dict[str, int]:
        """Seconds per state, for the table behind the picture."""
        total: dict[str, int] = {}
        for item in self.stretches:
            total[item.state] = total.get(item.state, 0) + item.to_s - item.from_s
        return total


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stacked bar: what it counts (css class and word are looked up by key) and how many."""

    key: str
    count: int


def first_day(now: datetime, days: int = MONTH_DAYS) -> date:
    """The first of `days` local days of which today is the last."""
    return local(now).date() - timedelta(days=days - 1)


def day_bars(states: Iterable[SiteState], now: datetime, days: int = MONTH_DAYS) -> list[DayBar]:
    """The last `days` days, oldest first. Where rows overlap the later one counts; holes become NO_ROW."""
    rows = sorted(states, key=lambda row: row.from_at)
    begin = first_day(now, days)
    return [_day_bar(rows, begin + timedelta(days=n), now) for n in range(days)]


def _day_bar(rows: Sequence[SiteState], day: date, now: datetime) -> DayBar:
    start = midnight(day)
    end = min(start + timedelta(days=1), now)
    bar = DayBar(day)
    length = int((end - start).total_seconds())
    at = 0
    for row in rows:
        if row.to_at <= start or row.from_at >= end:
            continue
        from_s = max(at, int((row.from_at - start).total_seconds()))
        to_s = min(length, int((row.to_at - start).total_seconds()))
        if to_s <= from_s:
            continue
        if from_s > at:
            _append(bar.stretches, Stretch(at, from_s, NO_ROW))
        _append(bar.stretches, Stretch(from_s, to_s, row.state))
        at = to_s
    if at < length:
        _append(bar.stretches, Stretch(at, length, NO_ROW))
    return bar


def _append(stretches: list[Stretch], new: Stretch) -> None:
    """Adds a stretch, growing the last one when it is the same state."""
    if stretches and stretches[-1].state == new.state and stretches[-1].to_s == new.from_s:
        new = Stretch(stretches.pop().from_s, new.to_s, new.state)
    stretches.append(new)


def state_seconds(bars: Iterable[DayBar]) -> dict[str, int]:
    """Seconds per state over all days."""
    total: dict[str, int] = {}
    for bar in bars:
        for state, seconds in bar.seconds.items():
            total[state] = total.get(state, 0) + seconds
    return total


def clock_of(seconds: int) -> str:
    """Seconds since midnight as "07:30"; the end of the day is "24:00"."""
    return "24:00" if seconds >= _DAY_S else f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def week_start(now: datetime) -> datetime:
    """Monday 00:00 local of the current week, UTC."""
    today = local(now).date()
    return midnight(today - timedelta(days=today.weekday()))
