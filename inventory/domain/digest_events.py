"""The parts of the weekly digest that tell of area events, of corrections, and of how much was seen at all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inventory.domain.digest_facts import CorrectionFact, EventFact, SiteFact, UnitName, WeekFacts


@dataclass(frozen=True, slots=True)
class EventLine:
    """One area event as far as the scope is concerned: one line, however many sites."""

    event: EventFact
    communes: int
    sites: int


@dataclass(frozen=True, slots=True)
class Correction:
    fact: CorrectionFact
    unit: UnitName | None  # None: several communes


@dataclass(frozen=True, slots=True)
class Availability:
    """Seconds of opening time of all sites of the scope; what nobody saw is in no share."""

    open_s: float = 0.0
    seen_s: float = 0.0
    up_s: float = 0.0


NOTHING_SEEN = Availability()


def event_lines(facts: WeekFacts, sites: Iterable[SiteFact]) -> tuple[EventLine, ...]:
    """The events that hit sites of the scope, oldest first."""
    units = {site.id: site.unit_id for site in sites if not site.excluded}
    lines: list[EventLine] = []
    for event in facts.events:
        own = [units[site_id] for site_id in event.sites if site_id in units]
        if own:
            lines.append(EventLine(event, len(set(own)), len(own)))
    return tuple(lines)


def corrections_in(facts: WeekFacts, unit_ids: frozenset[str]) -> tuple[Correction, ...]:
    """What is to be put right of earlier letters about these units."""
    found: list[Correction] = []
    for fact in facts.corrections:
        own = fact.unit_ids & unit_ids
        if own:
            found.append(Correction(fact, facts.units[min(own)] if len(own) == 1 else None))
    return tuple(found)


def availability_of(sites: Sequence[SiteFact]) -> Availability:
    """All sites that are to be observed, together."""
    own = [site for site in sites if not site.excluded]
    return Availability(sum(s.open_s for s in own), sum(s.seen_s for s in own), sum(s.up_s for s in own))
