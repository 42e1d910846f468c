"""Linux: disks from /sys/block; what is made of other disks or of memory is left out."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Set, Tuple

from ..host import Host
from ..probe import ProbeContext, printable
from ..wire.sections import DiskInfo
from .hardware_udev import disk as udev_disk
from .hardware_udev import whole_model

MAX_DISKS = 32
_NOT_A_DISK = re.compile(
    r"(loop|ram|zram|dm-|md|sr|fd|nbd|zd|rbd|drbd|mtdblock|ubiblock|bcache)\d|mmcblk\d+(boot|rpmb)"
)
_BUSES = (
    "usb",
    "nvme",
    "virtio",
    "ata",
    "mmc",
    "vbd",
    "vmbus",
    "ide",
    "host",
)  # the nearest to the disk wins
_BUS_NAMES = {"ata": "sata", "vbd": "xen", "host": "scsi"}
_SCSI_NAME = 16  # letters; longer names of disks are cut there
_MAX_STACK = 4  # RAID below encryption below LVM is three


def disks(context: ProbeContext) -> Tuple[DiskInfo, ...]:
    return tuple(disk for _, disk in listed(context.host))


def listed(host: Host) -> List[Tuple[str, DiskInfo]]:
    """(kernel name, disk) of each disk that has a medium; also for the storage section."""
    names = [name for name in host.listdir("/sys/block") if is_disk(name)]
    system = system_disks(host, names)
    found: List[Tuple[str, DiskInfo]] = []
    for name in names:
        folder = "/sys/block/" + name
        size = whole_number(host.read_text(folder + "/size"))
        hidden = (host.read_text(folder + "/hidden") or "").strip() == "1"
        if hidden or not size:
            continue  # an empty card reader, or the second path to the same NVMe disk
        is_system = name in system if system else None
        is_card = (host.read_text(folder + "/device/type") or "").strip() == "SD"
        disk = DiskInfo(
            model=_model(host, folder),
            serial=_serial(host, folder),
            size_bytes=size * 512,  # sysfs counts in 512 bytes whatever the disk does
            rotational={"0": False, "1": True}.get((host.read_text(folder + "/queue/rotational") or "").strip()),
            # The kernel calls only drives removable, not the card in a reader; one that the system stands on stays.
            removable=(host.read_text(folder + "/removable") or "").strip() == "1" or (is_card and is_system is False),
            bus=bus_of(host.readlink(folder) or ""),
            is_system=is_system,
        )
        found.append((name, disk))
    return found[:MAX_DISKS]


def whole_number(text: Optional[str]) -> int:
    """0 for what is no number."""
    return int(text) if text and re.match(r"\s*[0-9]{1,15}\s*\Z", text) else 0


def is_disk(name: str) -> bool:
    return not _NOT_A_DISK.match(name)


def bus_of(link: str) -> str:
    """'../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda' -> 'sata'."""
    parts = [re.sub(r"[\d:.-]+$", "", part) for part in link.lower().split("/")]
    for bus in _BUSES:
        if bus in parts or (bus == "nvme" and "nvme-subsystem" in parts):
            return _BUS_NAMES.get(bus, bus)
    return ""


def mounts(host: Host) -> List[Tuple[str, str, str]]:
    """(source, folder, file system) of everything that is mounted."""
    text = host.read_text("/proc/self/mounts") or host.read_text("/proc/mounts") or ""
    rows = [line.split() for line in text.splitlines()]
    return [(row[0], row[1], row[2]) for row in rows if len(row) > 2 and row[0] != "rootfs"]


def system_disks(host: Host, names: List[str]) -> Set[str]:
    """The disks that the root file system stands on; empty when that cannot be told."""
    return disks_below(host, next((source for source, folder, _ in reversed(mounts(host)) if folder == "/"), ""), names)


def disks_below(host: Host, source: str, names: List[str]) -> Set[str]:
    """The disks among `names` that a mounted device stands on: /dev/sda2, /dev/mapper/vg-root."""
    if source.startswith("/dev/mapper/"):
        wanted = source[len("/dev/mapper/") :]
        blocks = [name for name in host.listdir("/sys/block") if name.startswith("dm-")]
        source = next(
            (name for name in blocks if (host.read_text("/sys/block/" + name + "/dm/name") or "").strip() == wanted),
            "",
        )
    return _below(host, source.rsplit("/", 1)[-1], names, _MAX_STACK)


def _below(host: Host, device: str, names: List[str], depth: int) -> Set[str]:
    if not device or depth == 0:
        return set()
    for name in names:
        if device == name or host.exists("/sys/block/{}/{}".format(name, device)):
            return {name}
    parts = host.listdir("/sys/block/{}/slaves".format(device))
    return {disk for part in parts for disk in _below(host, part, names, depth - 1)}


def _model(host: Host, folder: str) -> str:
    vendor = (host.read_text(folder + "/device/vendor") or "").strip()
    model = (host.read_text(folder + "/device/model") or host.read_text(folder + "/device/name") or "").strip()
    # "ATA" is the translation layer, and 0x1af4 a PCI number, neither is a maker.
    named = vendor and vendor != "ATA" and not vendor.startswith("0x") and model
    name = " ".join(printable("{} {}".format(vendor, model) if named else model).split())[:128]
    return whole_model(_udev(host, folder), name) if len(model) == _SCSI_NAME else name


def _udev(host: Host, folder: str) -> Dict[str, str]:
    return udev_disk(host, (host.read_text(folder + "/dev") or "").strip())


def _serial(host: Host, folder: str) -> str:
    for path in (folder + "/device/serial", folder + "/serial"):
        try:
            text = printable(host.read_text(path) or "")
        except PermissionError:
            continue
        if text:
            return text[:64]
    return _serial_page(host, folder) or printable(_udev(host, folder).get("ID_SERIAL_SHORT", ""))[:64]


def _serial_page(host: Host, folder: str) -> str:
    """SCSI's "unit serial number" page, which the kernel also makes for SATA disks."""
    try:
        page: Optional[bytes] = host.read_bytes(folder + "/device/vpd_pg80", 256)
    except PermissionError:
        return ""
    return printable(page[4 : 4 + page[3]].decode("ascii", "replace")) if page and len(page) > 4 else ""
