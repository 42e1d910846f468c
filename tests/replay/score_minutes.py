"""Figures about minutes and alerts. README.md beside this file defines each in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.replay.answer import FAULT_STATES, LINE_STATES
from tests.replay.case import CUTS, MIN_S, Case, Figure
from tests.replay.spans import grown, meet, total, touches, union, without
from tests.replay.world import stamp


def false_alerts(case: Case) -> list[Figure]:
    """Line or power alerts for a site where nothing was wrong from 5 minutes before `since` to its end."""
    shown = [alert for alert in case.answer.alerts if alert.state in FAULT_STATES]
    loose: list[str] = []
    strict: list[str] = []
    only: list[str] = []
    for alert in shown:
        true = case.faults(alert.site)
        if not touches(true, alert.since - 300, alert.raised) and case.lonely(alert.site, alert.since, alert.raised):
            only.append(str(alert))
            continue
        until = max(alert.raised, alert.closed if alert.closed is not None else alert.raised)
        if not touches(true, alert.since - 300, until):
            loose.append(case.miss(alert.site, (alert.since, alert.raised), str(alert)))
        if not touches(true, alert.since - 300, alert.raised):
            strict.append(str(alert))
    share = len(loose) / max(1, len(shown) - len(only))
    text = f"{share:.2%} ({len(loose)} of {len(shown) - len(only)})"
    withdrawn = sum(alert.withdrawn is not None for alert in shown)
    return [
        Figure("false line or power alerts", text, "< 5 %", share < 0.05, loose),
        Figure("... nothing wrong from since to raised", f"{len(strict)} of {len(shown)}", misses=strict),
        Figure("... left out: cable of the only PC awake", str(len(only)), misses=only),
        Figure("... alerts withdrawn later", f"{withdrawn} of {len(shown)}"),
    ]


def recovered(case: Case) -> list[Figure]:
    """Cut minutes inside observed time, outside blind and power time, that the timeline has as LINE_LOST."""
    sums: dict[str, list[float]] = {kind: [0.0, 0.0] for kind in (*CUTS, "witnessed", "open")}
    misses: list[tuple[float, str]] = []
    for name, site in case.sites.items():
        said = case.answer.where(name, LINE_STATES)
        excluded = union([*case.blind, *case.faults(name, "power")])
        for fault in site["faults"]:
            if fault["kind"] not in CUTS:
                continue
            span = (fault["from"], fault["to"])
            due = without(meet(site["observed"], [span]), excluded)
            got = total(meet(due, said))
            if case.open_at_end(fault):
                sums["open"][0] += got
                sums["open"][1] += total(due)
                continue
            sums[fault["kind"]][0] += got
            sums[fault["kind"]][1] += total(due)
            seen = without(meet(fault["witnessed"], [span]), excluded)
            sums["witnessed"][0] += total(meet(seen, said))
            sums["witnessed"][1] += total(seen)
            if total(due) - got > 5 * MIN_S:
                text = f"{(total(due) - got) / 60:.0f} of {total(due) / 60:.0f} min of {fault['kind']} not recovered"
                misses.append((got - total(due), case.miss(name, span, text)))
    found = [_share("line-cut minutes recovered", sums["line"], 0.95, [text for _, text in sorted(misses)])]
    everything = [sum(sums[kind][at] for kind in CUTS) for at in (0, 1)]
    found.append(_share("... line, LAN and captive minutes", everything, 0.95))
    found += [_share(f"... {kind} minutes", sums[kind]) for kind in ("lan", "captive", "witnessed", "open")]
    return found


def _share(name: str, parts: list[float], aim: float | None = None, misses: list[str] | None = None) -> Figure:
    share = parts[0] / parts[1] if parts[1] else 1.0
    text = f"{share:.2%} ({parts[0] / 60:.0f} of {parts[1] / 60:.0f} min)"
    return Figure(name, text, f">= {aim:.0%}" if aim else "", share >= aim if aim else None, misses or [])


def missing(case: Case) -> list[Figure]:
    """Observed cuts of more than 15 minutes of office time of which the timeline has under a fifth."""
    counts = [0, 0]
    misses: list[str] = []
    for name, site in case.sites.items():
        for fault in site["faults"]:
            if fault["kind"] not in CUTS:
                continue
            span = (fault["from"], fault["to"])
            due = without(meet(meet(site["observed"], [span]), site["office"]), case.blind)
            if total(due) <= 15 * MIN_S or _never_told(case, site, fault):
                continue
            counts[1] += 1
            if total(meet(due, case.lost[name])) < 0.2 * total(due):
                counts[0] += 1
                seen = total(fault["witnessed"]) / 60
                text = f"missing: {fault['kind']}, {total(due) / 60:.0f} min due, {seen:.0f} min journaled"
                misses.append(case.miss(name, span, text))
    text = f"{counts[0]} of {counts[1]}"
    return [Figure("observed cuts > 15 min in office hours missing", text, "0", counts[0] == 0, misses)]


def blindness(case: Case) -> list[Figure]:
    """Minutes of line or power state at sites without a fault while the collector was blind."""
    wrong = right = 0.0
    misses: list[str] = []
    for name in case.sites:
        for row in case.truth["blind"]:
            margin = 0.0 if row["recorded"] else min(case.beat, (row["to"] - row["from"]) / 3)
            span = (row["from"] + margin, row["to"] - margin)
            charged = meet(case.lost[name], [span])
            innocent = without(charged, grown(case.faults(name), 180, 180))
            wrong += total(innocent)
            right += total(charged) - total(innocent)
            if total(innocent) > 1:
                kind = "recorded" if row["recorded"] else "unrecorded"
                misses.append(case.miss(name, innocent[0], f"{total(innocent) / 60:.1f} min charged, {kind}"))
    return [
        Figure("minutes charged while blind, nothing wrong", f"{wrong / 60:.1f} min", "0", wrong < 60, misses),
        Figure("... charged while blind, truly at fault", f"{right / 60:.0f} min"),
    ]


def unobserved_up(case: Case) -> list[Figure]:
    """Minutes of UP further than two heartbeats from any PC that was awake."""
    bad = every = 0.0
    misses: list[tuple[float, str]] = []
    for name, site in case.sites.items():
        said = case.answer.where(name, frozenset({"UP"}))
        margin = 2 * case.beat + MIN_S
        extra = without(said, grown(site["observed"], margin, margin))
        bad, every = bad + total(extra), every + total(said)
        misses += [(a - b, case.miss(name, (a, b), "UP, nobody awake")) for a, b in extra]
    text = f"{bad / 60:.1f} of {every / 60:.0f} min"
    return [Figure("UP where nothing was observed", text, "0", bad < 60, [text for _, text in sorted(misses)])]


def cover(case: Case) -> list[Figure]:
    """Timelines of all sites, without holes and overlaps, up to the end; the rest of the contract."""
    bad = list(case.answer.complaints)
    for name, site in case.sites.items():
        rows = case.answer.sites.get(name)
        if not rows:
            bad.append(f"{name}: no timeline")
        elif abs(rows[-1].end - case.end) > 1:
            bad.append(f"{name}: ends at {stamp(rows[-1].end)}")
        elif site["observed"] and rows[0].start > site["observed"][0][0] + 2 * case.beat + 1800:
            bad.append(f"{name}: starts at {stamp(rows[0].start)}, after the first contact")
    return [Figure("contract broken", str(len(bad)), "0", not bad, bad)]


def _never_told(case: Case, site: Mapping[str, Any], fault: Mapping[str, Any]) -> bool:
    """No journal of it ever arrived, and its proof could not come yet or there is but one PC whose silence says nothing."""
    return not fault["witnessed"] and (case.open_at_end(fault) or site["pcs"] == 1)
