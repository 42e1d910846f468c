"""The ledger of weekly mails: every letter is a row before anything is sent, and a row is sent once.

queued -> sending (claimed, with a lease) -> sent | queued again (retry) | failed (given up, or refused for good).

A crash between two commits must neither lose a letter nor repeat it:
- before the commit of `prepare_week`: nothing was written; the job is still due and runs again;
- after it: the rows wait, unique per (scope, week, address), so that preparing again adds nothing;
- between claim and content: `data_at` is empty, so the server cannot have the letter; it is sent when the lease ends;
- after the server's "250" and before `mark_sent`: the mailer's own memory (a file per letter in the local mailbox
  folder, a journal line forced to disk for SMTP) says that it went out, and the row is only marked;
- between the last byte of the content and that memory: nobody can know. SMTP has no way to ask. The letter is sent
  again under the same Message-ID, by which mail systems tell a repetition, and `doubts` counts it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, or_, update
from sqlmodel import Session, col, select

from inventory.store.audit import record
from inventory.store.claim import LEASE, changed_rows
from inventory.store.outbox_prepare import Letter, LostClaim, ScopeKey, message_id, prepare_week
from inventory.store.outbox_state import WEEKLY_JOB, Overdue, list_outbox, mail_metrics, overdue
from inventory.store.tables import Outbox, Recipient

__all__ = [
    "RETRY_AFTER",
    "WEEKLY_JOB",
    "Claimed",
    "Letter",
    "LostClaim",
    "Overdue",
    "ScopeKey",
    "begin_data",
    "claim_batch",
    "list_outbox",
    "mail_metrics",
    "mark_failed",
    "mark_sent",
    "message_id",
    "overdue",
    "prepare_week",
    "requeue",
]

ELSEWHERE_WAIT = timedelta(hours=1)
"""A letter in doubt whose worker died on another host waits this long for that host, which has the journal."""
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (5, 30, 120, 360, 720, 1440, 1440, 1440, 1440))
"""Waits after the 1st, 2nd ... failed attempt: 4.9 days in all, then the letter has failed."""

_DIED = "sending was broken off at every attempt; see the service's log"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter taken for sending. `to` and `cc` are all readers of the same scope and week, as (name, address)."""

    id: int
    email: str
    message_id: str
    subject: str
    text: str
    html: str
    attempts: int  # this one included
    to: tuple[tuple[str, str], ...]
    cc: tuple[tuple[str, str], ...]


def claim_batch(
    session: Session,
    worker: str,
    now: datetime,
    limit: int,
    lease: timedelta = LEASE,
    only: Collection[int] | None = None,
) -> list[Claimed]:
    """Takes up to `limit` letters that are due, or whose worker died. Commit before sending.

    `worker` is "host/..." and belongs to one process or thread. `only` limits the choice to these ids.
    """
    due = _due(worker.partition("/")[0], now)
    _end_hopeless(session, due)
    query = select(Outbox.id).where(due).order_by(col(Outbox.next_attempt_at), col(Outbox.id)).limit(limit)
    if only is not None:
        query = query.where(col(Outbox.id).in_(only))
    taken: list[int] = []
    for outbox_id in session.exec(query).all():
        values = {
            "state": "sending",
            "claimed_by": worker,
            "claimed_until": now + lease,
            "attempts": Outbox.attempts + 1,
        }
        # the WHERE repeats the condition: whoever comes second changes no row
        if changed_rows(session, update(Outbox).where(col(Outbox.id) == outbox_id, due).values(**values)):
            assert outbox_id is not None
            taken.append(outbox_id)
    return _load_claimed(session, taken)


def _due(host: str, now: datetime) -> Any:
    here = or_(col(Outbox.data_at).is_(None), col(Outbox.claimed_by).startswith(host + "/", autoescape=True))
    stale = or_(
        and_(col(Outbox.claimed_until) <= now, here),
        col(Outbox.claimed_until) <= now - ELSEWHERE_WAIT,
    )
    return or_(
        and_(col(Outbox.state) == "queued", col(Outbox.next_attempt_at) <= now),
        and_(col(Outbox.state) == "sending", stale),
    )


def _end_hopeless(session: Session, due: Any) -> None:
    """Letters whose worker died at every attempt: they must not kill workers for ever."""
    values = {"state": "failed", "claimed_by": "", "claimed_until": None, "last_error": _DIED}
    spent = and_(due, col(Outbox.state) == "sending", col(Outbox.attempts) > len(RETRY_AFTER) + 1)
    changed_rows(session, update(Outbox).where(spent).values(**values))


def _load_claimed(session: Session, ids: list[int]) -> list[Claimed]:
    rows = session.exec(select(Outbox).where(col(Outbox.id).in_(ids)).execution_options(populate_existing=True)).all()
    by_id = {row.id: row for row in rows}
    readers = _readers(session, rows)
    claimed: list[Claimed] = []
    for outbox_id in ids:
        row = by_id[outbox_id]
        to, cc = readers[(row.scope_kind, row.scope_id, row.iso_week)]
        claimed.append(
            Claimed(
                outbox_id,
                row.email,
                row.message_id,
                row.subject,
                row.body_text,
                row.body_html,
                row.attempts,
                to,
                cc,
            )
        )
    return claimed


def _readers(session: Session, rows: Iterable[Outbox]) -> dict[tuple[str, str, str], tuple[Any, Any]]:
    """Addressees and copy readers per (scope kind, scope id, week): every letter names all who got it."""
    found: dict[tuple[str, str, str], tuple[Any, Any]] = {}
    for key in {(row.scope_kind, row.scope_id, row.iso_week) for row in rows}:
        query = (
            select(Outbox.email, Recipient.name, Recipient.copy_of)
            .join(Recipient, col(Outbox.recipient_id) == col(Recipient.id), isouter=True)
            .where(Outbox.scope_kind == key[0], Outbox.scope_id == key[1], Outbox.iso_week == key[2])
            .order_by(col(Outbox.id))
        )
        people = [(name or "", email, bool(copy)) for email, name, copy in session.exec(query).all()]
        to = tuple((name, email) for name, email, copy in people if not copy)
        cc = tuple((name, email) for name, email, copy in people if copy)
        found[key] = (to, cc)
    return found


def begin_data(session: Session, outbox_id: int, worker: str, now: datetime, lease: timedelta = LEASE) -> bool:
    """Notes, before the content goes out, that from now on the server may have it. Commit before going on.

    False: the lease has run out and the letter may be another worker's by now; it must not be sent.
    """
    repeated = case((col(Outbox.data_at).is_not(None), 1), else_=0)  # a try whose outcome nobody knows
    statement = (
        update(Outbox)
        .where(_held(outbox_id, worker), col(Outbox.claimed_until) > now)
        .values(claimed_until=now + lease, data_at=now, doubts=col(Outbox.doubts) + repeated)
    )
    return changed_rows(session, statement) == 1


def mark_sent(session: Session, outbox_id: int, now: datetime) -> bool:
    """The letter went out: true whoever holds the row by now. False: it was marked before."""
    values = {"state": "sent", "sent_at": now, "claimed_by": "", "claimed_until": None, "last_error": ""}
    unsent = and_(col(Outbox.id) == outbox_id, col(Outbox.state) != "sent")
    return changed_rows(session, update(Outbox).where(unsent).values(**values)) == 1


def mark_failed(
    session: Session,
    claimed: Claimed,
    worker: str,
    now: datetime,
    error: str,
    *,
    permanent: bool = False,
    in_doubt: bool = False,
) -> bool:
    """The attempt failed: to be tried again later, or for good when `permanent` or after the last of RETRY_AFTER.

    `in_doubt`: the connection broke after the content, so the server may have the letter all the same.
    """
    over = permanent or claimed.attempts > len(RETRY_AFTER)
    values: dict[str, Any] = {
        "state": "failed" if over else "queued",
        "claimed_by": "",
        "claimed_until": None,
        "last_error": error[:300],
    }
    if not over:
        values["next_attempt_at"] = now + RETRY_AFTER[claimed.attempts - 1]
    if not in_doubt:
        values["data_at"] = None  # the server said that it does not have it
    return changed_rows(session, update(Outbox).where(_held(claimed.id, worker)).values(**values)) == 1


def requeue(session: Session, outbox_id: int, now: datetime, actor: str) -> bool:
    """Tries a failed letter again from the start, at the wish of a person. False: it has not failed."""
    values = {"state": "queued", "attempts": 0, "next_attempt_at": now}
    failed = and_(col(Outbox.id) == outbox_id, col(Outbox.state) == "failed")
    if not changed_rows(session, update(Outbox).where(failed).values(**values)):
        return False
    record(session, now, actor, "outbox.requeue", "outbox", str(outbox_id))
    return True


def _held(outbox_id: int, worker: str) -> Any:
    return and_(col(Outbox.id) == outbox_id, col(Outbox.state) == "sending", col(Outbox.claimed_by) == worker)
