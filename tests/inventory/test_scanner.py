"""One scanner per LAN: elected, kept, replaced when it falls silent, and never two that may scan at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.domain.scanner import GRANT, Candidate, Tenure, elect, grant_s

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GRACE = timedelta(minutes=15)
A = Candidate("a", able=True, wired=True, laptop=False, heard_at=NOW)
B = Candidate("b", able=True, wired=True, laptop=False, heard_at=NOW)
HELD = Tenure("a", NOW - timedelta(hours=1), NOW + timedelta(hours=5), "first")


def vote(held: Tenure, *candidates: Candidate, now: datetime = NOW, scanning: bool = True) -> Tenure:
    return elect(held, candidates, now, GRACE, 6.0, scanning)


def test_a_wired_desktop_that_reports_is_elected() -> None:
    wireless = replace(A, wired=False)
    laptop = replace(A, laptop=True)
    silent = replace(A, heard_at=NOW - timedelta(hours=1))
    unable = replace(A, able=False)
    never = replace(A, heard_at=None)

    for other in (wireless, laptop, silent, unable, never):
        assert vote(Tenure(), other, B).agent_id == "b"
    assert vote(Tenure(), B, A) == Tenure("a", NOW, NOW + timedelta(hours=6), "first")
    assert vote(Tenure(), silent, unable) == Tenure()


def test_a_running_tenure_stays_whoever_comes() -> None:
    assert vote(HELD, replace(A, wired=False), B) is HELD
    assert vote(HELD, replace(A, heard_at=NOW - timedelta(minutes=20)), B) is HELD, "silent, but it may still scan"


def test_who_falls_silent_or_may_not_scan_is_replaced() -> None:
    gone = replace(A, heard_at=NOW - GRANT - timedelta(seconds=1))

    assert vote(HELD, gone, B).agent_id == "b"
    assert vote(HELD, gone) is HELD, "at night nobody is there to take over"
    assert vote(HELD, replace(A, able=False), B).why == "unable"
    assert vote(HELD, replace(A, able=False)).agent_id == ""
    assert vote(HELD, B).agent_id == "b", "it moved to another network"


def test_when_the_tenure_is_over_the_best_is_elected_again() -> None:
    over = replace(HELD, until=NOW)

    assert vote(over, A, B) == Tenure("a", NOW, NOW + timedelta(hours=6), "kept")
    assert vote(over, replace(A, wired=False), B).why == "better"
    assert vote(over, replace(A, heard_at=NOW - timedelta(minutes=20))) is over


def test_the_policy_can_end_scanning() -> None:
    assert vote(HELD, A, scanning=False) == Tenure(why="policy")
    assert vote(Tenure(), A, scanning=False) == Tenure()


def test_a_lease_is_short_and_never_outlasts_the_tenure() -> None:
    assert grant_s(NOW + timedelta(hours=5), NOW) == GRANT.total_seconds()
    assert grant_s(NOW + timedelta(minutes=5), NOW) == 300
    assert grant_s(NOW, NOW) == grant_s(None, NOW) == 0


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.lists(st.sampled_from("abc"), max_size=3, unique=True), st.booleans()),
        min_size=1,
        max_size=60,
    )
)
def test_no_two_hold_a_lease_at_once(steps: list[tuple[int, list[str], bool]]) -> None:
    """Minutes pass, some PCs report (and get their lease with the answer), the collector votes."""
    now, held = NOW, Tenure()
    heard: dict[str, datetime] = {}
    lease_until: dict[str, datetime] = {}
    for minutes, reporting, wired in steps:
        now += timedelta(minutes=minutes)
        for name in reporting:
            heard[name] = now
            seconds = grant_s(held.until, now) if held.agent_id == name else 0
            if seconds:
                lease_until[name] = now + timedelta(seconds=seconds)
            else:
                lease_until.pop(name, None)
        candidates = [
            Candidate(name, able=True, wired=wired or name == "b", laptop=False, heard_at=heard.get(name))
            for name in "abc"
        ]
        held = elect(held, candidates, now, GRACE, 1.0, True)
        assert sum(until > now for until in lease_until.values()) <= 1
        others = [name for name, until in lease_until.items() if until > now and name != held.agent_id]
        assert not others, "who lost the task has no lease left"
