"""True times of reports from PCs whose clocks lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.clock import clock_wrong, repair, zero_of_boot

RECEIVED = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2009, 1, 1, tzinfo=UTC)


def test_a_live_report_was_made_when_it_came_whatever_its_clock_says() -> None:
    found = repair(agent_time=LONG_AGO, monotonic_s=100, received_at=RECEIVED, live=True)

    assert (found.made_at, found.method) == (RECEIVED, "receipt")
    assert found.offset_s == (LONG_AGO - RECEIVED).total_seconds()


def test_a_late_report_is_dated_by_its_boot() -> None:
    zero = zero_of_boot(RECEIVED, 7200)
    found = repair(agent_time=LONG_AGO, monotonic_s=3600, received_at=RECEIVED, live=False, zero_at=zero)

    assert (found.made_at, found.method) == (RECEIVED - timedelta(hours=1), "boot")


def test_without_its_boot_the_known_offset_helps() -> None:
    found = repair(
        agent_time=LONG_AGO, monotonic_s=5, received_at=RECEIVED, live=False,
        offset_s=(LONG_AGO - RECEIVED).total_seconds() + 86400,
    )  # fmt: skip

    assert (found.made_at, found.method) == (RECEIVED - timedelta(days=1), "offset")


def test_a_plausible_clock_is_believed_and_an_impossible_one_is_not() -> None:
    yesterday = RECEIVED - timedelta(days=1)

    assert repair(agent_time=yesterday, monotonic_s=5, received_at=RECEIVED, live=False).method == "agent_clock"
    assert repair(agent_time=LONG_AGO, monotonic_s=5, received_at=RECEIVED, live=False).method == "unknown"
    assert repair(agent_time=None, monotonic_s=5, received_at=RECEIVED, live=False).made_at == RECEIVED


@pytest.mark.parametrize(("offset", "wrong"), [(None, None), (300.0, False), (-300.5, True), (4e8, True)])
def test_a_clock_is_wrong_beyond_the_limit(offset: float | None, wrong: bool | None) -> None:
    assert clock_wrong(offset, 300) is wrong


@given(
    st.one_of(st.none(), st.datetimes(datetime(1975, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))),
    st.floats(0, 3e8),
    st.booleans(),
    st.one_of(st.none(), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),
    st.one_of(st.none(), st.floats(-1e9, 1e9)),
)
def test_nothing_is_made_after_its_receipt(
    agent_time: datetime | None, monotonic: float, live: bool, zero: datetime | None, offset: float | None
) -> None:
    found = repair(
        agent_time=agent_time, monotonic_s=monotonic, received_at=RECEIVED, live=live, zero_at=zero, offset_s=offset
    )

    assert found.made_at <= RECEIVED
