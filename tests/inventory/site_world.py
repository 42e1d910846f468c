"""Three sites, agents that are heard or not, and a clock of our own: from stored evidence to timelines and findings."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from inventory.domain.hours import VN_TIME
from inventory.store.engine import Store
from inventory.store.evaluate_sites import SiteEvaluator
from inventory.store.tables import (
    Agent,
    AgentBoot,
    CollectorBeat,
    Contact,
    Finding,
    JournalRow,
    Machine,
    Site,
    SiteState,
)
from tests.inventory.district import seed

MONDAY = datetime(2026, 11, 16, tzinfo=VN_TIME)


def at(text: str) -> datetime:
    """'10:30' on Monday 16 November 2026, or '18 10:30' for another day of that month. Local time."""
    day, _, clock = text.rpartition(" ")
    parts = [int(part) for part in clock.split(":")]
    return MONDAY.replace(day=int(day or 16), hour=parts[0], minute=parts[1], second=(parts[2:] or [0])[0]).astimezone(
        UTC
    )


class World:
    """Three sites, a collector that always listens, and agents that are told when they are heard."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.evaluator = SiteEvaluator()
        self.now = at("06:00")
        with store.session() as session:
            seed(session)
            session.add(CollectorBeat(instance="one", from_at=at("01 00:00"), to_at=at("30 00:00")))

    def enrol(self, letter: str, site_id: int = 1, when: str = "09 08:00", **fields: Any) -> str:
        agent_id = letter * 32
        with self.store.session() as session:
            session.add(Agent(id=agent_id, site_id=site_id, enrolled_at=at(when), **fields))
        return agent_id

    def machine(self, agent_id: str, site_id: int = 1) -> int:
        with self.store.session() as session:
            machine = Machine(site_id=site_id, created_at=at("09 08:00"))
            session.add(machine)
            session.flush()
            session.get_one(Agent, agent_id).machine_id = machine.id
            return machine.id or 0

    def heard(
        self, agent_id: str, start: str, end: str, boot: str = "1", *, goodbye: bool = False, shutdown: str = ""
    ) -> None:
        """A live contact; grows the boot's row when it begins at the same moment."""
        with self.store.session() as session:
            agent = session.get_one(Agent, agent_id)
            boot_id = boot * 32
            if session.get(AgentBoot, (agent_id, boot_id)) is None:
                session.add(
                    AgentBoot(
                        agent_id=agent_id,
                        boot_id=boot_id,
                        site_id=agent.site_id,
                        first_received_at=at(start),
                        last_received_at=at(start),
                        previous_shutdown=shutdown,
                    )
                )
                session.flush()
            row = session.get(Contact, (agent_id, boot_id, at(start), "live"))
            if row is None:
                row = Contact(
                    agent_id=agent_id,
                    boot_id=boot_id,
                    from_at=at(start),
                    kind="live",
                    site_id=agent.site_id,
                    to_at=at(end),
                    from_seq=1,
                    to_seq=1,
                )
                session.add(row)
            row.to_at, row.goodbye = at(end), goodbye
            session.get_one(AgentBoot, (agent_id, boot_id)).last_received_at = at(end)
            agent.last_contact_at, agent.last_boot_id = at(end), boot_id
            agent.goodbye_at = at(end) if goodbye else None

    def enrol_pair(self, site_id: int = 1, letters: str = "ab", **fields: Any) -> list[str]:
        """Two PCs: when both vanish in the same moment, it is hardly chance."""
        return [self.enrol(letter, site_id, **fields) for letter in letters]

    def all_heard(self, agent_ids: list[str], start: str, end: str, boot: str = "1", *, shutdown: str = "") -> None:
        for agent_id in agent_ids:
            self.heard(agent_id, start, end, boot, shutdown=shutdown)

    def late(self, agent_id: str, start: str, end: str, boot: str = "1") -> None:
        with self.store.session() as session:
            session.add(
                Contact(
                    agent_id=agent_id,
                    boot_id=boot * 32,
                    from_at=at(start),
                    kind="late",
                    site_id=session.get_one(Agent, agent_id).site_id,
                    to_at=at(end),
                    from_seq=1,
                    to_seq=1,
                )
            )

    def run(self, when: str) -> int:
        self.now = at(when)
        return self.evaluator.run(self.store, lambda: self.now)

    def site(self, site_id: int = 1) -> Site:
        with self.store.session() as session:
            return session.get_one(Site, site_id)

    def states(self, site_id: int = 1) -> list[tuple[str, str]]:
        """[(begin, state)] with begin as 'dd HH:MM' local; checks that rows cover time without overlap."""
        with self.store.session() as session:
            rows = session.exec(
                select(SiteState).where(SiteState.site_id == site_id).order_by(col(SiteState.from_at))
            ).all()
        for one, other in itertools.pairwise(rows):
            assert one.from_at < one.to_at == other.from_at
        return [(f"{row.from_at.astimezone(VN_TIME):%d %H:%M}", row.state) for row in rows]

    def finding(self, kind: str, subject: int = 1) -> Finding | None:
        with self.store.session() as session:
            query = select(Finding).where(Finding.kind == kind, Finding.subject_id == str(subject))
            return session.exec(query).first()

    def rows(self, table: Any) -> list[Any]:
        with self.store.session() as session:
            return list(session.exec(select(table).order_by(*table.__table__.primary_key)))

    def is_open(self, kind: str, subject: int = 1) -> bool:
        found = self.finding(kind, subject)
        return found is not None and found.is_open

    def journal(self, agent_id: str, start: str, end: str, received: str, boot: str = "1", **seen: Any) -> None:
        """An entry that came with a report received at that time."""
        with self.store.session() as session:
            row = JournalRow(
                agent_id=agent_id,
                boot_id=boot * 32,
                from_monotonic_s=(at(start) - MONDAY).total_seconds(),
                to_monotonic_s=(at(end) - MONDAY).total_seconds(),
                agent_from_s=at(start).timestamp(),
                agent_to_s=at(end).timestamp(),
                site_id=session.get_one(Agent, agent_id).site_id,
                from_at=at(start),
                to_at=at(end),
                placed="boot",
                before_at=at(received),
                received_at=at(received),
            )
            for name, value in ({"gateway": True, "internet": False, "collector": False} | seen).items():
                setattr(row, name, value)
            session.add(row)
