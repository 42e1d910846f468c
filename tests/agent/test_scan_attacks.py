"""Damaged state files, failing disks and a mistaken collector: scanning stays bounded and never stops the reports."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict

import pytest

from agent.delivery import LARGEST_LEASE_S
from agent.host import Nic
from agent.runner import MAX_DATA
from agent.scan import devices, schedule, state
from agent.scan.pace import gap_s
from agent.scan.records import local_time
from agent.scan.state import DEVICES_FILE, FILE
from agent.scan.targets import addresses, choose
from agent.wire import codec
from agent.wire.exchange import AgentPolicy, SnmpUser

from .test_scanning import DAY, HOUR, Pc, host, scanned

MISTAKEN = AgentPolicy(
    scan_enabled=True, scan_gap_ms=0, scan_passes=99, scan_sweeps_per_day=2**62, scan_recheck_s=-1,
    scan_largest_prefix=8, scan_from="99:99", scan_to="\U0001f4a9", hygiene_s=-(2**62), dhcp_probes_per_day=2**62,
    snmp_communities=tuple("c{}".format(number) for number in range(1024)),
    snmp_users=tuple(SnmpUser("u{}".format(number)) for number in range(1024)),
)  # fmt: skip


@pytest.fixture
def pc(tmp_path: Any) -> Pc:
    return Pc(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"null", b"[]", b"5", b"{", b"\xff\xfe", b"[" * 100_000, b'{"ledger":null}', b'{"hosts":{}}',
        b'{"ledger":{"draws":[1e999]}}', b'{"ledger":{"day_at_s":NaN}}', b"9" * 5000,
        b'{"ledger":{"frames":-4611686018427387904,"sweeps":-1000000,"day":"2026-11-23"}}',
        b'{"ledger":{"scan_at_s":1e308,"sweep_at_s":-1e308,"rest_at_s":1e308,"rest_mono_s":1e308}}',
    ],
)  # fmt: skip
def test_a_damaged_memory_allows_no_more_than_a_day_does(tmp_path: Path, content: bytes):
    (tmp_path / FILE).write_bytes(content)
    (tmp_path / DEVICES_FILE).write_bytes(content)
    pc = Pc(tmp_path)
    frames = 0
    for _ in range(22 * 60):  # until before midnight
        pc.turn()
        if pc.children and pc.children[-1].result is None:
            child = pc.children[-1]
            asked = child.question.get("max_frames", 0)
            frames += asked
            assert 0 <= asked <= schedule.DAILY_FRAMES
            child.answer(**scanned(host(1), frames=asked))

    assert frames <= schedule.DAILY_FRAMES
    assert pc.lan().network in ("", "192.168.1.0/24")


@pytest.mark.parametrize("at_s", [-1e18, -1.0, 0.0, 1e18, 1e308])
def test_a_clock_without_sense_can_be_told(at_s: float):
    assert local_time(at_s)
    assert schedule.moment(at_s, 0.0, "b" * 32).mono_s == 0.0


def test_a_mistaken_policy_is_pulled_in(pc: Pc):
    """Rate, width, passes, credentials and counts have bounds that no policy moves."""
    assert gap_s(MISTAKEN.scan_gap_ms, 1) == 0.025
    wide = Nic("eth0", "02:00:00:00:00:05", True, ipv4=("10.1.2.3/8",))
    assert choose((wide,), {"eth0": "wired"}, ("10.0.0.1",), MISTAKEN.scan_largest_prefix).off == "policy"
    narrow = Nic("eth0", "02:00:00:00:00:05", True, ipv4=("10.1.2.3/22",))
    network = choose((narrow,), {"eth0": "wired"}, ("10.1.0.1",), MISTAKEN.scan_largest_prefix).network
    assert network is not None and len(addresses(network)) == 1021
    assert len(devices.credentials(MISTAKEN, ())) == devices.MAX_CREDENTIALS
    assert schedule.window(MISTAKEN) == (480.0, 990.0)

    pc.policy, pc.lease = MISTAKEN, 1e12
    child = pc.until_child()
    assert child.question["lease_s"] <= LARGEST_LEASE_S <= DAY
    started, end = 0, pc.clock.mono + 12 * HOUR
    while pc.clock.mono < end:
        if pc.children[-1].result is None:
            started += pc.children[-1].question["kind"] == "sweep"
            pc.children[-1].answer(**scanned(frames=10))
        pc.turn()
    assert started <= schedule.MAX_SWEEPS


@pytest.mark.parametrize("lease", [-1e12, 0.0, float("nan")])
def test_a_lease_that_is_none_starts_nothing(pc: Pc, lease: float):
    pc.lease = lease
    for _ in range(600):
        pc.turn()
    assert not pc.children


def test_a_full_disk_stops_scans_and_nothing_else(pc: Pc, caplog: pytest.LogCaptureFixture):
    pc.turn()
    pc.disk.full = True
    for _ in range(24 * 60):
        pc.turn()  # raises nothing
    assert not pc.children, "what cannot be put on record is not done"
    assert 0 < len(caplog.records) < 100
    pc.disk.full = False
    assert pc.until_child(3 * DAY)


@pytest.mark.parametrize(
    "answer",
    [
        {"log": 5}, {"hosts": 5}, {"hosts": [5]}, {"hosts": [{"address": 5}]}, {"clashes": [1]}, {"lldp": "x"},
        {"frames": "many"}, {"frames": 1e308}, {"duration_s": []}, {"network": ["x"]}, {"off": {}},
    ],
)  # fmt: skip
def test_an_answer_without_sense_costs_that_scan_alone(pc: Pc, answer: Dict[str, Any]):
    child = pc.until_child()
    child.answer(**{**scanned(host(1)), **answer})
    pc.turn(5)
    count, end = len(pc.children), pc.clock.mono + 3 * DAY
    while pc.clock.mono < end:
        pc.turn(300.0)
        if pc.children[-1].result is None:
            pc.children[-1].answer(**scanned(host(1)))
    assert len(pc.children) > count
    assert pc.lan().last_sweep.hosts == 1


def test_devices_of_several_rounds_fit_a_section():
    def device(number: int) -> Dict[str, Any]:
        supplies = [{"name": "s" * 64, "percent": 5}] * 32
        ports = [{"index": index, "name": "p" * 64} for index in range(256)]
        texts = dict.fromkeys(("vendor", "hardware", "version", "serial", "name", "location"), "x" * 128)
        info = {"address": "10.0.0.{}".format(number), "mac_hash": str(number), "ports": ports, "supplies": supplies}
        return {"info": {**info, **texts}}

    kept: Any = {}
    for turn in range(4):
        rows = [device(number) for number in range(turn * 64, turn * 64 + 64)]
        kept = json.loads(json.dumps(state.merge_devices(kept, rows, 64, 1000.0 + turn)))
        assert len(codec.dumps([item["info"] for item in kept["devices"]])) < MAX_DATA
    assert len(kept["devices"]) > 80
    assert {item["info"]["mac_hash"] for item in kept["devices"]} >= {str(number) for number in range(192, 256)}


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_in_the_state_folder_is_replaced_and_not_followed(tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("important")
    folder = tmp_path / "state"
    folder.mkdir()
    for name in (FILE, FILE + ".new", DEVICES_FILE, "scan.log"):
        (folder / name).symlink_to(elsewhere)
    pc = Pc(folder)
    pc.until_child().answer(**scanned(host(1)))
    pc.turn(5)

    assert elsewhere.read_text() == "important"
    assert not (folder / FILE).is_symlink()
    assert not (folder / "scan.log").is_symlink()
