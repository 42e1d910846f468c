"""SMBIOS structure types as dataclasses: what a firmware says of machine, processors, memory and TPM.

Offsets and codes are those of the reference specification, DSP0134 (3.7). A structure may be shorter than the
specification wants: whatever is not there stays "" or None.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

from .smbios_structures import Structure, Version

MIB = 1024 * 1024

_MEMORY_TYPES = {
    0x0F: "SDRAM", 0x11: "RDRAM", 0x12: "DDR", 0x13: "DDR2", 0x14: "DDR2 FB-DIMM", 0x18: "DDR3", 0x19: "FBD2",
    0x1A: "DDR4", 0x1B: "LPDDR", 0x1C: "LPDDR2", 0x1D: "LPDDR3", 0x1E: "LPDDR4", 0x20: "HBM", 0x21: "HBM2",
    0x22: "DDR5", 0x23: "LPDDR5", 0x24: "HBM3",
}  # fmt: skip
# ROM, flash, EEPROM ..., and non-volatile modules: listed among the slots, but no working memory.
_NO_WORKING_MEMORY = (0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x1F)
_SYSTEM_MEMORY = 3  # type 16, use
_MOTHERBOARD = 0x0A  # type 2, board type
_HOSTING = 0x01  # type 2, feature flags: this board hosts the system
_X86_VENDORS = ("intel", "amd", "advanced micro", "via", "centaur", "zhaoxin", "hygon")
_UEFI_BIT_SINCE = (2, 7)  # an unset bit in an older table says nothing

_MAX_SLOTS = 1024


@dataclass(frozen=True)
class Bios:
    vendor: str = ""
    version: str = ""
    date: str = ""  # as written: MM/DD/YY or MM/DD/YYYY, or anything
    says_virtual: bool = False  # the table's own flag "describes a virtual machine"
    has_uefi: Optional[bool] = None  # the flag "UEFI is supported"; None where a missing flag proves nothing


@dataclass(frozen=True)
class System:
    vendor: str = ""
    model: str = ""
    version: str = ""
    serial: str = ""
    uuid: str = ""  # 8-4-4-4-12, lower case; "" when not set
    sku: str = ""
    family: str = ""


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
    version: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Processor:
    socket: str = ""  # what is printed on the board: "U3E1", "LGA1155"
    vendor: str = ""
    brand: str = ""
    populated: bool = False
    family: Optional[int] = None  # code of the specification: 205 Core i5, 257 ARMv8
    upgrade: Optional[int] = None  # code of the specification for the kind of socket
    signature: Optional[Tuple[int, int, int]] = None  # family, model, stepping as CPUID tells them; x86 only
    max_mhz: Optional[int] = None  # what the board allows, often more than the chip can do
    current_mhz: Optional[int] = None  # at start-up
    cores: Optional[int] = None
    threads: Optional[int] = None
    is_64bit: Optional[bool] = None


@dataclass(frozen=True)
class MemoryArray:
    """The places for modules of one kind of memory."""

    is_system: bool = True
    slots: Optional[int] = None
    max_bytes: Optional[int] = None


@dataclass(frozen=True)
class MemoryModule:
    """One slot that holds a module."""

    size_bytes: Optional[int] = None  # None: there, but of unknown size
    kind: str = ""  # DDR3 ...; "" also for what is no name of a generation (DRAM, RAM, other)
    vendor: str = ""
    part: str = ""
    speed: Optional[int] = None  # MT/s


@dataclass(frozen=True)
class Tpm:
    vendor: str = ""  # four letters: IFX, INTC, AMD
    version: str = ""  # "1.2" | "2.0"
    description: str = ""


@dataclass(frozen=True)
class SmbiosTable:
    version: Optional[Version] = None
    bios: Bios = Bios()
    system: System = System()
    board: Board = Board()
    chassis: Chassis = Chassis()
    processors: Tuple[Processor, ...] = ()
    arrays: Tuple[MemoryArray, ...] = ()  # of working memory
    memory: Tuple[MemoryModule, ...] = ()  # modules of working memory; empty slots are left out
    slots: int = 0  # slots of working memory that the table lists one by one
    tpm: Optional[Tpm] = None
    structures: int = 0  # how many were readable, of any type
    complete: bool = False  # the end-of-table structure, or the end of the bytes, was reached cleanly

    @property
    def memory_bytes(self) -> Optional[int]:
        """All modules together; None when there are none, one of them has no size, or the table was cut among them."""
        sizes = [module.size_bytes for module in self.memory]
        known = [size for size in sizes if size is not None]
        return sum(known) if known and len(known) == len(sizes) and self.lists_all_slots else None

    @property
    def lists_all_slots(self) -> bool:
        """Of a damaged table only when it lists as many as its arrays claim."""
        return self.complete or 0 < sum(array.slots or 0 for array in self.arrays) <= self.slots

    @property
    def memory_slots(self) -> Optional[int]:
        """Places for modules: those listed, or what the arrays claim where that is more (a cut table)."""
        claimed = sum(array.slots or 0 for array in self.arrays)
        return min(max(claimed, self.slots), _MAX_SLOTS) or None

    @property
    def memory_slots_used(self) -> Optional[int]:
        """None where no slot is listed, or not all are: then nobody has looked into them."""
        return len(self.memory) if self.slots and self.lists_all_slots else None

    @property
    def memory_kind(self) -> str:
        """The generation that all modules share; "" when they do not tell, or tell different ones."""
        kinds = {module.kind for module in self.memory}
        return kinds.pop() if len(kinds) == 1 else ""

    @property
    def memory_max_bytes(self) -> Optional[int]:
        """What the board takes by its own word; None when that is less than what is in it."""
        limits = [array.max_bytes for array in self.arrays]
        total = sum(limit for limit in limits if limit is not None)
        if not limits or None in limits or total < (self.memory_bytes or 0):
            return None
        return total

    @property
    def cpu_64bit(self) -> Optional[bool]:
        """None when no processor tells, or two tell different things."""
        told = {item.is_64bit for item in self.processors if item.populated and item.is_64bit is not None}
        return told.pop() if len(told) == 1 else None


def bios_of(item: Structure, version: Optional[Version]) -> Bios:
    extension = item.byte(0x13)
    has_uefi: Optional[bool] = None
    if extension is not None and extension & 0x08:
        has_uefi = True
    elif extension is not None and version is not None and version >= _UEFI_BIT_SINCE:
        has_uefi = False
    return Bios(item.text(4), item.text(5), item.text(8), bool((extension or 0) & 0x10), has_uefi)


def system_of(item: Structure, version: Optional[Version]) -> System:
    return System(
        vendor=item.text(4),
        model=item.text(5),
        version=item.text(6),
        serial=item.text(7),
        uuid=_uuid(item.body[8:24], version),
        sku=item.text(0x19),
        family=item.text(0x1A),
    )


def _uuid(raw: bytes, version: Optional[Version]) -> str:
    """From version 2.6 on the first three fields are little-endian; a table without its version is of that kind."""
    if len(raw) != 16 or raw in (b"\x00" * 16, b"\xff" * 16):
        return ""
    if version is not None and version < (2, 6):
        return str(uuid.UUID(bytes=raw))
    return str(uuid.UUID(bytes_le=raw))


def board_of(items: Sequence[Structure]) -> Board:
    """The motherboard among boards, risers and blades: by its type, then by the flag, then the first."""

    def rank(item: Structure) -> Tuple[bool, bool]:
        return item.byte(0x0D) != _MOTHERBOARD, not (item.byte(0x09) or 0) & _HOSTING

    if not items:
        return Board()
    item = min(items, key=rank)
    return Board(item.text(4), item.text(5), item.text(6), item.text(7))


def chassis_of(item: Structure) -> Chassis:
    kind = item.byte(5)  # bit 7: it has a lock
    return Chassis(item.text(4), None if kind is None else kind & 0x7F or None, item.text(6), item.text(7))


def processor_of(item: Structure) -> Processor:
    family = item.byte(0x06)
    if family == 0xFE:
        family = item.word(0x28)
    vendor = item.text(7)
    return Processor(
        socket=item.text(4),
        vendor=vendor,
        brand=item.text(0x10),
        populated=bool((item.byte(0x18) or 0) & 0x40),
        family=family,
        upgrade=item.byte(0x19),
        signature=_signature(item.dword(0x08) or 0) if vendor.lower().startswith(_X86_VENDORS) else None,
        max_mhz=item.word(0x14) or None,
        current_mhz=item.word(0x16) or None,
        cores=_count(item, 0x23, 0x2A),
        threads=_count(item, 0x25, 0x2E),
        is_64bit=_is_64bit(item.word(0x26)),
    )


def _signature(eax: int) -> Optional[Tuple[int, int, int]]:
    """EAX of CPUID leaf 1 -> family, model, stepping as Windows and Linux count them."""
    family, model, stepping = eax >> 8 & 0xF, eax >> 4 & 0xF, eax & 0xF
    if family not in (4, 5, 6, 15):
        return None
    if family in (6, 15):
        model += (eax >> 16 & 0xF) << 4
    if family == 15:
        family += eax >> 20 & 0xFF
    return family, model, stepping


def _is_64bit(flags: Optional[int]) -> Optional[bool]:
    """Processor characteristics: bit 1 is "unknown", bit 2 "64-bit capable". All zero is how firmware leaves out
    the field."""
    return None if not flags or flags & 0x02 else bool(flags & 0x04)


def _count(item: Structure, narrow: int, wide: int) -> Optional[int]:
    count = item.byte(narrow)
    if count == 0xFF:
        count = item.word(wide)
    return count or None


def array_of(item: Structure) -> MemoryArray:
    kilobytes = item.dword(0x07)
    size = kilobytes * 1024 if kilobytes and kilobytes < 0x80000000 else None
    if kilobytes == 0x80000000:
        size = item.qword(0x0F)
    return MemoryArray(item.byte(0x05) == _SYSTEM_MEMORY, item.word(0x0D) or None, size or None)


def is_working_memory(item: Structure) -> bool:
    return item.byte(0x12) not in _NO_WORKING_MEMORY


def module_of(item: Structure) -> Optional[MemoryModule]:
    """None for an empty slot, or a structure too short to say."""
    size = item.word(0x0C)
    if not size:
        return None
    size_bytes: Optional[int] = None
    if size == 0x7FFF:
        size_bytes = ((item.dword(0x1C) or 0) & 0x7FFFFFFF) * MIB or None
    elif size != 0xFFFF:
        size_bytes = (size & 0x7FFF) * (1024 if size & 0x8000 else MIB) or None
    return MemoryModule(
        size_bytes=size_bytes,
        kind=_MEMORY_TYPES.get(item.byte(0x12) or 0, ""),
        vendor=item.text(0x17),
        part=item.text(0x1A),
        speed=item.word(0x15) or None,
    )


def tpm_of(item: Structure) -> Tpm:
    letters = item.body[4:8].rstrip(b"\x00 ")
    version = {1: "1.2", 2: "2.0"}.get(item.byte(8) or 0, "")
    return Tpm(letters.decode("ascii") if letters.isalnum() else "", version, item.text(0x12))
