"""Sending: headers, outcomes of servers, crashes at every point, and real processes killed at random moments."""

from __future__ import annotations

import dataclasses
import email
import email.policy
import multiprocessing
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from collector.jobs import outbox as job
from collector.mail.folder import FolderMailer
from collector.mail.journal import MailJournal
from collector.mail.mailer import make_mailer
from collector.mail.message import build
from collector.mail.smtp import SmtpMailer
from collector.settings import Settings
from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.domain.letter import Delivery
from inventory.store import claim, outbox
from inventory.store.engine import Store, open_store
from inventory.store.outbox import Claimed
from inventory.store.tables import Outbox
from tests import need
from tests.collector import mail_worker
from tests.collector.smtp_server import SmtpServer
from tests.inventory.mail_world import MONDAY, VINH_SON, WEEK, add_recipient, add_week, letter

LATE = MONDAY + claim.LEASE


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: SmtpServer) -> Settings:
    return Settings(
        database_url=need.sqlite_copy(tmp_path), var_dir=str(tmp_path), smtp_host="127.0.0.1", smtp_port=server.port,
        mail_from="hatang@gialai.gov.vn", smtp_timeout_s=5.0,
    )  # fmt: skip


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.database_url)
    yield store
    store.close()


def queue(store: Store, count: int = 1, **fields: Any) -> None:
    with store.session() as session:
        outbox.prepare_week(session, WEEK, MONDAY, [letter(n, **fields) for n in range(count)], {})


def rows(store: Store) -> list[Outbox]:
    with store.reading() as session:
        return list(session.exec(select(Outbox).order_by(Outbox.id)))


def claimed(**fields: Any) -> Claimed:
    values: dict[str, Any] = {
        "id": 1, "email": "a@x.vn", "message_id": "2026-W47.unit.x.abc@gialai.gov.vn",
        "subject": "[Hạ tầng CNTT] Tuần 47/2026 - Xã Vĩnh Sơn: 2 việc cần xử lý, 1 quá hạn",
        "text": "Kính gửi: Đồng chí Chủ tịch UBND xã Vĩnh Sơn\n", "html": "<p>Kính gửi: Đồng chí</p>",
        "attempts": 1, "to": (("Đinh Văn A", "a@x.vn"),), "cc": (("", "b@x.vn"),),
    }  # fmt: skip
    return Claimed(**(values | fields))


# --- the message


def parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)  # type: ignore[return-value]


def test_it_has_the_headers_of_an_automatic_vietnamese_letter():
    raw = build(claimed(), "hatang@gialai.gov.vn", "Hệ thống theo dõi hạ tầng CNTT", MONDAY)
    message = parse(raw)

    assert message["Subject"] == claimed().subject
    assert str(message["From"]) == "Hệ thống theo dõi hạ tầng CNTT <hatang@gialai.gov.vn>"
    assert (str(message["To"]), str(message["Cc"])) == ("Đinh Văn A <a@x.vn>", "b@x.vn")
    assert message["Date"] == "Mon, 23 Nov 2026 07:00:00 +0700"
    assert message["Message-ID"] == "<2026-W47.unit.x.abc@gialai.gov.vn>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content().strip() == claimed().text.strip()  # type: ignore[union-attr]


def test_no_space_is_lost_where_a_long_header_is_folded() -> None:
    said = "[Hạ tầng CNTT] Tuần 47/2026 - Khu vực An Lão (huyện cũ): 32 việc cần xử lý, 1 quá hạn (dữ liệu mẫu)"
    name = "Trưởng phòng Chuyển đổi số, Sở Khoa học và Công nghệ tỉnh Gia Lai"
    for shift in range(60):
        subject, who = "x" * shift + said, "y" * shift + name
        raw = build(claimed(subject=subject, to=((who, "a@x.vn"), ("", "b@x.vn"))), "h@x.vn", "Hệ thống", MONDAY)
        headers = raw.partition(b"\r\n\r\n")[0]
        assert headers.isascii()
        assert max(map(len, headers.split(b"\r\n"))) <= 78
        plain = email.message_from_bytes(raw)
        assert str(make_header(decode_header(plain["Subject"]))) == subject
        readers = str(make_header(decode_header(plain["To"]))).replace("\r\n", "")
        assert readers == f"{who} <a@x.vn>, b@x.vn"
        assert parse(raw)["Subject"] == subject
        assert [item.addr_spec for item in parse(raw)["To"].addresses] == ["a@x.vn", "b@x.vn"]


def test_it_travels_over_seven_bit_servers_with_short_lines():
    raw = build(claimed(html="<p>" + "đ" * 5000 + "</p>"), "hatang@gialai.gov.vn", "Hệ thống", MONDAY)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_long_message_id_stays_on_its_line():
    raw = build(claimed(message_id="m" * 100 + "@gialai.gov.vn"), "h@x.vn", "", MONDAY)

    assert b"\r\nMessage-ID: <" + b"m" * 100 + b"@gialai.gov.vn>\r\n" in raw


def test_a_copy_alone_is_addressed_to_its_reader():
    message = parse(build(claimed(to=(), cc=(("", "b@x.vn"),), email="b@x.vn"), "h@x.vn", "", MONDAY))

    assert (message["To"], message["Cc"]) == ("b@x.vn", None)


# --- outcomes


def test_letters_reach_the_server_once(settings: Settings, ledger: Store, server: SmtpServer):
    queue(ledger, 3)

    done = job.run(ledger, make_mailer(settings), lambda: MONDAY, "c1")
    again = job.run(ledger, make_mailer(settings), lambda: LATE, "c1")

    assert (done.sent, again.sent) == (3, 0)
    assert sorted(to for to, _ in server.inbox.messages) == [f"lanhdao{n}@gialai.gov.vn" for n in range(3)]
    assert [(row.state, row.sent_at, row.doubts) for row in rows(ledger)] == [("sent", MONDAY, 0)] * 3


def test_one_refused_address_does_not_hold_up_the_others(
    settings: Settings, ledger: Store, server: SmtpServer
):
    server.inbox.replies["lanhdao0@gialai.gov.vn"] = "550 5.1.1 khong co nguoi dung"
    server.inbox.replies["lanhdao1@gialai.gov.vn"] = "450 4.2.1 thu lai sau"
    queue(ledger, 3)

    job.run(ledger, make_mailer(settings), lambda: MONDAY, "c1")

    refused, later, sent = rows(ledger)
    assert (refused.state, refused.last_error) == ("failed", "550 5.1.1 khong co nguoi dung")
    assert (later.state, later.next_attempt_at) == ("queued", MONDAY + timedelta(minutes=5))
    assert sent.state == "sent"


@pytest.mark.parametrize(("reply", "state"), [("552 too big", "failed"), ("451 try later", "queued")])
def test_a_server_that_refuses_the_content_has_not_got_it(
    settings: Settings, ledger: Store, server: SmtpServer, reply: str, state: str
):
    server.inbox.replies["DATA"] = reply
    queue(ledger)

    job.run(ledger, make_mailer(settings), lambda: MONDAY, "c1")

    (row,) = rows(ledger)
    assert (row.state, row.last_error, row.data_at) == (state, reply, None)


def test_a_dead_server_costs_one_attempt_and_ends_the_run(settings: Settings, ledger: Store):
    queue(ledger, 3)
    nowhere = SmtpMailer(
        _with(settings, smtp_port=need.free_port()), MailJournal(Path(settings.var_dir) / "j")
    )

    done = job.run(ledger, nowhere, lambda: MONDAY, "c1")

    assert (done.retried_later, len(done.errors)) == (1, 1)
    assert done.errors[0].startswith("127.0.0.1:")
    assert sorted(row.attempts for row in rows(ledger)) == [0, 0, 1]


def test_a_refused_login_is_no_fault_of_the_letter(settings: Settings, ledger: Store):
    queue(ledger)
    mailer = make_mailer(_with(settings, smtp_user="hatang", smtp_password="sai"))

    job.run(ledger, mailer, lambda: MONDAY, "c1")

    (row,) = rows(ledger)
    assert row.state == "queued"
    assert "AUTH" in row.last_error or "535" in row.last_error


def test_tls_is_refused_in_words_when_the_server_has_none(settings: Settings, ledger: Store):
    queue(ledger)

    job.run(ledger, make_mailer(_with(settings, smtp_tls="starttls")), lambda: MONDAY, "c1")

    (row,) = rows(ledger)
    assert row.state == "queued"
    assert "STARTTLS" in row.last_error


def test_a_late_answer_leaves_the_letter_in_doubt_and_it_is_sent_again(
    settings: Settings, ledger: Store, server: SmtpServer
):
    server.inbox.slow_s = 0.5
    queue(ledger)
    job.run(ledger, make_mailer(_with(settings, smtp_timeout_s=0.2)), lambda: MONDAY, "c1")
    (row,) = rows(ledger)
    assert (row.state, row.data_at, row.doubts) == ("queued", MONDAY, 0)

    server.inbox.slow_s = 0.0
    job.run(ledger, make_mailer(settings), lambda: LATE, "c1")

    (row,) = rows(ledger)
    assert (row.state, row.doubts) == ("sent", 1)
    assert set(server.inbox.deliveries().values()) == {
        2
    }  # the one window that no ledger closes; same Message-ID


def test_nothing_goes_out_on_days_off(settings: Settings, ledger: Store, server: SmtpServer):
    queue(ledger)
    holiday = MONDAY + timedelta(days=1)

    job.run(ledger, make_mailer(settings), lambda: holiday, "c1", DEFAULT_CALENDAR)
    assert server.inbox.messages == []
    job.run(ledger, make_mailer(settings), lambda: holiday + timedelta(days=1), "c1", DEFAULT_CALENDAR)
    assert len(server.inbox.messages) == 1


def test_a_run_has_an_end(settings: Settings, ledger: Store, server: SmtpServer):
    queue(ledger, 4)

    assert job.run(ledger, make_mailer(settings), lambda: MONDAY, "c1", limit=3).sent == 3


# --- the local mailbox folder


def test_the_folder_gets_one_file_per_letter_however_often_it_is_sent(tmp_path: Path):
    mailer = FolderMailer(tmp_path / "mail", "h@x.vn", "Hệ thống")
    for _ in range(2):
        assert mailer.send(claimed(), MONDAY, lambda: True) == Delivery("sent")

    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["2026-W47.unit.x.abc@gialai.gov.vn.eml"]
    assert mailer.has_sent(claimed().message_id)
    assert not mailer.has_sent("other")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "mail").write_text("a file in the way")

    delivery = FolderMailer(tmp_path / "mail", "h@x.vn", "").send(claimed(), MONDAY, lambda: True)

    assert (delivery.outcome, delivery.unreachable) == ("temporary", True)
    assert str(tmp_path / "mail") in delivery.detail


def test_without_the_lease_nothing_is_written(tmp_path: Path):
    mailer = FolderMailer(tmp_path, "h@x.vn", "")

    assert mailer.send(claimed(), MONDAY, lambda: False).outcome == "lost"
    assert list(tmp_path.iterdir()) == []


def test_without_a_mail_server_the_folder_is_used(tmp_path: Path):
    mailer = make_mailer(Settings(var_dir=str(tmp_path)))

    assert isinstance(mailer, FolderMailer)
    assert mailer.folder == tmp_path / "mail"


# --- the journal


def test_the_journal_forgets_nothing_but_torn_lines(tmp_path: Path):
    journal = MailJournal(tmp_path / "j" / "mail-journal")
    assert not journal.has("one@x")
    journal.add("one@x", MONDAY)
    journal.add("two@x", MONDAY)
    with (journal.folder / "2026-11").open("ab") as file:
        file.write(b"\xff\ntorn@x")

    assert [journal.has(name) for name in ("one@x", "two@x", "torn@x", "ne@x", "")] == [True, True, False, False, False]
    assert MailJournal(tmp_path / "j" / "mail-journal").has("one@x")
    journal.add("three@x", MONDAY)
    assert journal.has("three@x"), "a torn line does not swallow the next"


def test_the_journal_drops_only_old_months(tmp_path: Path):
    journal = MailJournal(tmp_path)
    for month in range(1, 7):
        journal.add(f"{month}@x", MONDAY.replace(month=month))

    assert [journal.has(f"{month}@x") for month in range(1, 7)] == [False] * 3 + [True] * 3


# --- crashes at every point


class Crash(BaseException):
    """The process ends here."""


def crash(*_: object, **__: object) -> None:
    raise Crash


@pytest.mark.parametrize(
    ("where", "deliveries", "doubts"),
    [
        ("collector.mail.smtp.SmtpMailer.has_sent", 1, 0),  # claimed, nothing done
        ("collector.mail.smtp.SmtpMailer._envelope", 1, 0),  # connected
        (
            "collector.mail.smtp.SmtpMailer._content",
            1,
            1,
        ),  # noted that the content goes out, and died: in doubt
        (
            "collector.mail.journal.MailJournal.add",
            2,
            1,
        ),  # the server took it, nobody noted it: the one window
        ("collector.jobs.outbox._mark_sent", 1, 0),  # journalled, not yet in the ledger
    ],
)
def test_a_crash_neither_loses_nor_repeats(
    settings: Settings, ledger: Store, server: SmtpServer, monkeypatch: pytest.MonkeyPatch,
    where: str, deliveries: int, doubts: int,
):  # fmt: skip
    queue(ledger)
    with monkeypatch.context() as patch:
        patch.setattr(where, crash)
        with pytest.raises(Crash):
            job.run(ledger, make_mailer(settings), lambda: MONDAY, "c1")
    assert job.run(ledger, make_mailer(settings), lambda: MONDAY, "c2").sent == 0  # the lease still holds

    job.run(ledger, make_mailer(settings), lambda: LATE, "c2")

    (row,) = rows(ledger)
    assert (row.state, row.doubts) == ("sent", doubts)
    assert list(server.inbox.deliveries().values()) == [deliveries]


def test_a_full_disk_under_the_journal_does_not_stop_the_mail(
    settings: Settings, ledger: Store, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(MailJournal, "add", full)
    queue(ledger)

    job.run(ledger, make_mailer(settings), lambda: MONDAY, "c1")

    assert [row.state for row in rows(ledger)] == ["sent"]


# --- real processes, killed


@pytest.mark.parametrize(("engine", "rounds"), [("sqlite", 4), ("postgresql", 1)])
def test_kill_9_at_random_moments_loses_nothing_and_repeats_only_in_the_window(
    engine: str, rounds: int, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    """At least six kills per round, from the preparation of the week to its last letter."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))  # for the fork server's preloading
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.collector.mail_worker"])
    dice = random.Random()
    killed = doubtful = repeated = 0
    for number in range(rounds):
        folder = tmp_path / str(number)
        folder.mkdir()
        url = need.sqlite_copy(folder) if engine == "sqlite" else _fresh(request)
        _due_now(url)
        with SmtpServer() as server:
            server.inbox.slow_s = 0.003
            settings = Settings(
                database_url=url, var_dir=str(folder), smtp_host="127.0.0.1", smtp_port=server.port,
                mail_from="hatang@gialai.gov.vn",
            )  # fmt: skip
            for turn in range(6):
                # an hour later each time: what the dead had claimed is free again
                begin = MONDAY + timedelta(hours=turn)
                killed += _killed(context, settings, begin, dice.uniform(0.03, 0.2 + 0.05 * turn))
            last = context.Process(target=mail_worker.work, args=(settings, MONDAY + timedelta(hours=6)))
            last.start()
            last.join(30)
            assert last.exitcode == 0
            delivered = server.inbox.deliveries()
        store = open_store(url)
        ledger = rows(store)
        store.close()
        assert len(delivered) == len(ledger) == READERS, f"round {number}: lost"
        assert {row.state for row in ledger} == {"sent"}
        for row in ledger:
            times = delivered[f"<{row.message_id}>"]
            assert 1 <= times <= 1 + row.doubts, f"round {number}: repeated outside the window"
            repeated += times - 1
            doubtful += row.doubts
    print(f"{engine}: {killed} kills, {doubtful} letters sent again in doubt, {repeated} of them came twice")
    assert repeated <= doubtful <= killed
    assert killed >= 3 * rounds


READERS = 40


def _due_now(url: str) -> None:
    """A province with READERS readers, and its weekly mail due."""
    store = open_store(url)
    with store.session() as session:
        add_week(session)
        for number in range(READERS):
            add_recipient(session, "unit", VINH_SON, f"lanhdao{number}@gialai.gov.vn", copy_of=number > 0)
        claim.ensure_job(session, outbox.WEEKLY_JOB, MONDAY)
    store.close()


def _killed(context: Any, settings: Settings, begin: Any, after_s: float) -> int:
    """Starts a worker and kills it; 1 when it was still at work."""
    process = context.Process(target=mail_worker.work, args=(settings, begin))
    process.start()
    time.sleep(after_s)
    alive = process.is_alive()
    process.kill()  # SIGKILL
    process.join()
    return int(alive)


def _fresh(request: pytest.FixtureRequest) -> str:
    server = request.getfixturevalue("postgresql_server")
    return server.url(server.create_database())


def _with(settings: Settings, **changes: Any) -> Settings:
    return dataclasses.replace(settings, **changes)
