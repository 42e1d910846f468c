"""What the ledger of mails looks like now: what is late or lost, figures for metrics, rows for the page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, tuple_
from sqlmodel import Session, col, desc, select

from inventory.store.claim import job_due_at
from inventory.store.tables import Outbox

WEEKLY_JOB = "weekly"
LATE_AFTER = timedelta(minutes=30)
FAILED_SHOWN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Overdue:
    """What should have happened and did not. `since` is the oldest due moment among it."""

    late: int  # letters due for half an hour and more, not yet sent
    failed: int  # letters given up in the last two weeks
    run_missed: bool  # a weekly run was due and has not prepared its letters
    since: datetime | None

    @property
    def anything(self) -> bool:
        return bool(self.late or self.failed or self.run_missed)


def overdue(session: Session, now: datetime) -> Overdue:
    """Mail that was due and is not sent, and a weekly run that was due and is not prepared: for banner and metric."""
    waiting = and_(col(Outbox.state).in_(("queued", "sending")), col(Outbox.due_at) <= now - LATE_AFTER)
    failed = and_(col(Outbox.state) == "failed", col(Outbox.due_at) > now - FAILED_SHOWN)
    late, late_since = session.exec(select(func.count(), func.min(Outbox.due_at)).where(waiting)).one()
    lost, lost_since = session.exec(select(func.count(), func.min(Outbox.due_at)).where(failed)).one()
    run_at = job_due_at(session, WEEKLY_JOB)
    missed = run_at if run_at is not None and run_at <= now - LATE_AFTER else None
    times = [at for at in (late_since, lost_since, missed) if at is not None]
    return Overdue(late, lost, missed is not None, min(times, default=None))


def mail_metrics(session: Session, now: datetime) -> dict[str, int]:
    """Figures for the metrics page: queued, sending, sent, failed, overdue, run_missed (0 or 1), resent_in_doubt."""
    counted = dict(session.exec(select(Outbox.state, func.count()).group_by(Outbox.state)).all())
    state = overdue(session, now)
    return {
        **{name: counted.get(name, 0) for name in ("queued", "sending", "sent", "failed")},
        "overdue": state.late + state.failed,
        "run_missed": int(state.run_missed),
        "resent_in_doubt": session.exec(select(func.coalesce(func.sum(Outbox.doubts), 0))).one(),
    }


def list_outbox(
    session: Session,
    offset: int = 0,
    limit: int = 50,
    state: str = "",
    scopes: Collection[tuple[str, str]] | None = None,
) -> tuple[list[Outbox], int]:
    """Ledger rows, newest week first, and how many there are in all. `scopes`: only these (kind, id); None: all."""
    where: list[Any] = [col(Outbox.state) == state] if state else []
    if scopes is not None:
        where.append(tuple_(col(Outbox.scope_kind), col(Outbox.scope_id)).in_(list(scopes)))
    order = (desc(Outbox.iso_week), col(Outbox.scope_kind), col(Outbox.scope_id), col(Outbox.email))
    rows = session.exec(select(Outbox).where(*where).order_by(*order).offset(offset).limit(limit)).all()
    return list(rows), session.exec(select(func.count()).select_from(Outbox).where(*where)).one()
