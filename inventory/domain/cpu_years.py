"""When did this processor come out? By its name, else by its CPUID numbers, else honestly unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from inventory.domain.cpu_models import MODELS
from inventory.domain.cpu_rules import BRANDS

Confidence = Literal["high", "medium", "low", ""]

_NOISE = (
    (r"\((r|tm|c)\)(?=-)", ""),  # "FX(tm)-8350"
    (r"\((r|tm|c)\)|[®™©]", " "),
    (r"@.*", " "),  # the clock, and what stands behind it
    (r"\bw(ith|/) radeon.*|\bradeon.*|\bvega\b.*", " "),  # built-in graphics
    (r",? ?\d+ compute cores.*", " "),
    (r"\b(\d+th|\d+nd|\d+rd|\d+st) gen(eration)?\b", " "),
    (r"\bintel64 family.*|\bamd64 family.*", " "),  # Windows' own description is no name
    (r"\b(cpu|processor|apu|soc|mobile technology|mobile|technology)\b", " "),
    (r"\b(single|dual|triple|quad|two|four|six|eight|twelve|sixteen|\d+)[- ]core\b", " "),
    (r"\bengineering sample\b", " "),
)
_VIRTUAL = re.compile(r"\b(qemu|kvm|virtual|bochs|tcg|common)\b")


@dataclass(frozen=True, slots=True)
class CpuYear:
    """`year` is the likely launch year, [earliest, latest] the span of the rule; None when unknown."""

    name: str  # normalised name, or that of the CPUID rule
    year: int | None = None
    earliest: int | None = None
    latest: int | None = None
    method: Literal["name", "cpuid", ""] = ""
    confidence: Confidence = ""
    family: str = ""  # which table: intel_core, amd_ryzen ...

    @property
    def known(self) -> bool:
        return self.year is not None


def normalise(brand: str) -> str:
    """A brand string as the rules read it: "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz" -> "intel core i3-4130"."""
    name = " ".join(brand.lower().split())
    for pattern, instead in _NOISE:
        name = re.sub(pattern, instead, name)
    return " ".join(name.split()).strip(" ,;-")


@lru_cache(maxsize=4096)
def launch_year(
    brand: str,
    vendor: str = "",
    family: int | None = None,
    model: int | None = None,
    stepping: int | None = None,
) -> CpuYear:
    """Launch year of a processor. `vendor` as CPUID says it (GenuineIntel, AuthenticAMD); never an error."""
    name = normalise(brand)
    found = None if _VIRTUAL.search(name) else _by_name(name)
    return found or _by_numbers(name, vendor or _vendor_of(name), family, model, stepping) or CpuYear(name)


def _by_name(name: str) -> CpuYear | None:
    for table, rules in _compiled():
        for pattern, first, last in rules:
            if pattern.search(name):
                # Within a span the first model is the commonest guess; the span itself stays in the evidence.
                return CpuYear(name, first, first, last, "name", _trust(last - first), table)
    return None


def _by_numbers(
    name: str, vendor: str, family: int | None, model: int | None, stepping: int | None
) -> CpuYear | None:
    if family is None or model is None:
        return None
    fitting = [
        rule
        for rule in MODELS.get(vendor, ())
        if rule.family == family
        and (not rule.models or model in rule.models)
        and (not rule.steppings or stepping is None or stepping in rule.steppings)
    ]
    if not fitting:
        return None
    first, last = min(rule.first for rule in fitting), max(rule.last for rule in fitting)
    title = fitting[0].name if len(fitting) == 1 else name
    return CpuYear(title, first, first, last, "cpuid", "medium" if last - first <= 1 else "low", "cpuid")


def _trust(width: int) -> Confidence:
    if width <= 1:
        return "high"
    return "medium" if width == 2 else "low"


def _vendor_of(name: str) -> str:
    if name.startswith("intel"):
        return "GenuineIntel"
    return "AuthenticAMD" if name.startswith("amd") else ""


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[str, tuple[tuple[re.Pattern[str], int, int], ...]], ...]:
    return tuple(
        (table, tuple((re.compile(rf"\b(?:{rule.pattern})"), rule.first, rule.last) for rule in rules))
        for table, rules in BRANDS.items()
    )
