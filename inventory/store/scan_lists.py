"""What agents did on the networks: the records of scans with where and by which PC, and the networks of one site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, desc, select

from inventory.domain.unit import full_name
from inventory.store.machine_lists import search_conditions
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Agent, Lan, LanScan, Section, Site, Unit


@dataclass(frozen=True, slots=True)
class ScanFilter:
    """Empty texts and None leave a condition out; conditions are joined by "and"."""

    scope: Scope = EVERYTHING
    words: str = ""  # every word must stand in the name of the site or of its commune, or of the PC
    site_id: int | None = None
    kind: Literal["", "sweep", "recheck"] = ""
    stopped: str = ""  # a code; "any": ended early; "none": went through
    from_at: datetime | None = None
    to_at: datetime | None = None  # exclusive
    sample: Literal["", "yes", "no"] = ""


@dataclass(frozen=True, slots=True)
class ScanRow:
    scan: LanScan
    site_name: str
    unit_id: str
    unit_name: str
    hostname: str  # "" when the agent is gone
    machine_id: int | None


@dataclass(frozen=True, slots=True)
class ScanTotals:
    """What the scans of a filter come to."""

    scans: int
    frames: int
    seconds: float
    sites: int
    stopped: int  # that ended early


@dataclass(frozen=True, slots=True)
class LanRow:
    """A network of a site. `scanner` is who holds the lease, None: nobody does; `offs`: why PCs on it do not scan."""

    lan: Lan
    scanner: Agent | None
    members: int
    offs: tuple[str, ...]


def list_scans(
    session: Session,
    wanted: ScanFilter,
    sort: str = "started",
    descending: bool = True,
    offset: int = 0,
    limit: int | None = 50,
) -> list[ScanRow]:
    """One page of records, newest first; `limit` None: all. `sort` is a key of SORTS (ValueError otherwise)."""
    if sort not in SORTS:
        raise ValueError(f"sort {sort!r} is not one of {', '.join(SORTS)}")
    order = [(column.desc() if descending else column.asc()).nulls_last() for column in SORTS[sort]()]
    query = (
        select(LanScan, Site.name, Unit, Agent.hostname, Agent.machine_id)  # type: ignore[call-overload]
        .join(Site, col(Site.id) == col(LanScan.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .join(Agent, col(Agent.id) == col(LanScan.agent_id), isouter=True)
        .where(*_conditions(wanted))
        .order_by(*order, desc(LanScan.started_at), desc(LanScan.id))
        .offset(offset)
    )
    if limit is not None:
        query = query.limit(limit)
    return [
        ScanRow(scan, site, unit.id, full_name(unit.type_label, unit.name), hostname or "", machine_id)
        for scan, site, unit, hostname, machine_id in session.exec(query)
    ]


def scan_totals(session: Session, wanted: ScanFilter) -> ScanTotals:
    """Sums over all records that the filter leaves."""
    columns: list[Any] = [
        func.count(),
        func.coalesce(func.sum(LanScan.frames), 0),
        func.coalesce(func.sum(LanScan.duration_s), 0.0),
        func.count(func.distinct(LanScan.site_id)),
        func.count(func.nullif(LanScan.stopped, "")),
    ]
    query = (
        select(*columns)
        .select_from(LanScan)
        .join(Site, col(Site.id) == col(LanScan.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .join(Agent, col(Agent.id) == col(LanScan.agent_id), isouter=True)
    )
    scans, frames, seconds, sites, stopped = session.exec(query.where(*_conditions(wanted))).one()
    return ScanTotals(int(scans), int(frames), float(seconds), int(sites), int(stopped))


def networks_of(session: Session, site_id: int, now: datetime) -> list[LanRow]:
    """The networks of a site that PCs stand on or stood on, those in use first."""
    lans = session.exec(select(Lan).where(Lan.site_id == site_id).order_by(desc(Lan.last_seen_at), col(Lan.id))).all()
    ids = {str(member.get("agent_id", "")) for lan in lans for member in lan.members or ()}
    ids |= {lan.scanner_agent_id for lan in lans if lan.scanner_agent_id}
    agents = {agent.id: agent for agent in session.exec(select(Agent).where(col(Agent.id).in_(sorted(ids))))}
    said = {
        section.agent_id: str((section.data or {}).get("off") or "") if section.status == "ok" else section.status
        for section in session.exec(
            select(Section).where(col(Section.agent_id).in_(sorted(ids)), Section.name == "lan")
        )
    }
    rows: list[LanRow] = []
    for lan in lans:
        members = [str(member.get("agent_id", "")) for member in lan.members or ()]
        running = lan.lease_until is not None and lan.lease_until > now
        scanner = agents.get(lan.scanner_agent_id) if running else None
        offs = {said.get(agent_id, "") for agent_id in members} - {""}
        rows.append(LanRow(lan, scanner, len(members), tuple(sorted(offs))))
    return sorted(rows, key=lambda row: not row.members)


def _conditions(wanted: ScanFilter) -> list[ColumnElement[bool]]:
    texts: Any = col(Site.name_key) + " " + col(Unit.name_key)
    hostname = func.coalesce(func.replace(func.lower(Agent.hostname), "-", " "), "")
    conditions = [wanted.scope.condition(Site.unit_id), *search_conditions(wanted.words, texts + " " + hostname)]
    if wanted.site_id is not None:
        conditions.append(col(LanScan.site_id) == wanted.site_id)
    if wanted.kind:
        conditions.append(col(LanScan.kind) == wanted.kind)
    if wanted.stopped == "any":
        conditions.append(col(LanScan.stopped) != "")
    elif wanted.stopped:
        conditions.append(col(LanScan.stopped) == ("" if wanted.stopped == "none" else wanted.stopped))
    if wanted.from_at is not None:
        conditions.append(col(LanScan.started_at) >= wanted.from_at)
    if wanted.to_at is not None:
        conditions.append(col(LanScan.started_at) < wanted.to_at)
    if wanted.sample:
        conditions.append(col(LanScan.sample).is_(wanted.sample == "yes"))
    return conditions


SORTS: Final[dict[str, Callable[[], tuple[Any, ...]]]] = {
    "started": lambda: (col(LanScan.started_at),),
    "site": lambda: (col(Unit.name_key), col(Site.name_key)),
    "frames": lambda: (col(LanScan.frames),),
    "duration": lambda: (col(LanScan.duration_s),),
    "hosts": lambda: (col(LanScan.hosts),),
}
"""Columns to sort by."""
