"""The figures of the overview, counted by the database: one pass each over sites, machines and villages.

Counts per commune are the base; area and province are their sums, so that the pages always add up. What is unknown is
counted as unknown, never as none; excluded sites are counted apart and appear in no other figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_
from sqlmodel import Session, col, select

from inventory.domain.lan_hygiene import KINDS
from inventory.domain.policy import Policy
from inventory.domain.unit import full_name
from inventory.store.machine_lists import COUNTED_MACHINES, machine_conditions
from inventory.store.policy import effective_policy
from inventory.store.scope import Scope
from inventory.store.tables import Area, AreaMember, Finding, Lan, Machine, Site, Unit, Village

STATE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "connected": ("UP",),
    "cut": ("LINE_LOST_CONFIRMED", "LINE_LOST_SUSPECTED", "POWER_CUT_SUSPECTED"),
    "off": ("OFF_EXPECTED", "OFF_UNUSUAL"),
    "unobserved": ("COLLECTOR_BLIND", "NOT_OBSERVED", "NEVER_REPORTED"),
}
"""Site states summed up for people; `in_group` adds what the state alone does not tell."""

AGE_CLASSES = ("under_3", "from_3_to_5", "from_5_to_8", "over_8", "unknown", "not_applicable")


@dataclass(slots=True)
class Figures:
    """Counts for a commune, an area or everything in view."""

    sites: int = 0  # without the excluded ones
    connected: int = 0
    off: int = 0
    cut: int = 0
    unobserved: int = 0
    excluded: int = 0
    no_lan: int = 0
    partial_lan: int = 0
    lan_known: int = 0
    lan_faulty: int = 0  # sites with an open finding about the habits of their LAN
    lan_seen: int = 0  # sites of which a network or a finding about one is known
    machines: int = 0
    outdated: int = 0
    age_known: int = 0
    age_unknown: int = 0
    age_not_applicable: int = 0
    unsafe: int = 0  # PCs with a weak point of protection
    unsafe_known: int = 0
    windows11_cannot: int = 0
    windows11_switched_off: int = 0  # could, once something is switched on in the firmware
    windows11_known: int = 0
    windows11_asked: int = 0  # PCs that can be judged: no virtual machines, no servers
    disk_bad: int = 0  # a disk that is failing, or a system volume nearly full
    disk_known: int = 0
    villages: int = 0
    no_broadband: int = 0
    broadband_known: int = 0
    no_signal: int = 0
    partial_signal: int = 0
    outdated_signal: int = 0  # 2G or 3G only, switched off since
    signal_known: int = 0
    samples: int = 0  # sites, machines and villages among the above that are invented

    @property
    def observed(self) -> int:
        """Sites whose line is known to work or not to work now; PCs that are off tell nothing about it."""
        return self.connected + self.cut

    @property
    def lacking_signal(self) -> int:
        return self.no_signal + self.partial_signal + self.outdated_signal

    def add(self, other: Figures) -> None:
        for item in fields(Figures):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """One line of the table: a commune with its figures; `area` "" when it is in none."""

    unit_id: str
    name: str
    area_id: int | None
    area: str
    figures: Figures


@dataclass(slots=True)
class AreaRows:
    """The communes of one area with their sum."""

    area_id: int | None
    area: str
    communes: list[CommuneRow] = field(default_factory=list[CommuneRow])
    total: Figures = field(default_factory=Figures)


def count_by_commune(session: Session, scope: Scope, day: date) -> list[CommuneRow]:
    """Figures of every commune that has a site or a village in scope, by area and name; areas as of that day."""
    found: dict[str, Figures] = {}
    policy, _version = effective_policy(session)
    for source in (_sites(scope), _machines(scope), _villages(scope, outdated_signal(day, policy))):
        for row in session.exec(source).mappings():
            figures = found.setdefault(row["unit_id"], Figures())
            for name, value in row.items():
                if name != "unit_id":
                    setattr(figures, name, getattr(figures, name) + int(value or 0))
    areas = _areas_of(session, day)
    units = session.exec(
        select(Unit.id, Unit.type_label, Unit.name, Unit.name_key).where(col(Unit.id).in_(sorted(found)))
    ).all()
    rows: list[tuple[tuple[bool, str, str], CommuneRow]] = []
    for unit_id, label, name, key in units:
        area_id, area = areas.get(unit_id, (None, ""))
        row = CommuneRow(unit_id, full_name(label, name), area_id, area, found[unit_id])
        rows.append(((area_id is None, area, key), row))
    return [row for _key, row in sorted(rows, key=lambda pair: pair[0])]


def by_area(rows: Iterable[CommuneRow]) -> list[AreaRows]:
    """The same rows grouped by area, with sums; those in no area last."""
    groups: dict[int | None, AreaRows] = {}
    for row in rows:
        group = groups.setdefault(row.area_id, AreaRows(row.area_id, row.area))
        group.communes.append(row)
        group.total.add(row.figures)
    return list(groups.values())


def total_of(rows: Iterable[CommuneRow]) -> Figures:
    """The sum of all rows."""
    total = Figures()
    for row in rows:
        total.add(row.figures)
    return total


def age_distribution(session: Session, scope: Scope, year: int) -> dict[str, int]:
    """Machines per class of AGE_CLASSES. An interval counts by its latest year, the one in the machine's favour."""
    age = year - col(Machine.built_latest)
    known = and_(col(Machine.age_status) == "known", col(Machine.built_latest).is_not(None))
    which = case(
        (col(Machine.age_status) == "not_applicable", "not_applicable"),
        (~known, "unknown"),
        (age < 3, "under_3"),
        (age < 5, "from_3_to_5"),
        (age <= 8, "from_5_to_8"),
        else_="over_8",
    )
    query = (
        select(which, func.count())
        .select_from(Machine)
        .join(Site, col(Site.id) == col(Machine.site_id))
        .where(_counted_machine(), scope.condition(Site.unit_id), col(Site.excluded_reason) == "")
        .group_by(which)
    )
    counted = dict(session.exec(query).all())
    return {name: counted.get(name, 0) for name in AGE_CLASSES}


def outdated_signal(day: date, policy: Policy) -> ColumnElement[bool]:
    """Villages with "2G/3G only" whose signal is gone by that day, or may be: village_gap.signal_gap in SQL."""
    if day < policy.mobile_void_2g_from:
        return false()
    only_2g_3g = col(Village.mobile) == "2g_3g"
    if day >= policy.mobile_void_3g_from:
        return only_2g_3g
    said_before = or_(col(Village.as_of).is_(None), col(Village.as_of) < policy.mobile_void_2g_from)
    return and_(only_2g_3g, said_before)


def cut_off() -> ColumnElement[bool]:
    """Sites cut off: now, or when they were last observed with nothing heard since.

    After hours a cut site is "off" like any other; its finding stays open until it is heard again, and so does the cut.
    """
    standing = select(Finding.site_id).where(
        Finding.kind == "site_disconnected", col(Finding.is_open).is_(True), col(Finding.site_id).is_not(None)
    )
    state = col(Site.state)
    return or_(
        state.in_(STATE_GROUPS["cut"]), and_(state.not_in(STATE_GROUPS["connected"]), col(Site.id).in_(standing))
    )


def lan_faulty() -> ColumnElement[bool]:
    """Sites about whose LAN's habits a finding holds now, whatever people made of it."""
    return col(Site.id).in_(
        select(Finding.site_id).where(
            col(Finding.kind).in_(KINDS), col(Finding.is_open).is_(True), col(Finding.site_id).is_not(None)
        )
    )


def in_group(name: str) -> ColumnElement[bool]:
    """Sites of a group of STATE_GROUPS that are not excluded. Every such site is in exactly one group."""
    kept = col(Site.excluded_reason) == ""
    if name == "cut":
        return and_(kept, cut_off())
    return and_(kept, col(Site.state).in_(STATE_GROUPS[name]), not_(cut_off()))


def _count_if(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0)).label(name)


def _sites(scope: Scope) -> Any:
    kept = col(Site.excluded_reason) == ""
    states = [_count_if(in_group(name), name) for name in STATE_GROUPS]
    lan = col(Site.lan_state)
    return (
        select(  # type: ignore[call-overload]
            col(Site.unit_id).label("unit_id"),
            _count_if(kept, "sites"),
            *states,
            _count_if(~kept, "excluded"),
            _count_if(and_(kept, lan == "none"), "no_lan"),
            _count_if(and_(kept, lan == "partial"), "partial_lan"),
            _count_if(and_(kept, lan.in_(("none", "partial", "working"))), "lan_known"),
            _count_if(and_(kept, lan_faulty()), "lan_faulty"),
            _count_if(and_(kept, or_(col(Site.id).in_(select(Lan.site_id)), lan_faulty())), "lan_seen"),
            _count_if(and_(kept, col(Site.sample).is_(True)), "samples"),
        )
        .where(scope.condition(Site.unit_id))
        .group_by(col(Site.unit_id))
    )


def _counted_machine() -> ColumnElement[bool]:
    return col(Machine.status).in_(COUNTED_MACHINES)


def _machines(scope: Scope) -> Any:
    status = col(Machine.age_status)
    return (
        select(  # type: ignore[call-overload]
            col(Site.unit_id).label("unit_id"),
            func.count().label("machines"),
            _count_if(col(Machine.outdated).is_(True), "outdated"),
            _count_if(status == "known", "age_known"),
            _count_if(status == "unknown", "age_unknown"),
            _count_if(status == "not_applicable", "age_not_applicable"),
            *(_count_if(condition, name) for name, condition in machine_conditions().items()),
            _count_if(col(Machine.sample).is_(True), "samples"),
        )
        .select_from(Machine)
        .join(Site, col(Site.id) == col(Machine.site_id))
        .where(_counted_machine(), scope.condition(Site.unit_id), col(Site.excluded_reason) == "")
        .group_by(col(Site.unit_id))
    )


def _villages(scope: Scope, outdated: ColumnElement[bool]) -> Any:
    fixed, mobile = col(Village.fixed_broadband), col(Village.mobile)
    return (
        select(  # type: ignore[call-overload]
            col(Village.unit_id).label("unit_id"),
            func.count().label("villages"),
            _count_if(fixed == "none", "no_broadband"),
            _count_if(fixed != "", "broadband_known"),
            _count_if(mobile == "none", "no_signal"),
            _count_if(mobile == "partial", "partial_signal"),
            _count_if(outdated, "outdated_signal"),
            _count_if(mobile != "", "signal_known"),
            _count_if(col(Village.sample).is_(True), "samples"),
        )
        .where(scope.condition(Village.unit_id))
        .group_by(col(Village.unit_id))
    )


def _areas_of(session: Session, day: date) -> dict[str, tuple[int, str]]:
    """Unit id -> (area id, name). A commune of two areas is listed under the first by id."""
    query = (
        select(AreaMember, Area.name).join(Area, col(Area.id) == col(AreaMember.area_id)).order_by(col(Area.id).desc())
    )
    return {
        member.unit_id: (member.area_id, name)
        for member, name in session.exec(query)
        if (member.valid_from is None or member.valid_from <= day)
        and (member.valid_to is None or day <= member.valid_to)
    }
