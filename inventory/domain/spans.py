"""Spans of whole seconds as sorted disjoint ranges [[first, last], ...]: which stretch was counted already. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

Ranges = list[list[int]]
Span = tuple[int, int]


def covers(ranges: Sequence[Sequence[int]], span: Span) -> bool:
    """Whether more than half of the span was counted: one that was cut anew at another second is not counted twice."""
    first, last = span
    at = max(0, bisect_right(ranges, first, key=lambda item: item[0]) - 1)
    known = 0
    for low, high in ranges[at:]:
        if low > last:
            break
        known += max(0, min(high, last) - max(low, first) + 1)
    return 2 * known > last - first + 1


def add_span(ranges: Sequence[Sequence[int]], span: Span) -> Ranges:
    """The ranges with the span in them; touching ones are joined. The argument is left alone."""
    first, last = span
    if last < first:
        return [list(item) for item in ranges]
    before = [list(item) for item in ranges if item[1] < first - 1]
    after = [list(item) for item in ranges if item[0] > last + 1]
    met = [item for item in ranges if item[1] >= first - 1 and item[0] <= last + 1]
    return [*before, [min([first, *(i[0] for i in met)]), max([last, *(i[1] for i in met)])], *after]
