"""When the sample's PCs run and when they are heard: pure, and the same for the same agent and day at every call.

A run is one boot of a PC. What the collector hears of it are stretches of reports every five minutes: live ones, and
late ones from times in which the line or the collector was down and that a PC delivered afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from inventory.domain.hours import VN_TIME, Calendar, Interval, OpeningHours, open_intervals

HEARTBEAT = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Habit:
    """How people use a PC."""

    opener: bool = False  # the first to be on and the last to be off at its site
    always: bool = False  # never off but for an update on Sunday night
    lunch_off: bool = False
    skip: float = 0.0  # share of days on which nobody uses it
    open_minutes: int | None = None  # off that long after opening, though the office stays open
    gone_at: datetime | None = None  # taken away for good


@dataclass(frozen=True, slots=True)
class Run:
    from_at: datetime
    to_at: datetime
    clean: bool = True  # ended by a shutdown, not by a power cut


@dataclass(frozen=True, slots=True)
class Stretch:
    """Reports every five minutes from `from_at` on; the last one at `to_at`."""

    from_at: datetime
    to_at: datetime
    late: bool = False
    goodbye: bool = False
    heard_at: datetime | None = None  # when late reports came

    def moments(self) -> Iterator[datetime]:
        """When each report was made."""
        at = self.from_at
        while at < self.to_at:
            yield at
            at += HEARTBEAT
        yield self.to_at

    @property
    def reports(self) -> int:
        whole, rest = divmod(self.to_at - self.from_at, HEARTBEAT)
        return whole + 1 + bool(rest)


def runs(
    agent_id: str,
    habit: Habit,
    hours: OpeningHours,
    calendar: Calendar,
    power_cuts: Sequence[Interval],
    first: date,
    last: date,
) -> list[Run]:
    """Boots of a PC that begin on the local days from `first` to `last`, in order."""
    found: list[Run] = []
    day = first
    while day <= last:
        for run in _always(day) if habit.always else _office_day(agent_id, habit, hours, calendar, day):
            found += _with_power(run, power_cuts)
        day += timedelta(days=1)
    if habit.gone_at is None:
        return found
    kept = [run for run in found if run.from_at < habit.gone_at]
    return [Run(run.from_at, min(run.to_at, habit.gone_at), run.clean) for run in kept]


def stretches(run: Run, outages: Sequence[Interval], now: datetime) -> list[Stretch]:
    """What the collector has of a run at `now`. Outages are tidy; one that is not over hides what fell into it."""
    found: list[Stretch] = []
    at, end = run.from_at, min(run.to_at, now)
    if at > now:
        return []
    for down_at, up_at in outages:
        if down_at >= end or up_at <= at:
            continue
        if at < down_at:
            found.append(_reports(at, down_at))
        at, until = max(at, down_at), min(up_at, end)
        if up_at <= now:
            found.append(_reports(at, until, up_at))
        elif until == end:
            return found  # still down when the PC was switched off, or now
        at = until
    if at < end or (at == end and not found):
        found.append(_reports(at, end))
    if run.clean and run.to_at <= now:
        found[-1] = replace(found[-1], to_at=run.to_at, goodbye=True)
    return found


def agent_id(seed: int, site: str, number: int) -> str:
    """32 hex digits, the same for the same seed."""
    return _digest(f"gapwatch-sample:{seed}:{site}:{number}")


def boot_id(agent: str, run: Run) -> str:
    """32 hex digits of one boot."""
    return _digest(f"{agent}:{run.from_at.isoformat()}")


def at_local(day: date, clock: str) -> datetime:
    """A moment from a local day and "HH:MM"."""
    return datetime.combine(day, time.fromisoformat(clock), VN_TIME)


def working_day_before(calendar: Calendar, day: date) -> date:
    """The last working day on or before `day`."""
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def _always(day: date) -> list[Run]:
    if day.weekday() != 6:
        return []
    return [Run(at_local(day, "02:00"), at_local(day + timedelta(days=7), "01:55"))]


def _office_day(agent: str, habit: Habit, hours: OpeningHours, calendar: Calendar, day: date) -> list[Run]:
    spans = open_intervals(hours, calendar, at_local(day, "00:00"), at_local(day + timedelta(days=1), "00:00"))
    rng = Random(f"{agent}:{day.isoformat()}")  # noqa: S311 - invented data, not a secret
    skipped = rng.random() < habit.skip
    if not spans or skipped:
        return []
    early, late = ((-720, -180), (180, 1200)) if habit.opener else ((-300, 1800), (-1200, 2400))
    start = spans[0][0] + timedelta(seconds=rng.randrange(*early))
    end = spans[-1][1] + timedelta(seconds=rng.randrange(*late))
    if habit.open_minutes is not None:
        return [Run(start, spans[0][0] + timedelta(minutes=habit.open_minutes))]
    if habit.lunch_off and len(spans) == 2:
        noon = spans[0][1] + timedelta(seconds=rng.randrange(0, 480))
        back = spans[1][0] + timedelta(seconds=rng.randrange(-300, 600))
        return [Run(start, noon), Run(back, end)]
    return [Run(start, end)]


def _with_power(run: Run, cuts: Sequence[Interval]) -> list[Run]:
    for off_at, on_at in cuts:
        if run.from_at < on_at and off_at < run.to_at:
            before = [Run(run.from_at, off_at, clean=False)] if run.from_at < off_at else []
            return before + ([Run(on_at, run.to_at, run.clean)] if on_at < run.to_at else [])
    return [run]


def _reports(from_at: datetime, end: datetime, heard_at: datetime | None = None) -> Stretch:
    """Reports in [from_at, end): none at `end` itself, where something else begins."""
    count = max(0, -((from_at - end) // HEARTBEAT) - 1)
    return Stretch(from_at, from_at + count * HEARTBEAT, heard_at is not None, False, heard_at)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
