"""The weekly job: prepares what is due, once; catches up; keeps off holidays; and the mail that a person sends now."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from collector.jobs import outbox as sender
from collector.jobs import weekly
from collector.mail.mailer import make_mailer
from collector.mail.render import composer
from collector.settings import Settings
from inventory.domain.digest import Digest
from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.domain.letter import Rendered
from inventory.store import outbox
from inventory.store.claim import job_due_at
from inventory.store.engine import Store
from inventory.store.policy import set_policy
from inventory.store.tables import JobDue, Outbox, WeeklyFigures
from inventory.store.weekly_letters import NoSuchScope
from tests import need
from tests.collector.conftest import Clock
from tests.collector.smtp_server import SmtpServer
from tests.inventory.mail_world import MONDAY, PROVINCE, VAN_CANH, VINH_SON, add_recipient, add_week, vn

NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(var_dir=str(tmp_path), mail_from="hatang@gialai.gov.vn", instance="c1")


@pytest.fixture
def clock() -> Clock:
    return Clock(vn("2026-11-20T10:00"))


def fill(store: Store) -> Store:
    with store.session() as session:
        add_week(session)
        add_recipient(session, "unit", VINH_SON, "ct@gialai.gov.vn")
        add_recipient(session, "unit", VINH_SON, "vh@gialai.gov.vn", role="Phòng VH-XH", copy_of=True)
        add_recipient(session, "province", PROVINCE, "gd@gialai.gov.vn", role="Giám đốc Sở")
    return store


@pytest.fixture
def world(sqlite_store: Store) -> Store:
    return fill(sqlite_store)


def run(store: Store, settings: Settings, clock: Clock, at: str | datetime = "") -> int | None:
    if at:
        clock.now = vn(at) if isinstance(at, str) else at
    return weekly.run(store, settings, clock, DEFAULT_CALENDAR, composer(settings))


def rows(store: Store) -> list[Outbox]:
    with store.reading() as session:
        return list(session.exec(select(Outbox).order_by(Outbox.id)))


def due(store: Store) -> datetime | None:
    with store.reading() as session:
        return job_due_at(session, outbox.WEEKLY_JOB)


def test_a_new_installation_writes_nothing_before_its_first_monday(
    store: Store, settings: Settings, clock: Clock
):
    fill(store)

    assert run(store, settings, clock) is None
    assert (due(store), rows(store)) == (MONDAY, [])


def test_on_monday_at_seven_the_letters_are_there_once(store: Store, settings: Settings, clock: Clock):
    fill(store)
    run(store, settings, clock)

    assert run(store, settings, clock, MONDAY - timedelta(seconds=1)) is None
    assert run(store, settings, clock, MONDAY) == 3
    assert run(store, settings, clock, MONDAY + timedelta(minutes=1)) is None

    written = rows(store)
    assert [row.iso_week for row in written] == ["2026-W47"] * 3
    assert written[0].subject.startswith("[Hạ tầng CNTT] Tuần 47/2026 - Xã Vĩnh Sơn: 3 việc")
    assert due(store) == NEXT_MONDAY
    with store.reading() as session:
        figures = session.get(WeeklyFigures, ("unit", VINH_SON, "2026-W47"))
        job = session.get(JobDue, outbox.WEEKLY_JOB)
    assert figures is not None
    assert figures.figures["machines_outdated"] == 3
    assert job is not None
    assert (job.claimed_by, job.last_ok_at) == ("", MONDAY)


def test_the_next_mail_compares_with_it(world: Store, settings: Settings, clock: Clock):
    run(world, settings, clock)
    run(world, settings, clock, MONDAY)
    run(world, settings, clock, NEXT_MONDAY)

    assert "so với tuần trước" in " ".join(rows(world)[-1].body_text.split())


@pytest.mark.parametrize(
    ("back", "when", "week", "following"),
    [
        ("2026-11-23T09:30", "2026-11-23T09:30", "2026-W47", "2026-11-30T07:00"),
        (
            "2026-11-24T08:00",
            "2026-11-25T07:00",
            "2026-W47",
            "2026-11-30T07:00",
        ),  # back on a holiday: not on that day
        (
            "2026-11-26T03:00",
            "2026-11-26T07:00",
            "2026-W47",
            "2026-11-30T07:00",
        ),  # back at night: not at night
        (
            "2026-11-28T12:00",
            "2026-11-30T07:00",
            "2026-W48",
            "2026-12-07T07:00",
        ),  # the newest week that has ended
        (
            "2026-12-16T15:00",
            "2026-12-16T15:00",
            "2026-W50",
            "2026-12-21T07:00",
        ),  # after three weeks: one mail
    ],
)
def test_after_downtime_it_catches_up_once(
    world: Store, settings: Settings, clock: Clock, back: str, when: str, week: str, following: str
):
    run(world, settings, clock)
    if back != when:
        assert run(world, settings, clock, back) is None
        assert run(world, settings, clock, vn(when) - timedelta(seconds=1)) is None

    assert run(world, settings, clock, when) == 3
    assert run(world, settings, clock, vn(when) + timedelta(hours=1)) is None
    assert {row.iso_week for row in rows(world)} == {week}
    assert due(world) == vn(following)


def test_what_was_due_and_is_not_prepared_is_overdue(world: Store, settings: Settings, clock: Clock):
    run(world, settings, clock)
    with world.reading() as session:
        assert not outbox.overdue(session, MONDAY + timedelta(minutes=29)).run_missed
        assert outbox.overdue(session, MONDAY + timedelta(minutes=30)).run_missed


def test_a_changed_policy_moves_the_due_date(world: Store, settings: Settings, clock: Clock):
    run(world, settings, clock)
    with world.session() as session:
        values = {"weekly.weekday": "fri", "weekly.time": "16:30"}
        set_policy(session, "all", "", values, "hanh", "", clock.now)
    run(world, settings, clock)

    assert due(world) == vn("2026-11-20T16:30")


def test_a_failure_is_tried_again_and_keeps_its_due_date(world: Store, settings: Settings, clock: Clock):
    run(world, settings, clock)
    clock.now = MONDAY

    def broken(digest: Digest, readers: object) -> Rendered:
        raise RuntimeError("no template")

    with pytest.raises(RuntimeError, match="no template"):
        weekly.run(world, settings, clock, DEFAULT_CALENDAR, broken)

    assert due(world) == MONDAY
    assert run(world, settings, clock, MONDAY + timedelta(minutes=14)) is None
    assert run(world, settings, clock, MONDAY + timedelta(minutes=15)) == 3
    assert due(world) == NEXT_MONDAY


@pytest.mark.parametrize("where", ["load_week", "make_digest", "readers_on"])
def test_a_crash_while_preparing_neither_loses_nor_repeats(
    world: Store, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch, where: str
):
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    run(world, settings, clock)
    with monkeypatch.context() as patch:
        patch.setattr(f"inventory.store.weekly_letters.{where}", crash)
        with pytest.raises(KeyboardInterrupt):
            run(world, settings, clock, MONDAY)

    assert rows(world) == []
    assert (
        run(world, settings, clock, MONDAY + timedelta(minutes=1)) is None
    )  # the dead one's claim still holds
    assert run(world, settings, clock, MONDAY + timedelta(minutes=5)) == 3
    assert run(world, settings, clock, MONDAY + timedelta(minutes=10)) is None


def test_two_collectors_at_once_prepare_once(store: Store, settings: Settings, clock: Clock):
    fill(store)
    run(store, settings, clock)
    clock.now = MONDAY
    barrier = threading.Barrier(3)
    made: list[int | None] = []

    def work(name: str) -> None:
        barrier.wait()
        made.append(run(store, dataclasses.replace(settings, instance=name), clock))

    threads = [threading.Thread(target=work, args=(f"c{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made, key=str) == [3, None, None]
    assert len(rows(store)) == 3


# --- sending now


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def now(store: Store, settings: Settings, clock: Clock) -> weekly.NowResult:
    return weekly.weekly_now(
        store, settings, clock, DEFAULT_CALENDAR, make_mailer(settings), composer(settings)
    )


def test_now_sends_this_weeks_figures_to_date_to_a_real_server(
    store: Store, settings: Settings, clock: Clock, server: SmtpServer
):
    fill(store)
    smtp = dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=server.port)

    done = now(store, smtp, clock)

    assert (done.week.label, done.readers, done.new, done.sent, done.waiting, done.failed) == (
        "2026-W47",
        3,
        3,
        3,
        0,
        0,
    )
    messages = dict(server.inbox.parsed())
    assert set(messages) == {"ct@gialai.gov.vn", "vh@gialai.gov.vn", "gd@gialai.gov.vn"}
    letter = messages["ct@gialai.gov.vn"]
    assert letter["Subject"].startswith("[Hạ tầng CNTT] Tuần 47/2026 - Xã Vĩnh Sơn: 3 việc cần xử lý")
    assert (letter["To"], letter["Cc"]) == ("ct@gialai.gov.vn", "vh@gialai.gov.vn")
    assert "(tuần chưa kết thúc)" in " ".join(letter.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]


def test_now_a_second_time_sends_nothing_and_says_so(world: Store, settings: Settings, clock: Clock):
    now(world, settings, clock)
    again = now(world, settings, clock)

    assert (again.new, again.sent, again.waiting) == (0, 3, 0)
    assert len(list(settings.mail_folder.iterdir())) == 3


def test_monday_does_not_repeat_what_was_sent_now_but_keeps_the_final_figures(
    world: Store, settings: Settings, clock: Clock
):
    run(world, settings, clock)
    now(world, settings, clock)
    with world.session() as session:
        add_recipient(session, "unit", VAN_CANH, "moi@gialai.gov.vn")

    assert run(world, settings, clock, MONDAY) == 1
    assert rows(world)[-1].email == "moi@gialai.gov.vn"
    with world.reading() as session:
        figures = session.get(WeeklyFigures, ("unit", VINH_SON, "2026-W47"))
    assert figures is not None
    assert figures.made_at == MONDAY


def test_now_without_a_server_says_why_and_tries_again_later(world: Store, settings: Settings, clock: Clock):
    nowhere = dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=need.free_port())

    done = now(world, nowhere, clock)

    assert (done.sent, done.waiting) == (0, 3)
    assert "127.0.0.1" in done.errors[0]
    clock.now += timedelta(minutes=6)
    assert sender.run(world, make_mailer(settings), clock, "c1").sent == 3


def test_now_without_readers(sqlite_store: Store, settings: Settings, clock: Clock):
    with sqlite_store.session() as session:
        add_week(session)

    assert now(sqlite_store, settings, clock).readers == 0


def test_a_preview_writes_nothing(world: Store, settings: Settings, clock: Clock):
    shown = weekly.preview(world, settings, clock, DEFAULT_CALENDAR, composer(settings), VINH_SON)

    assert "Kính gửi: Đồng chí Chủ tịch UBND xã Vĩnh Sơn" in shown.text
    assert rows(world) == []
    with pytest.raises(NoSuchScope):
        weekly.preview(world, settings, clock, DEFAULT_CALENDAR, composer(settings), "x0")
