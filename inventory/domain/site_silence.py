"""One silence of a site, from its last contact to the next one: which part was expected, which was a fault, and why.

1. Where no agent was there, or the collector did not exist, nothing is said (NOT_OBSERVED, NEVER_REPORTED).
2. The collector's downtime is cut out (COLLECTOR_BLIND), with the time that agents need to come back after it.
3. Outside opening hours silence is expected. After opening, people get the grace to switch on.
4. How the silence began tells the rest: a goodbye (OFF_UNUSUAL), an unclean end of the boot (POWER_CUT_SUSPECTED),
   nothing (LINE_LOST_SUSPECTED).
5. Late reports made during the silence prove that a PC ran and the line did not carry (LINE_LOST_CONFIRMED).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from inventory.domain.contact import Interval, clip, gaps
from inventory.domain.site_facts import Cause, ContactFact, State, Stretch

RETURN = timedelta(seconds=960)
"""Agents back off up to 900 s while the collector is away, then report within a minute."""

_MOMENT = timedelta(seconds=1)

Verdict = tuple[State, Cause, str]

_CLOSED: Verdict = ("OFF_EXPECTED", "schedule", "closed")
_OPENING: Verdict = ("OFF_EXPECTED", "schedule", "opening")
_GOODBYE: Verdict = ("OFF_UNUSUAL", "unknown", "goodbye")
_CLEAN: Verdict = ("OFF_UNUSUAL", "unknown", "clean_shutdown")
_OFF_AT_NIGHT: Verdict = ("OFF_UNUSUAL", "unknown", "off_since_closing")
_VANISHED: Verdict = ("LINE_LOST_SUSPECTED", "unknown", "vanished")
_POWER: Verdict = ("POWER_CUT_SUSPECTED", "power", "unclean_shutdown")
_PROVEN: Verdict = ("LINE_LOST_CONFIRMED", "line", "late_reports")
_BLIND: Verdict = ("COLLECTOR_BLIND", "collector", "collector_down")
_RETURNING: Verdict = ("COLLECTOR_BLIND", "collector", "collector_return")
_HEARD: Verdict = ("UP", "unknown", "heard")
_NEVER: Verdict = ("NEVER_REPORTED", "unknown", "never_reported")
_NO_AGENT: Verdict = ("NOT_OBSERVED", "unknown", "no_agent")
_NO_COLLECTOR: Verdict = ("NOT_OBSERVED", "unknown", "no_collector")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A site's facts, sorted and merged once (site_state._evidence); all interval lists are tidy."""

    origin: datetime
    now: datetime
    grace: timedelta
    first: datetime | None  # earliest contact of any kind
    runs: Sequence[Interval]
    late: Sequence[Interval]
    watched: Sequence[Interval]
    blind: Sequence[Interval]
    existed_from: datetime  # first beat of the collector
    opening: Sequence[Interval]
    by_end: Sequence[ContactFact]  # live ones by to_at
    by_agent: Mapping[str, Sequence[ContactFact]]  # live and late ones by from_at
    shutdowns: Mapping[tuple[str, str], str]  # (agent, boot) -> how the boot before it ended


def judge_silence(evidence: Evidence, from_at: datetime, to_at: datetime) -> list[Stretch]:
    """Stretches that cover a silence [from_at, to_at) exactly, in order."""
    if from_at >= to_at:
        return []
    found: list[Stretch] = []
    watched_from = max(from_at, min(evidence.existed_from, to_at))
    for start, end in gaps(evidence.watched, from_at, to_at):
        _add(found, start, end, _NO_AGENT)
    for start, end in clip(evidence.watched, from_at, watched_from):
        _add(found, start, end, _NO_COLLECTOR)
    first = evidence.first
    for start, end in clip(evidence.watched, watched_from, to_at):
        reported_from = end if first is None else min(max(first, start), end)
        for a, b in gaps(evidence.blind, start, reported_from):
            _add(found, a, b, _NEVER)
        for a, b in clip(evidence.blind, start, reported_from):
            _add(found, a, b, _BLIND)
        found += _watched_silence(evidence, from_at, to_at, reported_from, end)
    return sorted(found, key=lambda stretch: stretch.from_at)


def _watched_silence(
    evidence: Evidence, gap_from: datetime, gap_to: datetime, from_at: datetime, to_at: datetime
) -> list[Stretch]:
    """The part [from_at, to_at) of the silence [gap_from, gap_to) in which somebody could have reported."""
    found: list[Stretch] = []
    base = _base(evidence, gap_from) if clip(evidence.opening, from_at, to_at) else _CLOSED
    proofs = _proofs(evidence, gap_from, gap_to) if evidence.late else []
    blind = clip(evidence.blind, from_at, to_at)
    for start, end in blind:
        _add(found, start, end, _BLIND)
    fault = False
    for start, end in gaps(blind, from_at, to_at):
        begin = start
        if start > from_at:  # the collector has just come back
            lead = timedelta(0) if fault else _return_time(evidence, blind, start)
            begin = min(start + lead, end)
            _add(found, start, begin, _RETURNING)
        elif start == gap_from and end - start <= evidence.grace:
            _add(found, start, end, _HEARD)  # too short to tell before the collector went away
            continue
        pieces, fault = _visible(evidence, begin, end, gap_from, base, proofs, fault)
        found += pieces
    return found


def _visible(
    evidence: Evidence,
    from_at: datetime,
    to_at: datetime,
    gap_from: datetime,
    base: Verdict,
    proofs: Sequence[Interval],
    fault: bool,
) -> tuple[list[Stretch], bool]:
    """Silence while the collector listened: opening hours decide, then the way it began, then late proof."""
    found: list[Stretch] = []
    opening = clip(evidence.opening, from_at, to_at)
    for start, end in gaps(opening, from_at, to_at):
        _overlay(found, start, end, _CLOSED, clip(proofs, start, end))
    for start, end in opening:
        proven = clip(proofs, start, end)
        begin = start
        if not fault and start != gap_from:
            begin = min(max(start, _opened(evidence, start) + evidence.grace), end)
        if proven and base == _VANISHED:
            _overlay(found, start, begin, _OPENING, proven)
            _add(found, begin, end, _PROVEN)
        else:
            known_from = proven[0][0] if proven else end
            _overlay(found, start, min(begin, known_from), _OPENING, ())
            _add(found, min(begin, known_from), known_from, base)
            _add(found, known_from, end, _PROVEN)
        fault = fault or bool(proven) or (base in (_VANISHED, _POWER) and begin < end)
    return found, fault


def _base(evidence: Evidence, gap_from: datetime) -> Verdict:
    """How the silence began, by those who were heard last."""
    last: dict[str, ContactFact] = {}
    earliest = gap_from - evidence.grace
    for at in range(bisect_right(evidence.by_end, gap_from, key=_end) - 1, -1, -1):
        contact = evidence.by_end[at]
        if contact.to_at < earliest:
            break
        last.setdefault(contact.agent_id, contact)
    endings = ["goodbye" if contact.goodbye else _ending(evidence, contact) for contact in last.values()]
    if not endings or "running" in endings:
        return _VANISHED
    if all(ending == "goodbye" for ending in endings):
        return _GOODBYE
    if "" not in endings and not clip(evidence.opening, gap_from - _MOMENT, gap_from + _MOMENT):
        return _OFF_AT_NIGHT
    if "unclean" in endings:
        return _POWER
    return _VANISHED if "" in endings else _CLEAN


def _ending(evidence: Evidence, contact: ContactFact) -> str:
    """What later evidence says of a boot that fell silent: goodbye | running | clean | unclean | "" not known."""
    own = evidence.by_agent[contact.agent_id]
    for later in islice(own, bisect_left(own, contact.to_at, key=_start), None):
        if later is contact:
            continue
        if later.boot_id != contact.boot_id:
            return evidence.shutdowns.get((later.agent_id, later.boot_id), "")
        if later.late and later.goodbye and later.to_at <= contact.to_at + evidence.grace:
            return "goodbye"  # said on the way down, when the network was already gone
        return "running"
    return ""


def _proofs(evidence: Evidence, gap_from: datetime, gap_to: datetime) -> list[Interval]:
    """Times in which a PC ran and nothing arrived, for longer than the grace together with the silence around."""
    found: list[Interval] = []
    for start, end in clip(evidence.late, gap_from, gap_to):
        if start - gap_from <= evidence.grace:
            start = gap_from
        if gap_to - end <= evidence.grace and gap_to < evidence.now:
            end = gap_to
        if end - start > evidence.grace:
            found.append((start, end))
    return found


def _return_time(evidence: Evidence, blind: Sequence[Interval], back_at: datetime) -> timedelta:
    """How long agents may need to come back: they back off no longer than the collector was away, and capped."""
    away = next((end - start for start, end in blind if end == back_at), timedelta(0))
    return max(evidence.grace, min(RETURN, evidence.grace + away))


def _opened(evidence: Evidence, moment: datetime) -> datetime:
    """When the opening time around a moment began."""
    at = bisect_right(evidence.opening, moment, key=lambda interval: interval[0]) - 1
    return evidence.opening[at][0] if at >= 0 else moment


def _overlay(
    found: list[Stretch], from_at: datetime, to_at: datetime, verdict: Verdict, proven: Sequence[Interval]
) -> None:
    """`verdict` over [from_at, to_at), proof where there is some."""
    inside = clip(proven, from_at, max(from_at, to_at))
    for start, end in gaps(inside, from_at, max(from_at, to_at)):
        _add(found, start, end, verdict)
    for start, end in inside:
        _add(found, start, end, _PROVEN)


def _add(found: list[Stretch], from_at: datetime, to_at: datetime, verdict: Verdict) -> None:
    if from_at < to_at:
        found.append(Stretch(from_at, to_at, *verdict))


def _start(contact: ContactFact) -> datetime:
    return contact.from_at


def _end(contact: ContactFact) -> datetime:
    return contact.to_at
