"""Loading the unit tree into the store and looking units up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from inventory.domain.unit import UnitLink as LinkRow
from inventory.domain.unit import UnitRow, search_key
from inventory.store.engine import Store
from inventory.store.tables import Unit, UnitLink

_unit = Unit.__table__  # type: ignore[attr-defined]
_link = UnitLink.__table__  # type: ignore[attr-defined]
_KINDS = ("tinh", "huyen", "xa")  # parents before children


def load_units(store: Store, units: Sequence[UnitRow], links: Sequence[LinkRow]) -> tuple[int, int]:
    """Brings the store to the tree of the file in one transaction; returns (new units, changed units).

    Tags belong to people and are kept. A unit that the file no longer has is kept too: sites may hang on it.
    """
    with store.begin() as connection:
        known = {row["id"]: row for row in connection.execute(select(_unit)).mappings()}
        rows = sorted((_row(unit) for unit in units), key=lambda row: _KINDS.index(row["kind"]))
        new = [row for row in rows if row["id"] not in known]
        changed = [row for row in rows if row["id"] in known and _differs(row, known[row["id"]])]
        if new:
            connection.execute(insert(_unit), [row | {"tags": ""} for row in new])
        for row in changed:
            connection.execute(update(_unit).where(_unit.c.id == row["id"]).values(row))
        _load_links(connection, links)
    return len(new), len(changed)


def _load_links(connection: Connection, links: Sequence[LinkRow]) -> None:
    rows = [
        {
            "from_id": link.from_id,
            "to_id": link.to_id,
            "kind": link.kind,
            "effective": link.effective,
            "is_default": link.is_default,
        }
        for link in links
    ]
    known = {
        tuple(row)
        for row in connection.execute(
            select(_link.c.from_id, _link.c.to_id, _link.c.kind, _link.c.effective, _link.c.is_default)
        )
    }
    if known == {tuple(row.values()) for row in rows}:
        return
    connection.execute(delete(_link))
    connection.execute(insert(_link), rows)


def _row(unit: UnitRow) -> dict[str, Any]:
    return {
        "id": unit.id,
        "kind": unit.kind,
        "type_label": unit.type_label,
        "name": unit.name,
        "name_key": search_key(f"{unit.type_label} {unit.name}"),
        "code": unit.code,
        "parent_id": unit.parent_id,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "legal_basis": unit.legal_basis,
        "lat": unit.lat,
        "lon": unit.lon,
    }


def _differs(row: dict[str, Any], known: Any) -> bool:
    return any(known[name] != value for name, value in row.items())
