"""The month of a site: what is believed, from when to when, and how available it was, with the observed share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.domain.hours import DEFAULT_CALENDAR, Calendar, OpeningHours
from inventory.domain.site_facts import Stretch
from inventory.domain.site_state import Availability, availability
from inventory.store.policy import effective_policy
from inventory.store.site_evidence import hours_of
from inventory.store.tables import Site, SiteState


@dataclass(frozen=True, slots=True)
class SiteTimeline:
    stretches: tuple[Stretch, ...]  # clipped to the time asked for
    availability: Availability  # of the part that has been evaluated
    hours: OpeningHours


def site_timeline(
    session: Session,
    site_id: int,
    from_at: datetime,
    to_at: datetime,
    now: datetime,
    calendar: Calendar = DEFAULT_CALENDAR,
) -> SiteTimeline | None:
    """Stretches of a site in [from_at, min(to_at, now)), oldest first; None when there is no such site.

    The newest stretch is taken to go on until now: its row is only brought up to date every few minutes.
    """
    site = session.get(Site, site_id)
    if site is None:
        return None
    until = min(to_at, now)
    rows = session.exec(
        select(SiteState)
        .where(SiteState.site_id == site_id, SiteState.from_at < until, SiteState.to_at >= from_at)
        .order_by(col(SiteState.from_at))
    ).all()
    stretches = [
        Stretch(
            max(row.from_at, from_at),
            min(row.to_at, until),
            row.state,  # type: ignore[arg-type]
            row.cause,  # type: ignore[arg-type]
            row.why,
            row.observed,
        )
        for row in rows
    ]
    if rows and rows[-1].from_at == site.state_since:
        stretches[-1] = replace(stretches[-1], to_at=until)
    stretches = [stretch for stretch in stretches if stretch.from_at < stretch.to_at]
    hours = hours_of(site, effective_policy(session, site_id)[0])
    return SiteTimeline(tuple(stretches), availability(stretches, hours, calendar, from_at, until), hours)
