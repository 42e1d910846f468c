"""What makes a PC unfit for its work, apart from its age: limits of the policy that it does not keep. Pure.

Codes: os_support, ram, cores, clock, disk_health, disk_free. What cannot be judged is named in `unknown`. Advice, because
no rule forbids it: disk_rotational, disk_warning, disk_worn, windows11_cannot, windows11_switched_off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from inventory.domain.machine import MachineFacts
from inventory.domain.os_support import support_of
from inventory.domain.policy import Policy
from inventory.domain.windows11 import windows11

GIB = 2**30

# What firmware and built-in graphics take of the memory: up to an eighth surely, up to 30 % with a large share.
_SURELY_ENOUGH, _MAYBE_ENOUGH = 0.875, 0.7

Reason = dict[str, Any]
"""{"code", "value", "limit", "evidence"}; value and limit in the policy's unit, evidence a short text from the PC."""

Result = Reason | Literal["ok", "unknown"]

# Windows tells i5-8250U "@ 1.60GHz" as 1800 MHz, which is no turbo yet: that is a good deal more than the base.
_TURBO = 1.25

_BASE_CLOCK = re.compile(r"@\s*(\d+(?:[.,]\d+)?)\s*([gm])hz", re.IGNORECASE)
# Families whose clock has no turbo above the one they are sold with: there the base clock is also the highest.
_NO_TURBO = re.compile(
    r"core\(tm\)2|core ?2|pentium(?!.*(silver|[jn]\d{4}))|celeron(?!.*[jn]\d{4})|i3-[2-7]\d{3}|atom.* [dn]\d{3}|sempron"
    r"|athlon(?! (gold|silver))|phenom|turion|\be[12]?-\d|\bc-\d\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fitness:
    """`reasons` None: nothing at all could be judged. `unknown` and `advice` are codes."""

    reasons: tuple[Reason, ...] | None
    unknown: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason["code"] for reason in self.reasons or ())


def fitness(facts: MachineFacts, policy: Policy, today: date) -> Fitness:
    """The limits that a machine does not keep on that local day."""
    results: dict[str, Result] = {
        "os_support": _os_support(facts, policy, today),
        "ram": _ram(facts, policy),
        "cores": _cores(facts, policy),
        "clock": _clock(facts, policy),
        "disk_health": _disk_health(facts),
        "disk_free": _disk_free(facts, policy),
    }
    unknown = tuple(code for code, result in results.items() if result == "unknown")
    advice = _advice(facts, policy)
    if len(unknown) == len(results):
        return Fitness(None, unknown, advice)
    return Fitness(tuple(result for result in results.values() if isinstance(result, dict)), unknown, advice)


def _advice(facts: MachineFacts, policy: Policy) -> tuple[str, ...]:
    disk = facts.system_disk
    said = ["disk_rotational"] if disk is not None and disk.rotational else []
    if any(state.health == "warning" for state in facts.disk_states):
        said.append("disk_warning")
    if any((state.wear_percent or 0) > policy.disk_life_max_percent for state in facts.disk_states):
        said.append("disk_worn")
    if facts.os_family == "windows":
        capable = windows11(facts).verdict
        if capable in ("cannot", "switched_off"):
            said.append("windows11_" + capable)
    return tuple(said)


def _disk_health(facts: MachineFacts) -> Result:
    """Any fixed disk that says of itself that it is failing: what is stored on it is at risk."""
    known = [state for state in facts.disk_states if state.health]
    if not known:
        return "unknown"
    failing = [state for state in known if state.health == "failing"]
    if not failing:
        return "ok"
    return {"code": "disk_health", "value": "failing", "limit": "", "evidence": failing[0].model}


def _disk_free(facts: MachineFacts, policy: Policy) -> Result:
    volume = facts.system_volume
    if volume is None or volume.size_bytes is None or volume.free_bytes is None:
        return "unknown"
    share = 100 * volume.free_bytes / volume.size_bytes
    if share >= policy.disk_free_min_percent:
        return "ok"
    limit = policy.disk_free_min_percent
    return {"code": "disk_free", "value": round(share, 1), "limit": limit, "evidence": volume.mount}


def _os_support(facts: MachineFacts, policy: Policy, today: date) -> Result:
    support = support_of(facts, dict(policy.os_support_end))
    if support.ends is None:
        # A product that the tables know without an end (Windows 11) is supported for all that is known.
        return "ok" if support.product == "windows 11" and facts.os_build else "unknown"
    if support.ends >= today:
        return "ok"
    name = facts.os_name or support.product
    said = " ".join(part for part in (facts.os_version, facts.os_release, facts.os_build) if part)
    return {"code": "os_support", "value": name, "limit": support.ends.isoformat(), "evidence": said}


def _ram(facts: MachineFacts, policy: Policy) -> Result:
    limit = policy.ram_min_gib
    if facts.ram_installed_bytes is not None:
        size = facts.ram_installed_bytes / GIB
        return "ok" if size >= limit else _ram_low(size, facts, limit)
    if facts.ram_bytes is None:
        return "unknown"
    size = facts.ram_bytes / GIB
    if size >= limit * _SURELY_ENOUGH:
        return "ok"
    return "unknown" if size >= limit * _MAYBE_ENOUGH else _ram_low(size, facts, limit)


def _ram_low(size: float, facts: MachineFacts, limit: float) -> Reason:
    seen = f"{facts.ram_bytes / GIB:.1f} GiB" if facts.ram_bytes is not None else ""
    return {"code": "ram", "value": round(size, 1), "limit": limit, "evidence": seen}


def _cores(facts: MachineFacts, policy: Policy) -> Result:
    cores = facts.cpu_cores
    if cores is None and facts.cpu_threads is not None and facts.cpu_threads < policy.cores_min:
        cores = facts.cpu_threads  # there are never more cores than threads
    if cores is None:
        return "unknown"
    if cores >= policy.cores_min:
        return "ok"
    return {"code": "cores", "value": cores, "limit": policy.cores_min, "evidence": facts.cpu_brand}


def _clock(facts: MachineFacts, policy: Policy) -> Result:
    """The limit is about the highest clock. Some systems only tell the base clock: then a low figure proves nothing
    for a processor with turbo."""
    base = _base_mhz(facts.cpu_brand)
    told = [mhz for mhz in (facts.cpu_max_mhz, base) if mhz is not None]
    if not told:
        return "unknown"
    highest = max(told)
    if highest >= policy.clock_min_mhz:
        return "ok"
    is_highest = bool(_NO_TURBO.search(facts.cpu_brand)) or (
        facts.cpu_max_mhz is not None and base is not None and facts.cpu_max_mhz > _TURBO * base
    )
    if not is_highest:
        return "unknown"
    return {"code": "clock", "value": round(highest), "limit": policy.clock_min_mhz, "evidence": facts.cpu_brand}


def _base_mhz(brand: str) -> float | None:
    found = _BASE_CLOCK.search(brand)
    if found is None:
        return None
    return float(found[1].replace(",", ".")) * (1000 if found[2].lower() == "g" else 1)
