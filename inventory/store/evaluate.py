"""From evidence to conclusions about machines: the agents that brought news, and what time or policy has changed.

Reading and judging happen outside the writing transaction, so that reports need not wait for it. What came in the
meantime is not lost: an agent stays marked unless its mark is the one that was read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, text, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlmodel import Session, col

from inventory.domain.week import local_day, midnight
from inventory.store import machine_identity
from inventory.store.engine import Store
from inventory.store.findings import settle
from inventory.store.machine_evidence import load_evidence
from inventory.store.machine_verdicts import KINDS, Conclusion, MachineEvidence, conclude
from inventory.store.machines import AttachItem, attach_batch
from inventory.store.policy import current_version
from inventory.store.tables import Agent, Machine, Section

_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
LIMIT = 500

_machine = Machine.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]
_section = Section.__table__  # type: ignore[attr-defined]

_LOCK = 0x6D616368  # one evaluation writes at a time: two workers must not open the same finding
_CONTACT_STEP = timedelta(minutes=1)

_CLEAN = (
    update(_agent)
    .where(_agent.c.id == bindparam("key"), _agent.c.dirty_at == bindparam("read_dirty"))
    .values(dirty_at=None)
)
_HEARD = update(_machine).where(_machine.c.id == bindparam("key")).values(last_contact_at=bindparam("new_at"))


def evaluate_dirty(store: Store, clock: Clock, limit: int = LIMIT) -> int:
    """Judges the machines of up to `limit` agents that brought news, oldest news first; returns how many agents.

    Safe with several workers. Each agent's mark is taken away only if nothing newer came while it was judged.
    """
    with store.reading() as session:
        dirty = session.execute(
            select(_agent.c.id, _agent.c.machine_id, _agent.c.dirty_at)
            .where(_agent.c.dirty_at.is_not(None))
            .order_by(_agent.c.dirty_at)
            .limit(limit)
        ).all()
    if not dirty:
        return 0
    now = clock()
    machine_of = {row.id: row.machine_id for row in dirty}
    homeless = [agent for agent, machine in machine_of.items() if machine is None]
    if homeless:
        machine_of |= _attach(store, homeless, now)
    marks = [{"key": row.id, "read_dirty": row.dirty_at} for row in dirty]
    _evaluate(store, [machine for machine in machine_of.values() if machine is not None], now, marks)
    return len(dirty)


def evaluate_stale(store: Store, clock: Clock, limit: int = LIMIT) -> int:
    """Judges up to `limit` machines anew that were last judged under another policy or on another day: PCs grow old
    and systems lose their support without any news. Returns how many."""
    now = clock()
    today = midnight(local_day(now))
    with store.reading() as session:
        stale = or_(
            col(Machine.evaluated_at).is_(None),
            col(Machine.evaluated_at) < today,
            col(Machine.policy_version) != current_version(session),
        )
        wanted = select(_machine.c.id).where(stale, _machine.c.status != "conflict").order_by(_machine.c.id)
        numbers = list(session.execute(wanted.limit(limit)).scalars())
    _evaluate(store, numbers, now, [])
    return len(numbers)


def re_evaluate_all(store: Store, clock: Clock) -> int:
    """Judges everything anew that needs it, at once; returns how many machines."""
    total = 0
    while done := evaluate_stale(store, clock):
        total += done
    return total


def refresh_contacts(store: Store) -> int:
    """Copies the agents' last contact to their machines, for lists and counts; returns how many machines changed."""
    with store.reading() as session:
        rows = session.execute(
            select(_agent.c.machine_id, _agent.c.last_contact_at, _machine.c.last_contact_at.label("noted"))
            .join(_machine, _machine.c.id == _agent.c.machine_id)
            .where(or_(_machine.c.last_contact_at.is_(None), _agent.c.last_contact_at > _machine.c.last_contact_at))
        ).all()
    newest: dict[int, datetime] = {}
    for row in rows:
        heard = row.last_contact_at
        if heard is not None and (row.noted is None or heard - row.noted >= _CONTACT_STEP):
            newest[row.machine_id] = max(heard, newest.get(row.machine_id, heard))
    if newest:
        with store.begin() as connection:
            connection.execute(_HEARD, [{"key": number, "new_at": at} for number, at in sorted(newest.items())])
    return len(newest)


def _attach(store: Store, agents: Sequence[str], now: datetime) -> dict[str, int]:
    """Gives agents a machine whose first inventory came while none could be made (quarantine, a lost race)."""
    with store.session() as session:
        connection = session.connection()
        _one_at_a_time(store, connection)
        rows = connection.execute(
            select(_agent.c.id, _agent.c.site_id, _agent.c.sample, _section.c.name, _section.c.data)
            .join(_section, _section.c.agent_id == _agent.c.id)
            .where(_agent.c.id.in_(agents), _agent.c.machine_id.is_(None), _agent.c.status == "active")
        ).all()
        data: dict[str, dict[str, Any]] = {}
        for row in rows:
            data.setdefault(row.id, {"site_id": row.site_id, "sample": row.sample})[row.name] = row.data or {}
        items = [
            AttachItem(
                agent_id=agent,
                site_id=found["site_id"],
                hardware=found["hardware"],
                system=found.get("system", {}),
                interfaces=found.get("interfaces", {}),
                sample=found["sample"],
            )
            for agent, found in data.items()
            if found.get("hardware")
        ]
        return attach_batch(connection, items, now) if items else {}


def _evaluate(store: Store, machine_ids: Sequence[int], now: datetime, marks: list[dict[str, Any]]) -> None:
    with store.reading() as session:
        evidence = load_evidence(session, machine_ids)
        identity = machine_identity.judge(session, evidence)
    concluded = [
        (item, found)
        for item in evidence
        if item.machine["id"] not in identity.untouched and (found := _conclude(item, now)) is not None
    ]
    if not (concluded or marks or identity):
        return
    with store.session() as session:
        _one_at_a_time(store, session.connection())
        if marks:  # first, because what follows may have a reason to mark an agent again
            session.connection().execute(_CLEAN, marks)
        machine_identity.apply(session, identity, now)
        if concluded:
            _write_each(session, concluded, now)


def _conclude(item: MachineEvidence, now: datetime) -> Conclusion | None:
    try:
        return conclude(item, now)
    except Exception:  # one machine with evidence that nobody foresaw must not keep all others from being judged
        _log.exception("machine %s could not be judged; it is tried again tomorrow", item.machine["id"])
        return Conclusion({"policy_version": item.policy_version, "evaluated_at": now})


def _write_each(session: Session, concluded: Sequence[tuple[MachineEvidence, Conclusion]], now: datetime) -> None:
    """All at once; when the store refuses a value, by halves, so that only the machine it belongs to stays unjudged."""
    try:
        with session.begin_nested():
            _write(session, concluded, now)
    except OperationalError:  # the store is not there
        raise
    except (SQLAlchemyError, ArithmeticError) as error:
        if len(concluded) > 1:
            middle = len(concluded) // 2
            _write_each(session, concluded[:middle], now)
            _write_each(session, concluded[middle:], now)
            return
        item = concluded[0][0]
        _log.error("machine %s could not be written, tried again tomorrow: %s", item.machine["id"], str(error)[:300])
        _write(session, [(item, Conclusion({"policy_version": item.policy_version, "evaluated_at": now}))], now)


def _write(session: Session, concluded: Sequence[tuple[MachineEvidence, Conclusion]], now: datetime) -> None:
    connection = session.connection()
    full = [(item, found) for item, found in concluded if found.judged]
    for group in (full, [pair for pair in concluded if not pair[1].judged]):
        if group:
            names = list(group[0][1].columns)
            statement = update(_machine).where(_machine.c.id == bindparam("key"))
            values = {name: bindparam("new_" + name) for name in names}
            rows = [
                {"key": item.machine["id"]} | {"new_" + name: found.columns[name] for name in names}
                for item, found in group
            ]
            connection.execute(statement.values(values), rows)
    for kind in KINDS:
        judged = {item.machine["id"]: found.judged[kind] for item, found in full if kind in found.judged}
        drafts = [wanted for wanted in judged.values() if wanted is not None]
        settle(connection, [kind], "machine", judged, drafts, now)


def _one_at_a_time(store: Store, connection: Connection) -> None:
    if not store.is_sqlite:  # SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
