"""SMBIOS (DMI) tables: what the firmware says of a machine's identity, age and parts. Raw table in, dataclasses out.

One decoder for Linux (/sys/firmware/dmi/tables/DMI) and Windows (GetSystemFirmwareTable, with its 8-byte header).
Firmware lies and tables get cut: whatever is not there stays "" or None, nothing raises, work is bounded. The
framing is in smbios_structures.py, the structure types in smbios_types.py.
"""

from __future__ import annotations

from typing import Dict, List, Tuple

from .smbios_structures import MAX_STRUCTURES, MAX_TABLE, MAX_TEXT, Structure, unwrap, version_of, walk
from .smbios_types import (
    Bios,
    Board,
    Chassis,
    MemoryArray,
    MemoryModule,
    Processor,
    SmbiosTable,
    System,
    Tpm,
    array_of,
    bios_of,
    board_of,
    chassis_of,
    is_working_memory,
    module_of,
    processor_of,
    system_of,
    tpm_of,
)

__all__ = [
    "MAX_STRUCTURES", "MAX_TABLE", "MAX_TEXT", "Bios", "Board", "Chassis", "MemoryArray", "MemoryModule", "Processor",
    "SmbiosTable", "System", "Tpm", "decode",
]  # fmt: skip


def decode(raw: bytes, entry: bytes = b"") -> SmbiosTable:
    """Raw table, with or without the Windows header, and where there is one the entry point structure that led to
    it (it tells the version) -> what it says. Never raises."""
    raw, version = unwrap(raw)
    version = version or version_of(entry)
    structures, complete = walk(raw)
    first: Dict[int, Structure] = {}
    for item in structures:
        first.setdefault(item.kind, item)
    modules, slots = _memory(structures)
    return SmbiosTable(
        version=version,
        bios=bios_of(first[0], version) if 0 in first else Bios(),
        system=system_of(first[1], version) if 1 in first else System(),
        board=board_of([item for item in structures if item.kind == 2]),
        chassis=chassis_of(first[3]) if 3 in first else Chassis(),
        processors=tuple(processor_of(item) for item in structures if item.kind == 4),
        arrays=tuple(array for array in map(array_of, _of(16, structures)) if array.is_system),
        memory=modules,
        slots=slots,
        tpm=tpm_of(first[43]) if 43 in first else None,
        structures=len(structures),
        complete=complete,
    )


def _of(kind: int, structures: List[Structure]) -> List[Structure]:
    return [item for item in structures if item.kind == kind]


def _memory(structures: List[Structure]) -> Tuple[Tuple[MemoryModule, ...], int]:
    """(modules, slots) of working memory. The firmware's own flash is a "memory device" too: it hangs on an array
    of another use, or says itself that it is no RAM."""
    foreign = {item.handle for item in _of(16, structures) if not array_of(item).is_system}
    devices = [item for item in _of(17, structures) if is_working_memory(item) and item.word(0x04) not in foreign]
    modules = tuple(module for module in map(module_of, devices) if module is not None)
    return modules, len(devices)
