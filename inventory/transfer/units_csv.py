"""Read config/units.csv, strictly: the first thing that is wrong stops the reading and is named with its remedy.

One row per unit, comma-separated UTF-8. Columns as in COLUMNS; `config/units.README.md` says what each one holds.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NoReturn, cast, get_args

from inventory.domain.unit import LinkKind, UnitKind, UnitLink, UnitRow

COLUMNS: tuple[str, ...] = (
    "id",
    "kind",
    "type_label",
    "name",
    "code",
    "parent_id",
    "valid_from",
    "valid_to",
    "legal_basis",
    "lat",
    "lon",
    "successors",
    "link_kind",
)
_LETTER_DIGITS = {"tinh": ("t", 2), "huyen": ("h", 3), "xa": ("x", 5)}
_PARENT_KINDS = {"tinh": (), "huyen": ("tinh",), "xa": ("huyen", "tinh")}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,3}(\.\d+)?", re.ASCII)


class UnitsFileError(Exception):
    """Something wrong in a units file. `line` counts from 1 (0: the whole file), `column` may be ""."""

    def __init__(self, path: Path, line: int, column: str, what: str, remedy: str) -> None:
        self.path, self.line, self.column, self.what, self.remedy = path, line, column, what, remedy
        place = f"{path}:{line}" if line else str(path)
        place += f", column {column}" if column else ""
        super().__init__(f"{place}: {what}. Remedy: {remedy}.")


class _Cells:
    """One line of the file by column name, and the way to complain about a cell of it."""

    def __init__(self, path: Path, line: int, values: list[str]) -> None:
        self.path, self.line = path, line
        self.values = dict(zip(COLUMNS, values, strict=True))

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def refuse(self, column: str, what: str, remedy: str) -> NoReturn:
        """Raise UnitsFileError for this line and column."""
        raise UnitsFileError(self.path, self.line, column, what, remedy)


def read_units(path: Path) -> tuple[list[UnitRow], list[UnitLink]]:
    """All units in file order, and all links (the first successor of a unit is its default).

    Raises UnitsFileError on the first wrong header, cell, parent, successor or repeated id, or an unreadable file.
    """
    lines: dict[str, _Cells] = {}
    units: dict[str, UnitRow] = {}
    for cells in _lines(path):
        unit = _unit(cells)
        if unit.id in units:
            cells.refuse(
                "id", f'"{unit.id}" is already on line {lines[unit.id].line}', "give each unit one line"
            )
        units[unit.id] = unit
        lines[unit.id] = cells
    links: list[UnitLink] = []
    for unit_id, cells in lines.items():
        _check_parent(cells, units[unit_id], units)
        links.extend(_links(cells, units[unit_id], units))
    return list(units.values()), links


def _lines(path: Path) -> Iterator[_Cells]:
    """The data lines of the file, each with the right number of cells."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnitsFileError(
            path, 0, "", f"cannot be read ({error.strerror})", "check path and rights"
        ) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise UnitsFileError(path, line, "", "is not UTF-8", "save the file as CSV UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        _check_header(path, next(reader, None) or [])
        for values in reader:
            if len(values) != len(COLUMNS):
                what = f"{len(values)} cells instead of {len(COLUMNS)}"
                remedy = "quote cells that hold a comma and remove empty lines"
                raise UnitsFileError(path, reader.line_num, "", what, remedy)
            yield _Cells(path, reader.line_num, values)
    except csv.Error as error:
        raise UnitsFileError(
            path, reader.line_num, "", f"bad quoting ({error})", "close the quotes"
        ) from error


def _check_header(path: Path, header: list[str]) -> None:
    """The header must be COLUMNS, in that order."""
    remedy = f"make the first line {','.join(COLUMNS)}"
    if not header:
        raise UnitsFileError(path, 1, "", "the header is missing", remedy)
    for number, wanted in enumerate(COLUMNS):
        found = header[number] if number < len(header) else "nothing"
        if found != wanted:
            what = f'header cell {number + 1} is "{found}" instead of "{wanted}"'
            raise UnitsFileError(path, 1, wanted, what, remedy)
    if len(header) > len(COLUMNS):
        extra = header[len(COLUMNS)]
        raise UnitsFileError(path, 1, extra, f'there is no column "{extra}"', remedy)


def _unit(cells: _Cells) -> UnitRow:
    """One unit from its line; everything that can be judged without the other lines is judged here."""
    kind = _kind(cells)
    _check_identity(cells, kind)
    valid_from, valid_to = _day(cells, "valid_from"), _day(cells, "valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        cells.refuse("valid_to", f"{valid_to} is before valid_from {valid_from}", "mend one of the two")
    lat, lon = _degrees(cells, "lat", 90), _degrees(cells, "lon", 180)
    if (lat is None) != (lon is None):
        cells.refuse("lon", "lat without lon, or lon without lat", "give both or neither")
    return UnitRow(
        id=cells["id"],
        kind=kind,
        type_label=_text(cells, "type_label"),
        name=_text(cells, "name"),
        code=cells["code"],
        parent_id=cells["parent_id"] or None,
        valid_from=valid_from,
        valid_to=valid_to,
        legal_basis=cells["legal_basis"],
        lat=lat,
        lon=lon,
    )


def _kind(cells: _Cells) -> UnitKind:
    """The unit's level."""
    if cells["kind"] not in _LETTER_DIGITS:
        cells.refuse("kind", f'unknown kind "{cells["kind"]}"', "write tinh, huyen or xa")
    return cast(UnitKind, cells["kind"])


def _check_identity(cells: _Cells, kind: UnitKind) -> None:
    """The code has the digits of its kind, and the id is made of kind, code and era."""
    letter, digits = _LETTER_DIGITS[kind]
    code, unit_id = cells["code"], cells["id"]
    if not re.fullmatch(rf"\d{{{digits}}}", code, re.ASCII):
        remedy = f"write {digits} digits with leading zeros (spreadsheets drop them: format as text)"
        cells.refuse("code", f'"{code}" is no code of a {kind}', remedy)
    if not re.fullmatch(rf"{letter}{code}\.[1-9]\d*", unit_id, re.ASCII):
        cells.refuse(
            "id", f'"{unit_id}" does not fit kind {kind} and code {code}', f"write {letter}{code}.<era>"
        )


def _text(cells: _Cells, column: str) -> str:
    """A cell that must hold text, composed (NFC) and without blanks at the ends."""
    text = cells[column]
    if not text.strip():
        cells.refuse(column, "is empty", f"fill in the {column}")
    if text != text.strip():
        cells.refuse(column, f'"{text}" has blanks at an end', "remove them")
    if not unicodedata.is_normalized("NFC", text):
        cells.refuse(column, f'"{text}" is not composed Unicode', "normalise the text to NFC")
    return text


def _day(cells: _Cells, column: str) -> date | None:
    """A day as YYYY-MM-DD, or None for an empty cell."""
    text = cells[column]
    if not text:
        return None
    try:
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    cells.refuse(column, f'"{text}" is no date', "write YYYY-MM-DD or leave it empty")


def _degrees(cells: _Cells, column: str, limit: int) -> float | None:
    """Degrees within -limit..limit, or None for an empty cell."""
    text = cells[column]
    if not text:
        return None
    if not _DECIMAL.fullmatch(text) or abs(float(text)) > limit:
        remedy = "write degrees with a decimal point, or leave it empty"
        cells.refuse(column, f'"{text}" is not within {-limit}..{limit} degrees', remedy)
    return float(text)


def _check_parent(cells: _Cells, unit: UnitRow, units: dict[str, UnitRow]) -> None:
    """The parent exists, is of the level above, and was valid together with the unit."""
    allowed = _PARENT_KINDS[unit.kind]
    if unit.parent_id is None:
        if allowed:
            cells.refuse(
                "parent_id", f"a {unit.kind} needs a parent", f"give the id of a {' or '.join(allowed)}"
            )
        return
    if not allowed:
        cells.refuse("parent_id", "a tinh has no parent", "leave it empty")
    parent = units.get(unit.parent_id)
    if parent is None:
        cells.refuse("parent_id", f'no unit "{unit.parent_id}" in this file', "add that unit or mend the id")
    if parent.kind not in allowed:
        what = f'"{parent.id}" is a {parent.kind}'
        cells.refuse("parent_id", what, f"give the id of a {' or '.join(allowed)}")
    if not _overlap(unit, parent):
        what = f'"{parent.id}" was not valid when "{unit.id}" was'
        cells.refuse("parent_id", what, "give the unit of the right era")


def _overlap(one: UnitRow, other: UnitRow) -> bool:
    """Whether there was a day on which both were valid."""
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)


def _links(cells: _Cells, unit: UnitRow, units: dict[str, UnitRow]) -> list[UnitLink]:
    """The links of one unit, default first; empty when it has no successors."""
    targets = cells["successors"].split(";") if cells["successors"] else []
    kind = _link_kind(cells, len(targets))
    links: list[UnitLink] = []
    for number, to_id in enumerate(targets):
        if to_id in targets[:number]:
            cells.refuse("successors", f'"{to_id}" is there twice', "name each successor once")
        effective = _takeover_day(cells, unit, to_id, units)
        links.append(UnitLink(unit.id, to_id, kind, effective, is_default=number == 0))
    return links


def _link_kind(cells: _Cells, successors: int) -> LinkKind:
    """The kind of change, fitting the number of successors (any kind is returned when there are none)."""
    kind = cells["link_kind"]
    if not successors:
        if kind:
            cells.refuse("link_kind", f'"{kind}" without successors', "name the successors or leave it empty")
        return "continue"
    if kind not in get_args(LinkKind):
        cells.refuse(
            "link_kind", f'unknown link kind "{kind}"', f"write one of {', '.join(get_args(LinkKind))}"
        )
    if (kind == "split") != (successors > 1):
        what = f'"{kind}" with {successors} successor{"s" if successors > 1 else ""}'
        cells.refuse("link_kind", what, "write split for several successors, another kind for one")
    return cast(LinkKind, kind)


def _takeover_day(cells: _Cells, unit: UnitRow, to_id: str, units: dict[str, UnitRow]) -> date:
    """The first day of a successor, which must exist and begin after the unit ended."""
    successor = units.get(to_id)
    if successor is None:
        cells.refuse("successors", f'no unit "{to_id}" in this file', "add that unit or mend the id")
    if unit.valid_to is None:
        cells.refuse("valid_to", "empty, but the unit has successors", "write the unit's last day")
    if successor.valid_from is None or successor.valid_from <= unit.valid_to:
        what = f'"{to_id}" does not begin after {unit.valid_to}'
        cells.refuse("successors", what, "name units that began later")
    return successor.valid_from
