"""Windows: drive letters of disks that stay in the PC, and the disks' health by their drivers. No WMI."""

from __future__ import annotations

from typing import Dict, List, Tuple

from ..host import RawHealth
from ..probe import ProbeContext, printable
from ..wire.sections import DiskInfo, VolumeInfo
from . import storage_smartctl
from .hardware_windows_disks import disk_info
from .storage_smart import Health, ata_health, nvme_health


def volumes(context: ProbeContext) -> Tuple[VolumeInfo, ...]:
    host = context.host
    known = _disks(context)
    system = _system_letter(context)
    found: List[VolumeInfo] = []
    for volume in host.volumes():
        disk = known.get(volume.drive) if volume.drive is not None else None
        if disk is not None and (disk.removable or disk.bus == "usb"):
            continue  # an external disk calls itself fixed
        is_system = volume.mount.upper() == system if system else None
        found.append(
            VolumeInfo(
                volume.mount, printable(volume.file_system), volume.size_bytes or None, volume.free_bytes, is_system
            )
        )
    return tuple(found)


def disks(context: ProbeContext) -> List[Tuple[str, DiskInfo]]:
    return [(str(number), disk) for number, disk in _disks(context).items()]


def health_of(context: ProbeContext, smartctl: str, number: str, disk: DiskInfo) -> Health:
    """`smartctl` is the program's path, "" where it is not to be asked."""
    if smartctl:
        found = storage_smartctl.ask(context, smartctl, "/dev/pd" + number, disk.model, disk.rotational)
        if found.says_something:
            return found
    return judge(context.host.disk_health(number), disk)


def judge(raw: RawHealth, disk: DiskInfo) -> Health:
    """The better of what the drivers answered: NVMe's own page, else the ATA pages, else the bare prediction."""
    log = nvme_health(raw.nvme)
    if log.says_something:
        return log
    return ata_health(raw.attributes, raw.thresholds, raw.predict_failure, disk.model, disk.rotational)


def _disks(context: ProbeContext) -> Dict[int, DiskInfo]:
    system = context.host.system_drive()
    found = {drive.number: disk_info(drive, system) for drive in context.host.drives()}
    return {number: disk for number, disk in found.items() if disk is not None}


def _system_letter(context: ProbeContext) -> str:
    """ "C:" by the registry, which says the same to a 32-bit and a 64-bit Python."""
    key = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    folder = context.host.registry_value(key, "SystemRoot")
    return folder[:2].upper() if isinstance(folder, str) and folder[1:2] == ":" else ""
