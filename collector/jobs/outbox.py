"""Sends the letters that wait in the ledger. Safe in several processes at once, and when killed at any moment."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from inventory.domain.letter import Delivery
from inventory.domain.week import WorkingDays, local_day
from inventory.store import outbox
from inventory.store.claim import LEASE
from inventory.store.engine import Store
from inventory.store.outbox import Claimed

_log = logging.getLogger(__name__)

MAX_PER_RUN = 200
"""Letters of one run: a province's weekly mail in one go, and yet an end."""

Clock = Callable[[], datetime]


class Mailer(Protocol):
    """What is needed of collector.mail."""

    def has_sent(self, message_id: str) -> bool: ...

    def send(self, letter: Claimed, now: datetime, before_data: Callable[[], bool]) -> Delivery: ...

    def close(self) -> None: ...


@dataclass
class Sent:
    """What a run did."""

    sent: int = 0
    known: int = 0  # had gone out before, and only the ledger did not know
    retried_later: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list[str])


def run(
    store: Store,
    mailer: Mailer,
    clock: Clock,
    instance: str,
    calendar: WorkingDays | None = None,
    *,
    only: Collection[int] | None = None,
    limit: int = MAX_PER_RUN,
    lease: timedelta = LEASE,
) -> Sent:
    """Sends what is due, up to `limit` letters. With a calendar, nothing goes out on days off."""
    done = Sent()
    if calendar is not None and not calendar.is_working_day(local_day(clock())):
        return done
    worker = worker_name(instance)
    try:
        for _ in range(limit):
            # one at a time: what a dying process leaves behind is one letter, not a batch
            with store.session() as session:
                claimed = outbox.claim_batch(session, worker, clock(), 1, lease, only)
            if not claimed or not _send(store, mailer, clock, worker, claimed[0], lease, done):
                break
    finally:
        mailer.close()
    return done


def worker_name(instance: str) -> str:
    """ "host/..." of this process and thread: no other has it, and the host says whose journal knows more."""
    return f"{socket.gethostname()[:24]}/{instance[-22:]}/{threading.get_ident() % 10000}{uuid4().hex[:6]}"


def _send(
    store: Store, mailer: Mailer, clock: Clock, worker: str, letter: Claimed, lease: timedelta, done: Sent
) -> bool:
    """One letter to its end. False: the server cannot be reached, there is no point in going on."""
    if mailer.has_sent(letter.message_id):
        _mark_sent(store, letter, clock)
        done.known += 1
        return True

    def before_data() -> bool:
        with store.session() as session:
            return outbox.begin_data(session, letter.id, worker, clock(), lease)

    delivery = mailer.send(letter, clock(), before_data)
    if delivery.outcome == "sent":
        _mark_sent(store, letter, clock)
        done.sent += 1
        return True
    if delivery.outcome == "lost":
        _log.warning("letter %s: the lease ran out before it was sent", letter.id)
        return True
    with store.session() as session:
        outbox.mark_failed(
            session,
            letter,
            worker,
            clock(),
            delivery.detail,
            permanent=delivery.outcome == "permanent",
            in_doubt=delivery.outcome == "doubt",
        )
    _log.warning("letter %s, attempt %s: %s", letter.id, letter.attempts, delivery.detail)
    if delivery.outcome == "permanent":
        done.failed += 1
    else:
        done.retried_later += 1
    done.errors.append(delivery.detail)
    return not delivery.unreachable


def _mark_sent(store: Store, letter: Claimed, clock: Clock) -> None:
    with store.session() as session:
        outbox.mark_sent(session, letter.id, clock())
