"""Linux: /sys/class/dmi/id, /proc/cpuinfo, /proc/meminfo, and with the right to it the SMBIOS table."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Dict, List, Optional, Set, Tuple

from ..probe import ProbeContext, printable
from ..smbios import SmbiosTable, decode
from ..wire.sections import HardwareInfo
from .hardware_common import with_table
from .hardware_firmware import fill
from .hardware_linux_disks import disks
from .hardware_udev import properties, with_memory

_DMI = "/sys/class/dmi/id"
_DMI_FILES = {
    "system_vendor": "sys_vendor", "system_model": "product_name", "system_serial": "product_serial",
    "system_uuid": "product_uuid", "board_vendor": "board_vendor", "board_model": "board_name",
    "board_serial": "board_serial", "chassis_serial": "chassis_serial", "bios_vendor": "bios_vendor",
    "bios_version": "bios_version", "bios_date": "bios_date", "system_version": "product_version",
    "system_family": "product_family", "system_sku": "product_sku", "chassis_vendor": "chassis_vendor",
}  # fmt: skip
_ENTRY = "/sys/firmware/dmi/tables/smbios_entry_point"
_MAX_FREQUENCY = "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"


def collect(context: ProbeContext) -> Tuple[HardwareInfo, str]:
    """The section without the verdict on "virtual", and the hint for that verdict."""
    host = context.host
    cpuinfo = host.read_text("/proc/cpuinfo", 4 * 1024 * 1024) or ""
    table = _table(context)
    info = with_table(_dmi(context), table)
    if not table.structures:
        info = with_memory(info, properties(host, "+dmi:id"))
    info = fill(context, info, table)
    info = dataclasses.replace(
        parse_cpuinfo(cpuinfo, info),
        cpu_64bit=judge_64bit(cpuinfo, host.kernel()[2], table.cpu_64bit),
        ram_bytes=parse_meminfo(host.read_text("/proc/meminfo") or ""),
        disks=disks(context),
    )
    khz = (host.read_text(_MAX_FREQUENCY) or "").strip()
    has_flag = hypervisor_flag(cpuinfo)
    info = dataclasses.replace(
        info,
        cpu_max_mhz=int(khz) / 1000.0 if khz.isdigit() and khz != "0" else _fixed_mhz(cpuinfo, info, has_flag),
    )
    if table.bios.says_virtual:
        return info, "SMBIOS flag virtual machine"
    if "control_d" in (host.read_text("/proc/xen/capabilities") or ""):
        return info, ""  # Xen's first domain is the real machine
    return info, "cpuinfo flag hypervisor" if has_flag else ""


def _dmi(context: ProbeContext) -> HardwareInfo:
    host = context.host
    available = host.exists(_DMI) or host.exists("/sys/firmware/dmi/tables/DMI")
    if not available:
        context.log("no DMI on this machine")
        return HardwareInfo(dmi_available=False)
    values: Dict[str, Any] = {}
    for field, name in _DMI_FILES.items():
        try:
            values[field] = " ".join(printable(host.read_text("{}/{}".format(_DMI, name)) or "").split())[:128]
        except PermissionError:
            context.log("{} is for the administrator only".format(name))
    chassis = (host.read_text(_DMI + "/chassis_type") or "").strip()
    return HardwareInfo(dmi_available=True, chassis_type=_number(chassis) or None, **values)


def _table(context: ProbeContext) -> SmbiosTable:
    """An empty table where there is none or it may not be read."""
    try:
        raw = context.host.firmware_table()
        entry = context.host.read_bytes(_ENTRY, 64) if raw else None
    except PermissionError:
        context.log("the SMBIOS table is for the administrator only")
        return SmbiosTable()
    if not raw:
        return SmbiosTable()
    table = decode(raw, entry or b"")
    if not table.complete:
        context.log("the SMBIOS table is damaged")
    return table


def parse_cpuinfo(text: str, info: HardwareInfo) -> HardwareInfo:
    """Brand, numbers and topology. Cores are counted over all sockets by their (physical id, core id)."""
    blocks = [_fields(block) for block in re.split(r"\n[ \t]*\n", text)]
    cpus = [block for block in blocks if "processor" in block]
    if not cpus:
        return info
    first, last = cpus[0], blocks[-1] or cpus[-1]
    sockets: Set[str] = {cpu["physical id"] for cpu in cpus if "physical id" in cpu}
    cores = {(cpu["physical id"], cpu["core id"]) for cpu in cpus if "physical id" in cpu and "core id" in cpu}
    only = 1 if len(cpus) == 1 else None
    return dataclasses.replace(
        info,
        # ARM boards name themselves only at the end of the file.
        cpu_brand=" ".join(
            printable(first.get("model name") or last.get("Model") or last.get("Hardware") or "").split()
        )[:128],
        cpu_vendor=printable(first.get("vendor_id", ""))[:64],
        cpu_family=_number(first.get("cpu family")),
        cpu_model=_number(first.get("model")),
        cpu_stepping=_number(first.get("stepping")),
        cpu_sockets=len(sockets) or only,
        cpu_cores=len(cores) or only,
        cpu_threads=len(cpus),
    )


def hypervisor_flag(cpuinfo: str) -> bool:
    return "hypervisor" in _flags(cpuinfo)


def judge_64bit(cpuinfo: str, machine: str, table_says: Optional[bool]) -> Optional[bool]:
    """A 64-bit kernel is proof; below a 32-bit one the flag "long mode" tells, else the firmware."""
    if machine in ("x86_64", "aarch64", "riscv64"):
        return True
    flags = _flags(cpuinfo)
    return "lm" in flags if flags else table_says


def _flags(cpuinfo: str) -> List[str]:
    match = re.search(r"^flags\s*:(.*)$", cpuinfo, re.MULTILINE)
    return match.group(1).split() if match else []


def parse_meminfo(text: str) -> Optional[int]:
    match = re.search(r"^MemTotal:\s+([0-9]{1,15}) kB", text, re.MULTILINE)
    return int(match.group(1)) * 1024 if match else None


def _fixed_mhz(cpuinfo: str, info: HardwareInfo, is_guest: bool) -> Optional[float]:
    """The frequency where no driver scales it: by the brand's own "@ 3.40GHz", or a guest's unchanging clock.
    A real processor's "cpu MHz" is that of the moment and would make the section differ every time."""
    match = re.search(r"@ ([0-9]{1,2}(?:\.[0-9]{1,3})?)GHz", info.cpu_brand)
    if match:
        return round(float(match.group(1)) * 1000, 1)
    match = re.search(r"^cpu MHz\s*:\s*([0-9]{1,5}(?:\.[0-9]+)?)", cpuinfo, re.MULTILINE)
    return float(round(float(match.group(1)))) if match and is_guest else None


def _fields(block: str) -> Dict[str, str]:
    rows: List[List[str]] = [line.split(":", 1) for line in block.splitlines() if ":" in line]
    return {key.strip(): value.strip() for key, value in rows}


def _number(text: Optional[str]) -> Optional[int]:
    return int(text) if text and re.match(r"[0-9]{1,9}\Z", text) else None
