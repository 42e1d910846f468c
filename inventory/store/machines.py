"""Writing machines: attaching agents to them, keeping their identifiers, and quarantine when two PCs share one id.

The rules are in inventory/domain/identity.py. Everything works on batches with a handful of statements, because a
thousand first inventories may arrive in a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from inventory.domain import identity
from inventory.domain.identity import SINGLE_KINDS, Identifier
from inventory.domain.plain import text
from inventory.store.bulk import insert_rows
from inventory.store.conflicts import open_doubts
from inventory.store.tables import Agent, Machine, MachineIdentifier, MachinePlacement

_machine = Machine.__table__  # type: ignore[attr-defined]
_ids = MachineIdentifier.__table__  # type: ignore[attr-defined]
_placement = MachinePlacement.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]

_CHUNK = 5000  # values per IN list: both engines take more, but not without limit

_LOOKUP = (
    select(
        _ids.c.kind,
        _ids.c.value,
        func.min(_ids.c.machine_id).label("low"),
        func.max(_ids.c.machine_id).label("high"),
        func.count().label("machines"),
    )
    .where(_ids.c.value.in_(bindparam("values", expanding=True)))
    .group_by(_ids.c.kind, _ids.c.value)
)
_OF_MACHINES = select(_ids.c.machine_id, _ids.c.kind, _ids.c.value).where(
    _ids.c.machine_id.in_(bindparam("ids", expanding=True))
)
_NEW_MACHINE = insert(_machine).returning(_machine.c.id, sort_by_parameter_order=True)
_SET_AGENT = update(_agent).where(_agent.c.id == bindparam("key")).values(machine_id=bindparam("new_machine"))
_DROP_SINGLE = delete(_ids).where(
    _ids.c.machine_id == bindparam("key_machine"),
    _ids.c.kind == bindparam("key_kind"),
    _ids.c.value != bindparam("kept"),
)
_TOUCH = update(_ids).where(_ids.c.machine_id == bindparam("key_machine")).values(last_seen_at=bindparam("new_seen"))
_SITES = select(_machine.c.id, _machine.c.site_id).where(_machine.c.id.in_(bindparam("ids", expanding=True)))
_MOVE = update(_machine).where(_machine.c.id == bindparam("key")).values(site_id=bindparam("new_site"))
_LEAVE = (
    update(_placement)
    .where(_placement.c.machine_id == bindparam("key"), _placement.c.to_at.is_(None))
    .values(to_at=bindparam("new_to"))
)

_BLANK = Machine(site_id=0, created_at=datetime(2026, 1, 1, tzinfo=UTC)).model_dump(exclude={"id"})
"""A machine of which nothing is known: making a model object per row would cost more than writing it."""


@dataclass(frozen=True, slots=True)
class AttachItem:
    """An agent without a machine and the sections of its first inventory ({} where one did not come)."""

    agent_id: str
    site_id: int
    hardware: Mapping[str, Any]
    system: Mapping[str, Any] = field(default_factory=dict)
    interfaces: Mapping[str, Any] = field(default_factory=dict)
    sample: bool = False


@dataclass(slots=True)
class Known:
    """What the store and this very batch know of the identifiers at hand."""

    owners: dict[Identifier, set[int]]
    of_machine: dict[int, set[Identifier]]
    common: set[Identifier]

    def candidates(self, seen: Set[Identifier]) -> dict[int, Set[Identifier]]:
        numbers = {number for one in seen - self.common for number in self.owners.get(one, ())}
        return {number: self.of_machine[number] for number in numbers}

    def learn(self, number: int, seen: Set[Identifier]) -> set[Identifier]:
        """Notes identifiers of a machine; returns those that are new to it."""
        own = self.of_machine.setdefault(number, set())
        fresh = set(seen) - own
        own |= fresh
        for one in fresh:
            owners = self.owners.setdefault(one, set())
            owners.add(number)
            if len(owners) >= identity.COMMON_FROM:
                self.common.add(one)
        return fresh


def attach_batch(connection: Connection, items: Sequence[AttachItem], now: datetime) -> dict[str, int]:
    """Machine of each agent: a known one by its identifiers, else a new row. Sets `agent.machine_id` as well.

    One transaction of the caller's; agents of one PC in the same batch meet in one machine. What cannot be decided
    becomes a new machine with an open finding `identity_conflict` that names the candidates.
    """
    seen = [identity.identifiers(item.hardware, item.interfaces, item.agent_id) for item in items]
    known = look_up(connection, {one for ids in seen for one in ids})
    # A new machine has a negative stand-in until its row is written: all of them are written in one statement.
    numbers: list[int] = []
    new: list[AttachItem] = []
    doubts: dict[int, identity.Doubt] = {}
    fresh: dict[int, set[Identifier]] = {}
    for item, own in zip(items, seen, strict=True):
        verdict = identity.identify(own, known.candidates(own), known.common)
        if isinstance(verdict, identity.Same):
            number = verdict.machine_id
        else:
            new.append(item)
            number = -len(new)
            if isinstance(verdict, identity.Doubt):
                doubts[number] = verdict
        numbers.append(number)
        fresh.setdefault(number, set()).update(known.learn(number, own))
    real = _insert_machines(connection, new, now)
    _write_identifiers(connection, {n: ids for n, ids in fresh.items() if n > 0}, now)
    _insert_identifiers(connection, {real[n]: ids for n, ids in fresh.items() if n < 0}, now)
    machine_of = {item.agent_id: real.get(number, number) for item, number in zip(items, numbers, strict=True)}
    connection.execute(_SET_AGENT, [{"key": agent, "new_machine": number} for agent, number in machine_of.items()])
    _place(connection, items, machine_of, set(real.values()), now)
    open_doubts(connection, {real[number]: _with_real(verdict, real) for number, verdict in doubts.items()}, now)
    return machine_of


def refresh_identifiers(
    connection: Connection,
    seen: Mapping[int, Iterable[Identifier]],
    stored: Mapping[int, Set[Identifier]],
    now: datetime,
) -> None:
    """Notes what the machines (by id) show now, after the rules have found each to be the same PC as before.

    `stored` is what `identifiers_of` gave. A new board or system serial takes the place of the old one; network cards
    and disks are added.
    """
    _write_identifiers(connection, {n: set(ids) - stored.get(n, frozenset()) for n, ids in seen.items()}, now)
    if seen:
        connection.execute(_TOUCH, [{"key_machine": number, "new_seen": now} for number in seen])


def _with_real(verdict: identity.Doubt, real: Mapping[int, int]) -> identity.Doubt:
    return identity.Doubt(tuple(real.get(n, n) for n in verdict.candidates), verdict.why, verdict.evidence)


def look_up(connection: Connection, wanted: set[Identifier]) -> Known:
    """Who has the wanted identifiers. A value at many machines costs one row: it proves nothing anyway."""
    owners: dict[Identifier, set[int]] = {}
    common: set[Identifier] = set()
    for values in _chunks(sorted({value for _kind, value in wanted})):
        for row in connection.execute(_LOOKUP, {"values": values}):
            if row.machines >= identity.COMMON_FROM:
                common.add((row.kind, row.value))
            else:
                owners[row.kind, row.value] = {row.low, row.high}
    numbers = {number for one, at in owners.items() if one in wanted for number in at}
    return Known(owners, {n: set(ids) for n, ids in identifiers_of(connection, numbers).items()}, common)


def identifiers_of(connection: Connection, machine_ids: Iterable[int]) -> dict[int, frozenset[Identifier]]:
    """Stored identifiers by machine; a machine without any has an empty set."""
    found: dict[int, set[Identifier]] = {number: set() for number in machine_ids}
    for numbers in _chunks(sorted(found)):
        for row in connection.execute(_OF_MACHINES, {"ids": numbers}):
            found[row.machine_id].add((row.kind, row.value))
    return {number: frozenset(ids) for number, ids in found.items()}


def _insert_machines(connection: Connection, items: Sequence[AttachItem], now: datetime) -> dict[int, int]:
    """Writes a row per item; returns stand-in (-1, -2, ...) -> real id."""
    if not items:
        return {}
    rows = [
        _BLANK
        | {
            "site_id": item.site_id,
            "created_at": now,
            "sample": item.sample,
            "hostname": text(item.system, "hostname")[:255],
        }
        for item in items
    ]
    numbers = connection.execute(_NEW_MACHINE, rows).scalars()
    return {-at: number for at, number in enumerate(numbers, start=1)}


def _write_identifiers(connection: Connection, fresh: Mapping[int, Set[Identifier]], now: datetime) -> None:
    """Adds identifiers that the machines do not have yet; of what a PC has one at a time, older values go."""
    single = [(n, kind, value) for n, ids in fresh.items() for kind, value in ids if kind in SINGLE_KINDS]
    if single:
        rows = [{"key_machine": number, "key_kind": kind, "kept": value} for number, kind, value in single]
        connection.execute(_DROP_SINGLE, rows)
    _insert_identifiers(connection, fresh, now)


def _insert_identifiers(connection: Connection, fresh: Mapping[int, Set[Identifier]], now: datetime) -> None:
    rows = [
        {"machine_id": number, "kind": kind, "value": value, "first_seen_at": now, "last_seen_at": now}
        for number, ids in fresh.items()
        for kind, value in sorted(ids)
    ]
    if rows:
        insert_rows(connection, _ids, rows)


def _place(
    connection: Connection, items: Sequence[AttachItem], machine_of: Mapping[str, int], new: set[int], now: datetime
) -> None:
    """Where the machines are from now on: a known one that turns up elsewhere has moved."""
    before: dict[int, int] = {}
    for numbers in _chunks(sorted(set(machine_of.values()) - new)):
        before.update((row.id, row.site_id) for row in connection.execute(_SITES, {"ids": numbers}))
    last = {machine_of[item.agent_id]: item for item in items}
    arrived = {n: item for n, item in last.items() if before.get(n) != item.site_id}
    moved = [n for n in arrived if n in before]
    if moved:
        connection.execute(_LEAVE, [{"key": n, "new_to": now} for n in moved])
        connection.execute(_MOVE, [{"key": n, "new_site": arrived[n].site_id} for n in moved])
    if arrived:
        insert_rows(
            connection,
            _placement,
            [
                {"machine_id": n, "site_id": item.site_id, "agent_id": item.agent_id, "from_at": now, "to_at": None}
                for n, item in arrived.items()
            ],
        )


def _chunks(values: list[Any]) -> Iterable[list[Any]]:
    return (values[at : at + _CHUNK] for at in range(0, len(values), _CHUNK))
