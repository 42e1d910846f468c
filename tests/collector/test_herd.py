"""A whole province of agents comes back at once: no stampede after the back-off, and the present goes before the past.
`python -m tests.bench herd` shows the same with 24,000 agents."""

from __future__ import annotations

import pytest

from agent import backoff
from tests.bench import herd

AGENTS = 600


@pytest.mark.parametrize("scene", ["line", "restart"])
def test_a_return_is_no_stampede(scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(herd, "OUTAGE_S", 3600.0)
    monkeypatch.setattr(herd.group, "MAX_WAITING", herd.group.MAX_WAITING * AGENTS // herd.AGENTS)

    got = herd.simulate(scene, AGENTS, herd.CAPACITY * AGENTS / herd.AGENTS)

    assert got.backlog_first == 0
    assert got.peak_10s < 3 * got.mean
    if scene == "restart":
        assert got.refused > 0, "all came in one second: some must have been told to come back"
    assert got.current_s[99] <= backoff.CAP_S
    assert got.drained_s < 3600


def test_without_the_spread_the_past_comes_as_a_stampede(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the measure is worth: the same province with all agents' second upload 15 s after their first."""
    monkeypatch.setattr(backoff, "BACKLOG_SPREAD_S", 0.0)
    monkeypatch.setattr(herd, "OUTAGE_S", 3600.0)

    got = herd.simulate("restart", AGENTS)

    assert got.peak_1s > 10 * got.mean
