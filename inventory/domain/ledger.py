"""The set of sequence numbers received from one boot, as sorted disjoint ranges [[first, last], ...].

It makes ingest idempotent without a row per report: a year of heartbeats is one range.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

Ranges = list[list[int]]


def contains(ranges: Sequence[Sequence[int]], seq: int) -> bool:
    """Whether `seq` was received."""
    at = bisect_right(ranges, seq, key=lambda item: item[0]) - 1
    return at >= 0 and ranges[at][0] <= seq <= ranges[at][1]


def add(ranges: Sequence[Sequence[int]], seq: int) -> Ranges:
    """The ranges with `seq` in them; the argument is left alone."""
    if ranges and ranges[-1][1] + 1 == seq:  # the usual case: the next report
        return [*(list(item) for item in ranges[:-1]), [ranges[-1][0], seq]]
    at = bisect_right(ranges, seq, key=lambda item: item[0])
    before = [list(item) for item in ranges[:at]]
    after = [list(item) for item in ranges[at:]]
    if before and before[-1][1] >= seq:
        return before + after
    if before and before[-1][1] + 1 == seq:
        before[-1][1] = seq
    else:
        before.append([seq, seq])
    if after and after[0][0] == seq + 1:
        before[-1][1] = after[0][1]
        after = after[1:]
    return before + after


def count(ranges: Sequence[Sequence[int]]) -> int:
    """How many sequence numbers are in the ranges."""
    return sum(last - first + 1 for first, last in ranges)
