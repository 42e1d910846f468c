"""Builds SMBIOS tables for tests, by the layout of the reference specification (DSP0134)."""

from __future__ import annotations

import struct
import uuid
from typing import Optional, Sequence


def structure(kind: int, handle: int, body: bytes, texts: Sequence[bytes] = ()) -> bytes:
    """One structure: header, formatted area, its texts, two NULs. An empty text would end them: firmware writes a
    blank."""
    strings = b"".join((text or b" ") + b"\x00" for text in texts) or b"\x00"
    return struct.pack("<BBH", kind, 4 + len(body), handle) + body + strings + b"\x00"


def bios(vendor: bytes, version: bytes, date: bytes, virtual: bool = False, uefi: bool = False) -> bytes:
    extension = (0x10 if virtual else 0) | (0x08 if uefi else 0)
    body = bytes([1, 2]) + b"\x00\xe0" + bytes([3, 0x7F]) + b"\x00" * 8 + bytes([0, extension])
    return structure(0, 0, body, (vendor, version, date))


def system(
    vendor: bytes,
    model: bytes,
    serial: bytes,
    identity: Optional[uuid.UUID],
    version: bytes = b"",
    sku: bytes = b"",
    family: bytes = b"",
) -> bytes:
    raw = identity.bytes_le if identity else b"\x00" * 16
    texts = [vendor, model, serial]
    extra = []
    for text in (version, sku, family):
        texts += [text] if text else []
        extra.append(len(texts) if text else 0)
    body = bytes([1, 2, extra[0], 3]) + raw + bytes([6, extra[1], extra[2]])
    return structure(1, 1, body, texts)


def board(vendor: bytes, model: bytes, serial: bytes, kind: Optional[int] = None, flags: int = 1) -> bytes:
    """`kind` 0x0A is the motherboard; None is the short form of old tables."""
    tail = b"" if kind is None else bytes([0, flags, 0]) + struct.pack("<HBB", 3, kind, 0)
    return structure(2, 2, bytes([1, 2, 0, 3]) + tail, (vendor, model, serial))


def chassis(vendor: bytes, kind: int, serial: bytes) -> bytes:
    return structure(3, 3, bytes([1, kind, 0, 2]) + b"\x00" * 9, (vendor, serial))


def processor(
    brand: bytes,
    cores: int,
    threads: int,
    max_mhz: int,
    mhz: int,
    populated: bool = True,
    vendor: bytes = b"Intel(R) Corporation",
    flags: int = 0,
    signature: int = 0,
    family: int = 0xC6,
) -> bytes:
    """`flags` are the processor characteristics (4: 64-bit), `signature` EAX of CPUID leaf 1."""
    body = bytes([1, 3, family, 2]) + struct.pack("<II", signature, 0) + bytes([3, 0x8C])
    body += struct.pack("<HHH", 100, max_mhz, mhz) + bytes([0x41 if populated else 0, 1])
    body += b"\xff" * 6 + bytes([0, 0, 0, min(cores, 255), min(cores, 255), min(threads, 255)])
    body += struct.pack("<HHHHH", flags, family, cores, cores, threads)
    return structure(4, 4, body, (b"SOCKET 0", vendor, brand))


def array(max_kib: int, slots: int, use: int = 3, handle: int = 0x10, max_bytes: int = 0) -> bytes:
    """A memory array; `max_kib` 0x80000000 sends the reader to `max_bytes`."""
    body = bytes([3, use, 3]) + struct.pack("<IHHQ", max_kib, 0xFFFE, slots, max_bytes)
    return structure(16, handle, body)


def memory(
    size_field: int,
    extended_mb: int = 0,
    vendor: bytes = b"Kingston",
    speed: int = 1600,
    kind: int = 24,
    part: bytes = b"",
    parent: int = 0x10,
) -> bytes:
    """One slot; size 0 is empty, `kind` 24 is DDR3."""
    body = struct.pack("<HHHHH", parent, 0xFFFE, 64, 64, size_field) + bytes([9, 0, 1, 0, kind])
    body += struct.pack("<HH", 0x80, speed) + bytes([2, 0, 0, 3 if part else 0, 0]) + struct.pack("<I", extended_mb)
    return structure(17, 17, body, (b"DIMM1", vendor, part) if part else (b"DIMM1", vendor))


def tpm(vendor: bytes, major: int, minor: int, description: bytes = b"TPM 2.0") -> bytes:
    body = vendor.ljust(4, b"\x00") + bytes([major, minor]) + struct.pack("<II", 7, 0) + bytes([1])
    return structure(43, 43, body + struct.pack("<QI", 0, 0), (description,))


def end() -> bytes:
    return structure(127, 127, b"")


def windows(table: bytes, major: int = 2, minor: int = 7) -> bytes:
    """The table as GetSystemFirmwareTable gives it, with its header."""
    return struct.pack("<BBBBI", 0, major, minor, 0, len(table)) + table


def entry_64(major: int = 3, minor: int = 2) -> bytes:
    """The 64-bit entry point, as Linux gives it beside the table."""
    return _summed(b"_SM3_\x00" + bytes([0x18, major, minor, 0, 1, 0]) + struct.pack("<IQ", 4096, 0x7B000000), 5)


def entry_32(major: int = 2, minor: int = 7) -> bytes:
    """The 32-bit entry point, the older _DMI_ structure included."""
    inner = _summed(b"_DMI_\x00" + struct.pack("<HIHB", 4096, 0x7B000000, 40, major << 4 | minor & 15), 5)
    front = b"_SM_\x00" + bytes([0x1F, major, minor]) + struct.pack("<HB", 256, 0) + b"\x00" * 5
    return _summed(front + inner, 4)


def _summed(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([-sum(raw) % 256]) + raw[at + 1 :]
