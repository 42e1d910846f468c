"""The replay: what it takes, what it refuses, and that it says why."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector import replay_command
from inventory.domain.problem import BadValue
from inventory.domain.replay import replay_lines

SITE = {"kind": "site", "id": "s", "provider": "VNPT", "area": "k", "hours": [["mon-fri", "07:30-17:00"]]}
AGENT = {"kind": "agent", "id": "a", "site": "s", "from": "2026-03-02T00:00:00Z"}
END = {"kind": "end", "at": "2026-03-02T06:00:00Z"}


def contact(minute: int, **more: Any) -> dict[str, Any]:
    return {
        "kind": "contact", "agent": "a", "received": f"2026-03-02T{1 + minute // 60:02d}:{minute % 60:02d}:00Z", "boot": "b",
        "seq": minute, "agent_time": "2009-01-01T00:00:00Z", "monotonic_s": 60.0 * minute, "goodbye": False,
        "last_shutdown": "clean", "journal": [],
    } | more  # fmt: skip


def lines(*rows: Any) -> list[bytes]:
    return [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]


def test_states_cover_the_time_without_gap() -> None:
    answer = replay_lines(lines(SITE, AGENT, *(contact(minute) for minute in range(0, 60, 5)), END))
    rows = answer["sites"]["s"]

    assert rows[0]["from"] == "2026-03-02T00:00:00.000Z"
    assert rows[-1]["to"] == "2026-03-02T06:00:00.000Z"
    assert all(one["to"] == other["from"] for one, other in itertools.pairwise(rows))
    assert [row["state"] for row in rows[:2]] == ["NEVER_REPORTED", "UP"]
    assert set(answer) == {"sites", "alerts", "area_events"}


def test_an_agent_whose_begin_nobody_told_is_there_from_the_first_contact_on() -> None:
    agent = {"kind": "agent", "id": "a", "site": "s"}
    rows = replay_lines(lines(SITE, agent, contact(0), contact(5), END))["sites"]["s"]

    assert rows[0]["from"] == "2026-03-02T01:00:00.000Z"


def test_a_trace_without_an_end_ends_with_its_last_line() -> None:
    rows = replay_lines(lines(SITE, AGENT, contact(0), contact(5)))["sites"]["s"]

    assert rows[-1]["to"] == "2026-03-02T01:05:00.000Z"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"{", "dòng 3"),
        (b"[]", "dòng 3"),
        ({"kind": "moon"}, "dòng 3"),
        ({"kind": "contact", "agent": "a"}, "received"),
        (contact(0, received="yesterday"), "dòng 3"),
        (contact(0, received="2026-03-02T01:00:00"), "time zone"),
        (contact(0, monotonic_s="x"), "dòng 3"),
        (contact(0, journal={"a": 1}), "dòng 3"),
        (contact(0, agent="z"), "z"),
        ({"kind": "site", "id": "t", "hours": [["someday", "07:30-11:30"]]}, "someday"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(row: Any, said: str) -> None:
    with pytest.raises(BadValue) as error:
        replay_lines(lines(SITE, AGENT, row, END))

    assert said in str(error.value)


noise = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(
    ["received", "boot", "seq", "agent_time", "monotonic_s", "goodbye", "last_shutdown", "journal"]
)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 120), fields, noise), max_size=4))
def test_whatever_a_line_holds_it_is_taken_or_named(changes: list[tuple[int, str, Any]]) -> None:
    rows = [contact(minute, **{name: value}) for minute, name, value in changes]
    try:
        answer = replay_lines(lines(SITE, AGENT, contact(0), *rows, END))
    except BadValue:
        return
    json.dumps(answer)


def test_the_command_explains_a_site_in_words_and_reads_gzip(tmp_path: Path) -> None:
    trace = tmp_path / "t.jsonl.gz"
    cut = {
        "boot": "b", "from": "2009-01-01T00:00:00Z", "to": "2009-01-01T00:30:00Z", "from_monotonic_s": 1810.0,
        "to_monotonic_s": 3590.0, "gateway": True, "internet": False, "collector": False,
    }  # fmt: skip
    contacts = [*(contact(minute) for minute in range(0, 31, 5)), contact(60, journal=[cut]), contact(65)]
    with gzip.open(trace, "wb") as file:
        file.write(b"\n".join(lines(SITE, AGENT, *contacts, END)))

    runner, answer = replay_command.replay(trace)

    assert [row["cause"] for row in answer["sites"]["s"] if row["state"] == "LINE_LOST_CONFIRMED"] == ["line"]
    told = "\n".join(replay_command.explain_site(runner, "s"))
    assert "cổng mạng tại chỗ trả lời" in told
    assert "Cảnh báo" in told
    assert "1 địa điểm, 1 máy" in next(replay_command.summary(runner))
    with pytest.raises(BadValue, match="không có địa điểm"):
        list(replay_command.explain_site(runner, "x"))
    with pytest.raises(BadValue, match="không mở được"):
        replay_command.replay(tmp_path / "none")
