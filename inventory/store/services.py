"""The list of services in the store: what collectors read from their file at the start, for pages, jobs and agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from inventory.domain.service import Service, as_plain, from_plain, targets
from inventory.store.audit import record
from inventory.store.policy import current_version, list_versions
from inventory.store.tables import Line, PolicyVersion, ServiceRow, Site

_service = ServiceRow.__table__  # type: ignore[attr-defined]


def list_services(session: Session) -> tuple[Service, ...]:
    """The services that are known, in the order of the file; the sample's last."""
    rows = session.exec(select(ServiceRow).order_by(col(ServiceRow.sample), col(ServiceRow.position)))
    return tuple(from_plain(row.model_dump() | {"group": row.heading}) for row in rows)


def save_services(session: Session, services: Sequence[Service], now: datetime, *, sample: bool = False) -> bool:
    """Makes these the list (sample: the sample's part of it) and returns whether that changed anything.

    A change of what agents are told makes a new policy version, by which they learn of it.
    """
    before = list_services(session)
    kept = [item for item in before if item.sample != sample]
    names = {item.name for item in (kept if sample else services)}
    if sample:
        after = [*kept, *(item for item in services if item.name not in names)]
    else:
        after = [*services, *(item for item in kept if item.name not in names)]
    if tuple(after) == before:
        return False
    session.connection().execute(delete(_service))
    for at, item in enumerate(after):
        plain = as_plain(item)
        session.add(ServiceRow(position=at, heading=plain.pop("group"), **plain))
    session.flush()
    told = [[as_plain(item) for item in rows if not item.sample] for rows in (before, after)]
    if told[0] != told[1]:
        names_told = [{"services": [item["name"] for item in rows]} for rows in told]
        record(session, now, "collector", "services.change", "policy", "", before=names_told[0], after=names_told[1])
        _renew_policy(session, now)
    return True


def targets_of_site(session: Session, site_id: int, more: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What the site's agents try to reach: the list's services and `more`, which the policy adds."""
    services = list_services(session)
    if all(item.sample for item in services):
        return tuple(more)
    role = session.exec(select(Site.role).where(Site.id == site_id)).first() or ""
    kinds = session.exec(select(Line.kind).where(Line.site_id == site_id)).all()
    return targets(services, role, kinds, more)


def _renew_policy(session: Session, now: datetime) -> None:
    """A new version with the same thresholds: agents ask anew what they are to do."""
    newest = list_versions(session, limit=1)
    session.add(
        PolicyVersion(
            version=current_version(session) + 1,
            values=dict(newest[0].values) if newest else {},
            created_at=now,
            created_by="collector",
            note="services.toml",
        )
    )
    session.flush()
