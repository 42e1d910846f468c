"""Doubts about who a PC is, as findings for people: likely twins, and quarantine when two PCs speak under one id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlmodel import Session

from inventory.domain.finding import Severity, draft
from inventory.domain.identity import Doubt
from inventory.store.audit import record
from inventory.store.findings import settle
from inventory.store.policy import policies_of_sites
from inventory.store.tables import Agent, Machine, MachineIdentifier, Site

KIND = "identity_conflict"

_machine = Machine.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]
_ids = MachineIdentifier.__table__  # type: ignore[attr-defined]
_site = Site.__table__  # type: ignore[attr-defined]
_WHERE = (
    select(_machine.c.id, _machine.c.site_id, _machine.c.sample, _site.c.unit_id)
    .join(_site, _site.c.id == _machine.c.site_id)
    .where(_machine.c.id.in_(bindparam("ids", expanding=True)))
)


def open_doubts(connection: Connection, doubts: Mapping[int, Doubt], now: datetime) -> None:
    """A finding per machine that may be a twin of the named candidates; people decide."""
    evidence = {
        number: {
            "reason": doubt.why,
            "codes": [doubt.why],
            "candidates": list(doubt.candidates),
            "compared": [dict(item) for item in doubt.evidence],
        }
        for number, doubt in doubts.items()
    }
    _open(connection, evidence, "medium", now)


def quarantine(connection: Connection, machines: Mapping[int, Mapping[str, Any]], now: datetime) -> None:
    """Two PCs share one agent id (an imaged disk): both are put aside, nothing of the machine's row is overwritten.

    `machines`: id -> {"reason": cloned_disk | two_boots, "agent": id, ...} for the finding's evidence.
    """
    if not machines:
        return
    agents = sorted({str(evidence["agent"]) for evidence in machines.values()})
    connection.execute(
        update(_machine)
        .where(_machine.c.id.in_(sorted(machines)), _machine.c.status == "in_use")
        .values(status="conflict")
    )
    connection.execute(
        update(_agent)
        .where(_agent.c.id.in_(agents), _agent.c.status == "active")
        .values(status="quarantined", status_reason="cloned_disk")
    )
    marked = {n: {**evidence, "codes": [evidence["reason"]]} for n, evidence in machines.items()}
    _open(connection, marked, "high", now)


def release(session: Session, machine_id: int, now: datetime) -> None:
    """Lifts the quarantine after a person has closed the finding: machine and agents are watched again.

    The hardware that reports next under the agent's id counts as this machine's; when two PCs still share the id,
    they are set aside anew.
    """
    connection = session.connection()
    connection.execute(update(_machine).where(_machine.c.id == machine_id).values(status="in_use", evaluated_at=None))
    connection.execute(
        update(_agent)
        .where(_agent.c.machine_id == machine_id, _agent.c.status == "quarantined")
        .values(status="active", status_reason="", last_boot_id="", dirty_at=now)
    )
    # What it was known by is in doubt too; the agent's next inventory writes it anew.
    connection.execute(delete(_ids).where(_ids.c.machine_id == machine_id, _ids.c.kind != "agent"))
    record(
        session, now, "collector", "machine.release", "machine", str(machine_id),
        {"status": "conflict"}, {"status": "in_use"},
    )  # fmt: skip


def _open(connection: Connection, machines: Mapping[int, Mapping[str, Any]], severity: Severity, now: datetime) -> None:
    """Opens a finding per machine (id -> evidence), or renews the one that is there."""
    if not machines:
        return
    # Closing this session leaves the caller's connection and transaction as they are.
    with Session(connection) as session:
        policies, version = policies_of_sites(session)
    drafts = [
        draft(
            KIND,
            row.id,
            unit_id=row.unit_id,
            site_id=row.site_id,
            policy=policies[row.site_id],
            policy_version=version,
            evidence=machines[row.id],
            severity=severity,
            sample=row.sample,
        )
        for row in connection.execute(_WHERE, {"ids": sorted(machines)})
    ]
    settle(connection, [KIND], "machine", sorted(machines), drafts, now)
