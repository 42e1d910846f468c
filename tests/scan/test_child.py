"""What the child process makes of policy and network, without sending anything."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from agent.scan.child import answer_of, plan_of
from agent.scan.sweep import Outcome, Seen
from agent.scan.targets import Network
from agent.scan.watch import Watch
from agent.wire.exchange import AgentPolicy
from agent.wire.sections import mac_hash

NETWORK = Network("eth0", "02:00:00:00:00:05", "10.1.1.5", "10.1.1.0/29", "10.1.1.1", ("10.1.1.5", "10.1.1.6"))
QUESTION: Dict[str, Any] = {"kind": "sweep", "listen_s": 35.0, "max_frames": 900}


def test_a_sweep_asks_everybody_but_this_pc() -> None:
    plan = plan_of(QUESTION, AgentPolicy(scan_gap_ms=40, scan_passes=3), NETWORK, ["10.1.1.2"])

    assert plan.addresses == ("10.1.1.1", "10.1.1.2", "10.1.1.3", "10.1.1.4")
    assert (plan.gap_ms, plan.passes, plan.max_frames, plan.listen_s) == (40, 3, 900, 35.0)
    assert plan.own == {"10.1.1.5": "02:00:00:00:00:05", "10.1.1.6": "02:00:00:00:00:05"}


def test_a_recheck_asks_known_addresses_of_this_network_only() -> None:
    plan = plan_of({**QUESTION, "kind": "recheck"}, AgentPolicy(), NETWORK, ["10.1.1.3", "10.9.9.9", "10.1.1.5"])

    assert plan.addresses == ("10.1.1.3",)


def test_wi_fi_is_asked_at_the_slowest_rate() -> None:
    import dataclasses

    plan = plan_of(QUESTION, AgentPolicy(scan_gap_ms=25), dataclasses.replace(NETWORK, wireless=True), [])

    assert plan.gap_ms == 50


def test_the_answer_holds_hashes_of_cards() -> None:
    outcome = Outcome(
        hosts={"10.1.1.1": Seen("02:5e:00:00:00:01", 2), "10.1.1.3": Seen("02:5e:00:00:00:03", 0)},
        clashes={"10.1.1.3": {"02:5e:00:00:00:03", "02:5e:00:00:00:04"}},
        addresses=4, frames=9, duration_s=1.234, started_asking=True,
    )  # fmt: skip

    answer = answer_of(NETWORK, "scapy", outcome)

    assert answer["gateway_mac_hash"] == mac_hash("02:5e:00:00:00:01")
    assert answer["hosts"][1] == {
        "address": "10.1.1.3", "mac_prefix": "02:5e:00", "mac_hash": mac_hash("02:5e:00:00:00:03"), "passes": 0,
    }  # fmt: skip
    assert len(answer["clashes"]["10.1.1.3"]) == 2
    assert ":00:00:03" not in str(answer)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], ""),
        (["lease 100"], ""),
        (["lease 0"], "lease_over"),
        (["lease 0", "lease 100"], ""),
        (["stop lease_over"], "lease_over"),
        (["stop"], "switched_off"),
        (["stop switched_off", "lease 100"], "switched_off"),
        (["lease soon", "nonsense", "", "lease"], ""),
    ],
)
def test_what_the_agent_says_to_a_running_scan(lines: Any, reason: str) -> None:
    watch = Watch(50.0, 50.0)
    for line in lines:
        watch.hear(line)

    assert watch() == reason


def test_time_and_the_switch_file_end_a_scan(tmp_path: Any) -> None:
    assert Watch(0.0, 50.0)() == "lease_over"
    assert Watch(50.0, 0.0)() == "deadline"
    watch = Watch(50.0, 50.0, str(tmp_path / "scan.off"))
    assert watch() == ""
    (tmp_path / "scan.off").write_text("")

    assert Watch(50.0, 50.0, str(tmp_path / "scan.off"))() == "switched_off"
