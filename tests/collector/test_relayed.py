"""Reports that another agent carried: whose word counts, what the relay learns, when a report counts as heard."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from sqlmodel import select

from agent.wire import codec, envelope, seal
from agent.wire.envelope import LoadHead
from agent.wire.errors import SealError
from agent.wire.exchange import RELAY_HEADER, RELAYED_PATH, UploadAnswer
from inventory.store import roads
from inventory.store.engine import OperationalError
from inventory.store.policy import set_policy
from inventory.store.tables import Agent, AgentBoot, AgentRoad, Contact, RawReport, Site
from tests.collector import sealed
from tests.collector.test_front import NOW, Door, door, error_of

__all__ = ["door"]

RELAY = "e" * 32
SECRET = "chuoi-bi-mat"


def key_of(agent_id: str = sealed.AGENT, generation: int = 1) -> bytes:
    return seal.derive_key(sealed.MASTER, agent_id, generation)


def head(monotonic_s: float = 700.0, at: datetime | None = NOW, width_s: float = 0.2) -> LoadHead:
    low = at.timestamp() - width_s / 2 if at else 0.0
    return LoadHead(sealed.BOOT, monotonic_s, 0.0, low, low + width_s if at else 0.0)


def wrapped(batch: bytes, said: LoadHead | None = None, agent_id: str = sealed.AGENT, key: bytes = b"") -> bytes:
    content = envelope.pack_load(said or head(), batch)
    return envelope.seal_envelope(envelope.UPLOAD, content, agent_id, key or key_of(agent_id), 1)


def carry(door: Door, body: bytes, proof: str | None = None) -> httpx.Response:
    proof = envelope.relay_proof(body, RELAY, key_of(RELAY), 1) if proof is None else proof
    return door.post(body, path=RELAYED_PATH, **{RELAY_HEADER: proof})


def answer_of(response: httpx.Response, body: bytes, key: bytes = b"") -> tuple[int, UploadAnswer]:
    assert response.status_code == 200, response.text
    found = envelope.only_envelope(response.content, envelope.ANSWER)
    asked = envelope.only_envelope(body, envelope.UPLOAD)
    status, time_s, plain = envelope.unpack_answer(envelope.open_envelope(found, key or key_of(), bound=asked.nonce))
    assert time_s == NOW.timestamp()
    return status, codec.read(UploadAnswer, codec.loads(plain)) if status == 200 else UploadAnswer()


@pytest.fixture(autouse=True)
def _relay(door: Door) -> None:
    with door.store.session() as session:
        session.add(Site(id=2, unit_id="x1.2", name="Trạm y tế", created_at=NOW))
        session.flush()
        session.add(Agent(id=RELAY, site_id=1, enrolled_at=NOW, hostname="PC-RELAY"))
        set_policy(session, "site", "1", {"snmp.communities": [SECRET]}, "test", "", NOW)


def test_reports_are_stored_and_the_answer_is_for_the_sender_only(door: Door) -> None:
    body = wrapped(sealed.frame(1) + sealed.frame(2))
    response = carry(door, body)

    status, answer = answer_of(response, body)

    assert status == 200
    assert [(ack.seq, ack.status) for ack in answer.acks] == [(1, "stored"), (2, "stored")]
    assert answer.policy is not None and answer.policy.snmp_communities == (SECRET,)
    assert SECRET.encode() not in response.content
    with pytest.raises(SealError):
        answer_of(response, body, key_of(RELAY))
    with pytest.raises(SealError):
        answer_of(response, wrapped(sealed.frame(1)))  # the same PC, but not this upload


def test_the_road_and_the_carrier_are_remembered(door: Door) -> None:
    carry(door, wrapped(sealed.frame(1, kind="inventory")))
    carry(door, wrapped(sealed.frame(2)))

    with door.store.reading() as session:
        (row,) = roads.list_roads(session)
        raw = session.exec(select(RawReport)).one()
        assert session.exec(select(AgentRoad)).one().first_at == NOW
    assert (row.agent_id, row.road, row.reports, row.carrier_hostname) == (sealed.AGENT, "relay", 2, "PC-RELAY")
    assert row.carrier_elsewhere is False
    assert raw.road == "relay"


def test_replay_is_harmless(door: Door) -> None:
    body = wrapped(sealed.frame(1))
    carry(door, body)
    again = answer_of(carry(door, body), body)[1]

    assert [ack.status for ack in again.acks] == ["duplicate"]
    with door.store.reading() as session:
        assert session.exec(select(AgentBoot)).one().reports == 1
        assert session.exec(select(AgentRoad)).one().reports == 1


@pytest.mark.parametrize("lie", ["no proof", "wrong key", "other body", "changed envelope", "wrong kind", "garbage"])
def test_what_proves_nothing_is_refused(door: Door, lie: str) -> None:
    body = wrapped(sealed.frame(1))
    proof = envelope.relay_proof(body, RELAY, key_of(RELAY), 1)
    if lie == "no proof":
        proof = ""
    elif lie == "wrong key":
        proof = envelope.relay_proof(body, RELAY, b"x" * 32, 1)
    elif lie == "other body":
        body = wrapped(sealed.frame(2))
    elif lie == "changed envelope":
        body = body[:-40] + bytes((body[-40] ^ 1,)) + body[-39:]
        proof = envelope.relay_proof(body, RELAY, key_of(RELAY), 1)
    elif lie == "wrong kind":
        body = body[:4] + bytes((envelope.ANSWER,)) + body[5:]
        proof = envelope.relay_proof(body, RELAY, key_of(RELAY), 1)
    else:
        body = b"GWE1"
        proof = envelope.relay_proof(body, RELAY, key_of(RELAY), 1)

    response = carry(door, body, proof)

    assert response.status_code in (400, 401)
    assert error_of(response)
    with door.store.reading() as session:
        assert session.exec(select(AgentBoot)).all() == []


def test_a_report_counts_as_heard_when_it_was_wrapped_just_now(door: Door) -> None:
    carry(door, wrapped(sealed.frame(1, monotonic_s=690.0), head(700.0)))

    with door.store.reading() as session:
        contact = session.exec(select(Contact)).one()
        agent = session.get_one(Agent, sealed.AGENT)
    assert contact.kind == "live"
    assert agent.last_contact_at == NOW


@pytest.mark.parametrize(
    ("at", "width_s", "made"),
    [
        (NOW - timedelta(hours=5), 1.0, NOW - timedelta(hours=5, seconds=10)),  # a relay that sat on it for five hours
        (NOW + timedelta(days=3), 1.0, NOW - timedelta(seconds=10)),  # a clock beyond receipt counts up to receipt
    ],
)
def test_a_relay_that_waits_moves_nothing(door: Door, at: datetime, width_s: float, made: datetime) -> None:
    carry(door, wrapped(sealed.frame(1, monotonic_s=690.0), head(700.0, at, width_s)))

    with door.store.reading() as session:
        contact = session.exec(select(Contact)).one()
    assert contact.kind == ("live" if made > NOW - timedelta(minutes=1) else "late")
    assert contact.kind == "live" or abs(contact.from_at - made) < timedelta(seconds=1)


@pytest.mark.parametrize(("at", "width_s"), [(None, 0.0), (NOW, 900.0)])
def test_without_the_collector_s_clock_nothing_is_live(door: Door, at: datetime | None, width_s: float) -> None:
    made = NOW - timedelta(hours=2)
    carry(door, wrapped(sealed.frame(1, agent_time_s=made.timestamp()), head(700.0, at, width_s)))

    with door.store.reading() as session:
        contact = session.exec(select(Contact)).one()
        assert session.get_one(Agent, sealed.AGENT).last_contact_at is None
    assert (contact.kind, contact.from_at) == ("late", made)


def test_an_upload_without_reports_tells_the_time_and_no_more(door: Door) -> None:
    body = wrapped(b"")

    assert answer_of(carry(door, body), body)[0] == 400


def test_a_refused_identity_is_told_to_the_sender_alone(door: Door) -> None:
    revoked = "9" * 32
    body = wrapped(sealed.frame(1, agent_id=revoked), agent_id=revoked)
    response = carry(door, body)

    assert answer_of(response, body, key_of(revoked))[0] == 401
    assert b"revoked" not in response.content


def test_others_reports_in_one_s_own_envelope_buy_no_policy(door: Door) -> None:
    """Whoever finds a frame must not get its site's SNMP keys by sending it in."""
    revoked = "9" * 32
    body = wrapped(sealed.frame(1) + sealed.frame(1, agent_id=revoked), agent_id=revoked)

    status, answer = answer_of(carry(door, body), body, key_of(revoked))

    assert status == 200
    assert [ack.status for ack in answer.acks] == ["stored", "rejected"]
    assert answer.policy is None
    assert answer.scan_lease_s == 0


def test_while_the_store_cannot_write_the_relay_keeps_it(door: Door) -> None:
    door.fail = OperationalError("disk full", {}, Exception("full"))

    response = carry(door, wrapped(sealed.frame(1)))

    assert response.status_code == 503
    assert error_of(response)["code"] == "store"


def test_two_pcs_with_one_enrolment_file_are_seen(door: Door) -> None:
    boots = ["1" * 32, "2" * 32, "1" * 32]
    for seq, boot in enumerate(boots, 1):
        said = LoadHead(boot, 700.0, 0.0, NOW.timestamp(), NOW.timestamp())
        carry(door, wrapped(sealed.frame(seq, boot_id=boot, monotonic_s=699.0), said))

    with door.store.reading() as session:
        assert session.get_one(Agent, sealed.AGENT).status == "quarantined"
