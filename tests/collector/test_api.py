"""The REST API: who may read what, filters and paging, null for what is not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from collector.api import auth
from inventory.store.accounts import create_account
from inventory.store.engine import Store
from inventory.store.policy import set_policy
from inventory.store.tables import Account, Audit, Machine, Outbox, UnitLink
from tests.collector import network, province
from tests.collector.conftest import Browser, Clock
from tests.collector.service import service

API = "/api/v1"


@pytest.fixture
def app(filled: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(auth, "_hasher", province.CHEAP)
    monkeypatch.setattr(auth, "_nobody", province.CHEAP.hash("nobody"))
    monkeypatch.setattr(auth, "_known", auth.KnownPasswords())
    return service(filled, clock)


def ids(answer: object) -> list[int]:
    assert getattr(answer, "status_code") == 200, getattr(answer, "text")  # noqa: B009
    return [item["id"] for item in answer.json()["items"]]  # type: ignore[attr-defined]


def test_a_signed_in_browser_and_basic_credentials_read_the_same(
    client: Browser, browser_of: Callable[[str], Browser]
) -> None:
    by_cookie = browser_of("hanh").get(f"{API}/machines")
    by_password = client.get(f"{API}/machines", auth=("hanh", province.PASSWORD))
    assert ids(by_cookie) == ids(by_password) == [5, 1, 2, 3, 4]
    assert by_cookie.json()["total"] == 5


def test_scope_limits_lists_and_single_rows(client: Browser) -> None:
    lan = ("lan", province.PASSWORD)
    assert ids(client.get(f"{API}/sites", auth=lan)) == [2, 1]
    assert sorted(ids(client.get(f"{API}/machines", auth=lan))) == [1, 2, 3]
    assert ids(client.get(f"{API}/findings", auth=lan)) == [1]
    assert client.get(f"{API}/machines/1", auth=lan).status_code == 200
    for path in ("/machines/4", "/sites/3", "/findings/2"):
        assert client.get(API + path, auth=lan).status_code == 404, path
    assert ids(client.get(f"{API}/machines", auth=("outsider", province.PASSWORD))) == []
    assert client.get(f"{API}/figures", auth=lan).json()["total"]["sites"] == 2


FILTERS: list[tuple[str, list[int]]] = [
    ("/machines?outdated=yes", [5, 1]),
    ("/machines?outdated=unknown", [3]),
    ("/machines?status=counted&outdated=yes", [1]),
    ("/machines?q=vs-0", [1, 2, 3]),
    ("/machines?q=pleiku", [5, 4]),
    ("/machines?area_id=1&sort=name&descending=true", [3, 2, 1]),
    (f"/machines?unit_id={province.PLEIKU}", [5, 4]),
    ("/machines?size=2&page=2", [2, 3]),
    ("/machines?page=9", []),
    ("/sites?state=cut", [2]),
    ("/sites?lan=none", [2]),
    ("/sites?state=excluded", [5]),
    ("/findings?overdue=true", [1]),
    ("/findings?responsible=operator", [1]),
    ("/findings?state=all&kind=site_never_reported", [2]),
]


def test_filters_and_paging(client: Browser) -> None:
    for path, found in FILTERS:
        assert ids(client.get(API + path, auth=("hanh", province.PASSWORD))) == found, path


def test_what_is_not_known_is_null(client: Browser) -> None:
    item = client.get(f"{API}/machines/3", auth=("hanh", province.PASSWORD)).json()
    for name in ("outdated", "unfit", "ram_bytes", "built_latest", "purchase_date", "age_evidence"):
        assert item[name] is None, name
    known = client.get(f"{API}/machines/1", auth=("hanh", province.PASSWORD)).json()
    assert (known["outdated"], known["unfit"], known["unit_name"]) == (True, [], "Xã Vĩnh Sơn")


def test_figures_add_up_over_the_communes(client: Browser) -> None:
    answer = client.get(f"{API}/figures", auth=("hanh", province.PASSWORD)).json()
    for name in ("sites", "cut", "machines", "outdated", "villages", "no_signal"):
        assert answer["total"][name] == sum(row["figures"][name] for row in answer["communes"]), name
    assert answer["total"]["observed"] == 2


def test_units_name_their_successors(client: Browser, filled: Store) -> None:
    with filled.session() as session:
        session.add(
            UnitLink(
                from_id=province.VINH_QUANG,
                to_id=province.VINH_SON,
                kind="merge",
                effective=province.NOW.date(),
                is_default=True,
            )
        )
    hanh = ("hanh", province.PASSWORD)
    assert client.get(f"{API}/units/{province.VINH_QUANG}", auth=hanh).json()["successors"] == [province.VINH_SON]
    found = client.get(f"{API}/units?kind=xa&q=vinh+s", auth=hanh).json()
    assert [item["name"] for item in found["items"]] == ["Vĩnh Sơn"]
    assert client.get(f"{API}/units?valid_on=2025-06-30", auth=hanh).json()["total"] == 0


def test_the_outbox_is_for_those_who_administer(client: Browser, filled: Store) -> None:
    with filled.session() as session:
        for week in ("2026-W46", "2026-W47"):
            session.add(
                Outbox(
                    scope_kind="unit", scope_id=province.VINH_SON, iso_week=week, email="ct@example.vn",
                    message_id=week, subject="Tuần", body_text="", body_html="",
                    due_at=province.NOW, created_at=province.NOW,
                    next_attempt_at=province.NOW,
                    state="sent" if week.endswith("46") else "queued",
                )
            )  # fmt: skip
    answer = client.get(f"{API}/outbox?iso_week=2026-W47", auth=("hanh", province.PASSWORD)).json()
    assert [(item["iso_week"], item["state"]) for item in answer["items"]] == [("2026-W47", "queued")]
    assert "body_text" not in answer["items"][0]
    assert client.get(f"{API}/outbox", auth=("lan", province.PASSWORD)).status_code == 403
    assert client.get(f"{API}/units", auth=("auditor", province.PASSWORD)).status_code == 200
    assert client.get(f"{API}/machines", auth=("auditor", province.PASSWORD)).status_code == 403


def test_an_operator_reads_only_what_operators_answer_for(client: Browser, filled: Store) -> None:
    with filled.session() as session:
        hashed = province.CHEAP.hash(province.PASSWORD)
        create_account(session, "vnpt", hashed, province.NOW, role="operator")
    vnpt = ("vnpt", province.PASSWORD)
    assert ids(client.get(f"{API}/findings?state=all", auth=vnpt)) == [1]
    assert client.get(f"{API}/findings/2", auth=vnpt).status_code == 404
    assert client.get(f"{API}/findings/1", auth=vnpt).json()["events"][0]["what"] == "opened"
    assert client.get(f"{API}/machines", auth=vnpt).status_code == 403


def test_wrong_passwords_are_limited_and_audited(client: Browser, filled: Store, clock: Clock) -> None:
    for _try in range(auth.TRIES_PER_LOGIN):
        assert client.get(f"{API}/sites", auth=("hanh", "wrong")).status_code == 401
    limited = client.get(f"{API}/sites", auth=("hanh", province.PASSWORD))
    assert limited.status_code == 429
    assert 0 < int(limited.headers["retry-after"]) <= 900
    clock.now += auth.WINDOW + timedelta(seconds=1)
    assert client.get(f"{API}/sites", auth=("hanh", province.PASSWORD)).status_code == 200
    with filled.reading() as session:
        actions = [row.action for row in session.exec(select(Audit))]
    assert actions.count("sign_in_failed") == auth.TRIES_PER_LOGIN
    assert actions.count("sign_in") == 1


def test_right_passwords_do_not_use_up_the_tries(client: Browser) -> None:
    for _request in range(auth.TRIES_PER_LOGIN + 3):
        assert client.get(f"{API}/sites", auth=("hanh", province.PASSWORD)).status_code == 200


def test_a_remembered_password_ends_with_the_account(client: Browser, filled: Store) -> None:
    hanh = ("hanh", province.PASSWORD)
    assert client.get(f"{API}/sites", auth=hanh).status_code == 200
    with filled.session() as session:
        account = session.exec(select(Account).where(Account.login == "hanh")).one()
        account.password_hash = province.CHEAP.hash("another one")
    assert client.get(f"{API}/sites", auth=hanh).status_code == 401
    assert client.get(f"{API}/sites", auth=("hanh", "another one")).status_code == 200
    with filled.session() as session:
        session.exec(select(Account).where(Account.login == "hanh")).one().disabled = True
    assert client.get(f"{API}/sites", auth=("hanh", "another one")).status_code == 401


def test_a_given_password_must_be_changed_first(client: Browser, filled: Store) -> None:
    with filled.session() as session:
        session.exec(select(Account).where(Account.login == "hanh")).one().must_change = True
    answer = client.get(f"{API}/sites", auth=("hanh", province.PASSWORD))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "password_change_required")


def test_unfit_limits_are_listed_by_code(client: Browser, filled: Store) -> None:
    with filled.session() as session:
        session.get_one(Machine, 2).unfit = [{"code": "ram", "value": 4.0, "limit": 8.0, "evidence": {"ram": 1}}]
    hanh = ("hanh", province.PASSWORD)
    assert ids(client.get(f"{API}/machines?unfit=ram", auth=hanh)) == [2]
    assert client.get(f"{API}/machines/2", auth=hanh).json()["unfit"] == [{"code": "ram", "value": 4.0, "limit": 8.0}]


@pytest.fixture
def networked(filled: Store) -> Store:
    with filled.session() as session:
        network.fill(session)
    return filled


HANH, LAN = ("hanh", province.PASSWORD), ("lan", province.PASSWORD)


def test_devices_with_filters_and_scope(client: Browser, networked: Store) -> None:
    for path, found in {
        "/devices": {1, 2, 3, 4, 5, 6, 7},
        "/devices?kind=switch": {2, 5},
        "/devices?kind=": {6},
        "/devices?vendor=tp-link": {2, 5},
        "/devices?attention=any": {2, 3, 4, 6},
        "/devices?attention=battery": {4},
        "/devices?presence=gone": {6},
        "/devices?q=phong+may": {2},
        "/devices?site_id=2": {4, 5, 6},
        "/devices?sample=yes": {7},
        f"/devices?unit_id={province.PLEIKU}": {7},
    }.items():
        assert set(ids(client.get(API + path, auth=HANH))) == found, path
    assert set(ids(client.get(f"{API}/devices", auth=LAN))) == {1, 2, 3, 4, 5, 6}
    assert client.get(f"{API}/devices/7", auth=LAN).status_code == 404
    assert client.get(f"{API}/devices", auth=("auditor", province.PASSWORD)).status_code == 403
    assert ids(client.get(f"{API}/devices?size=2&page=2&sort=kind", auth=HANH))[0] not in (1, 6)


def test_a_device_has_its_ports_supplies_and_battery(client: Browser, networked: Store) -> None:
    switch = client.get(f"{API}/devices/2", auth=HANH).json()
    assert (switch["ports_up"], switch["ports_total"], len(switch["ports"])) == (2, 8, 8)
    assert switch["attention"] == ["community"]
    printer = client.get(f"{API}/devices/3", auth=HANH).json()
    assert (printer["ports"], printer["ports_up"], printer["supplies"][0]["low"]) == (None, None, True)
    assert client.get(f"{API}/devices/4", auth=HANH).json()["battery"]["replace"] is True
    assert "mac_hash" not in switch


def test_scans_answer_what_the_agents_did(client: Browser, networked: Store) -> None:
    found = client.get(f"{API}/scans?site_id=1", auth=HANH).json()
    assert [item["frames"] for item in found["items"]] == [512, 10, 170]
    assert found["items"][2]["stopped"] == "gateway_lost"
    assert (found["items"][0]["hostname"], found["items"][0]["machine_id"]) == ("VS-01", 1)
    for path, frames in {
        "/scans?kind=recheck": [10],
        "/scans?stopped=any": [170],
        "/scans?stopped=none&sort=frames&descending=false": [10, 500, 512],
        "/scans?q=pleiku": [500],
        "/scans?from_day=2026-11-19&to_day=2026-11-19": [512, 10, 170, 500],
        "/scans?to_day=2026-11-18": [],
    }.items():
        assert [item["frames"] for item in client.get(API + path, auth=HANH).json()["items"]] == frames, path
    assert client.get(f"{API}/scans", auth=LAN).json()["total"] == 3
    assert client.get(f"{API}/scans", auth=("auditor", province.PASSWORD)).json()["total"] == 4
    assert client.get(f"{API}/scans", auth=("outsider", province.PASSWORD)).status_code == 403
    wrong = client.get(f"{API}/scans?from_day=yesterday", auth=HANH)
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "from_day")


def test_a_site_tells_its_networks(client: Browser, networked: Store) -> None:
    site = client.get(f"{API}/sites/1", auth=HANH).json()
    assert site["devices"] == 3
    assert site["networks"][0] | {"lease_from": "", "lease_until": "", "last_sweep_at": ""} == {
        "network": "192.168.1.0/24", "gateway": "192.168.1.1", "agents": 1, "hosts": 9,
        "vendors": [["VNPT", 1], ["Dell", 3], ["?", 4], ["", 1]], "scanner_agent_id": network.SCANNER,
        "elected_why": "silent", "lease_from": "", "lease_until": "", "last_sweep_at": "",
    }  # fmt: skip
    nobody = client.get(f"{API}/sites/2", auth=HANH).json()["networks"][0]
    assert (nobody["scanner_agent_id"], nobody["hosts"], nobody["lease_until"]) == (None, None, None)
    assert ids(client.get(f"{API}/sites?lan=faulty", auth=HANH)) == [1]
    figures = client.get(f"{API}/figures", auth=HANH).json()["total"]
    assert (figures["lan_faulty"], figures["lan_seen"], figures["unsafe_known"]) == (1, 2, 0)


def test_protection_windows_11_and_disks_of_machines(client: Browser, filled: Store) -> None:
    with filled.session() as session:
        machine = session.get_one(Machine, 1)
        machine.unsafe = [{"code": "updates_old", "value": "2025-10-14", "limit": 60, "evidence": ""}]
        machine.windows11, machine.disk_health, machine.advice = "cannot", "failing", ["pending_reboot"]
        machine.windows11_reasons = [{"code": "cpu", "value": "i3", "limit": ""}, {"code": "tpm", "value": None}]
        session.add(machine)
    found = client.get(f"{API}/machines/1", auth=HANH).json()
    assert found["unsafe"] == [{"code": "updates_old", "value": "2025-10-14", "limit": 60}]
    assert (found["windows11"], found["disk_health"], found["advice"]) == ("cannot", "failing", ["pending_reboot"])
    assert found["windows11_reasons"][1] == {"code": "tpm", "value": None, "limit": None, "off": False}
    other = client.get(f"{API}/machines/3", auth=HANH).json()
    for name in ("unsafe", "windows11", "disk_health", "disk_free_bytes", "os_support_end", "last_update_on", "advice"):
        assert other[name] is None, name
    for query, numbers in {
        "unsafe=any": [1], "unsafe=updates_old": [1], "unsafe=smb1": [], "windows11=cannot": [1],
        "disk=failing": [1], "disk=bad": [1], "windows11=capable": [], "sort=windows11&size=1": [1],
    }.items():  # fmt: skip
        assert ids(client.get(f"{API}/machines?{query}", auth=HANH)) == numbers, query


def test_no_answer_holds_a_key_of_the_policy(client: Browser, networked: Store) -> None:
    with networked.session() as session:
        users = [["giamsat", "SHA256", "khoa-xac-thuc-1", "AES", "khoa-ma-hoa-22"]]
        values = {"snmp.users": users, "snmp.communities": ["matkhauSNMP"]}
        set_policy(session, "all", "", values, "hanh", "", province.NOW)
    for path in (
        "/sites/1",
        "/devices",
        "/scans",
        "/machines",
        "/machines/1",
        "/findings",
        "/figures",
        "/openapi.json",
    ):
        text = client.get(API + path, auth=("admin", province.PASSWORD)).text
        assert not any(key in text for key in ("khoa-xac-thuc-1", "khoa-ma-hoa-22", "matkhauSNMP")), path
