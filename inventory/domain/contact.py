"""Arithmetic of time intervals: half-open (from, to) pairs of aware moments. Pure; linear or better after sorting.

"Tidy" means ascending, disjoint and not touching, as `merge` returns; the other functions take and return tidy lists.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

Interval = tuple[datetime, datetime]

_NOTHING = timedelta(0)


def merge(intervals: Iterable[Interval], join: timedelta = _NOTHING) -> list[Interval]:
    """Tidy union. Holes up to `join` are bridged; empty and reversed intervals are dropped."""
    merged: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start - merged[-1][1] <= join:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def chain(spans: Iterable[Interval], pause: timedelta) -> list[Interval]:
    """Spans no further apart than `pause` as one. Unlike `merge` it keeps instants: a single report is one."""
    chained: list[Interval] = []
    for start, end in sorted(spans):
        if chained and start - chained[-1][1] <= pause:
            if end > chained[-1][1]:
                chained[-1] = (chained[-1][0], end)
        else:
            chained.append((start, end))
    return chained


def clip(intervals: Sequence[Interval], from_at: datetime, to_at: datetime) -> list[Interval]:
    """The parts inside [from_at, to_at)."""
    if not intervals:
        return []
    # A one-tuple sorts before every interval with that start: no key function, which would cost most of the time.
    first = bisect_left(intervals, (from_at,))  # type: ignore[type-var]
    if first and intervals[first - 1][1] > from_at:
        first -= 1
    last = bisect_left(intervals, (to_at,), lo=first)  # type: ignore[type-var]
    return [(max(start, from_at), min(end, to_at)) for start, end in intervals[first:last]]


def gaps(intervals: Sequence[Interval], from_at: datetime, to_at: datetime) -> list[Interval]:
    """What [from_at, to_at) has outside the intervals."""
    if not intervals:
        return [(from_at, to_at)] if from_at < to_at else []
    found: list[Interval] = []
    at = from_at
    for start, end in clip(intervals, from_at, to_at):
        if start > at:
            found.append((at, start))
        at = end
    if at < to_at:
        found.append((at, to_at))
    return found


def intersect(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """What is in both."""
    found: list[Interval] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            found.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return found


def subtract(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """What is in the first and not in the second."""
    return [part for start, end in one for part in gaps(other, start, end)]


def seconds(intervals: Iterable[Interval]) -> float:
    """Their length together."""
    return sum((end - start).total_seconds() for start, end in intervals)


def covers(intervals: Sequence[Interval], moment: datetime) -> bool:
    """Whether a moment is inside."""
    at = bisect_right(intervals, moment, key=_start) - 1
    return at >= 0 and moment < intervals[at][1]


class Measure:
    """Seconds inside a tidy list of intervals between any two moments, in logarithmic time."""

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self._intervals = intervals
        self._sums = [0.0, *accumulate((end - start).total_seconds() for start, end in intervals)]

    def between(self, from_at: datetime, to_at: datetime) -> float:
        """0 when to_at is not after from_at."""
        return max(0.0, self._until(to_at) - self._until(from_at))

    def _until(self, moment: datetime) -> float:
        at = bisect_right(self._intervals, moment, key=_start) - 1
        if at < 0:
            return 0.0
        start, end = self._intervals[at]
        return self._sums[at] + (min(moment, end) - start).total_seconds()


def _start(interval: Interval) -> datetime:
    return interval[0]
