"""Keeping the sample's offices alive: their agents go on reporting, by the real path, for as long as the demo runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.domain.contact import Interval
from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME, Calendar, OpeningHours
from inventory.sample.evidence import SiteEvidence, section_hash
from inventory.sample.history import arrival
from inventory.sample.journal import journal_data
from inventory.sample.load import REFRESHED, SampleMark, read_mark
from inventory.sample.presence import HEARTBEAT, Run, Stretch, boot_id
from inventory.sample.scans import Scan
from inventory.sample.story import Pc, all_pcs, all_sites, hours_of, tell
from inventory.store.arrival import Arrival, SectionIn
from inventory.store.engine import Store
from inventory.store.ingest import ingest_batch, usual_gap
from inventory.store.policy import effective_policy
from inventory.store.tables import Agent, Meta

AWAY = timedelta(minutes=15)
"""After a longer pause between two refreshes the demo was off: nothing is made up for that time."""


@dataclass(frozen=True, slots=True)
class _Window:
    """What is to be told now: reports made in (since, now]; after a pause, one report of every running PC at `now`."""

    since: datetime
    now: datetime
    resumed: bool


def refresh_sample(store: Store, now: datetime, *, calendar: Calendar = DEFAULT_CALENDAR) -> int:
    """Reports of the sample's agents since the last call, up to now; returns how many were stored.

    Offices that are meant to be cut off stay so. Only agents that are samples and still active report; without a
    sample in the store nothing happens. Call it while the collector is up, at most 15 minutes apart.
    """
    now = now.replace(microsecond=0)
    with store.session() as session:
        mark, row = read_mark(session), session.get(Meta, REFRESHED)
        if mark is None or row is None:
            return 0
        last = datetime.fromisoformat(row.value)
        if now <= last:
            return 0
        window = _Window(last, now, resumed=now - last > AWAY)
        arrivals = _due(session, mark, window, calendar)
        row.value = now.isoformat()
        session.add(row)
        session.flush()
        outcomes = ingest_batch(session.connection(), arrivals, usual_gap, lock=not store.is_sqlite)
    return sum(outcome.status == "stored" for outcome in outcomes)


def _due(session: Session, mark: SampleMark, window: _Window, calendar: Calendar) -> list[Arrival]:
    rows = session.exec(select(Agent).where(col(Agent.sample), Agent.status == "active"))
    agents = {row.id: row for row in rows}
    story = tell(mark.loaded_at, calendar)
    policy, _ = effective_policy(session)
    today = window.now.astimezone(VN_TIME).date()
    first = window.since.astimezone(VN_TIME).date() - timedelta(days=7)  # a server's boot lasts a week
    if window.resumed:
        first = today - timedelta(days=7)
    found: list[Arrival] = []
    for key, pcs in all_pcs(mark.seed, story).items():
        plan = all_sites()[key][1]
        outages = story.outages(plan, key, calendar, today)
        hours = hours_of(plan, OpeningHours.parse(policy.hours_default))
        evidence = SiteEvidence(mark.seed, plan, pcs)
        for pc in pcs:
            agent = agents.get(pc.agent_id)
            if agent is not None:
                history = pc.history(story, hours, calendar, outages, first, window.now)
                heard = [stretch for _, stretches in history for stretch in stretches]
                done = evidence.scans(pc, heard, calendar)
                faults = story.line_faults(plan, key, calendar, today)
                found += _reports(pc, agent, evidence, history, done, faults, window)
    return sorted(found, key=lambda item: (item.received_at, item.agent_id, item.seq))


def _reports(
    pc: Pc,
    agent: Agent,
    evidence: SiteEvidence,
    history: list[tuple[Run, list[Stretch]]],
    scans: list[Scan],
    faults: list[Interval],
    window: _Window,
) -> list[Arrival]:
    found: list[Arrival] = []
    seq, boot, before = agent.last_seq, agent.last_boot_id, None
    for run, heard in history:
        for stretch in heard:
            for made_at, received_at, goodbye in _moments(stretch, run, window):
                seq += 1
                kind, sections = "goodbye" if goodbye else "heartbeat", dict[str, SectionIn]()
                done = [scan for scan in scans if scan.ended <= made_at]
                if boot_id(pc.agent_id, run) != boot and received_at == made_at:
                    boot = boot_id(pc.agent_id, run)
                    kind, sections = "inventory", evidence.sections(pc, run, before, done)
                elif made_at > window.now - timedelta(minutes=5):
                    sections = evidence.network_hashes(pc, run)
                if done and made_at - done[-1].ended < HEARTBEAT and received_at == made_at:
                    sections |= evidence.scanned(pc, done)
                if made_at == stretch.to_at and received_at > made_at:
                    data = journal_data(pc, run, [stretch], faults)
                    sections = sections | {"journal": SectionIn("ok", section_hash(data), data, "", 2)}
                found.append(arrival(pc, run, made_at, received_at, seq, kind, sections))
        before = run
    return found


def _moments(stretch: Stretch, run: Run, window: _Window) -> list[tuple[datetime, datetime, bool]]:
    """(made, received, goodbye) of a stretch's reports that arrive in the window."""
    if window.resumed:
        on_now = stretch.from_at <= window.now < run.to_at and not stretch.late
        is_last = on_now and stretch.to_at > window.now - timedelta(minutes=6)
        return [(window.now, window.now, False)] if is_last else []
    if stretch.heard_at is not None:
        if not window.since < stretch.heard_at <= window.now:
            return []
        return [(at, stretch.heard_at, stretch.goodbye and at == stretch.to_at) for at in stretch.moments()]
    return [
        (at, at, stretch.goodbye and at == stretch.to_at) for at in stretch.moments() if window.since < at <= window.now
    ]
