"""Linux: mounted volumes of disks that stay in the PC, and the disks' health."""

from __future__ import annotations

import re
from typing import List, Tuple

from ..host import Host
from ..probe import ProbeContext, printable
from ..wire.sections import DiskInfo, VolumeInfo
from . import storage_smartctl
from .hardware_linux_disks import disks_below, listed, mounts
from .storage_smart import Health, ata_health, emmc_health, nvme_health

_NO_VOLUME = ("squashfs", "iso9660", "overlay", "tmpfs", "swap", "efivarfs", "autofs")
_ROOT_WITHOUT_DEVICE = ("zfs", "bcachefs")  # their source is a pool's name
_MIN_VOLUME = 1024**3  # boot and EFI partitions are small, and nobody works in them
# The folder that a person made may carry a name: only the system's own ones are told, others as their device.
_PLAIN_FOLDER = re.compile(r"/(home|var|usr|opt|srv|tmp|data|backup|boot|mnt|var/(lib|log|tmp))?\Z")


def volumes(context: ProbeContext) -> Tuple[VolumeInfo, ...]:
    """One row for each device: the same one mounted twice is told once, at its shortest place."""
    host = context.host
    known = dict(listed(host))
    found: List[Tuple[str, VolumeInfo]] = []
    for source, folder, kind in sorted(mounts(host), key=lambda row: len(row[1])):
        is_root = folder == "/"
        if kind in _NO_VOLUME or source in {row[0] for row in found}:
            continue
        below = disks_below(host, source, list(known)) if source.startswith("/dev/") else set()
        stays = any(not known[name].removable and known[name].bus != "usb" for name in below)
        if not stays and not (is_root and (source.startswith("/dev/") or kind in _ROOT_WITHOUT_DEVICE)):
            continue
        space = host.disk_space(_unescaped(folder))
        if space is None or space[0] < _MIN_VOLUME:
            continue
        mount = folder if _PLAIN_FOLDER.match(folder) else printable(source)[:64]
        found.append((source, VolumeInfo(mount, kind, space[0], space[1], is_root)))
    return tuple(row[1] for row in found)


def disks(context: ProbeContext) -> List[Tuple[str, DiskInfo]]:
    return listed(context.host)


def health_of(context: ProbeContext, smartctl: str, name: str, disk: DiskInfo) -> Health:
    """`smartctl` is the program's path, "" where it is not to be asked."""
    if name.startswith("mmcblk"):
        return _emmc(context.host, name)
    if smartctl:
        found = storage_smartctl.ask(context, smartctl, "/dev/" + name, disk.model, disk.rotational)
        if found.says_something:
            return found
    raw = context.host.disk_health(name)
    if raw.nvme:
        return nvme_health(raw.nvme)
    return ata_health(raw.attributes, raw.thresholds, b"", disk.model, disk.rotational)


def _emmc(host: Host, name: str) -> Health:
    folder = "/sys/block/{}/device".format(name)
    return emmc_health(host.read_text(folder + "/life_time") or "", host.read_text(folder + "/pre_eol_info") or "")


def _unescaped(folder: str) -> str:
    """The kernel writes blanks in a mount point as \\040."""
    return folder.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
