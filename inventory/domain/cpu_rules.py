"""All processor tables together, in the order in which they are asked."""

from __future__ import annotations

from inventory.domain.cpu_amd import AMD_ATHLON, AMD_PHENOM, AMD_SEMPRON, AMD_TURION
from inventory.domain.cpu_amd_apu import AMD_A, AMD_ATHLON_FM, AMD_FX, AMD_SMALL
from inventory.domain.cpu_amd_server import AMD_EPYC, AMD_OPTERON, HYGON
from inventory.domain.cpu_amd_zen import AMD_ATHLON_ZEN, AMD_RYZEN, AMD_THREADRIPPER
from inventory.domain.cpu_arm import BOARDS, CHIPS, PHONES
from inventory.domain.cpu_intel import INTEL_CORE
from inventory.domain.cpu_intel_atom import INTEL_ATOM
from inventory.domain.cpu_intel_server import INTEL_XEON
from inventory.domain.cpu_intel_value import INTEL_CELERON, INTEL_PENTIUM
from inventory.domain.cpu_others import APPLE, OLD_X86, SERVERS, VIA, WINDOWS_ARM, ZHAOXIN
from inventory.domain.cpu_rows import BrandRule

__all__ = ["BRANDS", "BrandRule"]

BRANDS: dict[str, tuple[BrandRule, ...]] = {
    "intel_core": INTEL_CORE,
    "intel_pentium": INTEL_PENTIUM,
    "intel_celeron": INTEL_CELERON,
    "intel_xeon": INTEL_XEON,
    "intel_atom": INTEL_ATOM,
    "amd_threadripper": AMD_THREADRIPPER,
    "amd_ryzen": AMD_RYZEN,
    "amd_epyc": AMD_EPYC,
    "amd_opteron": AMD_OPTERON,
    "hygon": HYGON,
    "amd_fx": AMD_FX,
    "amd_a": AMD_A,
    "amd_small": AMD_SMALL,
    "amd_athlon": AMD_ATHLON_ZEN + AMD_ATHLON_FM + AMD_ATHLON,
    "amd_phenom": AMD_PHENOM,
    "amd_sempron": AMD_SEMPRON,
    "amd_turion": AMD_TURION,
    "via": VIA,
    "zhaoxin": ZHAOXIN,
    "old_x86": OLD_X86,
    "apple": APPLE,
    "windows_arm": WINDOWS_ARM,
    "server_arm": SERVERS,
    "board": BOARDS,
    "chip": CHIPS,
    "phone": PHONES,
}
