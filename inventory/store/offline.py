"""Identities written into a file, for PCs that cannot reach the collector to enrol: made, listed, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlmodel import Session, col, desc

from inventory.store.audit import record
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Agent, AgentBoot, Machine, OfflineFile, Site, Unit

State = Literal["unused", "used", "conflict", "revoked"]


@dataclass(frozen=True, slots=True)
class OfflineRow:
    """One line of the list of files."""

    agent_id: str
    site_id: int
    site_name: str
    unit_name: str
    made_at: datetime
    made_by: str
    hostname: str
    first_heard_at: datetime | None
    state: State


def make_identity(session: Session, site: Site, actor: str, now: datetime, address: str = "") -> Agent:
    """An agent that nobody has enrolled yet, in the caller's transaction. Raises ValueError for an excluded site."""
    if site.excluded_reason:
        raise ValueError(f"site {site.id} is excluded from observation ({site.excluded_reason}): it takes no agent")
    assert site.id is not None
    agent = Agent(id=secrets.token_hex(16), site_id=site.id, enrolled_at=now, sample=False)
    session.add(agent)
    session.flush()
    session.add(OfflineFile(agent_id=agent.id, site_id=site.id, made_at=now, made_by=actor[:80]))
    record(session, now, actor, "agent.enrol_offline", "agent", agent.id, None, {"site": site.name}, address)
    return agent


def revoke_identity(
    session: Session, agent_id: str, actor: str, now: datetime, address: str = "", scope: Scope = EVERYTHING
) -> bool:
    """Ends a file's identity at once: what the PC that took it sends is refused from now on. False when there is no
    such file within the scope, or it was revoked before."""
    query = select(OfflineFile).join(Site, col(Site.id) == col(OfflineFile.site_id))
    file = session.execute(query.where(col(OfflineFile.agent_id) == agent_id, scope.condition(Site.unit_id))).scalar()
    agent = session.get(Agent, agent_id)
    if file is None or agent is None or file.revoked_at is not None:
        return False
    before = {"status": agent.status}
    file.revoked_at, file.revoked_by = now, actor[:80]
    agent.status, agent.status_reason = "revoked", "offline_file"
    session.add_all([file, agent])
    record(session, now, actor, "agent.revoke", "agent", agent_id, before, {"status": "revoked"}, address)
    return True


def list_files(
    session: Session, scope: Scope = EVERYTHING, offset: int = 0, limit: int = 100
) -> tuple[list[OfflineRow], int]:
    """Newest first, and how many there are in all."""
    heard = select(func.min(AgentBoot.first_received_at)).where(col(AgentBoot.agent_id) == col(OfflineFile.agent_id))
    columns: tuple[Any, ...] = (OfflineFile, Site.name, Unit.type_label, Unit.name, Machine.hostname, Agent.status)
    query = (
        select(*columns, heard.scalar_subquery())
        .select_from(OfflineFile)
        .join(Site, col(Site.id) == col(OfflineFile.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .join(Agent, col(Agent.id) == col(OfflineFile.agent_id))
        .join(Machine, col(Machine.id) == col(Agent.machine_id), isouter=True)
        .where(scope.condition(Site.unit_id))
    )
    count = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = session.execute(query.order_by(desc(OfflineFile.made_at)).offset(offset).limit(limit))
    return [_row(tuple(row)) for row in rows], count


def _row(row: tuple[Any, ...]) -> OfflineRow:
    file, site, kind, unit, hostname, status, heard = row
    if file.revoked_at is not None or status == "revoked":
        state: State = "revoked"
    elif status == "quarantined":
        state = "conflict"
    else:
        state = "used" if heard is not None else "unused"
    return OfflineRow(
        file.agent_id, file.site_id, site, f"{kind} {unit}", file.made_at, file.made_by, hostname or "", heard, state
    )
