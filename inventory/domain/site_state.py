"""The timeline of a site: what its contacts, its silence and the collector's own downtime say together. Pure.

In outline: live contacts no further apart than the grace (missed heartbeats x interval) make UP. Each longer silence
is judged as a whole by site_silence.py. What nobody could have seen is NOT_OBSERVED, NEVER_REPORTED or
COLLECTOR_BLIND, never UP and never the site's fault. The result depends on the set of facts, not on their order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from inventory.domain.contact import Interval, chain, clip, gaps, intersect, merge, seconds
from inventory.domain.hours import Calendar, OpeningHours, open_intervals
from inventory.domain.policy import Policy
from inventory.domain.site_facts import FAULTS, OBSERVED, ContactFact, SiteFacts, Stretch
from inventory.domain.site_silence import RETURN, Evidence, judge_silence


def timeline(facts: SiteFacts, policy: Policy, calendar: Calendar, now: datetime) -> list[Stretch]:
    """Stretches that cover [facts.from_at, now) without gap or overlap; neighbours differ in state or cause."""
    if facts.from_at >= now:
        return []
    if facts.excluded:
        return [Stretch(facts.from_at, now, "NOT_OBSERVED", "unknown", "excluded")]
    evidence = _evidence(facts, policy, calendar, now)
    stretches: list[Stretch] = []
    at = evidence.origin
    for run in evidence.runs:
        stretches += judge_silence(evidence, at, run[0])
        stretches += _heard(evidence, run)
        at = run[1]
    stretches += judge_silence(evidence, at, now)
    return _tidy(stretches, facts.from_at, now)


def grace_of(facts: SiteFacts, policy: Policy) -> timedelta:
    """Silence of the whole site up to this long still counts as heard."""
    slowest = max((agent.heartbeat_s for agent in facts.agents), default=float(policy.heartbeat_s))
    return timedelta(seconds=slowest * policy.site_missed_heartbeats)


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
        return seconds(intersect(merge((s.from_at, s.to_at) for s in stretches if s.state in states), opening))

    return Availability(
        open_s=seconds(opening),
        observed_s=length(OBSERVED),
        up_s=length({"UP"}),
        suspected_s=length({"LINE_LOST_SUSPECTED", "POWER_CUT_SUSPECTED"}),
    )


def _evidence(facts: SiteFacts, policy: Policy, calendar: Calendar, now: datetime) -> Evidence:
    grace = grace_of(facts, policy)
    contacts = sorted(
        (c for c in facts.contacts if c.from_at < now),
        key=lambda c: (c.from_at, c.to_at, c.agent_id, c.boot_id, c.late),
    )
    live = [contact for contact in contacts if not contact.late]
    first = min((contact.from_at for contact in contacts), default=None)
    origin = min(facts.from_at, first) if first else facts.from_at
    since = facts.collector_since
    runs = _runs(live, grace, now)
    late = chain(((c.from_at, min(c.to_at, now)) for c in contacts if c.late), grace)
    return Evidence(
        origin=origin,
        now=now,
        grace=grace,
        first=first,
        runs=runs,
        late=late,
        watched=_watched(facts, [*runs, *late], now),
        blind=gaps(facts.collector_up, max(since, origin), now) if since and since < now else [],
        existed_from=since or now,
        opening=open_intervals(facts.hours, calendar, origin, now),
        by_end=sorted(live, key=lambda c: (c.to_at, c.agent_id, c.boot_id)),
        by_agent=_by_agent(contacts),
        shutdowns={(boot.agent_id, boot.boot_id): boot.previous_shutdown for boot in facts.boots},
    )


def _runs(live: Sequence[ContactFact], grace: timedelta, now: datetime) -> list[Interval]:
    """Times heard, pauses within the grace bridged; the last one reaches to now while the grace lasts."""
    runs = chain(((contact.from_at, min(contact.to_at, now)) for contact in live), grace)
    if runs and runs[-1][1] < now <= runs[-1][1] + grace:
        runs[-1] = (runs[-1][0], now)
    return runs


def _watched(facts: SiteFacts, heard: Sequence[Interval], now: datetime) -> list[Interval]:
    """When an agent was there to be silent: while one is expected, and whenever any was heard or ran."""
    return merge([*((agent.enrolled_at, min(agent.left_at or now, now)) for agent in facts.agents), *heard])


def _by_agent(contacts: Sequence[ContactFact]) -> dict[str, list[ContactFact]]:
    found: dict[str, list[ContactFact]] = defaultdict(list)
    for contact in contacts:
        found[contact.agent_id].append(contact)
    return found


def _heard(evidence: Evidence, run: Interval) -> list[Stretch]:
    """UP, except where the collector was down for longer than the grace: nobody heard anything then."""
    long_blind = [part for part in clip(evidence.blind, *run) if part[1] - part[0] > evidence.grace]
    up = [Stretch(a, b, "UP", "unknown", "heard") for a, b in gaps(long_blind, *run)]
    return up + [Stretch(a, b, "COLLECTOR_BLIND", "collector", "collector_down") for a, b in long_blind]


def _tidy(stretches: Sequence[Stretch], from_at: datetime, now: datetime) -> list[Stretch]:
    """Clipped to the window, in order, equal neighbours joined."""
    ordered = sorted(stretches, key=lambda stretch: stretch.from_at)
    tidy: list[Stretch] = []
    for stretch in ordered[max(0, bisect_right(ordered, from_at, key=lambda s: s.from_at) - 1) :]:
        start, end = max(stretch.from_at, from_at), min(stretch.to_at, now)
        if start >= end:
            continue
        if tidy and (tidy[-1].state, tidy[-1].cause) == (stretch.state, stretch.cause):
            tidy[-1] = replace(tidy[-1], to_at=end)
        elif (start, end) == (stretch.from_at, stretch.to_at):
            tidy.append(stretch)
        else:
            tidy.append(replace(stretch, from_at=start, to_at=end))
    return tidy
