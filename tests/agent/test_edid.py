from __future__ import annotations

from typing import Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.edid import decode_all, decode_edid
from agent.wire.sections import MonitorInfo
from tests.agent.edid_builder import edid, summed

DELL = edid("DEL", 0xA0B1, 0x4C4B4A49, 12, 2015, name="DELL P2214H", serial="7FD4K55T123L", size=(48, 27))
PANEL = edid("AUO", 0x21ED, 0, 0xFF, 2020, size=(34, 19))


def test_monitor_with_everything() -> None:
    assert decode_edid(DELL) == MonitorInfo(
        vendor="DEL",
        product=0xA0B1,
        model="DELL P2214H",
        serial="7FD4K55T123L",
        week=12,
        year=2015,
        width_cm=48,
        height_cm=27,
    )


def test_panel_of_a_laptop_tells_the_year_of_its_model_and_no_serial() -> None:
    assert decode_edid(PANEL) == MonitorInfo(
        vendor="AUO", product=0x21ED, year=2020, model_year=True, width_cm=34, height_cm=19
    )


def test_extension_blocks_behind_it_are_not_looked_at() -> None:
    assert decode_edid(DELL + b"\x02\x03" + b"\xff" * 126) == decode_edid(DELL)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        DELL[:127],
        b"\x00" * 128,
        b"\xff" * 128,
        b"\x01" + DELL[1:],
        DELL[:60] + bytes([DELL[60] ^ 1]) + DELL[61:],  # one bit: the sum no longer fits
        DELL[:127] + b"\x00",
    ],
)
def test_a_damaged_block_tells_nothing(raw: bytes) -> None:
    assert decode_edid(raw) is None


@pytest.mark.parametrize(
    ("number", "text", "serial"),
    [
        (12345, "", "12345"),
        (12345, "AB-1", "AB-1"),
        (0, "", ""),
        (1, "", ""),
        (0x01010101, "", ""),
        (0xFFFFFFFF, "", ""),
        (777, "0000000000000", "777"),
        (0, "0", ""),
        (0, "FFFFFFFF", ""),
        (0, " H4ZN 1 ", "H4ZN 1"),
    ],
)
def test_serial(number: int, text: str, serial: str) -> None:
    monitor = decode_edid(edid("SAM", 1, number, 1, 2010, serial=text))

    assert monitor is not None
    assert monitor.serial == serial


@pytest.mark.parametrize(
    ("week", "year", "expected"),
    [
        (1, 2008, (1, 2008, False)),
        (53, 2008, (53, 2008, False)),
        (54, 2008, (54, 2008, False)),
        (0, 2008, (None, 2008, False)),
        (55, 2008, (None, 2008, False)),
        (255, 2019, (None, 2019, True)),
        (10, 1990, (None, None, False)),  # the byte was left at zero
        (255, 1990, (None, None, False)),
        (3, 2098, (3, 2098, False)),  # to be judged by somebody with a clock that is right
    ],
)
def test_week_and_year(week: int, year: int, expected: Tuple[Optional[int], Optional[int], bool]) -> None:
    monitor = decode_edid(edid("SAM", 1, 5, week, year))

    assert monitor is not None
    assert (monitor.week, monitor.year, monitor.model_year) == expected


@pytest.mark.parametrize("size", [(0, 0), (16, 9), (16, 10), (4, 3), (0, 79)])
def test_a_shape_is_no_size(size: Tuple[int, int]) -> None:
    monitor = decode_edid(edid("EPS", 1, 5, 1, 2012, size=size))

    assert monitor is not None
    assert (monitor.width_cm, monitor.height_cm) == (None, None)


def test_letters_that_are_none() -> None:
    raw = summed(DELL[:8] + b"\x00\x00" + DELL[10:])

    monitor = decode_edid(raw)

    assert monitor is not None
    assert monitor.vendor == ""


def test_name_with_odd_bytes() -> None:
    raw = summed(DELL.replace(b"DELL P2214H\n", b"M\xe0n \x01h\xecnh\n   "))

    monitor = decode_edid(raw)

    assert monitor is not None
    assert monitor.model == "M\xe0n h\xecnh"


def test_same_monitor_by_two_ways_is_told_once() -> None:
    found, damaged = decode_all([DELL, DELL, PANEL, PANEL, b"junk"])

    assert [monitor.vendor for monitor in found] == ["DEL", "AUO", "AUO"]  # without a serial they may be two
    assert damaged == 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_survived(raw: bytes) -> None:
    assert decode_edid(raw) is None or sum(raw[:128]) % 256 == 0


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=120, max_size=120))
def test_any_block_with_a_header_and_a_right_sum_is_survived(rest: bytes) -> None:
    monitor = decode_edid(summed(DELL[:8] + rest))

    assert monitor is not None
    assert len(monitor.model) <= 13 and "\x00" not in monitor.model + monitor.serial
    assert monitor.week is None or 1 <= monitor.week <= 54
