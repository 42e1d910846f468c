"""Many rows into one table, as cheaply as each engine can."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.dialects import postgresql

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts plain rows (equal keys, no binary values).

    SQLite takes them one by one in C. The PostgreSQL driver does so in Python, at several times the cost; there
    the rows travel as one JSON document that the server takes apart.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql" or len(rows) == 1:
        connection.execute(insert(table), list(rows))
        return
    statement = _statement(table, tuple(rows[0]))
    connection.execute(statement, {"rows": json.dumps(rows, default=_plain, ensure_ascii=False)})


@functools.lru_cache(maxsize=64)
def _statement(table: Table, names: tuple[str, ...]) -> Any:
    columns = ", ".join(f'"{name}"' for name in names)
    types = ", ".join(f'"{name}" {table.c[name].type.compile(_DIALECT)}' for name in names)
    # identifiers and types come from our own tables, never from outside
    return text(
        f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} '  # noqa: S608
        f"FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({types})"
    )


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot travel in a bulk insert")
