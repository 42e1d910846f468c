"""Every captured machine gives exactly the sections in its expected.json, and all of them fit the
contract."""

from __future__ import annotations

from typing import List

import pytest

from agent.probes import PROBES
from agent.runner import judge
from agent.wire import codec
from agent.wire.sections import SECTIONS
from tests.agent import machines

NEED_A_NETWORK = {"reach", "hygiene", "lan", "devices", "journal", "quality", "traffic"}  # tested in their own files
CASES = [(name, section) for name in machines.names() for section in machines.load(name).expected]


@pytest.mark.parametrize(("name", "section"), CASES, ids=["-".join(case) for case in CASES])
def test_machine_gives_what_is_expected(name: str, section: str) -> None:
    host = machines.load(name)
    expected = host.expected[section]

    result = judge(PROBES[section], machines.context(host))

    if set(expected) == {"status"}:
        assert (result.status, result.data) == (expected["status"], None)
    else:
        assert (result.status, result.error) == ("ok", "")
        assert result.data == expected
        assert codec.to_plain(codec.read(SECTIONS[section], result.data)) == expected


@pytest.mark.parametrize("name", machines.names())
def test_two_runs_in_one_boot_give_the_same(name: str) -> None:
    """Else the section would travel again with every report."""
    host = machines.load(name)
    for section in host.expected:
        first, second = (judge(PROBES[section], machines.context(host)).data for _ in range(2))

        assert first == second


def test_there_are_machines_of_both_systems_and_each_section() -> None:
    hosts = [machines.load(name) for name in machines.names()]

    assert len(hosts) >= 28
    assert {host.platform for host in hosts} == {"linux", "windows"}
    assert {section for host in hosts for section in host.expected} == set(PROBES) - NEED_A_NETWORK


def test_no_whole_mac_address_leaves_the_machine() -> None:
    for name in machines.names():
        host = machines.load(name)
        text = codec.dumps(host.expected).decode().lower()
        macs: List[str] = [nic.mac.lower() for nic in host.nics() if nic.mac]

        assert not [mac for mac in macs if mac in text or mac.replace("-", ":") in text]


def test_serials_for_the_administrator_are_logged_not_failed() -> None:
    host = machines.load("dell-optiplex-ubuntu")
    log: List[str] = []

    result = judge(PROBES["hardware"], machines.context(host, log))

    assert result.status == "ok"
    assert "system_serial" not in (result.data or {})
    assert "product_serial is for the administrator only" in log


def test_table_of_probes_is_the_contract() -> None:
    assert list(PROBES) == list(SECTIONS)
    assert {probe.cycle for probe in PROBES.values()} == {
        "heartbeat", "network", "inventory", "hygiene", "scan", "event",
    }  # fmt: skip
