"""What changed since a moment, and what is overdue and for whom: the rest of the overview, counted by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, desc, func
from sqlmodel import Session, col, select

from inventory.store.finding_lists import DONE_STATES, subject_names
from inventory.store.scope import Scope
from inventory.store.tables import Finding, FindingEvent, Machine, Site

OPENED = ("opened", "reopened")
CHANGES = ("opened", "reopened", "closed")


@dataclass(frozen=True, slots=True)
class KindChange:
    """How one kind of finding moved."""

    kind: str
    opened: int
    closed: int
    open_now: int


@dataclass(frozen=True, slots=True)
class RecentEvent:
    finding_id: int
    at: datetime
    what: str  # opened | reopened | closed
    kind: str
    severity: str
    subject: str  # name; "" when the subject is gone
    sample: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """Open findings past their due date that one party has to act on."""

    responsible: str
    count: int
    oldest_due_on: date | None


def changes_since(session: Session, scope: Scope, since: datetime) -> list[KindChange]:
    """Per kind: opened, closed and open now, the kinds with most open first; kinds without either are left out."""
    moved = session.exec(
        select(Finding.kind, FindingEvent.what, func.count())
        .join(FindingEvent, col(FindingEvent.finding_id) == col(Finding.id))
        .where(scope.condition(Finding.unit_id), FindingEvent.at >= since, col(FindingEvent.what).in_(CHANGES))
        .group_by(col(Finding.kind), col(FindingEvent.what))
    ).all()
    still = dict(
        session.exec(
            select(Finding.kind, func.count())
            .where(scope.condition(Finding.unit_id), col(Finding.is_open), ~col(Finding.state).in_(DONE_STATES))
            .group_by(col(Finding.kind))
        ).all()
    )
    kinds = {kind for kind, _what, _n in moved} | set(still)
    rows = [
        KindChange(
            kind,
            sum(n for k, what, n in moved if k == kind and what in OPENED),
            sum(n for k, what, n in moved if k == kind and what == "closed"),
            still.get(kind, 0),
        )
        for kind in kinds
    ]
    return sorted(rows, key=lambda row: (-row.open_now, row.kind))


def recent_events(session: Session, scope: Scope, since: datetime, limit: int = 8) -> list[RecentEvent]:
    """The newest openings and closings, newest first."""
    rows: Sequence[tuple[FindingEvent, Finding]] = session.exec(
        select(FindingEvent, Finding)
        .join(Finding, col(FindingEvent.finding_id) == col(Finding.id))
        .where(scope.condition(Finding.unit_id), FindingEvent.at >= since, col(FindingEvent.what).in_(CHANGES))
        .order_by(desc(col(FindingEvent.at)), desc(col(FindingEvent.id)))
        .limit(limit)
    ).all()
    names = subject_names(session, [finding for _event, finding in rows])
    return [
        RecentEvent(
            finding_id=event.finding_id,
            at=event.at,
            what=event.what,
            kind=finding.kind,
            severity=finding.severity,
            subject=names.get((finding.subject_kind, finding.subject_id), ""),
            sample=finding.sample,
        )
        for event, finding in rows
    ]


def overdue_by_party(session: Session, scope: Scope, today: date) -> list[Overdue]:
    """Who is late with how much, most first. A finding due today is not late yet."""
    count = func.count()
    query = (
        select(Finding.responsible, count, func.min(Finding.due_on))
        .where(
            scope.condition(Finding.unit_id),
            col(Finding.is_open),
            ~col(Finding.state).in_(DONE_STATES),
            and_(col(Finding.due_on).is_not(None), col(Finding.due_on) < today),
        )
        .group_by(col(Finding.responsible))
        .order_by(desc(count))
    )
    return [Overdue(party, n, oldest) for party, n, oldest in session.exec(query).all()]


def new_machines(session: Session, scope: Scope, since: datetime) -> int:
    """Machines that were first seen since then."""
    query = (
        select(func.count())
        .select_from(Machine)
        .join(Site, col(Site.id) == col(Machine.site_id))
        .where(scope.condition(Site.unit_id), Machine.created_at >= since)
    )
    return session.exec(query).one()
