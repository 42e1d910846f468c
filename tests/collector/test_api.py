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
from inventory.store.tables import Account, Audit, Machine, Outbox, UnitLink
from tests.collector import province
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
