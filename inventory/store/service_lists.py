"""The matrix commune x service: how often services answered, and where they stopped when they did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from inventory.domain.service import Service
from inventory.domain.service_reach import Tally
from inventory.domain.unit import full_name
from inventory.domain.week import local_day
from inventory.store.scope import Scope
from inventory.store.service_faults import tally_of
from inventory.store.services import list_services
from inventory.store.tables import Finding, ServiceReach, Site, Unit

DAYS = 7


@dataclass(slots=True)
class Line:
    """A commune (or a site of one) with its tally of each service; a service without one was never tried there."""

    key: str  # unit id, or number of the site
    name: str
    tallies: dict[str, Tally] = field(default_factory=dict[str, Tally])
    sites: int = 0
    sample: bool = False

    @property
    def worst(self) -> float:
        """The lowest share of answers, 2 when nothing was tried: the worst stand first."""
        return min((tally.share for tally in self.tallies.values() if tally.share is not None), default=2.0)


@dataclass(frozen=True, slots=True)
class Matrix:
    """`down`: services that fail nearly everywhere, with the evidence of the finding; `faults`: sites' findings."""

    services: list[Service]
    lines: list[Line]
    totals: Mapping[str, Tally]
    from_day: date
    to_day: date
    down: Mapping[str, Mapping[str, Any]]
    down_id: int | None
    down_unit: str  # whose finding that is: not everybody may open it
    faults: Mapping[int, int]  # site -> number of its open finding


def communes(session: Session, scope: Scope, now: datetime) -> Matrix:
    """All communes in scope with a site, by name."""
    return _matrix(session, scope, now, by_site=False)


def sites_of(session: Session, scope: Scope, now: datetime) -> Matrix:
    """The same by site, for a scope narrowed to one commune."""
    return _matrix(session, scope, now, by_site=True)


def _matrix(session: Session, scope: Scope, now: datetime, *, by_site: bool) -> Matrix:
    today = local_day(now)
    since = today - timedelta(days=DAYS - 1)
    lines: dict[str, Line] = {}
    line_of: dict[int, Line] = {}
    query = (
        select(Site.id, Site.name, Site.sample, Unit.id, Unit.type_label, Unit.name)  # type: ignore[call-overload]
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(scope.condition(Site.unit_id), col(Site.excluded_reason) == "")
        .order_by(col(Unit.name_key), col(Site.name_key), col(Site.id))
    )
    for site_id, name, sample, unit_id, label, unit in session.exec(query):
        key = str(site_id) if by_site else unit_id
        line = lines.setdefault(key, Line(key, name if by_site else full_name(label, unit)))
        line.sites += 1
        line.sample = line.sample or sample
        line_of[site_id] = line
    totals: dict[str, Tally] = defaultdict(Tally)
    for row in session.exec(select(ServiceReach).where(ServiceReach.day >= since)):
        line = line_of.get(row.site_id)
        if line is not None:
            tally = tally_of(row)
            line.tallies[row.service] = line.tallies.get(row.service, Tally()) + tally
            totals[row.service] = totals[row.service] + tally
    down, down_id, down_unit = _down(session)
    columns, faults = _columns(list_services(session), totals), _faults(session, line_of)
    return Matrix(columns, list(lines.values()), totals, since, today, down, down_id, down_unit, faults)


def _columns(known: tuple[Service, ...], totals: Mapping[str, Tally]) -> list[Service]:
    """The list's services, then what only the policy names; groups stay together in the order of their first service."""
    names = {service.name for service in known}
    found = [*known, *(Service(name, "") for name in sorted(totals) if name not in names)]
    groups = list(dict.fromkeys(service.group for service in found if service.group))
    return sorted(found, key=lambda service: groups.index(service.group) if service.group else len(groups))


def _down(session: Session) -> tuple[dict[str, Mapping[str, Any]], int | None, str]:
    finding = session.exec(
        select(Finding).where(Finding.kind == "service_down", col(Finding.is_open)).order_by(col(Finding.id))
    ).first()
    if finding is None:
        return {}, None, ""
    said = (finding.evidence or {}).get("services", ())
    return {str(item.get("service")): item for item in said}, finding.id, finding.unit_id


def _faults(session: Session, sites: Mapping[int, Line]) -> dict[int, int]:
    query = select(Finding.site_id, Finding.id).where(Finding.kind == "service_unreachable", col(Finding.is_open))
    return {at: number for at, number in session.exec(query) if at is not None and at in sites and number is not None}
