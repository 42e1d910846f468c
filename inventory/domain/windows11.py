"""Could this PC run Windows 11? What the hardware cannot is kept apart from what is only switched off in firmware.

The maker's published minimum: a processor of its list (64-bit), 4 GB of memory, 64 GB of disk, UEFI with Secure Boot,
TPM 2.0. The list is told by CPUID family and model, else by the processor's name; in between the verdict is open.
Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from inventory.domain.cpu_years import launch_year, normalise
from inventory.domain.machine import MachineFacts

Verdict = Literal["capable", "switched_off", "cannot", ""]

GIB = 2**30
MEMORY_MIN_GIB = 4.0
DISK_MIN_GB = 64
_FIRMWARE_SHARE = 0.9  # firmware and built-in graphics keep some of the memory from the system

# CPUID of Intel family 6: model -> steppings (None: all). From Kaby Lake Refresh, Coffee Lake and Gemini Lake on,
# servers from Skylake-SP on; Kaby Lake and Apollo Lake are not on the list.
_INTEL: dict[int, frozenset[int] | None] = {
    **dict.fromkeys((85, 102, 106, 108, 122, 125, 126, 134, 138, 140, 141, 143, 150, 151, 154, 156, 165, 166, 167)),
    **dict.fromkeys((170, 172, 173, 174, 175, 181, 183, 186, 189, 190, 191, 197, 198, 204, 207)),
    142: frozenset({10, 11, 12}),
    158: frozenset({10, 11, 12, 13}),
}
# AMD family 17h: Zen+ and Zen 2. Zen itself (models 1 and 17) is not on the list.
_AMD_23 = frozenset({8, 24, 32, 49, 71, 96, 104, 113, 144, 152, 160})
_ON_THE_LIST = re.compile(
    r"core i[3579]-?([89]|1[0-4])\d{3}|core i[3579]-?1[0-4]\d{2}(g|u|p|h|n)|core ultra|core [3579] [123]\d\d|celeron (g49|g59|g69|n4|n5|n6|j4|j6)"
    r"|pentium (gold|silver)|intel n\d{2,3}\b|i3-n3|xeon (gold|silver|platinum|bronze|w-[1-3])"
    r"|ryzen ai|ryzen \w+ (pro )?[3-9]\d{3}|ryzen [357] (pro )?2[3567]00x?e?\b|athlon (gold|silver)|epyc 7\d\d[23]|epyc [489]\d\d[45]"
)
_BEFORE_THE_LIST = 2017  # launched in or before: none of those is on it
_SURELY_ON_THE_LIST = 2021

Reason = dict[str, Any]
"""{"code", "value", "limit"}: cpu | ram | disk | tpm | firmware | cores; off = True where firmware can switch it on."""


@dataclass(frozen=True, slots=True)
class Windows11:
    """`verdict` "" when something that matters is not known; `reasons` are what stands in the way."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    unknown: tuple[str, ...] = ()


def windows11(facts: MachineFacts) -> Windows11:
    """Whether the hardware fulfils the published minimum of Windows 11. Virtual machines and servers are not judged."""
    if facts.is_virtual or facts.kind in ("virtual", "server"):
        return Windows11("")
    listed = on_the_list(facts)
    checks: dict[str, Reason | bool | None] = {
        "cpu": None if listed is None else listed or _reason("cpu", facts.cpu_brand, ""),
        "ram": _ram(facts),
        "disk": _disk(facts),
        "tpm": _tpm(facts, listed),
        "firmware": _firmware(facts),
    }
    reasons = tuple(check for check in checks.values() if isinstance(check, dict))
    unknown = tuple(name for name, check in checks.items() if check is None)
    if any("off" not in reason for reason in reasons):
        return Windows11("cannot", reasons, unknown)
    if unknown:
        return Windows11("", reasons, unknown)
    return Windows11("switched_off" if reasons else "capable", reasons)


def on_the_list(facts: MachineFacts) -> bool | None:
    """Whether the processor is of a generation on the maker's list; None when nobody can tell."""
    if facts.cpu_64bit is False:
        return False
    family, model, stepping = facts.cpu_family, facts.cpu_model, facts.cpu_stepping
    if family is not None and model is not None:
        known = _by_cpuid(facts.cpu_vendor, family, model, stepping)
        if known is not None:
            return known
    if not facts.cpu_brand:
        return None
    found = launch_year(facts.cpu_brand, facts.cpu_vendor, family, model, stepping)
    if found.latest is not None and found.latest < _BEFORE_THE_LIST:
        return False
    if _ON_THE_LIST.search(normalise(facts.cpu_brand)):
        return True
    if found.earliest is not None and found.earliest >= _SURELY_ON_THE_LIST and _is_x86(facts.cpu_brand):
        return True
    return None


def _by_cpuid(vendor: str, family: int, model: int, stepping: int | None) -> bool | None:
    if vendor == "GenuineIntel":
        if family != 6:
            return False if family < 6 or family == 15 else None
        if model in _INTEL:
            steppings = _INTEL[model]
            return True if steppings is None else None if stepping is None else stepping in steppings
        return False if model <= 158 else None
    if vendor == "AuthenticAMD":
        if family == 23:
            return model in _AMD_23
        return False if family < 23 else True if family in (25, 26) else None
    return None


def _is_x86(brand: str) -> bool:
    return bool(re.search(r"intel|amd|ryzen|core|celeron|pentium", brand, re.IGNORECASE))


def _reason(code: str, value: Any, limit: Any, off: bool = False) -> Reason:
    reason: Reason = {"code": code, "value": value, "limit": limit}
    return reason | {"off": True} if off else reason


def _ram(facts: MachineFacts) -> Reason | bool | None:
    size = facts.ram_installed_bytes or facts.ram_bytes
    if size is None:
        return None
    limit = MEMORY_MIN_GIB if facts.ram_installed_bytes else MEMORY_MIN_GIB * _FIRMWARE_SHARE
    return True if size / GIB >= limit else _reason("ram", round(size / GIB, 1), MEMORY_MIN_GIB)


def _disk(facts: MachineFacts) -> Reason | bool | None:
    disk = facts.system_disk
    if disk is None or disk.size_bytes is None:
        return None
    size = disk.size_bytes / 10**9
    return True if size >= DISK_MIN_GB * 0.97 else _reason("disk", round(size), DISK_MIN_GB)


def _tpm(facts: MachineFacts, listed: bool | None) -> Reason | bool | None:
    """A processor of the list has a TPM 2.0 of its own: where none is seen, or an old one, it is switched off."""
    if facts.tpm_version.startswith("2") and facts.tpm_state == "ready":
        return True
    said = facts.tpm_version or facts.tpm_state
    if not said:
        return None
    if facts.tpm_version.startswith("2") or listed:
        return _reason("tpm", said, "2.0", off=True)
    return _reason("tpm", said, "2.0") if listed is False else None


def _firmware(facts: MachineFacts) -> Reason | bool | None:
    if facts.firmware_mode == "uefi" or facts.secure_boot is not None:
        return True
    if facts.firmware_mode != "bios":
        return None
    if facts.firmware_has_uefi:
        return _reason("firmware", "bios", "uefi", off=True)
    return None if facts.firmware_has_uefi is None else _reason("firmware", "bios", "uefi")
