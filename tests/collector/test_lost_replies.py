"""The real agent against the real door and store: requests and replies get lost, the store fails, the agent is killed
and its clock moves by years. Every report is in the store exactly once, or counted as lost by the agent exactly once."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from sqlmodel import select

from agent import delivery
from agent.errors import TransportError
from agent.wire import codec, exchange
from inventory.domain import ledger
from inventory.store.engine import Store
from inventory.store.tables import Agent, AgentBoot, Contact, RawReport, Site, Unit
from tests.agent import fake_collector
from tests.agent.disks import Killed
from tests.agent.world import AGENT_ID, World
from tests.collector import sealed
from tests.collector.test_front import NOW, Door

HOUR, YEAR = 3600.0, 365 * 86400.0


class BadLine:
    """The agent's transport: passes an upload on to the door and loses one way or the other."""

    def __init__(self, door: Door, chance: random.Random, fates: Sequence[str]) -> None:
        self.door, self.chance, self.fates = door, chance, fates
        self.bad = True
        self.replies_lost = 0

    def send(self, batch: bytes, headers: Mapping[str, str]) -> exchange.UploadAnswer:
        fate = self.chance.choice(self.fates) if self.bad else "ok"
        if fate == "request lost":
            raise TransportError("lost", code="connect")
        self.door.fail = OSError("no space left on device") if fate == "store fails" else None
        response = self.door.post(batch, **headers)
        if fate == "killed":
            raise Killed
        if fate == "reply lost":
            self.replies_lost += 1
            error = TransportError("lost", code="timeout")
            error.unsure = True
            raise error
        if response.status_code != 200:
            raise TransportError("the store fails", code="store", status=response.status_code)
        return codec.read(exchange.UploadAnswer, response.json())


@pytest.fixture
def door(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    monkeypatch.setattr(sealed, "MASTER", fake_collector.MASTER)
    with sqlite_store.session() as session:
        session.add(Unit(id="x1.2", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="xa vinh son", code="1"))
        session.flush()
        session.add(Site(id=1, unit_id="x1.2", name="Trụ sở", created_at=NOW))
        session.flush()
        session.add(Agent(id=AGENT_ID, site_id=1, enrolled_at=NOW))
    opened = Door(sqlite_store)
    opened.committer.start()
    yield opened
    opened.committer.stop()


FATES = ["ok", "request lost", "reply lost", "store fails", "killed"]
MOSTLY_CUT = [*["request lost"] * 30, *["store fails"] * 4, "reply lost", "killed", "ok"]


@pytest.mark.parametrize(
    ("limit", "fates"), [(8 << 20, FATES), (6_000, MOSTLY_CUT)], ids=["inside the limit", "outside it"]
)
def test_every_report_is_stored_once_or_counted_lost_once(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, fates: Sequence[str]
) -> None:
    if limit < 1 << 20:  # the spool holds many uploads, as the least that a policy can set does
        monkeypatch.setattr(delivery, "BATCH_FRAMES", 2)
    chance = random.Random(limit)
    world = World(tmp_path)
    world.spool_limit = limit
    world.transport = line = BadLine(door, chance, fates)
    world.start()
    boots, kills = ["b" * 32], 0
    for turn in range(24 if limit > 1 << 20 else 30):
        world.clock.wall += chance.choice((0.0, -9 * YEAR, 11 * YEAR))
        world.data["system"] = {"name": f"turn {turn}"}
        try:
            world.run(chance.uniform(0.1, 1.2) * HOUR)
        except Killed:
            kills += 1
            if chance.random() < 0.4:
                boots.append(f"{kills:032x}")
                world.start(boots[-1])
            else:
                world.start()
    line.bad, door.fail = False, None
    world.run(2 * HOUR)

    assert line.replies_lost > 1
    assert kills > 1
    assert world.agent.spool.pending() == 0
    lost, taken = world.agent.spool.lost(), world.agent._sequence.last
    assert (lost == 0) == (limit > 1 << 20)
    with door.store.reading() as session:
        seen = {
            boot: session.get_one(AgentBoot, (AGENT_ID, boot))
            for boot in boots
            if session.get(AgentBoot, (AGENT_ID, boot))
        }
        stored = [seq for row in seen.values() for first, last in row.seen for seq in range(first, last + 1)]
        assert len(stored) == len(set(stored)), "a report is in two boots"
        assert len(stored) + lost == taken
        assert sum(row.reports for row in seen.values()) == len(stored)
        assert sum(row.reports for row in session.exec(select(Contact))) == len(stored)
        assert all(ledger.count(row.seen) == row.reports for row in seen.values())
        raw = session.exec(select(RawReport.seq)).all()
        assert len(raw) == len(set(raw)) > 10
        agent = session.get_one(Agent, AGENT_ID)
        assert agent.lost_reports == lost
    assert door.counters.reports["duplicate"] > 0, "no reply that got lost was ever repeated"
