"""What the hygiene probe asks of Windows: echo with a time to live, port 68, the System log. Nothing leaves this PC but
one question to its own network."""

from __future__ import annotations

import dataclasses
import sys
import time
from typing import List

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

from agent.host import Host
from agent.hygiene import clashes, clashes_windows, dhcp, hops, hops_windows
from agent.hygiene.dhcp import Asked
from agent.hygiene.hops import Echo
from agent.hygiene.place import Place

HERE = Place("Loopback", "wired", "02:00:00:00:00:05", "127.0.0.1", "127.0.0.0/8", "127.0.0.2")


def test_echo_comes_back_without_rights() -> None:
    probe = hops_windows.echo_probe("127.0.0.1")

    assert probe is not None
    assert probe(3) == Echo("127.0.0.1", True)
    assert hops.walk(probe, "127.0.0.1") == ()


def test_silence_takes_its_time_and_no_more() -> None:
    probe = hops_windows.echo_probe("192.0.2.77", 0.5)
    start = time.monotonic()

    assert probe is not None
    assert probe(1).address != "192.0.2.77"
    assert time.monotonic() - start < 10


def test_way_of_a_packet_is_known_without_sending_it() -> None:
    assert hops.leaves_by(HERE, "127.0.0.9")
    assert not hops.leaves_by(dataclasses.replace(HERE, address="192.0.2.9"), "127.0.0.9")


def test_dhcp_without_an_answer_is_unknown() -> None:
    log: List[str] = []

    assert dhcp.ask(HERE, "windows", log.append, 0.5) == Asked(None)
    assert log


def test_system_log_is_asked_for_conflicts() -> None:
    """wevtutil may be a stub that says nothing; a real one takes the query."""
    result = Host().run(clashes_windows.COMMAND, 30)

    assert result.ok, result.err
    assert clashes_windows.read_events(result.out, HERE) == []
    assert clashes.check(HERE, Host(), {}, active=True, log=lambda line: None) == ()
