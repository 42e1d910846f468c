from __future__ import annotations

import struct
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.smbios import MAX_STRUCTURES, MAX_TEXT, decode
from tests.agent import smbios_builder as build

IDENTITY = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
TABLE = (
    build.bios(b"American Megatrends Inc.", b"0401   ", b"08/05/2010")
    + build.system(b"System manufacturer", b"System Product Name", b"SN-1", IDENTITY)
    + build.board(b"ASUSTeK Computer INC.", b"P5G41T-M LX", b"MT70")
    + build.chassis(b"Chassis Manufacture", 3 | 0x80, b"CH-1")
    + build.processor(b"Pentium(R) E5700", 2, 2, 3800, 3000)
    + build.processor(b" ", 0, 0, 3800, 0, populated=False)
    + build.memory(2048)
    + build.memory(0)
    + build.memory(0x8000 | 512)
    + build.end()
)


def test_linux_table_is_decoded() -> None:
    table = decode(TABLE)

    assert (table.bios.vendor, table.bios.version, table.bios.date) == (
        "American Megatrends Inc.",
        "0401",
        "08/05/2010",
    )
    assert (table.system.vendor, table.system.serial) == ("System manufacturer", "SN-1")
    assert (table.board.model, table.board.serial) == ("P5G41T-M LX", "MT70")
    assert (table.chassis.kind, table.chassis.serial) == (3, "CH-1")
    assert [item.populated for item in table.processors] == [True, False]
    assert (table.processors[0].brand, table.processors[0].cores) == ("Pentium(R) E5700", 2)
    assert table.memory_bytes == 2048 * 1024 * 1024 + 512 * 1024
    assert table.complete
    assert not table.bios.says_virtual


def test_windows_header_changes_nothing() -> None:
    assert decode(build.windows(TABLE, 3, 4)) == decode(TABLE)


def test_uuid_is_mixed_endian_from_version_2_6_on() -> None:
    old, new = decode(build.windows(TABLE, 2, 5)), decode(build.windows(TABLE, 2, 6))

    assert new.system.uuid == str(IDENTITY)
    assert old.system.uuid == "33221100-5544-7766-8899-aabbccddeeff"


@pytest.mark.parametrize("raw", [b"\x00" * 16, b"\xff" * 16])
def test_uuid_that_is_not_set_is_empty(raw: bytes) -> None:
    table = TABLE.replace(IDENTITY.bytes_le, raw)

    assert decode(table).system.uuid == ""


def test_virtual_machine_flag() -> None:
    assert decode(build.bios(b"EDK II", b"1", b"02/06/2015", virtual=True) + build.end()).bios.says_virtual


def test_large_module_uses_the_extended_size() -> None:
    assert decode(build.memory(0x7FFF, 32768) + build.end()).memory_bytes == 32 << 30


@pytest.mark.parametrize("modules", [build.memory(0xFFFF), build.memory(2048) + build.memory(0xFFFF), b""])
def test_memory_is_unknown_when_one_module_is(modules: bytes) -> None:
    assert decode(modules + build.end()).memory_bytes is None


def test_text_number_beyond_the_texts_is_empty() -> None:
    lying = build.structure(1, 1, bytes([9, 1, 0, 200]) + b"\x11" * 16, (b"Only one",))

    system = decode(lying + build.end()).system

    assert (system.vendor, system.model, system.serial) == ("", "Only one", "")


def test_texts_are_cleaned_and_bounded() -> None:
    odd = build.structure(2, 2, bytes([1, 2, 0, 3]), (b"  A\x01\tB  ", b"M\xe1y", b"x" * 5000))

    board = decode(odd + build.end()).board

    assert (board.vendor, board.model) == ("A B", "M\xe1y")
    assert len(board.serial) == MAX_TEXT


@pytest.mark.parametrize("cut", range(0, len(TABLE) - 6, 7))
def test_a_cut_table_gives_what_is_left(cut: int) -> None:
    table = decode(TABLE[:cut])

    assert table.bios.vendor in ("", "American Megatrends Inc."[: len(table.bios.vendor)])
    assert not table.complete or cut == 0


def test_structure_shorter_than_its_header_ends_the_walk() -> None:
    table = decode(build.bios(b"A", b"B", b"C") + b"\x01\x02\x00\x00" + TABLE)

    assert (table.structures, table.complete) == (1, False)


def test_endless_table_is_bounded() -> None:
    assert decode(build.structure(200, 0, b"") * 100000).structures == MAX_STRUCTURES


def test_empty_table() -> None:
    table = decode(b"")

    assert (table.structures, table.complete, table.memory_bytes) == (0, False, None)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_survived(raw: bytes) -> None:
    decode(raw)
    decode(struct.pack("<BBBBI", 0, 2, 8, 0, len(raw)) + raw)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_lie_in_a_real_table_is_survived(data: st.DataObject) -> None:
    table = bytearray(TABLE)
    for _ in range(data.draw(st.integers(1, 12))):
        table[data.draw(st.integers(0, len(table) - 1))] = data.draw(st.integers(0, 255))

    found = decode(bytes(table))

    texts = (found.bios.vendor, found.system.serial, found.board.model)
    assert all(len(text) <= MAX_TEXT and "\x00" not in text for text in texts)
