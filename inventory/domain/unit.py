"""Administrative units, old and new: rows, links between them, names, and which unit stands for which on a day.

A unit is a commune, a (former) district or a province, with our own id. Official codes are recycled ("52" was Bình
Định and is Gia Lai since 1 July 2025), so nothing here is looked up by code. Pure: no files, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

UnitKind = Literal["tinh", "huyen", "xa"]
"""Level: province, district (until 30 June 2025), commune."""

LinkKind = Literal["merge", "split", "rename", "retype", "continue"]
"""What became of a unit: went whole into one new unit together with others; was divided among several; 1:1 with
another name; 1:1 with another type; 1:1 with name and type kept."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in one shape. A unit that changes gets a new row with a new id."""

    id: str  # ours, never reused: "x21787.2"
    kind: UnitKind
    type_label: str  # Vietnamese, as valid then: "Xã"
    name: str  # without the type, NFC: "Vĩnh Sơn"
    code: str  # official, zero-padded, recycled: no key
    parent_id: str | None  # None for a province
    valid_from: date | None  # first day; None = before our records
    valid_to: date | None  # last day, inclusive; None = still valid
    legal_basis: str  # number of the act; "" = not known
    lat: float | None  # degrees north; None = not known
    lon: float | None  # degrees east; None = not known


@dataclass(frozen=True, slots=True)
class UnitLink:
    """`to_id` took over all or part of `from_id` on the day `effective`; one link of a unit is the default."""

    from_id: str
    to_id: str
    kind: LinkKind
    effective: date
    is_default: bool


LinkIndex = Mapping[str, Sequence[UnitLink]]
"""Links by `from_id`, the default one first."""

_APOSTROPHES = dict.fromkeys(map(ord, "'\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02c8\u2032\uff07`\u00b4"))
_WORD_BREAKS = re.compile(r"[\s\-\u2010-\u2015]+")
_OPEN_I = re.compile(r"\b(qu|[hklmstv])i\b")


def full_name(type_label: str, name: str) -> str:
    """The name as written in a sentence of its own: "Xã Vĩnh Sơn", "Phường 1"."""
    return f"{type_label} {name}"


def search_key(text: str) -> str:
    """What people type to find a name: lower case, no diacritics (đ is d), no apostrophes, single spaces.

    Hyphens count as spaces. The key of a word's beginning is the beginning of the word's key, so it serves LIKE.
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold())
    letters = "".join(c for c in folded if not unicodedata.combining(c)).replace("đ", "d").translate(_APOSTROPHES)
    return _WORD_BREAKS.sub(" ", letters).strip()


def match_key(text: str) -> str:
    """The form in which two spellings of one whole name are equal: `search_key`, and i as y where both are written.

    That is at the end of an open syllable ("Quy"/"Qui", "Mỹ"/"Mĩ", "Kỳ"/"Kì").
    """
    return _OPEN_I.sub(r"\1y", search_key(text))


def valid_on(unit: UnitRow, day: date) -> bool:
    """Whether the unit existed on that day; both ends count."""
    begun = unit.valid_from is None or unit.valid_from <= day
    return begun and (unit.valid_to is None or day <= unit.valid_to)


def index_links(links: Iterable[UnitLink]) -> dict[str, list[UnitLink]]:
    """Links by `from_id`, default first, else in the order given. Build it once when many units are asked for."""
    index: dict[str, list[UnitLink]] = {}
    for link in links:
        index.setdefault(link.from_id, []).append(link)
    for group in index.values():
        group.sort(key=lambda link: not link.is_default)
    return index


def successors_on(links: Iterable[UnitLink] | LinkIndex, unit_id: str, day: date) -> tuple[str, ...]:
    """Ids of the units that stand for `unit_id` on that day, default first, each once.

    Follows links in force by then as far as they go. Empty when none is in force: the unit stands for itself, or is
    unknown. Raises ValueError when the links run in a circle.
    """
    index = cast(LinkIndex, links) if isinstance(links, Mapping) else index_links(links)
    ends: dict[str, None] = {}
    _collect_ends(index, unit_id, day, (), ends)
    ends.pop(unit_id, None)
    return tuple(ends)


def _collect_ends(index: LinkIndex, unit_id: str, day: date, path: tuple[str, ...], ends: dict[str, None]) -> None:
    """Add to `ends`, in order, the units where the links in force from `unit_id` stop."""
    if unit_id in path:
        raise ValueError(f"unit links run in a circle: {' -> '.join([*path, unit_id])}")
    onward = [link.to_id for link in index.get(unit_id, ()) if link.effective <= day]
    if not onward:
        ends.setdefault(unit_id)
    for to_id in onward:
        _collect_ends(index, to_id, day, (*path, unit_id), ends)


def breadcrumb(units: Mapping[str, UnitRow], unit_id: str) -> tuple[UnitRow, ...]:
    """The unit and what it lies in, province first. `units` is by id.

    Raises KeyError for an id that is not there, ValueError when parents run in a circle.
    """
    trail: list[UnitRow] = []
    current: str | None = unit_id
    while current is not None:
        unit = units[current]
        if unit in trail:
            raise ValueError(f"parents of unit {unit_id} run in a circle")
        trail.append(unit)
        current = unit.parent_id
    return tuple(reversed(trail))
