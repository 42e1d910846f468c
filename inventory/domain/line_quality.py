"""How good a line is, from its tests in working hours. Pure.

Figures are p50, p90, p95 in the sense of "not worse than this in 50, 90, 95 % of the tests": of times and losses the
upper quantiles, of rates the lower ones. Nearest rank, so that every figure is one that was really measured. A capped
test only proves "at least": capped values have a summary of their own and are never mixed with full ones.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from inventory.domain.hours import Calendar, Interval, OpeningHours, open_intervals
from inventory.domain.week import local_day

KINDS = frozenset({"stamp", "ndt7_down", "ndt7_up"})
OUTCOMES = frozenset({"ok", "capped", "stopped_busy", "refused", "failed"})
LINK_CLASSES = ("fibre", "government", "mobile", "satellite")

MEASURES: Mapping[str, str] = {
    "rtt": "ms", "jitter": "ms", "loss": "percent", "loss_up": "percent", "loss_down": "percent",
    "down": "mbps", "up": "mbps",
}  # fmt: skip
"""Measure -> unit, in the order in which people read them. `loss` is of the round trip."""
RATES = frozenset({"down", "up"})


@dataclass(frozen=True, slots=True)
class QualityFact:
    """One test as stored; see store/tables/quality.py for the units."""

    at: datetime
    kind: str
    outcome: str
    placed: str = "boot"
    link_class: str = ""
    bytes_used: int = 0
    packets_sent: int | None = None
    packets_received: int | None = None
    lost_forward: int | None = None
    lost_backward: int | None = None
    rtt_median_ms: float | None = None
    jitter_ms: float | None = None
    mbps: float | None = None


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Of `count` values: not worse than p50 in half of them, and so on."""

    count: int
    p50: float
    p90: float
    p95: float
    best: float


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of one line. `full` None: no full test. `capped`: of rates only, lower bounds.

    days_seen of days: working days on which it was measured; their share is the observed share.
    """

    name: str
    full: Quantiles | None
    capped: Quantiles | None
    days_seen: int
    days: int
    last_at: datetime | None

    @property
    def count(self) -> int:
        return (self.full.count if self.full else 0) + (self.capped.count if self.capped else 0)


@dataclass(frozen=True, slots=True)
class LineQuality:
    """All measures of a line over a window. source_class is always "measured"."""

    measures: Mapping[str, Measure]
    link_class: str  # of the newest test that told one
    tests: int  # in the window, at any hour and of any outcome
    in_hours: int  # of them usable ones in working hours
    not_usable: Mapping[str, int]  # outcome -> how many gave no figure
    undated: int  # their true time is not known: in no figure
    last_at: datetime | None  # newest usable test
    source_class: str = "measured"

    def measure(self, name: str) -> Measure:
        return self.measures[name]


@dataclass(slots=True)
class _Values:
    full: list[float] = field(default_factory=list[float])
    capped: list[float] = field(default_factory=list[float])
    days: set[date] = field(default_factory=set[date])
    last_at: datetime | None = None

    def add(self, value: float | None, test: QualityFact) -> None:
        if value is None:
            return
        (self.capped if test.outcome == "capped" else self.full).append(value)
        self.days.add(local_day(test.at))
        self.last_at = max(self.last_at or test.at, test.at)


def summarize(
    tests: Iterable[QualityFact], hours: OpeningHours, calendar: Calendar, from_at: datetime, to_at: datetime
) -> LineQuality:
    """The line's figures over [from_at, to_at], from tests that were made while the office was open."""
    opened = open_intervals(hours, calendar, from_at, to_at)
    return summarize_within(tests, opened, from_at, to_at)


def summarize_within(
    tests: Iterable[QualityFact], opened: Sequence[Interval], from_at: datetime, to_at: datetime
) -> LineQuality:
    """The same for given times: disjoint, ascending intervals."""
    values = {name: _Values() for name in MEASURES}
    inside = _inside(opened)
    seen, in_hours, undated, not_usable = 0, 0, 0, dict[str, int]()
    newest: tuple[datetime, str] | None = None
    last_at: datetime | None = None
    for test in tests:
        if not from_at <= test.at <= to_at:
            continue
        seen += 1
        if test.link_class and (newest is None or test.at >= newest[0]):
            newest = (test.at, test.link_class)
        if test.outcome not in ("ok", "capped"):
            not_usable[test.outcome] = not_usable.get(test.outcome, 0) + 1
        elif test.placed == "receipt":
            undated += 1
        elif inside(test.at):
            in_hours += 1
            last_at = max(last_at or test.at, test.at)
            for name, value in values_of(test).items():
                values[name].add(value, test)
    days = len({local_day(start) for start, _ in opened})
    measures = {
        name: Measure(name, quantiles(found.full, name), quantiles(found.capped, name), len(found.days), days, found.last_at)
        for name, found in values.items()
    }  # fmt: skip
    return LineQuality(measures, newest[1] if newest else "", seen, in_hours, not_usable, undated, last_at)


def values_of(test: QualityFact) -> dict[str, float | None]:
    """What one usable test says, by measure. Losses in percent."""
    if test.kind == "ndt7_down":
        return {"down": test.mbps}
    if test.kind == "ndt7_up":
        return {"up": test.mbps}
    sent, received = test.packets_sent or 0, test.packets_received
    forward, backward = test.lost_forward, test.lost_backward
    reached = sent - forward if forward is not None else 0
    return {
        "rtt": test.rtt_median_ms,
        "jitter": test.jitter_ms,
        "loss": _percent(sent - received, sent) if received is not None else None,
        "loss_up": _percent(forward, sent) if forward is not None else None,
        "loss_down": _percent(backward, reached) if backward is not None else None,
    }


def quantiles(values: Sequence[float], measure: str) -> Quantiles | None:
    """Nearest-rank quantiles with the bad side last; None without values."""
    if not values:
        return None
    worst_last = sorted(values, reverse=measure in RATES)

    def at(share: float) -> float:
        return worst_last[max(0, math.ceil(share * len(worst_last) - 1e-9) - 1)]

    return Quantiles(len(values), at(0.50), at(0.90), at(0.95), worst_last[0])


def _percent(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole > 0 and 0 <= part <= whole else None


def _inside(opened: Sequence[Interval]) -> Callable[[datetime], bool]:
    starts = [start for start, _ in opened]

    def check(at: datetime) -> bool:
        where = bisect_right(starts, at) - 1
        return where >= 0 and at <= opened[where][1]

    return check


def as_plain(quality: LineQuality) -> dict[str, Any]:
    """As JSON: what pages, lists and programs read."""
    return {
        "link_class": quality.link_class,
        "tests": quality.tests,
        "in_hours": quality.in_hours,
        "not_usable": dict(quality.not_usable),
        "undated": quality.undated,
        "last_at": quality.last_at.isoformat() if quality.last_at else None,
        "source_class": quality.source_class,
        "measures": {name: _plain_measure(measure) for name, measure in quality.measures.items()},
    }


def _plain_measure(measure: Measure) -> dict[str, Any]:
    return {
        "unit": MEASURES[measure.name],
        "full": _plain_quantiles(measure.full),
        "capped": _plain_quantiles(measure.capped),
        "days_seen": measure.days_seen,
        "days": measure.days,
        "last_at": measure.last_at.isoformat() if measure.last_at else None,
    }


def _plain_quantiles(found: Quantiles | None) -> dict[str, Any] | None:
    if found is None:
        return None
    rounded = {name: round(getattr(found, name), 3) for name in ("p50", "p90", "p95", "best")}
    return {"count": found.count, **rounded}
