"""The service's own state for its health page: jobs, collectors, agents, rejected reports, mail, size of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from inventory.store.engine import Store
from inventory.store.outbox_state import mail_metrics
from inventory.store.rejected import count_unresolved
from inventory.store.schema import current_version, head_version
from inventory.store.tables import Agent, CollectorBeat, JobDue, Site

LATE_AFTER = timedelta(minutes=30)
"""A job that has been due for so long is stuck: the schedule looks every few seconds."""
ALIVE_WITHIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class JobRow:
    name: str
    due_at: datetime
    late: bool
    running_by: str  # "" when nobody works on it now
    last_ok_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class CollectorRow:
    instance: str
    since: datetime
    last_at: datetime
    alive: bool


@dataclass(frozen=True, slots=True)
class HeldAgent:
    """An agent that is not trusted until a person has decided."""

    id: str
    hostname: str
    site_id: int
    site: str
    reason: str
    last_contact_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceSheet:
    engine: str  # "SQLite 3.45.1", "PostgreSQL 15.6"
    bytes_used: int | None
    schema_have: str
    schema_need: str
    jobs: list[JobRow]
    collectors: list[CollectorRow]
    rejected_unresolved: int
    mail: dict[str, int]
    versions: list[tuple[str, int, int]]  # version, agents, heard within a day
    waiting: int  # agents with evidence that is not judged yet
    held: list[HeldAgent]


def service_sheet(store: Store, now: datetime) -> ServiceSheet:
    """Reads all of it; `now` decides what is late."""
    with store.reading() as session:
        return ServiceSheet(
            engine=_engine(session, store.is_sqlite),
            bytes_used=_bytes_used(session, store.is_sqlite),
            schema_have=current_version(store),
            schema_need=head_version(),
            jobs=_jobs(session, now),
            collectors=_collectors(session, now),
            rejected_unresolved=count_unresolved(session),
            mail=mail_metrics(session, now),
            versions=_versions(session, now),
            waiting=session.exec(select(func.count()).where(col(Agent.dirty_at).is_not(None))).one(),
            held=_held(session),
        )


def _engine(session: Session, is_sqlite: bool) -> str:
    if is_sqlite:
        return "SQLite " + str(session.connection().scalar(text("SELECT sqlite_version()")))
    return "PostgreSQL " + str(session.connection().scalar(text("SHOW server_version")))


def _bytes_used(session: Session, is_sqlite: bool) -> int | None:
    connection = session.connection()
    if not is_sqlite:
        size = connection.scalar(text("SELECT pg_database_size(current_database())"))
        return None if size is None else int(size)
    pages, page_size = (connection.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size"))
    return None if pages is None or page_size is None else int(pages) * int(page_size)


def _jobs(session: Session, now: datetime) -> list[JobRow]:
    return [
        JobRow(
            name=row.name,
            due_at=row.due_at,
            late=row.due_at <= now - LATE_AFTER,
            running_by=row.claimed_by if row.claimed_until and row.claimed_until > now else "",
            last_ok_at=row.last_ok_at,
            last_error=row.last_error,
        )
        for row in session.exec(select(JobDue).order_by(JobDue.name))
    ]


def _collectors(session: Session, now: datetime) -> list[CollectorRow]:
    """Those that beat within a week, the latest first; one line per instance."""
    query = (
        select(CollectorBeat.instance, func.max(CollectorBeat.from_at), func.max(CollectorBeat.to_at))
        .where(CollectorBeat.to_at >= now - timedelta(days=7))
        .group_by(CollectorBeat.instance)
        .order_by(func.max(CollectorBeat.to_at).desc())
        .limit(10)
    )
    return [CollectorRow(name, since, last, last >= now - ALIVE_WITHIN) for name, since, last in session.exec(query)]


def _versions(session: Session, now: datetime) -> list[tuple[str, int, int]]:
    counted = session.exec(
        select(Agent.version, func.count()).where(Agent.status != "revoked").group_by(Agent.version)
    ).all()
    heard = dict(
        session.exec(
            select(Agent.version, func.count())
            .where(Agent.status != "revoked", col(Agent.last_contact_at) >= now - timedelta(days=1))
            .group_by(Agent.version)
        ).all()
    )
    return sorted(((version, count, heard.get(version, 0)) for version, count in counted), reverse=True)


def _held(session: Session) -> list[HeldAgent]:
    query = (
        select(Agent, Site.name)
        .join(Site, col(Site.id) == col(Agent.site_id))
        .where(Agent.status == "quarantined")
        .order_by(col(Agent.last_contact_at).desc())
        .limit(50)
    )
    return [
        HeldAgent(agent.id, agent.hostname, agent.site_id, site, agent.status_reason, agent.last_contact_at)
        for agent, site in session.exec(query)
    ]
