r"""Windows: HARDWARE\DESCRIPTION in the registry first, then the SMBIOS table, then the disk drivers. No WMI:
on broken PCs it hangs for hours."""

from __future__ import annotations

import dataclasses
import re
from typing import Dict, Optional, Tuple

from ..host import RegistryValue
from ..probe import ProbeContext, printable
from ..smbios import SmbiosTable, decode
from ..wire.sections import HardwareInfo
from .hardware_common import with_table
from .hardware_firmware import fill
from .hardware_windows_disks import disk_info

_BIOS = r"HKLM\HARDWARE\DESCRIPTION\System\BIOS"
_PROCESSORS = r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor"


def collect(context: ProbeContext) -> Tuple[HardwareInfo, str]:
    """The section without the verdict on "virtual", and the hint for that verdict."""
    host = context.host
    raw = host.firmware_table()
    table = decode(raw or b"")
    if raw and not table.complete:
        context.log("the SMBIOS table is damaged")
    info = fill(context, with_table(from_firmware(host.registry_values(_BIOS)), table), table)
    threads = [name for name in host.registry_keys(_PROCESSORS) if name.isdigit()]
    info = from_processor(host.registry_values(_PROCESSORS + r"\0"), info)
    info = complete_processor(info, table)
    sockets = sum(processor.populated for processor in table.processors)
    cores = [processor.cores for processor in table.processors if processor.populated]
    known_cores = sum(count for count in cores if count) if cores and all(cores) else None
    system = host.system_drive()
    found = [disk_info(drive, system) for drive in host.drives()]
    info = dataclasses.replace(
        info,
        cpu_sockets=sockets or None,
        # Windows knows what it uses; the table also counts cores that are switched off.
        cpu_cores=host.cpu_cores() or known_cores,
        cpu_threads=len(threads) or None,
        # A 64-bit Windows is proof; a 32-bit one says nothing of its processor.
        cpu_64bit=True if host.kernel()[2].upper() in ("AMD64", "ARM64", "IA64") else table.cpu_64bit,
        ram_bytes=host.memory_bytes(),
        disks=tuple(disk for disk in found if disk is not None),
    )
    return info, "SMBIOS flag virtual machine" if table.bios.says_virtual else ""


def from_firmware(bios: Dict[str, RegistryValue]) -> HardwareInfo:
    """What Windows has copied from the firmware into the registry; serials are not among it."""
    return HardwareInfo(
        dmi_available=any(clean(value) for value in bios.values()),
        system_vendor=clean(bios.get("SystemManufacturer")),
        system_model=clean(bios.get("SystemProductName")),
        system_version=clean(bios.get("SystemVersion")),
        system_family=clean(bios.get("SystemFamily")),
        system_sku=clean(bios.get("SystemSKU")),
        board_vendor=clean(bios.get("BaseBoardManufacturer")),
        board_model=clean(bios.get("BaseBoardProduct")),
        bios_vendor=clean(bios.get("BIOSVendor")),
        bios_version=clean(bios.get("BIOSVersion")),
        bios_date=clean(bios.get("BIOSReleaseDate")),
    )


def from_processor(values: Dict[str, RegistryValue], info: HardwareInfo) -> HardwareInfo:
    identifier = clean(values.get("Identifier"))  # "Intel64 Family 6 Model 60 Stepping 3"
    mhz = values.get("~MHz")
    return dataclasses.replace(
        info,
        cpu_brand=clean(values.get("ProcessorNameString")),
        cpu_vendor=clean(values.get("VendorIdentifier")),
        cpu_family=_number("Family", identifier),
        cpu_model=_number("Model", identifier),
        cpu_stepping=_number("Stepping", identifier),
        # Measured at each start and off by one or two; rounded, so that the section does not change with it.
        cpu_max_mhz=float(round(mhz, -1)) if isinstance(mhz, int) and 0 < mhz < 100000 else None,
    )


def complete_processor(info: HardwareInfo, table: SmbiosTable) -> HardwareInfo:
    """Windows copies the name from the processor; where it has not, the firmware may have written one."""
    known = next((item for item in table.processors if item.populated), None)
    if known is None:
        return info
    if not info.cpu_brand:
        info = dataclasses.replace(info, cpu_brand=known.brand)
    if info.cpu_family is None and known.signature is not None:
        family, model, stepping = known.signature
        info = dataclasses.replace(info, cpu_family=family, cpu_model=model, cpu_stepping=stepping)
    return info


def _number(word: str, identifier: str) -> Optional[int]:
    match = re.search(word + r" ([0-9]{1,9})", identifier)
    return int(match.group(1)) if match else None


def clean(value: RegistryValue) -> str:
    """A text without padding and NULs; what is no text counts as not said."""
    if isinstance(value, list):
        value = " ".join(value)
    return " ".join(printable(value).split())[:128] if isinstance(value, str) else ""
