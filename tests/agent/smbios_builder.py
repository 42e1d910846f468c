"""Builds SMBIOS tables for tests, by the layout of the reference specification (DSP0134)."""

from __future__ import annotations

import struct
import uuid
from typing import Optional, Sequence


def structure(kind: int, handle: int, body: bytes, texts: Sequence[bytes] = ()) -> bytes:
    """One structure: header, formatted area, its texts, two NULs."""
    strings = b"".join(text + b"\x00" for text in texts) or b"\x00"
    return struct.pack("<BBH", kind, 4 + len(body), handle) + body + strings + b"\x00"


def bios(vendor: bytes, version: bytes, date: bytes, virtual: bool = False) -> bytes:
    body = bytes([1, 2]) + b"\x00\xe0" + bytes([3, 0x7F]) + b"\x00" * 8 + bytes([0, 0x10 if virtual else 0])
    return structure(0, 0, body, (vendor, version, date))


def system(vendor: bytes, model: bytes, serial: bytes, identity: Optional[uuid.UUID]) -> bytes:
    raw = identity.bytes_le if identity else b"\x00" * 16
    return structure(1, 1, bytes([1, 2, 0, 3]) + raw + bytes([6, 0, 0]), (vendor, model, serial))


def board(vendor: bytes, model: bytes, serial: bytes) -> bytes:
    return structure(2, 2, bytes([1, 2, 0, 3]), (vendor, model, serial))


def chassis(vendor: bytes, kind: int, serial: bytes) -> bytes:
    return structure(3, 3, bytes([1, kind, 0, 2]) + b"\x00" * 9, (vendor, serial))


def processor(
    brand: bytes, cores: int, threads: int, max_mhz: int, mhz: int, populated: bool = True
) -> bytes:
    body = bytes([1, 3, 0xC6, 2]) + b"\x00" * 8 + bytes([3, 0x8C])
    body += struct.pack("<HHH", 100, max_mhz, mhz) + bytes([0x41 if populated else 0, 1])
    body += b"\xff" * 6 + bytes([0, 0, 0, cores, cores, threads]) + b"\x00\x00"
    return structure(4, 4, body, (b"SOCKET 0", b"Intel(R) Corporation", brand))


def memory(size_field: int, extended_mb: int = 0, vendor: bytes = b"Kingston", speed: int = 1600) -> bytes:
    body = struct.pack("<HHHHH", 0x10, 0xFFFE, 64, 64, size_field) + bytes([9, 0, 1, 0, 24])
    body += struct.pack("<HH", 0x80, speed) + bytes([2, 0, 0, 0, 0]) + struct.pack("<I", extended_mb)
    return structure(17, 17, body, (b"DIMM1", vendor))


def end() -> bytes:
    return structure(127, 127, b"")


def windows(table: bytes, major: int = 2, minor: int = 7) -> bytes:
    """The table as GetSystemFirmwareTable gives it, with its header."""
    return struct.pack("<BBBBI", 0, major, minor, 0, len(table)) + table
