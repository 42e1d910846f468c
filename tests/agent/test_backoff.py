"""Waiting: capped, then full jitter after the cap; the collector's wish is honoured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import backoff

share = st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 10_000), share, st.floats(-10, 1e9))
def test_a_wait_is_bounded_whatever_comes(failures, drawn, retry_after):
    wait = backoff.after_failure(failures, lambda: drawn, retry_after)

    assert 0 <= wait <= backoff.CAP_S + backoff.LONGEST_COME_BACK_S
    assert wait >= min(max(retry_after, 0), backoff.LONGEST_COME_BACK_S)


@pytest.mark.parametrize(("failures", "ceiling"), [(1, 60), (2, 120), (3, 240), (4, 480), (5, 900), (500, 900)])
def test_the_interval_doubles_up_to_the_cap(failures, ceiling):
    assert backoff.ceiling_s(failures) == ceiling


def test_the_whole_capped_interval_is_drawn_from():
    """Jitter on top of the cap would leave a fleet in step after a long outage."""
    waits = [backoff.after_failure(50, lambda share=share: share / 100) for share in range(100)]

    assert waits[0] == 0
    assert waits[50] == pytest.approx(450)
    assert waits[99] == pytest.approx(891)


@given(st.integers(-5, 10**9), st.integers(-5, 10**9), share)
def test_come_back_is_honoured_and_spread(come_back_s, spread_s, drawn):
    wait = backoff.after_answer(come_back_s, spread_s, lambda: drawn)

    if come_back_s <= 0:
        assert wait == 0
    else:
        low = min(come_back_s, backoff.LONGEST_COME_BACK_S)
        assert low <= wait <= low + min(max(spread_s, 0), backoff.LONGEST_COME_BACK_S)


@given(st.booleans(), share)
def test_the_past_waits_and_after_a_return_it_is_spread(returned, drawn):
    wait = backoff.before_backlog(returned, lambda: drawn)

    spread = backoff.BACKLOG_SPREAD_S if returned else backoff.BACKLOG_PAUSE_S
    assert backoff.BACKLOG_PAUSE_S <= wait <= backoff.BACKLOG_PAUSE_S + spread
    assert wait == pytest.approx(backoff.BACKLOG_PAUSE_S + drawn * spread)
