from __future__ import annotations

import struct
from typing import Any, Dict, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.probes import uptime
from agent.probes.uptime import LastShutdown, judge_last_shutdown
from agent.probes.uptime_linux import judge, parse_wtmp
from agent.probes.uptime_windows import parse_newest_event
from tests.agent import machines

NOW, BEFORE = "a" * 32, "b" * 32
AT = "2026-11-17T09:58:00Z"


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ({"boot_id": BEFORE, "at": AT, "goodbye": True}, LastShutdown("clean", "agent_marker", AT)),
        ({"boot_id": BEFORE, "at": AT, "goodbye": False}, LastShutdown("unclean", "agent_marker", AT)),
        ({"boot_id": BEFORE, "goodbye": True}, LastShutdown("clean", "agent_marker", "")),
        ({"boot_id": NOW, "at": AT, "goodbye": True}, LastShutdown()),
        (
            {
                "boot_id": NOW,
                "at": AT,
                "goodbye": False,
                "previous": {"boot_id": BEFORE, "at": AT, "goodbye": True},
            },
            LastShutdown("clean", "agent_marker", AT),
        ),
        ({"boot_id": NOW, "previous": {"boot_id": NOW, "goodbye": True}}, LastShutdown()),
        ({"boot_id": NOW, "previous": "x"}, LastShutdown()),
        ({"boot_id": BEFORE, "at": AT, "goodbye": "yes"}, LastShutdown()),
        ({"boot_id": 7, "at": AT, "goodbye": True}, LastShutdown()),
        ({}, LastShutdown()),
        (None, LastShutdown()),
    ],
)
def test_marker(marker: Optional[Dict[str, Any]], expected: LastShutdown) -> None:
    assert judge_last_shutdown(marker, NOW) == expected


BOOT, SHUTDOWN = "boot", "shutdown"


@pytest.mark.parametrize(
    ("events", "how"),
    [
        ([(BOOT, 1000), (SHUTDOWN, 5000), (BOOT, 9000)], "clean"),
        ([(BOOT, 1000), (BOOT, 9000)], "unclean"),
        ([(SHUTDOWN, 500), (BOOT, 1000), (BOOT, 9000)], "unclean"),
        ([(BOOT, 9000)], ""),
        ([(SHUTDOWN, 8000), (BOOT, 9000)], ""),
        ([], ""),
        ([(BOOT, 100), (BOOT, 1000)], ""),
    ],
    ids=["shut-down", "cut", "older-shutdown", "first-boot", "rotated", "no-wtmp", "own-boot-not-written"],
)
def test_wtmp(events: Any, how: str) -> None:
    assert judge(events, 9010.0) == how


def test_wtmp_records() -> None:
    layout = "<h2xi32s4s32s256shhiii16s20x"
    rows = [(2, b"reboot", 10), (7, b"clerk", 20), (1, b"runlevel", 30), (1, b"shutdown", 40)]
    data = b"".join(struct.pack(layout, kind, 1, b"", b"", user, b"", 0, 0, 0, at, 0, b"") for kind, user, at in rows)

    assert parse_wtmp(data + b"cut") == [("boot", 10), ("shutdown", 40)]


@given(st.binary(max_size=2000))
def test_any_wtmp_is_survived(data: bytes) -> None:
    judge(parse_wtmp(data), 0.0)


@pytest.mark.parametrize(
    ("out", "how"),
    [
        (b"<Event><System><EventID Qualifiers='32768'>6006</EventID></System></Event>", "clean"),
        (b"<Event><System><EventID>6008</EventID></System></Event>", "unclean"),
        ("<Event><EventID>6008</EventID></Event>".encode("utf-16"), "unclean"),
        (b"<Event><EventID>41</EventID></Event>", ""),
        (b"", ""),
    ],
)
def test_event_log(out: bytes, how: str) -> None:
    assert parse_newest_event(out) == how


def test_the_answer_outlives_the_marker() -> None:
    """The loop writes over the old marker soon after the start; the finding must not vanish with it."""
    host = machines.load("laptop-wifi-battery")

    first = uptime.run(machines.context(host))
    host.facts["files"] = {}

    assert uptime.run(machines.context(host)) == first
    assert first.last_shutdown == "clean"


def test_a_damaged_marker_is_no_answer() -> None:
    host = machines.load("laptop-wifi-battery")
    host.facts["files"] = {"/var/lib/gapwatch/marker.json": '{"boot_id": '}

    assert uptime.run(machines.context(host)).last_shutdown == ""
