"""Scanning as the resident process sees it: with children that answer from a table and a clock that runs as told."""

from __future__ import annotations

import json
import random
import time
from typing import Any, Dict, List, Optional

import pytest

from agent.identity import State
from agent.probe import NoData, ProbeContext, ProbeSettings
from agent.probes import lan
from agent.process import CommandResult
from agent.scan import schedule
from agent.scan.state import OFF_FILE
from agent.scanning import QUIET_S, SETTLE_S, Scanning, ScanSettings
from agent.wire.exchange import AgentPolicy

from .disks import TestDisk

HOUR, DAY = 3600.0, 86400.0
POLICY = AgentPolicy(scan_enabled=True, scan_from="00:00", scan_to="23:59", snmp_communities=("xem",))


def local_monday() -> float:
    """Monday 23 November 2026, one o'clock, wherever this test runs."""
    return time.mktime((2026, 11, 23, 1, 0, 0, 0, 0, -1))


class Clock:
    def __init__(self) -> None:
        self.wall, self.mono, self.boot = local_monday(), 1000.0, "b" * 32

    def now(self) -> float:
        return self.wall

    def monotonic_s(self) -> float:
        return self.mono

    def boot_id(self) -> str:
        return self.boot

    def pass_time(self, seconds: float) -> None:
        self.wall += seconds
        self.mono += seconds


class FakeChild:
    """A scan's child: runs until it is told its answer."""

    def __init__(self, question: str, deadline_s: float) -> None:
        self.question: Dict[str, Any] = json.loads(question)
        self.deadline_s = deadline_s
        self.told: List[str] = []
        self.result: Optional[CommandResult] = None
        self.killed = False

    def tell(self, line: str) -> None:
        self.told.append(line)

    def poll(self) -> Optional[CommandResult]:
        return self.result

    def kill(self) -> None:
        self.killed = True

    def answer(self, **answer: Any) -> None:
        self.result = CommandResult(True, json.dumps(answer).encode())


def host(number: int, passes: int = 2) -> Dict[str, Any]:
    return {
        "address": "192.168.1.{}".format(number), "mac_prefix": "02:5e:00", "mac_hash": "{:016x}".format(number),
        "passes": passes,
    }  # fmt: skip


def scanned(*hosts: Dict[str, Any], **more: Any) -> Dict[str, Any]:
    return {
        "interface": "eth0", "network": "192.168.1.0/24", "gateway": "192.168.1.1", "gateway_mac_hash": "f" * 16,
        "method": "scapy", "addresses": 253, "frames": 511, "duration_s": 16.0, "stopped": "", "began": True,
        "hosts": list(hosts), "clashes": {}, "lldp": [], **more,
    }  # fmt: skip


class Pc:
    def __init__(self, folder: Any, **settings: Any) -> None:
        self.clock = Clock()
        self.folder = str(folder)
        self.disk = TestDisk()
        self.children: List[FakeChild] = []
        self.settings = ScanSettings(**settings)
        self.policy = POLICY
        self.lease: Optional[float] = 3600.0
        self.start()

    def start(self) -> None:
        self.state = State(self.folder, self.disk)
        self.state.prepare()
        self.scanning = Scanning(self.state, self.clock, random.Random(2).random, self.settings, self.start_child)

    def start_child(self, question: str, deadline_s: float) -> FakeChild:
        self.children.append(FakeChild(question, deadline_s))
        return self.children[-1]

    def turn(self, seconds: float = 60.0) -> None:
        self.clock.pass_time(seconds)
        self.scanning.turn(self.policy, self.lease)

    def until_child(self, limit_s: float = 26 * HOUR) -> FakeChild:
        """The next child that is started."""
        count, end = len(self.children), self.clock.mono + limit_s
        while len(self.children) == count and self.clock.mono < end:
            self.turn()
        assert len(self.children) > count, "no scan was started"
        return self.children[-1]

    def lan(self) -> Any:
        context = ProbeContext(_Shown(self), self.policy, ProbeSettings(state_dir=self.folder))
        return lan.run(context)

    def devices(self) -> Any:
        return lan.run_devices(ProbeContext(_Shown(self), self.policy, ProbeSettings(state_dir=self.folder)))


class _Shown:
    """The two things that the lan probe asks of a host."""

    def __init__(self, pc: Pc) -> None:
        self.pc = pc

    def now(self) -> float:
        return self.pc.clock.wall

    def read_text(self, path: str) -> Optional[str]:
        try:
            return self.pc.disk.read(path).decode()
        except FileNotFoundError:
            return None


@pytest.fixture
def pc(tmp_path: Any) -> Pc:
    return Pc(tmp_path)


def test_with_everything_allowed_a_sweep_is_started_and_its_finds_are_told(pc: Pc) -> None:
    child = pc.until_child()
    assert child.question["kind"] == "sweep"
    assert child.question["max_frames"] == schedule.DAILY_FRAMES
    assert child.question["listen_s"] > 30
    assert pc.scanning.wait_s() <= 5
    pc.scanning.take_news()
    child.answer(**scanned(host(1), host(7), host(9)))
    pc.turn(5)

    assert pc.scanning.take_news() == {"lan"}
    told = pc.lan()
    assert [item.mac_hash for item in told.hosts] == ["{:016x}".format(number) for number in (1, 7, 9)]
    assert (told.off, told.network, told.last_sweep.hosts) == ("", "192.168.1.0/24", 3)
    assert told.last_sweep.started.endswith("Z")


@pytest.mark.parametrize(
    ("change", "off"),
    [
        ({"lease": 0.0}, "no_lease"),
        ({"policy": AgentPolicy(scan_from="00:00", scan_to="23:59")}, "policy"),
        ({"policy": AgentPolicy(scan_enabled=True, disabled_probes=("lan",))}, "policy"),
        ({"policy": AgentPolicy(scan_enabled=True, scan_sweeps_per_day=0)}, "policy"),
        ({"off_file": True}, "local_switch"),
        ({"settings": {"enabled": False}}, "local_switch"),
    ],
)
def test_nothing_is_started_without_lease_policy_and_consent(tmp_path: Any, change: Dict[str, Any], off: str) -> None:
    pc = Pc(tmp_path, **change.get("settings", {}))
    pc.policy = change.get("policy", pc.policy)
    pc.lease = change.get("lease", pc.lease)
    if change.get("off_file"):
        pc.state.keep_text(OFF_FILE, "")

    for _ in range(2000):
        pc.turn(120)

    assert pc.children == []
    assert pc.lan().off == off


def test_the_switch_works_without_a_restart_both_ways(pc: Pc) -> None:
    pc.state.keep_text(OFF_FILE, "")
    for _ in range(800):
        pc.turn(120)
    assert pc.children == []
    pc.state.forget(OFF_FILE)

    assert pc.until_child().question["kind"] == "sweep"


@pytest.mark.parametrize(
    ("what", "word"), [("lease", "stop lease_over"), ("file", "stop switched_off"), ("policy", "stop switched_off")]
)
def test_a_running_scan_is_told_to_stop(pc: Pc, what: str, word: str) -> None:
    child = pc.until_child()
    pc.turn(5)
    assert child.told[-1] == "lease 3600"
    if what == "lease":
        pc.lease = 0.0
    elif what == "file":
        pc.state.keep_text(OFF_FILE, "")
    else:
        pc.policy = AgentPolicy()
    pc.turn(5)

    assert child.told[-1] == word


def test_a_pc_that_has_just_started_is_left_alone_for_some_minutes(pc: Pc) -> None:
    begun = pc.clock.mono
    pc.until_child()

    assert pc.clock.mono - begun >= QUIET_S[0]


def test_before_the_collector_has_spoken_nothing_is_said_of_scanning(pc: Pc) -> None:
    pc.lease = None
    pc.turn()
    assert not pc.scanning.is_settled()
    with pytest.raises(NoData):
        pc.lan()
    pc.turn(SETTLE_S)

    assert pc.scanning.is_settled()
    assert pc.lan().off == "no_lease"


def test_a_restart_in_the_middle_of_a_sweep_does_not_buy_another(pc: Pc) -> None:
    pc.until_child()
    pc.scanning.stop()
    assert pc.children[-1].killed
    pc.start()
    for _ in range(60):
        pc.turn(300)

    assert len(pc.children) == 1


def test_a_sweep_that_cannot_be_put_on_record_is_not_made(pc: Pc) -> None:
    pc.turn()
    pc.disk.full = True
    for _ in range(400):
        pc.turn(300)

    assert pc.children == []


def test_known_devices_are_asked_again_and_those_that_stay_away_are_kept(pc: Pc) -> None:
    pc.until_child().answer(**scanned(host(1), host(7), host(9)))
    pc.policy = AgentPolicy(scan_enabled=True, scan_from="00:00", scan_to="23:59")
    child = pc.until_child(6 * HOUR)
    assert child.question["kind"] == "recheck"
    assert child.question["known"] == ["192.168.1.1", "192.168.1.7", "192.168.1.9"]
    assert child.question["listen_s"] == 0
    child.answer(**scanned(host(1), host(12, passes=0), addresses=3, frames=9, duration_s=2.0))
    pc.turn(5)

    told = pc.lan()
    assert len(told.hosts) == 4, "absence in one scan is not gone"
    assert [record.kind for record in told.scans] == ["sweep", "recheck"]


def test_devices_of_another_network_are_forgotten(pc: Pc) -> None:
    pc.until_child().answer(**scanned(host(1), host(7)))
    pc.turn(5)
    pc.policy = AgentPolicy(scan_enabled=True, scan_from="00:00", scan_to="23:59")
    child = pc.until_child()
    child.answer(**scanned(host(1), network="192.168.7.0/24", gateway="192.168.7.1", gateway_mac_hash="e" * 16))
    pc.turn(5)

    assert len(pc.lan().hosts) == 1


def test_a_lost_gateway_means_a_day_of_rest(pc: Pc) -> None:
    pc.until_child().answer(**scanned(host(7), stopped="gateway_lost"))
    pc.turn(5)
    begun = pc.clock.mono
    child = pc.until_child(4 * DAY)

    assert pc.clock.mono - begun >= DAY
    assert child.question["kind"] == "recheck" or child.question["kind"] == "sweep"
    assert pc.lan().last_sweep.stopped == "gateway_lost"


def test_a_child_that_hangs_or_breaks_down_uses_up_the_sweep_and_is_on_record(pc: Pc) -> None:
    pc.policy = AgentPolicy(scan_enabled=True)
    pc.until_child().result = CommandResult(False, b"", "MemoryError", True)
    pc.turn(5)
    assert pc.lan().scans[-1].stopped == "deadline"
    for _ in range(60):
        pc.turn(300)
    assert len(pc.children) == 1

    assert pc.until_child().question["kind"] == "sweep"
    pc.children[-1].result = CommandResult(False, b"Traceback", "boom")
    pc.turn(5)

    assert pc.lan().scans[-1].stopped == "failed"


@pytest.mark.parametrize("answer", [[], {"hosts": 5}, {"frames": "many"}, {"hosts": [{"address": 1}], "network": "x"}])
def test_nonsense_from_a_child_does_no_harm(pc: Pc, answer: Any) -> None:
    pc.until_child().result = CommandResult(True, json.dumps(answer).encode())
    pc.turn(5)
    pc.lan()

    assert pc.until_child(4 * DAY)


def test_no_network_is_said_and_tried_again_without_costing_the_sweep(pc: Pc) -> None:
    pc.until_child().answer(off="no_network")
    pc.turn(5)
    pc.turn(5)
    assert pc.lan().off == "no_network"
    begun = pc.clock.mono
    child = pc.until_child()

    assert child.question["kind"] == "sweep"
    assert pc.clock.mono - begun >= schedule.SPACING_S - 120
    child.answer(**scanned(host(1)))
    pc.turn(5)
    pc.turn(5)
    assert pc.lan().off == ""


def test_after_a_whole_sweep_the_devices_are_asked_once_and_credentials_are_remembered(pc: Pc) -> None:
    pc.until_child().answer(**scanned(host(1), host(7)))
    child = pc.until_child(600)
    assert child.question["kind"] == "devices"
    assert [row["address"] for row in child.question["devices"]] == ["192.168.1.1", "192.168.1.7"]
    info = {
        "address": "192.168.1.7",
        "mac_hash": "{:016x}".format(7),
        "source": "snmp",
        "vendor": "HP",
        "type": "printer",
    }
    child.answer(devices=[{"info": info, "fingerprint": "abc"}], asked=2, stopped="")
    pc.turn(5)

    assert "devices" in pc.scanning.take_news()
    assert (pc.devices().asked, pc.devices().devices[0].vendor) == (2, "HP")
    while (child := pc.until_child()).question["kind"] != "devices":
        child.answer(**scanned(host(1), host(7)))
    assert child.question["devices"][1]["fingerprint"] == "abc"
    child.answer(devices=[], asked=2, stopped="")
    pc.turn(5)
    assert [item.vendor for item in pc.devices().devices] == ["HP"], "silent once is not gone"


@pytest.mark.parametrize("why", ["stopped", "no credentials", "disabled here", "disabled there"])
def test_devices_are_not_asked_when(tmp_path: Any, why: str) -> None:
    pc = Pc(tmp_path, devices=why != "disabled here")
    if why == "no credentials":
        pc.policy = AgentPolicy(scan_enabled=True, scan_from="00:00", scan_to="23:59")
    if why == "disabled there":
        pc.policy = AgentPolicy(
            scan_enabled=True, scan_from="00:00", scan_to="23:59", snmp_communities=("x",), disabled_probes=("devices",)
        )
    pc.until_child().answer(**scanned(host(1), stopped="lease_over" if why == "stopped" else ""))
    for _ in range(20):
        pc.turn(30)

    assert [child.question["kind"] for child in pc.children] == ["sweep"]


def test_clashes_are_kept_for_the_hygiene_section(pc: Pc) -> None:
    pc.until_child().answer(**scanned(host(1), clashes={"192.168.1.9": ["a" * 16, "b" * 16]}))
    pc.turn(5)

    kept = pc.state.kept("scan.json")
    assert kept["clashes"][0]["address"] == "192.168.1.9"
    assert kept["clashes"][0]["mac_hashes"] == ["a" * 16, "b" * 16]


def test_addresses_of_neighbours_stay_on_this_pc(pc: Pc) -> None:
    pc.until_child().answer(**scanned(host(1), host(77)))
    pc.turn(5)

    assert "192.168.1.77" in json.dumps(pc.state.kept("scan.json"))
    assert "192.168.1.77" not in repr(pc.lan())


def test_the_log_is_for_people_and_bounded(pc: Pc, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.scan import records

    monkeypatch.setattr(records, "MAX_BYTES", 2000)
    for day in range(12):
        pc.until_child(3 * DAY).answer(**scanned(host(1), stopped="" if day % 2 else "driver_busy"))
        pc.turn(5)
    text = pc.state.text("scan.log")

    assert "quét toàn mạng 192.168.1.0/24: hỏi 253 địa chỉ, gửi 511 gói trong 16 giây (scapy), thấy 1 thiết bị" in text
    assert "dừng sớm: card mạng bận" in text
    assert len(text.encode()) <= 2000


def test_a_damaged_state_file_is_an_empty_one(pc: Pc) -> None:
    pc.until_child().answer(**scanned(host(1)))
    pc.turn(5)
    for damage in (b"", b"{", b"[1]", b'{"hosts": 3}', b'{"ledger": {"sweeps": "x"}}'):
        pc.disk.replace(pc.state.path("scan.json"), damage)
        pc.start()
        pc.turn()
        assert pc.lan().hosts == ()


def test_a_child_that_does_not_start_is_no_disaster(tmp_path: Any) -> None:
    pc = Pc(tmp_path)

    def refuse(_question: str, _deadline_s: float) -> Any:
        raise OSError("no more processes")

    pc.scanning = Scanning(pc.state, pc.clock, random.Random(2).random, pc.settings, refuse)
    for _ in range(400):
        pc.turn(300)
    pc.scanning.stop()

    assert pc.scanning.wait_s() == 60
