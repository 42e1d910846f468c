"""The weekly mail: prepares the letters when they are due, once, whatever happens in between."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from collector.jobs import outbox as sender
from collector.jobs.outbox import Clock, Mailer
from collector.settings import Settings
from inventory.domain.letter import Compose, Rendered
from inventory.domain.week import IsoWeek, WorkingDays, local_day, may_send, next_due, reported_week, week_of
from inventory.store.claim import claim_job, ensure_job, fail_job, job_due_at, move_job
from inventory.store.engine import Store
from inventory.store.outbox import WEEKLY_JOB, prepare_week
from inventory.store.tables import Outbox
from inventory.store.weekly_letters import Post, schedule_of, write_one, write_week

_log = logging.getLogger(__name__)

RETRY = timedelta(minutes=15)
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class NowResult:
    """What `gapwatch weekly --now` did. `readers` 0: there is nobody to write to."""

    week: IsoWeek
    readers: int
    new: int  # letters that the ledger did not have yet
    sent: int  # of the week's letters, how many are out now
    waiting: int  # not out yet: they are tried again
    failed: int
    errors: tuple[str, ...]


def run(store: Store, settings: Settings, clock: Clock, calendar: WorkingDays, compose: Compose) -> int | None:
    """Prepares the week's letters if that is due; returns how many, None when there was nothing to do.

    After downtime it catches up, once: the newest week that has ended is reported. Leaders are written to on working
    days from the usual hour on; what falls due in between waits.
    """
    now = clock()
    with store.reading() as session:
        weekday, hour = schedule_of(session, settings.province_id)
        due_at = job_due_at(session, WEEKLY_JOB)
    wanted_at = next_due(now, weekday, hour, calendar)
    if due_at is None or due_at > now:
        _keep_date(store, due_at, wanted_at)
        return None
    if not may_send(now, hour, calendar):
        return None
    worker = sender.worker_name(settings.instance or "weekly")
    with store.session() as session:
        if not claim_job(session, WEEKLY_JOB, worker, now):
            return None
    try:
        week = reported_week(local_day(now))
        with store.reading() as session:
            post = _written(session, settings, week, now, calendar, compose)
        with store.session() as session:
            new = prepare_week(session, week, now, post.letters, post.figures, worker=worker, next_due_at=wanted_at)
    except Exception as error:
        with store.session() as session:
            fail_job(session, WEEKLY_JOB, worker, now + RETRY, f"{type(error).__name__}: {error}")
        raise
    _log.info("weekly mail for %s: %s letters prepared", week.label, new)
    return new


def weekly_now(
    store: Store, settings: Settings, clock: Clock, calendar: WorkingDays, mailer: Mailer, compose: Compose
) -> NowResult:
    """Prepares and sends this week's letters at once, with the figures to date.

    The ledger is the same as that of the schedule: who has this week's letter does not get it again, neither by a
    second call nor on Monday.
    """
    now = clock()
    week = week_of(local_day(now))
    with store.reading() as session:
        post = _written(session, settings, week, now, calendar, compose)
    with store.session() as session:
        new = prepare_week(session, week, now, post.letters, post.figures)
    rows = _rows(store, week)
    ids = [row for row, _ in rows]
    done = sender.run(store, mailer, clock, settings.instance or "now", only=ids, limit=len(ids))
    ends = time.monotonic() + settings.smtp_timeout_s
    # a running service may have taken some of the letters: wait for what it is sending just now
    while "sending" in (states := [state for _, state in _rows(store, week)]) and time.monotonic() < ends:
        time.sleep(_POLL_S)
    return NowResult(
        week=week,
        readers=post.readers,
        new=new,
        sent=states.count("sent"),
        waiting=states.count("queued") + states.count("sending"),
        failed=states.count("failed"),
        errors=tuple(dict.fromkeys(done.errors)),
    )


def preview(
    store: Store, settings: Settings, clock: Clock, calendar: WorkingDays, compose: Compose, scope: str
) -> Rendered:
    """This week's letter to date about one scope: "x21787.2", "area:1", "province". Raises NoSuchScope."""
    now = clock()
    with store.reading() as session:
        return write_one(session, settings.province_id, week_of(local_day(now)), now, calendar, compose, scope)


def _keep_date(store: Store, due_at: datetime | None, wanted_at: datetime) -> None:
    """The job's due date follows policy and calendar as long as it lies ahead."""
    if due_at == wanted_at:
        return
    with store.session() as session:
        if due_at is None:
            ensure_job(session, WEEKLY_JOB, wanted_at)
        else:
            move_job(session, WEEKLY_JOB, due_at, wanted_at)


def _written(
    session: Session,
    settings: Settings,
    week: IsoWeek,
    now: datetime,
    calendar: WorkingDays,
    compose: Compose,
) -> Post:
    domain = settings.mail_from.rpartition("@")[2]
    return write_week(session, settings.province_id, week, now, calendar, compose, domain)


def _rows(store: Store, week: IsoWeek) -> list[tuple[int, str]]:
    with store.reading() as session:
        query = select(Outbox.id, Outbox.state).where(col(Outbox.iso_week) == week.label)
        return [(row or 0, state) for row, state in session.exec(query)]
