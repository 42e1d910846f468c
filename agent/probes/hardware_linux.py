"""Linux: /sys/class/dmi/id, /proc/cpuinfo, /proc/meminfo, and with the right to it the SMBIOS table."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Dict, List, Optional, Set, Tuple

from ..probe import ProbeContext, printable
from ..smbios import decode
from ..wire.sections import HardwareInfo
from .hardware_linux_disks import disks

_DMI = "/sys/class/dmi/id"
_DMI_FILES = {
    "system_vendor": "sys_vendor", "system_model": "product_name", "system_serial": "product_serial",
    "system_uuid": "product_uuid", "board_vendor": "board_vendor", "board_model": "board_name",
    "board_serial": "board_serial", "chassis_serial": "chassis_serial", "bios_vendor": "bios_vendor",
    "bios_version": "bios_version", "bios_date": "bios_date",
}  # fmt: skip
_MAX_FREQUENCY = "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"


def collect(context: ProbeContext) -> Tuple[HardwareInfo, str]:
    """The section without the verdict on "virtual", and the hint for that verdict."""
    host = context.host
    cpuinfo = host.read_text("/proc/cpuinfo", 4 * 1024 * 1024) or ""
    info = _dmi(context)
    info, virtual_table = _table(context, info)
    info = dataclasses.replace(
        parse_cpuinfo(cpuinfo, info),
        ram_bytes=parse_meminfo(host.read_text("/proc/meminfo") or ""),
        disks=disks(context),
    )
    khz = (host.read_text(_MAX_FREQUENCY) or "").strip()
    has_flag = hypervisor_flag(cpuinfo)
    info = dataclasses.replace(
        info,
        cpu_max_mhz=int(khz) / 1000.0
        if khz.isdigit() and khz != "0"
        else _fixed_mhz(cpuinfo, info, has_flag),
    )
    if virtual_table:
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
            values[field] = " ".join(printable(host.read_text("{}/{}".format(_DMI, name)) or "").split())[
                :128
            ]
        except PermissionError:
            context.log("{} is for the administrator only".format(name))
    chassis = (host.read_text(_DMI + "/chassis_type") or "").strip()
    number = int(chassis) if chassis.isdigit() and chassis != "0" else None
    return HardwareInfo(dmi_available=True, chassis_type=number, **values)


def _table(context: ProbeContext, info: HardwareInfo) -> Tuple[HardwareInfo, bool]:
    try:
        raw = context.host.firmware_table()
    except PermissionError:
        context.log("the SMBIOS table is for the administrator only")
        return info, False
    if not raw:
        return info, False
    table = decode(raw)
    if not table.complete:
        context.log("the SMBIOS table is damaged")
    return dataclasses.replace(info, ram_installed_bytes=table.memory_bytes), table.bios.says_virtual


def parse_cpuinfo(text: str, info: HardwareInfo) -> HardwareInfo:
    """Brand, numbers and topology. Cores are counted over all sockets by their (physical id, core id)."""
    blocks = [_fields(block) for block in re.split(r"\n[ \t]*\n", text)]
    cpus = [block for block in blocks if "processor" in block]
    if not cpus:
        return info
    first, last = cpus[0], blocks[-1] or cpus[-1]
    sockets: Set[str] = {cpu["physical id"] for cpu in cpus if "physical id" in cpu}
    cores = {
        (cpu["physical id"], cpu["core id"]) for cpu in cpus if "physical id" in cpu and "core id" in cpu
    }
    only = 1 if len(cpus) == 1 else None
    return dataclasses.replace(
        info,
        # ARM boards name themselves only at the end of the file.
        cpu_brand=" ".join(
            (first.get("model name") or last.get("Model") or last.get("Hardware") or "").split()
        )[:128],
        cpu_vendor=first.get("vendor_id", ""),
        cpu_family=_number(first.get("cpu family")),
        cpu_model=_number(first.get("model")),
        cpu_stepping=_number(first.get("stepping")),
        cpu_sockets=len(sockets) or only,
        cpu_cores=len(cores) or only,
        cpu_threads=len(cpus),
    )


def hypervisor_flag(cpuinfo: str) -> bool:
    match = re.search(r"^flags\s*:(.*)$", cpuinfo, re.MULTILINE)
    return bool(match) and "hypervisor" in match.group(1).split()


def parse_meminfo(text: str) -> Optional[int]:
    match = re.search(r"^MemTotal:\s+(\d+) kB", text, re.MULTILINE)
    return int(match.group(1)) * 1024 if match else None


def _fixed_mhz(cpuinfo: str, info: HardwareInfo, is_guest: bool) -> Optional[float]:
    """The frequency where no driver scales it: by the brand's own "@ 3.40GHz", or a guest's unchanging clock.
    A real processor's "cpu MHz" is that of the moment and would make the section differ every time."""
    match = re.search(r"@ ([0-9.]+)GHz", info.cpu_brand)
    if match:
        return round(float(match.group(1)) * 1000, 1)
    match = re.search(r"^cpu MHz\s*:\s*([0-9.]+)", cpuinfo, re.MULTILINE)
    return float(round(float(match.group(1)))) if match and is_guest else None


def _fields(block: str) -> Dict[str, str]:
    rows: List[List[str]] = [line.split(":", 1) for line in block.splitlines() if ":" in line]
    return {key.strip(): value.strip() for key, value in rows}


def _number(text: Optional[str]) -> Optional[int]:
    return int(text) if text and text.isdigit() else None
