"""The description of the API is right, and no request that it allows, or forbids, makes the collector fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from collector import api
from collector.api import auth
from inventory.store.engine import open_store
from tests import need
from tests.collector import network, province
from tests.collector.conftest import Browser
from tests.collector.service import service

ADMIN = ("admin", province.PASSWORD)
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
load_all_checks()
WANTED = CHECKS.get_by_names(NAMES)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """One service for all requests: the API only reads."""
    store = open_store(need.sqlite_copy(tmp_path_factory.mktemp("openapi")))
    province.fill(store)
    with store.session() as session:
        network.fill(session)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "_hasher", province.CHEAP)
        yield service(store, lambda: province.NOW)
    store.close()


@pytest.fixture(scope="module")
def described(app: FastAPI) -> Any:
    """The schema as schemathesis reads it from the running service."""
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_breaks_the_contract(described: Any, mode: GenerationMode) -> None:
    """Some requests of every kind, made of the description: allowed ones and forbidden ones."""
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_described(case: schemathesis.Case) -> None:
            answer = case.call(auth=ADMIN)
            case.validate_response(answer, checks=WANTED)

        answers_as_described()


def test_the_description_names_every_endpoint_and_both_ways_in(client: Browser) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        f"/api/v1/{path}"
        for path in (
            "sites",
            "sites/{site_id}",
            "machines",
            "machines/{machine_id}",
            "devices",
            "devices/{device_id}",
            "scans",
            "outages",
            "area-events",
            "lines",
            "services",
            "meeting-points",
            "meeting-check",
            "findings",
            "findings/{finding_id}",
            "units",
            "units/{unit_id}",
            "figures",
            "outbox",
        )
    }
    assert described["security"] == [{"basic": []}, {"cookie": []}]


def test_every_error_is_described_with_the_one_shape() -> None:
    for path, methods in api.openapi()["paths"].items():
        for method, operation in methods.items():
            errors = {status: answer for status, answer in operation["responses"].items() if status != "200"}
            assert {"401", "403", "422", "429"} <= set(errors), (path, method)
            for answer in errors.values():
                assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}


def test_there_is_no_page_that_loads_scripts_from_elsewhere(client: Browser) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404
