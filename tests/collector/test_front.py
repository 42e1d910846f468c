"""The agents' door, through ASGI with a real store behind it."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from agent.wire import seal
from collector.ingest.counters import Counters
from collector.ingest.front import ReportFront
from collector.ingest.group import GroupCommitter
from collector.ingest.lease import LeaseBook
from collector.ingest.policy import PolicyBook
from inventory.store import ingest, rejects
from inventory.store.arrival import Arrival, Outcome
from inventory.store.engine import Store
from inventory.store.tables import Agent, AgentBoot, Lan, RejectedReport, Site, Unit
from tests.collector import sealed

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Post = Callable[..., httpx.Response]


async def elsewhere(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Door:
    """The front with its committer, as the app assembles it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fail: Exception | None = None
        self.counters = Counters()
        self.committer = GroupCommitter(self._ingest)
        self.leases = LeaseBook(store, lambda: NOW)
        self.front = ReportFront(
            elsewhere,
            master=sealed.MASTER,
            committer=self.committer,
            policies=PolicyBook(store),
            leases=self.leases,
            keep_rejected=self._keep,
            clock=lambda: NOW,
            counters=self.counters,
            spread_s=60,
        )

    def _ingest(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        if self.fail:
            raise self.fail
        return ingest.ingest(self.store, arrivals)

    def _keep(self, refusals: Sequence[Any], now: datetime) -> None:
        rejects.keep(self.store, [(item.agent_id, item.code, item.reason, item.frame) for item in refusals], now)

    def post(
        self, body: bytes, *, path: str = "/agent/v1/reports", method: str = "POST", **headers: str
    ) -> httpx.Response:
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.front)
            async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
                return await client.request(method, path, content=body, headers=headers)

        return asyncio.run(call())


@pytest.fixture
def door(sqlite_store: Store) -> Iterator[Door]:
    with sqlite_store.session() as session:
        session.add(Unit(id="x1.2", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="xa vinh son", code="1"))
        session.flush()
        session.add(Site(id=1, unit_id="x1.2", name="Trụ sở", created_at=NOW))
        session.flush()
        session.add(Agent(id=sealed.AGENT, site_id=1, enrolled_at=NOW))
        session.add(Agent(id="9" * 32, site_id=1, enrolled_at=NOW, status="revoked"))
    opened = Door(sqlite_store)
    opened.committer.start()
    yield opened
    opened.committer.stop()


def statuses(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 200, response.text
    return [(ack["status"], ack.get("reason", "")) for ack in response.json()["acks"]]


def error_of(response: httpx.Response) -> dict[str, Any]:
    error = response.json()["error"]
    assert set(error) == {"code", "message", "field", "remedy"}
    assert error["message"]
    assert error["remedy"]
    return dict(error)


def kept(door: Door) -> list[tuple[str, str]]:
    with door.store.reading() as session:
        return [(row.code, row.reason) for row in session.exec(select(RejectedReport))]


def test_reports_are_stored_and_acknowledged_in_order(door: Door) -> None:
    response = door.post(sealed.frame(3) + sealed.frame(1) + sealed.frame(3))

    assert statuses(response) == [("stored", ""), ("stored", ""), ("duplicate", "")]
    assert [ack["seq"] for ack in response.json()["acks"]] == [3, 1, 3]
    with door.store.reading() as session:
        assert session.exec(select(AgentBoot)).one().seen == [[1, 1], [3, 3]]
    assert door.counters.reports == {"stored": 2, "duplicate": 1}


def test_the_first_answer_carries_the_policy_and_later_ones_do_not(door: Door) -> None:
    policy = door.post(sealed.frame(1, policy_version=77)).json()["policy"]
    assert policy.get("heartbeat_s", 300) == 300

    assert "policy" not in door.post(sealed.frame(2, policy_version=policy.get("version", 0))).json()


def test_missing_sections_are_asked_for(door: Door) -> None:
    data = {"hostname": "PC-01"}
    known = sealed.section(data)
    without = sealed.wire.Section(known.status, known.hash)

    assert door.post(sealed.frame(1, sections={"system": without})).json()["missing"] == ["system"]
    assert "missing" not in door.post(sealed.frame(2, sections={"system": known})).json()


def test_other_paths_go_on_to_the_app(door: Door) -> None:
    assert door.post(b"", path="/other").status_code == 204


def test_a_wrong_seal_is_refused_and_nothing_is_kept(door: Door) -> None:
    forged = bytearray(sealed.frame(1))
    forged[-1] ^= 1

    response = door.post(bytes(forged))

    assert response.status_code == 401
    assert error_of(response)["code"] == "seal"
    assert kept(door) == [], "anybody could fill the disk with bytes that nobody signed"


def test_unknown_and_revoked_agents_are_told_to_stop(door: Door) -> None:
    assert error_of(door.post(sealed.frame(1, agent_id="8" * 32)))["code"] == "unknown_agent"
    assert error_of(door.post(sealed.frame(1, agent_id="9" * 32)))["code"] == "agent_revoked"


def test_one_bad_report_does_not_block_the_queue(door: Door) -> None:
    bad = sealed.seal_bytes(b'{"agent_id": 5}')

    response = door.post(sealed.frame(1) + bad + sealed.frame(2))

    assert statuses(response) == [("stored", ""), ("rejected", "field"), ("stored", "")]
    assert kept(door) == [("field", "agent_id: must be a text, got a number")]


@pytest.mark.parametrize(
    ("plain", "code", "reason"),
    [
        (b"not json", "field", "is not valid JSON"),
        (b"[" * 50 + b"]" * 50, "limit", "nested deeper than 12 levels"),
        (b'{"x": NaN}', "field", "NaN is not allowed"),
        (b"\xff\xfe", "field", "is not valid JSON"),
    ],
)
def test_broken_content_from_a_proven_agent_is_kept_apart_with_its_reason(
    door: Door, plain: bytes, code: str, reason: str
) -> None:
    assert statuses(door.post(sealed.seal_bytes(plain))) == [("rejected", code)]
    ((kept_code, kept_reason),) = kept(door)
    assert kept_code == code
    assert reason in kept_reason


def test_a_decompression_bomb_is_refused_in_bounded_memory(door: Door) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, seal._DICTIONARIES[1])
    payload = packer.compress(b"0" * 50_000_000) + packer.flush()
    head = seal._HEAD.pack(seal.MAGIC, 1, 1, bytes.fromhex(sealed.AGENT), len(payload))
    key = seal.derive_key(sealed.MASTER, sealed.AGENT, 1)
    import hashlib
    import hmac

    bomb = head + payload + hmac.new(key, head + payload, hashlib.sha256).digest()

    assert statuses(door.post(bomb)) == [("rejected", "limit")]


@pytest.mark.parametrize(
    ("body", "headers", "method", "status", "code"),
    [
        (b"garbage that is long enough to be a frame of some kind, but is none at all", {}, "POST", 400, "frame"),
        (b"", {}, "POST", 400, "empty"),
        (sealed.frame(1)[:-5], {}, "POST", 400, "frame"),
        (sealed.frame(1) + b"tail", {}, "POST", 400, "frame"),
        (b"x" * (seal.MAX_BATCH + 1), {}, "POST", 413, "limit"),
        (sealed.frame(1) * (seal.MAX_FRAMES + 1), {}, "POST", 413, "limit"),
        (b"", {}, "GET", 405, "method"),
        (sealed.frame(1), {"content-length": "many"}, "POST", 411, "length"),
    ],
)
def test_unreadable_uploads_get_one_error_shape(
    door: Door, body: bytes, headers: dict[str, str], method: str, status: int, code: str
) -> None:
    response = door.post(body, method=method, **headers)

    assert response.status_code == status
    assert error_of(response)["code"] == code
    assert door.counters.uploads_refused == 1


def test_nothing_is_acknowledged_when_the_store_fails(door: Door) -> None:
    door.fail = OSError("no space left on device")
    response = door.post(sealed.frame(1))

    assert response.status_code == 503
    assert error_of(response)["code"] == "store"
    door.fail = None
    assert statuses(door.post(sealed.frame(1))) == [("stored", "")]


def test_the_clock_header_places_backlog(door: Door) -> None:
    old = sealed.frame(1, monotonic_s=600.0)
    response = door.post(old, **{"x-gapwatch-clock": f"{sealed.BOOT} 4200.0"})
    assert statuses(response) == [("stored", "")]
    with door.store.reading() as session:
        agent = session.get_one(Agent, sealed.AGENT)
        assert agent.last_contact_at is None, "an hour-old report is no contact now"


@pytest.mark.parametrize("header", ["", "x", "b 1e999", f"{sealed.BOOT} nan", f"{sealed.BOOT} -5"])
def test_a_senseless_clock_header_never_breaks_an_upload(door: Door, header: str) -> None:
    assert statuses(door.post(sealed.frame(1), **{"x-gapwatch-clock": header.encode().decode("latin-1")})) == [
        ("stored", "")
    ]


def test_what_an_answer_says_is_json_the_agent_reads(door: Door) -> None:
    from agent.wire import codec, exchange

    answer = codec.read(exchange.UploadAnswer, json.loads(door.post(sealed.frame(1)).content))

    assert answer.acks == (exchange.Ack(1, "stored"),)


def test_the_elected_scanner_is_given_a_short_lease_and_nobody_else(door: Door) -> None:
    with door.store.session() as session:
        lan = Lan(site_id=1, key="g", first_seen_at=NOW, last_seen_at=NOW, scanner_agent_id=sealed.AGENT)
        lan.lease_until = NOW + timedelta(hours=2)
        session.add(lan)

    assert door.post(sealed.frame(1)).json()["scan_lease_s"] == 1800

    with door.store.session() as session:
        lan = session.exec(select(Lan)).one()
        lan.scanner_agent_id = "8" * 32
        session.add(lan)
    door.leases.forget()
    assert "scan_lease_s" not in door.post(sealed.frame(2)).json()
