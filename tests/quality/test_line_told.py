"""What agents are told of their line, and the commands and figures of the two servers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from collector import line_commands, line_metrics
from collector.ingest.policy import LINE_TTL_S, TTL_S, PolicyBook
from collector.line_metrics import address_of, text_of
from collector.opening import CommandError
from collector.settings import Settings
from inventory.domain.problem import BadValue
from inventory.store.engine import Store
from inventory.store.line_class import class_of, class_of_lines, line_of_site
from inventory.store.policy import set_policy
from inventory.store.tables import Agent, Line, Site, Unit

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def site_id(sqlite_store: Store) -> int:
    with sqlite_store.session() as session:
        session.add(Unit(id="t52.2.1", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="vinh son", code="1"))
        session.flush()
        site = Site(unit_id="t52.2.1", name="Trụ sở", name_key="tru so", created_at=NOW)
        session.add(site)
        session.flush()
        assert site.id is not None
        return site.id


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("internet", "fibre")], "fibre"),
        ([("internet", "copper")], "fibre"),
        ([("tslcd", "fibre")], "government"),
        ([("tslcd", "satellite")], "satellite"),
        ([("mobile", "")], "mobile"),
        ([("internet", "")], ""),
        ([], ""),
        ([("internet", "fibre"), ("tslcd", "fibre")], "government"),
        ([("internet", "fibre"), ("mobile", "mobile")], "mobile"),
        ([("internet", ""), ("internet", "fibre")], "fibre"),
    ],
)
def test_the_class_of_a_site_s_lines(lines: list[tuple[str, str]], expected: str) -> None:
    assert class_of_lines(lines) == expected
    assert len(lines) != 1 or class_of(*lines[0]) == expected


def test_only_lines_that_hold_today_and_pcs_that_report_count(sqlite_store: Store, site_id: int) -> None:
    with sqlite_store.session() as session:
        session.add(Line(site_id=site_id, kind="internet", medium="fibre", valid_from=date(2026, 1, 1)))
        session.add(Line(site_id=site_id, kind="satellite", valid_to=date(2026, 11, 21)))
        session.add(Line(site_id=site_id, kind="mobile", valid_from=date(2026, 12, 1)))
        for number, days in enumerate((0, 6, 8, None)):
            heard = None if days is None else NOW - timedelta(days=days)
            session.add(Agent(id=f"{number:032x}", site_id=site_id, enrolled_at=NOW, last_contact_at=heard))
        session.add(Agent(id="f" * 32, site_id=site_id, enrolled_at=NOW, last_contact_at=NOW, status="revoked"))

    with sqlite_store.reading() as session:
        assert line_of_site(session, site_id, NOW) == ("fibre", 2)
        assert line_of_site(session, site_id + 1, NOW) == ("", 1)


def test_the_policy_carries_addresses_class_share_and_budget(sqlite_store: Store, site_id: int) -> None:
    clock = [0.0]
    book = PolicyBook(sqlite_store, lambda: clock[0])
    first = asyncio.run(book.of_site(site_id))
    with sqlite_store.session() as session:
        values = {"line.reflector": ":8620", "line.ndt7": "https://do.tinh.vn:8621", "line.budget_mobile_mb": 77}
        set_policy(session, "all", "", values, "test", "", NOW)
    clock[0] += TTL_S + 1
    second = asyncio.run(book.of_site(site_id))
    with sqlite_store.session() as session:
        session.add(Line(site_id=site_id, kind="mobile"))
    soon = asyncio.run(book.of_site(site_id))
    clock[0] += LINE_TTL_S + 1
    later = asyncio.run(book.of_site(site_id))

    assert (first.line_reflector, first.line_ndt7, first.line_class, first.line_budget_mb) == ("", "", "", 300)
    assert (second.line_reflector, second.line_ndt7) == (":8620", "https://do.tinh.vn:8621")
    assert (soon.line_class, later.line_class, later.line_budget_mb) == ("", "mobile", 77)
    assert asyncio.run(book.newer(site_id, later.version)) is None
    assert asyncio.run(book.newer(site_id, later.version, anyway=True)) == later
    assert asyncio.run(PolicyBook(sqlite_store).newer(site_id, first.version, anyway=True)) is not None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("line.reflector", "8620"), ("line.reflector", ":0"), ("line.reflector", ":99999"), ("line.reflector", "a b:1"),
        ("line.reflector", "http://a:1"), ("line.reflector", 8620), ("line.ndt7", "do.tinh.vn:8621"),
        ("line.ndt7", "https://"), ("line.ndt7", "https://a/b"), ("line.ndt7", "https://u@a"), ("line.ndt7", ":x"),
        ("line.budget_mobile_mb", -1), ("line.stamp_s", 5),
    ],
)  # fmt: skip
def test_addresses_that_nobody_could_reach_are_refused(sqlite_store: Store, key: str, value: object) -> None:
    with pytest.raises(BadValue) as caught, sqlite_store.session() as session:
        set_policy(session, "all", "", {key: value}, "test", "", NOW)

    assert key in str(caught.value)


def test_addresses_that_hold(sqlite_store: Store) -> None:
    with sqlite_store.session() as session:
        for value in (":8620", "[2001:db8::1]:862", "do.tinh.vn:8620", ""):
            set_policy(session, "all", "", {"line.reflector": value}, "test", "", NOW)
        for value in (":8621", "https://do.tinh.vn", "http://[::1]:8621/", ""):
            set_policy(session, "all", "", {"line.ndt7": value}, "test", "", NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.0.0.0:8620", ("0.0.0.0", 8620)), ("[::]:8620", ("::", 8620)), (":9000", ("0.0.0.0", 9000))],
)
def test_where_to_listen(text: str, expected: tuple[str, int]) -> None:
    assert address_of("--listen", text, 8620) == expected


@pytest.mark.parametrize("text", ["8620", "host", "host:", "host:99999", "host:0", ""])
def test_where_nobody_can_listen(text: str) -> None:
    with pytest.raises(CommandError, match="--listen"):
        address_of("--listen", text, 8620)


def test_figures_for_monitoring() -> None:
    figures = {'a_total{x="1"}': ("counter", 5), 'a_total{x="2"}': ("counter", 6), "b": ("gauge", 1.5)}
    door = line_metrics.serve(("127.0.0.1", 0), lambda: figures)
    try:
        base = f"http://127.0.0.1:{door.server_address[1]}"
        with urllib.request.urlopen(base + "/metrics") as answer:
            text = answer.read().decode()
        with urllib.request.urlopen(base + "/healthz") as answer:
            assert answer.status == 200
        with pytest.raises(CommandError, match="--metrics"):
            line_metrics.serve(("127.0.0.1", door.server_address[1]), lambda: figures)
    finally:
        door.shutdown()
        door.server_close()

    assert text == text_of(figures)
    assert text.count("# TYPE a_total counter") == 1 and 'a_total{x="2"} 6\n' in text and "b 1.5\n" in text


@pytest.mark.parametrize(
    ("cert", "key", "said"),
    [(Path("a.pem"), None, "cả chứng thư và khóa"), (Path("/none.pem"), Path("/none.pem"), "/none.pem")],
)
def test_a_certificate_that_cannot_be_used(cert: Path, key: Path | None, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        line_commands.run_ndt7(Settings(), "127.0.0.1:1", "", cert, key, 8)


def test_the_two_servers_run_say_where_and_end_when_asked_or_left_alone(sqlite_store: Store, tmp_path: Path) -> None:
    """As real processes, the way the demo starts them."""
    with sqlite_store.session() as session:
        session.add(Unit(id="t52.2", kind="tinh", type_label="Tỉnh", name="Gia Lai", name_key="gia lai", code="52"))
    environment = os.environ | {
        "GAPWATCH_DATABASE_URL": str(sqlite_store.engine.url), "GAPWATCH_VAR_DIR": str(tmp_path / "var"),
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "collector.demo_line", name, f"127.0.0.1:{_free_port()}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True,
        )
        for name in ("reflector", "ndt7")
    ]  # fmt: skip
    said = [process.stdout.readline() for process in running if process.stdout is not None]
    running[0].send_signal(signal.SIGTERM)
    for process in running:
        process.communicate()  # closes its stdin: the second is left alone
    codes = [process.wait(20) for process in running]

    assert "Bộ phản hồi STAMP: UDP 127.0.0.1:" in said[0] and "ndt7: http://127.0.0.1:" in said[1]
    assert codes == [0, 0]


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
