"""SMBIOS (DMI) tables: a small decoder of the structure types that tell a machine's identity and age.

Takes the raw table of Linux (/sys/firmware/dmi/tables/DMI) or of Windows (GetSystemFirmwareTable, with its
8-byte header). Firmware lies and tables get cut: whatever is not there stays "" or None, nothing raises, work
is bounded. Offsets are those of the System Management BIOS reference specification, DSP0134.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

MAX_TABLE = 1024 * 1024
MAX_STRUCTURES = 2048
MAX_TEXT = 128
_END_OF_TABLE = 127


@dataclass(frozen=True)
class Bios:
    vendor: str = ""
    version: str = ""
    date: str = ""  # as written: MM/DD/YY or MM/DD/YYYY, or anything
    says_virtual: bool = False  # the table's own flag "describes a virtual machine"


@dataclass(frozen=True)
class System:
    vendor: str = ""
    model: str = ""
    version: str = ""
    serial: str = ""
    uuid: str = ""  # 8-4-4-4-12, lower case; "" when not set


@dataclass(frozen=True)
class Board:
    vendor: str = ""
    model: str = ""
    version: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Chassis:
    vendor: str = ""
    kind: Optional[int] = None
    serial: str = ""


@dataclass(frozen=True)
class Processor:
    vendor: str = ""
    brand: str = ""
    populated: bool = False
    max_mhz: Optional[int] = None  # what the board allows, often more than the chip can do
    current_mhz: Optional[int] = None  # at start-up
    cores: Optional[int] = None
    threads: Optional[int] = None


@dataclass(frozen=True)
class MemoryModule:
    """One slot that holds a module."""

    size_bytes: Optional[int] = None  # None: there, but of unknown size
    vendor: str = ""
    speed: Optional[int] = None  # MT/s


@dataclass(frozen=True)
class SmbiosTable:
    bios: Bios = Bios()
    system: System = System()
    board: Board = Board()
    chassis: Chassis = Chassis()
    processors: Tuple[Processor, ...] = ()
    memory: Tuple[MemoryModule, ...] = ()
    structures: int = 0  # how many were readable, of any type
    complete: bool = False  # the end-of-table structure, or the end of the bytes, was reached cleanly

    @property
    def memory_bytes(self) -> Optional[int]:
        """All modules together; None when there are none or one of them has no size."""
        sizes = [module.size_bytes for module in self.memory]
        known = [size for size in sizes if size is not None]
        return sum(known) if known and len(known) == len(sizes) else None


@dataclass(frozen=True)
class Structure:
    kind: int
    body: bytes  # formatted area, header included: offsets are those of the specification
    texts: Tuple[bytes, ...]

    def byte(self, offset: int) -> Optional[int]:
        return self.body[offset] if offset < len(self.body) else None

    def word(self, offset: int) -> Optional[int]:
        return struct.unpack_from("<H", self.body, offset)[0] if offset + 2 <= len(self.body) else None

    def text(self, offset: int) -> str:
        """The text whose number stands at this offset; 0 means none, a number without a text as well."""
        number = self.byte(offset) or 0
        return _clean(self.texts[number - 1]) if 0 < number <= len(self.texts) else ""


def decode(raw: bytes) -> SmbiosTable:
    """Raw table, with or without the Windows header -> what it says. Never raises."""
    raw = raw[:MAX_TABLE]
    version: Optional[Tuple[int, int]] = None
    # A structure's second byte is its length, at least 4; in the Windows header it is the major version, 2 or
    # 3.
    if len(raw) >= 8 and raw[1] in (2, 3):
        version = (raw[1], raw[2])
        raw = raw[8 : 8 + struct.unpack_from("<I", raw, 4)[0]]
    structures, complete = _walk(raw)
    first: Dict[int, Structure] = {}
    for item in structures:
        first.setdefault(item.kind, item)
    return SmbiosTable(
        bios=_bios(first.get(0)),
        system=_system(first.get(1), version),
        board=_board(first.get(2)),
        chassis=_chassis(first.get(3)),
        processors=tuple(_processor(item) for item in structures if item.kind == 4),
        memory=tuple(
            module for module in (_module(item) for item in structures if item.kind == 17) if module
        ),
        structures=len(structures),
        complete=complete,
    )


def _walk(raw: bytes) -> Tuple[List[Structure], bool]:
    found: List[Structure] = []
    offset = 0
    while offset + 4 <= len(raw) and len(found) < MAX_STRUCTURES:
        kind, length = raw[offset], raw[offset + 1]
        if length < 4 or offset + length > len(raw):
            return found, False
        body = raw[offset : offset + length]
        end = raw.find(b"\x00\x00", offset + length)
        cut = end < 0
        texts = raw[offset + length : len(raw) if cut else end].split(b"\x00")
        found.append(Structure(kind, body, tuple(texts)))
        if cut:
            return found, False
        if kind == _END_OF_TABLE:
            return found, True
        offset = end + 2
    return found, offset == len(raw) and bool(found)


def _clean(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_TEXT]


def _bios(item: Optional[Structure]) -> Bios:
    if item is None:
        return Bios()
    return Bios(item.text(4), item.text(5), item.text(8), bool((item.byte(0x13) or 0) & 0x10))


def _system(item: Optional[Structure], version: Optional[Tuple[int, int]]) -> System:
    if item is None:
        return System()
    return System(item.text(4), item.text(5), item.text(6), item.text(7), _uuid(item.body[8:24], version))


def _uuid(raw: bytes, version: Optional[Tuple[int, int]]) -> str:
    """From version 2.6 on the first three fields are little-endian; a table without its version is of that
    kind."""
    if len(raw) != 16 or raw in (b"\x00" * 16, b"\xff" * 16):
        return ""
    if version is not None and version < (2, 6):
        return str(uuid.UUID(bytes=raw))
    return str(uuid.UUID(bytes_le=raw))


def _board(item: Optional[Structure]) -> Board:
    return Board() if item is None else Board(item.text(4), item.text(5), item.text(6), item.text(7))


def _chassis(item: Optional[Structure]) -> Chassis:
    if item is None:
        return Chassis()
    kind = item.byte(5)
    return Chassis(
        item.text(4), None if kind is None else kind & 0x7F or None, item.text(7)
    )  # bit 7: it has a lock


def _processor(item: Structure) -> Processor:
    status = item.byte(0x18)
    return Processor(
        vendor=item.text(7),
        brand=item.text(0x10),
        populated=bool((status or 0) & 0x40),
        max_mhz=item.word(0x14) or None,
        current_mhz=item.word(0x16) or None,
        cores=_count(item, 0x23, 0x2A),
        threads=_count(item, 0x25, 0x2E),
    )


def _count(item: Structure, narrow: int, wide: int) -> Optional[int]:
    count = item.byte(narrow)
    if count == 0xFF:
        count = item.word(wide)
    return count or None


def _module(item: Structure) -> Optional[MemoryModule]:
    size = item.word(0x0C)
    if not size:  # an empty slot, or a structure too short to say
        return None
    size_bytes: Optional[int] = None
    if size == 0x7FFF:
        extended = struct.unpack_from("<I", item.body, 0x1C)[0] & 0x7FFFFFFF if len(item.body) >= 0x20 else 0
        size_bytes = extended * 1024 * 1024 or None
    elif size != 0xFFFF:
        size_bytes = (size & 0x7FFF) * (1024 if size & 0x8000 else 1024 * 1024)
    return MemoryModule(size_bytes, item.text(0x17), item.word(0x15) or None)
