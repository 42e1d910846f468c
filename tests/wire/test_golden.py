"""Every golden file of every schema is read for ever: old agents stay in communes for years."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.wire import codec, seal
from agent.wire import report as wire
from tests.wire.make_golden import KEY, reports

GOLDEN = Path(__file__).parent / "golden"
FRAMES = sorted(GOLDEN.glob("*.frame"))


def test_there_are_golden_files_for_the_present_schema() -> None:
    assert {path.stem for path in FRAMES} >= {f"{wire.SCHEMA:04d}-{name}" for name in reports()}


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_a_golden_frame_opens_and_says_what_it_always_said(path: Path) -> None:
    (frame,) = seal.split(path.read_bytes())
    plain = seal.open_frame(frame, KEY)

    assert json.loads(plain) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    report = wire.report_from_bytes(plain)
    assert report.agent_id == frame.agent_id
    assert codec.loads(wire.report_to_bytes(report)) == json.loads(plain), "nothing is lost by reading and writing"


@pytest.mark.parametrize("name", sorted(reports()))
def test_the_present_schema_reads_back_what_was_written(name: str) -> None:
    report = reports()[name]

    assert wire.report_from_bytes(wire.report_to_bytes(report)) == report
