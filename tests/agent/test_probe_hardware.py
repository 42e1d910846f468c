from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.host import RawDrive
from agent.probes.hardware import judge_virtual
from agent.probes.hardware_linux import hypervisor_flag, parse_cpuinfo, parse_meminfo
from agent.probes.hardware_linux_disks import bus_of, is_disk
from agent.probes.hardware_windows import from_processor
from agent.probes.hardware_windows_disks import decode_serial, disk_info
from agent.wire.sections import HardwareInfo


@pytest.mark.parametrize(
    ("vendor", "model"),
    [
        ("QEMU", "Standard PC (i440FX + PIIX, 1996)"),
        ("VMware, Inc.", "VMware7,1"),
        ("innotek GmbH", "VirtualBox"),
        ("Microsoft Corporation", "Virtual Machine"),
        ("Xen", "HVM domU"),
        ("Red Hat", "KVM"),
        ("Parallels International GmbH.", "Parallels ARM Virtual Machine"),
        ("Bochs", "Bochs"),
    ],
)
def test_hypervisors_are_known_by_name(vendor: str, model: str) -> None:
    is_virtual, why = judge_virtual(HardwareInfo(system_vendor=vendor, system_model=model), "")

    assert is_virtual is True
    assert why


@pytest.mark.parametrize(
    ("vendor", "model"),
    [
        ("Dell Inc.", "OptiPlex 3020"),
        ("Microsoft Corporation", "Surface Pro 7"),
        ("To be filled by O.E.M.", "To be filled by O.E.M."),
        ("Xenon Systems", "kvmaster 2"),
    ],
)
def test_real_machines_are_not_virtual(vendor: str, model: str) -> None:
    assert judge_virtual(HardwareInfo(system_vendor=vendor, system_model=model), "") == (False, "")


def test_bios_of_a_hypervisor() -> None:
    info = HardwareInfo(system_vendor="Acme", bios_vendor="Bochs")

    assert judge_virtual(info, "") == (True, "BIOS Bochs")


def test_the_hint_decides_where_no_name_does() -> None:
    assert judge_virtual(HardwareInfo(), "cpuinfo flag hypervisor") == (True, "cpuinfo flag hypervisor")


def test_a_machine_that_says_nothing_is_not_known() -> None:
    assert judge_virtual(HardwareInfo(), "") == (None, "")


def test_hypervisor_is_a_whole_flag() -> None:
    assert hypervisor_flag("flags\t\t: fpu hypervisor lm\n")
    assert not hypervisor_flag("flags\t\t: fpu nohypervisor\n")
    assert not hypervisor_flag("")


def test_cores_without_topology_are_not_known() -> None:
    info = parse_cpuinfo("processor\t: 0\n\nprocessor\t: 1\n", HardwareInfo())

    assert (info.cpu_threads, info.cpu_cores, info.cpu_sockets) == (2, None, None)


@pytest.mark.parametrize("text", ["", "nonsense", "processor", ":::\n\n:::"])
def test_cpuinfo_of_no_form(text: str) -> None:
    assert parse_cpuinfo(text, HardwareInfo()).cpu_brand == ""
    assert parse_meminfo(text) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sda", True), ("vda", True), ("nvme0n1", True), ("mmcblk0", True), ("hda", True), ("xvda", True),
        ("loop0", False), ("ram0", False), ("zram0", False), ("dm-0", False), ("md127", False),
        ("sr0", False), ("mmcblk0boot1", False), ("mmcblk0rpmb", False), ("nbd3", False), ("fd0", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_disk(name: str, expected: bool) -> None:
    assert is_disk(name) is expected


@pytest.mark.parametrize(
    ("link", "bus"),
    [
        ("../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda", "sata"),
        ("../devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host4/target4:0:0/4:0:0:0/block/b", "usb"),
        ("../devices/pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0/nvme0n1", "nvme"),
        ("../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "nvme"),
        ("../devices/pci0000:00/0000:00:02.0/virtio1/block/vda", "virtio"),
        ("../devices/pci0000:00/0000:00:07.0/virtio2/host2/target2:0:0/2:0:0:0/block/sda", "virtio"),
        ("../devices/pci0000:00/0000:00:1f.1/ide0/0.0/block/hda", "ide"),
        ("../devices/vbd-51712/block/xvda", "xen"),
        ("../devices/virtual/block/sdz", ""),
        ("", ""),
    ],
)
def test_bus_of_a_disk(link: str, bus: str) -> None:
    assert bus_of(link) == bus


@pytest.mark.parametrize(
    ("identifier", "numbers"),
    [
        ("Intel64 Family 6 Model 60 Stepping 3", (6, 60, 3)),
        ("x86 Family 15 Model 4 Stepping 9", (15, 4, 9)),
        ("ARMv8 (64-bit)", (None, None, None)),
        (7, (None, None, None)),
    ],
)
def test_windows_processor_identifier(identifier: object, numbers: tuple) -> None:
    info = from_processor({"Identifier": identifier}, HardwareInfo())  # type: ignore[dict-item]

    assert (info.cpu_family, info.cpu_model, info.cpu_stepping) == numbers


@pytest.mark.parametrize("serial", ["WD-WCAV30000001", "9VM00001", "S1DHNSAF500001X"])
def test_windows_7_serials_are_unswapped(serial: str) -> None:
    assert decode_serial(_swapped(serial.rjust(20).encode()).hex()) == serial
    assert decode_serial(_swapped(serial.ljust(20).encode()).hex().upper()) == serial


@pytest.mark.parametrize(
    "serial", ["WD-WCAYU0000001", "0000_0000_0000_0001_0026_B768_0000_0001.", "0" * 39 + "1", "ZN100001", ""]
)
def test_other_serials_stay_as_they_are(serial: str) -> None:
    assert decode_serial(serial) == serial


def _swapped(raw: bytes) -> bytes:
    return b"".join(raw[at + 1 : at + 2] + raw[at : at + 1] for at in range(0, len(raw), 2))


def test_reader_without_a_medium_is_no_disk() -> None:
    descriptor = struct.pack("<IIBBBBIIIIII", 40, 40, 0, 0, 1, 0, 0, 0, 0, 0, 7, 0)

    assert disk_info(RawDrive(1, descriptor), 0) is None


def test_disk_whose_driver_says_nothing_is_still_there() -> None:
    disk = disk_info(RawDrive(0), None)

    assert disk is not None
    assert (disk.size_bytes, disk.rotational, disk.is_system, disk.model) == (None, None, None, "")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80), st.binary(max_size=48), st.binary(max_size=16))
def test_any_answer_of_a_driver_is_survived(descriptor: bytes, geometry: bytes, penalty: bytes) -> None:
    disk_info(RawDrive(0, descriptor, geometry, penalty), 0)
