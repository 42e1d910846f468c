"""Area events: sites of one provider or area that were lost together; and the storm sheet, communes cut off now."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from inventory.domain.unit import full_name
from inventory.domain.week import local_day
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Area, AreaEvent, AreaMember, Finding, Site, Unit
from inventory.store.unit_tree import UnitTree, load_tree


@dataclass(frozen=True, slots=True)
class EventSite:
    site_id: int
    site_name: str
    unit_id: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """An area event in readable form. `to_at` None: it goes on; `withdrawn_at`: late proof showed that there was none."""

    id: int
    from_at: datetime
    to_at: datetime | None
    area_id: int | None
    area_name: str  # "": not one area's
    provider: str  # "": not one provider's
    cause: str
    raised_at: datetime
    withdrawn_at: datetime | None
    sites: tuple[EventSite, ...]  # those that the reader may see
    sites_in_all: int

    @property
    def communes(self) -> int:
        return len({site.unit_id for site in self.sites})


@dataclass(frozen=True, slots=True)
class StormCommune:
    """A commune with a site that is cut off now."""

    unit_id: str
    unit_name: str
    sites_cut: int
    sites_seen: int  # that can be judged
    causes: tuple[str, ...]  # most frequent first
    since: datetime

    @property
    def whole(self) -> bool:
        return self.sites_cut == self.sites_seen


@dataclass(frozen=True, slots=True)
class StormRow:
    """x of y communes of a province or area. `unseen`: communes of which nothing is known now, told apart."""

    scope_kind: str  # province | area
    scope_id: str
    name: str
    communes: int  # that have a site at all
    cut: int  # every site that can be judged is cut off
    partly: int  # some are
    unseen: int
    causes: tuple[tuple[str, int], ...]  # (cause, communes cut or partly cut), most frequent first
    since: datetime | None  # of the earliest outage that goes on
    list: tuple[StormCommune, ...]  # cut and partly cut, longest first


def area_events(
    session: Session, from_at: datetime, to_at: datetime, scope: Scope = EVERYTHING, *, withdrawn: bool = True
) -> list[EventRow]:
    """Events that reach into [from_at, to_at), newest first; without those that have no site in the scope."""
    query = (
        select(AreaEvent)
        .where(AreaEvent.from_at < to_at, or_(col(AreaEvent.to_at).is_(None), col(AreaEvent.to_at) > from_at))
        .order_by(col(AreaEvent.from_at).desc(), col(AreaEvent.id).desc())
    )
    if not withdrawn:
        query = query.where(col(AreaEvent.withdrawn_at).is_(None))
    return _read(session, session.exec(query).all(), scope)


def open_events(session: Session, scope: Scope = EVERYTHING) -> list[EventRow]:
    """Events that go on now, oldest first."""
    query = (
        select(AreaEvent)
        .where(col(AreaEvent.to_at).is_(None), col(AreaEvent.withdrawn_at).is_(None))
        .order_by(col(AreaEvent.from_at))
    )
    return _read(session, session.exec(query).all(), scope)


def one_event(session: Session, event_id: int, scope: Scope = EVERYTHING) -> EventRow | None:
    """The event, unless there is none that the reader may see."""
    event = session.get(AreaEvent, event_id)
    return next(iter(_read(session, [event], scope)), None) if event is not None else None


def _read(session: Session, events: Sequence[AreaEvent], scope: Scope) -> list[EventRow]:
    ids = {site_id for event in events for site_id in event.sites}
    query = (
        select(Site, Unit)
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(col(Site.id).in_(sorted(ids)), scope.condition(Site.unit_id))
    )
    seen = {
        site.id: EventSite(site.id or 0, site.name, unit.id, full_name(unit.type_label, unit.name))
        for site, unit in session.exec(query)
    }
    areas = dict(session.exec(select(Area.id, Area.name)).all())
    rows: list[EventRow] = []
    for event in events:
        sites = tuple(seen[site_id] for site_id in event.sites if site_id in seen)
        if not sites:
            continue
        rows.append(
            EventRow(
                id=event.id or 0,
                from_at=event.from_at,
                to_at=event.to_at,
                area_id=event.area_id,
                area_name=areas.get(event.area_id, ""),
                provider=event.provider,
                cause=event.cause,
                raised_at=event.raised_at,
                withdrawn_at=event.withdrawn_at,
                sites=tuple(sorted(sites, key=lambda site: (site.unit_name, site.site_name))),
                sites_in_all=len(event.sites),
            )
        )
    return rows


def storm_sheet(session: Session, now: datetime, scope: Scope = EVERYTHING) -> list[StormRow]:
    """Per province that has sites, and per area of it below: x of y communes cut off now, of what, since when.

    A site counts as cut off while its finding says so: nights do not end an outage, only word from the site does.
    """
    sites = list(session.exec(select(Site).where(Site.excluded_reason == "", scope.condition(Site.unit_id))))
    cut = _cut_sites(session)
    rows: list[StormRow] = []
    done: set[str] = set()
    for province_id in _provinces(session, {site.unit_id for site in sites}):
        tree = load_tree(session, province_id, local_day(now))
        if tree.province_id in done:
            continue
        done.add(tree.province_id)
        by_unit: dict[str, list[Site]] = defaultdict(list)
        for site in sites:
            if tree.current(site.unit_id) in tree.names:
                by_unit[tree.current(site.unit_id)].append(site)
        name = tree.names[tree.province_id].full
        rows.append(_row("province", tree.province_id, name, by_unit, tree, cut))
        for area_id, area_name, unit_ids in _areas(session, tree, now):
            own = {unit_id: found for unit_id, found in by_unit.items() if unit_id in unit_ids}
            if own:
                rows.append(_row("area", str(area_id), area_name, own, tree, cut))
    return rows


def _cut_sites(session: Session) -> dict[int, tuple[str, datetime]]:
    """Cause and begin of the outage that goes on, by site."""
    query = select(Finding).where(
        Finding.kind == "site_disconnected", col(Finding.is_open), Finding.state != "excluded"
    )
    found: dict[int, tuple[str, datetime]] = {}
    for finding in session.exec(query):
        since = finding.opened_at
        with contextlib.suppress(ValueError, TypeError):  # without a date of its own: when it was found
            since = min(since, datetime.fromisoformat(str(finding.evidence.get("since"))))
        if finding.site_id is not None:
            found[finding.site_id] = (str(finding.evidence.get("cause") or "unknown"), since)
    return found


def _provinces(session: Session, unit_ids: set[str]) -> list[str]:
    parents = dict(session.exec(select(Unit.id, Unit.parent_id)).all())
    kinds = dict(session.exec(select(Unit.id, Unit.kind)).all())
    found: set[str] = set()
    for unit_id in unit_ids:
        at: str | None = unit_id
        for _step in range(4):
            if at is None or kinds.get(at) == "tinh":
                break
            at = parents.get(at)
        if at is not None and kinds.get(at) == "tinh":
            found.add(at)
    return sorted(found)


def _areas(session: Session, tree: UnitTree, now: datetime) -> Iterable[tuple[int, str, frozenset[str]]]:
    day = local_day(now)
    members: dict[int, set[str]] = defaultdict(set)
    for member in session.exec(select(AreaMember)):
        begun = member.valid_from is None or member.valid_from <= day
        if begun and (member.valid_to is None or day <= member.valid_to):
            members[member.area_id].add(tree.current(member.unit_id))
    for area in session.exec(select(Area).order_by(Area.name)):
        if tree.current(area.province_id) == tree.province_id:
            yield area.id or 0, area.name, frozenset(members.get(area.id or 0, ()))


def _row(
    kind: str, scope_id: str, name: str, by_unit: Mapping[str, Sequence[Site]], tree: UnitTree,
    cut: Mapping[int, tuple[str, datetime]],
) -> StormRow:  # fmt: skip
    communes: list[StormCommune] = []
    unseen = 0
    for unit_id, sites in by_unit.items():
        hit = [cut[site.id or 0] for site in sites if (site.id or 0) in cut]
        seen = sum((site.id or 0) in cut or site.state in ("UP", "OFF_EXPECTED", "OFF_UNUSUAL") for site in sites)
        unseen += not seen
        if hit:
            causes = Counter(cause for cause, _since in hit)
            ranked = tuple(cause for cause, _n in causes.most_common())
            since = min(since for _cause, since in hit)
            communes.append(StormCommune(unit_id, tree.names[unit_id].full, len(hit), seen, ranked, since))
    causes = Counter(commune.causes[0] for commune in communes)
    return StormRow(
        scope_kind=kind,
        scope_id=scope_id,
        name=name,
        communes=len(by_unit),
        cut=sum(commune.whole for commune in communes),
        partly=sum(not commune.whole for commune in communes),
        unseen=unseen,
        causes=tuple(causes.most_common()),
        since=min((commune.since for commune in communes), default=None),
        list=tuple(sorted(communes, key=lambda commune: (not commune.whole, commune.since, commune.unit_name))),
    )
