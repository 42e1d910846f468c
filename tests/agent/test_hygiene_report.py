"""What of the hygiene section is news, when the loop looks, and how people see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest

from agent import report
from agent.hygiene.place import Place
from agent.loop import HYGIENE_WAIT_S
from agent.probe import Probe, ProbeResult
from agent.wire import codec
from agent.wire.exchange import AgentPolicy
from agent.wire.sections import HygieneInfo, mac_hash
from agent.wire.sections_lan import DhcpOffer
from tests.agent import world

HERE = Place("eth0", "wired", "02:00:00:00:00:05", "192.168.1.5", "192.168.1.0/24", "192.168.1.1", "f00d")
OFFER = DhcpOffer("192.168.1.1", gateway="192.168.1.1")


# --- what is news

FOUND = codec.to_plain(
    HygieneInfo(
        interface="eth0", network=HERE.network, gateway=HERE.gateway, gateway_mac_hash="f00d",
        dhcp_asked=True, dhcp_offers=(OFFER,), hops=("192.168.1.1", "10.0.0.1"), ipv6_address=False,
        gateway_upnp="ZTE F670L",
    )
)  # fmt: skip
NAMES = [
    {"server": "8.8.8.8", "name": "a.vn", "kind": "known", "answers": ["142.250.66.4"]},
    {"server": "8.8.8.8", "name": "absent:com", "kind": "absent", "error": "nxdomain"},
]
DOORS = [{"address": "192.168.1.1", "service": "http", "port": 80, "open": True, "says": "Router"}]


def is_news(before: Dict[str, Any], now: Dict[str, Any]) -> bool:
    return report.WORTH["hygiene"](before, now)


@pytest.mark.parametrize(
    "now",
    [
        {"name_checks": [{**NAMES[0], "answers": ["142.250.66.9"]}, NAMES[1]]},  # a busy site's next address
        {"name_checks": [{**NAMES[0], "answers": [], "error": "timeout"}, NAMES[1]]},
        {"doors": [{**DOORS[0], "says": "Router (2)"}]},
        {"doors": [{**DOORS[0], "open": None}]},
        {"hops": ["192.168.1.1", ""]},
        {"hops": ["192.168.1.1", "10.0.0.1", "113.1.1.1"]},
        {"dhcp_asked": None, "dhcp_offers": []},
        {"dhcp_asked": None, "dhcp_offers": [{"server": "192.168.1.1", "gateway": "192.168.1.1"}]},
        {"gateway_upnp": ""},
    ],
)
def test_noise_waits(now: Dict[str, Any]):
    before = {**FOUND, "name_checks": NAMES, "doors": DOORS}

    assert not is_news(before, {**before, **now})


@pytest.mark.parametrize(
    "now",
    [
        {"name_checks": [{**NAMES[0], "answers": ["10.0.0.1"]}, NAMES[1]]},
        {"name_checks": [NAMES[0], {**NAMES[1], "answers": ["1.2.3.4"], "error": ""}]},
        {"doors": [{**DOORS[0], "open": False}]},
        {"doors": [DOORS[0], {"address": "192.168.1.1", "service": "telnet", "port": 23, "open": True}]},
        {"hops": ["192.168.1.1", "192.168.0.1"]},
        {"dhcp_offers": [{"server": "192.168.1.1", "gateway": "192.168.1.1"}, {"server": "192.168.1.7"}]},
        {"dhcp_offers": []},
        {"dhcp_asked": None, "dhcp_offers": [{"server": "192.168.1.77"}]},
        {"clashes": [{"address": "192.168.1.5"}]},
        {"ipv6_address": True},
        {"gateway_mac_hash": "beef"},
    ],
)
def test_findings_travel_at_once(now: Dict[str, Any]):
    before = {**FOUND, "name_checks": NAMES, "doors": DOORS}

    assert is_news(before, {**before, **now})


def test_noise_is_told_once_a_day():
    memory = report.Memory()
    told: List[float] = []
    for hour in range(0, 49, 4):
        answers = [{**NAMES[0], "answers": ["142.250.66.{}".format(hour)]}]
        found = {"hygiene": ProbeResult("hygiene", "ok", {**FOUND, "name_checks": answers})}
        header = report.Header("a" * 32, "b" * 32, hour, 0.0, hour * 3600.0)
        made = report.build(header, found, memory)
        report.remember(made, found, memory)
        if "hygiene" in made.sections:
            told.append(hour)

    assert told == [0, 24, 48]


# --- when the loop looks


@pytest.fixture
def pc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> world.World:
    probes = {**world.PROBES, "hygiene": Probe("hygiene", world.no_run, 35, "hygiene", child=True)}
    monkeypatch.setattr(world, "PROBES", probes)
    monkeypatch.setitem(world.CYCLES, "hygiene", "hygiene")
    return world.World(tmp_path)


def looks(pc: world.World, seconds: float) -> int:
    before = len(pc.measured)
    pc.run(seconds)
    return sum("hygiene" in each for each in pc.measured[before:])


def test_a_pc_looks_some_minutes_after_its_start_and_then_by_its_interval(pc: world.World):
    assert looks(pc, HYGIENE_WAIT_S[0]) == 0
    assert looks(pc, 1200) == 1
    assert looks(pc, 86400) == 86400 // 14400


def test_an_inventory_tells_the_last_look_and_makes_no_new_one(pc: world.World):
    pc.run(86400 + 1200)
    inventories = [made for made in pc.reports if made.kind == "inventory"]

    assert len(inventories) >= 2
    assert "hygiene" not in inventories[0].sections  # nobody has looked yet
    assert all("hygiene" in made.sections for made in inventories[1:])
    assert not [
        each for each in pc.measured if "hygiene" in each and "system" in each and len(each) > len(world.CYCLES)
    ]


def test_policy_sets_the_interval_within_bounds(pc: world.World):
    pc.agent.use_policy(AgentPolicy(hygiene_s=1))
    assert pc.agent.policy.hygiene_s == 900
    pc.agent.use_policy(AgentPolicy(hygiene_s=10**9))
    assert pc.agent.policy.hygiene_s == 7 * 86400


def test_switched_off_probe_is_not_run(pc: world.World):
    pc.agent.use_policy(AgentPolicy(disabled_probes=("hygiene",)))

    assert looks(pc, 20000) == 0


def test_section_tells_no_own_mac():
    assert mac_hash(HERE.mac) not in json.dumps(FOUND)


# --- for people


def shown(info: HygieneInfo) -> str:
    from agent.show import lines
    from agent.wire.report import Report, Section

    made = Report("a" * 32, "b" * 32, 1, 0.0, 0.0, sections={"hygiene": Section("ok", "h", codec.to_plain(info))})
    return "\n".join(lines(made, True, 1, 1))


def test_show_tells_unknown_from_none():
    nothing_asked = shown(HygieneInfo(interface="eth0"))
    asked = shown(HygieneInfo(dhcp_asked=True, hops=("192.168.1.1", "", "113.1.1.1")))

    assert "Trả lời của máy cấp địa chỉ: chưa có dữ liệu" in nothing_asked
    assert "Cửa quản trị của cổng ra: chưa có dữ liệu" in nothing_asked
    assert "Trả lời của máy cấp địa chỉ: không thấy thiết bị nào" in asked
    assert "192.168.1.1, ?, 113.1.1.1" in asked
