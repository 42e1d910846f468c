"""A site's facts, sorted and merged once, so that every rule looks things up instead of searching. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from inventory.domain.contact import Interval, chain, clip, covers, gaps, merge
from inventory.domain.hours import Calendar, open_intervals
from inventory.domain.journal import Trouble, bear_witness
from inventory.domain.journal_align import aligned
from inventory.domain.policy import Policy
from inventory.domain.site_facts import ContactFact, JournalFact, SharedLoss, SiteFacts

DEFAULT_CADENCE = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All interval lists are tidy."""

    origin: datetime
    now: datetime
    cadence: timedelta  # of the slowest agent
    grace: timedelta
    first: datetime | None  # earliest contact of any kind
    runs: Sequence[Interval]  # somebody was heard
    late: Sequence[Interval]  # somebody ran, was not heard, and reported later
    troubles: Sequence[Trouble]  # by journals
    well: Sequence[Interval]  # by journals: the line carried though nobody was heard
    watched: Sequence[Interval]
    blind: Sequence[Interval]
    existed_from: datetime  # first beat of the collector
    opening: Sequence[Interval]
    by_end: Sequence[ContactFact]  # live ones by to_at
    by_agent: Mapping[str, Sequence[ContactFact]]  # live and late ones by from_at
    shutdowns: Mapping[tuple[str, str], str]  # (agent, boot) -> how the boot before it ended
    starts: Sequence[datetime] = ()  # of boots, ascending
    crashes: Sequence[datetime] = ()  # last signs of boots that ended unclean, ascending
    shared: Sequence[SharedLoss] = ()
    journaled: Mapping[str, Sequence[Interval]] = field(default_factory=dict)  # by agent: journals without contact
    without_journal: frozenset[str] = frozenset()


def gather(facts: SiteFacts, policy: Policy, calendar: Calendar, now: datetime) -> Evidence:
    """Sorts and merges; O(n log n)."""
    cadence, grace = cadence_of(facts, policy), grace_of(facts, policy)
    contacts = sorted(
        (c for c in facts.contacts if c.from_at < now),
        key=lambda c: (c.from_at, c.to_at, c.agent_id, c.boot_id, c.late),
    )
    live = [contact for contact in contacts if not contact.late]
    first = min((contact.from_at for contact in contacts), default=None)
    origin = min(facts.from_at, first) if first else facts.from_at
    since = facts.collector_since
    blind = gaps(facts.collector_up, max(since, origin), now) if since and since < now else []
    opening = open_intervals(facts.hours, calendar, origin, now + timedelta(days=1))  # whoever leaves soon is known
    journal = aligned([fact for fact in facts.journal if fact.from_at < now], contacts, opening)
    journaled = _journaled(journal)
    by_agent = _live_by_agent(live, journaled, now)
    heard = chain((part for parts in by_agent.values() for part in parts), timedelta(0))
    witness = bear_witness(journal, by_agent, heard, blind, cadence) if journal else None
    crashes = _crashes(facts, contacts)
    late = _late(contacts, journal, grace, now)
    return Evidence(
        origin=origin,
        now=now,
        cadence=cadence,
        grace=grace,
        first=first,
        runs=_bridged(heard, witness.troubles if witness else (), crashes, cadence, grace, now),
        late=late,
        troubles=witness.troubles if witness else (),
        well=witness.well if witness else (),
        watched=_watched(facts, [*heard, *late], now),
        blind=blind,
        existed_from=since or now,
        opening=opening,
        by_end=sorted(live, key=lambda c: (c.to_at, c.agent_id, c.boot_id)),
        by_agent=_by_agent(contacts),
        shutdowns={(boot.agent_id, boot.boot_id): boot.previous_shutdown for boot in facts.boots},
        starts=sorted(boot.start_at for boot in facts.boots if boot.start_at is not None),
        shared=facts.shared,
        crashes=crashes,
        journaled=journaled,
        without_journal=frozenset(agent.agent_id for agent in facts.agents if not agent.journals),
    )


def cadence_of(facts: SiteFacts, policy: Policy) -> timedelta:
    """The longest time between two heartbeats of the site's agents."""
    slowest = max((agent.heartbeat_s for agent in facts.agents), default=0.0)
    return timedelta(seconds=slowest or float(policy.heartbeat_s))


def grace_of(facts: SiteFacts, policy: Policy) -> timedelta:
    """Silence of the whole site up to this long is not judged yet."""
    return cadence_of(facts, policy) * policy.site_missed_heartbeats


def contact_start(contact: ContactFact) -> datetime:
    return contact.from_at


def contact_end(contact: ContactFact) -> datetime:
    return contact.to_at


def _bridged(
    heard: Sequence[Interval],
    troubles: Sequence[Trouble],
    crashes: Sequence[datetime],
    cadence: timedelta,
    grace: timedelta,
    now: datetime,
) -> list[Interval]:
    """Times heard; a pause of a lost heartbeat or two is bridged where nothing tells of trouble in it."""
    bad = merge((trouble.from_at, trouble.to_at) for trouble in troubles)
    runs: list[Interval] = []
    for start, end in subtract_keeping_moments(heard, bad):
        last = runs[-1][1] if runs else start
        short = bool(runs) and start - last <= min(grace, cadence * 2.5)
        if short and not clip(bad, last, start) and not _crashed_together(crashes, last, start, cadence):
            runs[-1] = (runs[-1][0], max(last, end))
        else:
            runs.append((start, end))
    if runs and runs[-1][1] < now <= runs[-1][1] + grace and not (bad and bad[-1][1] > runs[-1][1]):
        runs[-1] = (runs[-1][0], now)  # it is too early to say anything else
    return runs


def subtract_keeping_moments(heard: Sequence[Interval], bad: Sequence[Interval]) -> list[Interval]:
    """`heard` without what is in `bad`; a single report is a moment, which `subtract` would drop."""
    found: list[Interval] = []
    for start, end in heard:
        if start == end:
            found += [] if covers(bad, start) else [(start, end)]
        else:
            found += gaps(bad, start, end)
    return found


def _crashed_together(crashes: Sequence[datetime], from_at: datetime, to_at: datetime, cadence: timedelta) -> bool:
    return bisect_right(crashes, to_at) - bisect_left(crashes, from_at - cadence * 1.25) >= 2


def _crashes(facts: SiteFacts, contacts: Sequence[ContactFact]) -> list[datetime]:
    """Last signs of life of boots of which the next one says that they ended unclean."""
    unclean = {(boot.agent_id, boot.boot_id) for boot in facts.boots if boot.previous_shutdown == "unclean"}
    if not unclean:
        return []
    signs = [(c.agent_id, c.from_at, c.to_at, c.boot_id, c.goodbye) for c in contacts]
    signs += [(j.agent_id, j.from_at, j.to_at, j.boot_id, False) for j in facts.journal]
    signs.sort()
    found: list[datetime] = []
    for one, following in pairwise(signs):
        changed = one[0] == following[0] and one[3] != following[3]
        if changed and not one[4] and (following[0], following[3]) in unclean:
            found.append(one[2])
    return sorted(found)


def _late(
    contacts: Sequence[ContactFact], journal: Sequence[JournalFact], grace: timedelta, now: datetime
) -> list[Interval]:
    """Reports that were made unheard. A journal, where there is one, says more and better."""
    told = {fact.agent_id for fact in journal}
    return chain(((c.from_at, min(c.to_at, now)) for c in contacts if c.late and c.agent_id not in told), grace)


def _watched(facts: SiteFacts, heard: Sequence[Interval], now: datetime) -> list[Interval]:
    """When an agent was there to be silent: while one is expected, and whenever any was heard or ran."""
    journal = ((fact.from_at, min(fact.to_at, now)) for fact in facts.journal)
    placed = ((agent.enrolled_at, min(agent.left_at or now, now)) for agent in facts.agents)
    return merge([*placed, *heard, *journal])


def _by_agent(contacts: Sequence[ContactFact]) -> dict[str, list[ContactFact]]:
    found: dict[str, list[ContactFact]] = defaultdict(list)
    for contact in contacts:
        found[contact.agent_id].append(contact)
    return found


def _live_by_agent(
    live: Sequence[ContactFact], journaled: Mapping[str, Sequence[Interval]], now: datetime
) -> dict[str, list[Interval]]:
    """Times heard by agent. Its own journal knows better what was between two of its reports."""
    spans: dict[str, list[Interval]] = defaultdict(list)
    for contact in live:
        spans[contact.agent_id].append((contact.from_at, min(contact.to_at, now)))
    return {
        agent_id: subtract_keeping_moments(chain(parts, timedelta(0)), journaled.get(agent_id, ()))
        for agent_id, parts in spans.items()
    }


def _journaled(journal: Sequence[JournalFact]) -> dict[str, list[Interval]]:
    spans: dict[str, list[Interval]] = defaultdict(list)
    for fact in journal:
        if fact.collector is not True:
            spans[fact.agent_id].append((fact.from_at, fact.to_at))
    return {agent_id: merge(parts) for agent_id, parts in spans.items()}
