"""Both distributions hold the whole agent: every module, and the data that it reads."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
DATA = {".py", ".ini", ".csv"}


def files() -> set[str]:
    found = (path for path in (ROOT / "agent").rglob("*") if path.suffix in DATA and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in found}


@pytest.mark.parametrize("source", ["agent", "."])
def test_a_wheel_holds_the_whole_agent(source: str, tmp_path: Path) -> None:
    (made,) = WheelBuilder(str(ROOT / source)).build(directory=str(tmp_path), versions=["standard"])

    with zipfile.ZipFile(made) as wheel:
        names = {name for name in wheel.namelist() if name.startswith("agent/") and Path(name).suffix in DATA}

    assert names == files()
    assert sum(name.endswith(".ini") for name in names) > 100
