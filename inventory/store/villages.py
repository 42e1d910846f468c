"""The register of villages: search, filters, sorting. Limited by a Scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from inventory.domain.unit import full_name
from inventory.store.machine_lists import narrow, search_conditions
from inventory.store.overview import outdated_signal
from inventory.store.policy import effective_policy
from inventory.store.scope import Scope
from inventory.store.tables import Unit, Village

SORTS = ("ten", "xa", "ho", "ngay")
LACKING = "thieu"
"""Filter value: village without signal, with signal in parts only, or with a signal that was switched off."""
UNKNOWN = "chua-ro"
"""Filter value: nobody said."""


_LABELS = ("thôn", "làng", "bản", "buôn", "plei", "khu", "tổ", "xóm", "ấp")


@dataclass(frozen=True, slots=True)
class VillageFilter:
    """Empty texts and None leave a condition out; conditions are joined by "and"."""

    scope: Scope
    words: str = ""
    area_id: int | None = None
    unit_id: str = ""
    broadband: str = ""  # a code of the column, or UNKNOWN
    mobile: str = ""  # a code of the column, LACKING or UNKNOWN
    source_class: str = ""


@dataclass(frozen=True, slots=True)
class VillageRow:
    village: Village
    name: str  # "Thôn Kon Trú"
    unit_name: str


def list_villages(
    session: Session,
    wanted: VillageFilter,
    day: date,
    sort: str = "xa",
    descending: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> list[VillageRow]:
    """One page of villages; areas as of that day."""
    columns: dict[str, Any] = {
        "ten": col(Village.name_key),
        "xa": col(Unit.name_key),
        "ho": col(Village.households),
        "ngay": col(Village.as_of),
    }
    main = columns[sort]
    order = [main.is_(None), main.desc() if descending else main, col(Unit.name_key), col(Village.name_key)]
    query = (
        select(Village, Unit.type_label, Unit.name)
        .join(Unit, col(Unit.id) == col(Village.unit_id))
        .where(*_conditions(session, wanted, day))
        .order_by(*order, col(Village.id))
        .offset(offset)
        .limit(limit)
    )
    return [
        VillageRow(village, village_name(village.type_label, village.name), full_name(label, name))
        for village, label, name in session.exec(query)
    ]


def village_name(label: str, name: str) -> str:
    """ "Làng Kon Trú"; a name that begins with such a word itself ("Thôn 1") is not given a second one."""
    first = name.split(" ", 1)[0].casefold()
    return name if first in _LABELS or not label else full_name(label, name)


def count_villages(session: Session, wanted: VillageFilter, day: date) -> int:
    """How many villages the filter leaves."""
    query = select(func.count()).select_from(Village).join(Unit, col(Unit.id) == col(Village.unit_id))
    return session.exec(query.where(*_conditions(session, wanted, day))).one()


def _conditions(session: Session, wanted: VillageFilter, day: date) -> list[ColumnElement[bool]]:
    scope = narrow(session, wanted.scope, wanted.area_id, wanted.unit_id, day)
    conditions = [scope.condition(Village.unit_id)]
    conditions += search_conditions(wanted.words, col(Village.name_key) + " " + col(Unit.name_key))
    if wanted.broadband:
        conditions.append(col(Village.fixed_broadband) == ("" if wanted.broadband == UNKNOWN else wanted.broadband))
    if wanted.mobile == LACKING:
        policy, _version = effective_policy(session)
        conditions.append(or_(col(Village.mobile).in_(("none", "partial")), outdated_signal(day, policy)))
    elif wanted.mobile:
        conditions.append(col(Village.mobile) == ("" if wanted.mobile == UNKNOWN else wanted.mobile))
    if wanted.source_class:
        conditions.append(col(Village.source_class) == wanted.source_class)
    return conditions
