"""All that is known of one machine, for its page; and what people may declare about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, desc, select

from inventory.store.audit import record
from inventory.store.tables import (
    Agent,
    Contact,
    Finding,
    Machine,
    MachinePlacement,
    Section,
    SectionVersion,
    Site,
    Unit,
)

STATUSES: Final = ("in_use", "broken", "retired", "excluded")
"""What people may set; `conflict` is set and lifted by the evaluation alone."""
PURCHASE_SOURCES: Final = ("asset_book", "typed")

MAX_VERSIONS: Final = 60
MAX_CONTACTS: Final = 200


@dataclass(frozen=True, slots=True)
class Placement:
    site_id: int
    site_name: str
    agent_id: str
    from_at: datetime
    to_at: datetime | None  # None: still there


@dataclass(frozen=True, slots=True)
class Version:
    """A section's data from a moment on, with what it replaced (None: the first that we have)."""

    agent_id: str
    name: str
    at: datetime
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MachineSheet:
    machine: Machine
    site: Site
    unit: Unit
    agents: tuple[Agent, ...]  # last heard first
    sections: tuple[Section, ...]  # of the agent heard last that has each section
    placements: tuple[Placement, ...]  # newest first
    contacts: tuple[Contact, ...]  # newest first, at most MAX_CONTACTS
    versions: tuple[Version, ...]  # newest first
    findings: tuple[Finding, ...]  # still holding first


@dataclass(frozen=True, slots=True)
class Declaration:
    """What people say about a machine."""

    asset_tag: str
    purchase_date: date | None
    purchase_source: str
    status: str
    status_note: str


def load_sheet(session: Session, machine_id: int, contacts_from: datetime) -> MachineSheet | None:
    """None when there is no such machine. Scope is the caller's business."""
    found = session.exec(
        select(Machine, Site, Unit)
        .join(Site, col(Site.id) == col(Machine.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(Machine.id == machine_id)
    ).first()
    if found is None:
        return None
    machine, site, unit = found
    agents = session.exec(
        select(Agent)
        .where(Agent.machine_id == machine_id)
        .order_by(col(Agent.last_contact_at).desc().nulls_last(), col(Agent.id))
    ).all()
    ids = [agent.id for agent in agents]
    return MachineSheet(
        machine,
        site,
        unit,
        tuple(agents),
        _sections(session, ids),
        _placements(session, machine_id),
        _contacts(session, ids, contacts_from),
        _versions(session, ids),
        _findings(session, machine_id, ids),
    )


def declaration(machine: Machine) -> Declaration:
    """What people have said so far."""
    return Declaration(
        machine.asset_tag, machine.purchase_date, machine.purchase_source, machine.status, machine.status_note
    )


def declare(session: Session, machine_id: int, said: Declaration, actor: str, now: datetime, address: str = "") -> bool:
    """Stores what people say, with an audit row of what changed, and has the machine evaluated again.

    False when nothing changed or there is no such machine. The caller has checked the values.
    """
    machine = session.get(Machine, machine_id)
    if machine is None:
        return False
    before = _plain(declaration(machine))
    after = _plain(said)
    changed = [key for key in after if after[key] != before[key]]
    if not changed:
        return False
    machine.asset_tag = said.asset_tag
    machine.purchase_date = said.purchase_date
    machine.purchase_source = said.purchase_source
    machine.status = said.status
    machine.status_note = said.status_note
    session.add(machine)
    old, new = ({key: side[key] for key in changed} for side in (before, after))
    record(session, now, actor, "machine.declare", "machine", str(machine_id), old, new, address)
    session.exec(
        update(Agent)
        .where(col(Agent.machine_id) == machine_id)
        .values(dirty_at=now)
        .execution_options(synchronize_session=False)
    )
    return True


def _plain(said: Declaration) -> dict[str, str | None]:
    return {
        "asset_tag": said.asset_tag,
        "purchase_date": said.purchase_date.isoformat() if said.purchase_date else None,
        "purchase_source": said.purchase_source,
        "status": said.status,
        "status_note": said.status_note,
    }


def _sections(session: Session, agent_ids: list[str]) -> tuple[Section, ...]:
    if not agent_ids:
        return ()
    rank = {agent_id: place for place, agent_id in enumerate(agent_ids)}
    newest: dict[str, Section] = {}
    rows = session.exec(select(Section).where(col(Section.agent_id).in_(agent_ids))).all()
    for row in sorted(rows, key=lambda row: rank[row.agent_id]):
        newest.setdefault(row.name, row)
    return tuple(newest.values())


def _placements(session: Session, machine_id: int) -> tuple[Placement, ...]:
    rows = session.exec(
        select(MachinePlacement, Site.name)
        .join(Site, col(Site.id) == col(MachinePlacement.site_id))
        .where(MachinePlacement.machine_id == machine_id)
        .order_by(desc(MachinePlacement.from_at))
    )
    return tuple(Placement(p.site_id, name, p.agent_id, p.from_at, p.to_at) for p, name in rows)


def _contacts(session: Session, agent_ids: list[str], from_at: datetime) -> tuple[Contact, ...]:
    if not agent_ids:
        return ()
    return tuple(
        session.exec(
            select(Contact)
            .where(col(Contact.agent_id).in_(agent_ids), col(Contact.to_at) >= from_at)
            .order_by(desc(Contact.from_at))
            .limit(MAX_CONTACTS)
        ).all()
    )


def _versions(session: Session, agent_ids: list[str]) -> tuple[Version, ...]:
    if not agent_ids:
        return ()
    rows = session.exec(
        select(SectionVersion)
        .where(col(SectionVersion.agent_id).in_(agent_ids))
        .order_by(desc(SectionVersion.from_at), desc(SectionVersion.id))
        .limit(MAX_VERSIONS + 1)
    ).all()
    cut = len(rows) > MAX_VERSIONS
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    versions: list[Version] = []
    for row in reversed(rows):  # oldest first, so that each finds what it replaced
        key = (row.agent_id, row.name)
        before = latest.get(key)
        latest[key] = row.data
        if before is not None or not cut:
            versions.append(Version(row.agent_id, row.name, row.from_at, before, row.data))
    return tuple(reversed(versions))


def _findings(session: Session, machine_id: int, agent_ids: list[str]) -> tuple[Finding, ...]:
    of_machine = (col(Finding.subject_kind) == "machine") & (col(Finding.subject_id) == str(machine_id))
    of_agent = (col(Finding.subject_kind) == "agent") & col(Finding.subject_id).in_(agent_ids)
    rows = session.exec(
        select(Finding)
        .where(of_machine | of_agent)
        .order_by(desc(Finding.is_open), desc(Finding.opened_at), col(Finding.id))
    )
    return tuple(rows.all())
