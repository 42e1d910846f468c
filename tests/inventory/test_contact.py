"""Interval arithmetic against sets of whole minutes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.contact import (
    Interval,
    Measure,
    chain,
    clip,
    covers,
    gaps,
    intersect,
    merge,
    seconds,
    subtract,
)

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
END = 60
minutes = st.integers(0, END)
raw_lists = st.lists(st.tuples(minutes, minutes), max_size=12)


def at(minute: int) -> datetime:
    return ZERO + timedelta(minutes=minute)


def as_intervals(pairs: list[tuple[int, int]]) -> list[Interval]:
    return [(at(a), at(b)) for a, b in pairs]


def as_set(intervals: list[Interval]) -> set[int]:
    return {minute for minute in range(END + 1) if any(a <= at(minute) < b for a, b in intervals)}


def is_tidy(intervals: list[Interval]) -> bool:
    flat = [moment for interval in intervals for moment in interval]
    return flat == sorted(set(flat))


@given(raw_lists)
def test_merge_is_the_tidy_union(pairs: list[tuple[int, int]]) -> None:
    merged = merge(as_intervals(pairs))

    assert is_tidy(merged)
    assert as_set(merged) == {m for a, b in pairs for m in range(a, b)}


@given(raw_lists, st.integers(1, 10))
def test_merge_bridges_short_holes_only(pairs: list[tuple[int, int]], pause: int) -> None:
    merged = merge(as_intervals(pairs), timedelta(minutes=pause))
    plain = merge(as_intervals(pairs))

    assert all(b[0] - a[1] > timedelta(minutes=pause) for a, b in itertools.pairwise(merged))
    for hole in gaps(plain, ZERO, at(END)):
        inside = plain and plain[0][0] < hole[0] and hole[1] < plain[-1][1]
        short = hole[1] - hole[0] <= timedelta(minutes=pause)
        assert covers(merged, hole[0]) == bool(inside and short)


@given(raw_lists)
def test_chain_keeps_instants(pairs: list[tuple[int, int]]) -> None:
    spans = [(a, max(a, b)) for a, b in pairs]
    chained = chain(as_intervals(spans), timedelta(minutes=3))

    for start, end in as_intervals(spans):
        assert any(a <= start and end <= b for a, b in chained)
    assert merge(chained) == merge(as_intervals(spans), timedelta(minutes=3)) or any(a == b for a, b in spans)


@given(raw_lists, raw_lists)
def test_intersect_and_subtract(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    one, other = merge(as_intervals(first)), merge(as_intervals(second))

    assert as_set(intersect(one, other)) == as_set(one) & as_set(other)
    assert as_set(subtract(one, other)) == as_set(one) - as_set(other)
    assert is_tidy(intersect(one, other))
    assert seconds(one) == seconds(intersect(one, other)) + seconds(subtract(one, other))


@given(raw_lists, minutes, minutes)
def test_clip_gaps_and_measure(pairs: list[tuple[int, int]], a: int, b: int) -> None:
    tidy = merge(as_intervals(pairs))
    window = set(range(a, b))

    assert as_set(clip(tidy, at(a), at(b))) == as_set(tidy) & window
    assert as_set(gaps(tidy, at(a), at(b))) == window - as_set(tidy)
    assert Measure(tidy).between(at(a), at(b)) == 60 * len(as_set(tidy) & window)
    assert covers(tidy, at(a)) == (a in as_set(tidy))
