"""Reports that broke the contract: kept apart with their reason until somebody has looked at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, update
from sqlmodel import Session, col, desc, select

from inventory.store.audit import record
from inventory.store.tables import Agent, RejectedReport, Site


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One rejected report without its bytes."""

    id: int
    received_at: datetime
    agent_id: str  # "" when not even that could be read
    hostname: str  # "" when the agent is not known
    site_id: int | None
    site_name: str
    code: str
    reason: str
    size: int  # bytes as received
    resolved_at: datetime | None


def list_rejected(
    session: Session, unresolved_only: bool = True, code: str = "", agent_id: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[RejectedRow], int]:
    """Newest first, and how many there are in all."""
    conditions = _conditions(unresolved_only, code, agent_id)
    table = RejectedReport
    columns: tuple[Any, ...] = (
        table.id,
        table.received_at,
        table.agent_id,
        func.coalesce(Agent.hostname, ""),
        Agent.site_id,
        func.coalesce(Site.name, ""),
        table.code,
        table.reason,
        table.size,
        table.resolved_at,
    )
    rows = session.exec(
        select(*columns)
        .select_from(table)
        .join(Agent, col(Agent.id) == col(table.agent_id), isouter=True)
        .join(Site, col(Site.id) == col(Agent.site_id), isouter=True)
        .where(*conditions)
        .order_by(desc(table.received_at), desc(table.id))
        .offset(offset)
        .limit(limit)
    )
    count = session.exec(select(func.count()).select_from(table).where(*conditions)).one()
    return [RejectedRow(*row) for row in rows], count


def count_unresolved(session: Session) -> int:
    """How many nobody has looked at yet."""
    return session.exec(
        select(func.count()).select_from(RejectedReport).where(col(RejectedReport.resolved_at).is_(None))
    ).one()


def rejected_codes(session: Session) -> list[str]:
    """Codes that occur, for the filter."""
    return list(session.exec(select(RejectedReport.code).distinct().order_by(RejectedReport.code)))


def resolve_rejected(session: Session, report_id: int, actor: str, now: datetime, address: str = "") -> bool:
    """Marks one as looked at. False when there is none, or it was marked before."""
    done = session.exec(
        update(RejectedReport)
        .where(col(RejectedReport.id) == report_id, col(RejectedReport.resolved_at).is_(None))
        .values(resolved_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        return False
    after = {"resolved_at": now.isoformat()}
    record(session, now, actor, "rejected.resolve", "rejected", str(report_id), {"resolved_at": None}, after, address)
    return True


def resolve_all(session: Session, code: str, agent_id: str, actor: str, now: datetime, address: str = "") -> int:
    """Marks all that match as looked at; returns how many there were."""
    done = session.exec(
        update(RejectedReport)
        .where(*_conditions(True, code, agent_id))
        .values(resolved_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount:
        after = {"resolved": done.rowcount, "code": code, "agent": agent_id}
        record(session, now, actor, "rejected.resolve_all", "rejected", "", None, after, address)
    return done.rowcount


def _conditions(unresolved_only: bool, code: str, agent_id: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if unresolved_only:
        conditions.append(col(RejectedReport.resolved_at).is_(None))
    if code:
        conditions.append(col(RejectedReport.code) == code)
    if agent_id:
        conditions.append(col(RejectedReport.agent_id) == agent_id)
    return conditions
