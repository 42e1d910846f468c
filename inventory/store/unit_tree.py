"""The communes of a province on a day, which of them stand for units that have ended, and names of mail scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from inventory.domain.digest_facts import UnitName
from inventory.domain.unit import UnitLink as Link
from inventory.domain.unit import full_name, index_links, successors_on
from inventory.store.tables import Area, AreaMember, Finding, Recipient, Site, Unit, UnitLink, Village


@dataclass(frozen=True, slots=True)
class UnitTree:
    """Names of the units of a province, and which unit stands for which on a day."""

    names: dict[str, UnitName]
    heirs: dict[str, tuple[str, ...]]  # ended unit -> its successors, the default one first
    province_id: str

    def current(self, unit_id: str) -> str:
        """The unit that what is filed under `unit_id` counts for."""
        return self.heirs.get(unit_id, (unit_id,))[0]


def load_tree(session: Session, province_id: str, day: date) -> UnitTree:
    """The communes of the province that are valid on the day, and the ended units that live on in them.

    Raises ValueError for a province that is not in the store.
    """
    if session.get(Unit, province_id) is None:
        raise ValueError(f'there is no unit "{province_id}": load the unit tree, or mend province_id in the settings')
    province_id = (_heirs(session, {province_id}, day).get(province_id) or (province_id,))[0]
    districts = select(Unit.id).where(Unit.parent_id == province_id, Unit.kind == "huyen")
    query = select(Unit.id, Unit.type_label, Unit.name).where(
        or_(
            col(Unit.id) == province_id,
            and_(
                col(Unit.kind) == "xa",
                or_(col(Unit.parent_id) == province_id, col(Unit.parent_id).in_(districts)),
            ),
        ),
        or_(col(Unit.valid_from).is_(None), col(Unit.valid_from) <= day),
        or_(col(Unit.valid_to).is_(None), col(Unit.valid_to) >= day),
    )
    names = {unit_id: UnitName(unit_id, label, name) for unit_id, label, name in session.exec(query)}
    if province_id not in names:
        raise ValueError(f'unit "{province_id}" is no province on {day}: mend province_id in the settings')
    used: set[str] = set()
    for column in (Site.unit_id, Village.unit_id, Finding.unit_id, AreaMember.unit_id, Area.province_id):
        used.update(session.exec(select(column).distinct()))
    used.update(session.exec(select(Recipient.scope_id).where(Recipient.scope_kind != "area").distinct()))
    heirs = _heirs(session, used - set(names), day)
    return UnitTree(names, {k: v for k, v in heirs.items() if v and v[0] in names}, province_id)


def _heirs(session: Session, ended: set[str], day: date) -> dict[str, tuple[str, ...]]:
    """Successors on the day of each unit, following links as far as they go."""
    links: list[Link] = []
    asked: set[str] = set()
    layer = ended
    while layer := layer - asked:
        asked |= layer
        query = select(UnitLink).where(col(UnitLink.from_id).in_(sorted(layer)), UnitLink.effective <= day)
        found = [
            Link(row.from_id, row.to_id, row.kind, row.effective, row.is_default)  # type: ignore[arg-type]
            for row in session.exec(query)
        ]
        links += found
        layer = {link.to_id for link in found}
    index = index_links(links)
    return {unit_id: successors_on(index, unit_id, day) for unit_id in ended}


def scope_names(session: Session, scopes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Names of mail scopes (kind, id), of ended units too. What does not exist any more keeps its id."""
    wanted = set(scopes)
    areas = {int(scope_id) for kind, scope_id in wanted if kind == "area" and scope_id.isdigit()}
    units = {scope_id for kind, scope_id in wanted if kind != "area"}
    area_rows = session.exec(select(Area.id, Area.name).where(col(Area.id).in_(areas)))
    names = {("area", str(area_id)): name for area_id, name in area_rows}
    query = select(Unit.id, Unit.type_label, Unit.name).where(col(Unit.id).in_(units))
    unit_names = {unit_id: full_name(label, name) for unit_id, label, name in session.exec(query)}
    names |= {(kind, i): unit_names[i] for kind, i in wanted if kind != "area" and i in unit_names}
    return {scope: names.get(scope, scope[1]) for scope in wanted}
