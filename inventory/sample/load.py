"""Making the sample province: everything in one transaction, then one evaluation."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, SQLModel, col, func, select

from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME, Calendar, OpeningHours
from inventory.sample.devices import add_devices, declare_machines
from inventory.sample.evidence import SiteEvidence
from inventory.sample.history import (
    Life,
    number_reports,
    send_inventories,
    write_agents,
    write_history,
    write_scans,
)
from inventory.sample.journal import write_journals
from inventory.sample.lines import add_lines
from inventory.sample.people import add_recipients
from inventory.sample.places import add_areas, add_sites, find_districts
from inventory.sample.sequel import CONCLUDED, conclude
from inventory.sample.story import Story, all_pcs, all_sites, hours_of, tell
from inventory.sample.villages import add_villages
from inventory.store.engine import Store
from inventory.store.policy import effective_policy
from inventory.store.tables import (
    Agent,
    AreaMember,
    CollectorBeat,
    Contact,
    Finding,
    Machine,
    Meta,
    Recipient,
    Site,
    Village,
)

LOADED, REFRESHED = "sample_loaded", "sample_refreshed"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What the store has of the sample. `new`: made by this very call."""

    new: bool
    areas: int
    communes: int
    sites: int
    machines: int
    agents: int
    villages: int
    recipients: int
    findings_open: int
    contacts: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SampleMark:
    """What a later refresh must know."""

    province_id: str
    seed: int
    loaded_at: datetime


def load_sample(
    store: Store,
    now: datetime,
    *,
    province_id: str = "t52.2",
    seed: int = 1,
    calendar: Calendar = DEFAULT_CALENDAR,
) -> SampleSummary:
    """Fills an empty store with the sample province, once; a store that has it is left as it is.

    The schema must be migrated and the unit tree loaded. Raises SampleError when the tree lacks the sample's districts.
    """
    began = time.monotonic()
    now = now.replace(microsecond=0)
    with store.session() as session:
        mark = read_mark(session)
        new = mark is None
        if mark is None:
            _fill(session, now, province_id, seed, calendar, lock=not store.is_sqlite)
            mark = SampleMark(province_id, seed, now)
            said = {"province": province_id, "seed": seed, "at": now.isoformat()}
            session.add(Meta(key=LOADED, value=json.dumps(said)))
            session.add(Meta(key=REFRESHED, value=now.isoformat()))
        concluded = session.get(Meta, CONCLUDED) is not None
    if not concluded:  # also when an earlier start died in between
        conclude(store, mark.loaded_at, now, mark.province_id, calendar)
    with store.reading() as session:
        return summarize(session, new, time.monotonic() - began)


def read_mark(session: Session) -> SampleMark | None:
    """When and how the sample was loaded; None when this store has none."""
    row = session.get(Meta, LOADED)
    if row is None:
        return None
    found = json.loads(row.value)
    return SampleMark(found["province"], int(found["seed"]), datetime.fromisoformat(found["at"]))


def summarize(session: Session, new: bool, seconds: float) -> SampleSummary:
    """Counts of sample rows as they are now."""
    agents = select(Agent.id).where(col(Agent.sample))
    area_members = select(AreaMember.area_id, AreaMember.unit_id).where(
        col(AreaMember.unit_id).in_(select(Site.unit_id).where(col(Site.sample)))
    )
    members = session.exec(area_members).all()
    return SampleSummary(
        new=new,
        areas=len({area for area, _ in members}),
        communes=len({unit for _, unit in members}),
        sites=_count(session, Site),
        machines=_count(session, Machine),
        agents=_count(session, Agent),
        villages=_count(session, Village),
        recipients=_count(session, Recipient),
        findings_open=session.exec(
            select(func.count()).select_from(Finding).where(col(Finding.sample), col(Finding.is_open))
        ).one(),
        contacts=session.exec(select(func.count()).select_from(Contact).where(col(Contact.agent_id).in_(agents))).one(),
        seconds=round(seconds, 2),
    )


def _count(session: Session, model: type[SQLModel]) -> int:
    sample = model.__table__.c.sample  # type: ignore[attr-defined]
    return session.exec(select(func.count()).select_from(model).where(sample)).one()


def _fill(session: Session, now: datetime, province_id: str, seed: int, calendar: Calendar, *, lock: bool) -> None:
    story = tell(now, calendar)
    today = now.astimezone(VN_TIME).date()
    districts = find_districts(session, province_id)
    areas = add_areas(session, province_id, districts)
    add_recipients(session, province_id, districts, areas, today)
    sites = add_sites(session, districts, now, story.begin)
    communes = {name: unit.id for district in districts for name, unit in district.communes.items()}
    add_villages(session, communes, today)
    session.flush()
    _add_beats(session, story, now)
    policy, _ = effective_policy(session)
    lives = _lives(seed, story, sites, OpeningHours.parse(policy.hours_default), calendar, now, today)
    connection = session.connection()
    write_agents(connection, lives, story.begin + timedelta(days=20))
    send_inventories(connection, lives, lock=lock)
    write_history(connection, lives)
    faults = {key: story.line_faults(plan, key, calendar, today) for key, (_, plan) in all_sites().items()}
    write_journals(connection, lives, faults)
    write_scans(connection, lives)
    add_devices(connection, sites, seed, story, now)
    add_lines(session, lives, calendar, now)
    declare_machines(connection, today)


def _add_beats(session: Session, story: Story, now: datetime) -> None:
    """The collector's own life: up all the time but for the story's gaps."""
    at = story.begin
    for down_at, up_at in story.blind:
        session.add(CollectorBeat(instance="mau-thu-nghiem", from_at=at, to_at=down_at))
        at = up_at
    session.add(CollectorBeat(instance="mau-thu-nghiem", from_at=at, to_at=now))
    session.flush()


def _lives(
    seed: int,
    story: Story,
    sites: dict[str, Site],
    hours: OpeningHours,
    calendar: Calendar,
    now: datetime,
    today: date,
) -> list[Life]:
    plans = all_sites()
    lives: list[Life] = []
    for at, (key, pcs) in enumerate(all_pcs(seed, story).items()):
        plan, site_id = plans[key][1], sites[key].id
        assert site_id is not None
        evidence = SiteEvidence(seed, plan, pcs)
        outages = story.outages(plan, key, calendar, today)
        first = story.begin.astimezone(VN_TIME).date() + timedelta(days=at // 8)  # agents were rolled out over days
        for pc in pcs:
            history = pc.history(story, hours_of(plan, hours), calendar, outages, first, now)
            heard = [stretch for _, found in history for stretch in found]
            done = [scan for scan in evidence.scans(pc, heard, calendar) if scan.ended <= now]
            lives.append(Life(pc, site_id, evidence, number_reports(history), done))
    return lives
