"""The ledger of mails, on both engines: nothing twice, nothing lost, whatever dies in between."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from inventory.store import claim, outbox
from inventory.store.engine import Store
from inventory.store.outbox import RETRY_AFTER, Claimed
from inventory.store.tables import Audit, JobDue, Outbox, WeeklyFigures
from tests.inventory.mail_world import MONDAY, VINH_SON, WEEK, add_recipient, letter

HERE, OTHER = "host/a/1", "elsewhere/b/1"
LATE = MONDAY + claim.LEASE


def prepare(store: Store, count: int = 3) -> int:
    with store.session() as session:
        return outbox.prepare_week(session, WEEK, MONDAY, [letter(n) for n in range(count)], {})


def take(store: Store, worker: str = HERE, now=MONDAY, limit: int = 10) -> list[Claimed]:
    with store.session() as session:
        return outbox.claim_batch(session, worker, now, limit)


def row(store: Store, outbox_id: int) -> Outbox:
    with store.reading() as session:
        found = session.get(Outbox, outbox_id)
        assert found is not None
        return found


def test_preparing_twice_adds_nothing(store: Store):
    assert prepare(store) == 3
    assert prepare(store) == 0
    assert prepare(store, 4) == 1


def test_figures_of_a_week_are_replaced_by_newer_ones(store: Store):
    for number, now in ((1, MONDAY), (2, LATE)):
        with store.session() as session:
            outbox.prepare_week(session, WEEK, now, [], {("unit", VINH_SON): {"sites": number}})

    with store.reading() as session:
        kept = session.exec(select(WeeklyFigures)).one()
    assert (kept.iso_week, kept.figures, kept.made_at) == ("2026-W47", {"sites": 2}, LATE)


def test_letters_figures_and_due_date_come_together_or_not_at_all(store: Store):
    with store.session() as session:
        claim.ensure_job(session, "weekly", MONDAY)
        claim.claim_job(session, "weekly", HERE, MONDAY)
    following = MONDAY + timedelta(days=7)

    def killed_before_the_commit() -> None:
        with store.session() as session:
            figures = {("unit", "x"): {"sites": 1}}
            outbox.prepare_week(session, WEEK, MONDAY, [letter(1)], figures, worker=HERE, next_due_at=following)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed_before_the_commit()
    with store.reading() as session:
        assert session.exec(select(Outbox)).all() == []
        assert session.exec(select(WeeklyFigures)).all() == []
        assert session.exec(select(JobDue.due_at)).one() == MONDAY

    with store.session() as session:
        outbox.prepare_week(session, WEEK, MONDAY, [letter(1)], {}, worker=HERE, next_due_at=following)
    with store.reading() as session:
        assert session.exec(select(JobDue.due_at)).one() == following


def test_a_worker_that_lost_the_job_writes_nothing(store: Store):
    with store.session() as session:
        claim.ensure_job(session, "weekly", MONDAY)
        claim.claim_job(session, "weekly", HERE, MONDAY)
    with store.session() as session:
        claim.claim_job(session, "weekly", OTHER, LATE)

    with pytest.raises(outbox.LostClaim), store.session() as session:
        outbox.prepare_week(session, WEEK, LATE, [letter(1)], {}, worker=HERE, next_due_at=LATE)
    with store.reading() as session:
        assert session.exec(select(Outbox)).all() == []


def test_the_message_id_is_the_same_at_every_try_and_hides_the_address():
    first = outbox.message_id(WEEK, "unit", VINH_SON, "a.b@gialai.gov.vn", "gialai.gov.vn")

    assert first == outbox.message_id(WEEK, "unit", VINH_SON, "a.b@gialai.gov.vn", "gialai.gov.vn")
    assert first != outbox.message_id(WEEK.shifted(1), "unit", VINH_SON, "a.b@gialai.gov.vn", "gialai.gov.vn")
    assert "a.b" not in first
    assert len(outbox.message_id(WEEK, "province", "x" * 24, "a@b.vn", "d" * 50)) <= 120


def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(store: Store):
    prepare(store)

    assert len(take(store, limit=2)) == 2
    assert len(take(store, OTHER)) == 1
    assert take(store, OTHER) == []
    assert len(take(store, OTHER, LATE)) == 3


def test_two_workers_at_once_never_take_the_same(store: Store):
    prepare(store, 40)
    barrier = threading.Barrier(4)
    taken: list[int] = []

    def work(name: str) -> None:
        barrier.wait()
        while found := take(store, name, limit=3):
            taken.extend(item.id for item in found)

    threads = [threading.Thread(target=work, args=(f"host/{n}/1",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == 40
    assert len(set(taken)) == 40


def test_sent_is_sent(sqlite_store: Store):
    prepare(sqlite_store, 1)
    (claimed,) = take(sqlite_store)
    with sqlite_store.session() as session:
        assert outbox.begin_data(session, claimed.id, HERE, MONDAY)
        assert outbox.mark_sent(session, claimed.id, MONDAY)
        assert not outbox.mark_sent(session, claimed.id, LATE)

    assert take(sqlite_store, now=LATE + timedelta(days=30)) == []
    assert (row(sqlite_store, claimed.id).state, row(sqlite_store, claimed.id).doubts) == ("sent", 0)


def test_whoever_lost_the_lease_may_not_send(store: Store):
    prepare(store, 1)
    (claimed,) = take(store)

    with store.session() as session:
        assert not outbox.begin_data(session, claimed.id, HERE, LATE)
    take(store, OTHER, LATE)
    with store.session() as session:
        assert not outbox.begin_data(session, claimed.id, HERE, LATE)
        assert not outbox.mark_failed(session, claimed, HERE, LATE, "too late")
        assert outbox.begin_data(session, claimed.id, OTHER, LATE)


def test_a_death_before_the_content_is_no_doubt(sqlite_store: Store):
    prepare(sqlite_store, 1)
    take(sqlite_store)
    (again,) = take(sqlite_store, now=LATE)
    with sqlite_store.session() as session:
        outbox.begin_data(session, again.id, HERE, LATE)

    assert row(sqlite_store, again.id).doubts == 0


def test_a_death_after_the_content_is_counted_when_it_is_sent_again(store: Store):
    prepare(store, 1)
    (claimed,) = take(store)
    with store.session() as session:
        outbox.begin_data(session, claimed.id, HERE, MONDAY)
    (again,) = take(store, now=LATE)
    with store.session() as session:
        outbox.begin_data(session, again.id, HERE, LATE)
        metrics = outbox.mail_metrics(session, LATE)

    assert again.message_id == claimed.message_id
    assert row(store, again.id).doubts == 1
    assert metrics["resent_in_doubt"] == 1


def test_another_host_waits_before_it_repeats_a_letter_in_doubt(store: Store):
    prepare(store, 1)
    (claimed,) = take(store)
    with store.session() as session:
        outbox.begin_data(session, claimed.id, HERE, MONDAY)

    assert take(store, OTHER, LATE) == []
    assert take(store, OTHER, LATE + outbox.ELSEWHERE_WAIT)


def test_a_host_name_with_wildcards_matches_only_itself(store: Store):
    prepare(store, 1)
    (claimed,) = take(store, "hostX1/a/1")
    with store.session() as session:
        outbox.begin_data(session, claimed.id, "hostX1/a/1", MONDAY)

    assert take(store, "host_1/a/1", LATE) == []


def test_retries_go_on_over_days_and_then_end(sqlite_store: Store):
    prepare(sqlite_store, 1)
    now = MONDAY
    for wait in RETRY_AFTER:
        (claimed,) = take(sqlite_store, now=now)
        with sqlite_store.session() as session:
            outbox.mark_failed(session, claimed, HERE, now, "451 later")
        assert row(sqlite_store, claimed.id).state == "queued"
        assert take(sqlite_store, now=now + wait - timedelta(seconds=1)) == []
        now += wait
    (claimed,) = take(sqlite_store, now=now)
    with sqlite_store.session() as session:
        outbox.mark_failed(session, claimed, HERE, now, "451 later")

    assert timedelta(days=4) < now - MONDAY < timedelta(days=5)
    failed = row(sqlite_store, claimed.id)
    assert (failed.state, failed.attempts, failed.last_error) == ("failed", len(RETRY_AFTER) + 1, "451 later")
    assert take(sqlite_store, now=now + timedelta(days=9)) == []


def test_a_refused_address_fails_at_once_and_a_person_may_try_again(sqlite_store: Store):
    prepare(sqlite_store, 1)
    (claimed,) = take(sqlite_store)
    with sqlite_store.session() as session:
        outbox.mark_failed(session, claimed, HERE, MONDAY, "550 no such user", permanent=True)
    assert row(sqlite_store, claimed.id).state == "failed"

    with sqlite_store.session() as session:
        assert outbox.requeue(session, claimed.id, LATE, "canbo")
        assert not outbox.requeue(session, claimed.id, LATE, "canbo")
    assert [item.attempts for item in take(sqlite_store, now=LATE)] == [1]
    with sqlite_store.reading() as session:
        assert session.exec(select(Audit.action)).all() == ["outbox.requeue"]


def test_a_letter_that_kills_its_worker_every_time_ends_too(sqlite_store: Store):
    prepare(sqlite_store, 1)
    now = MONDAY
    for _ in range(len(RETRY_AFTER) + 2):
        assert take(sqlite_store, now=now)
        now += claim.LEASE

    assert take(sqlite_store, now=now) == []
    with sqlite_store.reading() as session:
        assert session.exec(select(Outbox.state)).one() == "failed"


def test_a_letter_names_all_its_readers(sqlite_store: Store):
    with sqlite_store.session() as session:
        chair = add_recipient(session, "unit", VINH_SON, "lanhdao1@gialai.gov.vn", name="Đinh Văn A")
        clerk = add_recipient(session, "unit", VINH_SON, "lanhdao2@gialai.gov.vn", copy_of=True)
        letters = [letter(1, recipient_id=chair.id), letter(2, recipient_id=clerk.id)]
        outbox.prepare_week(session, WEEK, MONDAY, letters, {})

    for claimed in take(sqlite_store):
        assert claimed.to == (("Đinh Văn A", "lanhdao1@gialai.gov.vn"),)
        assert claimed.cc == (("", "lanhdao2@gialai.gov.vn"),)


def test_only_these_letters(sqlite_store: Store):
    prepare(sqlite_store, 3)
    with sqlite_store.session() as session:
        assert [item.id for item in outbox.claim_batch(session, HERE, MONDAY, 9, only=[2])] == [2]
        assert outbox.claim_batch(session, HERE, MONDAY, 9, only=[]) == []


def test_nothing_is_overdue_in_time(sqlite_store: Store):
    prepare(sqlite_store)
    with sqlite_store.session() as session:
        claim.ensure_job(session, "weekly", MONDAY + timedelta(days=7))
        assert not outbox.overdue(session, MONDAY + timedelta(minutes=29)).anything


def test_late_lost_and_unprepared_mail_is_overdue(store: Store):
    prepare(store)
    later = MONDAY + timedelta(minutes=30)
    (claimed,) = take(store, limit=1)
    with store.session() as session:
        outbox.mark_failed(session, claimed, HERE, MONDAY, "550 no", permanent=True)
        claim.ensure_job(session, "weekly", MONDAY)
        state = outbox.overdue(session, later)
        metrics = outbox.mail_metrics(session, later)

    assert (state.late, state.failed, state.run_missed, state.since) == (2, 1, True, MONDAY)
    assert (metrics["queued"], metrics["failed"], metrics["overdue"], metrics["run_missed"]) == (2, 1, 3, 1)


def test_an_old_failure_is_no_banner_any_more(sqlite_store: Store):
    prepare(sqlite_store, 1)
    (claimed,) = take(sqlite_store)
    with sqlite_store.session() as session:
        outbox.mark_failed(session, claimed, HERE, MONDAY, "550 no", permanent=True)
        assert not outbox.overdue(session, MONDAY + timedelta(days=14)).anything


def test_the_ledger_is_listed_by_week_and_state(store: Store):
    prepare(store, 3)
    with store.session() as session:
        outbox.prepare_week(session, WEEK.shifted(1), LATE, [letter(9, WEEK.shifted(1))], {})
        rows, total = outbox.list_outbox(session, limit=2)
        none, no_total = outbox.list_outbox(session, state="failed")

    assert ([item.iso_week for item in rows], total) == (["2026-W48", "2026-W47"], 4)
    assert (none, no_total) == ([], 0)
