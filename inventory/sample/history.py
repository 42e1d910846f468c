"""Writing five weeks of history: agents, their first and newest inventory by the real path, contacts and boots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from inventory.sample.evidence import SiteEvidence
from inventory.sample.presence import Run, Stretch, boot_id
from inventory.sample.scans import KEPT, Scan
from inventory.sample.story import CLOCK_OFFSET_S, Pc
from inventory.store.arrival import Arrival, SectionIn
from inventory.store.ingest import ingest_batch, usual_gap
from inventory.store.tables import Agent, AgentBoot, Contact, LanScan

AGENT_VERSION = "0.1.0"
FRAME = b"sample"  # stands for the sealed bytes that nobody ever sent
BOOT = timedelta(seconds=50)  # from power-on to the agent's first report
OLD_AGENT_VERSION = "0.0.9"

_agent = Agent.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]
_contact = Contact.__table__  # type: ignore[attr-defined]
_scan = LanScan.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class Boot:
    """One boot of an agent with the sequence numbers of its stretches."""

    run: Run
    before: Run | None
    heard: list[tuple[Stretch, int, int]]  # stretch, first and last sequence number

    def live(self) -> list[tuple[Stretch, int, int]]:
        return [item for item in self.heard if not item[0].late]


@dataclass(slots=True)
class Life:
    """Everything the collector has of one agent."""

    pc: Pc
    site_id: int
    evidence: SiteEvidence
    boots: list[Boot]
    scans: list[Scan]  # oldest first

    def live_boots(self) -> list[Boot]:
        return [boot for boot in self.boots if boot.live()]


def number_reports(history: Iterable[tuple[Run, list[Stretch]]]) -> list[Boot]:
    """Gives every report of an agent its sequence number, from 1 on, over all boots."""
    boots: list[Boot] = []
    seq, before = 0, None
    for run, found in history:
        heard: list[tuple[Stretch, int, int]] = []
        for stretch in found:
            heard.append((stretch, seq + 1, seq + stretch.reports))
            seq += stretch.reports
        if heard:
            boots.append(Boot(run, before, heard))
        before = run
    return boots


def write_agents(connection: Connection, lives: list[Life], default_enrolled: datetime) -> None:
    """An agent row each, enrolled shortly before its first report; one that never reported has only this."""
    connection.execute(
        insert(_agent),
        [
            Agent(
                id=life.pc.agent_id,
                site_id=life.site_id,
                hostname=life.pc.hostname,
                sample=True,
                enrolled_at=life.boots[0].heard[0][0].from_at - timedelta(minutes=10)
                if life.boots
                else default_enrolled,
            ).model_dump()
            for life in lives
        ],
    )


def send_inventories(connection: Connection, lives: list[Life], *, lock: bool) -> int:
    """The first and the newest inventory of every agent, as if they came now and then; returns how many."""
    arrivals = [
        _inventory(life, boot)
        for life in lives
        for boot in {id(boot): boot for boot in (*life.live_boots()[:1], *life.live_boots()[-1:])}.values()
    ]
    arrivals += [arrival for life in lives if (arrival := _newest_scan(life)) is not None]
    arrivals.sort(key=lambda arrival: arrival.received_at)
    for day in sorted({arrival.received_at.date() for arrival in arrivals}):
        batch = [arrival for arrival in arrivals if arrival.received_at.date() == day]
        outcomes = ingest_batch(connection, batch, usual_gap, lock=lock)
        refused = [outcome.reason for outcome in outcomes if outcome.status != "stored"]
        if refused:
            raise RuntimeError(f"the store refused sample reports: {refused[0]}")
    return len(arrivals)


def write_history(connection: Connection, lives: list[Life]) -> tuple[int, int]:
    """Replaces the marks of the two inventories by the whole history; returns (boots, contact intervals)."""
    ids = [life.pc.agent_id for life in lives if life.boots]
    connection.execute(delete(_contact).where(_contact.c.agent_id.in_(ids)))
    connection.execute(delete(_boot).where(_boot.c.agent_id.in_(ids)))
    boots = [_boot_row(life, boot) for life in lives for boot in life.boots]
    contacts = [_contact_row(life, boot, item) for life in lives for boot in life.boots for item in boot.heard]
    connection.execute(insert(_boot), boots)
    connection.execute(insert(_contact), contacts)
    for life in lives:
        if life.live_boots():
            connection.execute(update(_agent).where(_agent.c.id == life.pc.agent_id).values(_newest(life)))
    return len(boots), len(contacts)


def write_scans(connection: Connection, lives: list[Life]) -> int:
    """The records of the scans of these weeks but for the newest, which sections carry. Returns how many."""
    rows = [
        LanScan(
            site_id=life.site_id,
            agent_id=life.pc.agent_id,
            started_at=scan.started,
            kind=scan.kind,
            method="sendarp",
            network=life.evidence.network(life.pc),
            addresses=scan.addresses,
            frames=scan.frames,
            duration_s=scan.duration_s,
            hosts=scan.hosts,
            stopped=scan.stopped,
            sample=True,
        ).model_dump(exclude={"id"})
        for life in lives
        for scan in life.scans[:-KEPT]
    ]
    connection.execute(insert(_scan), rows)
    return len(rows)


def arrival(
    pc: Pc,
    run: Run,
    made_at: datetime,
    received_at: datetime,
    seq: int,
    kind: str,
    sections: dict[str, SectionIn],
) -> Arrival:
    """A report of one PC; late when it was received well after it was made."""
    zero = run.from_at - BOOT
    late = received_at > made_at
    wrong = CLOCK_OFFSET_S if pc.scenario == "clock" and pc.number == 1 else (pc.number * 7 % 11) - 5.0
    return Arrival(
        agent_id=pc.agent_id,
        boot_id=boot_id(pc.agent_id, run),
        seq=seq,
        key_generation=1,
        received_at=received_at,
        agent_time=made_at + timedelta(seconds=wrong),
        monotonic_s=(made_at - zero).total_seconds(),
        kind=kind,
        agent_version=OLD_AGENT_VERSION if pc.model == "white_g41" else AGENT_VERSION,
        policy_version=0,
        lost_reports=0,
        pending_reports=0,
        sections=sections,
        frame=FRAME,
        clock=(boot_id(pc.agent_id, run), (received_at - zero).total_seconds()) if late else None,
    )


def _inventory(life: Life, boot: Boot) -> Arrival:
    stretch, seq, _ = boot.live()[0]
    done = [scan for scan in life.scans if scan.ended <= stretch.from_at]
    sections = life.evidence.sections(life.pc, boot.run, boot.before, done)
    return arrival(life.pc, boot.run, stretch.from_at, stretch.from_at, seq, "inventory", sections)


def _newest_scan(life: Life) -> Arrival | None:
    """The heartbeat that told of the newest scan, when that was after the newest inventory."""
    if not life.scans:
        return None
    boot, ended = life.live_boots()[-1], life.scans[-1].ended
    for stretch, first, _ in boot.live():
        for at, moment in enumerate(stretch.moments()):
            if moment >= ended and (at or stretch is not boot.live()[0][0]):
                sections = life.evidence.scanned(life.pc, life.scans)
                return arrival(life.pc, boot.run, moment, moment, first + at, "heartbeat", sections)
    return None


def _boot_row(life: Life, boot: Boot) -> dict[str, Any]:
    live = boot.live()
    received = [
        stretch.heard_at or moment for stretch, _, _ in boot.heard for moment in (stretch.from_at, stretch.to_at)
    ]
    last = live[-1][0] if live else None
    before = boot.before
    return {
        "agent_id": life.pc.agent_id,
        "boot_id": boot_id(life.pc.agent_id, boot.run),
        "site_id": life.site_id,
        "seen": [[boot.heard[0][1], boot.heard[-1][2]]],
        "reports": sum(stretch.reports for stretch, _, _ in boot.heard),
        "first_received_at": min(received),
        "last_received_at": last.to_at if last else max(received),
        "zero_at": boot.run.from_at - BOOT if live else None,
        "live_from_at": last.from_at if last else None,
        "previous_shutdown": "" if before is None else "clean" if before.clean else "unclean",
        "goodbye_at": last.to_at if last and last.goodbye else None,
    }


def _contact_row(life: Life, boot: Boot, item: tuple[Stretch, int, int]) -> dict[str, Any]:
    stretch, first, last = item
    return {
        "agent_id": life.pc.agent_id,
        "boot_id": boot_id(life.pc.agent_id, boot.run),
        "from_at": stretch.from_at,
        "kind": "late" if stretch.late else "live",
        "site_id": life.site_id,
        "to_at": stretch.to_at,
        "from_seq": first,
        "to_seq": last,
        "reports": stretch.reports,
        "goodbye": stretch.goodbye,
    }


def _newest(life: Life) -> dict[str, Any]:
    boot = life.live_boots()[-1]
    stretch, _, _ = boot.live()[-1]
    return {
        "last_boot_id": boot_id(life.pc.agent_id, boot.run),
        "last_seq": life.boots[-1].heard[-1][2],
        "last_contact_at": stretch.to_at,
        "goodbye_at": stretch.to_at if stretch.goodbye else None,
    }
