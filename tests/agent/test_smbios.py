from __future__ import annotations

import dataclasses
import struct
import uuid
from typing import Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.smbios import MAX_STRUCTURES, MAX_TEXT, decode
from tests.agent import smbios_builder as build

IDENTITY = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
PARTS = (
    build.bios(b"American Megatrends Inc.", b"0401   ", b"08/05/2010"),
    build.system(b"System manufacturer", b"System Product Name", b"SN-1", IDENTITY),
    build.board(b"ASUSTeK Computer INC.", b"P5G41T-M LX", b"MT70"),
    build.chassis(b"Chassis Manufacture", 3 | 0x80, b"CH-1"),
    build.processor(b"Pentium(R) E5700", 2, 2, 3800, 3000),
    build.processor(b" ", 0, 0, 3800, 0, populated=False),
    build.memory(2048),
    build.memory(0),
    build.memory(0x8000 | 512),
    build.end(),
)
TABLE = b"".join(PARTS)
ENDS = {sum(map(len, PARTS[:count])) for count in range(1, len(PARTS) + 1)}  # where a cut does not show


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


def test_windows_header_changes_nothing_but_the_version() -> None:
    plain = decode(TABLE)

    with_header = decode(build.windows(TABLE, 2, 6))

    assert with_header.version == (2, 6)
    assert dataclasses.replace(with_header, version=None) == plain


@pytest.mark.parametrize(
    ("entry", "version"),
    [
        (build.entry_64(3, 2), (3, 2)),
        (build.entry_32(2, 7), (2, 7)),
        (build.entry_32(2, 4)[16:], (2, 4)),  # the older structure alone
        (build.entry_32(2, 31), (2, 3)),  # written as 2.31 by old boards
        (build.entry_32(2, 51), (2, 6)),
        (build.entry_64(3, 2)[:-1] + b"\x01", None),  # its checksum is wrong
        (build.entry_64(3, 2)[:20], None),
        (b"_SM_", None),
        (b"_SM3_", None),
        (b"", None),
    ],
)
def test_entry_point_tells_the_version(entry: bytes, version: Optional[Tuple[int, int]]) -> None:
    assert decode(TABLE, entry).version == version


def test_entry_point_decides_the_order_of_the_uuid() -> None:
    assert decode(TABLE, build.entry_32(2, 4)).system.uuid == "33221100-5544-7766-8899-aabbccddeeff"
    assert decode(TABLE, build.entry_64()).system.uuid == str(IDENTITY)


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


@pytest.mark.parametrize("cut", sorted({*range(0, len(TABLE) - 6, 7), *ENDS}))
def test_a_cut_table_gives_what_is_left(cut: int) -> None:
    table = decode(TABLE[:cut])

    assert table.bios.vendor in ("", "American Megatrends Inc."[: len(table.bios.vendor)])
    assert table.complete == (cut in ENDS)


def test_structure_shorter_than_its_header_ends_the_walk() -> None:
    table = decode(build.bios(b"A", b"B", b"C") + b"\x01\x02\x00\x00" + TABLE)

    assert (table.structures, table.complete) == (1, False)


def test_endless_table_is_bounded() -> None:
    assert decode(build.structure(200, 0, b"") * 100000).structures == MAX_STRUCTURES


def test_empty_table() -> None:
    table = decode(b"")

    assert (table.structures, table.complete, table.memory_bytes) == (0, False, None)
    assert (table.memory_slots, table.memory_slots_used, table.memory_max_bytes, table.cpu_64bit) == (None,) * 4
    assert (table.memory_kind, table.tpm, table.bios.has_uefi) == ("", None, None)


def test_version_sku_and_family() -> None:
    raw = build.system(b"LENOVO", b"10A8S0", b"S", IDENTITY, b"ThinkCentre M73", b"LENOVO_MT_10A8", b"ThinkCentre")

    system = decode(raw + build.end()).system

    assert (system.model, system.version) == ("10A8S0", "ThinkCentre M73")
    assert (system.sku, system.family) == ("LENOVO_MT_10A8", "ThinkCentre")


def test_a_short_system_structure_has_no_sku_and_no_uuid() -> None:
    old = build.structure(1, 1, bytes([1, 2, 0, 3]), (b"IBM", b"8183", b"L3"))  # version 2.0

    system = decode(old + build.end()).system

    assert (system.model, system.serial, system.uuid, system.sku, system.family) == ("8183", "L3", "", "", "")


@pytest.mark.parametrize(
    ("uefi", "version", "expected"),
    [(True, (2, 4), True), (True, None, True), (False, (2, 7), False), (False, (2, 5), None), (False, None, None)],
)
def test_uefi_flag(uefi: bool, version: Optional[Tuple[int, int]], expected: Optional[bool]) -> None:
    """A missing flag proves nothing in a table that is older than the flag."""
    raw = build.bios(b"AMI", b"1", b"01/01/2012", uefi=uefi) + build.end()

    assert decode(build.windows(raw, *version) if version else raw).bios.has_uefi is expected


def test_the_motherboard_is_chosen_among_boards() -> None:
    riser = build.board(b"Intel", b"RISER", b"R1", kind=0x0B, flags=0)
    blade = build.board(b"Intel", b"BLADE", b"B1", kind=0x03, flags=1)
    mother = build.board(b"Intel", b"S2600", b"M1", kind=0x0A, flags=1)

    assert decode(riser + blade + mother + build.end()).board.serial == "M1"
    assert decode(riser + blade + build.end()).board.serial == "B1"
    assert decode(build.board(b"A", b"first", b"") + build.board(b"A", b"second", b"") + build.end()).board.model == (
        "first"
    )


@pytest.mark.parametrize(
    ("flags", "expected"), [(0, None), (0x02, None), (0x06, None), (0x04, True), (0xEC, True), (0x08, False)]
)
def test_64_bit_flag(flags: int, expected: Optional[bool]) -> None:
    assert decode(build.processor(b"X", 2, 2, 3000, 3000, flags=flags) + build.end()).cpu_64bit is expected


def test_an_empty_socket_says_nothing_about_64_bit() -> None:
    raw = build.processor(b"X", 2, 2, 3000, 3000, flags=4) + build.processor(b"", 0, 0, 0, 0, False, flags=8)

    assert decode(raw + build.end()).cpu_64bit is True


@pytest.mark.parametrize(
    ("eax", "vendor", "expected"),
    [
        (0x000306C3, b"Intel(R) Corporation", (6, 60, 3)),
        (0x00000F49, b"Intel", (15, 4, 9)),
        (0x00A20F10, b"Advanced Micro Devices, Inc.", (25, 33, 0)),
        (0x00060FB1, b"AMD", (15, 107, 1)),
        (0x410FD083, b"Broadcom", None),  # an Arm MIDR
        (0, b"Intel", None),
    ],
)
def test_cpuid_signature(eax: int, vendor: bytes, expected: Optional[Tuple[int, int, int]]) -> None:
    raw = build.processor(b"X", 2, 2, 3000, 3000, vendor=vendor, signature=eax)

    assert decode(raw + build.end()).processors[0].signature == expected


def test_many_cores_are_in_the_wide_field() -> None:
    processor = decode(build.processor(b"EPYC", 300, 600, 3000, 3000) + build.end()).processors[0]

    assert (processor.cores, processor.threads) == (300, 600)


def test_memory_slots_and_kind() -> None:
    raw = build.array(32 << 20, 4) + build.memory(4096, kind=26, part=b"KVR26") * 2 + build.memory(0) * 2

    table = decode(raw + build.end())

    assert (table.memory_slots, table.memory_slots_used, table.memory_kind) == (4, 2, "DDR4")
    assert (table.memory_max_bytes, table.memory_bytes) == (32 << 30, 8 << 30)
    assert table.memory[0].part == "KVR26"


def test_a_table_that_is_cut_among_the_modules_does_not_tell_their_sum() -> None:
    whole = build.array(32 << 20, 4) + build.memory(4096) * 4

    cut = decode(whole[: -len(build.memory(4096)) - 3])
    all_there = decode(whole + b"\x00" * 8)  # no end, but every slot

    assert (cut.memory_bytes, cut.memory_slots, cut.memory_slots_used) == (None, 4, None)
    assert (all_there.complete, all_there.memory_bytes, all_there.memory_slots_used) == (False, 16 << 30, 4)


def test_large_boards_write_their_limit_elsewhere() -> None:
    assert decode(build.array(0x80000000, 16, max_bytes=3 << 40) + build.end()).memory_max_bytes == 3 << 40


def test_a_limit_below_what_is_fitted_is_a_lie() -> None:
    raw = build.array(4 << 20, 2) + build.memory(8192) + build.end()

    assert decode(raw).memory_max_bytes is None


def test_firmware_flash_is_no_working_memory() -> None:
    """Some makers list the BIOS chip among the memory devices, with an array of its own."""
    raw = build.array(16 << 20, 2) + build.memory(2048) + build.memory(0)
    raw += build.array(8192, 1, use=5, handle=0x20) + build.memory(0x8000 | 8192, kind=2, parent=0x20)
    raw += build.memory(0x8000 | 4096, kind=9)

    table = decode(raw + build.end())

    assert (table.memory_bytes, table.memory_slots, table.memory_slots_used) == (2 << 30, 2, 1)


@pytest.mark.parametrize("kinds", [(24, 26), (2, 2), (24, 2)])
def test_kind_is_unknown_when_modules_do_not_agree(kinds: Tuple[int, int]) -> None:
    raw = b"".join(build.memory(2048, kind=kind) for kind in kinds)

    assert decode(raw + build.end()).memory_kind == ""


@pytest.mark.parametrize(("major", "minor", "version"), [(2, 0, "2.0"), (1, 2, "1.2"), (9, 9, "")])
def test_tpm(major: int, minor: int, version: str) -> None:
    tpm = decode(build.tpm(b"IFX", major, minor) + build.end()).tpm

    assert tpm is not None
    assert (tpm.vendor, tpm.version) == ("IFX", version)


def test_a_missing_nul_costs_what_comes_after_not_what_was_before() -> None:
    broken = build.board(b"V", b"M", b"S")[:-1]  # the next structure reads as more texts

    table = decode(build.bios(b"A", b"B", b"C") + broken + build.system(b"X", b"Y", b"Z", None) + build.end())

    assert (table.bios.vendor, table.board.model, table.system.vendor) == ("A", "M", "")
    assert not table.complete


def test_a_flood_of_texts_is_bounded() -> None:
    raw = struct.pack("<BBH", 1, 8, 1) + bytes([255, 1, 2, 3]) + b"x\x00" * 200_000 + b"\x00"

    assert decode(raw + build.end()).system.vendor == "x"


def test_claimed_slots_are_bounded() -> None:
    assert (decode(build.array(1 << 20, 0xFFFF) * 3 + build.end()).memory_slots or 0) <= 1024


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
