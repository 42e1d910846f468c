"""The newest data of every section, and the history of those that change seldom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from inventory.store.arrival import Arrival, Outcome, SectionIn
from inventory.store.bulk import insert_rows
from inventory.store.tables import AgentBoot, Section, SectionVersion

HISTORY = ("system", "hardware", "interfaces")
PASSING = ("journal", "quality", "traffic")
"""Sections that are no state of the machine: whoever they concern reads them at ingest."""

_section = Section.__table__  # type: ignore[attr-defined]
_version = SectionVersion.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]

_KNOWN = select(_section.c.agent_id, _section.c.name, _section.c.hash, _section.c.status, _section.c.seen_at).where(
    _section.c.agent_id.in_(bindparam("ids", expanding=True))
)
_KEY = (_section.c.agent_id == bindparam("key_agent"), _section.c.name == bindparam("key_name"))
_SEEN = (
    update(_section)
    .where(*_KEY)
    .values(
        status=bindparam("new_status"),
        error=bindparam("new_error"),
        duration_ms=bindparam("new_duration"),
        seen_at=bindparam("new_seen"),
    )
)
_CHANGED = (
    update(_section)
    .where(*_KEY)
    .values(
        status=bindparam("new_status"),
        error=bindparam("new_error"),
        duration_ms=bindparam("new_duration"),
        seen_at=bindparam("new_seen"),
        hash=bindparam("new_hash"),
        data=bindparam("new_data"),
        changed_at=bindparam("new_seen"),
        site_id=bindparam("new_site"),
    )
)


def apply(
    connection: Connection,
    fresh: Sequence[Arrival],
    made: Sequence[datetime],
    agents: dict[str, dict[str, Any]],
    outcomes: Sequence[Outcome],
) -> set[str]:
    """Writes the sections of a batch; fills `missing` of the outcomes; returns the agents with changed evidence.

    A late report never overwrites what a later one said. Of a quarantined agent nothing is overwritten: two PCs
    speak under its name; their sealed reports are kept for the person who decides.
    """
    speaking = [index for index, arrival in enumerate(fresh) if arrival.sections]
    if not speaking:
        return set()
    ids = sorted({fresh[index].agent_id for index in speaking})
    known = {
        (row.agent_id, row.name): _Known(row.hash, row.status, row.seen_at)
        for row in connection.execute(_KNOWN, {"ids": ids})
    }
    writes = _Writes()
    changed: set[str] = set()
    for index in sorted(speaking, key=lambda at: made[at]):
        arrival, moment = fresh[index], made[index]
        agent = agents[arrival.agent_id]
        if agent["status"] == "quarantined":
            continue
        for name, section in arrival.sections.items():
            news = _apply_one(arrival.agent_id, agent["site_id"], name, section, moment, known, writes)
            if news and name not in PASSING:
                changed.add(arrival.agent_id)
            if section.data is None and section.hash:
                have = known.get((arrival.agent_id, name))
                if have is None or have.hash != section.hash:
                    outcomes[index].missing.append(name)
    writes.run(connection)
    return changed


class _Known:
    __slots__ = ("hash", "seen_at", "status")

    def __init__(self, hash_: str, status: str, seen_at: datetime) -> None:
        self.hash = hash_
        self.status = status
        self.seen_at = seen_at


class _Writes:
    """Rows gathered for executemany; a section written twice in one batch keeps its last form."""

    def __init__(self) -> None:
        self.new: dict[tuple[str, str], dict[str, Any]] = {}
        self.seen: dict[tuple[str, str], dict[str, Any]] = {}
        self.changed: dict[tuple[str, str], dict[str, Any]] = {}
        self.versions: list[dict[str, Any]] = []

    def run(self, connection: Connection) -> None:
        if self.new:
            insert_rows(connection, _section, list(self.new.values()))
        if self.changed:
            connection.execute(_CHANGED, list(self.changed.values()))
        if self.seen:
            connection.execute(_SEEN, list(self.seen.values()))
        if self.versions:
            insert_rows(connection, _version, self.versions)


def _apply_one(
    agent_id: str,
    site_id: int,
    name: str,
    section: SectionIn,
    moment: datetime,
    known: dict[tuple[str, str], _Known],
    writes: _Writes,
) -> bool:
    """Notes one section of one report; returns whether it is news."""
    key = (agent_id, name)
    have = known.get(key)
    if have is not None and moment < have.seen_at:
        return False
    new_data = section.data is not None and (have is None or have.hash != section.hash)
    if new_data and name in HISTORY:
        version = {"site_id": site_id, "agent_id": agent_id, "name": name, "hash": section.hash, "data": section.data}
        writes.versions.append(version | {"from_at": moment})
    if have is None:
        hash_ = section.hash if section.data is not None else ""
        writes.new[key] = _new_row(key, site_id, section, hash_, moment)
        known[key] = _Known(hash_, section.status, moment)
        return True
    if key in writes.new:
        row = writes.new[key]
        row.update(status=section.status, error=section.error, duration_ms=section.duration_ms, seen_at=moment)
        if new_data:
            row.update(hash=section.hash, data=section.data, changed_at=moment)
    else:
        _note_step(key, site_id, section, moment, new_data, writes)
    status_changed = have.status != section.status
    have.status, have.seen_at = section.status, moment
    if new_data:
        have.hash = section.hash
    return new_data or status_changed


def _new_row(key: tuple[str, str], site_id: int, section: SectionIn, hash_: str, moment: datetime) -> dict[str, Any]:
    return {
        "agent_id": key[0], "name": key[1], "site_id": site_id, "status": section.status, "error": section.error,
        "hash": hash_, "data": section.data, "duration_ms": section.duration_ms, "seen_at": moment, "changed_at": moment,
    }  # fmt: skip


def _note_step(
    key: tuple[str, str], site_id: int, section: SectionIn, moment: datetime, new_data: bool, writes: _Writes
) -> None:
    """An UPDATE of a row that is stored already; of several in one batch the last one counts."""
    step = {
        "key_agent": key[0], "key_name": key[1], "new_status": section.status, "new_error": section.error,
        "new_duration": section.duration_ms, "new_seen": moment,
    }  # fmt: skip
    if new_data:
        writes.seen.pop(key, None)
        writes.changed[key] = step | {"new_hash": section.hash, "new_data": section.data, "new_site": site_id}
    elif key in writes.changed:
        writes.changed[key].update(step)
    else:
        writes.seen[key] = step
