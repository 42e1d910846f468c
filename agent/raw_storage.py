"""Disks and volumes as the system's drivers answer, undecoded; b"" is "no answer". Part of the host's face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class RawDrive:
    """A Windows disk by its driver's answers."""

    number: int
    descriptor: bytes = b""  # STORAGE_DEVICE_DESCRIPTOR
    geometry: bytes = b""  # DISK_GEOMETRY_EX
    seek_penalty: bytes = b""  # DEVICE_SEEK_PENALTY_DESCRIPTOR


@dataclass(frozen=True)
class RawVolume:
    """A Windows drive letter on a disk that stays in the machine, as far as Windows knows."""

    mount: str  # "C:"
    file_system: str = ""
    size_bytes: Optional[int] = None
    free_bytes: Optional[int] = None
    drive: Optional[int] = None  # number of the physical disk; None on volumes that span several


@dataclass(frozen=True)
class RawHealth:
    """What a disk says of its own health."""

    predict_failure: bytes = b""  # STORAGE_PREDICT_FAILURE: a number, then for ATA disks the attribute page
    attributes: bytes = b""  # SMART READ DATA, 512 bytes
    thresholds: bytes = b""  # SMART READ THRESHOLDS, 512 bytes
    nvme: bytes = b""  # NVMe log page 2, 512 bytes
