"""Foreign bytes as text, and what counts as no value at all."""

from __future__ import annotations

from typing import Optional, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snmp.values import MAX_FIELD, MAX_TEXT, clean, is_binary, text_of, under


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Acme\x00", "Acme"),
        ("1.3.6.1".encode(), "1.3.6.1"),
        ("Phòng họp".encode(), "Phòng họp"),
        ("Büro".encode("latin-1"), "Büro"),
        (b"line 1\r\nline 2", "line 1\r\nline 2"),
        (b"A\x00c\x00m\x00e\x00", "Acme"),
        (b"\x00A\x00c\x00m\x00e", "Acme"),
        (b"FG100D3G\x00\x7f\x01rubbish of the stack", "FG100D3G"),
        (b"\xfd\xe8HP LaserJet", "HP LaserJet"),
        (b"\x01\x15CNB1234", "CNB1234"),
        (b"a long text with\x07 one bell in it", "a long text with  one bell in it"),
        (b"\x00\x1b\xfc\x00\x00\x03", "00:1b:fc:00:00:03"),
        (b"", ""),
        (b"\x00\x00\x00", ""),
        (-5, "-5"),
        (None, ""),
    ],
)
def test_text_of(value: Union[bytes, int, None], text: str) -> None:
    assert text_of(value) == text


def test_a_hardware_address_is_binary_and_a_serial_number_is_not() -> None:
    assert is_binary(b"\x00\x1b\xfc\x01\x02\x03")
    assert not is_binary(b"CN1234\x00\x00")
    assert not is_binary(17)


@pytest.mark.parametrize(
    "text",
    ["", " ", "N/A", "n/a.", "None", "unknown", "<unknown>", "0", "0000000", "00-00-00", "0x0", "xxxxxxxx", "....", "----", "1111",
     "Not Available", "not set", "To be filled by O.E.M.", "System Serial Number", "Default string", "0.0", '""', "(null)", "\x00"],
)  # fmt: skip
def test_placeholders_say_nothing(text: str) -> None:
    assert clean(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  7 ", "7"),
        ("11", "11"),
        ("A", "A"),
        ('"FCW2140L0AB"', "FCW2140L0AB"),
        ("two\r\nlines\tof text", "two lines of text"),
        ("Nonesuch 3", "Nonesuch 3"),
        ("x" * 40 + "1" * 200, "x" * 40 + "1" * 88),
    ],
)
def test_clean_keeps_what_is_said(text: str, line: Optional[str]) -> None:
    assert clean(text) == line


def test_under_compares_whole_arcs() -> None:
    assert under("1.3.6.1", "1.3.6") and under("1.3.6", "1.3.6")
    assert not under("1.3.61", "1.3.6")


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=6000), st.integers(), st.text(max_size=3000)))
def test_any_value_reads_as_a_bounded_text(value: Union[bytes, int, str]) -> None:
    text = text_of(value)
    line = clean(text)

    assert len(text) <= MAX_TEXT
    assert line is None or (0 < len(line) <= MAX_FIELD and line.isprintable())
