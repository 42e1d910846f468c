"""Arithmetic on lists of (from, to): disjoint, ascending, seconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[float, float]


def union(spans: Iterable[Sequence[float]], gap: float = 0.0) -> list[Span]:
    """Joined where they touch or are at most `gap` apart."""
    found: list[Span] = []
    for start, end in sorted((row[0], row[1]) for row in spans):
        if end <= start:
            continue
        if found and start <= found[-1][1] + gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def meet(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> list[Span]:
    """What is in both."""
    found: list[Span] = []
    a = b = 0
    while a < len(left) and b < len(right):
        start, end = max(left[a][0], right[b][0]), min(left[a][1], right[b][1])
        if start < end:
            found.append((start, end))
        if left[a][1] < right[b][1]:
            a += 1
        else:
            b += 1
    return found


def without(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> list[Span]:
    """What is in `left` and not in `right`."""
    found: list[Span] = []
    at = 0
    for start, end in left:
        while at < len(right) and right[at][1] <= start:
            at += 1
        here = at
        while here < len(right) and right[here][0] < end:
            if right[here][0] > start:
                found.append((start, right[here][0]))
            start = max(start, right[here][1])
            here += 1
        if start < end:
            found.append((start, end))
    return found


def grown(spans: Sequence[Sequence[float]], before: float, after: float) -> list[Span]:
    """Every interval longer by that much, joined."""
    return union((start - before, end + after) for start, end in spans)


def total(spans: Sequence[Sequence[float]]) -> float:
    """Seconds."""
    return sum(end - start for start, end in spans)


def covers(spans: Sequence[Sequence[float]], start: float, end: float) -> bool:
    """Whether one interval holds [start, end]."""
    at = bisect_right([row[0] for row in spans], start) - 1
    return at >= 0 and spans[at][1] >= end


def touches(spans: Sequence[Sequence[float]], start: float, end: float) -> bool:
    """Whether any interval has a part of [start, end]."""
    return any(row[0] <= end and row[1] >= start for row in spans)
