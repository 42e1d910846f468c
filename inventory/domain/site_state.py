"""The timeline of a site: what contacts, journals, silence and the collector's own downtime say together. Pure.

In outline: contacts no further apart than a lost heartbeat or two make UP. Journals that arrived later tell when the
line was bad, and of what (journal.py). Each remaining silence is judged as a whole (site_silence.py) by the way it
began (site_beginning.py). What nobody could have seen is NOT_OBSERVED, NEVER_REPORTED or COLLECTOR_BLIND, never UP and
never the site's fault. The result depends on the set of facts, not on their order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inventory.domain.contact import Interval, clip, gaps, intersect, merge, seconds, subtract
from inventory.domain.hours import Calendar, OpeningHours, open_intervals
from inventory.domain.journal import Trouble
from inventory.domain.policy import Policy
from inventory.domain.site_beginning import UNCLEAN_TOGETHER, Beginning, how_it_began
from inventory.domain.site_evidence import Evidence, gather, grace_of
from inventory.domain.site_facts import FAULTS, OBSERVED, SiteFacts, Stretch
from inventory.domain.site_silence import RETURN, add, cut_blind, judge_silence

LONGEST_FAULT = timedelta(days=16)
"""A fault seen before and after a time in which nobody could see is one fault, when that time was no longer than this."""
_NEAR = timedelta(seconds=60)


def timeline(facts: SiteFacts, policy: Policy, calendar: Calendar, now: datetime) -> list[Stretch]:
    """Stretches that cover [facts.from_at, now) without gap or overlap; neighbours differ in state or cause."""
    if facts.from_at >= now:
        return []
    if facts.excluded:
        return [Stretch(facts.from_at, now, "NOT_OBSERVED", "unknown", "excluded")]
    evidence = gather(facts, policy, calendar, now)
    return _tidy(_tell(evidence), facts.from_at, now)


def _tell(evidence: Evidence) -> list[Stretch]:
    """Signs of life and of trouble in order, and what was between them."""
    stretches: list[Stretch] = []
    before: Stretch | None = None
    at = evidence.origin
    for sign in _signs(evidence):
        if sign.to_at <= at and (before is not None or sign.from_at < at):
            before = before or sign
            continue
        sign = sign if sign.from_at >= at else replace(sign, from_at=at)
        between, sign = _between(evidence, before, at, sign)
        stretches += between
        stretches += _heard(evidence, sign) if sign.state == "UP" else cut_blind(evidence, sign)
        before, at = sign, sign.to_at
    return stretches + judge_silence(evidence, at, evidence.now, _goes_on(before, at))


def _power_within(evidence: Evidence, joined: Stretch) -> list[Stretch]:
    """The middle of a fault of which nobody saw anything; PCs that went down hard at its begin had no power."""
    if _crashed(evidence, joined.from_at) < 2:
        return cut_blind(evidence, joined)
    at = bisect_right(evidence.starts, joined.from_at)
    back = min(evidence.starts[at], joined.to_at) if at < len(evidence.starts) else joined.to_at
    power = Stretch(joined.from_at, back, "POWER_CUT_SUSPECTED", "power", "unclean_together")
    rest = [replace(joined, from_at=back)] if back < joined.to_at else []
    return [part for stretch in (power, *rest) for part in cut_blind(evidence, stretch)]


def _signs(evidence: Evidence) -> list[Stretch]:
    """Times of which somebody knows: heard, told by a journal, or reported late."""
    heard = merge(evidence.runs)
    signs = [Stretch(a, b, "UP", "unknown", "heard") for a, b in evidence.runs]
    for start, end in subtract(evidence.well, heard):
        signs += [Stretch(a, b, "UP", "unknown", "journal_up_blind") for a, b in clip(evidence.blind, start, end)]
        signs += [Stretch(a, b, "UP", "unknown", "journal_up") for a, b in gaps(evidence.blind, start, end)]
    taken = merge([*heard, *evidence.well])
    for trouble in evidence.troubles:
        signs += [
            _trouble(evidence, replace(trouble, from_at=a, to_at=b))
            for a, b in gaps(taken, trouble.from_at, min(trouble.to_at, evidence.now))
        ]
    # What is left of late reports beside the collector's downtime, if it is short, is the way back to it.
    troubled = ((trouble.from_at, trouble.to_at) for trouble in evidence.troubles)
    taken = merge([*taken, *troubled, *evidence.blind])
    for start, end in evidence.late:
        signs += [
            Stretch(a, b, "LINE_LOST_CONFIRMED", "line", "late_reports")
            for a, b in gaps(taken, *_widened(evidence, start, end))
            if b - a > evidence.grace
        ]
    return sorted(signs, key=lambda sign: (sign.from_at, sign.to_at))


def _widened(evidence: Evidence, start: datetime, end: datetime) -> Interval:
    """Reports come once a heartbeat: the silence around them, when it is that short, belongs to them."""
    at = bisect_right(evidence.runs, start, key=lambda run: run[0]) - 1
    if at >= 0 and start - evidence.runs[at][1] <= evidence.grace:
        start = max(evidence.runs[at][1], start - evidence.grace)
    if at + 1 < len(evidence.runs) and evidence.runs[at + 1][0] - end <= evidence.grace:
        end = max(end, evidence.runs[at + 1][0])
    return start, end


def _trouble(evidence: Evidence, trouble: Trouble) -> Stretch:
    if trouble.cause == "lan" and _without_power(evidence, trouble.from_at):
        return Stretch(trouble.from_at, trouble.to_at, "POWER_CUT_SUSPECTED", "power", "power_with_battery")
    why = "journal" if trouble.cause == "unknown" else "journal_" + trouble.cause
    return Stretch(trouble.from_at, trouble.to_at, "LINE_LOST_CONFIRMED", trouble.cause, why)


def _without_power(evidence: Evidence, moment: datetime) -> bool:
    """Whether the network was gone because the office had no power: other PCs went down with it."""
    window = evidence.cadence * 1.25 + _NEAR
    if any(loss.cause == "power" and loss.from_at <= moment <= loss.to_at + window for loss in evidence.shared):
        return True
    return _crashed(evidence, moment) > 0


def _crashed(evidence: Evidence, moment: datetime) -> int:
    """How many PCs went down hard just before."""
    window = evidence.cadence * 1.25 + _NEAR
    return bisect_right(evidence.crashes, moment + _NEAR) - bisect_left(evidence.crashes, moment - window)


def _between(evidence: Evidence, before: Stretch | None, at: datetime, sign: Stretch) -> tuple[list[Stretch], Stretch]:
    """The stretches of [at, sign.from_at), and the sign, widened where its fault reaches into that time."""
    if sign.from_at <= at:
        return [], sign
    bad_before, bad_after = before is not None and before.state != "UP", sign.state != "UP"
    gap = sign.from_at - at
    near = evidence.cadence * 1.25 + _NEAR
    if before is not None and bad_before and bad_after and gap <= LONGEST_FAULT:
        why = before.why if gap <= near else "both_ends"
        joined = replace(before, from_at=at, to_at=sign.from_at, why=why, observed=gap <= near)
        return _power_within(evidence, joined), sign
    if before is not None and not bad_before and not bad_after and gap <= near:
        return [Stretch(at, sign.from_at, "UP", "unknown", "bridged")], sign
    if before is not None and bad_before and gap <= near:
        ends = at + (gap / 2 if gap <= 2 * _NEAR else timedelta(0))
        late = [Stretch(ends, sign.from_at, "UP", "unknown", "bridged")] if ends < sign.from_at else []
        return [*cut_blind(evidence, replace(before, from_at=at, to_at=ends)), *late], sign
    if before is not None and bad_after and gap <= near:
        # Noticed by a probe of its own, or only when the next heartbeat failed: then it began in between.
        begins = at + gap / 2 if gap >= evidence.cadence * 0.9 else sign.from_at
        return [Stretch(at, begins, "UP", "unknown", "bridged")], replace(sign, from_at=begins)
    if before is not None and bad_after and not bad_before:
        begun = how_it_began(evidence, at, sign.from_at)
        if begun.verdict[0] == "LINE_LOST_SUSPECTED":
            proven = replace(begun, verdict=(sign.state, sign.cause, sign.why))
            return judge_silence(evidence, at, sign.from_at, proven), sign
    return judge_silence(evidence, at, sign.from_at, _goes_on(before, at)), sign


def _goes_on(before: Stretch | None, at: datetime) -> Beginning | None:
    """A power cut lasts on when the last battery is empty."""
    return Beginning(UNCLEAN_TOGETHER, at) if before is not None and before.cause == "power" else None


def outage(stretches: Sequence[Stretch]) -> Stretch | None:
    """The fault that is still going on at the end, from its begin; None when there is none.

    A fault lasts until the site is heard again: nights and the collector's own downtime do not end it.
    """
    fault: Stretch | None = None
    last: Stretch | None = None
    for stretch in reversed(stretches):
        if stretch.state in FAULTS:
            fault, last = stretch, last or stretch
        elif stretch.state not in ("OFF_EXPECTED", "COLLECTOR_BLIND", "OFF_UNUSUAL"):
            break
    if fault is None or last is None:
        return None
    return Stretch(fault.from_at, stretches[-1].to_at, last.state, last.cause, last.why)


def next_change(facts: SiteFacts, policy: Policy, calendar: Calendar, now: datetime) -> datetime:
    """When the last stretch may change though no evidence comes: never too late, sometimes too early."""
    grace = grace_of(facts, policy)
    ahead = open_intervals(facts.hours, calendar, now - timedelta(days=1), now + timedelta(days=1))
    moments = [now + timedelta(days=1)]
    if any(contact.to_at >= now for contact in facts.contacts):
        moments.append(now + timedelta(seconds=1))  # heard while we were thinking
    moments += [moment for start, end in ahead for moment in (start, start + grace, end)]
    moments += [contact.to_at + grace for contact in facts.contacts if not contact.late]
    moments += [contact.from_at + grace for contact in facts.contacts if now - contact.from_at <= grace]
    moments += [facts.collector_since] if facts.collector_since else []
    for (_, away_from), (back_at, _) in zip(facts.collector_up[-2:], facts.collector_up[-1:], strict=False):
        moments += [back_at + grace, back_at + RETURN, back_at + grace + (back_at - away_from)]
    if now in moments:
        moments.append(now + timedelta(seconds=1))  # at the moment itself nothing has changed yet
    return min(moment for moment in moments if moment > now)


@dataclass(frozen=True, slots=True)
class Availability:
    """Shares of opening time; a share of nothing is None, never 0 or 100 %."""

    open_s: float
    observed_s: float
    up_s: float
    suspected_s: float  # part of observed_s - up_s that is not proven

    @property
    def up_share(self) -> float | None:
        return self.up_s / self.observed_s if self.observed_s else None

    @property
    def observed_share(self) -> float | None:
        return self.observed_s / self.open_s if self.open_s else None


def availability(
    stretches: Sequence[Stretch], hours: OpeningHours, calendar: Calendar, from_at: datetime, to_at: datetime
) -> Availability:
    """Figures of [from_at, to_at) in opening hours."""
    opening = open_intervals(hours, calendar, from_at, to_at)

    def length(states: Iterable[str]) -> float:
        seen = merge((s.from_at, s.to_at) for s in stretches if s.state in states and s.observed)
        return seconds(intersect(seen, opening))

    return Availability(
        open_s=seconds(opening),
        observed_s=length(OBSERVED),
        up_s=length({"UP"}),
        suspected_s=length({"LINE_LOST_SUSPECTED", "POWER_CUT_SUSPECTED"}),
    )


def _heard(evidence: Evidence, run: Stretch) -> list[Stretch]:
    """UP, except where the collector was down for longer than a heartbeat or two: nobody heard anything then."""
    if run.why != "heard":
        return [run]
    blind = clip(evidence.blind, run.from_at, run.to_at)
    long_blind = [part for part in blind if part[1] - part[0] > evidence.cadence * 1.35]
    found = [Stretch(a, b, "UP", "unknown", "heard") for a, b in gaps(long_blind, run.from_at, run.to_at)]
    for start, end in long_blind:
        add(found, start, end, ("COLLECTOR_BLIND", "collector", "collector_down"))
    return sorted(found, key=lambda stretch: stretch.from_at)


def _tidy(stretches: Sequence[Stretch], from_at: datetime, now: datetime) -> list[Stretch]:
    """Clipped to the window, in order, equal neighbours joined."""
    ordered = sorted(stretches, key=lambda stretch: stretch.from_at)
    tidy: list[Stretch] = []
    for stretch in ordered[max(0, bisect_right(ordered, from_at, key=lambda s: s.from_at) - 1) :]:
        start, end = max(stretch.from_at, from_at), min(stretch.to_at, now)
        if start >= end:
            continue
        if tidy and _alike(tidy[-1], stretch):
            tidy[-1] = replace(tidy[-1], to_at=end)
        elif (start, end) == (stretch.from_at, stretch.to_at):
            tidy.append(stretch)
        else:
            tidy.append(replace(stretch, from_at=start, to_at=end))
    return tidy


def _alike(one: Stretch, other: Stretch) -> bool:
    return (one.state, one.cause, one.observed) == (other.state, other.cause, other.observed)
