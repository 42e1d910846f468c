"""Figures about single faults: their edges and their causes. README.md beside this file defines each in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tests.replay.answer import FAULT_STATES
from tests.replay.case import LOST_S, MIN_S, Case, Figure
from tests.replay.spans import Span, covers, meet, total, touches, union, without


def edges(case: Case) -> list[Figure]:
    """How far starts and ends of outages are from the truth, where somebody was there to see."""
    errors: dict[tuple[str, str], list[float]] = {}
    misses: list[tuple[float, str]] = []
    for name, site in case.sites.items():
        flapping = [(f["from"], f["to"]) for f in site["faults"] if f["flapping"]]
        runs = union(case.lost[name], 1.0)
        for span in union(((f["from"], f["to"]) for f in site["faults"]), 120.0):
            if touches(flapping, *span):
                continue
            for side, at in enumerate(span):
                own = [f for f in site["faults"] if abs(f[("from", "to")[side]] - at) < 1]
                power = all(f["kind"] == "power" for f in own)
                if not _seen(case, site["observed"], at, side, power) or not any(map(knowable, own)):
                    continue
                error = min((abs(run[side] - at) for run in runs), default=LOST_S)
                errors.setdefault((("start", "end")[side], "power" if power else "cut"), []).append(min(error, LOST_S))
                if error > 180:
                    text = f"{('start', 'end')[side]} off by {min(error, LOST_S):.0f} s"
                    misses.append((-error, case.miss(name, (at, at), text)))
    worst = [text for _, text in sorted(misses)]
    found: list[Figure] = []
    for side in ("start", "end"):
        both = [error for (at, _), values in errors.items() if at == side for error in values]
        found.append(Figure(f"outage {side} p90", _p90(both), "<= 180 s", _rank(both) <= 180, worst))
        for kind in ("cut", "power"):
            found.append(Figure(f"... {side} p90 of {kind}", _p90(errors.get((side, kind), []))))
        found.append(Figure(f"... {side} p90 where found", _p90([error for error in both if error < LOST_S])))
    return found


def _seen(case: Case, observed: list[Span], at: float, side: int, power: bool) -> bool:
    """Whether a PC was awake across a start (side 0) or an end, outside blind time, and could tell."""
    before, after = (60.0, 0.0 if power else 150.0) if side == 0 else (150.0, 60.0)
    if at - before < case.start + 1800 or at + after > case.end - 7200:
        return False
    return covers(observed, at - before, at + after) and not touches(case.blind, at - 300, at + 300)


def _rank(errors: list[float]) -> float:
    return sorted(errors)[math.ceil(0.9 * len(errors)) - 1] if errors else 0.0


def _p90(errors: list[float]) -> str:
    worse = sum(error > 180 for error in errors)
    return f"{_rank(errors):.0f} s ({worse} of {len(errors)} over 180 s)"


def causes(case: Case) -> list[Figure]:
    """The cause with most minutes in the timeline, for faults that somebody witnessed; a flapping line is one."""
    counts: dict[str, list[int]] = {}
    misses: list[str] = []
    for name, site in case.sites.items():
        for fault in _whole(site["faults"], case.blind):
            if not _witnessed(fault):
                continue
            accepted, said = {fault["kind"]}, _said(case, name, fault, fault["alone"])
            if not said:
                over = fault["over"]
                accepted |= {f["kind"] for f in site["faults"] if touches(over, f["from"], f["to"])}
                said = _said(case, name, fault, over)
            row = counts.setdefault(fault["kind"], [0, 0])
            row[1] += 1
            row[0] += said in accepted
            if said not in accepted:
                text = f"cause {said} instead of {fault['kind']} ({total(fault['witnessed']) / 60:.0f} min witnessed)"
                misses.append(case.miss(name, (fault["over"][0][0], fault["over"][-1][1]), text))
    right, every = (sum(row[at] for row in counts.values()) for at in (0, 1))
    share = right / every if every else 1.0
    text = f"{share:.1%} ({right} of {every})"
    found = [Figure("right cause of witnessed faults", text, ">= 95 %", share >= 0.95, misses)]
    return found + [Figure(f"... {kind}", f"{row[0]} of {row[1]}") for kind, row in sorted(counts.items())]


def _whole(faults: list[dict[str, Any]], blind: list[Span]) -> list[dict[str, Any]]:
    """Faults with `over` (their intervals; all cuts of a flapping line) and `alone` (without other kinds)."""
    found: dict[str, dict[str, Any]] = {}
    for at, fault in enumerate(faults):
        row = found.setdefault(fault["flapping"] or str(at), {**fault, "over": [], "witnessed": [], "clear": []})
        row["over"] = [*row["over"], (fault["from"], fault["to"])]
        row["witnessed"] = union([*row["witnessed"], *fault["witnessed"]])
        row["clear"] = union([*row["clear"], *fault["clear"]])
    for row in found.values():
        others = union((f["from"], f["to"]) for f in faults if f["kind"] != row["kind"])
        row["over"] = without(union(row["over"]), blind)
        row["alone"] = without(row["over"], others)
    return [row for row in found.values() if total(row["over"]) >= MIN_S]


def _said(case: Case, name: str, fault: Mapping[str, Any], spans: list[Span]) -> str | None:
    """The cause with most minutes of fault states within `spans`."""
    weights: dict[str | None, float] = {}
    for part in case.answer.sites.get(name, ()):
        if part.state in FAULT_STATES and part.end > fault["over"][0][0] and part.start < fault["over"][-1][1]:
            weights[part.cause] = weights.get(part.cause, 0.0) + total(meet(spans, [(part.start, part.end)]))
    return max(weights, key=lambda cause: weights[cause]) if any(weights.values()) else None


def knowable(fault: Mapping[str, Any]) -> bool:
    """Whether any evidence of the fault can ever have reached the collector."""
    if fault["kind"] == "power":
        return _witnessed(fault)
    return total(fault["witnessed"]) > 0


def _witnessed(fault: Mapping[str, Any]) -> bool:
    if fault["kind"] == "power":
        seen = total(fault["witnessed"]) >= 5 * MIN_S
        return fault["deaths"] >= 2 or bool(fault["deaths"] and (seen or fault["event"]))
    return total(fault["clear"]) >= 2 * MIN_S
