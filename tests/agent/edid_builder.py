"""Builds EDID base blocks for tests, by the layout of VESA's E-EDID standard."""

from __future__ import annotations

import struct
from typing import Tuple

HEADER = b"\x00\xff\xff\xff\xff\xff\xff\x00"


def edid(
    vendor: str,
    product: int,
    number: int,
    week: int,
    year: int,
    name: str = "",
    serial: str = "",
    size: Tuple[int, int] = (48, 27),
) -> bytes:
    letters = sum((ord(vendor[at]) - 64) << (10 - 5 * at) for at in range(3))
    block = HEADER + struct.pack(">H", letters) + struct.pack("<HIBB", product, number, week, year - 1990)
    block += bytes([1, 4, 0x80, *size, 120, 0x2A]) + b"\x00" * 29
    timing = bytes.fromhex("023a801871382d40582c4500dd0c1100001e")  # 1920 x 1080, 60 Hz
    rows = [
        timing,
        _text(0xFF, serial),
        _text(0xFC, name),
        b"\x00\x00\x00\xfd\x00" + bytes([56, 76, 30, 83, 17]) + b"\x0a" + b" " * 7,
    ]
    return summed(block + b"".join(rows) + b"\x00\x00")


def summed(raw: bytes) -> bytes:
    """The block with its last byte set so that all 128 add up."""
    return raw[:127] + bytes([-sum(raw[:127]) % 256]) + raw[128:] if len(raw) >= 128 else raw


def _text(tag: int, text: str) -> bytes:
    if not text:
        return b"\x00\x00\x00\x10" + b"\x00" * 14  # a dummy descriptor
    return b"\x00\x00\x00" + bytes([tag, 0]) + (text.encode("latin-1") + b"\n").ljust(13)[:13]
