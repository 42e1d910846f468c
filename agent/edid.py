"""EDID: what a monitor says of itself. Bytes in, MonitorInfo out; never raises.

Offsets are those of VESA's E-EDID standard (1.3, 1.4): the base block of 128 bytes is all that is read. A block that
is too short, lacks its header or does not add up is passed over whole: its checksum is there to tell bytes that were
damaged on the way, and one flipped bit would give another serial or another year. Such a monitor is counted as not
known rather than told wrong.
"""

from __future__ import annotations

import struct
from typing import Dict, List, Optional, Tuple

from .wire.sections import MonitorInfo

BLOCK = 128
_HEADER = b"\x00\xff\xff\xff\xff\xff\xff\x00"
_DESCRIPTORS = (54, 72, 90, 108)
_SERIAL, _NAME = 0xFF, 0xFC
_FIRST_YEAR = 1993  # the standard is of 1994; the byte counts from 1990, and 0 is "not set"
_MODEL_YEAR_WEEK = 0xFF
# Numbers that factories leave in place of a serial.
_NO_SERIAL_NUMBER = (0, 1, 0x01010101, 0xFFFFFFFF)
# Old projectors and television sets wrote the shape of the picture where its size belongs.
_SHAPES = ((16, 9), (16, 10), (4, 3), (15, 9))


def decode_edid(raw: bytes) -> Optional[MonitorInfo]:
    """None when these are not the bytes of an intact base block."""
    block = raw[:BLOCK]
    if len(block) < BLOCK or block[:8] != _HEADER or sum(block) % 256 != 0:
        return None
    letters, product, number = struct.unpack_from(">H", block, 8)[0], *struct.unpack_from("<HI", block, 10)
    texts = _texts(block)
    week, year = block[16], 1990 + block[17]
    width, height = _size(block[21], block[22])
    dated = year >= _FIRST_YEAR
    return MonitorInfo(
        vendor=_vendor(letters),
        product=product or None,
        model=texts.get(_NAME, ""),
        serial=_serial(texts.get(_SERIAL, ""), number),
        week=week if dated and 1 <= week <= 54 else None,
        year=year if dated else None,
        model_year=dated and week == _MODEL_YEAR_WEEK,
        width_cm=width,
        height_cm=height,
    )


def decode_all(blocks: List[bytes]) -> Tuple[List[MonitorInfo], int]:
    """(monitors, how many blocks were damaged). The same monitor by two ways is told once; two that have no serial
    may be two of a kind, and stay."""
    found: List[MonitorInfo] = []
    damaged = 0
    for raw in blocks:
        monitor = decode_edid(raw)
        if monitor is None:
            damaged += 1
        elif not monitor.serial or monitor not in found:
            found.append(monitor)
    return found, damaged


def _vendor(letters: int) -> str:
    """Three letters of five bits each, 1 for A; "" when one of them is none."""
    codes = [letters >> shift & 0x1F for shift in (10, 5, 0)]
    return "".join(chr(64 + code) for code in codes) if all(1 <= code <= 26 for code in codes) else ""


def _texts(block: bytes) -> Dict[int, str]:
    """Display descriptors that hold a text, by their tag; the first of a kind counts."""
    found: Dict[int, str] = {}
    for offset in _DESCRIPTORS:
        item = block[offset : offset + 18]
        if item[:3] == b"\x00\x00\x00" and item[3] in (_SERIAL, _NAME):
            text = _clean(item[5:18].partition(b"\n")[0])
            if text:
                found.setdefault(item[3], text)
    return found


def _clean(raw: bytes) -> str:
    text = raw.partition(b"\x00")[0].decode("latin-1")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _serial(text: str, number: int) -> str:
    """The descriptor's text, else the number; "" for what is no serial, such as a row of zeros."""
    if text.strip("0 .-") and not set(text.upper()) <= {"F"}:
        return text
    return "" if number in _NO_SERIAL_NUMBER else str(number)


def _size(width: int, height: int) -> Tuple[Optional[int], Optional[int]]:
    """Centimetres; a zero says that the picture has no fixed size, or only a shape (1.4)."""
    known = width > 0 and height > 0 and (width, height) not in _SHAPES
    return (width, height) if known else (None, None)
