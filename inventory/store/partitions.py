"""Monthly partitions of the big tables on PostgreSQL; nothing to do on SQLite."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, text

from inventory.store.engine import Store

PARTITIONED = ("contact", "raw_report")
MONTHS_AHEAD = 3


def ensure_partitions(store: Store, now: datetime) -> int:
    """Makes the partitions of this month and the next ones where they are missing; returns how many it made.

    Rows outside every month (a journal that is years late) land in the default partition.
    """
    if store.is_sqlite:
        return 0
    with store.begin() as connection:
        return sum(_ensure(connection, table, month) for table in PARTITIONED for month in _months(now.date()))


def _ensure(connection: Connection, table: str, month: date) -> int:
    name = f"{table}_y{month:%Y}m{month:%m}"
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None:
        return 0
    until = _next(month)
    column = "from_at" if table == "contact" else "received_at"
    in_default = connection.scalar(
        text(f"SELECT count(*) FROM {table}_default WHERE {column} >= :low AND {column} < :high"),  # noqa: S608  (our own table names)
        {"low": month, "high": until},
    )
    if in_default:  # rows came before the month was made: they stay where they are
        return 0
    connection.execute(text(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{month}') TO ('{until}')"))
    return 1


def _months(today: date) -> list[date]:
    months = [today.replace(day=1)]
    for _ in range(MONTHS_AHEAD):
        months.append(_next(months[-1]))
    return months


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
