"""Figures of a digest: flat, so that next week's mail can be compared with them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from inventory.domain.digest_facts import FindingFact, SiteFact, VillageCount

Figures = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """`value` of `observed`, out of `whole`; `change` against the earlier mail, None when there is none."""

    code: str  # of KEY_FIGURES
    value: int
    observed: int
    whole: int
    change: int | None


KEY_FIGURES = (
    # code = figure, how many could be judged, how many there are
    ("sites_connected", "sites_observed", "sites"),
    ("machines_reporting", "machines", "machines"),
    ("machines_outdated", "machines_age_known", "machines"),
    ("lan_missing", "lan_known", "sites"),
    ("no_broadband", "broadband_known", "villages"),
    ("no_signal", "mobile_known", "villages"),
)


def count_figures(
    sites: Sequence[SiteFact],
    findings: Iterable[FindingFact],
    villages: Sequence[VillageCount],
    todo: int,
    overdue: int,
) -> Figures:
    """Counts of one scope. `sites` counts those that are to be observed; excluded ones stand apart."""
    observed = [site for site in sites if not site.excluded]
    by_state = [site.observed_as for site in observed]
    open_kinds = [f.kind for f in findings if f.is_open and f.state != "excluded"]
    norms = [site.pc_norm for site in observed]
    return {
        "sites": len(observed),
        "sites_excluded": len(sites) - len(observed),
        "sites_connected": by_state.count("connected"),
        "sites_cut": by_state.count("cut"),
        "sites_unobserved": by_state.count("unobserved"),
        "sites_observed": len(observed) - by_state.count("unobserved"),
        "lan_known": sum(site.lan != "unknown" for site in observed),
        "lan_missing": sum(site.lan == "none" for site in observed),
        "machines": sum(site.machines for site in observed),
        "machines_reporting": sum(site.reporting for site in observed),
        "machines_age_known": sum(site.age_known for site in observed),
        "machines_outdated": sum(site.outdated for site in observed),
        "pc_norm": None if not norms or None in norms else sum(norm or 0 for norm in norms),
        "villages": sum(v.total for v in villages),
        "broadband_known": sum(v.broadband_known for v in villages),
        "mobile_known": sum(v.mobile_known for v in villages),
        "no_broadband": open_kinds.count("village_no_broadband"),
        "no_signal": open_kinds.count("village_no_signal"),
        "todo": todo,
        "overdue": overdue,
    }


def key_figures(figures: Mapping[str, int | None], past: Mapping[str, int | None] | None) -> tuple[KeyFigure, ...]:
    """The figures that a leader reads first; those of which the scope has nothing are left out."""
    found: list[KeyFigure] = []
    for code, observed, whole in KEY_FIGURES:
        value, before = figures[code] or 0, past.get(code) if past else None
        if figures[whole]:
            change = None if before is None else value - before
            found.append(KeyFigure(code, value, figures[observed] or 0, figures[whole] or 0, change))
    return tuple(found)


def sample_share(sites: Sequence[SiteFact], villages: Sequence[VillageCount]) -> Literal["", "some", "all"]:
    """Whether the scope holds invented sample data: none, some, nothing else."""
    samples = sum(site.sample for site in sites) + sum(v.sample for v in villages)
    if not samples:
        return ""
    return "all" if samples == len(sites) + sum(v.total for v in villages) else "some"
