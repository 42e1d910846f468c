"""Enrolment: a token buys an identity, once per request, within its limits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from agent.wire import codec, seal
from agent.wire.exchange import EnrolAnswer
from collector.ingest.counters import Counters
from collector.ingest.enrol import enrol_router
from collector.ingest.policy import PolicyBook
from inventory.store.engine import Store
from inventory.store.enrolment import ATTEMPTS
from inventory.store.tables import Agent, Audit, Site, SiteToken, Unit
from inventory.store.tokens import create_token, revoke_token

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MASTER = b"m" * 32


class Desk:
    """The enrolment endpoint with one site and its token."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOW
        with store.session() as session:
            session.add(Unit(id="x1.2", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="xa vinh son", code="1"))
            session.flush()
            session.add(Site(id=1, unit_id="x1.2", name="Trụ sở UBND xã", created_at=NOW))
            session.flush()
            self.token = create_token(session, 1, 2, NOW + timedelta(days=1), "test", NOW)
        app = FastAPI()
        app.include_router(enrol_router(store, MASTER, PolicyBook(store), lambda: self.now, Counters()))
        self.client = TestClient(app)

    def ask(self, request: int = 1, token: str = "", **changes: Any) -> Any:
        body = {
            "token": token or self.token,
            "request_id": f"{request:032x}",
            "hostname": "PC-01",
            "agent_version": "0.1.0",
        }
        return self.client.post("/agent/v1/enrol", json=body | changes)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def code(answer: Any) -> str:
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "field", "remedy"}
    assert error["remedy"]
    return str(error["code"])


def test_a_token_buys_an_identity_with_its_key_and_policy(desk: Desk) -> None:
    answer = desk.ask()

    assert answer.status_code == 201
    identity = codec.read(EnrolAnswer, answer.json())
    assert identity.key == seal.derive_key(MASTER, identity.agent_id, 1).hex()
    assert identity.site_name == "Trụ sở UBND xã"
    assert identity.policy.heartbeat_s == 300
    with desk.store.reading() as session:
        agent = session.exec(select(Agent)).one()
        assert (agent.id, agent.site_id, agent.hostname) == (identity.agent_id, 1, "PC-01")
        assert session.exec(select(Audit).where(Audit.action == "agent.enrol")).one().subject_id == agent.id


def test_a_repeated_request_gets_the_same_identity_and_spends_nothing(desk: Desk) -> None:
    assert desk.ask(1).json()["agent_id"] == desk.ask(1).json()["agent_id"]
    with desk.store.reading() as session:
        assert session.exec(select(SiteToken)).one().uses_left == 1


def test_who_learns_a_request_id_does_not_get_that_agents_key(desk: Desk) -> None:
    victim = desk.ask(1).json()
    with desk.store.session() as session:
        session.add(Site(id=2, unit_id="x1.2", name="Trạm y tế", created_at=NOW))
        session.flush()
        elsewhere = create_token(session, 2, 5, NOW + timedelta(days=1), "test", NOW)

    assert code(desk.ask(1, token="GW-0000-0000-0000-0000")) == "token_unknown"
    other = desk.ask(1, token=elsewhere).json()
    assert other["agent_id"] != victim["agent_id"]
    assert other["site_name"] == "Trạm y tế"
    assert desk.ask(1, token=elsewhere).json()["agent_id"] == other["agent_id"], "asked again: the same identity"


def test_a_lost_answer_comes_again_after_the_token_has_run_out(desk: Desk) -> None:
    first = [desk.ask(number).json()["agent_id"] for number in (1, 2)]
    desk.now = NOW + timedelta(days=2)

    assert [desk.ask(number).json()["agent_id"] for number in (1, 2)] == first


def test_the_same_request_many_times_at_once_makes_one_agent(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.ask(1), range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["agent_id"] for answer in answers}) == 1
    with desk.store.reading() as session:
        assert session.exec(select(SiteToken)).one().uses_left == 1


def test_the_last_use_is_not_spent_twice(desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(desk.ask, range(1, 9)))

    assert sorted(answer.status_code for answer in answers) == [201, 201] + [403] * 6


def test_uses_run_out(desk: Desk) -> None:
    assert [desk.ask(number).status_code for number in (1, 2, 3)] == [201, 201, 403]
    assert code(desk.ask(3)) == "token_used_up"


def test_expired_revoked_and_unknown_tokens_are_refused(desk: Desk) -> None:
    assert code(desk.ask(9, token="GW-0000-0000-0000-0000")) == "token_unknown"
    desk.now = NOW + timedelta(days=2)
    assert code(desk.ask(9)) == "token_expired"
    desk.now = NOW
    with desk.store.session() as session:
        revoke_token(session, 1, "test", NOW)
    assert code(desk.ask(9)) == "token_revoked"
    with desk.store.reading() as session:
        assert session.exec(select(Agent)).all() == []


def test_a_site_excluded_by_law_takes_no_agent_and_the_use_is_given_back(desk: Desk) -> None:
    with desk.store.session() as session:
        site = session.get_one(Site, 1)
        site.excluded_reason = "bí mật nhà nước"
        session.add(site)

    assert code(desk.ask()) == "token_excluded"
    with desk.store.reading() as session:
        assert session.exec(select(SiteToken)).one().uses_left == 2


def test_guessing_is_slowed_down(desk: Desk) -> None:
    for number in range(ATTEMPTS):
        assert desk.ask(100 + number, token=f"GW-0000-0000-0000-{number:04d}").status_code == 403
    answer = desk.ask(1)
    assert (answer.status_code, code(answer)) == (429, "token_too_many")
    assert int(answer.headers["retry-after"]) > 0
    desk.now = NOW + timedelta(minutes=11)
    assert desk.ask(1).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"token": 5}, "token"),
        ({"request_id": "short"}, "request_id"),
        ({"request_id": None}, "request_id"),
        ({"hostname": ["x"]}, "hostname"),
    ],
)
def test_wrong_fields_are_named(desk: Desk, body: dict[str, Any], field: str) -> None:
    answer = desk.ask(1, **body)

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


def test_a_huge_body_is_not_read(desk: Desk) -> None:
    assert desk.ask(1, hostname="x" * 20_000).status_code == 422
