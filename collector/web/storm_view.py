"""The storm sheet: x of y communes cut off, by province and area, what was cut off today, and whom to call.

A commune of which nothing is known is counted apart: it is neither cut off nor connected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from inventory.domain.hours import Calendar
from inventory.domain.unit import full_name
from inventory.store.area_events import StormCommune, StormRow, storm_sheet
from inventory.store.outages import Outage, outages
from inventory.store.scope import Scope, area_unit_ids, unit_and_below
from inventory.store.tables import Site, Unit

_SEEN = ("UP", "OFF_EXPECTED", "OFF_UNUSUAL")


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet: a province or an area."""

    name: str
    communes: int  # all of them, y
    watched: int  # with a site that is watched at all
    cut: int  # x: every site that can be judged is cut off
    partly: int
    causes: dict[str, int]  # of cut and partly cut: power, line, other (also: not known)
    restored: int  # cut off since the begin of the sheet, and back
    unseen: int  # nothing is known now, with those that are not watched

    @property
    def connected(self) -> int:
        return self.communes - self.cut - self.partly - self.unseen


@dataclass(frozen=True, slots=True)
class CutCommune:
    unit_id: str
    name: str
    area: str
    whole: bool
    sites_cut: int
    sites_seen: int
    causes: tuple[str, ...]
    since: datetime
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class BackCommune:
    """A commune that was cut off today and is back, or one of which nothing is known now (`from_at` None)."""

    unit_id: str
    name: str
    from_at: datetime | None
    to_at: datetime | None
    cause: str
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Storm:
    whole: list[Line]  # provinces
    areas: list[Line]
    cut: list[CutCommune]
    restored: list[BackCommune]
    unseen: list[BackCommune]  # watched, but nothing is known now
    samples: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Ids of units: all communes in scope, and units with a site, of which something is known, that are back."""

    communes: frozenset[str]
    watched: frozenset[str]
    known: frozenset[str]
    back: frozenset[str]


def load_storm(session: Session, scope: Scope, since: datetime, now: datetime, day: date, calendar: Calendar) -> Storm:
    """The sheet as of now; `since`: from when on "cut off today" counts."""
    rows = storm_sheet(session, now, scope)
    sites = list(session.exec(select(Site).where(Site.excluded_reason == "", scope.condition(Site.unit_id))))
    names = _communes(session, scope, day)
    down = {commune.unit_id for row in rows for commune in row.list}
    back = _restored(outages(session, since, now, now=now, scope=scope, calendar=calendar), down)
    known = {site.unit_id for site in sites if site.state in _SEEN} | down
    contacts = _contacts(sites)
    areas = {row.scope_id: area_unit_ids(session, int(row.scope_id), day) for row in rows if row.scope_kind == "area"}
    own = {unit_id: row.name for row in rows if row.scope_kind == "area" for unit_id in areas[row.scope_id]}
    provinces = [row for row in rows if row.scope_kind == "province"]
    seen = Seen(frozenset(names), frozenset(site.unit_id for site in sites), frozenset(known), frozenset(back))
    unseen = sorted((seen.watched & seen.communes) - seen.known, key=lambda unit_id: names[unit_id])
    return Storm(
        whole=[_line(row, unit_and_below(session, row.scope_id), seen) for row in provinces],
        areas=[_line(row, areas[row.scope_id], seen) for row in rows if row.scope_kind == "area"],
        cut=[_cut(item, own.get(item.unit_id, ""), contacts) for row in provinces for item in row.list],
        restored=[
            BackCommune(key, item.unit_name, item.from_at, item.to_at, item.cause, contacts.get(key))
            for key, item in back.items()
        ],
        unseen=[BackCommune(key, names[key], None, None, "", contacts.get(key)) for key in unseen],
        samples=any(site.sample for site in sites),
    )


def _communes(session: Session, scope: Scope, day: date) -> dict[str, str]:
    """Communes in scope that are valid on the day: id -> name."""
    query = (
        select(Unit.id, Unit.type_label, Unit.name)
        .where(
            Unit.kind == "xa",
            scope.condition(Unit.id),
            or_(col(Unit.valid_from).is_(None), col(Unit.valid_from) <= day),
            or_(col(Unit.valid_to).is_(None), col(Unit.valid_to) >= day),
        )
        .order_by(col(Unit.name_key))
    )
    return {unit_id: full_name(label, name) for unit_id, label, name in session.exec(query)}


def _restored(found: Sequence[Outage], down: set[str]) -> dict[str, Outage]:
    """The last outage of each commune that is over; communes with a site that is down now stand in the other list."""
    back: dict[str, Outage] = {}
    for item in found:  # newest first
        if item.to_at is not None and item.unit_id not in down:
            back.setdefault(item.unit_id, item)
    return back


def _line(row: StormRow, unit_ids: frozenset[str], seen: Seen) -> Line:
    """Counts of communes only: a site filed under the province itself is no commune."""
    own = unit_ids & seen.communes
    down = [commune for commune in row.list if commune.unit_id in own]
    causes = {"power": 0, "line": 0, "other": 0}
    for commune in down:
        causes[commune.causes[0] if commune.causes[0] in ("power", "line") else "other"] += 1
    return Line(
        name=row.name,
        communes=len(own),
        watched=len(own & seen.watched),
        cut=sum(commune.whole for commune in down),
        partly=sum(not commune.whole for commune in down),
        causes=causes,
        restored=len(own & seen.back),
        unseen=len(own - seen.known),
    )


def _cut(item: StormCommune, area: str, contacts: dict[str, Contact]) -> CutCommune:
    return CutCommune(
        unit_id=item.unit_id,
        name=item.unit_name,
        area=area,
        whole=item.whole,
        sites_cut=item.sites_cut,
        sites_seen=item.sites_seen,
        causes=item.causes,
        since=item.since,
        contact=contacts.get(item.unit_id),
    )


def _contacts(sites: Sequence[Site]) -> dict[str, Contact]:
    """Whom to call in a commune: the main office's contact, else any."""
    by_unit: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        if site.contact_name or site.contact_phone:
            by_unit[site.unit_id].append(site)
    best = {key: min(own, key=lambda s: (s.role != "tru_so_chinh", s.id or 0)) for key, own in by_unit.items()}
    return {key: Contact(site.contact_name, site.contact_phone) for key, site in best.items()}
