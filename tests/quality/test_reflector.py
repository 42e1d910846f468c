"""The reflector: who is answered, and what a real train over a line with known faults measures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.quality import stamp_codec as codec
from agent.quality.stamp_sender import StampPlan, run
from agent.wire.seal import derive_key
from collector.line_roster import Roster
from collector.reflector import server
from collector.reflector.server import Reflector
from collector.reflector.sessions import BURST, PER_AGENT, Sessions
from inventory.store.engine import Store
from inventory.store.tables import Agent, Site, Unit
from tests.quality.lossy import LossyLine

MASTER, AGENT, STRANGER, REVOKED = b"m" * 32, "a1" * 16, "b2" * 16, "c3" * 16
NOW_NS = 1_795_400_000_000_000_000
HERE = ("127.0.0.1", 5000)


@pytest.fixture
def roster(sqlite_store: Store) -> Roster:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with sqlite_store.session() as session:
        session.add(Unit(id="t52.2.1", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="vinh son", code="1"))
        session.flush()
        site = Site(unit_id="t52.2.1", name="Trụ sở", name_key="tru so", created_at=now)
        session.add(site)
        session.flush()
        for agent_id, status in ((AGENT, "active"), (REVOKED, "revoked")):
            session.add(Agent(id=agent_id, site_id=site.id, status=status, enrolled_at=now))
    return Roster(sqlite_store, MASTER)


@pytest.fixture
def reflector(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reflector]:
    monkeypatch.setattr(server, "LOOK_S", 0.02)
    made = Reflector(("127.0.0.1", 0), roster)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.stop()
    thread.join()


def knock(
    agent_id: str = AGENT, ssid: int = 7, time_ns: int = NOW_NS, master: bytes = MASTER, generation: int = 1
) -> bytes:
    key = derive_key(master, agent_id, generation)
    return codec.sealed_packet(codec.Sent(0, time_ns, ssid), agent_id, generation, key)


def plan(port: int, **changes: object) -> StampPlan:
    values = {
        "packets": 12,
        "interval_s": 0.01,
        "agent_id": AGENT,
        "key": derive_key(MASTER, AGENT, 1),
        "linger_s": 0.2,
    }
    return StampPlan("127.0.0.1", port, **(values | changes))  # type: ignore[arg-type]


def test_a_train_over_a_good_line(reflector: Reflector) -> None:
    result = run(plan(reflector.port, size=200))

    figures = result.figures
    assert figures is not None and (result.outcome, result.error) == ("ok", "")
    assert (figures.packets_sent, figures.packets_received, figures.lost_forward, figures.lost_backward) == (
        12,
        12,
        0,
        0,
    )
    assert figures.rtt_min_ms is not None and figures.rtt_p95_ms is not None
    assert 0 <= figures.rtt_min_ms <= figures.rtt_p95_ms < 1000
    assert figures.ttl_forward == 64
    assert result.bytes_used == 2 * (154 + 28) + 24 * (200 + 28)


def test_loss_duplicates_and_order_per_direction_come_out_exactly(reflector: Reflector) -> None:
    with LossyLine(
        reflector.port, drop_forward={1, 2, 7}, drop_backward={0, 4}, double_backward={6}, swap_backward={2}
    ) as line:
        result = run(plan(line.port))

    figures = result.figures
    assert figures is not None
    assert (figures.packets_sent, figures.packets_received) == (12, 7)
    assert (figures.lost_forward, figures.lost_backward) == (3, 2)
    assert (figures.duplicates, figures.reordered) == (1, 1)


def test_the_end_of_the_train_is_resolved_by_further_packets(reflector: Reflector) -> None:
    with LossyLine(reflector.port, drop_forward={10, 11}) as line:
        figures = run(plan(line.port)).figures

    assert figures is not None
    assert (figures.packets_sent, figures.lost_forward, figures.lost_backward) == (13, 2, 0)


def test_strangers_get_no_answer_at_all(reflector: Reflector) -> None:
    result = run(plan(reflector.port, key=b"another key of thirty-two bytes.", knocks_s=(0.1,) * 4))

    assert (result.outcome, result.error, result.figures) == ("failed", "no_answer", None)
    assert reflector.counts["denied"] == 4 and reflector.bytes_out == 0


def test_an_unknown_name(reflector: Reflector) -> None:
    assert run(StampPlan("khong-co.invalid", 1)).error == "dns"


@pytest.mark.parametrize(
    "packet",
    [
        codec.sent_packet(codec.Sent(0, NOW_NS, 7)),  # nobody knocked
        knock(STRANGER),  # a key of this master, but no such agent
        knock(REVOKED),
        knock(generation=2),  # not the agent's present key
        knock(master=b"x" * 32),
        knock()[:-1],
        b"",
        bytes(43),
        bytes(codec.MAX_SIZE + 1),
    ],
    ids=["plain", "stranger", "revoked", "generation", "master", "short", "empty", "small", "large"],
)
def test_what_is_dropped_without_a_word(reflector: Reflector, packet: bytes) -> None:
    assert reflector.answer(packet, HERE, 64, NOW_NS) is None


def test_a_knock_opens_the_door_for_one_source_and_session(reflector: Reflector) -> None:
    plain = codec.sent_packet(codec.Sent(0, NOW_NS, 7))
    opened = reflector.answer(knock(), HERE, 64, NOW_NS)

    assert opened is not None and len(opened) == len(knock())
    assert codec.open_sealed_reflected(opened, derive_key(MASTER, AGENT, 1)).ssid == 7
    answers = [reflector.answer(plain, HERE, 64, NOW_NS) for _ in range(3)]
    assert [codec.open_reflected(answer).seq for answer in answers if answer] == [0, 1, 2]
    assert reflector.answer(plain, ("127.0.0.1", 5001), 64, NOW_NS) is None
    assert reflector.answer(codec.sent_packet(codec.Sent(0, NOW_NS, 8)), HERE, 64, NOW_NS) is None


def test_a_session_is_limited_in_rate(reflector: Reflector) -> None:
    plain = codec.sent_packet(codec.Sent(0, NOW_NS, 7))
    reflector._monotonic = lambda: 1000.0
    reflector.answer(knock(), HERE, 64, NOW_NS)

    answered = [reflector.answer(plain, HERE, 64, NOW_NS) is not None for _ in range(int(BURST) + 50)]

    assert sum(answered) == BURST - 1
    reflector._monotonic = lambda: 1001.0
    assert reflector.answer(plain, HERE, 64, NOW_NS) is not None


def test_a_knock_that_is_played_again_from_elsewhere_opens_nothing() -> None:
    sessions = Sessions()
    assert sessions.knock(("10.0.0.1", 1, 7), AGENT, 100, 0.0)

    assert sessions.knock(("10.9.9.9", 1, 7), AGENT, 100, 10.0) is None
    assert sessions.knock(("10.9.9.9", 1, 7), AGENT, 99, 10.0) is None
    assert sessions.knock(("10.0.0.1", 2, 7), AGENT, 101, 10.0), "the agent itself, after its router was restarted"


def test_sessions_end_and_are_bounded() -> None:
    sessions = Sessions(max_sessions=50)
    for number in range(200):
        assert sessions.knock(("10.0.0.1", number, 7), f"{number:032x}", number, float(number))
    assert len(sessions) == 50
    for number in range(20):
        sessions.knock(("10.0.0.2", number, 7), AGENT, 1000 + number, 300.0 + number)
    assert sum(sessions.find(("10.0.0.2", number, 7), 400.0) is not None for number in range(20)) == PER_AGENT

    sessions.sweep(5000.0)

    assert len(sessions) == 0 and not sessions._of_agent


@given(st.binary(max_size=1600))
@settings(max_examples=100)
def test_no_packet_brings_more_out_than_in(packet: bytes) -> None:
    made = Reflector(("127.0.0.1", 0), Roster(None, MASTER))  # type: ignore[arg-type]
    made._sessions.knock((*HERE, int.from_bytes(packet[14:16], "big")), AGENT, 1, made._monotonic())

    answer = made.answer(packet, HERE, 64, NOW_NS)

    made._socket.close()
    assert answer is None or len(answer) == len(packet)


def test_a_port_that_is_taken_is_named(reflector: Reflector, roster: Roster) -> None:
    from collector.opening import CommandError

    with pytest.raises(CommandError, match=str(reflector.port)):
        Reflector(("127.0.0.1", reflector.port), roster)


def test_the_store_may_be_away(tmp_path: Path) -> None:
    from inventory.store.engine import open_store

    store = open_store(f"sqlite:///{tmp_path / 'empty.db'}")  # no tables

    assert Roster(store, MASTER).member(AGENT, 1) is None
    store.close()
