"""Taking due work so that two workers never do it both, on SQLite and on PostgreSQL alike.

The claim is one UPDATE whose WHERE repeats what must still be true; whoever changed the row has it, until the lease
ends. A worker that dies gives nothing back, but its lease runs out. Every function belongs to the caller's
transaction: commit before you act on a claim.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Table, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from inventory.store.tables import JobDue

LEASE = timedelta(minutes=5)


def changed_rows(session: Session, statement: Any) -> int:
    """Runs an UPDATE and tells how many rows it changed."""
    result = session.connection().execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def insert_for(session: Session, model: type[SQLModel]) -> Any:
    """An INSERT of the engine at hand that knows ON CONFLICT (both speak it alike)."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    name = session.get_bind().dialect.name
    return postgresql.insert(table) if name == "postgresql" else sqlite.insert(table)


def insert_new(session: Session, model: type[SQLModel], row: dict[str, Any]) -> bool:
    """Adds a row unless one with a key of its own is there already. False: it was."""
    key = next(iter(model.__table__.primary_key))  # type: ignore[attr-defined]
    statement = insert_for(session, model).values(**row).on_conflict_do_nothing().returning(key)
    return session.connection().execute(statement).first() is not None


def ensure_job(session: Session, name: str, due_at: datetime) -> bool:
    """Makes the job known, due at that time. False when it already was: its due date stays."""
    row = {"name": name, "due_at": due_at, "claimed_by": "", "last_error": ""}
    return insert_new(session, JobDue, row)


def claim_job(session: Session, name: str, worker: str, now: datetime, lease: timedelta = LEASE) -> bool:
    """Takes the job when it is due and nobody holds it. `worker` must be a name that no other process or thread has."""
    free = or_(col(JobDue.claimed_until).is_(None), col(JobDue.claimed_until) <= now)
    statement = (
        update(JobDue)
        .where(col(JobDue.name) == name, col(JobDue.due_at) <= now, free)
        .values(claimed_by=worker, claimed_until=now + lease)
    )
    return changed_rows(session, statement) == 1


def finish_job(session: Session, name: str, worker: str, now: datetime, next_due_at: datetime) -> bool:
    """The work is done: gives the claim back and sets the next due date. False: another worker holds the job by now."""
    statement = (
        update(JobDue)
        .where(col(JobDue.name) == name, col(JobDue.claimed_by) == worker)
        .values(claimed_by="", claimed_until=None, due_at=next_due_at, last_ok_at=now, last_error="")
    )
    return changed_rows(session, statement) == 1


def fail_job(session: Session, name: str, worker: str, retry_at: datetime, error: str) -> bool:
    """The work failed: nobody takes the job before `retry_at`, and the reason is kept.

    The due date stays, so that what watches over it sees that the work is late.
    """
    statement = (
        update(JobDue)
        .where(col(JobDue.name) == name, col(JobDue.claimed_by) == worker)
        .values(claimed_by="", claimed_until=retry_at, last_error=error[:300])
    )
    return changed_rows(session, statement) == 1


def move_job(session: Session, name: str, seen_due_at: datetime, due_at: datetime) -> bool:
    """Changes the due date of a job that nobody holds, if it is still the one the caller saw."""
    statement = (
        update(JobDue)
        .where(col(JobDue.name) == name, col(JobDue.due_at) == seen_due_at, col(JobDue.claimed_by) == "")
        .values(due_at=due_at)
    )
    return changed_rows(session, statement) == 1


def job_due_at(session: Session, name: str) -> datetime | None:
    """When the job is due; None when it is not known."""
    return session.exec(select(JobDue.due_at).where(JobDue.name == name)).first()


def run_due(
    begin: Callable[[], Any],
    name: str,
    worker: str,
    now: datetime,
    work: Callable[[], datetime],
    retry: timedelta,
) -> bool:
    """Claims a due job, does `work` (which returns the next due date) and gives the claim back. False: not ours now.

    `begin` opens a session in a transaction (`Store.session`). When `work` raises, the job is due again after
    `retry`, and the error goes on to the caller.
    """
    with begin() as session:
        if not claim_job(session, name, worker, now):
            return False
    try:
        next_due_at = work()
    except Exception as error:
        with begin() as session:
            fail_job(session, name, worker, now + retry, f"{type(error).__name__}: {error}")
        raise
    with begin() as session:
        finish_job(session, name, worker, now, next_due_at)
    return True
