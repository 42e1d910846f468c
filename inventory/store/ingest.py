"""Many verified reports in one transaction: the ledger, contacts, sections, sealed bytes.

Idempotent by (agent, boot, seq): the ledger row of the boot is read and written in the same transaction, and on
PostgreSQL the agents' rows are locked first, in order of id, so that several collectors can take from one agent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from inventory.domain import identity, ledger
from inventory.store import agent_rows, contacts, journals, line_ingest, roads, sections
from inventory.store.arrival import Arrival, Outcome
from inventory.store.engine import Store
from inventory.store.machines import AttachItem, attach_batch, identifiers_of
from inventory.store.tables import RawReport

_log = logging.getLogger(__name__)

GapOf = Callable[[int], float]

_raw = RawReport.__table__  # type: ignore[attr-defined]


def usual_gap(_site_id: int) -> float:
    """Two heartbeats of five minutes, and some: one may be lost, a short hole stays visible."""
    return 630.0


def ingest(store: Store, arrivals: Sequence[Arrival], gap_of: GapOf = usual_gap) -> list[Outcome]:
    """Stores a batch in one transaction and returns an outcome per arrival, in order; returns after the commit.

    gap_of: seconds of silence after which a new contact interval begins at a site. When the database refuses the
    batch because of its content, each report is tried alone, so that one bad report cannot hold up the others.
    """
    try:
        with store.begin() as connection:
            return ingest_batch(connection, arrivals, gap_of, lock=not store.is_sqlite)
    except (StatementError, ValueError, ArithmeticError, TypeError) as error:
        if isinstance(error, DBAPIError) and not isinstance(error, (DataError, IntegrityError)):
            # Locked, disk full or damaged, server gone, table missing: not the reports' fault. Nothing was stored,
            # the agents keep them and come back; what is rejected below, they drop.
            raise
        if len(arrivals) == 1:
            _log.error("a report of agent %s was refused by the store: %s", arrivals[0].agent_id, error)
            return [Outcome("rejected", "store_refused")]
        return [ingest(store, [arrival], gap_of)[0] for arrival in arrivals]


def ingest_batch(connection: Connection, arrivals: Sequence[Arrival], gap_of: GapOf, *, lock: bool) -> list[Outcome]:
    """The same inside a transaction of the caller's."""
    ids = sorted({arrival.agent_id for arrival in arrivals})
    agents = agent_rows.load_agents(connection, ids, lock=lock)
    boots = agent_rows.load_boots(connection, arrivals, ids)
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


def _admit(arrival: Arrival, agent: dict[str, Any] | None, boots: dict[tuple[str, str], dict[str, Any]]) -> Outcome:
    if agent is None:
        return Outcome("rejected", "unknown_agent")
    if agent["status"] == "revoked":
        return Outcome("rejected", "agent_revoked")
    if arrival.key_generation != agent["key_generation"]:
        return Outcome("rejected", "key_retired")
    boot = boots.get((arrival.agent_id, arrival.boot_id))
    if boot is None:
        boot = agent_rows.new_boot(arrival, agent["site_id"])
        boots[arrival.agent_id, arrival.boot_id] = boot
    elif ledger.contains(boot["seen"], arrival.seq):
        return Outcome("duplicate", site_id=agent["site_id"])
    boot["seen"] = ledger.add(boot["seen"], arrival.seq)
    boot["reports"] += 1
    return Outcome("stored", site_id=agent["site_id"])


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
    _set_clones_aside(connection, fresh, made, agents)
    stored = outcomes_of(fresh, arrivals, outcomes)
    for outcome, moment in zip(stored, made, strict=True):
        outcome.made_at = moment
    changed = sections.apply(connection, fresh, made, agents, stored)
    journals.apply(connection, fresh, agents, boots)
    line_ingest.apply(connection, fresh, made, agents, boots)
    for agent_id in changed:
        agents[agent_id]["dirty_at"] = fresh[-1].received_at
    agent_rows.write_boots(connection, {(a.agent_id, a.boot_id) for a in fresh}, boots)
    agent_rows.write_agents(connection, {a.agent_id for a in fresh}, agents)
    _attach(connection, fresh, agents)
    roads.note(connection, fresh)
    raw = [
        _raw_row(arrival, moment, agents) for arrival, moment in zip(fresh, made, strict=True) if arrival.keeps_frame()
    ]
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
    returned = not agent_rows.is_new(boot) and agent["last_boot_id"] not in ("", arrival.boot_id)
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
        if before is None or abs(before - offset) > 1:  # below that it is the line's delay, not the clock
            agent["clock_offset_s"] = offset
        if boot["clock_offset_s"] is None or abs(boot["clock_offset_s"] - offset) > 1:
            boot["clock_offset_s"] = offset


def _set_clones_aside(
    connection: Connection, fresh: list[Arrival], made: list[datetime], agents: dict[str, dict[str, Any]]
) -> None:
    """Before anything is overwritten: hardware that cannot be this agent's machine is an imaged disk speaking.

    The rule is the evaluation's (machine_identity.py), which opens the finding. What is older than the agent's last
    contact is left to it: such a report overwrites nothing.
    """
    asked: list[tuple[Arrival, dict[str, Any]]] = []
    for arrival, moment in zip(fresh, made, strict=True):
        hardware, agent = arrival.sections.get("hardware"), agents[arrival.agent_id]
        if hardware is None or hardware.data is None or agent["machine_id"] is None or agent["status"] != "active":
            continue
        if arrival.is_live() or agent["last_contact_at"] is None or moment >= agent["last_contact_at"]:
            asked.append((arrival, agent))
    if not asked:
        return
    known = identifiers_of(connection, {agent["machine_id"] for _, agent in asked})
    for arrival, agent in asked:
        own = known[agent["machine_id"]]
        seen = identity.identifiers(_data(arrival, "hardware"), _data(arrival, "interfaces"), arrival.agent_id)
        cards = arrival.sections.get("interfaces")
        if cards is not None and cards.data is None and cards.hash:  # unchanged: the network cards are the known ones
            seen |= {one for one in own if one[0] == "mac"}
        if identity.is_clone(own, seen):
            agent["status"], agent["status_reason"] = "quarantined", "cloned_disk"
            agent["dirty_at"] = arrival.received_at


_ZERO = timedelta(0)


def _attach(connection: Connection, fresh: list[Arrival], agents: dict[str, dict[str, Any]]) -> None:
    items: dict[str, AttachItem] = {}
    for arrival in fresh:
        agent = agents[arrival.agent_id]
        hardware = arrival.sections.get("hardware")
        if agent["machine_id"] is None and agent["status"] == "active" and hardware and hardware.data is not None:
            items[arrival.agent_id] = AttachItem(
                agent_id=arrival.agent_id,
                site_id=agent["site_id"],
                hardware=hardware.data,
                system=_data(arrival, "system"),
                interfaces=_data(arrival, "interfaces"),
                sample=agent["sample"],
            )
    if items:
        attach_batch(connection, list(items.values()), fresh[-1].received_at)


def _data(arrival: Arrival, name: str) -> dict[str, Any]:
    section = arrival.sections.get(name)
    return section.data or {} if section else {}


def _raw_row(arrival: Arrival, made_at: datetime, agents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "agent_id": arrival.agent_id,
        "boot_id": arrival.boot_id,
        "seq": arrival.seq,
        "received_at": arrival.received_at,
        "made_at": made_at,
        "site_id": agents[arrival.agent_id]["site_id"],
        "road": arrival.road,
        "frame": arrival.frame,
    }
