"""Truth and answer -> one figure per aim of the issue, and figures without an aim. README.md defines each in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.replay.case import Case, Figure
from tests.replay.score_faults import causes, edges
from tests.replay.score_minutes import blindness, cover, false_alerts, missing, recovered, unobserved_up
from tests.replay.score_more import area_events, grouping, invented, recall

RULES: tuple[Callable[[Case], list[Figure]], ...] = (
    cover, false_alerts, recovered, missing, edges, causes, blindness, unobserved_up,
    recall, area_events, grouping, invented,
)  # fmt: skip


def judge(truth: Mapping[str, Any], document: Mapping[str, Any]) -> list[Figure]:
    """All figures, aims first."""
    case = Case(truth, document)
    found: list[Figure] = []
    for rule in RULES:
        found.extend(rule(case))
    return sorted(found, key=lambda figure: figure.passed is None)


def as_text(figures: list[Figure], verbose: bool, most: int = 40) -> str:
    """A table for people, worst misses below each figure with `verbose`."""
    marks = {True: "pass", False: "FAIL", None: ""}
    found: list[str] = []
    for figure in figures:
        found.append(f"{marks[figure.passed]:5}{figure.name:48} {figure.value:34} {figure.aim}".rstrip())
        if verbose and figure.misses:
            found += [f"    - {text}" for text in figure.misses[:most]]
            if len(figure.misses) > most:
                found.append(f"    ... {len(figure.misses) - most} more")
    return "\n".join(found)


def as_json(figures: list[Figure]) -> list[dict[str, Any]]:
    """The same for machines."""
    return [vars(figure) for figure in figures]
