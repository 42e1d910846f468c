"""Linux: disks from /sys/block; what is made of other disks or of memory is left out."""

from __future__ import annotations

import re
from typing import List, Optional, Set, Tuple

from ..host import Host
from ..probe import ProbeContext, printable
from ..wire.sections import DiskInfo

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
_MAX_STACK = 4  # RAID below encryption below LVM is three


def disks(context: ProbeContext) -> Tuple[DiskInfo, ...]:
    host = context.host
    names = [name for name in host.listdir("/sys/block") if is_disk(name)]
    system = system_disks(host, names)
    found: List[DiskInfo] = []
    for name in names:
        folder = "/sys/block/" + name
        size = (host.read_text(folder + "/size") or "").strip()
        hidden = (host.read_text(folder + "/hidden") or "").strip() == "1"
        if hidden or not size.isdigit() or size == "0":
            continue  # an empty card reader, or the second path to the same NVMe disk
        bus = bus_of(host.readlink(folder) or "")
        found.append(
            DiskInfo(
                model=_model(host, folder),
                serial=_serial(host, folder),
                size_bytes=int(size) * 512,  # sysfs counts in 512 bytes whatever the disk does
                rotational={"0": False, "1": True}.get(
                    (host.read_text(folder + "/queue/rotational") or "").strip()
                ),
                removable=(host.read_text(folder + "/removable") or "").strip() == "1",
                bus=bus,
                is_system=name in system if system else None,
            )
        )
    return tuple(found[:MAX_DISKS])


def is_disk(name: str) -> bool:
    return not _NOT_A_DISK.match(name)


def bus_of(link: str) -> str:
    """'../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda' -> 'sata'."""
    parts = [re.sub(r"[\d:.-]+$", "", part) for part in link.lower().split("/")]
    for bus in _BUSES:
        if bus in parts or (bus == "nvme" and "nvme-subsystem" in parts):
            return _BUS_NAMES.get(bus, bus)
    return ""


def system_disks(host: Host, names: List[str]) -> Set[str]:
    """The disks that the root file system stands on; empty when that cannot be told."""
    source = ""
    for line in (host.read_text("/proc/self/mounts") or host.read_text("/proc/mounts") or "").splitlines():
        words = line.split()
        if len(words) > 1 and words[1] == "/" and words[0] != "rootfs":
            source = words[0]
    if source.startswith("/dev/mapper/"):
        wanted = source[len("/dev/mapper/") :]
        blocks = [name for name in host.listdir("/sys/block") if name.startswith("dm-")]
        source = next(
            (
                name
                for name in blocks
                if (host.read_text("/sys/block/" + name + "/dm/name") or "").strip() == wanted
            ),
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
    model = (
        host.read_text(folder + "/device/model") or host.read_text(folder + "/device/name") or ""
    ).strip()
    # "ATA" is the translation layer, and 0x1af4 a PCI number, neither is a maker.
    named = vendor and vendor != "ATA" and not vendor.startswith("0x") and model
    return " ".join(printable("{} {}".format(vendor, model) if named else model).split())[:128]


def _serial(host: Host, folder: str) -> str:
    for path in (folder + "/device/serial", folder + "/serial"):
        try:
            text = printable(host.read_text(path) or "")
        except PermissionError:
            continue
        if text:
            return text[:64]
    return _serial_page(host, folder) or _serial_by_udev(host, folder)


def _serial_page(host: Host, folder: str) -> str:
    """SCSI's "unit serial number" page, which the kernel also makes for SATA disks."""
    try:
        page: Optional[bytes] = host.read_bytes(folder + "/device/vpd_pg80", 256)
    except PermissionError:
        return ""
    return printable(page[4 : 4 + page[3]].decode("ascii", "replace")) if page and len(page) > 4 else ""


def _serial_by_udev(host: Host, folder: str) -> str:
    number = (host.read_text(folder + "/dev") or "").strip()
    text = host.read_text("/run/udev/data/b" + number) if number else None
    match = re.search(r"^E:ID_SERIAL_SHORT=(.+)$", text or "", re.MULTILINE)
    return printable(match.group(1))[:64] if match else ""
