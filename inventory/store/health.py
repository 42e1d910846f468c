"""Figures of the service itself, for /metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from inventory.store.engine import Store
from inventory.store.tables import Agent, Finding, JobDue, Machine, RejectedReport, Site


def service_figures(session: Session, now: datetime) -> dict[str, Any]:
    """Gauges by name: a number, or a dict of state -> number. Times are seconds."""
    by_state = dict(session.exec(select(Site.state, func.count()).group_by(Site.state)).all())
    agents = dict(session.exec(select(Agent.status, func.count()).group_by(Agent.status)).all())
    jobs = session.exec(select(JobDue.name, JobDue.due_at)).all()
    return {
        "sites": by_state,
        "agents": agents,
        "machines": session.exec(select(func.count()).select_from(Machine)).one(),
        "findings_open": session.exec(select(func.count()).select_from(Finding).where(col(Finding.is_open))).one(),
        "rejected_unresolved": session.exec(
            select(func.count()).select_from(RejectedReport).where(col(RejectedReport.resolved_at).is_(None))
        ).one(),
        "evaluation_waiting": session.exec(
            select(func.count()).select_from(Agent).where(col(Agent.dirty_at).is_not(None))
        ).one(),
        "job_overdue_seconds": {name: max(0, int((now - due_at).total_seconds())) for name, due_at in jobs},
    }


def enrolled_agents(store: Store) -> int:
    """How many agents this store knows, retired ones too."""
    with store.reading() as session:
        return session.exec(select(func.count()).select_from(Agent)).one()
