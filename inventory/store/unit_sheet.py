"""One unit's page: what it is called and was, what lies in it. Limited by a Scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inventory.domain.unit import full_name
from inventory.store.overview import Figures, count_by_commune, total_of
from inventory.store.scope import Scope, unit_and_below
from inventory.store.sites import unit_crumbs
from inventory.store.tables import Unit, UnitLink


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """A unit that this one took over, whole or in part."""

    name: str  # "Xã Vĩnh Kim"
    parent: str  # "Huyện Vĩnh Thạnh"; "" when not known
    ended_on: date | None
    split: bool  # only a part came here


@dataclass(frozen=True, slots=True)
class UnitSheet:
    unit: Unit
    name: str
    crumbs: list[tuple[str, str]]
    former: list[FormerUnit]
    successors: list[tuple[str, str]]  # (unit id, name) when the unit has ended
    figures: Figures


def find_unit(session: Session, scope: Scope, unit_id: str, day: date) -> UnitSheet | None:
    """A unit in scope; None when there is none or it may not be seen: the two are not told apart."""
    unit = session.get(Unit, unit_id)
    if unit is None or not scope.covers(unit_id):
        return None
    within = scope.narrowed(unit_and_below(session, unit_id))
    return UnitSheet(
        unit=unit,
        name=full_name(unit.type_label, unit.name),
        crumbs=unit_crumbs(session, unit_id),
        former=_former(session, unit),
        successors=_successors(session, unit_id),
        figures=total_of(count_by_commune(session, within, day)),
    )


def _former(session: Session, unit: Unit) -> list[FormerUnit]:
    """Units of the same level: the communes of a commune, not the district that lay above them."""
    query = (
        select(Unit, UnitLink.kind)
        .join(UnitLink, col(UnitLink.from_id) == col(Unit.id))
        .where(UnitLink.to_id == unit.id, Unit.kind == unit.kind)
        .order_by(col(Unit.name_key))
    )
    found = session.exec(query).all()
    parent_ids = {former.parent_id for former, _kind in found if former.parent_id}
    parents = {row.id: row for row in session.exec(select(Unit).where(col(Unit.id).in_(sorted(parent_ids))))}
    return [
        FormerUnit(
            name=full_name(former.type_label, former.name),
            parent=full_name(parent.type_label, parent.name) if (parent := parents.get(former.parent_id or "")) else "",
            ended_on=former.valid_to,
            split=kind == "split",
        )
        for former, kind in found
    ]


def _successors(session: Session, unit_id: str) -> list[tuple[str, str]]:
    query = (
        select(Unit.id, Unit.type_label, Unit.name)
        .join(UnitLink, col(UnitLink.to_id) == col(Unit.id))
        .where(UnitLink.from_id == unit_id)
        .order_by(col(UnitLink.is_default).desc(), col(Unit.name_key))
    )
    return [(to_id, full_name(label, name)) for to_id, label, name in session.exec(query)]
