"""The ledger of sequence numbers behaves like a set."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inventory.domain import ledger


@given(st.lists(st.integers(min_value=1, max_value=60), max_size=80))
def test_it_is_the_set_of_what_was_added(numbers: list[int]) -> None:
    ranges: list[list[int]] = []
    for number in numbers:
        ranges = ledger.add(ranges, number)

    assert ledger.count(ranges) == len(set(numbers))
    assert {n for n in range(70) if ledger.contains(ranges, n)} == set(numbers)
    assert all(first <= last for first, last in ranges)
    assert all(ranges[i][1] + 1 < ranges[i + 1][0] for i in range(len(ranges) - 1)), "ranges must not touch"


@given(st.permutations(list(range(1, 12))))
def test_every_order_ends_in_one_range(order: list[int]) -> None:
    ranges: list[list[int]] = []
    for number in order:
        ranges = ledger.add(ranges, number)

    assert ranges == [[1, 11]]


def test_add_leaves_its_argument_alone() -> None:
    ranges = [[1, 3], [5, 6]]
    ledger.add(ranges, 4)

    assert ranges == [[1, 3], [5, 6]]
