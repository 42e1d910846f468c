"""What the inventory concludes about sites, their LAN, villages and silent PCs: finds what is due, recomputes it.

A site is due when its evidence changed or when time alone may change its state. Everybody else is left alone, so that
a pass over thousands of quiet sites costs a few queries. The memory below only saves work: a process that starts
without it comes to the same conclusions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, text

from inventory.domain.hours import DEFAULT_CALENDAR, Calendar
from inventory.domain.site_facts import SiteFacts
from inventory.domain.site_state import next_change, outage, timeline
from inventory.store import site_alerts, site_findings, site_rows
from inventory.store.area_grouping import (
    Moved,
    as_stretches,
    event_of,
    moved_losses,
    regroup,
    shared_losses,
    standing_events,
)
from inventory.store.engine import Store
from inventory.store.lan import LanEvaluator
from inventory.store.silent_machines import SilentMachines
from inventory.store.site_evidence import JournalMark, in_chunks, load_facts
from inventory.store.site_habits import Habits
from inventory.store.site_pass import HISTORY, SETTLED, World, see
from inventory.store.village_findings import VillageGaps

Clock = Callable[[], datetime]

REFRESH = timedelta(seconds=300)
"""Rows of a site at which nothing changes are brought up to date this often."""
FULL_LOOK = timedelta(hours=6)
"""Every site is recomputed over the whole history this often: heals whatever a quick look could have missed."""
CHUNK = 100
VILLAGES_EVERY = timedelta(seconds=60)
BUSY_S, SHARE, PAUSE_S = 0.1, 20.0, 30.0
"""A pass that took longer than BUSY_S seconds is followed by a rest of SHARE times as long, at most PAUSE_S."""
ROUNDS = 3
"""Sites that were lost together are judged again, which may change who belongs together: at most so often."""
_LOCK = 0x67617001


@dataclass(slots=True)
class _Memo:
    """What this process remembers of a site between two passes."""

    mark: tuple[Any, ...]  # changes with the evidence
    late: Any
    journal: JournalMark | None
    heard_at: datetime | None
    grace: timedelta
    is_up: bool
    due_at: datetime
    full_at: datetime


class SiteEvaluator:
    """One per store and process."""

    def __init__(self, calendar: Calendar = DEFAULT_CALENDAR) -> None:
        self._calendar = calendar
        self._memos: dict[int, _Memo] = {}
        self._habits = Habits(calendar)
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
        world = see(store, clock(), self._calendar)
        for gone in set(self._memos) - set(world.roll.sites):
            del self._memos[gone]
        due = [site_id for site_id in world.roll.sites if self._is_due(world, site_id)]
        full = [site_id for site_id in due if self._wants_full(world, site_id)]
        moved = self._recompute(store, world, full, quick=False)
        moved += self._recompute(store, world, sorted(set(due) - set(full)), quick=True)
        self._regroup(store, world, moved)
        self._keep_fresh(store, world, set(due))
        self._machines.run(store, world.now, world.roll, world.hours, world.up, world.version)
        if self._villages_at is None or world.now - self._villages_at >= VILLAGES_EVERY:
            self._villages.run(store, world.now)
            self._villages_at = world.now
        return len(due)

    def _mark(self, world: World, site_id: int) -> tuple[Any, ...]:
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
            world.silent,
        )

    def _is_due(self, world: World, site_id: int) -> bool:
        memo = self._memos.get(site_id)
        if memo is None or memo.mark != self._mark(world, site_id) or memo.late != world.roll.late.get(site_id):
            return True
        heard_at = world.heard.get(site_id)
        if world.now >= memo.full_at or self._has_journal(world, site_id, memo):
            return True
        if heard_at == memo.heard_at:
            return world.now >= memo.due_at
        # Heard again: a site that was up and was never silent for longer than the grace is still just up.
        if not memo.is_up or heard_at is None or memo.heard_at is None or heard_at - memo.heard_at > memo.grace:
            return True
        memo.heard_at, memo.due_at = heard_at, heard_at + memo.grace
        return world.now > memo.due_at

    def _has_journal(self, world: World, site_id: int, memo: _Memo) -> bool:
        """Whether journals came that this process has not concluded from."""
        mark = world.roll.journals.get(site_id)
        return mark is not None and mark.is_news_to(memo.journal)

    def _wants_full(self, world: World, site_id: int) -> bool:
        memo = self._memos.get(site_id)
        if memo is None:
            return world.roll.sites[site_id].evaluated_at is None
        settings = memo.mark[:3] != self._mark(world, site_id)[:3]
        if settings or memo.late != world.roll.late.get(site_id) or world.now >= memo.full_at:
            return True
        mark = world.roll.journals.get(site_id)
        return mark is not None and mark.is_news_to(memo.journal) and mark.from_at < world.now - SETTLED

    def _recompute(self, store: Store, world: World, site_ids: list[int], *, quick: bool) -> list[Moved]:
        """Judges these sites anew; returns the losses that came, went or changed their end."""
        moved: list[Moved] = []
        for chunk in in_chunks(site_ids, CHUNK):
            moved += self._recompute_chunk(store, world, chunk, quick)
        return moved

    def _recompute_chunk(self, store: Store, world: World, site_ids: list[int], quick: bool) -> list[Moved]:
        moved: list[Moved] = []
        with store.session() as session:
            connection = session.connection()
            _one_at_a_time(store, connection)
            windows = self._windows(connection, world, site_ids, quick)
            events = standing_events(connection, min(windows.values()))
            shared = shared_losses(events, world.window)
            facts = load_facts(connection, world.roll, windows, world.hours, world.up, world.since, shared)
            if not quick:
                self._habits.learn(connection, world.roll.sites, world.policies, facts, world.now)
            rows = site_rows.stored_rows(connection, windows)
            changes = site_rows.Changes()
            judged: list[site_findings.Judged] = []
            for site_id in site_ids:
                site, policy = world.roll.sites[site_id], world.policies[site_id]
                stretches = timeline(facts[site_id], policy, self._calendar, world.now)
                stored = site_rows.compare(site_id, stretches, rows.get(site_id, []), changes)
                last_contact = world.heard.get(site_id, site.last_contact_at)
                site_rows.conclude(changes, site, stored[-1], last_contact, world.now)
                moved += moved_losses(site_id, as_stretches(rows.get(site_id, ())), stored)
                event = event_of(events.get(site_id, ()), outage(stored), world.window)
                judged.append(site_findings.Judged(site, policy, tuple(stored), facts[site_id], last_contact, event))
            site_rows.write(connection, changes)
            excluded = {item.site.id for item in judged if item.facts.excluded}
            timelines = {item.site.id: item.stretches for item in judged}
            corrected = site_alerts.settle_alerts(connection, timelines, excluded, world.now)
            site_findings.settle_sites(session, judged, world.version, world.now, corrected)
        for item in judged:
            self._remember(world, item, quick)
        return moved

    def _regroup(self, store: Store, world: World, moved: list[Moved]) -> None:
        """Area events of what was lost; their sites are judged again, knowing that they were not alone."""
        for _round in range(ROUNDS):
            if not moved:
                return
            with store.session() as session:
                connection = session.connection()
                _one_at_a_time(store, connection)
                again = regroup(connection, moved, world.window, world.now)
            quick = min(one.at for one in moved) > world.now - SETTLED
            known = sorted(again & set(world.roll.sites))
            moved = self._recompute(store, world, known, quick=quick) if known else []

    def _windows(self, connection: Connection, world: World, site_ids: list[int], quick: bool) -> dict[int, datetime]:
        """From where each site is recomputed: the last settled moment of contact, or the whole history."""
        oldest = world.now - HISTORY
        starts = site_rows.last_up(connection, site_ids, oldest, world.now - SETTLED) if quick else {}
        return {site_id: starts.get(site_id, oldest) for site_id in site_ids}

    def _remember(self, world: World, item: site_findings.Judged, quick: bool) -> None:
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
            journal=world.roll.journals.get(site_id),
            heard_at=world.heard.get(site_id),
            grace=grace,
            is_up=item.stretches[-1].state == "UP",
            due_at=min([due_at, *site_findings.next_moments(item, world.now)]),
            full_at=full_at,
        )

    def _keep_fresh(self, store: Store, world: World, done: set[int]) -> None:
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


def _one_at_a_time(store: Store, connection: Connection) -> None:
    if not store.is_sqlite:  # two collectors must not both add the same rows
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


_evaluators: WeakKeyDictionary[Store, SiteEvaluator] = WeakKeyDictionary()


def evaluate_due(store: Store, clock: Clock, calendar: Calendar = DEFAULT_CALENDAR) -> int:
    """One pass over what is due, by this process's evaluator of the store. Returns how many sites were recomputed."""
    evaluator = _evaluators.get(store)
    if evaluator is None:
        evaluator = _evaluators.setdefault(store, SiteEvaluator(calendar))
    return evaluator.run_due(store, clock)
