"""Every error of /api and /agent has the one shape; pages get a page. Each new endpoint joins PATHS."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from collector.api import auth
from collector.api import sites as sites_api
from inventory.store.engine import open_store
from tests import need
from tests.collector import province
from tests.collector.conftest import Browser
from tests.collector.service import service

PATHS = (
    "/api/v1/sites",
    "/api/v1/sites/1",
    "/api/v1/machines",
    "/api/v1/machines/1",
    "/api/v1/outages",
    "/api/v1/area-events",
    "/api/v1/findings",
    "/api/v1/findings/1",
    "/api/v1/units",
    "/api/v1/units/t52.2",
    "/api/v1/figures",
    "/api/v1/outbox",
)
ADMIN = ("admin", province.PASSWORD)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """One service for all tests here: they only read."""
    store = open_store(need.sqlite_copy(tmp_path_factory.mktemp("api")))
    province.fill(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "_hasher", province.CHEAP)
        patch.setattr(auth, "_nobody", province.CHEAP.hash("nobody"))
        yield service(store, lambda: province.NOW)
    store.close()


def assert_error(answer: Any, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """The one shape: exactly four keys, a stable code, a sentence, and a remedy."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "field", "remedy"}
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"].endswith(".")
    assert error["remedy"] is None or error["remedy"].endswith(".")
    return error  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", PATHS)
def test_without_an_account(client: Browser, path: str) -> None:
    answer = client.get(path)
    assert_error(answer, 401, "not_signed_in", "Authorization")
    assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("path", PATHS)
def test_wrong_method(client: Browser, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, path, auth=ADMIN)
        assert_error(answer, 405, "method_not_allowed")
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", [path for path in PATHS if not path[-1].isdigit()])
def test_an_unknown_parameter_is_named(client: Browser, path: str) -> None:
    assert_error(client.get(f"{path}?colour=blue", auth=ADMIN), 422, "invalid", "colour")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("machines?page=0", "page"),
        ("machines?size=100000", "size"),
        ("machines?sort=colour", "sort"),
        ("machines?area_id=x", "area_id"),
        ("machines?area_id=99999999999999999999", "area_id"),
        ("machines?q=%00", "q"),
        ("machines/0", "machine_id"),
        ("machines/99999999999999999999", "machine_id"),
        ("machines/abc", "machine_id"),
        ("findings?overdue=perhaps", "overdue"),
        ("findings?kind=none", "kind"),
        ("outages?from_at=2026-11-01", "from_at"),
        ("outages?from_at=0001-01-01T00:00:00Z", "from_at"),
        ("outages?from_at=2026-11-02T00:00:00Z&to_at=2026-11-01T00:00:00Z", "from_at"),
        ("outages?cause=weather", "cause"),
        ("area-events?to_at=9999-12-31T23:59:59Z", "to_at"),
        ("units?valid_on=2026-13-01", "valid_on"),
        ("units/%27", "unit_id"),
        ("outbox?iso_week=47", "iso_week"),
        ("figures?unit_id=%22", "unit_id"),
    ],
)
def test_a_value_that_cannot_be_taken_is_named(client: Browser, query: str, field: str) -> None:
    assert_error(client.get(f"/api/v1/{query}", auth=ADMIN), 422, "invalid", field)


@pytest.mark.parametrize("path", ["sites/999", "machines/999", "findings/999", "units/x999"])
def test_what_does_not_exist(client: Browser, path: str) -> None:
    assert_error(client.get(f"/api/v1/{path}", auth=ADMIN), 404, "not_found")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/sites", "/api/", "/agent/v1/nothing"])
def test_unknown_addresses_of_programs(client: Browser, path: str) -> None:
    assert_error(client.get(path), 404, "not_found")


def basic(text: str | bytes) -> str:
    return "Basic " + base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


@pytest.mark.parametrize(
    "header", ["Bearer abc", "Basic", "Basic %%%", basic("no colon"), basic(b"\xff\xfe:x"), basic("a\0b:x"), ""]
)
def test_a_header_that_is_not_basic(client: Browser, header: str) -> None:
    answer = client.get("/api/v1/sites", headers={"Authorization": header})
    assert_error(answer, 401, "bad_credentials_header", "Authorization")


def test_wrong_password_and_forbidden_role(client: Browser) -> None:
    assert_error(client.get("/api/v1/sites", auth=("hanh", "x")), 401, "wrong_credentials", "Authorization")
    assert_error(client.get("/api/v1/sites", auth=("nobody", "x")), 401, "wrong_credentials", "Authorization")
    assert_error(client.get("/api/v1/outbox", auth=("lan", province.PASSWORD)), 403, "forbidden")


def test_a_fault_of_our_own_says_nothing_about_itself(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> int:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(sites_api, "count_sites", broken)
    client = Browser(app, raise_server_exceptions=False, base_url="http://127.0.0.1:8080")
    with caplog.at_level(logging.CRITICAL):
        answer = client.get("/api/v1/sites", auth=ADMIN)
    assert_error(answer, 500, "internal")
    assert "secret" not in answer.text


def test_pages_get_a_page_instead(client: Browser) -> None:
    answer = client.get("/khong-co")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_the_body_is_json_even_for_odd_addresses(client: Browser) -> None:
    answer = client.get("/api/v1/machines/%F0%9F%98%80", auth=ADMIN)
    json.dumps(assert_error(answer, 422, "invalid", "machine_id"))
