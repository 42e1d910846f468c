"""Loads the facts of a province for the weekly digest: a fixed number of queries, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from inventory.domain.digest_facts import (
    CUT_STATES,
    SILENT_STATES,
    AreaFact,
    Blindness,
    FindingFact,
    PastFigures,
    SiteFact,
    VillageCount,
    WeekFacts,
    gaps,
)
from inventory.domain.finding import FINDING_KINDS
from inventory.domain.hours import DEFAULT_CALENDAR, Calendar
from inventory.domain.week import IsoWeek, local_day, parse_week
from inventory.store import weekly_events
from inventory.store.tables import (
    Area,
    AreaMember,
    CollectorBeat,
    Finding,
    Machine,
    Site,
    SiteState,
    Village,
    WeeklyFigures,
)
from inventory.store.unit_tree import UnitTree, load_tree

BLIND_LEAST_S = 600.0
"""Shorter gaps between beats of the collector are restarts, not worth a leader's reading."""
COMPARE_WEEKS = 5
"""Figures of an older mail than that are no comparison."""


def load_week(
    session: Session, province_id: str, week: IsoWeek, as_of: datetime, calendar: Calendar = DEFAULT_CALENDAR
) -> WeekFacts:
    """Facts of the week as known at `as_of`. Raises ValueError for a province that is not in the store."""
    end = min(week.to_at, as_of)
    tree = load_tree(session, province_id, local_day(as_of))
    return WeekFacts(
        week=week,
        as_of=as_of,
        province=tree.names[tree.province_id],
        units=tree.names,
        sites=tuple(_sites(session, tree, week, end, calendar)),
        findings=tuple(_findings(session, tree, week)),
        villages=_villages(session, tree),
        areas=_areas(session, tree, local_day(as_of)),
        blind=_blindness(session, week, end),
        past=_past(session, week),
        events=weekly_events.load_events(session, week.from_at, end),
        corrections=weekly_events.load_corrections(session, tree, week, as_of),
    )


def _sites(session: Session, tree: UnitTree, week: IsoWeek, end: datetime, calendar: Calendar) -> Iterable[SiteFact]:
    states = _last_states(session, week, end)
    sites = session.exec(select(Site).order_by(Site.name)).all()
    shares = weekly_events.load_availability(session, sites, week.from_at, end, calendar)
    machines = _machines(session, week)
    for site in sites:
        unit_id = tree.current(site.unit_id)
        if unit_id not in tree.names or site.id is None:
            continue
        state, cause = states.get(site.id) or _state_without_history(site, week, end)
        total, reporting, age_known, outdated = machines.get(site.id, (0, 0, 0, 0))
        yield SiteFact(
            id=site.id,
            unit_id=unit_id,
            name=site.name,
            state=state,
            cause=cause,
            lan=site.lan_state,
            pc_norm=site.pc_norm,
            provider=site.provider,
            excluded=bool(site.excluded_reason),
            sample=site.sample,
            machines=total,
            reporting=reporting,
            age_known=age_known,
            outdated=outdated,
            last_contact_at=site.last_contact_at,
            **shares.get(site.id, {}),
        )


def _last_states(session: Session, week: IsoWeek, end: datetime) -> dict[int, tuple[str, str]]:
    """Per site the last state of the week that tells something."""
    query = (
        select(SiteState.site_id, SiteState.state, SiteState.cause)
        .where(
            SiteState.to_at > week.from_at,
            SiteState.from_at < end,
            col(SiteState.state).not_in(SILENT_STATES),
        )
        .order_by(col(SiteState.site_id), col(SiteState.from_at))
    )
    return {site_id: (state, cause) for site_id, state, cause in session.exec(query)}


def _state_without_history(site: Site, week: IsoWeek, end: datetime) -> tuple[str, str]:
    """For a site whose timeline does not reach the week: what was concluded last, if that was by then."""
    if site.state_since is None or site.state_since >= end:
        return "", "unknown"
    if site.state in SILENT_STATES:
        heard = site.last_contact_at is not None and site.last_contact_at >= week.from_at
        return ("UP" if heard else ""), "unknown"
    return site.state, site.state_cause


def _machines(session: Session, week: IsoWeek) -> dict[int, tuple[int, int, int, int]]:
    """Per site: PCs in use, heard in the week, of known age, outdated."""

    def count(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    query = (
        core_select(
            col(Machine.site_id),
            func.count(),
            count(col(Machine.last_contact_at) >= week.from_at),
            count(col(Machine.outdated).is_not(None)),
            count(col(Machine.outdated).is_(True)),
        )
        .where(col(Machine.status) == "in_use")
        .group_by(col(Machine.site_id))
    )
    rows = session.connection().execute(query).all()
    return {site_id: (int(a), int(b), int(c), int(d)) for site_id, a, b, c, d in rows}


def _findings(session: Session, tree: UnitTree, week: IsoWeek) -> Iterable[FindingFact]:
    closed_in_week = and_(col(Finding.closed_at) >= week.from_at, col(Finding.closed_at) < week.to_at)
    query = select(Finding).where(or_(col(Finding.is_open), closed_in_week)).order_by(col(Finding.id))
    told = {kind for kind, rule in FINDING_KINDS.items() if rule.in_letters}
    rows = [row for row in session.exec(query) if row.kind in told and tree.current(row.unit_id) in tree.names]
    villages = dict(session.exec(select(Village.id, Village.name)).all())
    withdrawn = _withdrawn(session, rows)
    for row in rows:
        is_village = row.subject_kind == "village" and row.subject_id.isdigit()
        yield FindingFact(
            id=row.id or 0,
            kind=row.kind,
            unit_id=tree.current(row.unit_id),
            site_id=row.site_id,
            subject=villages.get(int(row.subject_id), "") if is_village else "",
            severity=row.severity,
            state=row.state,
            is_open=row.is_open,
            responsible=row.responsible,
            since=_since(row),
            closed_at=row.closed_at,
            due_on=row.due_on,
            withdrawn=row.id in withdrawn,
            sample=row.sample,
            event_id=row.evidence.get("event") if row.kind == "site_disconnected" and row.evidence else None,
        )


def _since(row: Finding) -> datetime:
    """When the gap began by its evidence, else when it was found."""
    text = (row.evidence or {}).get("since")
    try:
        began = datetime.fromisoformat(text) if isinstance(text, str) else row.opened_at
    except ValueError:
        return row.opened_at
    return began if began.tzinfo is not None and began < row.opened_at else row.opened_at


def _withdrawn(session: Session, rows: Iterable[Finding]) -> set[int | None]:
    """Closed outages that the corrected history of the site does not know: late proof showed that there was none."""
    closed = [row for row in rows if row.kind == "site_disconnected" and not row.is_open and row.closed_at]
    if not closed:
        return set()
    query = select(SiteState.site_id, SiteState.from_at, SiteState.to_at).where(
        col(SiteState.site_id).in_([row.site_id for row in closed]),
        col(SiteState.state).in_(CUT_STATES),
        SiteState.to_at > min(_since(row) for row in closed),
    )
    cuts = session.exec(query).all()

    def confirmed(row: Finding) -> bool:
        assert row.closed_at is not None
        return any(site == row.site_id and a < row.closed_at and b > _since(row) for site, a, b in cuts)

    return {row.id for row in closed if not confirmed(row)}


def _villages(session: Session, tree: UnitTree) -> dict[str, VillageCount]:
    query = core_select(
        col(Village.unit_id),
        func.count(),
        func.sum(case((col(Village.fixed_broadband) != "", 1), else_=0)),
        func.sum(case((col(Village.mobile) != "", 1), else_=0)),
        func.sum(case((col(Village.sample), 1), else_=0)),
    ).group_by(col(Village.unit_id))
    found: dict[str, VillageCount] = {}
    for unit_id, *counts in session.connection().execute(query):
        unit_id = tree.current(unit_id)
        if unit_id in tree.names:
            before = found.get(unit_id, VillageCount())
            total, broadband, mobile, sample = (int(count) for count in counts)
            found[unit_id] = VillageCount(
                before.total + total,
                before.broadband_known + broadband,
                before.mobile_known + mobile,
                before.sample + sample,
            )
    return found


def _areas(session: Session, tree: UnitTree, day: date) -> dict[str, AreaFact]:
    members: dict[int, set[str]] = {}
    for member in session.exec(select(AreaMember)):
        begun = member.valid_from is None or member.valid_from <= day
        if begun and (member.valid_to is None or day <= member.valid_to):
            heirs = tree.heirs.get(member.unit_id, (member.unit_id,))
            members.setdefault(member.area_id, set()).update(unit_id for unit_id in heirs if unit_id in tree.names)
    query = select(Area).order_by(Area.name)
    areas = [area for area in session.exec(query) if tree.current(area.province_id) == tree.province_id]
    return {str(area.id): AreaFact(str(area.id), area.name, frozenset(members.get(area.id or 0, ()))) for area in areas}


def _blindness(session: Session, week: IsoWeek, end: datetime) -> Blindness:
    query = select(CollectorBeat.from_at, CollectorBeat.to_at).where(
        CollectorBeat.to_at > week.from_at - timedelta(days=1), CollectorBeat.from_at < end
    )
    first = session.exec(select(func.min(CollectorBeat.from_at))).one()
    spans = [(begin, stop) for begin, stop in session.exec(query)]
    if first is not None and first < end:
        spans.append((first, first))  # the collector existed from then on, even if it was silent the week before
    return gaps(spans, week.from_at, end, BLIND_LEAST_S)


def _past(session: Session, week: IsoWeek) -> dict[tuple[str, str], PastFigures]:
    """The newest earlier figures of each scope; during long holidays a week has none."""
    oldest = week.shifted(-COMPARE_WEEKS).label
    query = (
        select(WeeklyFigures)
        .where(WeeklyFigures.iso_week < week.label, WeeklyFigures.iso_week >= oldest)
        .order_by(WeeklyFigures.iso_week)
    )
    return {
        (row.scope_kind, row.scope_id): PastFigures(parse_week(row.iso_week), row.figures)
        for row in session.exec(query)
    }
