"""Data quality: fresh or stale, and four scores that say how much they know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.freshness import DataRecord, Score, freshness, quality
from inventory.domain.policy import DEFAULT_POLICY

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age_days", "said"), [(0, "fresh"), (30, "fresh"), (30.001, "stale"), (-1, "fresh"), (None, "none")]
)
def test_classes(age_days: float | None, said: str) -> None:
    seen_at = None if age_days is None else NOW - timedelta(days=age_days)

    assert freshness(seen_at, DEFAULT_POLICY, NOW) == said


def test_four_scores() -> None:
    found = quality(
        [
            DataRecord("measured", filled=8, fields=10, agreements=(True, None), seen_at=NOW),
            DataRecord("declared", filled=5, fields=10, agreements=(False, True), seen_at=NOW - timedelta(days=40)),
            DataRecord("", filled=0, fields=10),
        ],
        DEFAULT_POLICY,
        NOW,
    )

    assert found.verified == Score(1, 2, 3)
    assert found.complete == Score(13, 30, 30)
    assert found.consistent == Score(2, 3, 4)
    assert found.fresh == Score(1, 2, 3)
    assert (found.fresh.share, found.fresh.observed_share) == (0.5, pytest.approx(2 / 3))


def test_of_nothing_there_is_no_share() -> None:
    found = quality([], DEFAULT_POLICY, NOW)

    assert {found.verified.share, found.complete.share, found.consistent.observed_share, found.fresh.share} == {None}


records = st.builds(
    DataRecord,
    source_class=st.sampled_from(["measured", "declared", "verified", ""]),
    filled=st.integers(0, 5),
    fields=st.just(5),
    agreements=st.lists(st.sampled_from([True, False, None]), max_size=3).map(tuple),
    seen_at=st.none() | st.integers(0, 90).map(lambda days: NOW - timedelta(days=days)),
)


@given(st.lists(records))
def test_scores_stay_within_what_is_known(rows: list[DataRecord]) -> None:
    found = quality(rows, DEFAULT_POLICY, NOW)

    for score in (found.verified, found.complete, found.consistent, found.fresh):
        assert 0 <= score.good <= score.known <= score.total
