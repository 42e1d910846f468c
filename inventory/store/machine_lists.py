"""Lists of machines: search without diacritics, filters, sorting and paging, all in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, String, case, cast, func, or_
from sqlmodel import Session, col, select

from inventory.domain.unit import full_name, search_key
from inventory.store.scope import EVERYTHING, Scope, area_unit_ids, unit_and_below
from inventory.store.tables import Machine, Site, Unit

Outdated = Literal["", "yes", "no", "unknown", "not_applicable"]

COUNTED_MACHINES: Final = ("in_use", "broken", "conflict")
"""Statuses that figures count; machines written off or excluded are kept, but counted nowhere."""

MAX_SEARCH_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class MachineFilter:
    """Empty texts and None leave a condition out; conditions are joined by "and"."""

    words: str = ""  # every word must begin or stand somewhere in name, model, serial, CPU, OS, address, site, unit
    scope: Scope = EVERYTHING  # what the reader may see, narrowed to what he asks for
    site_id: int | None = None
    outdated: Outdated = ""
    unfit: str = ""  # a code of a limit; "any": at least one; "none": fit as far as known; "unknown": not judged yet
    os_name: str = ""
    status: str = ""  # a code; "counted": those that the figures count (COUNTED_MACHINES, not at an excluded site)
    sample: Literal["", "yes", "no"] = ""


@dataclass(frozen=True, slots=True)
class MachineRow:
    machine: Machine
    site_name: str
    unit_id: str
    unit_name: str  # "Xã Vĩnh Sơn"


def list_machines(
    session: Session,
    wanted: MachineFilter,
    sort: str = "age",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = 50,
) -> list[MachineRow]:
    """One page of machines; `limit` None: all. Unknown values come last in either direction.

    `sort` is a key of SORTS (ValueError otherwise); "age" ascending is oldest first.
    """
    if sort not in SORTS:
        raise ValueError(f"sort {sort!r} is not one of {', '.join(SORTS)}")
    order = [(column.desc() if descending else column.asc()).nulls_last() for column in SORTS[sort]()]
    query = (
        select(Machine, Site.name, Unit)
        .join(Site, col(Site.id) == col(Machine.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(*_conditions(wanted))
        .order_by(*order, col(Machine.id))
        .offset(offset)
    )
    if limit is not None:
        query = query.limit(limit)
    return [
        MachineRow(machine, site, unit.id, full_name(unit.type_label, unit.name))
        for machine, site, unit in session.exec(query)
    ]


def count_machines(session: Session, wanted: MachineFilter) -> int:
    """How many machines the filter leaves."""
    return session.exec(
        select(func.count())
        .select_from(Machine)
        .join(Site, col(Site.id) == col(Machine.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(*_conditions(wanted))
    ).one()


def os_names(session: Session, scope: Scope = EVERYTHING) -> list[str]:
    """Operating systems that occur, for the filter."""
    query = (
        select(Machine.os_name)
        .distinct()
        .join(Site, col(Site.id) == col(Machine.site_id))
        .where(Machine.os_name != "", scope.condition(Site.unit_id))
        .order_by(Machine.os_name)
    )
    return list(session.exec(query))


def narrow(session: Session, scope: Scope, area_id: int | None, unit_id: str, day: date) -> Scope:
    """The part of a scope that lies in an area (None: any) and in a unit and the units below it ("": any)."""
    if area_id is not None:
        scope = scope.narrowed(area_unit_ids(session, area_id, day))
    return scope.narrowed(unit_and_below(session, unit_id)) if unit_id else scope


def search_conditions(words: str, texts: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
    """One condition per word of a search: it stands in `texts`, which are keys without diacritics.

    A word is tried twice, because keys write y for a closing i ("Mĩ" is "my") but half a word must not be rewritten
    ("mi" is also the beginning of "minh").
    """
    for word in words.split()[:MAX_SEARCH_WORDS]:
        forms = {search_key(word), search_key(word + "x")[:-1]} - {""}
        if forms:
            yield or_(*(texts.contains(form, autoescape=True) for form in sorted(forms)))


def _conditions(wanted: MachineFilter) -> list[ColumnElement[bool]]:
    conditions = list(search_conditions(wanted.words, _search_text()))
    conditions.append(wanted.scope.condition(Site.unit_id))
    if wanted.site_id is not None:
        conditions.append(col(Machine.site_id) == wanted.site_id)
    if wanted.outdated:
        conditions.append(_outdated(wanted.outdated))
    if wanted.unfit:
        conditions.append(_unfit(wanted.unfit))
    if wanted.os_name:
        conditions.append(col(Machine.os_name) == wanted.os_name)
    if wanted.status == "counted":
        conditions += [col(Machine.status).in_(COUNTED_MACHINES), col(Site.excluded_reason) == ""]
    elif wanted.status:
        conditions.append(col(Machine.status) == wanted.status)
    if wanted.sample:
        conditions.append(col(Machine.sample).is_(wanted.sample == "yes"))
    return conditions


def _search_text() -> ColumnElement[str]:
    # name and asset tag may be newer than the search key, which the evaluation refreshes
    fresh = (func.replace(func.lower(col(column)), "-", " ") for column in (Machine.hostname, Machine.asset_tag))
    text: Any = col(Machine.search_key)
    for part in (*fresh, col(Site.name_key), col(Unit.name_key)):
        text = text + " " + part
    return text


def _outdated(wanted: Outdated) -> ColumnElement[bool]:
    if wanted in ("yes", "no"):
        return col(Machine.outdated).is_(wanted == "yes")
    not_applicable = col(Machine.age_status) == "not_applicable"
    if wanted == "not_applicable":
        return not_applicable
    return col(Machine.outdated).is_(None) & ~not_applicable


def _unfit_text() -> ColumnElement[str]:
    # A JSON column that was set to None holds the JSON text "null", one never set holds NULL: both mean "not known".
    return func.coalesce(cast(Machine.unfit, String), "null")


def _unfit(wanted: str) -> ColumnElement[bool]:
    text = _unfit_text()
    if wanted == "unknown":
        return text == "null"
    if wanted == "none":
        return text == "[]"
    if wanted == "any":
        return text.not_in(("null", "[]"))
    return text.contains(f'"{wanted}"', autoescape=True)


def _unfit_count() -> ColumnElement[Any]:
    text, code = _unfit_text(), '"code"'
    times = (func.length(text) - func.length(func.replace(text, code, ""))) / len(code)
    return case((text == "null", None), else_=times)


def _text(column: Any) -> ColumnElement[Any]:
    """An empty text is not known, so it is sorted with NULL."""
    return func.nullif(func.lower(col(column)), "")


SORTS: Final[dict[str, Callable[[], tuple[Any, ...]]]] = {
    "age": lambda: (col(Machine.built_latest), col(Machine.built_earliest)),
    "name": lambda: (_text(Machine.hostname),),
    "model": lambda: (_text(Machine.vendor), _text(Machine.model)),
    "cpu": lambda: (_text(Machine.cpu),),
    "ram": lambda: (col(Machine.ram_bytes),),
    "disk": lambda: (col(Machine.disk_bytes),),
    "os": lambda: (_text(Machine.os_name), _text(Machine.os_version)),
    "unfit": lambda: (_unfit_count(),),
    "site": lambda: (_text(Site.name_key), col(Site.id)),
    "unit": lambda: (_text(Unit.name_key), col(Unit.id), _text(Site.name_key)),
    "status": lambda: (_text(Machine.status),),
    "contact": lambda: (col(Machine.last_contact_at),),
}
"""Columns to sort by."""
