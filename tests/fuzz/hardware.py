"""Parsers of the agent's hardware evidence: firmware tables, screens, disks. What they give must fit the wire."""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import Sequence

from agent.edid import decode_edid
from agent.host import Host, RawDrive, RawHealth
from agent.probes import storage, storage_smartctl
from agent.probes.hardware_common import with_table
from agent.probes.hardware_linux import parse_cpuinfo, parse_meminfo
from agent.probes.hardware_udev import properties, whole_model, with_memory
from agent.probes.hardware_windows_disks import disk_info
from agent.probes.storage_smart import Health, emmc_health
from agent.probes.storage_windows import judge
from agent.smbios import decode
from agent.wire import codec
from agent.wire.sections import DiskInfo, HardwareInfo, MonitorInfo
from tests.agent import disk_pages, edid_builder, smbios_builder
from tests.fuzz.fuzzer import Parser


def _fits(value: object) -> None:
    """What a parser made can travel: the reader takes it back as it was."""
    assert codec.read(type(value), json.loads(codec.dumps(codec.to_plain(value)))) == value


def _smbios(raw: bytes) -> None:
    _fits(with_table(HardwareInfo(), decode(raw, raw[:64])))


def _smbios_seeds() -> Sequence[bytes]:
    build = smbios_builder
    pc = (
        build.bios(b"American Megatrends Inc.", b"0401   ", b"08/05/2010", uefi=True)
        + build.system(b"LENOVO", b"10A8S0", b"SN-1", uuid.UUID(int=7 << 100), b"ThinkCentre M73", b"SKU", b"Family")
        + build.board(b"Riser", b"R1", b"", kind=0x0B)
        + build.board(b"ASUSTeK", b"P5G41T-M LX", b"MT70", kind=0x0A)
        + build.chassis(b"Chassis Manufacture", 3 | 0x80, b"CH-1")
        + build.processor(b"Pentium(R) E5700", 2, 2, 3800, 3000, flags=4, signature=0x1067A)
        + build.array(16 << 20, 4)
        + build.memory(2048, part=b"KVR1333") * 2
        + build.memory(0) * 2
        + build.array(8192, 1, use=5, handle=0x20)
        + build.memory(0x8000 | 4096, kind=9, parent=0x20)
        + build.tpm(b"IFX", 2, 0)
        + build.end()
    )
    return (pc, build.windows(pc, 3, 2), build.entry_64() + pc, build.entry_32() + pc, pc.replace(b"A", b"\xc6\xb0"))


def _edid(raw: bytes) -> None:
    for block in (raw, edid_builder.summed(raw)):  # a checksum would hide all that lies behind it
        monitor = decode_edid(block)
        assert monitor is None or isinstance(monitor, MonitorInfo)
        if monitor is not None:
            _fits(monitor)


def _edid_seeds() -> Sequence[bytes]:
    return (
        edid_builder.edid("DEL", 0xA0B1, 12345, 12, 2015, name="DELL P2214H", serial="ABC123"),
        edid_builder.edid("AUO", 0x21ED, 0, 255, 2020, size=(34, 19)),
    )


def _disk_health(raw: bytes) -> None:
    """One input feeds each page in turn, as it came and with its sum put right."""
    page = disk_pages.summed(raw[:512].ljust(512, b"\x00"))
    disk = DiskInfo(model="INTEL SSDSC2BW240A4", rotational=False)
    for health in (
        judge(RawHealth(raw[:516], raw[:512], raw[512:1024], b""), disk),
        judge(RawHealth(raw[:4] + page, page, page, b""), disk),
        judge(RawHealth(b"", b"", b"", raw[:512]), disk),
        emmc_health(raw[:40].decode("latin-1"), raw[40:50].decode("latin-1")),
    ):
        _fits(storage.describe(disk, health))


def _disk_health_seeds() -> Sequence[bytes]:
    rows = {5: (100, 8), 9: (80, 31000), 197: (100, 0), 233: (90, 0)}
    pages = disk_pages.attributes(rows) + disk_pages.thresholds({5: 36, 9: 0})
    return (
        pages,
        b"\x01\x00\x00\x00" + pages,
        disk_pages.nvme_log(used=3, hours=1234),
        b"0x02 0x01".ljust(40) + b"0x01",
    )


def _smartctl(raw: bytes) -> None:
    health = storage_smartctl.parse(raw, "KINGSTON SA400S37240G", False)
    assert isinstance(health, Health)
    storage_smartctl.complaint(raw)
    _fits(storage.describe(DiskInfo(), health))


def _smartctl_seeds() -> Sequence[bytes]:
    return tuple(json.dumps(answer).encode() for answer in disk_pages.SMARTCTL.values())


def _drive(raw: bytes) -> None:
    parts = (raw[:120], raw[120:160], raw[160:180])
    disk = disk_info(RawDrive(0, *parts), 0)
    if disk is not None:
        _fits(disk)


def _drive_seeds() -> Sequence[bytes]:
    texts = b"WDC\x00WD3200AAJS-00L7A0\x001.00\x00" + b"2020202057202d4443574156303330303030303031" + b"\x00"
    head = struct.pack("<IIBBBBIIIIII", 40, 40 + len(texts), 0, 0, 0, 1, 40, 44, 63, 68, 3, 0) + bytes(4)
    geometry = struct.pack("<qIIIIq", 38913, 12, 255, 63, 512, 320072933376)
    return ((head + texts).ljust(120, b"\x00") + geometry + b"\x0c\x00\x00\x00\x0c\x00\x00\x00\x01",)


def _cpuinfo(raw: bytes) -> None:
    text = raw.decode("utf-8", "replace")
    _fits(parse_cpuinfo(text, HardwareInfo(ram_bytes=parse_meminfo(text))))


def _cpuinfo_seeds() -> Sequence[bytes]:
    block = (
        b"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 60\nstepping\t: 3\nphysical id\t: 0\n"
    )
    block += b"model name\t: Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz\ncore id\t\t: 1\nflags\t\t: fpu lm\n\n"
    return (block * 4, b"processor\t: 0\n\nHardware\t: BCM2711\nModel\t\t: Raspberry Pi\n", b"MemTotal:  4038918 kB\n")


class _OneFile(Host):
    """A machine whose only file holds these bytes."""

    def __init__(self, raw: bytes) -> None:
        super().__init__("/nowhere", "linux")
        self.raw = raw

    def read_bytes(self, path: str, limit: int = 1 << 20) -> bytes | None:
        return self.raw[:limit]


def _udev(raw: bytes) -> None:
    found = properties(_OneFile(raw), "+dmi:id")
    _fits(with_memory(HardwareInfo(), found))
    _fits(DiskInfo(model=whole_model(found, "WDC")))


def _udev_seeds() -> Sequence[bytes]:
    slot = b"E:MEMORY_DEVICE_%d_SIZE=8589934592\nE:MEMORY_DEVICE_%d_TYPE=DDR4\nE:MEMORY_DEVICE_%d_PRESENT=0\n"
    memory = b"I:1\nE:MEMORY_ARRAY_MAX_CAPACITY=34359738368\n" + b"".join(slot % (at, at, at) for at in range(4))
    return (memory, b"S:disk/by-id/x\nE:ID_MODEL_ENC=WDC\\x20WD5000AAKX-00\\x20\nE:ID_SERIAL_SHORT=WD-1\n")


PARSERS: dict[str, Parser] = {
    "smbios": Parser(_smbios, _smbios_seeds),
    "edid": Parser(_edid, _edid_seeds),
    "disk_health": Parser(_disk_health, _disk_health_seeds),
    "smartctl": Parser(_smartctl, _smartctl_seeds, (b"null", b"{}", b"[[", b"1e999", b"-1", b'"\\ud800"', b"true")),
    "drive": Parser(_drive, _drive_seeds),
    "udev": Parser(_udev, _udev_seeds, (b"E:MEMORY_DEVICE_", b"\\x00", b"\\xff", b"_SIZE=")),
    "cpuinfo": Parser(_cpuinfo, _cpuinfo_seeds, (b":", b"\n\n", b"processor", "Bộ".encode())),
}
