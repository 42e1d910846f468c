"""How a silence of a site began, by those who were heard last: switched off, asleep, cut off, without power. Pure.

One PC that falls silent without a word proves nothing: people close lids and pull plugs. Several at once are believed
when that many would hardly have fallen silent together by chance, or when other offices of the same provider or area
fell silent with them. What comes later (the next boot's word on the shutdown before it, a journal, a return on the
same boot without one) corrects the first guess.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from math import prod

from inventory.domain.contact import covers
from inventory.domain.site_evidence import Evidence, contact_end, contact_start
from inventory.domain.site_facts import Cause, ContactFact, SharedLoss, State

Verdict = tuple[State, Cause, str]

CLOSED: Verdict = ("OFF_EXPECTED", "schedule", "closed")
GOODBYE: Verdict = ("OFF_UNUSUAL", "unknown", "goodbye")
CLEAN: Verdict = ("OFF_UNUSUAL", "unknown", "clean_shutdown")
ASLEEP: Verdict = ("OFF_UNUSUAL", "unknown", "asleep")
OFF_AT_NIGHT: Verdict = ("OFF_UNUSUAL", "unknown", "off_since_closing")
ALONE: Verdict = ("OFF_UNUSUAL", "unknown", "waiting_for_evidence")
UNCLEAN_ALONE: Verdict = ("OFF_UNUSUAL", "unknown", "unclean_alone")
UNCLEAN_AT_CLOSING: Verdict = ("OFF_UNUSUAL", "unknown", "unclean_at_closing")
CO_VANISHED: Verdict = ("LINE_LOST_SUSPECTED", "unknown", "co_vanished")
GROUP_LINE: Verdict = ("LINE_LOST_SUSPECTED", "line", "group_line")
GROUP_LOSS: Verdict = ("LINE_LOST_SUSPECTED", "unknown", "group_loss")
GROUP_POWER: Verdict = ("POWER_CUT_SUSPECTED", "power", "group_power")
UNCLEAN_TOGETHER: Verdict = ("POWER_CUT_SUSPECTED", "power", "unclean_together")

QUIET = timedelta(minutes=30)
"""Before closing time people leave; who falls silent then went home."""
LEFT = timedelta(minutes=90)
STRIP = timedelta(minutes=75)
BACK_SOON = timedelta(minutes=40)
GOING = timedelta(minutes=20)
FAULTS_PER_HOUR = 1 / 240
"""Prior: an office loses its line or power about once in thirty working days of eight hours."""
DOUBT = 20.0
"""A fault is suspected when it is so many times likelier than a coincidence."""
_PRIOR_SILENCES, _PRIOR_HOURS = 0.25, 8.0


@dataclass(frozen=True, slots=True)
class Beginning:
    verdict: Verdict
    at: datetime  # when it began, between the last contact and the first one that is missing


def how_it_began(evidence: Evidence, gap_from: datetime, gap_to: datetime) -> Beginning:
    """The verdict on a silence [gap_from, gap_to), and when it began."""
    last = _heard_last(evidence, gap_from)
    if not last:
        return Beginning(ALONE, gap_from)
    fates = {contact.agent_id: _fate(evidence, contact, gap_from, gap_to) for contact in last}
    lost = [contact for contact in last if fates[contact.agent_id] in ("", "unclean", "unknown", "running")]
    if not lost:
        said = set(fates.values())
        verdict = GOODBYE if said == {"goodbye"} else ASLEEP if said == {"asleep"} else CLEAN
        return Beginning(verdict, gap_from)
    at = _between(evidence, lost, gap_from, gap_to)
    return Beginning(_lost(evidence, lost, fates, gap_from, gap_to), at)


def _lost(
    evidence: Evidence, lost: Sequence[ContactFact], fates: dict[str, str], gap_from: datetime, gap_to: datetime
) -> Verdict:
    unclean = [contact for contact in lost if fates[contact.agent_id] == "unclean"]
    running = [contact for contact in lost if fates[contact.agent_id] == "running"]
    leaving = is_leaving_time(evidence, gap_from)
    shared = _shared(evidence.shared, gap_from, evidence.cadence)
    if shared is not None and shared.cause == "power" and unclean and not running:
        return GROUP_POWER
    if shared is not None and not leaving:
        if shared.cause == "line" or running:
            return GROUP_LINE if shared.cause == "line" else GROUP_LOSS
        return GROUP_POWER if unclean or shared.cause == "power" else GROUP_LOSS
    if len(unclean) >= 2 and not running and not _is_a_power_strip(evidence, gap_from, gap_to, leaving):
        return UNCLEAN_TOGETHER
    if leaving and unclean and not running:
        return UNCLEAN_AT_CLOSING
    if leaving and not (len(lost) >= 3 and _is_long_closed(evidence, gap_from)):
        return OFF_AT_NIGHT
    if unclean and not running:
        return UNCLEAN_ALONE
    if _are_leaving(evidence, lost, gap_from):
        return ALONE
    return CO_VANISHED if _is_no_coincidence(evidence, lost) else ALONE


def is_leaving_time(evidence: Evidence, moment: datetime) -> bool:
    """Outside opening hours, or so shortly before they end that people leave."""
    at = bisect_right(evidence.opening, moment, key=lambda interval: interval[0]) - 1
    if at < 0:
        return True
    start, end = evidence.opening[at]
    return moment >= end - min(QUIET, (end - start) / 4)


def _is_long_closed(evidence: Evidence, moment: datetime) -> bool:
    """Whoever still runs a good while after closing time was not going to be switched off."""
    at = bisect_right(evidence.opening, moment, key=lambda interval: interval[0]) - 1
    return at >= 0 and moment >= evidence.opening[at][1] + LEFT


def _is_a_power_strip(evidence: Evidence, gap_from: datetime, gap_to: datetime, leaving: bool) -> bool:
    """PCs that went down hard together, by the hand that switched off the strip: people were leaving, or it was shortly
    before closing time and nobody came back in that session. Who goes home does not switch on again soon."""
    at = bisect_left(evidence.starts, gap_from)
    if at < len(evidence.starts) and evidence.starts[at] - gap_from <= BACK_SOON:
        return False
    if leaving:
        return not _is_long_closed(evidence, gap_from)
    at = bisect_right(evidence.opening, gap_from, key=lambda interval: interval[0]) - 1
    return at >= 0 and evidence.opening[at][1] - STRIP <= gap_from and gap_to >= evidence.opening[at][1]


def _are_leaving(evidence: Evidence, lost: Sequence[ContactFact], gap_from: datetime) -> bool:
    """Others of the office said goodbye or fell silent a little earlier: people are going away."""
    names = {contact.agent_id for contact in lost}
    gone: set[str] = set()
    earliest = gap_from - evidence.cadence * 1.25 - GOING
    for at in range(bisect_right(evidence.by_end, gap_from, key=contact_end) - 1, -1, -1):
        contact = evidence.by_end[at]
        if contact.to_at < earliest:
            break
        if contact.agent_id not in names:
            gone.add(contact.agent_id)
        elif contact.goodbye:
            return len(lost) < 4
    return len(gone) * 3 >= len(lost)


def _shared(losses: Sequence[SharedLoss], moment: datetime, cadence: timedelta) -> SharedLoss | None:
    return next((loss for loss in losses if loss.from_at - cadence <= moment <= loss.to_at), None)


def _heard_last(evidence: Evidence, gap_from: datetime) -> list[ContactFact]:
    """The last contact of each agent that was heard within one cadence before the silence."""
    last: dict[str, ContactFact] = {}
    earliest = gap_from - evidence.cadence * 1.25 - timedelta(seconds=30)
    for at in range(bisect_right(evidence.by_end, gap_from, key=contact_end) - 1, -1, -1):
        contact = evidence.by_end[at]
        if contact.to_at < earliest:
            break
        last.setdefault(contact.agent_id, contact)
    return list(last.values())


def _fate(evidence: Evidence, contact: ContactFact, gap_from: datetime, gap_to: datetime) -> str:
    """goodbye | clean | unclean | unknown | asleep | running | "" (not heard of since)."""
    if contact.goodbye:
        return "goodbye"
    agent_id = contact.agent_id
    for trouble_from, trouble_to in evidence.journaled.get(agent_id, ()):
        if trouble_from < gap_to and trouble_to > contact.to_at:
            return "running"
    own = evidence.by_agent[agent_id]
    for later in islice(own, bisect_left(own, contact.to_at, key=contact_start), None):
        if later is contact:
            continue
        if later.boot_id != contact.boot_id:
            return evidence.shutdowns.get((agent_id, later.boot_id), "") or "unknown"
        if later.late and later.goodbye and later.to_at <= contact.to_at + evidence.grace:
            return "goodbye"  # said on the way down, when the network was already gone
        if later.late:
            return "running"
        # Back on the same boot: who ran and could not report has a journal to show, though it may come a little later.
        told = agent_id not in evidence.without_journal and evidence.now - later.from_at > evidence.grace
        return "asleep" if told else "running"
    return ""


def _between(evidence: Evidence, lost: Sequence[ContactFact], gap_from: datetime, gap_to: datetime) -> datetime:
    """The middle of the time in which it must have begun: after the last contact, before the first one missed."""
    missed = min(contact.to_at for contact in lost) + evidence.cadence
    latest = min(max(missed, gap_from), gap_to)
    return gap_from + (latest - gap_from) / 2


def _is_no_coincidence(evidence: Evidence, lost: Sequence[ContactFact]) -> bool:
    if len(lost) < 2:
        return False
    rates = [_silences_per_hour(evidence, contact.agent_id) for contact in lost]
    window_h = evidence.cadence.total_seconds() * 1.25 / 3600
    by_chance = len(rates) * prod(rates) * window_h ** (len(rates) - 1)
    return by_chance * DOUBT <= FAULTS_PER_HOUR


def _silences_per_hour(evidence: Evidence, agent_id: str) -> float:
    """How often this PC falls silent without a word while its office goes on, per opening hour."""
    silences, heard_s = _PRIOR_SILENCES, 0.0
    own = [contact for contact in evidence.by_agent[agent_id] if not contact.late]
    for contact, later in pairwise(own):
        heard_s += (contact.to_at - contact.from_at).total_seconds()
        alone = covers(evidence.runs, contact.to_at + evidence.cadence)
        if not contact.goodbye and alone and later.from_at - contact.to_at > evidence.grace:
            silences += 0.0 if is_leaving_time(evidence, contact.to_at) else 1.0
    return silences / (heard_s / 3600 + _PRIOR_HOURS)
