"""What a pass of the site evaluation sees before it judges anybody: who is there, under which policy, what was heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session

from inventory.domain.collector_silence import Heard
from inventory.domain.contact import Interval, subtract
from inventory.domain.hours import Calendar, OpeningHours, open_intervals
from inventory.domain.policy import DEFAULT_POLICY, Policy
from inventory.store import beats, deaf
from inventory.store.engine import Store
from inventory.store.policy import policies_of_sites
from inventory.store.site_evidence import Roll, call_roll, hours_of
from inventory.store.site_rows import Record

HISTORY = timedelta(days=35)
"""How far back late evidence may change a timeline. Raw evidence is kept longer, so this can be raised."""
SETTLED = timedelta(days=2)
"""A stretch UP that began earlier than this is where a quick look may start."""
_UP_REACH = timedelta(days=60)


@dataclass
class World:
    """Everything of one pass that sites share."""

    now: datetime
    roll: Roll
    policies: Mapping[int, Policy]
    version: int
    hours: dict[int, tuple[OpeningHours, Policy]]
    running: list[Interval]  # a collector ran
    up: list[Interval]  # the same, and it heard somebody
    noted: Sequence[Record]  # when it did not (deaf.py)
    since: datetime | None
    silent: tuple[Interval, ...]  # times in which nobody was heard through the collector's fault
    window: timedelta  # sites that are lost within it are lost together
    heard: dict[int, datetime] = field(default_factory=dict)  # last contact by site


def see(store: Store, now: datetime, calendar: Calendar) -> World:
    """Reads it all; notes in passing when the collector has begun or ceased to hear nobody."""
    with store.reading() as session:
        world = _look(session, now)
        news = _listen(session, world, calendar)
    if news:
        with store.begin() as connection:
            deaf.write(connection, news)
        with store.reading() as session:
            world = _look(session, now)
    return world


def _look(session: Session, now: datetime) -> World:
    connection = session.connection()
    policies, version = policies_of_sites(session)
    roll = call_roll(connection, now - HISTORY, now)
    since = now - HISTORY - _UP_REACH
    noted = deaf.noted(connection, since)
    silent, running = deaf.deaf_times(noted, now), beats.up_intervals(connection, since, now)
    beat_s = median([policy.heartbeat_s for policy in policies.values()] or [DEFAULT_POLICY.heartbeat_s])
    world = World(
        now=now,
        roll=roll,
        policies=policies,
        version=version,
        hours={key: (hours_of(site, policies[key]), policies[key]) for key, site in roll.sites.items()},
        running=running,
        up=subtract(running, silent),
        noted=noted,
        since=beats.first_beat(connection),
        silent=_as_mark(silent, now),
        window=timedelta(seconds=beat_s * 1.25 + 30),
    )
    for site_id, agents in roll.agents.items():
        moments = [agent.last_contact_at for agent in agents if agent.last_contact_at is not None]
        if moments:
            world.heard[site_id] = max(moments)
    return world


def _as_mark(silent: Sequence[Interval], now: datetime) -> tuple[Interval, ...]:
    """As part of a site's mark: what goes on must not change it in every pass."""
    return tuple((start, start if end >= now else end) for start, end in silent if end >= now - SETTLED)


def _listen(session: Session, world: World, calendar: Calendar) -> deaf.News:
    """Whether everybody fell silent at once."""
    everybody = [
        Heard(
            agent.id,
            str(site_id),
            agent.last_boot_id,
            agent.last_contact_at,
            float(world.policies[site_id].heartbeat_s),
            agent.goodbye_at is not None,
        )
        for site_id, agents in world.roll.agents.items()
        for agent in agents
        if agent.status == "active" and agent.last_contact_at is not None and site_id in world.policies
    ]

    def is_open(site: str, moment: datetime) -> bool:
        return bool(open_intervals(world.hours[int(site)][0], calendar, moment, moment + timedelta(seconds=1)))

    return deaf.listen(session.connection(), world.noted, everybody, world.running, is_open, world.now)
