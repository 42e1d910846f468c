r"""How this PC starts and whether it has a TPM: firmware mode, Secure Boot, TPM. Part of the hardware section.

"absent" is said of a TPM only when the system was asked and sees none; one that is switched off in the firmware can
look the same, which is for the collector to weigh. A TPM that the firmware's tables describe but the system cannot
use is "disabled".
"""

from __future__ import annotations

import dataclasses
import re
from typing import List, Optional, Tuple

from ..host import Host, RegistryValue
from ..probe import ProbeContext
from ..smbios import SmbiosTable
from ..wire.sections import HardwareInfo

_X86 = re.compile(r"x86|amd64|i[3-6]86", re.IGNORECASE)
_EFI = "/sys/firmware/efi"
_SECURE_BOOT_FILE = _EFI + "/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
_TPM = "/sys/class/tpm"
_CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
_SECURE_BOOT_KEY = _CONTROL + r"\SecureBoot\State"
_ACPI_TPM = (("TPM2", "2.0"), ("TCPA", "1.2"))
_TBS_OK, _TBS_NOT_FOUND, _TBS_DEACTIVATED = 0, 0x8028400F, 0x80284016


def fill(context: ProbeContext, info: HardwareInfo, table: SmbiosTable) -> HardwareInfo:
    """The section with its firmware fields; `table` is empty where it may not be read."""
    host = context.host
    if host.platform == "windows":
        mode = host.firmware_type() or registry_mode(host.registry_value(_CONTROL, "PEFirmwareType"))
        secure = as_switch(host.registry_value(_SECURE_BOOT_KEY, "UEFISecureBootEnabled"))
        state, version = judge_tbs(host.tpm_device())
    else:
        mode = _linux_mode(host, info)
        secure = _linux_secure_boot(context)
        state, version = _linux_tpm(host)
    if state:
        described = described_tpm(_acpi_tables(context), table)
        if state == "absent" and described:
            state = "disabled"
        version = version or described
    return dataclasses.replace(
        info,
        firmware_mode=mode,
        firmware_has_uefi=True if mode == "uefi" else table.bios.has_uefi,
        secure_boot=secure if mode != "bios" else None,
        tpm_state=state,
        tpm_version=version,
    )


def registry_mode(value: RegistryValue) -> str:
    return {1: "bios", 2: "uefi"}.get(value, "") if isinstance(value, int) else ""


def as_switch(value: RegistryValue) -> Optional[bool]:
    return value == 1 if isinstance(value, int) and value in (0, 1) else None


def judge_tbs(answer: Optional[Tuple[int, int]]) -> Tuple[str, str]:
    """(state, version) from what the TPM Base Services said; a service that is off or broken says nothing."""
    if answer is None:
        return "", ""
    code, number = answer
    state = {_TBS_OK: "ready", _TBS_NOT_FOUND: "absent", _TBS_DEACTIVATED: "disabled"}.get(code, "")
    return state, {1: "1.2", 2: "2.0"}.get(number, "") if state == "ready" else ""


def described_tpm(acpi: List[str], table: SmbiosTable) -> str:
    """The version of a TPM that the firmware's tables describe; "" when they describe none."""
    for name, version in _ACPI_TPM:
        if name in acpi:
            return version
    return table.tpm.version if table.tpm else ""


def _acpi_tables(context: ProbeContext) -> List[str]:
    try:
        return context.host.acpi_tables()
    except PermissionError:
        context.log("the ACPI tables are for the administrator only")
        return []


def _linux_mode(host: Host, info: HardwareInfo) -> str:
    if host.exists(_EFI):
        return "uefi"
    # A PC with DMI tables and no EFI was started by its BIOS; a board or a bare virtual machine by neither.
    return "bios" if info.dmi_available and _X86.match(host.kernel()[2]) else ""


def _linux_secure_boot(context: ProbeContext) -> Optional[bool]:
    """An EFI variable: four bytes of attributes, then 0 or 1."""
    try:
        raw = context.host.read_bytes(_SECURE_BOOT_FILE, 16)
    except PermissionError:
        context.log("the EFI variables are for the administrator only")
        return None
    return raw[4] == 1 if raw and len(raw) == 5 and raw[4] in (0, 1) else None


def _linux_tpm(host: Host) -> Tuple[str, str]:
    """A driver that has found a TPM makes tpm0. Version 2.0 is at work whenever it is there; version 1.2 tells
    apart whether it is switched on."""
    names = [name for name in host.listdir(_TPM) if re.match(r"tpm\d+\Z", name)]
    if not names:
        return ("absent", "") if host.exists(_TPM) else ("", "")
    folder = "{}/{}".format(_TPM, names[0])
    version = {"1": "1.2", "2": "2.0"}.get(_read(host, folder, "tpm_version_major"), "")
    if not version and re.search(r"TCG version: 1\.2", _read(host, folder, "caps")):
        version = "1.2"
    if not version and "2.0" in _read(host, folder, "description"):
        version = "2.0"
    off = "0" in (_read(host, folder, "enabled"), _read(host, folder, "active"))
    return "disabled" if off else "ready", version


def _read(host: Host, folder: str, name: str) -> str:
    """An attribute of the TPM, which older kernels keep one folder further down."""
    for path in ("{}/{}".format(folder, name), "{}/device/{}".format(folder, name)):
        try:
            text = (host.read_text(path, 4096) or "").strip()
        except PermissionError:
            continue
        if text:
            return text
    return ""
