"""When the line is measured, what it may cost, and that results reach the collector once they are on the disk."""

from __future__ import annotations

import json
import random
from typing import Any, Dict, List, Optional

import pytest

from agent.identity import Identity, State
from agent.measuring import LineSettings, Measuring
from agent.process import CommandResult
from agent.quality import memory
from agent.quality.adapters import Bytes
from agent.quality.meter import TrafficMeter
from agent.report import Memory
from agent.wire import codec
from agent.wire.exchange import AgentPolicy
from agent.wire.report import Report, Section, section_hash
from agent.wire.sections_quality import QualityInfo, TrafficInfo

from .disks import TestDisk
from .world import AGENT_ID, Clock

HOUR, MB = 3600.0, 1_000_000
POLICY = AgentPolicy(
    version=3, line_reflector=":8620", line_ndt7=":8621", line_class="fibre", line_budget_mb=3000, network_s=1800
)
STAMP = {"kind": "stamp", "outcome": "ok", "bytes_used": 9004, "packets_sent": 60, "packets_received": 60}


def speed(
    direction: str = "down", outcome: str = "ok", used: int = 4 * MB, mbps: Optional[float] = 20.0
) -> Dict[str, Any]:
    row = {"kind": "ndt7_" + direction, "outcome": outcome, "bytes_used": used, "mbps": mbps}
    return {name: value for name, value in row.items() if value is not None}


class FakeChild:
    def __init__(self, question: str) -> None:
        self.question: Dict[str, Any] = json.loads(question)
        self.result: Optional[CommandResult] = None
        self.killed = False

    def poll(self) -> Optional[CommandResult]:
        return self.result

    def kill(self) -> None:
        self.killed = True

    def answer(self, *tests: Dict[str, Any]) -> None:
        self.result = CommandResult(True, json.dumps({"tests": tests}).encode())


class Pc:
    def __init__(self, folder: Any, policy: AgentPolicy = POLICY) -> None:
        self.clock = Clock()
        self.clock.wall = 1795392000.0  # 23 November 2026
        self.folder, self.disk, self.policy = str(folder), TestDisk(), policy
        self.children: List[FakeChild] = []
        self.bytes: Bytes = {"eth0": (0, 0)}
        self.through = True
        self.start()

    def start(self) -> None:
        self.state = State(self.folder, self.disk)
        self.state.prepare()
        meter = TrafficMeter(self.state, lambda: dict(self.bytes))
        own = LineSettings(lambda: ("https://gapwatch.tinh.gov.vn", "/ca.pem", "http://proxy:3128"))
        identity = Identity(AGENT_ID, "ab" * 32, 1)
        self.measuring = Measuring(
            self.state, identity, self.clock, random.Random(5).random, own, meter, self.start_child
        )

    def start_child(self, question: str, _deadline_s: float) -> FakeChild:
        self.children.append(FakeChild(question))
        return self.children[-1]

    def turn(self, seconds: float = 60.0) -> None:
        self.clock.pass_time(seconds)
        self.measuring.turn(self.policy, self.through)

    def day(self, hours: float = 8.0) -> List[FakeChild]:
        """Turns for so long; children answer at once. Returns those of this time."""
        first = len(self.children)
        for _ in range(int(hours * 60)):
            self.turn()
            child = self.children[-1] if self.children else None
            if child is not None and child.result is None:
                if child.question["kind"] == "stamp":
                    child.answer(STAMP)
                else:
                    child.answer(speed("down"), speed("up", used=2 * MB, mbps=10.0))
        return self.children[first:]

    def kept(self) -> memory.LineState:
        return memory.read(self.state.kept(memory.FILE))

    def report(self, kind: str = "heartbeat", stored: bool = True) -> Dict[str, Any]:
        """What the next report tells: section -> data."""
        results = self.measuring.with_results(kind, {}, Memory(), self.through)
        sections = {
            name: Section(item.status, section_hash(item.status, item.data), item.data)
            for name, item in results.items()
        }
        made = Report("a" * 32, "b" * 32, 1, 0.0, 0.0, kind, sections=sections)
        self.measuring.told(made, stored)
        return {name: item.data for name, item in results.items()}


@pytest.fixture
def pc(tmp_path: Any) -> Pc:
    return Pc(tmp_path)


def test_a_new_pc_measures_at_once_and_the_child_gets_what_it_needs(pc: Pc) -> None:
    pc.turn()
    pc.children[0].answer(speed("down", "capped"), speed("up", "capped", 2 * MB, 10.0))
    pc.turn(5)
    pc.turn()

    first, second = (child.question for child in pc.children)
    assert (first["kind"], first["url"], first["directions"]) == (
        "speed",
        "https://gapwatch.tinh.gov.vn:8621",
        ["down", "up"],
    )
    assert first["max_bytes"] == {"down": 4 * MB, "up": 2 * MB} and first["settle"]
    assert (first["ca_file"], first["proxy"], first["key"]) == ("/ca.pem", "http://proxy:3128", "ab" * 32)
    assert (second["kind"], second["host"], second["port"]) == ("stamp", "gapwatch.tinh.gov.vn", 8620)
    assert (pc.kept().down_mbps, pc.kept().up_mbps) == (20.0, 10.0)


def test_a_working_day_has_its_share_of_tests(pc: Pc) -> None:
    pc.day(0.5)
    again = pc.day()

    kinds = [child.question["kind"] for child in again]
    assert 25 <= kinds.count("stamp") <= 40, "every quarter of an hour or so"
    assert 2 <= kinds.count("speed") <= 6, "four on the average"
    assert not any(child.question["settle"] for child in again if child.question["kind"] == "speed"), "full ones by now"


def test_what_is_spent_stands_on_the_disk_before_the_test_begins(pc: Pc) -> None:
    pc.turn()

    reserved = pc.kept().spent.of("2026-11")
    assert reserved == 6_300_000
    pc.start()  # killed and started again: the test that was under way is paid for
    pc.turn()
    assert pc.kept().spent.of("2026-11") > reserved
    assert [child.question["kind"] for child in pc.children] == ["speed", "stamp"]


def test_afterwards_only_what_was_used_is_spent(pc: Pc) -> None:
    pc.turn()
    pc.children[0].answer(speed("down", used=100), speed("up", used=50))
    pc.turn(5)

    assert pc.kept().spent.of("2026-11") == 150


def test_without_a_disk_nothing_is_measured(pc: Pc) -> None:
    pc.disk.full = True  # type: ignore[attr-defined]

    pc.turn()

    assert not pc.children


@pytest.mark.parametrize("through", [True, False])
def test_nothing_is_measured_while_reports_do_not_arrive(pc: Pc, through: bool) -> None:
    pc.through = through

    pc.turn()

    assert bool(pc.children) is through
    assert pc.kept().why == ("" if through else "cut_off")


def test_no_address_no_test(tmp_path: Any) -> None:
    pc = Pc(tmp_path, AgentPolicy(line_budget_mb=3000))

    pc.day(1)

    assert not pc.children and pc.kept().why == "no_server"


def test_a_used_up_budget_ends_it_until_the_next_month(pc: Pc) -> None:
    pc.policy = AgentPolicy(**{**codec.to_plain(POLICY), "line_budget_mb": 1})
    pc.day()
    assert not [child for child in pc.children if child.question["kind"] == "speed"], "packets alone"
    pc.policy = AgentPolicy(**{**codec.to_plain(POLICY), "line_budget_mb": 0})
    pc.children.clear()

    assert pc.day() == [] and pc.kept().why == "no_budget"


def test_people_and_a_busy_server_postpone_a_test_not_for_long(pc: Pc) -> None:
    pc.turn()
    pc.children[0].answer(speed("down", "stopped_busy", 0, None))
    pc.turn(5)
    waited = 0
    while sum(child.question["kind"] == "speed" for child in pc.children) < 2 and waited < 200:
        pc.turn()
        waited += 1
        if pc.children[-1].result is None and pc.children[-1].question["kind"] == "stamp":
            pc.children[-1].answer(STAMP)

    assert 20 <= waited <= 45


def test_a_child_that_dies_costs_what_was_set_aside_and_is_a_failed_test(pc: Pc) -> None:
    pc.turn()
    pc.children[0].result = CommandResult(False, b"", "Traceback\nOSError: no", code=1)
    pc.turn(5)

    assert [(test.outcome, test.error) for test in pc.kept().last] == [("failed", "internal")]
    assert pc.kept().spent.of("2026-11") == 6_300_000


def test_results_wait_until_they_are_on_the_disk(pc: Pc) -> None:
    pc.day(1)
    waiting = len(pc.kept().waiting)

    unstored = pc.report(stored=False)
    told = pc.report()
    nothing = pc.report()

    assert waiting > 2
    assert unstored == told
    tests = codec.read(QualityInfo, told["quality"]).tests
    assert len(tests) == waiting and len({test.id for test in tests}) == waiting
    assert all(test.link_class == "fibre" and test.boot_id == pc.clock.boot for test in tests)
    assert nothing == {} and not pc.kept().waiting


def test_they_wait_for_one_another_and_a_goodbye_takes_them_along(pc: Pc) -> None:
    pc.turn()
    pc.children[0].answer(speed())
    pc.turn(5)

    assert pc.report() == {}
    assert set(pc.report("goodbye")) == {"quality"}


def test_reports_that_carry_nothing_do_not_make_them_wait_longer(pc: Pc) -> None:
    pc.turn()
    pc.children[0].answer(speed())
    told = []
    for _ in range(35):
        pc.turn()
        told.append(pc.report())

    assert len([report for report in told if "quality" in report]) == 1


def test_numbers_are_never_used_twice(pc: Pc) -> None:
    pc.day(2)
    last = max(test.id for test in pc.kept().last)
    pc.state.forget(memory.FILE)
    pc.start()
    pc.day(2)
    assert min(test.id for test in pc.kept().last) > last
    pc.state.forget("line.number")
    pc.start()
    last = max(test.id for test in pc.kept().last)
    pc.clock.pass_time(600)
    pc.children.clear()
    pc.day(3)

    assert max(test.id for test in pc.kept().last) > last


def test_the_section_says_what_the_budget_allows(pc: Pc) -> None:
    pc.day(1)

    info = codec.read(QualityInfo, pc.report()["quality"])

    assert (info.month, info.budget_bytes, info.level) == ("2026-11", 3000 * MB, "full")
    assert info.spent_bytes == pc.kept().spent.of("2026-11") > 0


def test_the_end_of_the_agent_ends_the_child(pc: Pc) -> None:
    pc.turn()

    pc.measuring.stop()

    assert pc.children[0].killed


def test_traffic_travels_with_the_reports(pc: Pc) -> None:
    pc.policy = AgentPolicy(network_s=1800)
    for _ in range(35):
        pc.bytes["eth0"] = (pc.bytes["eth0"][0] + 60_000, pc.bytes["eth0"][1] + 6_000)
        pc.turn()

    info = codec.read(TrafficInfo, pc.report()["traffic"])

    assert [(sample.seconds, sample.bytes_in, sample.bytes_out) for sample in info.samples] == [
        (300.0, 300_000, 30_000)
    ] * 6
    assert pc.report() == {}


def test_through_a_cut_samples_go_into_the_spool_in_fuller_reports(pc: Pc) -> None:
    pc.through = False
    told = []
    for _ in range(125):
        pc.turn()
        told.append(pc.report())

    full = [codec.read(TrafficInfo, report["traffic"]) for report in told if report]
    assert [len(info.samples) for info in full] == [11, 12]


def test_a_damaged_memory_is_an_empty_one(pc: Pc) -> None:
    pc.state.keep_text(memory.FILE, '{"waiting": 7}')
    pc.state.keep_text(memory.TRAFFIC_FILE, "not json")

    pc.start()
    pc.day(1)

    assert pc.kept().last
