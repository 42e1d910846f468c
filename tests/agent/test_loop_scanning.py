"""Scanning inside the agent's day: the lease of the answers, sections on their way, heartbeats that go on meanwhile."""

from __future__ import annotations

import dataclasses
import json
import operator
import time
from typing import Any, Dict, Iterable, List, Optional

import pytest

from agent.delivery import LARGEST_LEASE_S
from agent.errors import TransportError
from agent.loop import Tools
from agent.probe import Probe, ProbeContext, ProbeResult, ProbeSettings
from agent.probes import lan
from agent.runner import judge
from agent.scanning import Scanning, ScanSettings
from agent.wire.exchange import AgentPolicy

from . import world as worlds
from .fake_collector import FunctionTransport
from .test_scanning import FakeChild, host, scanned
from .world import World

HOUR, DAY = 3600.0, 86400.0
POLICY = AgentPolicy(version=2, scan_enabled=True, scan_from="00:00", scan_to="23:59")
SCAN_PROBES = {"lan": Probe("lan", lan.run, 10, "scan"), "devices": Probe("devices", lan.run_devices, 10, "scan")}


class ScanWorld(World):
    """A PC that may scan; a child answers after some seconds with a LAN that hardly changes."""

    def __init__(self, folder: Any) -> None:
        self.children: List[FakeChild] = []
        self.hosts = list(range(1, 61))
        self.takes_s = 16.0
        super().__init__(folder)
        self.clock.wall = time.mktime((2026, 11, 23, 6, 0, 0, 0, 0, -1))
        self.collector.policy = POLICY
        self.collector.scan_lease_s = 1800
        self.start()

    def start(self, boot: Optional[str] = None) -> None:
        super().start(boot)
        self.scanning = Scanning(self.state, self.clock, self.draw.random, ScanSettings(), self.start_child)
        tools: Tools = self.agent._tools
        self.agent._tools = dataclasses.replace(
            tools, scanning=self.scanning, probes={**worlds.PROBES, **SCAN_PROBES}, measure=self.measure_all
        )

    def measure_all(self, names: Iterable[str], policy: AgentPolicy) -> Dict[str, ProbeResult]:
        names = list(names)
        results = self.measure([name for name in names if name not in SCAN_PROBES], policy)
        context = ProbeContext(self, policy, ProbeSettings(state_dir=self.folder))  # type: ignore[arg-type]
        return {**results, **{name: judge(SCAN_PROBES[name], context) for name in names if name in SCAN_PROBES}}

    # what the lan probe asks of a host
    def now(self) -> float:
        return self.clock.wall

    def read_text(self, path: str) -> Optional[str]:
        try:
            return self.disk.read(path).decode()
        except FileNotFoundError:
            return None

    def start_child(self, question: str, deadline_s: float) -> FakeChild:
        child = FakeChild(question, deadline_s)
        child.done_at_s = self.clock.mono + self.takes_s  # type: ignore[attr-defined]
        self.children.append(child)
        return child

    def run(self, seconds: float) -> int:
        end, turns = self.clock.mono + seconds, 0
        while self.clock.mono < end:
            turns += 1
            for child in self.children:
                if child.result is None and self.clock.mono >= child.done_at_s:  # type: ignore[attr-defined]
                    kind = child.question["kind"]
                    if kind == "devices":
                        child.answer(devices=[], asked=len(child.question["devices"]))
                    else:
                        child.answer(**scanned(*(host(number) for number in self.hosts)))
            self.clock.pass_time(min(self.agent.turn(), max(end - self.clock.mono, 0.001)))
        return turns

    def sent(self, name: str) -> List[Any]:
        """Sections of that name that came with data."""
        return [made.sections[name] for made in self.reports if name in made.sections and made.sections[name].data]


@pytest.fixture
def world(tmp_path: Any) -> ScanWorld:
    return ScanWorld(tmp_path)


def test_a_leased_pc_sweeps_and_the_collector_learns_who_is_there(world: ScanWorld) -> None:
    world.run(20 * HOUR)

    kinds = [child.question["kind"] for child in world.children]
    assert kinds.count("sweep") == 1
    assert kinds.count("recheck") >= 5
    last = world.sent("lan")[-1].data
    assert len(last["hosts"]) == 60
    assert last["last_sweep"]["hosts"] == 60
    assert "off" not in last


def test_without_a_lease_nothing_is_scanned_and_that_is_said_once(world: ScanWorld) -> None:
    world.collector.scan_lease_s = 0
    world.run(1.2 * DAY)

    assert world.children == []
    assert [section.data for section in world.sent("lan")] == [{"off": "no_lease"}]


def test_a_day_of_scanning_costs_little_traffic(world: ScanWorld) -> None:
    world.run(18 * HOUR)
    before = len(world.reports)
    stranger = 1000
    for _ in range(16):  # telephones come and go
        world.hosts = [*range(1, 59), stranger, stranger + 1]
        stranger += 2
        world.run(HOUR)

    told = [
        section
        for made in world.reports[before:]
        for name, section in made.sections.items()
        if name == "lan" and section.data
    ]
    assert 1 <= len(told) <= 8
    assert sum(len(json.dumps(section.data)) for section in told) < 80000  # before compression, of 150 KB after it


def test_heartbeats_go_on_while_a_scan_runs(world: ScanWorld) -> None:
    world.takes_s = 890.0
    world.run(20 * HOUR)
    child = world.children[0]
    done: float = child.done_at_s  # type: ignore[attr-defined]

    times = [made.monotonic_s for made in world.reports if done - 890 <= made.monotonic_s <= done]
    assert len(times) >= 2
    assert max(map(operator.sub, times[1:], times)) <= 301
    assert len(child.told) > 100 and child.told[0].startswith("lease ")


def test_a_collector_that_takes_the_lease_back_stops_the_scan(world: ScanWorld) -> None:
    world.takes_s = 5000.0
    while not world.children:
        world.run(60)
    world.collector.scan_lease_s = 0
    world.run(400)

    assert world.children[0].told[-1] == "stop lease_over"


def test_a_lease_runs_out_by_itself_when_the_line_is_cut(world: ScanWorld) -> None:
    world.run(600)
    assert 0 < (world.delivery.lease_left_s() or 0) <= 1800

    def cut(_batch: bytes, _headers: Any) -> Any:
        raise TransportError("Không nối được", code="connect")

    world.delivery._transport = FunctionTransport(cut)  # type: ignore[assignment]
    world.run(1700)
    count = len(world.children)
    world.run(20 * HOUR)

    assert world.delivery.lease_left_s() == 0
    assert len(world.children) == count


def test_a_restart_forgets_the_lease(world: ScanWorld) -> None:
    world.run(600)
    world.start()

    assert world.delivery.lease_left_s() is None


def test_a_lease_is_no_longer_than_a_day_and_survives_no_clock_that_goes_back(world: ScanWorld) -> None:
    world.collector.scan_lease_s = 10**9
    world.run(120)
    assert (world.delivery.lease_left_s() or 0) <= LARGEST_LEASE_S
    world.clock.mono -= 100.0
    world.run(0.5)

    assert (world.delivery.lease_left_s() or 0) <= LARGEST_LEASE_S


def test_goodbye_ends_the_child_first_and_is_quick(world: ScanWorld) -> None:
    world.takes_s = 5000.0
    while not world.children:
        world.run(60)
    world.agent.goodbye()

    assert world.children[0].killed
    assert world.reports[-1].kind == "goodbye"


def test_nothing_is_told_of_scanning_before_it_is_settled(world: ScanWorld) -> None:
    world.run(1.0)

    assert "lan" not in world.reports[0].sections


def test_both_sections_can_be_switched_off_like_any_other(world: ScanWorld) -> None:
    world.collector.policy = dataclasses.replace(POLICY, version=3, disabled_probes=("lan", "devices"))
    world.run(DAY)

    assert world.children == []
    assert not any(name in made.sections for made in world.reports for name in ("lan", "devices"))


def test_probes_of_the_scan_cycle_stand_in_the_table() -> None:
    from agent.probes import PROBES

    assert {name for name, probe in PROBES.items() if probe.cycle == "scan"} == set(SCAN_PROBES)
