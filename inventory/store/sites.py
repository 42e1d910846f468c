"""Sites: the list with search, filters and sorting, and what one site's page shows. All limited by a Scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_
from sqlmodel import Session, col, select

from inventory.domain.unit import full_name
from inventory.store.machine_lists import narrow, search_conditions
from inventory.store.overview import COUNTED_MACHINES, STATE_GROUPS, cut_off, in_group, lan_faulty
from inventory.store.scope import Scope
from inventory.store.tables import Agent, Area, AreaMember, Line, Machine, Site, SiteState, SiteToken, Unit, Village

SORTS = ("trang-thai", "ten", "xa", "tu-luc", "may", "lien-lac")

# worst first: what somebody may have to act on
_STATE_ORDER = (
    "LINE_LOST_CONFIRMED",
    "LINE_LOST_SUSPECTED",
    "POWER_CUT_SUSPECTED",
    "OFF_UNUSUAL",
    "NEVER_REPORTED",
    "NOT_OBSERVED",
    "COLLECTOR_BLIND",
    "UP",
    "OFF_EXPECTED",
)


_SEARCHED = col(Site.name_key) + " " + col(Unit.name_key) + " " + func.lower(col(Site.provider))


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """Empty texts and None leave a condition out; conditions are joined by "and"."""

    scope: Scope
    words: str = ""  # every word must stand in the name, the commune or the provider
    area_id: int | None = None
    unit_id: str = ""
    state: str = ""  # a state, or a group of STATE_GROUPS, or "excluded"
    lan: str = ""  # a state of the LAN, or "faulty": a finding about its habits is open
    role: str = ""


@dataclass(frozen=True, slots=True)
class SiteRow:
    site: Site
    unit_name: str  # "Xã Vĩnh Sơn"
    machines: int
    outdated: int
    agents: int
    cut_off: bool = False  # by overview.cut_off: also a site that was cut off when it was last observed


@dataclass(frozen=True, slots=True)
class SiteSheet:
    """One site with where it lies; the breadcrumb from the province down, as (unit id, name)."""

    site: Site
    crumbs: list[tuple[str, str]]
    area: str
    lines: list[Line]
    agents: list[Agent]
    usable_tokens: int
    cut_off: bool  # as in SiteRow


def list_sites(
    session: Session,
    wanted: SiteFilter,
    day: date,
    sort: str = "trang-thai",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> list[SiteRow]:
    """One page of sites. Excluded sites come last when sorted by state."""
    machines, agents = _machine_counts(), _agent_counts()
    machine_count = func.coalesce(machines.c.machines, 0)
    query = (
        select(  # type: ignore[call-overload]
            Site,
            Unit.type_label,
            Unit.name,
            machine_count,
            func.coalesce(machines.c.outdated, 0),
            func.coalesce(agents.c.agents, 0),
            cut_off(),
        )
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .outerjoin(machines, machines.c.site_id == col(Site.id))
        .outerjoin(agents, agents.c.site_id == col(Site.id))
        .where(*_conditions(session, wanted, day))
        .order_by(*_order(sort, descending, machine_count))
        .offset(offset)
        .limit(limit)
    )
    return [
        SiteRow(site, full_name(label, name), count, outdated, running, bool(cut))
        for site, label, name, count, outdated, running, cut in session.exec(query)
    ]


def count_sites(session: Session, wanted: SiteFilter, day: date) -> int:
    """How many sites the filter leaves."""
    query = select(func.count()).select_from(Site).join(Unit, col(Unit.id) == col(Site.unit_id))
    return session.exec(query.where(*_conditions(session, wanted, day))).one()


def find_site(session: Session, scope: Scope, site_id: int, now: datetime, day: date) -> SiteSheet | None:
    """A site in scope; None when there is none or it may not be seen: the two are not told apart."""
    site = session.get(Site, site_id)
    if site is None or not scope.covers(site.unit_id):
        return None
    lines = session.exec(select(Line).where(Line.site_id == site_id).order_by(col(Line.kind), col(Line.id))).all()
    agents = session.exec(select(Agent).where(Agent.site_id == site_id).order_by(col(Agent.hostname))).all()
    tokens = session.exec(
        select(func.count()).where(
            SiteToken.site_id == site_id,
            SiteToken.uses_left > 0,
            SiteToken.expires_at > now,
            col(SiteToken.revoked_at).is_(None),
        )
    ).one()
    area = _area_name(session, site.unit_id, day)
    cut = session.exec(select(func.count()).select_from(Site).where(Site.id == site_id, cut_off())).one() > 0
    return SiteSheet(site, unit_crumbs(session, site.unit_id), area, list(lines), list(agents), tokens, cut)


def site_states(session: Session, site_id: int, from_at: datetime, to_at: datetime) -> list[SiteState]:
    """Stretches that touch the time between, oldest first."""
    query = (
        select(SiteState)
        .where(SiteState.site_id == site_id, SiteState.from_at < to_at, SiteState.to_at > from_at)
        .order_by(col(SiteState.from_at))
    )
    return list(session.exec(query))


def site_outages(session: Session, site_id: int, limit: int = 20) -> list[SiteState]:
    """Stretches cut off, newest first."""
    query = (
        select(SiteState)
        .where(SiteState.site_id == site_id, col(SiteState.state).in_(STATE_GROUPS["cut"]))
        .order_by(col(SiteState.from_at).desc())
        .limit(limit)
    )
    return list(session.exec(query))


def unit_crumbs(session: Session, unit_id: str) -> list[tuple[str, str]]:
    """(unit id, name) from the province down to the unit."""
    trail: list[tuple[str, str]] = []
    current: str | None = unit_id
    while current is not None and len(trail) < 4:
        unit = session.get(Unit, current)
        if unit is None:
            break
        trail.append((unit.id, full_name(unit.type_label, unit.name)))
        current = unit.parent_id
    return trail[::-1]


def area_choices(session: Session, scope: Scope, day: date) -> list[tuple[int, str]]:
    """For filters: areas with a commune in scope that day, as (id, name) by name."""
    query = (
        select(AreaMember.area_id, Area.name)
        .join(Area, col(Area.id) == col(AreaMember.area_id))
        .where(
            scope.condition(AreaMember.unit_id),
            or_(col(AreaMember.valid_from).is_(None), col(AreaMember.valid_from) <= day),
            or_(col(AreaMember.valid_to).is_(None), col(AreaMember.valid_to) >= day),
        )
        .distinct()
        .order_by(col(Area.name))
    )
    return list(session.exec(query).all())


def commune_choices(session: Session, scope: Scope) -> list[tuple[str, str]]:
    """For filters: communes in scope that have a site or a village, as (id, name) by name."""
    filed = or_(col(Unit.id).in_(select(Site.unit_id)), col(Unit.id).in_(select(Village.unit_id)))
    query = (
        select(Unit.id, Unit.type_label, Unit.name).where(filed, scope.condition(Unit.id)).order_by(col(Unit.name_key))
    )
    return [(unit_id, full_name(label, name)) for unit_id, label, name in session.exec(query)]


def place_choices(session: Session, scope: Scope, day: date) -> tuple[list[tuple[int, str]], list[tuple[str, str]]]:
    """Both of the above, for lists that filter by area and by commune."""
    return area_choices(session, scope, day), commune_choices(session, scope)


def _machine_counts() -> Subquery:
    """Machines and outdated ones per site."""
    return (
        select(
            col(Machine.site_id).label("site_id"),
            func.count().label("machines"),
            func.sum(case((col(Machine.outdated).is_(True), 1), else_=0)).label("outdated"),
        )
        .where(col(Machine.status).in_(COUNTED_MACHINES))
        .group_by(col(Machine.site_id))
        .subquery()
    )


def _agent_counts() -> Subquery:
    """Active agents per site."""
    return (
        select(col(Agent.site_id).label("site_id"), func.count().label("agents"))
        .where(Agent.status == "active")
        .group_by(col(Agent.site_id))
        .subquery()
    )


def _conditions(session: Session, wanted: SiteFilter, day: date) -> list[ColumnElement[bool]]:
    scope = narrow(session, wanted.scope, wanted.area_id, wanted.unit_id, day)
    return [
        scope.condition(Site.unit_id),
        *search_conditions(wanted.words, _SEARCHED),
        *_state(wanted.state),
        *_lan(wanted.lan),
        *([col(Site.role) == wanted.role] if wanted.role else []),
    ]


def _lan(wanted: str) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    return [lan_faulty() if wanted == "faulty" else col(Site.lan_state) == wanted, col(Site.excluded_reason) == ""]


def _state(wanted: str) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    if wanted == "excluded":
        return [col(Site.excluded_reason) != ""]
    if wanted in STATE_GROUPS:
        return [in_group(wanted)]
    return [col(Site.state) == wanted, col(Site.excluded_reason) == ""]


def _order(sort: str, descending: bool, machines: ColumnElement[int]) -> list[Any]:
    by_state = case({code: rank for rank, code in enumerate(_STATE_ORDER)}, value=col(Site.state), else_=99)
    known_cut = col(Site.state).in_(STATE_GROUPS["cut"])
    worst_first = case((and_(cut_off(), ~known_cut), len(STATE_GROUPS["cut"]) - 0.5), else_=by_state)
    columns: dict[str, list[Any]] = {
        "trang-thai": [case((col(Site.excluded_reason) != "", 100), else_=worst_first)],
        "ten": [col(Site.name_key)],
        "xa": [col(Unit.name_key)],
        "tu-luc": [col(Site.state_since).is_(None), col(Site.state_since)],
        "may": [machines],
        "lien-lac": [col(Site.last_contact_at).is_(None), col(Site.last_contact_at)],
    }
    main = columns[sort]
    return [
        *main[:-1],
        main[-1].desc() if descending else main[-1],
        col(Unit.name_key),
        col(Site.name_key),
        col(Site.id),
    ]


def _area_name(session: Session, unit_id: str, day: date) -> str:
    query = (
        select(Area.name)
        .join(AreaMember, col(AreaMember.area_id) == col(Area.id))
        .where(AreaMember.unit_id == unit_id, or_(col(AreaMember.valid_to).is_(None), col(AreaMember.valid_to) >= day))
        .order_by(col(Area.id))
    )
    return session.exec(query).first() or ""
