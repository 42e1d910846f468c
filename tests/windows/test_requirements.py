"""The pins of the Windows Pythons are those of the locks: what is tested is what is shipped. Runs everywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


def pins(path: Path) -> Dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", path.read_text("utf-8"), re.MULTILINE)
    return {name.lower().replace("_", "-"): version for name, version in found}


def test_python_311_follows_the_locks() -> None:
    locked = {**pins(ROOT / "requirements.lock"), **pins(ROOT / "requirements-dev.lock")}
    own = pins(HERE / "requirements-py311.txt")

    assert {name: version for name, version in own.items() if locked.get(name, version) != version} == {}
    assert {"psutil", "requests", "pytest", "hypothesis"} <= set(own)


def test_python_38_has_the_agents_own_packages() -> None:
    own = pins(HERE / "requirements-py38.txt")

    assert {name: own.get(name) for name in pins(ROOT / "agent" / "requirements-py38.lock")} == pins(
        ROOT / "agent" / "requirements-py38.lock"
    )


@pytest.mark.parametrize("name", ["requirements-py311.txt", "requirements-py38.txt"])
def test_every_line_is_a_pin(name: str) -> None:
    lines = [line for line in (HERE / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]

    assert len(pins(HERE / name)) == len(lines) > 10
    assert lines == sorted(lines)
