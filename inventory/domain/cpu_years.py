"""When did this processor come out? By its name, else by its CPUID numbers, else honestly unknown.

A name decides; where it leaves a span ("Pentium 4") that shares years with that of the CPUID numbers, these remain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from inventory.domain.cpu_models import MODELS
from inventory.domain.cpu_names import clock, normalise
from inventory.domain.cpu_rows import BrandRule, ModelRule
from inventory.domain.cpu_rules import BRANDS

__all__ = ["CpuYear", "launch_year", "normalise"]

Confidence = Literal["high", "medium", "low", ""]

_VIRTUAL = re.compile(r"\b(qemu|kvm|virtual|bochs|tcg|common)\b|\b[a-z]?\d+xx+\b")  # "P9xxx": a class, not a model
_NARROW = 1  # years between the first and the last model of a row, up to which its answer is as good as exact


@dataclass(frozen=True, slots=True)
class CpuYear:
    """`year` is the likely launch year, [earliest, latest] the span of the rule; None when unknown.

    `method` is "name" also where CPUID numbers have narrowed the span of the name.
    """

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


class _Row(NamedTuple):
    table: str
    clocked: bool  # the pattern reads the clock too: "pentium 4 @2800"
    rule: BrandRule


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
    named = None if _VIRTUAL.search(name) else _by_name(name, f"{name} {clock(brand)}")
    numbered = _by_numbers(name, vendor or _vendor_of(name), family, model, stepping)
    if named is not None and numbered is not None:
        return _narrowed(named, numbered)
    return named or numbered or CpuYear(name)


def _by_name(name: str, clocked: str) -> CpuYear | None:
    rows, places = _rows()
    for place in sorted({place for literal, some in places if literal in clocked for place in some}):
        row = rows[place]
        rule = row.rule
        if _pattern(rule.pattern).search(clocked if row.clocked else name):
            # Within a span the first model is the commonest guess; the span itself stays in the evidence.
            year = rule.first if rule.likely is None else rule.likely
            return CpuYear(name, year, rule.first, rule.last, "name", _trust(rule.last - rule.first), row.table)
    return None


def _by_numbers(name: str, vendor: str, family: int | None, model: int | None, stepping: int | None) -> CpuYear | None:
    if family is None or model is None:
        return None
    table = MODELS.get(vendor, ())
    # A stepping that no row knows leaves the span of the model
    fitting = [rule for rule in table if _fits(rule, family, model, stepping)] or [
        rule for rule in table if _fits(rule, family, model, None)
    ]
    if not fitting:
        return None
    first, last = min(rule.first for rule in fitting), max(rule.last for rule in fitting)
    title = fitting[0].name if len(fitting) == 1 else name
    return CpuYear(title, first, first, last, "cpuid", "medium" if last - first <= _NARROW else "low", "cpuid")


def _fits(rule: ModelRule, family: int, model: int, stepping: int | None) -> bool:
    return (
        rule.family == family
        and (not rule.models or model in rule.models)
        and (not rule.steppings or stepping is None or stepping in rule.steppings)
    )


def _narrowed(named: CpuYear, numbered: CpuYear) -> CpuYear:
    """The years that the name and the numbers have in common; those of the name alone where there are none."""
    if named.year is None or named.earliest is None or named.latest is None:
        return named
    if numbered.earliest is None or numbered.latest is None:
        return named
    first, last = max(named.earliest, numbered.earliest), min(named.latest, numbered.latest)
    if first > last or (first, last) == (named.earliest, named.latest):
        return named
    year = min(max(named.year, first), last)
    return replace(named, year=year, earliest=first, latest=last, confidence=_trust(last - first))


def _trust(width: int) -> Confidence:
    if width <= _NARROW:
        return "high"
    return "medium" if width == _NARROW + 1 else "low"


def _vendor_of(name: str) -> str:
    if "intel" in name:
        return "GenuineIntel"
    return "AuthenticAMD" if "amd" in name else ""


def _literals(pattern: str) -> tuple[str, ...]:
    """For each alternative of a pattern the longest plain text that whatever it matches must contain ("" if none)."""
    found: list[str] = []
    best = run = ""
    depth = 0
    signs = iter(pattern + "|")
    for sign in signs:
        if depth == 0 and (sign.isalnum() or sign in " -@"):
            run += sign
            continue
        run = run[:-1] if depth == 0 and sign in "?*{" else run
        best = max(best, run, key=len)
        run = ""
        if sign == "\\":
            next(signs)
        elif sign == "|" and depth == 0:
            found.append(best)
            best = ""
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(sign, 0)
    return tuple(found)


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[_Row, ...], tuple[tuple[str, tuple[int, ...]], ...]]:
    """Every row in order, and (text, places of the rows that need it): most rows are never searched for a name."""
    rows: list[_Row] = []
    places: dict[str, list[int]] = {}
    for table, rules in BRANDS.items():
        for rule in rules:
            for literal in _literals(rule.pattern):
                places.setdefault(literal, []).append(len(rows))
            rows.append(_Row(table, "@" in rule.pattern, rule))
    return tuple(rows), tuple((literal, tuple(some)) for literal, some in places.items())


@cache
def _pattern(rule: str) -> re.Pattern[str]:
    """Compiled when first needed: all at once would cost the first answer half a second."""
    return re.compile(rf"\b(?:{rule})(?!\d)")
