"""What part of the province somebody may see. Every list and figure of the store takes a Scope; pages cannot forget it.

Strict on purpose: an account of a unit sees the sites, machines, findings and villages filed under that unit and the
units below it, today. A unit that ended is no one's until its sites are moved to a successor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true
from sqlmodel import Session, col, select

from inventory.store.tables import AreaMember, Unit

SCOPE_KINDS = ("all", "area", "unit")
_DEEPEST = 3  # province, district, commune


@dataclass(frozen=True, slots=True)
class Scope:
    """`unit_ids` None: everything. An empty set: nothing, for instance an area without members."""

    kind: str
    id: str
    unit_ids: frozenset[str] | None

    @property
    def everything(self) -> bool:
        return self.unit_ids is None

    def covers(self, unit_id: str | None) -> bool:
        """Whether what is filed under this unit may be seen."""
        return self.unit_ids is None or unit_id in self.unit_ids

    def condition(self, column: Any) -> ColumnElement[bool]:
        """A WHERE condition on a column that holds a unit id, e.g. `scope.condition(Site.unit_id)`."""
        if self.unit_ids is None:
            return true()
        if not self.unit_ids:
            return false()
        return col(column).in_(sorted(self.unit_ids))

    def narrowed(self, unit_ids: frozenset[str]) -> Scope:
        """The part of this scope that lies in `unit_ids`, for a page about one area or commune."""
        own = unit_ids if self.unit_ids is None else self.unit_ids & unit_ids
        return Scope(self.kind, self.id, own)


EVERYTHING = Scope("all", "", None)
NOTHING = Scope("unit", "", frozenset())


def resolve_scope(session: Session, kind: str, scope_id: str, day: date) -> Scope:
    """The Scope that an account's scope columns mean on that day. What cannot be understood sees nothing."""
    if kind == "all":
        return EVERYTHING
    if kind == "area" and scope_id.isdigit():
        return Scope(kind, scope_id, area_unit_ids(session, int(scope_id), day))
    if kind == "unit" and scope_id:
        return Scope(kind, scope_id, unit_and_below(session, scope_id))
    return NOTHING


def area_unit_ids(session: Session, area_id: int, day: date) -> frozenset[str]:
    """The units that belong to an area on that day; both ends of a membership count."""
    members = select(AreaMember.unit_id).where(
        AreaMember.area_id == area_id,
        or_(col(AreaMember.valid_from).is_(None), col(AreaMember.valid_from) <= day),
        or_(col(AreaMember.valid_to).is_(None), col(AreaMember.valid_to) >= day),
    )
    return frozenset(session.exec(members))


def unit_and_below(session: Session, unit_id: str) -> frozenset[str]:
    """The unit, its children and theirs. Empty for a unit that does not exist."""
    if session.get(Unit, unit_id) is None:
        return frozenset()
    found = {unit_id}
    layer = {unit_id}
    for _step in range(_DEEPEST):
        layer = set(session.exec(select(Unit.id).where(col(Unit.parent_id).in_(sorted(layer))))) - found
        if not layer:
            break
        found |= layer
    return frozenset(found)
