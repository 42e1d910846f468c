"""The whole service under hostile input, on both engines: nobody else is held up, nothing answers with a fault."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from collector.app import create_app
from collector.settings import Settings
from collector.web.base import _read_flash
from inventory.store.engine import Store, StoreError, open_store
from inventory.store.rejects import keep
from inventory.store.tables import Agent, RejectedReport, Site
from tests.collector import province
from tests.collector.conftest import Browser, Clock
from tests.collector.sealed import BOOT, MASTER, seal_bytes

BYSTANDER, ATTACKER = "0" * 32, "e" * 32


class World:
    """The service with two agents at one site: one attacks, one stands by."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.clock, self.seq = store, Clock(province.NOW), 0
        (folder / "master.key").write_bytes(MASTER)
        with store.session() as session:
            site = session.exec(select(Site.id).order_by(col(Site.id))).first()
            for agent in (BYSTANDER, ATTACKER):
                session.add(Agent(id=agent, site_id=site or 0, enrolled_at=province.NOW))
        app = create_app(Settings(var_dir=str(folder)), store, self.clock, run_jobs=False)
        self.browser = Browser(app, follow_redirects=False, base_url="http://127.0.0.1:8080", raise_server_exceptions=False)

    def report(self, agent: str = ATTACKER, **changes: Any) -> dict[str, Any]:
        self.seq += 1
        plain = {
            "agent_id": agent, "boot_id": BOOT, "seq": self.seq, "agent_time_s": province.NOW.timestamp(),
            "monotonic_s": 600.0 + self.seq,
        }  # fmt: skip
        return plain | changes

    def send(self, plain: bytes, clock: str = "") -> list[str]:
        """An upload of the attacker's bytes and a bystander's report; the acknowledgements of both."""
        body = seal_bytes(plain, ATTACKER) + seal_bytes(json.dumps(self.report(BYSTANDER)).encode(), BYSTANDER)
        answer = self.browser.post("/agent/v1/reports", content=body, headers={"x-gapwatch-clock": clock} if clock else {})
        assert answer.status_code == 200, answer.text
        return [ack["status"] for ack in answer.json()["acks"]]


@pytest.fixture
def world(store: Store, tmp_path: Path) -> Iterator[World]:
    province.fill(store)
    made = World(store, tmp_path)
    with made.browser:
        yield made


@pytest.fixture
def sqlite_world(filled: Store, tmp_path: Path) -> Iterator[World]:
    """For what does not depend on the engine."""
    made = World(filled, tmp_path)
    with made.browser:
        yield made


def _hardware(data: str) -> str:
    return f'{{"hardware":{{"status":"ok","hash":"aa","data":{data}}}}}'


SECTIONS = [
    _hardware('{"newer":"a\\u0000b"}'),
    _hardware('{"a\\u0000b":1}'),
    _hardware('{"newer":["\\ud800"]}'),
    _hardware('{"newer":1e400}'),
    _hardware('{"newer":NaN}'),
    _hardware('{"newer":' + "9" * 4000 + "}"),
    _hardware('{"newer":' + "9" * 5000 + "}"),
    _hardware('{"cpu_cores":2147483648}'),
    _hardware('{"disks":{"a":1}}'),
    _hardware('{"disks":["x"]}'),
    _hardware("[1]"),
    _hardware('{"newer":' + "[" * 100 + "]" * 100 + "}"),
    '{"newer":{"status":"ok","hash":"aa","data":{"x":"\\u0000"}}}',
    '{"a\\u0000":{"status":"ok"}}',
    '{"a\\ud800":{"status":"ok"}}',
    '{"hardware":[]}',
    '{"hardware":{"status":"ok","hash":"' + "a" * 300 + '"}}',
    '{"hardware":{"status":"failed","error":"\\u0000"}}',
    "[]",
]


def test_hostile_reports_are_kept_apart_and_hold_up_nobody(world: World) -> None:
    for sections in SECTIONS:
        plain = json.dumps(world.report(kind="inventory")).replace("}", f',"sections":{sections}}}').encode()
        assert world.send(plain) == ["rejected", "stored"], sections[:80]
    for plain in (b"[]", b'{"agent_id":"\xff"}', b"", json.dumps(world.report(seq=2**63)).encode()):
        assert world.send(plain) == ["rejected", "stored"], plain[:80]
    with world.store.reading() as session:
        assert len(session.exec(select(RejectedReport)).all()) == len(SECTIONS) + 4


def test_what_a_newer_agent_says_is_taken(world: World) -> None:
    data = {"newer": ["\t\u00e9\U0001f600", 2**63 - 1, 1e300], "hostname": "PC-01"}
    newer = {"system": {"status": "ok", "hash": "aa", "data": data}, "brand_new": {"status": "ok", "data": {"x": [{}]}}}

    assert world.send(json.dumps(world.report(sections=newer)).encode()) == ["stored", "stored"]


def test_lying_clocks_hold_up_nobody(world: World) -> None:
    for seconds, clock in (
        (9.9e10, ""), (-9.9e9, "d" * 32 + " 5"), (9.9e10, f"{BOOT} 3.1e9"), (0.0, f"{BOOT} nan"), (-9.9e9, ""), (9.9e10, "junk"),
    ):  # fmt: skip
        boot = "c" * 32 if clock.startswith("d") else BOOT
        plain = json.dumps(world.report(agent_time_s=seconds, boot_id=boot)).encode()
        assert world.send(plain, clock) == ["stored", "stored"], (seconds, clock)


def test_a_reason_that_quotes_a_stranger_can_be_kept(store: Store) -> None:
    keep(store, [(ATTACKER, "field", "sections.a\x00\ud800: is not a section name", b"x")], province.NOW)

    with store.reading() as session:
        assert session.exec(select(RejectedReport.reason)).one() == "sections.a\ufffd?: is not a section name"


def test_a_nul_in_addresses_and_forms_is_no_fault(world: World) -> None:
    browser = world.browser.sign_in("admin")
    for path in (
        "/may-tinh?tim=a%00b", "/dia-diem?tim=%00&trang-thai=%00", "/viec-can-xu-ly?tim=a%00", "/thon-ban?khu-vuc=%00",
        "/don-vi/%00", "/thu-tuan?xem=unit:%00", "/quan-tri/nhat-ky?nguoi=%00&viec=a%00", "/may-tinh.csv?%00=1", "/?xa=%00",
        "/api/v1/units?q=a%00b", "/api/v1/units/%00", "/static/%00",
    ):  # fmt: skip
        assert browser.get(path).status_code < 500, path
    form = {"csrf": browser.csrf("/doi-mat-khau"), "old": "a\0b", "new": "x" * 12, "again": "x" * 12}
    assert browser.post("/doi-mat-khau", data=form).status_code == 403
    world.browser.cookies.clear()
    form = {"csrf": browser.csrf("/dang-nhap"), "login": "a\0b", "password": "x"}
    assert browser.post("/dang-nhap", data=form).status_code == 403


def test_a_clerk_sees_and_changes_only_the_own_commune(sqlite_world: World) -> None:
    admin = sqlite_world.browser.sign_in("admin")
    items = {name: admin.get(f"/api/v1/{name}?size=500").json()["items"] for name in ("sites", "machines", "findings")}
    admin.cookies.clear()
    clerk = sqlite_world.browser.sign_in("lan")
    pages = {"sites": "/dia-diem", "machines": "/may-tinh", "findings": "/viec-can-xu-ly"}
    foreign = 0
    for name, rows in items.items():
        own = {row["id"] for row in rows if row["unit_id"] == province.VINH_SON}
        assert {row["id"] for row in clerk.get(f"/api/v1/{name}?size=500").json()["items"]} == own
        for row in rows:
            if row["id"] in own:
                continue
            foreign += 1
            for path in (f"/api/v1/{name}/{row['id']}", f"{pages[name]}/{row['id']}"):
                assert clerk.get(path).status_code == 404, path
    assert foreign
    for unit in (province.VINH_QUANG, province.PLEIKU, province.PROVINCE):
        assert clerk.get(f"/don-vi/{unit}").status_code == 404
        assert clerk.get(f"/thu-tuan/thu?xem=unit:{unit}").status_code == 404
        seen = clerk.get(f"/api/v1/machines?unit_id={unit}").json()["items"]
        assert {row["unit_id"] for row in seen} <= {province.VINH_SON}
    csrf = re.search(r'name="csrf" value="([^"]+)"', clerk.get("/doi-mat-khau").text)
    assert csrf is not None
    for row in items["machines"]:
        if row["unit_id"] != province.VINH_SON:
            answer = clerk.post(f"/may-tinh/{row['id']}/khai-bao", data={"csrf": csrf[1], "asset_tag": "mine"})
            assert answer.status_code in (403, 404)
    for row in items["findings"]:
        if row["unit_id"] != province.VINH_SON:
            answer = clerk.post(f"/viec-can-xu-ly/{row['id']}/trang-thai", data={"csrf": csrf[1], "state": "closed"})
            assert answer.status_code in (403, 404)
    for path in ("chinh-sach", "nguoi-nhan", "ma-ghi-danh", "bao-cao-loi", "nhat-ky", "suc-khoe"):
        assert clerk.get(f"/quan-tri/{path}").status_code == 403, path
        assert clerk.post(f"/quan-tri/{path}", data={"csrf": csrf[1]}).status_code in (403, 405), path
    assert "PLEIKU" not in clerk.get("/may-tinh.csv").text.upper()


def test_a_session_ends_where_it_should(sqlite_world: World) -> None:
    browser = sqlite_world.browser
    browser.cookies.set("gapwatch_session", "chosen-by-an-attacker")
    browser.sign_in("lan")
    assert browser.cookies.get("gapwatch_session", domain="127.0.0.1") != "chosen-by-an-attacker"
    assert browser.post("/dang-xuat", data={"csrf": "guessed"}).status_code == 403
    sqlite_world.clock.now += timedelta(hours=13)
    assert browser.get("/may-tinh").headers["location"].startswith("/dang-nhap")


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "\\\\evil"])
def test_signing_in_leads_nowhere_else(sqlite_world: World, target: str) -> None:
    form = {"csrf": sqlite_world.browser.csrf("/dang-nhap"), "login": "lan", "password": province.PASSWORD, "tiep": target}
    assert sqlite_world.browser.post("/dang-nhap", data=form).headers["location"] == "/"


@pytest.mark.parametrize(
    ("content", "word"), [(b"\x00\x01 no database" * 400, "backup"), (b"SQLite format 3\x00" + b"\xff" * 4096, "")]
)
def test_a_damaged_database_is_named_with_the_remedy(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "gapwatch.db"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{path}")
    assert str(path) in str(caught.value)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content, "nothing is written into it"


def test_a_database_server_that_does_not_answer_is_named_without_its_password() -> None:
    for url in ("postgresql://gapwatch:geheim@127.0.0.1:1/x", "postgresql://gapwatch:geheim@127.0.0.1:port/x"):
        with pytest.raises(StoreError) as caught:
            open_store(url)
        assert "geheim" not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("message", ["%(a)9999999s", "%(a)*d", "%s", "%(a)r", "x" * 9000])
def test_a_forged_flash_cookie_is_never_formatted(message: str) -> None:
    cookie = base64.urlsafe_b64encode(json.dumps(["ok", message, {"a": "1"}]).encode()).decode()

    assert _read_flash(cookie, "vi") is None
