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
Windows11 = Literal["", "capable", "switched_off", "cannot", "unknown"]
DiskState = Literal["", "bad", "failing", "warning", "ok", "full", "unknown"]

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
    unsafe: str = ""  # a code of a weak point of protection, or as `unfit`
    windows11: Windows11 = ""  # "unknown": of PCs that could be judged, those about which too little is known
    disk: DiskState = ""  # health; "full": the system's volume keeps less free than wanted; "bad": failing or full
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
        conditions.append(holds(Machine.unfit, wanted.unfit))
    if wanted.unsafe:
        conditions.append(holds(Machine.unsafe, wanted.unsafe))
    if wanted.windows11:
        conditions.append(_windows11(wanted.windows11))
    if wanted.disk:
        conditions.append(_disk(wanted.disk))
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


def windows11_unknown() -> ColumnElement[bool]:
    """PCs of which nobody can tell yet; virtual machines and servers are not judged at all."""
    return (col(Machine.windows11) == "") & col(Machine.kind).not_in(("virtual", "server"))


def judged(column: Any) -> ColumnElement[bool]:
    """Whether a list of reasons (unfit, unsafe) was drawn up at all."""
    return _json_text(column) != "null"


def lacking(column: Any) -> ColumnElement[bool]:
    """Whether such a list names something."""
    return _json_text(column).not_in(("null", "[]"))


def machine_conditions() -> dict[str, ColumnElement[bool]]:
    """What figures count about the protection of machines, their disks and Windows 11, by the figure's name."""
    capable = col(Machine.windows11)
    return {
        "unsafe": lacking(Machine.unsafe),
        "unsafe_known": judged(Machine.unsafe),
        "windows11_cannot": capable == "cannot",
        "windows11_switched_off": capable == "switched_off",
        "windows11_known": capable != "",
        "windows11_asked": or_(capable != "", windows11_unknown()),
        "disk_bad": _disk("bad"),
        "disk_known": or_(col(Machine.disk_health) != "", col(Machine.disk_free_bytes).is_not(None)),
    }


def _windows11(wanted: Windows11) -> ColumnElement[bool]:
    return windows11_unknown() if wanted == "unknown" else col(Machine.windows11) == wanted


def _disk(wanted: DiskState) -> ColumnElement[bool]:
    if wanted == "bad":
        return or_(col(Machine.disk_health) == "failing", holds(Machine.unfit, "disk_free"))
    if wanted == "full":
        return holds(Machine.unfit, "disk_free")
    return col(Machine.disk_health) == ("" if wanted == "unknown" else wanted)


def _json_text(column: Any) -> ColumnElement[str]:
    # A JSON column that was set to None holds the JSON text "null", one never set holds NULL: both mean "not known".
    return func.coalesce(cast(column, String), "null")


def holds(column: Any, wanted: str) -> ColumnElement[bool]:
    """Whether such a list names this code; "any", "none" and "unknown" as in MachineFilter.unfit."""
    text = _json_text(column)
    if wanted == "unknown":
        return ~judged(column)
    if wanted == "none":
        return text == "[]"
    if wanted == "any":
        return lacking(column)
    return text.contains(f'"{wanted}"', autoescape=True)


def _how_many(column: Any) -> ColumnElement[Any]:
    text, code = _json_text(column), '"code"'
    times = (func.length(text) - func.length(func.replace(text, code, ""))) / len(code)
    return case((text == "null", None), else_=times)


def _text(column: Any) -> ColumnElement[Any]:
    """An empty text is not known, so it is sorted with NULL."""
    return func.nullif(func.lower(col(column)), "")


_WINDOWS_11_ORDER: Final = {"cannot": 0, "switched_off": 1, "capable": 2}

SORTS: Final[dict[str, Callable[[], tuple[Any, ...]]]] = {
    "age": lambda: (col(Machine.built_latest), col(Machine.built_earliest)),
    "name": lambda: (_text(Machine.hostname),),
    "model": lambda: (_text(Machine.vendor), _text(Machine.model)),
    "cpu": lambda: (_text(Machine.cpu),),
    "ram": lambda: (col(Machine.ram_bytes),),
    "disk": lambda: (col(Machine.disk_bytes),),
    "os": lambda: (_text(Machine.os_name), _text(Machine.os_version)),
    "unfit": lambda: (_how_many(Machine.unfit),),
    "unsafe": lambda: (_how_many(Machine.unsafe),),
    "windows11": lambda: (case(_WINDOWS_11_ORDER, value=col(Machine.windows11), else_=None),),
    "disk_free": lambda: (col(Machine.disk_free_bytes),),
    "update": lambda: (col(Machine.last_update_on),),
    "site": lambda: (_text(Site.name_key), col(Site.id)),
    "unit": lambda: (_text(Unit.name_key), col(Unit.id), _text(Site.name_key)),
    "status": lambda: (_text(Machine.status),),
    "contact": lambda: (col(Machine.last_contact_at),),
}
"""Columns to sort by."""
