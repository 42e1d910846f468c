"""Free space and disk health. What changes is rounded, so that the section changes about once a week, not hourly."""

from __future__ import annotations

import dataclasses
import re
from typing import List, Optional

from ..probe import NoData, ProbeContext
from ..wire.sections import DiskHealth, DiskInfo, StorageInfo, VolumeInfo
from . import storage_linux, storage_smartctl, storage_windows
from .storage_smart import Health

MAX_DISKS = 16
MAX_VOLUMES = 32
FREE_STEP = 100_000_000
HOURS_STEP = 100
SMARTCTL_TOTAL_S = 30.0  # a dying disk answers late, and so may its brothers

_VIRTUAL_DISK = re.compile(r"virtual disk|vbox|qemu|vmware|virtio|virtual hd", re.IGNORECASE)


def run(context: ProbeContext) -> StorageInfo:
    platform = context.host.platform
    if platform not in ("linux", "windows"):
        raise NoData("no storage probe for this system")
    system = storage_linux if platform == "linux" else storage_windows
    volumes = system.volumes(context)
    smartctl = storage_smartctl.find_program(context.host)
    started = context.host.monotonic_s()
    found: List[DiskHealth] = []
    for name, disk in system.disks(context):
        if disk.removable:
            continue
        late = context.host.monotonic_s() - started > SMARTCTL_TOTAL_S
        health = Health() if is_virtual(disk) else system.health_of(context, "" if late else smartctl, name, disk)
        found.append(describe(disk, health))
    if not volumes and not found:
        raise NoData("no disk and no volume")
    return StorageInfo(
        disks=tuple(found[:MAX_DISKS]), volumes=tuple(_rounded(volume) for volume in volumes[:MAX_VOLUMES])
    )


def is_virtual(disk: DiskInfo) -> bool:
    """A disk that is a file on another machine: whatever its driver says of health is invented."""
    return bool(_VIRTUAL_DISK.search(disk.model)) or disk.bus in ("virtio", "virtual", "xen")


def describe(disk: DiskInfo, health: Health) -> DiskHealth:
    return DiskHealth(
        model=disk.model,
        serial=disk.serial,
        health=health.health,
        health_source=health.source if health.says_something else "",
        power_on_hours=_down(health.power_on_hours, HOURS_STEP),
        wear_percent=health.wear_percent,
        reallocated_sectors=health.reallocated,
        pending_sectors=health.pending,
        is_system=disk.is_system,
    )


def _rounded(volume: VolumeInfo) -> VolumeInfo:
    return dataclasses.replace(volume, free_bytes=_down(volume.free_bytes, FREE_STEP))


def _down(number: Optional[int], step: int) -> Optional[int]:
    return None if number is None else number // step * step
