"""The audit log: who changed what, when, before and after. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, desc, select

from inventory.store.tables import Audit

MAX_ACTOR = 80
MAX_ADDRESS = 64


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Empty texts and None leave a condition out."""

    actor: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None  # exclusive


def record(
    session: Session,
    now: datetime,
    actor: str,
    action: str,
    subject_kind: str = "",
    subject_id: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    address: str = "",
) -> None:
    """Adds one row to the caller's transaction: what is rolled back leaves no trace, what is kept always does.

    `before` and `after` hold plain JSON values; passwords, tokens and keys never belong in them.
    """
    session.add(
        Audit(
            at=now,
            actor=actor[:MAX_ACTOR],
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            before=before,
            after=after,
            address=address[:MAX_ADDRESS],
        )
    )


def list_audit(session: Session, wanted: AuditFilter, offset: int = 0, limit: int = 50) -> tuple[list[Audit], int]:
    """Rows, newest first, and how many there are in all."""
    conditions = _conditions(wanted)
    rows = session.exec(
        select(Audit).where(*conditions).order_by(desc(Audit.at), desc(Audit.id)).offset(offset).limit(limit)
    ).all()
    count = session.exec(select(func.count()).select_from(Audit).where(*conditions)).one()
    return list(rows), count


def audit_choices(session: Session) -> tuple[list[str], list[str], list[str]]:
    """Actors, actions and kinds of subject that occur, for the filter."""
    columns = (Audit.actor, Audit.action, Audit.subject_kind)
    actors, actions, kinds = ([v for v in session.exec(select(c).distinct().order_by(c)) if v] for c in columns)
    return actors, actions, kinds


def _conditions(wanted: AuditFilter) -> list[Any]:
    pairs = (
        (Audit.actor, wanted.actor),
        (Audit.action, wanted.action),
        (Audit.subject_kind, wanted.subject_kind),
        (Audit.subject_id, wanted.subject_id),
    )
    conditions: list[Any] = [col(column) == value for column, value in pairs if value]
    if wanted.from_at is not None:
        conditions.append(col(Audit.at) >= wanted.from_at)
    if wanted.to_at is not None:
        conditions.append(col(Audit.at) < wanted.to_at)
    return conditions
