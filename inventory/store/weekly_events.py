"""What the weekly digest tells of outages: area events, corrections of earlier letters, and how much was seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from inventory.domain.digest_facts import CorrectionFact, EventFact
from inventory.domain.hours import Calendar
from inventory.domain.site_facts import Stretch
from inventory.domain.site_state import availability
from inventory.domain.week import IsoWeek
from inventory.store.area_grouping import as_stretches
from inventory.store.policy import policies_of_sites
from inventory.store.site_evidence import hours_of
from inventory.store.tables import Area, AreaEvent, Site, SiteAlert, SiteState, WeeklyFigures
from inventory.store.unit_tree import UnitTree

_state = SiteState.__table__  # type: ignore[attr-defined]


def load_events(session: Session, from_at: datetime, to_at: datetime) -> tuple[EventFact, ...]:
    """Events that reach into the time, oldest first, without the withdrawn ones."""
    query = (
        select(AreaEvent)
        .where(
            AreaEvent.from_at < to_at,
            or_(col(AreaEvent.to_at).is_(None), col(AreaEvent.to_at) > from_at),
            col(AreaEvent.withdrawn_at).is_(None),
        )
        .order_by(col(AreaEvent.from_at), col(AreaEvent.id))
    )
    rows = session.exec(query).all()
    areas = dict(session.exec(select(Area.id, Area.name)).all()) if rows else {}
    return tuple(
        EventFact(
            id=row.id or 0,
            from_at=row.from_at,
            to_at=row.to_at,
            area=areas.get(row.area_id, ""),
            provider=row.provider,
            cause=row.cause,
            sites=frozenset(row.sites),
        )
        for row in rows
    )


def load_corrections(session: Session, tree: UnitTree, week: IsoWeek, as_of: datetime) -> tuple[CorrectionFact, ...]:
    """What the newest earlier letter told and what has been corrected since it was written."""
    told_at = session.exec(
        select(func.max(WeeklyFigures.made_at)).where(
            WeeklyFigures.scope_kind == "province",
            WeeklyFigures.scope_id == tree.province_id,
            WeeklyFigures.iso_week < week.label,
        )
    ).one()
    if told_at is None:
        return ()
    units = {site.id: tree.current(site.unit_id) for site in session.exec(select(Site))}
    names = dict(session.exec(select(Site.id, Site.name)).all())
    found: list[CorrectionFact] = []
    query = (
        select(SiteAlert)
        .where(
            SiteAlert.raised_at <= told_at, col(SiteAlert.corrected_at) > told_at, col(SiteAlert.corrected_at) <= as_of
        )
        .order_by(col(SiteAlert.since_at), col(SiteAlert.id))
    )
    for alert in session.exec(query):
        before = _as_told(alert, told_at)
        after = ("", "") if alert.withdrawn_at is not None else (alert.state, alert.cause)
        if units.get(alert.site_id) in tree.names and before != after:
            unit_ids = frozenset([units[alert.site_id]])
            found.append(CorrectionFact(unit_ids, names[alert.site_id], alert.since_at, *before, *after))
    return (*found, *_withdrawn_events(session, tree, units, told_at, as_of))


def _as_told(alert: SiteAlert, told_at: datetime) -> tuple[str, str]:
    """State and cause of the alert when the letter was written: what the first correction after it has replaced."""
    for item in alert.corrections:
        at = datetime.fromisoformat(str(item.get("at")))
        if at > told_at:
            return str(item.get("state")), str(item.get("cause"))
    return alert.state, alert.cause


def _withdrawn_events(
    session: Session, tree: UnitTree, units: dict[int | None, str], told_at: datetime, as_of: datetime
) -> list[CorrectionFact]:
    areas = dict(session.exec(select(Area.id, Area.name)).all())
    query = (
        select(AreaEvent)
        .where(
            AreaEvent.raised_at <= told_at, col(AreaEvent.withdrawn_at) > told_at, col(AreaEvent.withdrawn_at) <= as_of
        )
        .order_by(col(AreaEvent.from_at), col(AreaEvent.id))
    )
    found: list[CorrectionFact] = []
    for row in session.exec(query):
        unit_ids = frozenset(units[site_id] for site_id in row.sites if units.get(site_id) in tree.names)
        place = areas.get(row.area_id) or row.provider
        found.append(CorrectionFact(unit_ids, place, row.from_at, "", row.cause, "", "", event=True))
    return found


def load_availability(
    session: Session, sites: Iterable[Site], from_at: datetime, to_at: datetime, calendar: Calendar
) -> dict[int, dict[str, float]]:
    """Per site the seconds open, seen and up, by their names in SiteFact. Sites without a timeline are left out."""
    names = ("site_id", "from_at", "to_at", "state", "cause", "why", "observed")
    rows = session.connection().execute(
        core_select(*(_state.c[name] for name in names))
        .where(_state.c.to_at > from_at, _state.c.from_at < to_at)
        .order_by(_state.c.site_id, _state.c.from_at)
    )
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for row in rows:
        stretches[row.site_id].extend(as_stretches([row]))
    policies, _version = policies_of_sites(session)
    found: dict[int, dict[str, Any]] = {}
    for site in sites:
        own = stretches.get(site.id or 0)
        if own and not site.excluded_reason:
            hours = hours_of(site, policies[site.id or 0])
            share = availability(own, hours, calendar, from_at, to_at)
            found[site.id or 0] = {"open_s": share.open_s, "seen_s": share.observed_s, "up_s": share.up_s}
    return found
