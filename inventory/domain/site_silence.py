"""One silence of a site, from the last sign of life to the next one: what was expected, what was a fault, and why. Pure.

1. Where no agent was there, or the collector did not exist, nothing is said (NOT_OBSERVED, NEVER_REPORTED).
2. The collector's downtime is cut out (COLLECTOR_BLIND), with the time that agents need to come back after it.
3. Outside opening hours silence is expected. After opening, people get the grace to switch on.
4. How the silence began tells the rest (site_beginning.py).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from inventory.domain.contact import Interval, clip, gaps
from inventory.domain.site_beginning import (
    ALONE,
    CLOSED,
    GROUP_POWER,
    UNCLEAN_AT_CLOSING,
    UNCLEAN_TOGETHER,
    Beginning,
    Verdict,
    how_it_began,
)
from inventory.domain.site_evidence import Evidence
from inventory.domain.site_facts import FAULTS, Stretch

RETURN = timedelta(seconds=960)
"""Agents back off up to 900 s while the collector is away, then report within a minute."""

CLOSED_UNCLEAN: Verdict = ("OFF_EXPECTED", "schedule", "closed_unclean")
_OPENING: Verdict = ("OFF_EXPECTED", "schedule", "opening")
_BLIND: Verdict = ("COLLECTOR_BLIND", "collector", "collector_down")
_RETURNING: Verdict = ("COLLECTOR_BLIND", "collector", "collector_return")
_HEARD: Verdict = ("UP", "unknown", "bridged")
_STARTING: Verdict = ("OFF_UNUSUAL", "unknown", "starting")
_NEVER: Verdict = ("NEVER_REPORTED", "unknown", "never_reported")
_NO_AGENT: Verdict = ("NOT_OBSERVED", "unknown", "no_agent")
_NO_COLLECTOR: Verdict = ("NOT_OBSERVED", "unknown", "no_collector")


def judge_silence(
    evidence: Evidence, from_at: datetime, to_at: datetime, beginning: Beginning | None = None
) -> list[Stretch]:
    """Stretches that cover a silence [from_at, to_at) exactly, in order. `beginning`: known already to the caller."""
    if from_at >= to_at:
        return []
    found: list[Stretch] = []
    watched_from = max(from_at, min(evidence.existed_from, to_at))
    for start, end in gaps(evidence.watched, from_at, to_at):
        add(found, start, end, _NO_AGENT)
    for start, end in clip(evidence.watched, from_at, watched_from):
        add(found, start, end, _NO_COLLECTOR)
    first = evidence.first
    for start, end in clip(evidence.watched, watched_from, to_at):
        reported_from = end if first is None else min(max(first, start), end)
        for a, b in gaps(evidence.blind, start, reported_from):
            add(found, a, b, _NEVER)
        for a, b in clip(evidence.blind, start, reported_from):
            add(found, a, b, _BLIND)
        if reported_from < end:
            begun = beginning or how_it_began(evidence, from_at, to_at)
            found += _watched_silence(evidence, from_at, reported_from, end, begun)
    return sorted(found, key=lambda stretch: stretch.from_at)


def cut_blind(evidence: Evidence, stretch: Stretch) -> list[Stretch]:
    """The stretch without the collector's downtime, and the time before there was one: nobody's fault."""
    found: list[Stretch] = []
    begin = min(max(stretch.from_at, evidence.existed_from), stretch.to_at)
    add(found, stretch.from_at, begin, _NO_COLLECTOR)
    for start, end in clip(evidence.blind, begin, stretch.to_at):
        add(found, start, end, _BLIND)
    for start, end in gaps(evidence.blind, begin, stretch.to_at):
        found.append(Stretch(start, end, stretch.state, stretch.cause, stretch.why, stretch.observed))
    return sorted(found, key=lambda part: part.from_at)


def _watched_silence(
    evidence: Evidence, gap_from: datetime, from_at: datetime, to_at: datetime, begun: Beginning
) -> list[Stretch]:
    """The part [from_at, to_at) of a silence since gap_from in which somebody could have reported."""
    found: list[Stretch] = []
    blind = clip(evidence.blind, from_at, to_at)
    for start, end in blind:
        add(found, start, end, _BLIND)
    fault = False
    for start, end in gaps(blind, from_at, to_at):
        begin = start
        if start > from_at:  # the collector has just come back
            lead = timedelta(0) if fault else _return_time(evidence, blind, start)
            begin = min(start + lead, end)
            add(found, start, begin, _RETURNING)
        elif start == gap_from and end < to_at and (end - start <= evidence.cadence * 1.5 or begun.at > end):
            add(found, start, end, _HEARD)  # too short to tell before the collector went away
            continue
        elif start == gap_from and end < to_at and end - start <= evidence.grace:
            add(found, start, end, ALONE if begun.verdict[0] in FAULTS else begun.verdict)
            continue
        pieces, fault = _visible(evidence, begin, end, gap_from, begun, fault)
        found += pieces
    return found


def _visible(
    evidence: Evidence, from_at: datetime, to_at: datetime, gap_from: datetime, begun: Beginning, fault: bool
) -> tuple[list[Stretch], bool]:
    """Silence while the collector listened: opening hours decide, then the way it began."""
    found: list[Stretch] = []
    suspicious = begun.verdict[0] in FAULTS
    opening = clip(evidence.opening, from_at, to_at)
    for start, end in gaps(opening, from_at, to_at):
        _closed(evidence, found, start, end, gap_from, begun)
    for start, end in opening:
        begin = start
        if start == gap_from and suspicious:
            begin = min(begun.at, end)
            add(found, start, begin, _HEARD)
        elif not fault and start != gap_from:
            begin = min(max(start, _opened(evidence, start) + evidence.grace), end)
            add(found, start, begin, _OPENING)
        back = _power_back(evidence, begin, end) if begun.verdict[1] == "power" else end
        add(found, begin, back, begun.verdict)
        add(found, back, end, _STARTING)
        fault = fault or (suspicious and begin < end)
        suspicious = suspicious and back == end
        if not suspicious and begun.verdict[0] in FAULTS:
            begun = Beginning(_STARTING, begun.at)
    return found, fault


def _closed(
    evidence: Evidence, found: list[Stretch], from_at: datetime, to_at: datetime, gap_from: datetime, begun: Beginning
) -> None:
    """Nobody has to be there; but what took many offices at once took this one, too."""
    if from_at == gap_from and begun.verdict in (GROUP_POWER, UNCLEAN_TOGETHER):
        begin = min(begun.at, to_at)
        back = _power_back(evidence, begin, to_at)
        add(found, from_at, begin, _HEARD)
        add(found, begin, back, begun.verdict)
        from_at = back
    elif from_at == gap_from and begun.verdict == UNCLEAN_AT_CLOSING:
        add(found, from_at, to_at, CLOSED_UNCLEAN)
        return
    add(found, from_at, to_at, CLOSED)


def _power_back(evidence: Evidence, from_at: datetime, to_at: datetime) -> datetime:
    """The first boot after the power went."""
    at = bisect_right(evidence.starts, from_at)
    return min(evidence.starts[at], to_at) if at < len(evidence.starts) else to_at


def _return_time(evidence: Evidence, blind: Sequence[Interval], back_at: datetime) -> timedelta:
    """How long agents may need to come back: they back off no longer than the collector was away, and capped."""
    away = next((end - start for start, end in blind if end == back_at), timedelta(0))
    return max(evidence.grace, min(RETURN, evidence.grace + away))


def _opened(evidence: Evidence, moment: datetime) -> datetime:
    """When the opening time around a moment began."""
    at = bisect_right(evidence.opening, moment, key=lambda interval: interval[0]) - 1
    return evidence.opening[at][0] if at >= 0 else moment


def add(found: list[Stretch], from_at: datetime, to_at: datetime, verdict: Verdict) -> None:
    """Notes a stretch, unless it is empty."""
    if from_at < to_at:
        found.append(Stretch(from_at, to_at, *verdict))
