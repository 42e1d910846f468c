"""Bundles from a stick: what is whole is taken, what is wrong is said, and only the agent's own receipt lets go."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select

from agent.wire import bundle as wire
from agent.wire import envelope, seal
from agent.wire.bundle import Manifest, Receipt
from agent.wire.envelope import LoadHead
from collector.i18n import bundle_words
from collector.ingest.bundle import Importer
from collector.ingest.policy import PolicyBook
from inventory.store import bundles
from inventory.store.engine import Store
from inventory.store.offline import list_files, make_identity, revoke_identity
from inventory.store.policy import set_policy
from inventory.store.tables import Agent, AgentBoot, AgentRoad, Audit, BundleImport, Contact, RejectedReport, Site
from tests.collector import province, sealed
from tests.collector.conftest import Browser, page_app

BrowserOf = Callable[[str], Browser]
NOW = province.NOW
PATH = "/quan-tri/nhap-tu-usb"
KEY = seal.derive_key(sealed.MASTER, sealed.AGENT, 1)
CLOCKS = LoadHead(sealed.BOOT, 900_000.0, NOW.timestamp() - 3600)  # wrapped an hour before it came


@pytest.fixture
def store(filled: Store) -> Store:
    with filled.session() as session:
        session.add(Agent(id=sealed.AGENT, site_id=1, enrolled_at=NOW, hostname="VS-07"))
    return filled


@pytest.fixture
def importer(store: Store) -> Importer:
    return Importer(store, sealed.MASTER, PolicyBook(store), lambda: NOW)


def part(*frames: bytes, clocks: LoadHead = CLOCKS, agent_id: str = sealed.AGENT, key: bytes = b"") -> bytes:
    content = envelope.pack_load(clocks, b"".join(frames))
    key = key or seal.derive_key(sealed.MASTER, agent_id, 1)
    return wire.part_bytes(envelope.seal_envelope(envelope.PART, content, agent_id, key, 1))


def made(*parts: bytes, agent_id: str = sealed.AGENT) -> bytes:
    data = wire.head_bytes(Manifest("c" * 32, agent_id, "Trụ sở")) + b"".join(parts)
    return data + wire.end_bytes(len(parts), hashlib.sha256(data).digest())


def report(seq: int, ago: timedelta = timedelta(hours=2), **changes: object) -> bytes:
    moment = (NOW - ago).timestamp()
    values: dict[str, object] = {"agent_time_s": moment, "monotonic_s": 900_000.0 - (ago.total_seconds() - 3600)}
    return sealed.frame(seq, **(values | changes))  # type: ignore[arg-type]


def receipt_of(result: bundles.BundleResult) -> Receipt:
    (found,) = wire.read_receipts(result.receipt)
    return wire.open_receipt(found, KEY)


def test_a_whole_bundle_keeps_its_times_and_gets_a_receipt(store: Store, importer: Importer) -> None:
    with store.session() as session:
        set_policy(session, "site", "1", {"snmp.communities": ["bimat"]}, "test", "", NOW)
    oldest, newest = timedelta(days=3), timedelta(hours=2)
    data = made(part(report(2, newest), report(1, oldest)), part(report(3, timedelta(hours=1.5), kind="inventory")))

    result = importer.take("a.gwb", data, "hanh", "10.0.0.1")

    assert (result.status, result.problem, result.accepted, result.duplicates) == ("whole", "", 3, 0)
    assert (result.site_id, result.hostname) == (1, "VS-07")
    assert (result.from_at, result.to_at) == (NOW - oldest, NOW - timedelta(hours=1.5))
    receipt = receipt_of(result)
    assert [(item.boot_id, item.ranges) for item in receipt.settled] == [(sealed.BOOT, (1, 3))]
    assert receipt.policy is not None and receipt.policy.snmp_communities == ("bimat",)
    assert b"bimat" not in result.receipt
    with store.reading() as session:
        contacts = session.exec(select(Contact).where(Contact.agent_id == sealed.AGENT)).all()
        road = session.exec(select(AgentRoad)).one()
        audit = session.exec(select(Audit).where(Audit.action == "bundle.import")).one()
        assert session.get_one(Agent, sealed.AGENT).last_contact_at is None
    assert {item.kind for item in contacts} == {"late"}
    assert min(item.from_at for item in contacts) == NOW - oldest
    assert (road.road, road.reports) == ("usb", 3)
    assert (audit.actor, audit.address) == ("hanh", "10.0.0.1")


def test_replay_changes_nothing_and_gives_the_receipt_again(store: Store, importer: Importer) -> None:
    data = made(part(report(1), report(2)))
    first = importer.take("a.gwb", data, "hanh")
    again = importer.take("a.gwb", data, "hanh")

    assert (again.status, again.accepted, again.duplicates) == ("whole", 0, 2)
    assert receipt_of(again).settled == receipt_of(first).settled
    with store.reading() as session:
        assert session.exec(select(AgentBoot).where(AgentBoot.agent_id == sealed.AGENT)).one().reports == 2
        assert len(session.exec(select(BundleImport)).all()) == 2


def test_a_torn_bundle_gives_what_is_whole(importer: Importer) -> None:
    data = made(part(report(1)), part(report(2)))

    result = importer.take("a.gwb", data[:-120], "hanh")

    assert (result.status, result.problem, result.accepted) == ("partly", "torn", 1)
    assert receipt_of(result).settled[0].ranges == (1, 1)
    assert importer.take("a.gwb", data, "hanh").accepted == 1


def test_a_changed_byte_costs_its_part_only(importer: Importer) -> None:
    one, two = part(report(1)), part(report(2))
    data = made(one, two)
    place = data.index(one) + len(one) - 40

    result = importer.take("a.gwb", data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :], "hanh")

    assert (result.status, result.accepted, result.bad_parts) == ("partly", 1, 1)
    assert result.problem == "damaged"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "foreign"),
        (b"PK\x03\x04 not ours", "foreign"),
        (wire.MAGIC + bytes(50), "torn"),
        (made(), "empty"),
        (made(part(report(1), key=b"x" * 32)), "seal"),
        (made(part(sealed.frame(1, agent_id="f" * 32), agent_id="f" * 32), agent_id="f" * 32), "unknown_agent"),
    ],
)
def test_what_cannot_be_taken_is_said(store: Store, importer: Importer, data: bytes, problem: str) -> None:
    result = importer.take("a.gwb", data, "hanh")

    assert (result.status, result.problem, result.accepted, result.receipt) == ("refused", problem, 0, b"")
    title, remedy = bundle_words.problem(problem)
    assert title and remedy
    with store.reading() as session:
        assert session.exec(select(BundleImport)).one().problem == problem


def test_a_report_that_breaks_the_contract_is_kept_apart_and_stops_no_other(store: Store, importer: Importer) -> None:
    broken = sealed.seal_bytes(b'{"agent_id": 7}')

    result = importer.take("a.gwb", made(part(broken, report(1))), "hanh")

    assert (result.status, result.accepted, result.rejected) == ("partly", 1, {"field": 1})
    with store.reading() as session:
        assert session.exec(select(RejectedReport.code)).all() == ["field"]


def test_a_part_of_another_pc_in_the_bundle_is_left_out(store: Store, importer: Importer) -> None:
    with store.session() as session:
        session.add(Agent(id="d" * 32, site_id=1, enrolled_at=NOW))
    foreign = part(sealed.frame(1, agent_id="d" * 32), agent_id="d" * 32)

    result = importer.take("a.gwb", made(part(report(1)), foreign), "hanh")

    assert (result.status, result.accepted, result.bad_parts) == ("partly", 1, 1)


def test_a_pc_whose_clock_lives_in_2009_keeps_the_days_between_its_reports(store: Store, importer: Importer) -> None:
    wrong = datetime(2009, 1, 5, tzinfo=UTC).timestamp()
    clocks = LoadHead(sealed.BOOT, 900_000.0, wrong)
    other = "7" * 32  # an earlier boot
    data = made(
        part(
            report(3, monotonic_s=900_000.0 - 7200, agent_time_s=wrong - 7200),
            sealed.frame(1, boot_id=other, monotonic_s=5.0, agent_time_s=wrong - 3 * 86400),
            clocks=clocks,
        )
    )

    result = importer.take("a.gwb", data, "hanh")

    assert (result.from_at, result.to_at) == (NOW - timedelta(days=3), NOW - timedelta(hours=2))


def test_two_pcs_that_took_one_file_are_set_aside_and_it_is_said(store: Store, importer: Importer) -> None:
    def pc(number: int) -> bytes:
        hardware = {
            "board_serial": f"BS-{number}77123", "system_serial": f"SN-{number}88456", "system_uuid": f"{number}" * 32,
            "disks": [{"model": "X", "serial": f"DISK-{number}-4411", "size_bytes": 1, "is_system": True}],
        }  # fmt: skip
        cards = {"interfaces": [{"name": "e", "mac_hash": f"{number}" * 16, "kind": "wired", "is_up": True}]}
        sections = {"hardware": sealed.section(hardware), "interfaces": sealed.section(cards)}
        boot = f"{number}" * 32
        return made(part(report(1, boot_id=boot, sections=sections), clocks=CLOCKS))

    assert importer.take("a.gwb", pc(1), "hanh").conflict is False
    second = importer.take("b.gwb", pc(2), "hanh")

    assert second.conflict is True
    assert receipt_of(second).policy is None
    with store.reading() as session:
        assert session.get_one(Agent, sealed.AGENT).status == "quarantined"


def test_a_revoked_file_s_pc_is_heard_no_more(store: Store, importer: Importer) -> None:
    with store.session() as session:
        agent_id = make_identity(session, session.get_one(Site, 1), "hanh", NOW).id
    data = made(part(sealed.frame(1, agent_id=agent_id), agent_id=agent_id), agent_id=agent_id)
    assert importer.take("a.gwb", data, "hanh").accepted == 1
    with store.session() as session:
        assert list_files(session)[0][0].state == "used"
        assert revoke_identity(session, agent_id, "hanh", NOW)
        assert not revoke_identity(session, agent_id, "hanh", NOW)
        assert not revoke_identity(session, "0" * 32, "hanh", NOW)

    result = importer.take("b.gwb", data, "hanh")

    assert (result.status, result.problem) == ("refused", "agent_revoked")
    with store.reading() as session:
        assert list_files(session)[0][0].state == "revoked"
        actions = session.exec(select(Audit.action).where(Audit.subject_id == agent_id)).all()
    assert list(actions) == ["agent.enrol_offline", "agent.revoke"]


# --- the page


@pytest.fixture
def usb_app(store: Store, importer: Importer) -> FastAPI:
    app = page_app(store, lambda: NOW)
    app.state.importer = importer
    return app


@pytest.fixture
def browser(usb_app: FastAPI, new_browser: Callable[[FastAPI], Browser]) -> Browser:
    return new_browser(usb_app).sign_in("hanh")


def send(browser: Browser, *files: tuple[str, bytes], csrf: str | None = None) -> str:
    token = browser.csrf(PATH) if csrf is None else csrf
    answer = browser.post(PATH, data={"csrf": token}, files=[("files", item) for item in files])
    send.status = answer.status_code  # type: ignore[attr-defined]
    return answer.text


def test_the_page_says_what_became_of_each_file_and_gives_the_receipt(browser: Browser) -> None:
    data = made(part(report(1), report(2, timedelta(days=2))))

    html = send(browser, ("a.gwb", data), ("C:\\x\\b<b>.gwb", b"rubbish"))

    assert send.status == 200  # type: ignore[attr-defined]
    for expected in ("đã nhận đủ", "Nhận mới 2", "không phải gói báo cáo của Gapwatch", "b&lt;b&gt;.gwb", "VS-07"):
        assert expected in html
    assert re.search(r'href="data:application/octet-stream;base64,[^"]+" download="a.gwr"', html)
    assert "Nhận mới 0" in send(browser, ("a.gwb", data))


def test_the_form_needs_its_token_a_file_and_a_role(
    browser: Browser, store: Store, usb_app: FastAPI, new_browser
) -> None:  # type: ignore[no-untyped-def]
    send(browser, ("a.gwb", b"x"), csrf="wrong")
    assert send.status == 403  # type: ignore[attr-defined]
    assert "Chọn ít nhất một tệp" in send(browser)
    assert send.status == 422  # type: ignore[attr-defined]
    nobody = new_browser(usb_app)
    assert nobody.post(PATH, files=[("files", ("a.gwb", b"x"))]).status_code == 303
    with store.reading() as session:
        assert session.exec(select(BundleImport)).all() == []


def test_a_form_that_is_too_large_is_refused_before_it_is_read(browser: Browser) -> None:
    answer = browser.post(PATH, headers={"content-length": str(65 * 1024 * 1024)}, content=b"x")

    assert answer.status_code == 413


def test_files_and_roads_are_listed_and_a_file_is_revoked(browser: Browser, store: Store, importer: Importer) -> None:
    with store.session() as session:
        agent_id = make_identity(session, session.get_one(Site, 1), "hanh", NOW).id
    importer.take("a.gwb", made(part(report(1))), "hanh")
    html = browser.get(PATH).text
    assert agent_id[:8] in html and "chưa có máy nào dùng" in html and "bằng USB" in html

    path = f"{PATH}/{agent_id}/thu-hoi"
    assert browser.post(path, data={"csrf": browser.csrf(PATH)}).status_code == 303
    assert browser.post(path, data={"csrf": browser.csrf(PATH)}).status_code == 404

    assert "đã thu hồi" in browser.get(PATH).text


def test_a_clerk_of_a_commune_has_no_such_page(usb_app: FastAPI, new_browser: Callable[[FastAPI], Browser]) -> None:
    assert new_browser(usb_app).sign_in("lan").get(PATH).status_code == 403


def test_the_imports_of_other_communes_are_not_seen(store: Store, importer: Importer) -> None:
    from inventory.store.scope import Scope

    importer.take("a.gwb", made(part(report(1))), "hanh")
    importer.take("b.gwb", b"rubbish", "hanh")
    with store.reading() as session:
        assert bundles.list_imports(session)[1] == 2
        assert bundles.list_imports(session, Scope("unit", "x9", frozenset({"x9"})))[1] == 0
        unit = session.get_one(Site, 1).unit_id
        assert bundles.list_imports(session, Scope("unit", unit, frozenset({unit})))[1] == 1


def test_words_exist_for_everything() -> None:
    for code in ("foreign", "limit", "torn", "damaged", "seal", "empty", "rejected", "unknown_agent", "agent_revoked"):
        assert bundle_words.problem(code)[1]
    assert Path(bundle_words.__file__).exists()
