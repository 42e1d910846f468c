"""What the inventory concludes about sites, their LAN, villages and silent PCs: finds what is due, recomputes it.

A site is due when its evidence changed or when time alone may change its state. Everybody else is left alone, so that
a pass over thousands of quiet sites costs a few queries. The memory below only saves work: a process that starts
without it comes to the same conclusions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, text
from sqlmodel import Session

from inventory.domain.contact import Interval
from inventory.domain.hours import DEFAULT_CALENDAR, Calendar, OpeningHours
from inventory.domain.policy import Policy
from inventory.domain.site_facts import SiteFacts
from inventory.domain.site_state import next_change, timeline
from inventory.store import beats, site_findings, site_rows
from inventory.store.engine import Store
from inventory.store.lan import LanEvaluator
from inventory.store.policy import policies_of_sites
from inventory.store.silent_machines import SilentMachines
from inventory.store.site_evidence import Roll, call_roll, hours_of, in_chunks, load_facts
from inventory.store.village_findings import VillageGaps

Clock = Callable[[], datetime]

HISTORY = timedelta(days=35)
"""How far back late evidence may change a timeline. Raw evidence is kept longer, so this can be raised."""
SETTLED = timedelta(days=2)
"""A stretch UP that began earlier than this is where a quick look may start."""
REFRESH = timedelta(seconds=300)
"""Rows of a site at which nothing changes are brought up to date this often."""
FULL_LOOK = timedelta(hours=6)
"""Every site is recomputed over the whole history this often: heals whatever a quick look could have missed."""
CHUNK = 100
VILLAGES_EVERY = timedelta(seconds=60)
BUSY_S, SHARE, PAUSE_S = 0.1, 20.0, 30.0
"""A pass that took longer than BUSY_S seconds is followed by a rest of SHARE times as long, at most PAUSE_S."""
_LOCK = 0x67617001


@dataclass(slots=True)
class _Memo:
    """What this process remembers of a site between two passes."""

    mark: tuple[Any, ...]  # changes with the evidence
    late: Any
    heard_at: datetime | None
    grace: timedelta
    is_up: bool
    due_at: datetime
    full_at: datetime


@dataclass
class _World:
    """Everything of one pass that sites share."""

    now: datetime
    roll: Roll
    policies: Mapping[int, Policy]
    version: int
    hours: dict[int, tuple[OpeningHours, Policy]]
    up: list[Interval]
    since: datetime | None
    heard: dict[int, datetime] = field(default_factory=dict)  # last contact by site


class SiteEvaluator:
    """One per store and process."""

    def __init__(self, calendar: Calendar = DEFAULT_CALENDAR) -> None:
        self._calendar = calendar
        self._memos: dict[int, _Memo] = {}
        self._machines = SilentMachines(calendar)
        self._lan = LanEvaluator()
        self._villages = VillageGaps()
        self._villages_at: datetime | None = None
        self._rest_until = 0.0

    def run_due(self, store: Store, clock: Clock) -> int:
        """`run`, but it rests after a pass that was hard work. Returns how many sites were recomputed."""
        began = time.monotonic()
        if began < self._rest_until:
            return 0
        done = self.run(store, clock)
        took = time.monotonic() - began
        self._rest_until = time.monotonic() + (min(PAUSE_S, took * SHARE) if took > BUSY_S else 0.0)
        return done

    def run(self, store: Store, clock: Clock) -> int:
        """One pass. Returns how many sites were recomputed."""
        self._lan.run_due(store, clock)
        with store.reading() as session:
            world = self._look(session, clock())
        due = [site_id for site_id in world.roll.sites if self._is_due(world, site_id)]
        full = [site_id for site_id in due if self._wants_full(world, site_id)]
        for chunk in in_chunks(full, CHUNK):
            self._recompute(store, world, chunk, quick=False)
        for chunk in in_chunks(sorted(set(due) - set(full)), CHUNK):
            self._recompute(store, world, chunk, quick=True)
        self._keep_fresh(store, world, set(due))
        self._machines.run(store, world.now, world.roll, world.hours, world.up, world.version)
        if self._villages_at is None or world.now - self._villages_at >= VILLAGES_EVERY:
            self._villages.run(store, world.now)
            self._villages_at = world.now
        return len(due)

    def _look(self, session: Session, now: datetime) -> _World:
        connection = session.connection()
        policies, version = policies_of_sites(session)
        roll = call_roll(connection, now - HISTORY)
        hours = {
            site_id: (hours_of(site, policies[site_id]), policies[site_id]) for site_id, site in roll.sites.items()
        }
        up = beats.up_intervals(connection, now - HISTORY - timedelta(days=60), now)
        world = _World(now, roll, policies, version, hours, up, beats.first_beat(connection))
        for site_id, agents in roll.agents.items():
            moments = [agent.last_contact_at for agent in agents if agent.last_contact_at is not None]
            if moments:
                world.heard[site_id] = max(moments)
        for gone in set(self._memos) - set(roll.sites):
            del self._memos[gone]
        return world

    def _mark(self, world: _World, site_id: int) -> tuple[Any, ...]:
        site = world.roll.sites[site_id]
        agents = world.roll.agents.get(site_id, ())
        return (
            world.version,
            world.hours[site_id][0].written,
            bool(site.excluded_reason),
            site.unit_id,
            site.provider,
            site.lan_state,
            tuple((agent.id, agent.status, agent.last_boot_id, agent.goodbye_at) for agent in agents),
        )

    def _is_due(self, world: _World, site_id: int) -> bool:
        memo = self._memos.get(site_id)
        if memo is None or memo.mark != self._mark(world, site_id) or memo.late != world.roll.late.get(site_id):
            return True
        heard_at = world.heard.get(site_id)
        if world.now >= memo.full_at:
            return True
        if heard_at == memo.heard_at:
            return world.now >= memo.due_at
        # Heard again: a site that was up and was never silent for longer than the grace is still just up.
        if not memo.is_up or heard_at is None or memo.heard_at is None or heard_at - memo.heard_at > memo.grace:
            return True
        memo.heard_at, memo.due_at = heard_at, heard_at + memo.grace
        return world.now > memo.due_at

    def _wants_full(self, world: _World, site_id: int) -> bool:
        memo = self._memos.get(site_id)
        if memo is None:
            return world.roll.sites[site_id].evaluated_at is None
        settings = memo.mark[:3] != self._mark(world, site_id)[:3]
        return settings or memo.late != world.roll.late.get(site_id) or world.now >= memo.full_at

    def _recompute(self, store: Store, world: _World, site_ids: list[int], *, quick: bool) -> None:
        with store.session() as session:
            connection = session.connection()
            if not store.is_sqlite:  # two collectors must not both add the same rows
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            windows = self._windows(connection, world, site_ids, quick)
            facts = load_facts(connection, world.roll, windows, world.hours, world.up, world.since)
            rows = site_rows.stored_rows(connection, windows)
            changes = site_rows.Changes()
            judged: list[site_findings.Judged] = []
            for site_id in site_ids:
                site, policy = world.roll.sites[site_id], world.policies[site_id]
                stretches = timeline(facts[site_id], policy, self._calendar, world.now)
                stored = site_rows.compare(site_id, stretches, rows.get(site_id, []), changes)
                last_contact = world.heard.get(site_id, site.last_contact_at)
                site_rows.conclude(changes, site, stored[-1], last_contact, world.now)
                judged.append(site_findings.Judged(site, policy, tuple(stored), facts[site_id], last_contact))
            site_rows.write(connection, changes)
            site_findings.settle_sites(session, judged, world.version, world.now)
        for item in judged:
            self._remember(world, item, quick)

    def _windows(self, connection: Connection, world: _World, site_ids: list[int], quick: bool) -> dict[int, datetime]:
        """From where each site is recomputed: the last settled moment of contact, or the whole history."""
        oldest = world.now - HISTORY
        starts = site_rows.last_up(connection, site_ids, oldest, world.now - SETTLED) if quick else {}
        return {site_id: starts.get(site_id, oldest) for site_id in site_ids}

    def _remember(self, world: _World, item: site_findings.Judged, quick: bool) -> None:
        site_id = item.site.id
        before = self._memos.get(site_id)
        full_at = before.full_at if before is not None and quick else world.now + FULL_LOOK
        if before is None and quick:  # just started: look at everything once, but not at everybody at once
            full_at = world.now + timedelta(seconds=60 + site_id % 540)
        facts: SiteFacts = item.facts
        grace = timedelta(seconds=item.policy.silence_grace_s)
        due_at = next_change(facts, item.policy, self._calendar, world.now)
        self._memos[site_id] = _Memo(
            mark=self._mark(world, site_id),
            late=world.roll.late.get(site_id),
            heard_at=world.heard.get(site_id),
            grace=grace,
            is_up=item.stretches[-1].state == "UP",
            due_at=min([due_at, *site_findings.next_moments(item, world.now)]),
            full_at=full_at,
        )

    def _keep_fresh(self, store: Store, world: _World, done: set[int]) -> None:
        old: list[site_rows.Record] = [
            site
            for site_id, site in world.roll.sites.items()
            if site_id not in done
            and site.state_since is not None
            and (site.evaluated_at is None or world.now - site.evaluated_at >= REFRESH)
        ]
        if old:
            with store.begin() as connection:
                site_rows.refresh(connection, old, world.heard, world.now)


_evaluators: WeakKeyDictionary[Store, SiteEvaluator] = WeakKeyDictionary()


def evaluate_due(store: Store, clock: Clock, calendar: Calendar = DEFAULT_CALENDAR) -> int:
    """One pass over what is due, by this process's evaluator of the store. Returns how many sites were recomputed."""
    evaluator = _evaluators.get(store)
    if evaluator is None:
        evaluator = _evaluators.setdefault(store, SiteEvaluator(calendar))
    return evaluator.run_due(store, clock)
