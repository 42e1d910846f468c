"""Every hand-made trace through the engine; and that the traces on disk are what scenes.py says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.replay.expect import failures
from tests.replay.scenes import FOLDER, every
from tests.replay.scenes_more import shuffled

NAMES = sorted(path.name.removesuffix(".jsonl") for path in FOLDER.glob("*.jsonl"))


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_the_trace_as_expected(name: str) -> None:
    replay = pytest.importorskip("inventory.domain.replay")
    expected = json.loads((FOLDER / f"{name}.expected.json").read_text("utf-8"))

    with (FOLDER / f"{name}.jsonl").open("rb") as lines:
        answer = replay.replay_lines(lines)

    assert not failures(expected["checks"], answer), expected["about"]


def test_the_traces_are_those_of_the_scenes(tmp_path: Path) -> None:
    for scene in every():
        scene.write(tmp_path, shuffled(scene.lines()) if scene.name.startswith("15_") else None)

    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in FOLDER.iterdir()}

    assert written == kept
