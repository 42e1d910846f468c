"""Mains, battery, UPS: captured answers of both systems."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.host import Host
from agent.power_state import Power, judge_linux, judge_windows, read

MAINS = {"type": "Mains", "online": "1"}
CABLE_OUT = {"type": "Mains", "online": "0"}
BATTERY = {"type": "Battery", "present": "1", "status": "Discharging", "capacity": "41"}
UPS = {"type": "UPS", "status": "Discharging", "capacity": "70"}


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ([], Power()),
        ([MAINS], Power()),  # a PC without a battery cannot tell that its mains have gone
        ([CABLE_OUT, BATTERY], Power(True, 41)),
        ([MAINS, {**BATTERY, "status": "Charging"}], Power(False, 41)),
        ([MAINS, {**BATTERY, "status": "Not charging", "capacity": "100"}], Power(False, 100)),
        ([{**BATTERY, "status": "Full"}], Power(False, 41)),
        ([BATTERY], Power(True, 41)),
        ([{**BATTERY, "status": "Unknown"}], Power(None, 41)),
        ([MAINS, {**BATTERY, "status": "Unknown"}], Power(False, 41)),
        ([{**BATTERY, "present": "0"}], Power()),
        ([MAINS, {**BATTERY, "scope": "Device", "capacity": "3"}], Power()),  # a mouse
        ([{"type": "USB", "online": "1"}, {**BATTERY, "status": "Charging"}], Power(False, 41)),
        ([{"type": "USB", "online": "0"}, MAINS, BATTERY], Power(False, 41)),
        ([UPS], Power(True, 70, "on_battery")),
        ([{**UPS, "capacity": "15"}], Power(True, 15, "low")),
        ([{**UPS, "capacity_level": "Critical"}], Power(True, 70, "low")),
        ([{**UPS, "status": "Full"}], Power(False, 70, "online")),
        ([{**UPS, "status": ""}], Power(None, 70, "")),
        ([{"type": "Battery", "status": "Discharging", "capacity": "lots"}], Power(True, None)),
    ],
)
def test_linux(supplies: List[Dict[str, str]], expected: Power) -> None:
    assert judge_linux(supplies) == expected


def status(line: int, flag: int, percent: int) -> bytes:
    return bytes((line, flag, percent, 0)) + bytes(8)


LAPTOP = bytes(30) + b"\1\0" + bytes(44)
WITH_UPS = bytes(30) + b"\1\1" + bytes(44)


@pytest.mark.parametrize(
    ("answer", "capabilities", "expected"),
    [
        (status(1, 128, 255), LAPTOP, Power()),
        (status(255, 255, 255), LAPTOP, Power()),
        (status(1, 8, 60), LAPTOP, Power(False, 60)),
        (status(0, 1, 90), LAPTOP, Power(True, 90)),
        (status(0, 0, 50), WITH_UPS, Power(True, 50, "on_battery")),
        (status(0, 2, 50), WITH_UPS, Power(True, 50, "low")),
        (status(0, 0, 12), WITH_UPS, Power(True, 12, "low")),
        (status(1, 1, 100), WITH_UPS, Power(False, 100, "online")),
        (status(255, 1, 100), WITH_UPS, Power(None, 100)),
        (status(0, 1, 255), b"", Power(True, None)),
        (b"", b"", Power()),
    ],
)
def test_windows(answer: bytes, capabilities: bytes, expected: Power) -> None:
    assert judge_windows(answer, capabilities) == expected


@given(st.binary(max_size=12), st.binary(max_size=80))
@settings(max_examples=30)
def test_any_answer_of_windows_gives_what_the_journal_takes(answer: bytes, capabilities: bytes) -> None:
    power = judge_windows(answer, capabilities)

    assert power.percent is None or 0 <= power.percent <= 100
    assert power.ups in ("", "online", "on_battery", "low")


def test_reading_the_files(tmp_path: Path) -> None:
    for name, files in {"AC": MAINS, "BAT0": {**BATTERY, "status": "Charging"}}.items():
        folder = tmp_path / "sys/class/power_supply" / name
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text + "\n")

    assert read(Host(str(tmp_path), "linux")) == Power(False, 41)
    assert read(Host(str(tmp_path / "nothing"), "linux")) == Power()
    assert read(Host(str(tmp_path), "other")) == Power()
