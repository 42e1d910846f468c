"""Claims of due jobs, on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from inventory.store import claim
from inventory.store.engine import Store
from inventory.store.tables import JobDue

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)


def job(store: Store) -> JobDue:
    with store.reading() as session:
        row = session.get(JobDue, "weekly")
        assert row is not None
        return row


def make(store: Store, due_at: datetime = NOW) -> None:
    with store.session() as session:
        assert claim.ensure_job(session, "weekly", due_at)


def take(store: Store, worker: str, now: datetime = NOW) -> bool:
    with store.session() as session:
        return claim.claim_job(session, "weekly", worker, now)


def test_a_known_job_keeps_its_due_date(store: Store):
    make(store)
    with store.session() as session:
        assert not claim.ensure_job(session, "weekly", LATER)

    assert job(store).due_at == NOW


def test_nobody_takes_what_is_not_due_or_not_known(store: Store):
    make(store, LATER)

    assert not take(store, "a")
    with store.session() as session:
        assert not claim.claim_job(session, "nothing", "a", NOW)


def test_one_takes_it_until_the_lease_ends(store: Store):
    make(store)

    assert take(store, "a")
    assert not take(store, "b")
    assert not take(store, "a")
    assert take(store, "b", NOW + claim.LEASE)


def test_finishing_sets_the_next_date_and_only_the_holder_may(store: Store):
    make(store)
    take(store, "a")

    with store.session() as session:
        assert not claim.finish_job(session, "weekly", "b", NOW, LATER)
        assert claim.finish_job(session, "weekly", "a", NOW, LATER)

    row = job(store)
    assert (row.due_at, row.claimed_by, row.claimed_until, row.last_ok_at) == (LATER, "", None, NOW)
    assert not take(store, "b")
    assert take(store, "b", LATER)


def test_failing_keeps_the_due_date_and_the_reason_and_waits(store: Store):
    make(store)
    take(store, "a")

    with store.session() as session:
        assert claim.fail_job(session, "weekly", "a", NOW + timedelta(minutes=15), "x" * 400)

    row = job(store)
    assert (row.due_at, len(row.last_error)) == (NOW, 300)
    assert not take(store, "b", NOW + timedelta(minutes=14))
    assert take(store, "b", NOW + timedelta(minutes=15))


def test_a_date_moves_only_as_seen_and_when_nobody_holds_the_job(store: Store):
    make(store, LATER)
    with store.session() as session:
        assert not claim.move_job(session, "weekly", NOW, NOW)
        assert claim.move_job(session, "weekly", LATER, NOW)
    take(store, "a")

    with store.session() as session:
        assert not claim.move_job(session, "weekly", NOW, LATER)


def test_of_many_threads_one_takes_it(store: Store):
    make(store)
    barrier = threading.Barrier(6)
    won: list[str] = []

    def worker(name: str) -> None:
        barrier.wait()
        if take(store, name):
            won.append(name)

    threads = [threading.Thread(target=worker, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1
    assert job(store).claimed_by == won[0]


def test_run_due_does_the_work_once_and_sets_the_date(sqlite_store: Store):
    make(sqlite_store)
    calls: list[int] = []

    def work() -> datetime:
        calls.append(1)
        return LATER

    retry = timedelta(minutes=5)
    assert claim.run_due(sqlite_store.session, "weekly", "a", NOW, work, retry)
    assert not claim.run_due(sqlite_store.session, "weekly", "b", NOW, work, retry)
    assert calls == [1]


def test_run_due_passes_the_error_on_and_tries_again(sqlite_store: Store):
    make(sqlite_store)

    def work() -> datetime:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        claim.run_due(sqlite_store.session, "weekly", "a", NOW, work, timedelta(minutes=5))

    assert job(sqlite_store).last_error == "OSError: disk full"
    assert claim.run_due(sqlite_store.session, "weekly", "b", NOW + timedelta(minutes=5), lambda: LATER, timedelta(0))
