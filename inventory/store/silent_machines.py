"""PCs from which nothing was heard for too long a working time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from inventory.domain.contact import Interval, Measure
from inventory.domain.finding import Draft, draft
from inventory.domain.hours import Calendar, OpeningHours, open_intervals
from inventory.domain.policy import Policy
from inventory.domain.silence import is_silent, listening_time
from inventory.domain.site_facts import FAULTS
from inventory.store.engine import Store
from inventory.store.findings import settle
from inventory.store.site_evidence import Roll
from inventory.store.site_rows import Record
from inventory.store.tables import Finding, Machine

KIND = "machine_silent"
REACH = timedelta(days=90)
"""Silence is measured back to here; a PC that was silent all this time is silent by any policy."""

_machine = Machine.__table__  # type: ignore[attr-defined]
_finding = Finding.__table__  # type: ignore[attr-defined]

Hours = Mapping[int, tuple[OpeningHours, Policy]]


class SilentMachines:
    """Remembers what it concluded last, so that a pass in which nothing changes writes nothing."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._last: dict[int, tuple[Any, ...]] | None = None

    def run(
        self, store: Store, now: datetime, roll: Roll, hours: Hours, collector_up: Sequence[Interval], version: int
    ) -> int:
        """Opens and closes findings; returns how many PCs are silent."""
        silent = self._silent(now, roll, hours, collector_up)
        with store.reading() as session:
            rows = _in_use(session.connection(), list(silent), roll)
        marks = {row.id: (*row, *silent[row.id], version) for row in rows}
        if self._last == marks:
            return len(rows)
        with store.session() as session:
            drafts = [
                _draft(row, silent[row.id], hours[row.site_id][1], version, roll.sites[row.site_id]) for row in rows
            ]
            judged = {*silent, *_open(session.connection())}
            settle(session, [KIND], "machine", sorted(judged), drafts, now)
        self._last = marks
        return len(rows)

    def _silent(
        self, now: datetime, roll: Roll, hours: Hours, collector_up: Sequence[Interval]
    ) -> dict[int, tuple[datetime, bool]]:
        """{machine id: (last contact, whether its whole site is cut off)}"""
        heard: dict[int, list[Record]] = defaultdict(list)
        for agents in roll.agents.values():
            for agent in agents:
                if agent.machine_id is not None and agent.status != "revoked" and agent.last_contact_at is not None:
                    heard[agent.machine_id].append(agent)
        measures: dict[OpeningHours, Measure] = {}
        found: dict[int, tuple[datetime, bool]] = {}
        for machine_id, agents in heard.items():
            newest = max(agents, key=lambda agent: agent.last_contact_at)
            own_hours, policy = hours[newest.site_id]
            if now - newest.last_contact_at < timedelta(minutes=policy.machine_silent_minutes):
                continue  # opening time cannot be longer than time
            if own_hours not in measures:
                opening = open_intervals(own_hours, self._calendar, now - REACH, now)
                measures[own_hours] = listening_time(opening, collector_up)
            if is_silent(measures[own_hours], newest.last_contact_at, policy, now):
                found[machine_id] = (newest.last_contact_at, roll.sites[newest.site_id].state in FAULTS)
        return found


def _in_use(connection: Connection, ids: list[int], roll: Roll) -> list[Record]:
    """Those that somebody is to use, at sites that are to be observed."""
    columns = (_machine.c.id, _machine.c.site_id, _machine.c.sample)
    found: list[Record] = []
    for at in range(0, len(ids), 5000):
        wanted = (_machine.c.id.in_(ids[at : at + 5000]), _machine.c.status == "in_use")
        found += connection.execute(select(*columns).where(*wanted)).all()
    return [row for row in found if row.site_id in roll.sites and not roll.sites[row.site_id].excluded_reason]


def _open(connection: Connection) -> list[int]:
    rows = connection.execute(
        select(_finding.c.subject_id).where(_finding.c.kind == KIND, _finding.c.is_open.is_(True))
    ).scalars()
    return [int(subject_id) for subject_id in rows]


def _draft(machine: Record, silence: tuple[datetime, bool], policy: Policy, version: int, site: Record) -> Draft:
    since, site_cut = silence
    return draft(
        KIND,
        machine.id,
        unit_id=site.unit_id,
        site_id=machine.site_id,
        policy=policy,
        policy_version=version,
        evidence={"since": since.isoformat(), "limit_minutes": policy.machine_silent_minutes, "site_cut": site_cut},
        sample=bool(machine.sample),
    )
