"""What a scan asks of Windows: ARP table, SendARP, datagrams, routes. Nothing is sent beyond this PC."""

from __future__ import annotations

import ipaddress
import json
import subprocess
import sys

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

from agent.host import Host
from agent.probes import interfaces_windows, neighbours_windows
from agent.process import child_env, own_command
from agent.scan import sendarp
from agent.scan.doors import _windows_entries
from agent.scan.touch import TouchDoor


def test_the_arp_table_with_states() -> None:
    for entry in sendarp.windows_table():
        ipaddress.IPv4Address(entry.address)
        assert len(entry.mac) == 17


def test_both_arp_tables_tell_of_the_same_neighbours() -> None:
    older = {row.address for row in neighbours_windows.parse_arp(Host().ip_net_table()) or ()}
    newer = {entry.address for entry in _windows_entries(Host())()}

    assert newer <= older or older <= newer


def test_sendarp_can_be_called() -> None:
    resolve = sendarp.resolver("127.0.0.1")
    assert resolve is not None
    error, mac = resolve("127.0.0.1")

    assert error != 0 or len(mac) == 6


def test_an_empty_datagram_goes_out_without_rights() -> None:
    door = TouchDoor("127.0.0.1", list)
    door.ask("127.0.0.1")

    assert door.hear(0.1) == []
    assert door.frames == 3
    door.close()


def test_ipv6_routes_can_be_counted() -> None:
    count = neighbours_windows.count_ipv6_gateways(Host().ip_forward_table6())

    assert count is None or count >= 0


def test_dhcp_is_known_or_unknown() -> None:
    host = Host()

    assert set(interfaces_windows.dhcp(host, host.nics())) <= {nic.name for nic in host.nics()}


def test_the_child_process_starts_answers_and_ends(tmp_path) -> None:
    question = {
        "kind": "devices", "root": "/", "platform": "windows", "policy": {}, "lease_s": 60.0, "deadline_s": 60.0,
        "off_file": str(tmp_path / "scan.off"), "devices": [], "communities": [],
    }  # fmt: skip
    child = subprocess.Popen(
        own_command("agent.scan.child", "scan-child"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_env()
    )
    out, _ = child.communicate((json.dumps(question) + "\n").encode(), timeout=60)

    assert json.loads(out) == {"devices": [], "asked": 0, "stopped": "", "log": []}
    assert child.returncode == 0
