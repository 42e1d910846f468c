"""Agents and boots as rows in memory during one transaction: loaded together, written back only where they changed.

Most batches are heartbeats, which change two columns of an agent and three of a boot; every further column that is
written costs as much as checking a seal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from inventory.store.arrival import Arrival
from inventory.store.bulk import insert_rows
from inventory.store.tables import Agent, AgentBoot

Row = dict[str, Any]
Boots = dict[tuple[str, str], Row]

_agent = Agent.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]

_AGENT_OFTEN = ("last_contact_at", "last_seq")
_AGENT_SELDOM = (
    "status", "status_reason", "version", "policy_version", "last_boot_id", "goodbye_at", "clock_offset_s", "lost_reports",
    "pending_reports", "dirty_at",
)  # fmt: skip
_BOOT_OFTEN = ("seen", "reports", "last_received_at")
_BOOT_SELDOM = ("zero_at", "previous_shutdown", "goodbye_at", "live_from_at", "clock_offset_s")

_AGENT_NAMES = ("id", "site_id", "machine_id", "key_generation", "sample", *_AGENT_OFTEN, *_AGENT_SELDOM)
_AGENTS = select(*(_agent.c[name] for name in _AGENT_NAMES)).where(_agent.c.id.in_(bindparam("ids", expanding=True)))
_AGENTS_LOCKED = _AGENTS.order_by(_agent.c.id).with_for_update()
_BOOT_NAMES = ("agent_id", "boot_id", "site_id", "first_received_at", *_BOOT_OFTEN, *_BOOT_SELDOM)
_BOOTS = select(*(_boot.c[name] for name in _BOOT_NAMES)).where(
    _boot.c.agent_id.in_(bindparam("ids", expanding=True)), _boot.c.boot_id.in_(bindparam("boots", expanding=True))
)


def _update_agents(names: Sequence[str]) -> Any:
    return (
        update(_agent).where(_agent.c.id == bindparam("key")).values({name: bindparam("new_" + name) for name in names})
    )


def _update_boots(names: Sequence[str]) -> Any:
    where = (_boot.c.agent_id == bindparam("key_agent"), _boot.c.boot_id == bindparam("key_boot"))
    return update(_boot).where(*where).values({name: bindparam("new_" + name) for name in names})


_WRITE_AGENTS = (_update_agents(_AGENT_OFTEN), _update_agents(_AGENT_OFTEN + _AGENT_SELDOM))
_WRITE_BOOTS = (_update_boots(_BOOT_OFTEN), _update_boots(_BOOT_OFTEN + _BOOT_SELDOM))


def load_agents(connection: Connection, ids: Sequence[str], *, lock: bool) -> dict[str, Row]:
    """The agents by id; locked in order of id on PostgreSQL, so that several collectors take turns."""
    rows = connection.execute(_AGENTS_LOCKED if lock else _AGENTS, {"ids": ids})
    return {row[0]: _remembering(_AGENT_NAMES, row, _AGENT_SELDOM) for row in rows}


def load_boots(connection: Connection, arrivals: Sequence[Arrival], ids: Sequence[str]) -> Boots:
    """The known boots that the arrivals come from, by (agent, boot)."""
    rows = connection.execute(_BOOTS, {"ids": ids, "boots": sorted({arrival.boot_id for arrival in arrivals})})
    return {(row[0], row[1]): _remembering(_BOOT_NAMES, row, _BOOT_SELDOM) for row in rows}


def new_boot(arrival: Arrival, site_id: int) -> Row:
    """A boot that nobody has heard of before."""
    return {
        "agent_id": arrival.agent_id, "boot_id": arrival.boot_id, "site_id": site_id, "seen": [], "reports": 0,
        "first_received_at": arrival.received_at, "last_received_at": arrival.received_at, "zero_at": None,
        "previous_shutdown": "", "goodbye_at": None, "live_from_at": None, "clock_offset_s": None, "was": None,
    }  # fmt: skip


def is_new(boot: Row) -> bool:
    return boot["was"] is None


def write_boots(connection: Connection, keys: Iterable[tuple[str, str]], boots: Boots) -> None:
    rows = [boots[key] for key in keys]
    new = [{name: value for name, value in row.items() if name != "was"} for row in rows if is_new(row)]
    if new:
        insert_rows(connection, _boot, new)
    known = [row for row in rows if not is_new(row)]
    _write(
        connection, _WRITE_BOOTS, known, ("agent_id", "boot_id"), ("key_agent", "key_boot"), _BOOT_OFTEN, _BOOT_SELDOM
    )


def write_agents(connection: Connection, ids: Iterable[str], agents: dict[str, Row]) -> None:
    rows = [agents[agent_id] for agent_id in sorted(ids)]
    _write(connection, _WRITE_AGENTS, rows, ("id",), ("key",), _AGENT_OFTEN, _AGENT_SELDOM)


def _remembering(names: Sequence[str], values: Sequence[Any], seldom: Sequence[str]) -> Row:
    row = dict(zip(names, values, strict=True))
    row["was"] = [row[name] for name in seldom]
    return row


def _write(
    connection: Connection, statements: tuple[Any, Any], rows: list[Row], keys: Sequence[str], params: Sequence[str],
    often: Sequence[str], seldom: Sequence[str],
) -> None:  # fmt: skip
    light: list[Row] = []
    full: list[Row] = []
    for row in rows:
        changed = row["was"] != [row[name] for name in seldom]
        values = {param: row[key] for param, key in zip(params, keys, strict=True)}
        for name in often:
            values["new_" + name] = row[name]
        if changed:
            for name in seldom:
                values["new_" + name] = row[name]
        (full if changed else light).append(values)
    for statement, group in zip(statements, (light, full), strict=True):
        if group:
            connection.execute(statement, group)
