"""Windows: a disk from its driver's answers (STORAGE_DEVICE_DESCRIPTOR, DISK_GEOMETRY_EX, seek penalty)."""

from __future__ import annotations

import binascii
import re
import struct
from typing import Optional

from ..host import RawDrive
from ..probe import printable
from ..wire.sections import DiskInfo

# STORAGE_BUS_TYPE
_BUSES = {
    1: "scsi", 2: "atapi", 3: "ata", 4: "firewire", 6: "fibre", 7: "usb", 8: "raid", 9: "iscsi", 10: "sas",
    11: "sata", 12: "sd", 13: "mmc", 14: "virtual", 15: "virtual", 16: "spaces", 17: "nvme", 19: "ufs",
}  # fmt: skip
_DESCRIPTOR = struct.Struct("<IIBBBBIIIIII")  # version, size, type, modifier, removable, queueing, 4 offsets, bus, raw
_SIZE_AT = 24  # DISK_GEOMETRY_EX.DiskSize
_PENALTY_AT = 8


def disk_info(drive: RawDrive, system_drive: Optional[int]) -> Optional[DiskInfo]:
    """None for a reader without a medium."""
    size = struct.unpack_from("<q", drive.geometry, _SIZE_AT)[0] if len(drive.geometry) >= _SIZE_AT + 8 else 0
    penalty = drive.seek_penalty[_PENALTY_AT] if len(drive.seek_penalty) > _PENALTY_AT else None
    model = serial = bus = ""
    removable = False
    if len(drive.descriptor) >= _DESCRIPTOR.size:
        row = _DESCRIPTOR.unpack_from(drive.descriptor)
        removable = row[4] != 0
        vendor = _text(drive.descriptor, row[6])
        # "ATA" is the translation layer, no maker.
        words = ("" if vendor == "ATA" else vendor) + " " + _text(drive.descriptor, row[7])
        model = " ".join(words.split())
        serial = decode_serial(_text(drive.descriptor, row[9]))
        bus = _BUSES.get(row[10], "")
    if removable and size <= 0:
        return None
    return DiskInfo(
        model=model[:128],
        serial=serial[:64],
        size_bytes=size if size > 0 else None,
        rotational=None if penalty is None else penalty != 0,
        removable=removable,
        bus=bus,
        is_system=None if system_drive is None else drive.number == system_drive,
    )


def decode_serial(text: str) -> str:
    """Before Windows 8 the drivers give the 20 bytes of an ATA serial as 40 hex digits, each pair of bytes
    swapped, as the disk itself delivers them."""
    if not re.match(r"(?:[0-9A-Fa-f]{2}){20}\Z", text):
        return text
    raw = binascii.unhexlify(text)
    swapped = b"".join(raw[at + 1 : at + 2] + raw[at : at + 1] for at in range(0, 20, 2))
    plain = swapped.decode("latin-1").strip(" \x00")
    return plain if plain and plain.isascii() and plain.isprintable() else text


def _text(descriptor: bytes, offset: int) -> str:
    """The NUL-ended text at an offset; 0 and minus one mean that there is none."""
    if not _DESCRIPTOR.size <= offset < len(descriptor):
        return ""
    return printable(descriptor[offset:].partition(b"\x00")[0].decode("latin-1"))
