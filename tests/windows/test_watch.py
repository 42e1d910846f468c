"""What the journal's looks ask of Windows: power, link, the way out, the file of slots. Nothing leaves the own network but
packets that may pass three routers."""

from __future__ import annotations

import sys

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

import os
from pathlib import Path

from agent import power_state
from agent.host import Host
from agent.journal import Journal, Look, Moment
from agent.journal_file import SLOT, SLOTS, JournalFile
from agent.probes import reach_way

STAGES = (True, False, None)


def test_power_is_told_by_two_calls() -> None:
    status, capabilities = power_state._status(), power_state._capabilities()

    assert len(status) == 12
    assert len(capabilities) in (0, 76)
    power = power_state.read(Host())
    assert power == power_state.judge_windows(status, capabilities)
    assert power.on_battery in STAGES


def test_link_and_way_can_be_asked() -> None:
    host = Host()
    log = []

    assert reach_way.has_link(host) in STAGES
    way = reach_way.look(host, log.append, reach_way.QUICK)
    assert way.gateway in STAGES
    assert way.provider in STAGES
    assert log


def test_own_address_answers_an_echo() -> None:
    ask = reach_way.asker("windows", "127.0.0.1", reach_way.QUICK)

    assert ask is not None
    assert ask(64).address == "127.0.0.1"


def test_sendarp_can_be_called() -> None:
    resolve = reach_way.resolver("windows", "192.0.2.77")

    assert resolve is not None
    assert resolve() in (True, False)


def test_slots_are_written_in_place(tmp_path: Path) -> None:
    path = str(tmp_path / "journal")
    book = Journal(JournalFile(path), "b" * 32)
    for minute in range(30):
        book.note(Look(link=True, gateway=minute % 2 == 0), Moment(1.8e9, 60.0 * minute), 150)
    book.end("goodbye")

    assert os.path.getsize(path) == SLOT * SLOTS
    again = JournalFile(path)
    assert len(again.entries) == 30
    assert [entry.ended for entry in again.entries.values()][-1] == "goodbye"
