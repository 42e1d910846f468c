"""What the reach sections say of the province's services, summed per site, service and local day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, case, func
from sqlalchemy.dialects import postgresql, sqlite

from inventory.domain.service_reach import Try, tries
from inventory.domain.week import local_day
from inventory.store.arrival import Arrival
from inventory.store.tables import ServiceReach

_reach: Table = ServiceReach.__table__  # type: ignore[attr-defined]
_SUMS = ("tries", "ok", "offline", "failed_dns", "failed_tcp", "failed_http", "latency_ms")
_NEWEST = ("last_at", "last_ok_at", "last_failed_at")

Key = tuple[int, str, date]


def apply(
    connection: Connection, told: Sequence[tuple[Arrival, datetime]], agents: Mapping[str, dict[str, Any]]
) -> None:
    """Adds the tries of a batch; a section that only says "as before" tells of no new try."""
    days: dict[Key, dict[str, Any]] = {}
    for arrival, made_at in told:
        agent = agents[arrival.agent_id]
        for attempt in _tries(arrival):
            key = (int(agent["site_id"]), attempt.service, local_day(made_at))
            row = days.setdefault(key, _empty(key, made_at, bool(agent["sample"])))
            _note(row, attempt, made_at)
    if days:
        _add(connection, [days[key] for key in sorted(days)])


def _tries(arrival: Arrival) -> Iterator[Try]:
    section = arrival.sections.get("reach")
    if section is not None and section.status == "ok" and section.data:
        yield from tries(section.data)


def _empty(key: Key, at: datetime, sample: bool) -> dict[str, Any]:
    return {
        "site_id": key[0], "service": key[1], "day": key[2], "tries": 0, "ok": 0, "offline": 0, "failed_dns": 0,
        "failed_tcp": 0, "failed_http": 0, "latency_ms": 0.0, "last_at": at, "last_ok_at": None, "last_failed_at": None,
        "last_stage": "", "last_error": "", "sample": sample,
    }  # fmt: skip


def _note(row: dict[str, Any], attempt: Try, at: datetime) -> None:
    row["tries"] += 1
    row["last_at"] = max(row["last_at"], at)
    if attempt.offline:
        row["offline"] += 1
    elif attempt.ok:
        row["ok"] += 1
        row["latency_ms"] += attempt.latency_ms or 0.0
        row["last_ok_at"] = max(row["last_ok_at"] or at, at)
    else:
        row["failed_" + attempt.stage] += 1
        if row["last_failed_at"] is None or at >= row["last_failed_at"]:
            row.update(last_failed_at=at, last_stage=attempt.stage, last_error=attempt.error)


def _add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    is_postgresql = connection.dialect.name == "postgresql"
    statement = (postgresql.insert if is_postgresql else sqlite.insert)(_reach)
    given = statement.excluded
    changes: dict[str, Any] = {name: _reach.c[name] + given[name] for name in _SUMS}
    for name in _NEWEST:  # GREATEST passes over NULL on PostgreSQL; max() of SQLite does not
        newer = case(
            (_reach.c[name].is_(None), given[name]),
            (given[name] > _reach.c[name], given[name]),
            else_=_reach.c[name],
        )
        changes[name] = newer
    is_newer = (given.last_failed_at.is_not(None)) & (
        _reach.c.last_failed_at.is_(None) | (given.last_failed_at >= _reach.c.last_failed_at)
    )
    for name in ("last_stage", "last_error"):
        changes[name] = case((is_newer, given[name]), else_=func.coalesce(_reach.c[name], ""))
    connection.execute(
        statement.on_conflict_do_update(index_elements=["site_id", "service", "day"], set_=changes), rows
    )
