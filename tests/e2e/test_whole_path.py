"""From this very machine to a leader's inbox, with real processes, on both engines."""

from __future__ import annotations

import contextlib
import email
import email.message
import email.policy
import platform
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests import need
from tests.e2e.service import LOGIN, PASSWORD, Service, wait_for


class Inbox:
    """An SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[email.message.EmailMessage] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(email.message_from_bytes(content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"


Running = tuple[Service, Inbox]


@pytest.fixture
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Running]]:
    """The product on each engine, each with a mail server of its own."""
    urls = {"sqlite": f"sqlite:///{tmp_path}/gapwatch.db"}
    with contextlib.suppress(*() if need.REQUIRE_ALL else (pytest.skip.Exception,)):
        server: need.PostgresServer = request.getfixturevalue("postgresql_server")
        urls["postgresql"] = server.url(server.create_database(empty=True))
    with contextlib.ExitStack() as stack:
        running: list[Running] = []
        for engine, url in urls.items():
            box, port = Inbox(), need.free_port()
            controller = Controller(box, hostname="127.0.0.1", port=port)
            controller.start()
            stack.callback(controller.stop)
            (tmp_path / engine).mkdir()
            service = Service(tmp_path / engine, url, port)
            stack.callback(service.stop)
            running.append((service, box))
        yield running


@pytest.mark.timeout(300)
def test_from_a_commune_pc_to_a_leaders_inbox(services: list[Running]) -> None:
    """On both engines at once: most of it is waiting until a PC counts as silent."""
    with ThreadPoolExecutor(len(services)) as pool:
        for done in [pool.submit(_whole_path, service, inbox) for service, inbox in services]:
            done.result()


def _whole_path(service: Service, inbox: Inbox) -> None:
    assert service.command("migrate").returncode == 0
    token = service.set_up()
    service.start()
    service.enrol_agent(token)
    service.start_agent()

    machine = wait_for("this machine in the inventory", lambda: _machine(service), 120)
    assert machine["hostname"] == platform.node()
    assert machine["ram_bytes"] == psutil.virtual_memory().total
    assert machine["cpu_cores"]
    _look_at_pages(service, machine)

    assert not service.open_findings() & {"site_disconnected", "machine_silent"}
    service.kill_agent()
    wait_for("a finding about the silent machine", lambda: "machine_silent" in service.open_findings(), 120)
    # One PC that falls silent proves nothing about its office's line.
    assert "site_disconnected" not in service.open_findings()
    done = service.command("weekly", "--now")
    assert done.returncode == 0, done.stderr
    letters = {str(letter["To"]): letter for letter in inbox.letters}
    _read_letters(letters)
    assert service.command("weekly", "--now").returncode == 0
    assert len(inbox.letters) == len(letters), "a second call in the same week repeats nothing"

    service.start_agent()
    wait_for("the finding to close", lambda: "machine_silent" not in service.open_findings(), 90)


def _machine(service: Service) -> dict[str, object] | None:
    items = service.get("/api/v1/machines")["items"]
    return items[0] if items and items[0]["ram_bytes"] else None


def _read_letters(letters: dict[str, email.message.EmailMessage]) -> None:
    assert len(letters) == 2
    (commune,) = [letter for to, letter in letters.items() if "chutich@vinhson.example" in to]
    assert "Vĩnh Sơn" in str(commune["Subject"])
    assert "Tuần" in str(commune["Subject"])
    plain, html = commune.get_body(("plain",)), commune.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain, html):
        text = part.get_content()
        assert "Kính gửi" in text
        assert "Trụ sở UBND xã Vĩnh Sơn" in text


def _look_at_pages(service: Service, machine: dict[str, object]) -> None:
    """A browser signs in and finds this machine with what it really is."""
    playwright = pytest.importorskip("playwright.sync_api")
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-sync",
    ]
    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=need.chromium(), args=arguments)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(service.base + "/")
        page.fill("input[name=login]", LOGIN)
        page.fill("input[name=password]", PASSWORD)
        page.click("button.button")
        page.wait_for_url(service.base + "/")
        assert "Đang kết nối" in page.content() or "đang hoạt động" in page.content()
        page.goto(f"{service.base}/may-tinh/{machine['id']}")
        text = page.inner_text("body")
        assert str(machine["hostname"]) in text
        if machine["kind"] == "virtual":
            assert "Không áp dụng" in text
        for path in ("/dia-diem", "/may-tinh", "/viec-can-xu-ly", "/thon-ban", "/thu-tuan", "/quan-tri/suc-khoe"):
            answer = page.goto(service.base + path)
            assert answer is not None
            assert answer.status == 200, path
        browser.close()
    assert problems == []
