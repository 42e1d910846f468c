"""Bundles that were carried here on a stick: what became of each, and the record that people look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col, desc

from inventory.store.audit import record
from inventory.store.engine import Store
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Agent, BundleImport, Machine, Site, Unit

MAX_NAME = 160
_HOSTNAME: Any = func.coalesce(Machine.hostname, Agent.hostname, "")  # one enrolled by a file has told none itself


@dataclass(slots=True)
class BundleResult:
    """What became of one file. Nothing of it is lost for others when something is wrong with it."""

    file_name: str
    size: int
    status: str = "refused"  # whole | partly | refused
    problem: str = (
        ""  # "" | foreign | limit | torn | damaged | seal | empty | unknown_agent | agent_revoked | key_retired
    )
    bundle_id: str = ""
    agent_id: str = ""
    hostname: str = ""
    site_id: int | None = None
    site_name: str = ""
    accepted: int = 0
    duplicates: int = 0
    rejected: dict[str, int] = field(default_factory=dict)  # reason -> number
    bad_parts: int = 0
    from_at: datetime | None = None
    to_at: datetime | None = None
    conflict: bool = False
    receipt: bytes = b""  # to be carried back; b"" when there is nothing to confirm


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of the list of imports."""

    row: BundleImport
    site_name: str
    unit_name: str
    hostname: str


def agent_place(session: Session, agent_id: str) -> tuple[int | None, str, str, bool]:
    """(site, its name, host name, two PCs under one id) of an agent; the site is None when nobody knows it."""
    columns: tuple[Any, ...] = (Agent.site_id, Site.name, _HOSTNAME, Agent.status)
    query = select(*columns).select_from(Agent).join(Site, col(Site.id) == col(Agent.site_id))
    query = query.join(Machine, col(Machine.id) == col(Agent.machine_id), isouter=True)
    row = session.execute(query.where(col(Agent.id) == agent_id)).first()
    return (None, "", "", False) if row is None else (row[0], row[1], row[2], row[3] == "quarantined")


def keep_result(store: Store, result: BundleResult, actor: str, now: datetime, address: str = "") -> None:
    """The record of one import and its line in the audit log."""
    with store.session() as session:
        row = BundleImport(
            imported_at=now,
            imported_by=actor[:80],
            file_name=result.file_name[:MAX_NAME],
            bundle_id=result.bundle_id[:32],
            agent_id=result.agent_id,
            site_id=result.site_id,
            size=result.size,
            status=result.status,
            problem=result.problem,
            accepted=result.accepted,
            duplicates=result.duplicates,
            rejected=[[reason, count] for reason, count in sorted(result.rejected.items())] or None,
            bad_parts=result.bad_parts,
            from_at=result.from_at,
            to_at=result.to_at,
            conflict=result.conflict,
        )
        session.add(row)
        session.flush()
        after = {"file": row.file_name, "agent": row.agent_id, "status": row.status, "problem": row.problem}
        counts = {"accepted": row.accepted, "duplicates": row.duplicates, "rejected": sum(result.rejected.values())}
        record(session, now, actor, "bundle.import", "bundle", str(row.id), None, {**after, **counts}, address)


def list_imports(
    session: Session, scope: Scope = EVERYTHING, offset: int = 0, limit: int = 50
) -> tuple[list[ImportRow], int]:
    """Newest first, and how many there are in all. Files of nobody's are shown to those who see everything."""
    seen = scope.condition(Site.unit_id)
    condition = or_(seen, col(BundleImport.site_id).is_(None)) if scope.everything else seen
    columns: tuple[Any, ...] = (BundleImport, Site.name, Unit.type_label, Unit.name, _HOSTNAME)
    query = (
        select(*columns)
        .select_from(BundleImport)
        .join(Site, col(Site.id) == col(BundleImport.site_id), isouter=True)
        .join(Unit, col(Unit.id) == col(Site.unit_id), isouter=True)
        .join(Agent, col(Agent.id) == col(BundleImport.agent_id), isouter=True)
        .join(Machine, col(Machine.id) == col(Agent.machine_id), isouter=True)
        .where(condition)
    )
    count = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows: Sequence[Any] = session.execute(
        query.order_by(desc(BundleImport.imported_at), desc(BundleImport.id)).offset(offset).limit(limit)
    ).all()
    return [
        ImportRow(row[0], row[1] or "", f"{row[2]} {row[3]}" if row[3] else "", row[4] or "") for row in rows
    ], count


def reasons(row: BundleImport) -> Mapping[str, int]:
    """Reason -> number of the reports that were refused."""
    return {str(pair[0]): int(pair[1]) for pair in row.rejected or []}
