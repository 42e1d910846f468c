from __future__ import annotations

import struct
from typing import Any, Dict, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.host import RawDrive, RegistryValue
from agent.probes.hardware import judge_virtual, run
from agent.probes.hardware_firmware import as_switch, fill, judge_tbs, registry_mode
from agent.probes.hardware_linux import collect, hypervisor_flag, judge_64bit, parse_cpuinfo, parse_meminfo
from agent.probes.hardware_linux_disks import bus_of, is_disk, listed
from agent.probes.hardware_udev import whole_model, with_memory
from agent.probes.hardware_windows import complete_processor, from_processor
from agent.probes.hardware_windows_disks import decode_serial, disk_info
from agent.smbios import decode
from agent.wire.sections import HardwareInfo
from tests.agent import smbios_builder
from tests.agent.machines import CapturedHost, context, load


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


@pytest.mark.parametrize(
    ("cpuinfo", "machine", "table", "expected"),
    [
        ("flags\t\t: fpu lm sse2\n", "i686", None, True),  # a 32-bit Linux on a 64-bit processor
        ("flags\t\t: fpu sse2\n", "i686", True, False),  # the processor itself knows best
        ("", "x86_64", None, True),
        ("", "aarch64", None, True),
        ("", "armv7l", None, None),
        ("", "i686", True, True),
    ],
)
def test_64_bit_on_linux(cpuinfo: str, machine: str, table: Optional[bool], expected: Optional[bool]) -> None:
    assert judge_64bit(cpuinfo, machine, table) is expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((0, 2), ("ready", "2.0")),
        ((0, 1), ("ready", "1.2")),
        ((0, 0), ("ready", "")),
        ((0x8028400F, 0), ("absent", "")),
        ((0x80284016, 0), ("disabled", "")),
        ((0x80284008, 0), ("", "")),  # the service does not run
        ((0x80284010, 2), ("", "")),
        (None, ("", "")),
    ],
)
def test_what_the_tpm_service_says(answer: Optional[Tuple[int, int]], expected: Tuple[str, str]) -> None:
    assert judge_tbs(answer) == expected


@pytest.mark.parametrize(("value", "mode"), [(1, "bios"), (2, "uefi"), (0, ""), (None, ""), ("2", "")])
def test_firmware_mode_in_the_registry(value: RegistryValue, mode: str) -> None:
    assert registry_mode(value) == mode


@pytest.mark.parametrize(("value", "switch"), [(1, True), (0, False), (2, None), (None, None), ("1", None)])
def test_secure_boot_in_the_registry(value: RegistryValue, switch: Optional[bool]) -> None:
    assert as_switch(value) is switch


def _host(**facts: Any) -> CapturedHost:
    """A machine with nothing but what is named."""
    host = load("vm-without-dmi")
    host.facts = {**host.facts, "machine": "x86_64", "links": {}, "files": {}, "times": {}, **facts}
    host.root = "/nowhere"
    return host


def _firmware(host: CapturedHost, table: bytes = b"") -> Tuple[str, str, Optional[bool], Optional[bool]]:
    info = fill(context(host), HardwareInfo(dmi_available=True), decode(table))
    return info.tpm_state, info.tpm_version, info.secure_boot, info.firmware_has_uefi


TPM = "/sys/class/tpm/tpm0"
VARIABLE = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({TPM + "/tpm_version_major": "2\n"}, ("ready", "2.0")),
        ({TPM + "/device/description": "TPM 2.0 Device\n"}, ("ready", "2.0")),
        ({TPM + "/device/caps": "TCG version: 1.2\n", TPM + "/device/enabled": "1"}, ("ready", "1.2")),
        ({TPM + "/caps": "TCG version: 1.2\n", TPM + "/enabled": "0\n"}, ("disabled", "1.2")),
        ({TPM + "/caps": "TCG version: 1.2\n", TPM + "/enabled": "1", TPM + "/active": "0"}, ("disabled", "1.2")),
        ({TPM + "/uevent": "", "/sys/firmware/acpi/tables/TPM2": ""}, ("ready", "2.0")),
        ({"/sys/class/tpm/x": "", "/sys/firmware/acpi/tables/TPM2": ""}, ("disabled", "2.0")),
        ({"/sys/class/tpm/x": "", "/sys/firmware/acpi/tables/TCPA": ""}, ("disabled", "1.2")),
        ({"/sys/class/tpm/tpmrm0": ""}, ("absent", "")),
        ({"/sys/firmware/acpi/tables/TPM2": ""}, ("", "")),  # this kernel knows no TPM: it was not asked
        ({}, ("", "")),
    ],
)
def test_tpm_on_linux(files: Dict[str, str], expected: Tuple[str, str]) -> None:
    assert _firmware(_host(files=files))[:2] == expected


def test_tpm_that_only_the_smbios_table_knows() -> None:
    table = smbios_builder.tpm(b"IFX", 2, 0) + smbios_builder.end()

    assert _firmware(_host(files={"/sys/class/tpm/x": ""}), table)[:2] == ("disabled", "2.0")


@pytest.mark.parametrize(
    ("content", "expected"),
    [("0600000001", True), ("0600000000", False), ("06000000", None), ("060000000100", None), ("0600000007", None)],
)
def test_secure_boot_variable(content: str, expected: Optional[bool]) -> None:
    assert _firmware(_host(files_hex={VARIABLE: content}))[2] is expected


def test_secure_boot_variable_that_may_not_be_read() -> None:
    state = _firmware(_host(denied=[VARIABLE]))

    assert state[2:] == (None, True)  # started by UEFI all the same


@pytest.mark.parametrize(
    ("machine", "dmi", "mode"),
    [("x86_64", True, "bios"), ("i686", True, "bios"), ("aarch64", True, ""), ("x86_64", False, "")],
)
def test_started_by_a_bios_only_where_there_is_one(machine: str, dmi: bool, mode: str) -> None:
    info = fill(context(_host(machine=machine)), HardwareInfo(dmi_available=dmi), decode(b""))

    assert info.firmware_mode == mode


def test_windows_without_the_processors_name_takes_the_firmwares() -> None:
    raw = smbios_builder.processor(b"Intel(R) Celeron(R) CPU 2.66GHz", 1, 1, 3800, 2660, signature=0xF41)

    info = complete_processor(HardwareInfo(), decode(raw + smbios_builder.end()))

    assert info.cpu_brand == "Intel(R) Celeron(R) CPU 2.66GHz"
    assert (info.cpu_family, info.cpu_model, info.cpu_stepping) == (15, 4, 1)


MEMORY = {
    "MEMORY_ARRAY_LOCATION": "System Board Or Motherboard",
    "MEMORY_ARRAY_MAX_CAPACITY": str(32 << 30),
    "MEMORY_ARRAY_NUM_DEVICES": "4",
    "MEMORY_DEVICE_0_SIZE": str(8 << 30),
    "MEMORY_DEVICE_0_TYPE": "DDR4",
    "MEMORY_DEVICE_1_PRESENT": "0",
    "MEMORY_DEVICE_1_TYPE": "Unknown",
    "MEMORY_DEVICE_2_SIZE": str(4 << 30),
    "MEMORY_DEVICE_2_TYPE": "DDR4",
    "MEMORY_DEVICE_3_SIZE": str(16 << 20),
    "MEMORY_DEVICE_3_TYPE": "Flash",
}


def test_memory_modules_by_udev() -> None:
    info = with_memory(HardwareInfo(), MEMORY)

    assert info.ram_installed_bytes == 12 << 30
    assert (info.memory_slots, info.memory_slots_used, info.memory_type) == (3, 2, "DDR4")
    assert info.memory_max_bytes == 32 << 30


@pytest.mark.parametrize(
    "found",
    [{}, {"MEMORY_DEVICE_0_SIZE": "many"}, {"MEMORY_DEVICE_0_PRESENT": "0"}, {"MEMORY_DEVICE_x_SIZE": "1"}],
)
def test_udev_without_modules_says_nothing(found: Dict[str, str]) -> None:
    assert with_memory(HardwareInfo(), found) == HardwareInfo()


def test_memory_by_udev_needs_no_right_to_the_table() -> None:
    text = "".join("E:{}={}\n".format(*row) for row in MEMORY.items())
    files = {"/run/udev/data/+dmi:id": "I:123\n" + text, "/sys/class/dmi/id/sys_vendor": "Dell Inc.\n"}
    host = _host(denied=["/sys/firmware/dmi/tables/DMI"], files=files)

    info, _ = collect(context(host))

    assert (info.system_vendor, info.ram_installed_bytes, info.memory_type) == ("Dell Inc.", 12 << 30, "DDR4")


@pytest.mark.parametrize(
    ("encoded", "cut", "whole"),
    [
        ("ST500DM002-1BD142", "ST500DM002-1BD14", "ST500DM002-1BD142"),
        (r"WDC\x20WD5000AAKX-00ERMA0\x20\x20", "WDC WD5000AAKX-0", "WDC WD5000AAKX-00ERMA0"),
        (r"Other\x20disk\x20of\x20that\x20length", "WDC WD5000AAKX-0", "WDC WD5000AAKX-0"),
        ("", "WDC WD5000AAKX-0", "WDC WD5000AAKX-0"),
    ],
)
def test_whole_name_of_a_disk(encoded: str, cut: str, whole: str) -> None:
    assert whole_model({"ID_MODEL_ENC": encoded}, cut) == whole


@pytest.mark.parametrize(
    ("kind", "mounted", "removable"), [("SD", "sda1", True), ("SD", "mmcblk0p1", False), ("MMC", "sda1", False)]
)
def test_a_card_in_a_reader_is_removable(kind: str, mounted: str, removable: bool) -> None:
    files = {
        "/sys/block/mmcblk0/size": "1000\n",
        "/sys/block/mmcblk0/device/type": kind + "\n",
        "/sys/block/mmcblk0/mmcblk0p1/partition": "1\n",
        "/sys/block/sda/size": "1000\n",
        "/sys/block/sda/sda1/partition": "1\n",
        "/proc/self/mounts": "/dev/{} / ext4 rw 0 0\n".format(mounted),
    }

    found = dict(listed(_host(files=files)))

    assert found["mmcblk0"].removable is removable


def test_memory_that_the_firmware_forgot_to_list_is_not_added_up() -> None:
    """The system cannot see more than there is."""
    table = smbios_builder.array(8 << 20, 2) + smbios_builder.memory(1024) + smbios_builder.memory(0)
    host = _host(
        files={"/proc/meminfo": "MemTotal:  2000000 kB\n", "/sys/class/dmi/id/sys_vendor": "X\n"},
        files_hex={"/sys/firmware/dmi/tables/DMI": (table + smbios_builder.end()).hex()},
    )

    info = run(context(host))

    assert (info.ram_installed_bytes, info.memory_slots, info.memory_slots_used) == (None, 2, None)
