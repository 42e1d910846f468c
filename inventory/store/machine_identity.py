"""Is the PC under an agent still the one it was? Judged whenever an agent's hardware or network cards have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from inventory.domain import identity
from inventory.domain.identity import Doubt, Identifier
from inventory.store import conflicts
from inventory.store.machine_verdicts import MachineEvidence
from inventory.store.machines import identifiers_of, look_up, refresh_identifiers
from inventory.store.tables import Agent, Finding

_agent = Agent.__table__  # type: ignore[attr-defined]
_finding = Finding.__table__  # type: ignore[attr-defined]

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LATE = timedelta(hours=1)  # a section's date is that of its making: it may have come after the last evaluation
_MOVE = (
    update(_agent)
    .where(_agent.c.id == bindparam("key"))
    .values(machine_id=bindparam("new_machine"), dirty_at=bindparam("new_dirty"))
)


@dataclass(slots=True)
class IdentityNews:
    """What is to be written. Machines in `untouched` are not judged further: who they are is open."""

    stored: dict[int, frozenset[Identifier]] = field(default_factory=dict[int, "frozenset[Identifier]"])
    fresh: dict[int, frozenset[Identifier]] = field(default_factory=dict[int, "frozenset[Identifier]"])
    clones: dict[int, dict[str, Any]] = field(default_factory=dict[int, "dict[str, Any]"])
    doubts: dict[int, Doubt] = field(default_factory=dict[int, Doubt])
    moved: dict[str, int] = field(default_factory=dict[str, int])  # agent -> machine that it really runs on
    released: list[int] = field(default_factory=list[int])
    untouched: set[int] = field(default_factory=set[int])

    def __bool__(self) -> bool:
        return bool(self.fresh or self.clones or self.doubts or self.moved or self.released)


def judge(session: Session, evidence: Sequence[MachineEvidence]) -> IdentityNews:
    """Looks at quarantined machines and at those whose hardware or network cards changed."""
    news = IdentityNews()
    changed: list[MachineEvidence] = []
    for item in evidence:
        if not _quarantined(item, news) and _changed(item):
            changed.append(item)
    in_conflict = [item.machine["id"] for item in evidence if item.machine["status"] == "conflict"]
    if in_conflict:
        news.released = _closed_by_people(session, in_conflict)
    if changed:
        news.stored = identifiers_of(session.connection(), [item.machine["id"] for item in changed])
        for item in changed:
            _judge_one(session, item, news)
    return news


def apply(session: Session, news: IdentityNews, now: datetime) -> None:
    """Writes the news in the caller's transaction."""
    connection = session.connection()
    if news.fresh:
        refresh_identifiers(connection, news.fresh, news.stored, now)
    conflicts.quarantine(connection, news.clones, now)
    conflicts.open_doubts(connection, news.doubts, now)
    if news.moved:
        rows = [{"key": a, "new_machine": number, "new_dirty": now} for a, number in news.moved.items()]
        connection.execute(_MOVE, rows)
    for number in news.released:
        conflicts.release(session, number, now)


def _quarantined(item: MachineEvidence, news: IdentityNews) -> bool:
    """Whether two PCs speak for this machine. Ingest sets the agent aside when it notices; here the machine follows."""
    number = item.machine["id"]
    if item.machine["status"] == "conflict":
        news.untouched.add(number)
        return True
    for agent in item.agents:
        if agent["status"] == "quarantined":
            news.clones[number] = {"reason": agent["status_reason"] or "two_boots", "agent": agent["id"]}
            news.untouched.add(number)
            return True
    return False


def _changed(item: MachineEvidence) -> bool:
    since = item.machine["evaluated_at"] or _NEVER
    news = [section["changed_at"] for name, section in item.sections.items() if name in ("hardware", "interfaces")]
    return bool(news) and max(news) >= since - _LATE


def _judge_one(session: Session, item: MachineEvidence, news: IdentityNews) -> None:
    hardware = item.sections.get("hardware")
    if hardware is None:
        return
    number, agent = item.machine["id"], hardware["agent_id"]
    cards = item.sections.get("interfaces")
    # Cards of another agent would be those of another time.
    interfaces = cards["data"] if cards is not None and cards["agent_id"] == agent else {}
    seen = identity.identifiers(hardware["data"], interfaces, agent)
    stored = news.stored[number]
    if seen <= stored:
        return
    found = identity.compare(stored, seen)
    if not found.differ:
        news.fresh[number] = seen
        return
    if identity.is_clone(stored, seen):
        _put_aside(item, agent, found.evidence, news)
        return
    known = look_up(session.connection(), set(seen))
    candidates = known.candidates(seen) | {number: stored}
    verdict = identity.identify(seen, candidates, known.common)
    if isinstance(verdict, identity.Doubt):
        twins = tuple(other for other in verdict.candidates if other != number)
        news.doubts[number] = identity.Doubt(twins, verdict.why, verdict.evidence)
    elif isinstance(verdict, identity.Same) and verdict.machine_id != number:
        news.moved[agent] = verdict.machine_id  # its disk was put into another PC that we know
        news.untouched.add(number)
    elif isinstance(verdict, identity.Same) or len(found.differ) < 2:
        news.fresh[number] = seen
    else:
        _put_aside(item, agent, found.evidence, news)


def _put_aside(item: MachineEvidence, agent: str, compared: tuple[identity.Evidence, ...], news: IdentityNews) -> None:
    number = item.machine["id"]
    news.clones[number] = {"reason": "cloned_disk", "agent": agent, "compared": [dict(row) for row in compared]}
    news.untouched.add(number)


def _closed_by_people(session: Session, machine_ids: Sequence[int]) -> list[int]:
    """Machines in conflict whose finding a person has closed."""
    rows = session.execute(
        select(_finding.c.subject_id).where(
            _finding.c.kind == conflicts.KIND,
            _finding.c.subject_kind == "machine",
            _finding.c.subject_id.in_([str(number) for number in machine_ids]),
            _finding.c.is_open.is_(False),
        )
    )
    return sorted(int(subject) for subject in rows.scalars())
