"""Lists of network equipment: search without diacritics, filters, sorting and paging. All limited by a Scope.

A device has no key without diacritics of its own, and there are a few thousand in a province: a search reads the
texts of those that the other conditions leave and compares them here; everything else is SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_
from sqlmodel import Session, col, select

from inventory.domain.unit import full_name, search_key
from inventory.store.machine_lists import MAX_SEARCH_WORDS
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import NetworkDevice, Site, Unit

Attention = Literal["", "any", "supply", "battery", "community", "gone"]
Presence = Literal["", "here", "gone"]


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Empty texts and None leave a condition out; conditions are joined by "and"."""

    words: str = ""  # every word must stand somewhere in kind, maker, model, serial, name, address, place
    scope: Scope = EVERYTHING
    site_id: int | None = None
    kind: str | None = None  # a code; "" is one, too: what nobody could tell
    vendor: str = ""
    attention: Attention = ""
    presence: Presence = ""
    sample: Literal["", "yes", "no"] = ""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    device: NetworkDevice
    site_name: str
    unit_id: str
    unit_name: str  # "Xã Vĩnh Sơn"


def list_devices(
    session: Session,
    wanted: DeviceFilter,
    sort: str = "site",
    descending: bool = False,
    offset: int = 0,
    limit: int | None = 50,
    kind_words: Mapping[str, str] | None = None,
) -> list[DeviceRow]:
    """One page of devices; `limit` None: all. Unknown values come last in either direction.

    `sort` is a key of SORTS (ValueError otherwise). `kind_words`: what people call each kind, for the search.
    """
    if sort not in SORTS:
        raise ValueError(f"sort {sort!r} is not one of {', '.join(SORTS)}")
    order = [(column.desc() if descending else column.asc()).nulls_last() for column in SORTS[sort]()]
    query = (
        select(NetworkDevice, Site.name, Unit)
        .join(Site, col(Site.id) == col(NetworkDevice.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .order_by(*order, col(Unit.name_key), col(Site.name_key), col(NetworkDevice.kind), col(NetworkDevice.id))
    )
    if wanted.words:
        numbers = _found(session, wanted, kind_words or {}, order)
        query = query.where(col(NetworkDevice.id).in_(numbers[offset:] if limit is None else numbers[offset:][:limit]))
    else:
        query = query.where(*_conditions(wanted)).offset(offset)
        query = query if limit is None else query.limit(limit)
    return [
        DeviceRow(device, site, unit.id, full_name(unit.type_label, unit.name))
        for device, site, unit in session.exec(query)
    ]


def count_devices(session: Session, wanted: DeviceFilter, kind_words: Mapping[str, str] | None = None) -> int:
    """How many devices the filter leaves."""
    if wanted.words:
        return len(_found(session, wanted, kind_words or {}, []))
    query = select(func.count()).select_from(NetworkDevice).join(Site, col(Site.id) == col(NetworkDevice.site_id))
    return session.exec(query.where(*_conditions(wanted))).one()


def find_device(session: Session, scope: Scope, device_id: int) -> DeviceRow | None:
    """A device in scope; None when there is none or it may not be seen: the two are not told apart."""
    found = session.exec(
        select(NetworkDevice, Site.name, Unit)
        .join(Site, col(Site.id) == col(NetworkDevice.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(NetworkDevice.id == device_id, scope.condition(Site.unit_id))
    ).first()
    if found is None:
        return None
    device, site, unit = found
    return DeviceRow(device, site, unit.id, full_name(unit.type_label, unit.name))


def devices_at(session: Session, site_id: int, limit: int) -> list[NetworkDevice]:
    """Equipment of one site by kind and name, what is gone last."""
    query = (
        select(NetworkDevice)
        .where(NetworkDevice.site_id == site_id)
        .order_by(col(NetworkDevice.gone_at).is_not(None), _kind_rank(), col(NetworkDevice.name), col(NetworkDevice.id))
        .limit(limit)
    )
    return list(session.exec(query))


def kinds_and_makers(session: Session, scope: Scope = EVERYTHING) -> tuple[list[str], list[str]]:
    """Kinds and makers that occur, for the filters."""
    found: list[list[str]] = []
    for column in (NetworkDevice.kind, NetworkDevice.vendor):
        query = (
            select(column)
            .distinct()
            .join(Site, col(Site.id) == col(NetworkDevice.site_id))
            .where(scope.condition(Site.unit_id))
            .order_by(col(column))
        )
        found.append(list(session.exec(query)))
    return found[0], [vendor for vendor in found[1] if vendor]


def attention_counts(session: Session, wanted: DeviceFilter) -> dict[str, int]:
    """How many devices of the filter need each kind of attention, and "any"; the search words are left out."""
    conditions = [*(condition() for condition in ATTENTION.values()), _any_attention()]
    columns: list[Any] = [func.sum(case((condition, 1), else_=0)) for condition in conditions]
    query = select(*columns).select_from(NetworkDevice).join(Site, col(Site.id) == col(NetworkDevice.site_id))
    counts = session.exec(query.where(*_conditions(wanted))).one()
    return dict(zip([*ATTENTION, "any"], (int(count or 0) for count in counts), strict=True))


def needs_attention(device: NetworkDevice) -> list[str]:
    """The same as the conditions of ATTENTION, for one device at hand."""
    battery = device.battery or {}
    found = []
    if any(supply.get("low") for supply in device.supplies or () if isinstance(supply, Mapping)):
        found.append("supply")
    if battery.get("replace") or battery.get("status") in ("low", "depleted"):
        found.append("battery")
    if device.default_community:
        found.append("community")
    if device.gone_at is not None:
        return ["gone"]
    return found


def _json_says(column: Any, *says: str) -> ColumnElement[bool]:
    """Whether a JSON column holds one of these pairs; both engines write a blank behind the colon."""
    text = func.coalesce(cast(column, String), "")
    return or_(*(text.contains(pair, autoescape=True) for pair in says))


def _supply() -> ColumnElement[bool]:
    return and_(col(NetworkDevice.gone_at).is_(None), _json_says(NetworkDevice.supplies, '"low": true'))


def _battery() -> ColumnElement[bool]:
    says = ('"replace": true', '"status": "low"', '"status": "depleted"')
    return and_(col(NetworkDevice.gone_at).is_(None), _json_says(NetworkDevice.battery, *says))


def _community() -> ColumnElement[bool]:
    return and_(col(NetworkDevice.gone_at).is_(None), col(NetworkDevice.default_community).is_(True))


def _gone() -> ColumnElement[bool]:
    return col(NetworkDevice.gone_at).is_not(None)


ATTENTION: Final[dict[str, Callable[[], ColumnElement[bool]]]] = {
    "supply": _supply,
    "battery": _battery,
    "community": _community,
    "gone": _gone,
}


def _any_attention() -> ColumnElement[bool]:
    return or_(*(condition() for condition in ATTENTION.values()))


def _conditions(wanted: DeviceFilter) -> list[ColumnElement[bool]]:
    conditions = [wanted.scope.condition(Site.unit_id)]
    if wanted.site_id is not None:
        conditions.append(col(NetworkDevice.site_id) == wanted.site_id)
    if wanted.kind is not None:
        conditions.append(col(NetworkDevice.kind) == wanted.kind)
    if wanted.vendor:
        conditions.append(func.lower(col(NetworkDevice.vendor)) == wanted.vendor.lower())
    if wanted.attention:
        conditions.append(_any_attention() if wanted.attention == "any" else ATTENTION[wanted.attention]())
    if wanted.presence:
        conditions.append(_gone() if wanted.presence == "gone" else ~_gone())
    if wanted.sample:
        conditions.append(col(NetworkDevice.sample).is_(wanted.sample == "yes"))
    return conditions


_SEARCHED = (
    NetworkDevice.vendor,
    NetworkDevice.model,
    NetworkDevice.serial,
    NetworkDevice.name,
    NetworkDevice.os,
    NetworkDevice.version,
    NetworkDevice.address,
    NetworkDevice.location,
)


def _found(
    session: Session, wanted: DeviceFilter, kind_words: Mapping[str, str], order: list[ColumnElement[Any]]
) -> list[int]:
    """Ids of the devices in which every word stands, in the order of the list."""
    columns: tuple[Any, ...] = (NetworkDevice.id, NetworkDevice.kind, Site.name_key, Unit.name_key, *_SEARCHED)
    query = (
        select(*columns)
        .select_from(NetworkDevice)
        .join(Site, col(Site.id) == col(NetworkDevice.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(*_conditions(wanted))
        .order_by(*order, col(Unit.name_key), col(Site.name_key), col(NetworkDevice.kind), col(NetworkDevice.id))
    )
    words = list(_forms(wanted.words))
    kinds = {kind: _key(name) for kind, name in kind_words.items()}
    found: list[int] = []
    for number, kind, site, unit, *texts in session.exec(query):
        text = " ".join((kinds.get(kind, ""), kind, site, unit, *(_key(item) for item in texts if item)))
        if all(any(form in text for form in forms) for forms in words):
            found.append(number)
    return found


def _forms(words: str) -> Iterator[set[str]]:
    """Each word as keys write it, whole and as the beginning of one: see machine_lists.search_conditions."""
    for word in words.split()[:MAX_SEARCH_WORDS]:
        forms = {_key(word), search_key(word), search_key(word + "x")[:-1]} - {""}
        if forms:
            yield forms


def _key(text: str) -> str:
    """Small letters without diacritics. Signs stay: "TL-SG3428" and "192.168.1.2" are looked for as they are."""
    return text.lower() if text.isascii() else f"{text.lower()} {search_key(text)}"


def _kind_rank() -> ColumnElement[int]:
    """From the line inwards; what nobody could tell comes last."""
    order = ("gateway", "modem", "router", "firewall", "switch", "wireless", "wifi_ap", "server", "nas", "ups")
    return case({kind: rank for rank, kind in enumerate(order)} | {"": 99}, value=col(NetworkDevice.kind), else_=50)


def _text(column: Any) -> ColumnElement[Any]:
    return func.nullif(func.lower(col(column)), "")


SORTS: Final[dict[str, Callable[[], tuple[Any, ...]]]] = {
    "site": lambda: (_text(Unit.name_key), _text(Site.name_key)),
    "kind": lambda: (_kind_rank(), col(NetworkDevice.kind)),
    "vendor": lambda: (_text(NetworkDevice.vendor), _text(NetworkDevice.model)),
    "name": lambda: (_text(NetworkDevice.name),),
    "seen": lambda: (col(NetworkDevice.last_seen_at),),
    "attention": lambda: (case((_any_attention(), 0), else_=1),),
}
"""Columns to sort by."""
