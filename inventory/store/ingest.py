"""Many verified reports in one transaction: the ledger, contacts, sections, sealed bytes.

Idempotent by (agent, boot, seq): the ledger row of the boot is read and written in the same transaction, and on
PostgreSQL the agents' rows are locked first, in order of id, so that several collectors can take from one agent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from inventory.domain import ledger
from inventory.store import contacts, sections
from inventory.store.arrival import Arrival, Outcome
from inventory.store.engine import Store
from inventory.store.machines import AttachItem, attach_batch
from inventory.store.tables import Agent, AgentBoot, RawReport

_log = logging.getLogger(__name__)

GapOf = Callable[[int], float]

_agent = Agent.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]
_raw = RawReport.__table__  # type: ignore[attr-defined]

_AGENTS = select(
    _agent.c.id, _agent.c.site_id, _agent.c.machine_id, _agent.c.key_generation, _agent.c.status, _agent.c.sample,
    _agent.c.last_boot_id, _agent.c.last_contact_at, _agent.c.goodbye_at, _agent.c.dirty_at, _agent.c.status_reason,
    _agent.c.version, _agent.c.policy_version, _agent.c.last_seq, _agent.c.clock_offset_s, _agent.c.lost_reports,
    _agent.c.pending_reports,
).where(_agent.c.id.in_(bindparam("ids", expanding=True)))
_AGENTS_LOCKED = _AGENTS.order_by(_agent.c.id).with_for_update()

_BOOTS = select(_boot).where(
    _boot.c.agent_id.in_(bindparam("ids", expanding=True)), _boot.c.boot_id.in_(bindparam("boots", expanding=True))
)

_UPDATED = (
    "status", "status_reason", "version", "policy_version", "last_contact_at", "last_boot_id", "last_seq", "goodbye_at",
    "clock_offset_s", "lost_reports", "pending_reports", "dirty_at",
)
_UPDATE_AGENT = (
    update(_agent)
    .where(_agent.c.id == bindparam("key"))
    .values({name: bindparam("new_" + name) for name in _UPDATED})
)
_UPDATE_BOOT = (
    update(_boot)
    .where(_boot.c.agent_id == bindparam("key_agent"), _boot.c.boot_id == bindparam("key_boot"))
    .values(
        {
            name: bindparam("new_" + name)
            for name in ("seen", "reports", "last_received_at", "zero_at", "previous_shutdown", "goodbye_at", "live_from_at")
        }
    )
)


def usual_gap(_site_id: int) -> float:
    """Three heartbeats of five minutes."""
    return 900.0


def ingest(store: Store, arrivals: Sequence[Arrival], gap_of: GapOf = usual_gap) -> list[Outcome]:
    """Stores a batch in one transaction and returns an outcome per arrival, in order; returns after the commit.

    gap_of: seconds of silence after which a new contact interval begins at a site. When the database refuses the batch because of its
    content, each report is tried alone, so that one bad report cannot hold up the others.
    """
    try:
        with store.begin() as connection:
            return ingest_batch(connection, arrivals, gap_of, lock=not store.is_sqlite)
    except OperationalError:
        raise  # locked, disk full, server gone: nothing was stored, agents keep their reports and come back
    except (SQLAlchemyError, ValueError) as error:
        if len(arrivals) == 1:
            _log.error("a report of agent %s was refused by the store: %s", arrivals[0].agent_id, error)
            return [Outcome("rejected", "store_refused")]
        return [ingest(store, [arrival], gap_of)[0] for arrival in arrivals]


def ingest_batch(connection: Connection, arrivals: Sequence[Arrival], gap_of: GapOf, *, lock: bool) -> list[Outcome]:
    """The same inside a transaction of the caller's."""
    ids = sorted({arrival.agent_id for arrival in arrivals})
    rows = connection.execute(_AGENTS_LOCKED if lock else _AGENTS, {"ids": ids}).mappings()
    agents: dict[str, dict[str, Any]] = {row["id"]: dict(row) for row in rows}
    boots = _load_boots(connection, arrivals, ids)
    outcomes: list[Outcome] = []
    fresh: list[Arrival] = []
    for arrival in arrivals:
        outcome = _admit(arrival, agents.get(arrival.agent_id), boots)
        outcomes.append(outcome)
        if outcome.status == "stored":
            fresh.append(arrival)
    if fresh:
        _store(connection, fresh, agents, boots, gap_of, outcomes, arrivals)
    return outcomes


def _load_boots(
    connection: Connection, arrivals: Sequence[Arrival], ids: list[str]
) -> dict[tuple[str, str], dict[str, Any]]:
    rows = connection.execute(_BOOTS, {"ids": ids, "boots": sorted({arrival.boot_id for arrival in arrivals})})
    return {(row["agent_id"], row["boot_id"]): dict(row) for row in rows.mappings()}


def _admit(
    arrival: Arrival, agent: dict[str, Any] | None, boots: dict[tuple[str, str], dict[str, Any]]
) -> Outcome:
    if agent is None:
        return Outcome("rejected", "unknown_agent")
    if agent["status"] == "revoked":
        return Outcome("rejected", "agent_revoked")
    if arrival.key_generation != agent["key_generation"]:
        return Outcome("rejected", "key_retired")
    boot = boots.get((arrival.agent_id, arrival.boot_id))
    if boot is None:
        boot = _new_boot(arrival, agent["site_id"])
        boots[arrival.agent_id, arrival.boot_id] = boot
    elif ledger.contains(boot["seen"], arrival.seq):
        return Outcome("duplicate", site_id=agent["site_id"])
    boot["seen"] = ledger.add(boot["seen"], arrival.seq)
    boot["reports"] += 1
    return Outcome("stored", site_id=agent["site_id"])


def _new_boot(arrival: Arrival, site_id: int) -> dict[str, Any]:
    return {
        "agent_id": arrival.agent_id, "boot_id": arrival.boot_id, "site_id": site_id, "seen": [], "reports": 0,
        "first_received_at": arrival.received_at, "last_received_at": arrival.received_at, "zero_at": None,
        "previous_shutdown": "", "goodbye_at": None, "live_from_at": None, "is_new": True,
    }


def _store(
    connection: Connection,
    fresh: list[Arrival],
    agents: dict[str, dict[str, Any]],
    boots: dict[tuple[str, str], dict[str, Any]],
    gap_of: GapOf,
    outcomes: list[Outcome],
    arrivals: Sequence[Arrival],
) -> None:
    for arrival in fresh:
        _note_boot(arrival, boots[arrival.agent_id, arrival.boot_id])
    made = contacts.place(fresh, agents, boots)
    contacts.grow(connection, fresh, made, agents, boots, gap_of)
    for arrival in fresh:
        _note_agent(arrival, agents[arrival.agent_id], boots[arrival.agent_id, arrival.boot_id])
    changed = sections.apply(connection, fresh, made, agents, outcomes_of(fresh, arrivals, outcomes))
    for agent_id in changed:
        agents[agent_id]["dirty_at"] = fresh[-1].received_at
    _write_boots(connection, {(a.agent_id, a.boot_id) for a in fresh}, boots)
    _write_agents(connection, {a.agent_id for a in fresh}, agents)
    _attach(connection, fresh, agents)
    raw = [_raw_row(arrival, moment, agents) for arrival, moment in zip(fresh, made, strict=True) if arrival.keeps_frame()]
    if raw:
        connection.execute(insert(_raw), raw)


def outcomes_of(fresh: list[Arrival], arrivals: Sequence[Arrival], outcomes: list[Outcome]) -> list[Outcome]:
    """The outcomes that belong to `fresh`, in its order."""
    return [outcome for outcome, arrival in zip(outcomes, arrivals, strict=True) if outcome.status == "stored"]


def _note_boot(arrival: Arrival, boot: dict[str, Any]) -> None:
    """How the boot before ended is said in the uptime section, live or late."""
    ended = _data(arrival, "uptime").get("last_shutdown", "")
    if ended in ("clean", "unclean"):
        boot["previous_shutdown"] = ended


def _note_agent(arrival: Arrival, agent: dict[str, Any], boot: dict[str, Any]) -> None:
    """What a report says about its agent. Only a live one speaks of now; a late one only fills the past."""
    if not arrival.is_live():
        return
    returned = not boot.get("is_new") and agent["last_boot_id"] not in ("", arrival.boot_id)
    if returned and agent["status"] == "active":
        # A PC never goes back to an earlier boot: two PCs run from one cloned disk. People must look at it.
        agent["status"], agent["status_reason"] = "quarantined", "two_boots"
        agent["dirty_at"] = arrival.received_at
    agent["last_boot_id"] = arrival.boot_id
    agent["last_seq"] = arrival.seq
    agent["last_contact_at"] = max(arrival.received_at, agent["last_contact_at"] or arrival.received_at)
    agent["version"] = arrival.agent_version[:40]
    agent["policy_version"] = arrival.policy_version
    agent["lost_reports"] = arrival.lost_reports
    agent["pending_reports"] = arrival.pending_reports
    agent["goodbye_at"] = arrival.received_at if arrival.kind == "goodbye" else None
    boot["goodbye_at"] = agent["goodbye_at"]
    if arrival.agent_time is not None:
        offset = (arrival.agent_time - arrival.received_at).total_seconds() + (arrival.age() or _ZERO).total_seconds()
        before = agent["clock_offset_s"]
        if before is None or abs(before - offset) > 60:
            agent["dirty_at"] = arrival.received_at
        agent["clock_offset_s"] = offset


_ZERO = datetime.min - datetime.min


def _write_boots(
    connection: Connection, keys: set[tuple[str, str]], boots: dict[tuple[str, str], dict[str, Any]]
) -> None:
    new = [{name: value for name, value in boots[key].items() if name != "is_new"} for key in keys if boots[key].get("is_new")]
    if new:
        connection.execute(insert(_boot), new)
    grown = [
        {"key_agent": row["agent_id"], "key_boot": row["boot_id"]}
        | {"new_" + name: row[name] for name in ("seen", "reports", "last_received_at", "zero_at", "previous_shutdown", "goodbye_at", "live_from_at")}
        for row in (boots[key] for key in keys)
        if not row.get("is_new")
    ]
    if grown:
        connection.execute(_UPDATE_BOOT, grown)


def _write_agents(connection: Connection, ids: set[str], agents: dict[str, dict[str, Any]]) -> None:
    connection.execute(
        _UPDATE_AGENT,
        [{"key": agent_id} | {"new_" + name: agents[agent_id][name] for name in _UPDATED} for agent_id in sorted(ids)],
    )


def _attach(connection: Connection, fresh: list[Arrival], agents: dict[str, dict[str, Any]]) -> None:
    items: dict[str, AttachItem] = {}
    for arrival in fresh:
        agent = agents[arrival.agent_id]
        hardware = arrival.sections.get("hardware")
        if agent["machine_id"] is None and agent["status"] == "active" and hardware and hardware.data is not None:
            items[arrival.agent_id] = AttachItem(
                agent_id=arrival.agent_id, site_id=agent["site_id"], hardware=hardware.data,
                system=_data(arrival, "system"), interfaces=_data(arrival, "interfaces"), sample=agent["sample"],
            )
    if items:
        attach_batch(connection, list(items.values()), fresh[-1].received_at)


def _data(arrival: Arrival, name: str) -> dict[str, Any]:
    section = arrival.sections.get(name)
    return section.data or {} if section else {}


def _raw_row(arrival: Arrival, made_at: datetime, agents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "agent_id": arrival.agent_id, "boot_id": arrival.boot_id, "seq": arrival.seq,
        "received_at": arrival.received_at, "made_at": made_at, "site_id": agents[arrival.agent_id]["site_id"],
        "road": arrival.road, "frame": arrival.frame,
    }
