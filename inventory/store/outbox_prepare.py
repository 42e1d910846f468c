"""Writing a week's letters into the ledger, together with its figures and the next due date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from inventory.domain.week import IsoWeek
from inventory.store.claim import finish_job, insert_for, insert_new
from inventory.store.outbox_state import WEEKLY_JOB
from inventory.store.tables import Outbox, WeeklyFigures

ScopeKey = tuple[str, str]
"""(scope kind, scope id)."""


class LostClaim(Exception):
    """Another worker took the weekly run over while this one was preparing; nothing was written."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail for one address."""

    scope_kind: str
    scope_id: str
    recipient_id: int | None
    email: str
    message_id: str
    subject: str
    text: str
    html: str


def message_id(week: IsoWeek, scope_kind: str, scope_id: str, email: str, domain: str) -> str:
    """The same for the same letter at every try, without angle brackets; does not show the address."""
    digest = sha256(f"{week.label} {scope_kind} {scope_id} {email}".encode()).hexdigest()[:20]
    return f"{week.label}.{scope_kind}.{scope_id}.{digest}@{domain}"


def prepare_week(
    session: Session,
    week: IsoWeek,
    now: datetime,
    letters: Iterable[Letter],
    figures: Mapping[ScopeKey, dict[str, Any]],
    *,
    worker: str = "",
    next_due_at: datetime | None = None,
) -> int:
    """Writes letters and figures and, for the claimed weekly run, the next due date; all in the caller's transaction.

    Returns how many letters are new: those that the ledger has already are left as they are. Raises LostClaim.
    """
    if next_due_at is not None and not finish_job(session, WEEKLY_JOB, worker, now, next_due_at):
        raise LostClaim(f"the weekly run is no longer held by {worker}")
    new = sum(_queue(session, week, now, letter) for letter in letters)
    if figures:
        _keep_figures(session, week, now, figures)
    return new


def _keep_figures(session: Session, week: IsoWeek, now: datetime, figures: Mapping[ScopeKey, dict[str, Any]]) -> None:
    rows = [
        {"scope_kind": kind, "scope_id": scope_id, "iso_week": week.label, "figures": values, "made_at": now}
        for (kind, scope_id), values in figures.items()
    ]
    insert = insert_for(session, WeeklyFigures)
    newer = {"figures": insert.excluded.figures, "made_at": insert.excluded.made_at}
    keys = ["scope_kind", "scope_id", "iso_week"]
    session.connection().execute(insert.on_conflict_do_update(index_elements=keys, set_=newer), rows)


def _queue(session: Session, week: IsoWeek, now: datetime, letter: Letter) -> int:
    row = {
        "scope_kind": letter.scope_kind,
        "scope_id": letter.scope_id,
        "iso_week": week.label,
        "recipient_id": letter.recipient_id,
        "email": letter.email,
        "message_id": letter.message_id,
        "subject": letter.subject[:300],
        "body_text": letter.text,
        "body_html": letter.html,
        "state": "queued",
        "due_at": now,
        "created_at": now,
        "attempts": 0,
        "next_attempt_at": now,
        "claimed_by": "",
        "last_error": "",
        "doubts": 0,
    }
    return int(insert_new(session, Outbox, row))
