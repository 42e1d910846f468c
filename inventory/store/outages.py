"""Outages of sites from the timeline, one row each, with the line and contract that they concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from inventory.domain.contact import Interval, clip, intersect, merge, seconds
from inventory.domain.hours import DEFAULT_CALENDAR, Calendar, OpeningHours, open_intervals
from inventory.domain.site_facts import FAULTS
from inventory.domain.unit import full_name
from inventory.domain.week import local_day
from inventory.store.policy import policies_of_sites
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.site_evidence import hours_of
from inventory.store.tables import JournalRow, Line, Site, SiteAlert, SiteState, Unit

BRIDGED = ("OFF_EXPECTED", "OFF_UNUSUAL", "COLLECTOR_BLIND")
"""States that do not end an outage: nobody could see. Only word from the site does."""
LONGEST_BRIDGE = timedelta(days=16)
_REACH = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage of one site. `to_at` None: it goes on. Times are not clipped to the period that was asked for."""

    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    sample: bool
    from_at: datetime
    to_at: datetime | None
    seconds: float  # of fault, until now while it goes on; the collector's own downtime is left out
    open_s: float  # of these, in opening hours
    observed_s: float  # of open_s, what somebody saw; the rest was concluded, as a night between two proofs
    state: str  # the best proven part's
    cause: str
    why: str  # code of the rule that says so
    witnesses: int  # agents whose journals or late reports tell of it
    provider: str  # of the line, else of the site; "": not known
    line_id: int | None
    line_kind: str
    contract_no: str
    down_mbps: float | None
    up_mbps: float | None
    event_id: int | None  # area event that it is part of
    corrections: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    # what people were told before late proof came, oldest first: at, code, state, cause, since, until


@dataclass(slots=True)
class _Fault:
    from_at: datetime
    to_at: datetime
    parts: list[SiteState]
    ongoing: bool = False


def outages(
    session: Session,
    from_at: datetime,
    to_at: datetime,
    site_id: int | None = None,
    provider: str | None = None,
    *,
    now: datetime | None = None,
    scope: Scope = EVERYTHING,
    calendar: Calendar = DEFAULT_CALENDAR,
) -> list[Outage]:
    """Outages that reach into [from_at, to_at), newest first. `now` (default: to_at) ends those that go on."""
    until = now or to_at
    query = select(Site).where(scope.condition(Site.unit_id), Site.excluded_reason == "")
    if site_id is not None:
        query = query.where(Site.id == site_id)
    sites = {site.id or 0: site for site in session.exec(query)}
    faults = {
        key: [fault for fault in found if fault.to_at > from_at and fault.from_at < to_at]
        for key, found in _faults(session, sites, from_at, to_at, until).items()
    }
    faults = {key: found for key, found in faults.items() if found}
    lines = _lines(session, faults)
    policies, _version = policies_of_sites(session)
    names = _unit_names(session, {sites[key].unit_id for key in faults})
    told = _alerts(session, faults, from_at)
    rows: list[Outage] = []
    for key, found in faults.items():
        hours = hours_of(sites[key], policies[key])
        witnesses = _witnesses(session, key, found)
        for fault in found:
            row = _outage(sites[key], fault, hours, calendar, witnesses)
            row = replace(row, unit_name=names.get(row.unit_id, ""))
            row = _with_line(row, sites[key], lines.get(key, ()))
            if provider is None or row.provider == provider:
                rows.append(_with_alert(row, fault, told.get(key, ())))
    return sorted(rows, key=lambda row: (row.from_at, row.site_id), reverse=True)


def _faults(
    session: Session, sites: Mapping[int, Site], from_at: datetime, to_at: datetime, now: datetime
) -> dict[int, list[_Fault]]:
    """Faults by site; a silence that nobody could see into does not end one."""
    query = (
        select(SiteState)
        .where(SiteState.to_at >= from_at - _REACH, SiteState.from_at < to_at)
        .order_by(col(SiteState.site_id), col(SiteState.from_at))
    )
    if len(sites) < 200:
        query = query.where(col(SiteState.site_id).in_(list(sites)))
    by_site: dict[int, list[SiteState]] = defaultdict(list)
    for row in session.exec(query):
        if row.site_id in sites:
            by_site[row.site_id].append(row)
    return {key: _joined(rows, sites[key], now) for key, rows in by_site.items()}


def _joined(rows: Sequence[SiteState], site: Site, now: datetime) -> list[_Fault]:
    found: list[_Fault] = []
    open_until: datetime | None = None  # a fault goes on until then, if one follows
    for row in rows:
        end = max(row.to_at, now) if row.from_at == site.state_since else row.to_at
        if row.state in FAULTS:
            if open_until is not None and row.from_at - found[-1].to_at <= LONGEST_BRIDGE:
                found[-1].to_at = end
                found[-1].parts.append(row)
            else:
                found.append(_Fault(row.from_at, end, [row]))
            open_until = end
        elif row.state not in BRIDGED:
            open_until = None
    if found and open_until is not None and rows[-1].from_at == site.state_since:
        found[-1].ongoing = True
        found[-1].to_at = max(found[-1].to_at, found[-1].parts[-1].to_at)
    return found


def _outage(
    site: Site, fault: _Fault, hours: OpeningHours, calendar: Calendar, witnesses: Sequence[tuple[str, Interval]]
) -> Outage:
    spans = [(part.from_at, fault.to_at if part is fault.parts[-1] else part.to_at) for part in fault.parts]
    opening = open_intervals(hours, calendar, fault.from_at, fault.to_at)
    seen = merge(span for span, part in zip(spans, fault.parts, strict=True) if part.observed)
    best = max(fault.parts, key=lambda part: (part.state == "LINE_LOST_CONFIRMED", part.observed, part.from_at))
    return Outage(
        site_id=site.id or 0,
        site_name=site.name,
        unit_id=site.unit_id,
        unit_name="",
        sample=site.sample,
        from_at=fault.from_at,
        to_at=None if fault.ongoing else fault.to_at,
        seconds=seconds(merge(spans)),
        open_s=seconds(intersect(merge(spans), opening)),
        observed_s=seconds(intersect(seen, opening)),
        state=best.state,
        cause=best.cause,
        why=best.why,
        witnesses=len({agent for agent, span in witnesses if clip([span], fault.from_at, fault.to_at)}),
        provider=site.provider,
        line_id=None,
        line_kind="",
        contract_no="",
        down_mbps=None,
        up_mbps=None,
        event_id=None,
    )


def _witnesses(session: Session, site_id: int, faults: Sequence[_Fault]) -> list[tuple[str, Interval]]:
    """Who noted in a journal that the collector could not be reached, and when."""
    query = select(JournalRow.agent_id, JournalRow.from_at, JournalRow.to_at).where(
        JournalRow.site_id == site_id,
        JournalRow.to_at >= min(fault.from_at for fault in faults),
        JournalRow.from_at < max(fault.to_at for fault in faults),
        col(JournalRow.collector).is_not(True),
    )
    return [(agent, (begin, max(end, begin + timedelta(seconds=1)))) for agent, begin, end in session.exec(query)]


def _lines(session: Session, site_ids: Iterable[int]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    for line in session.exec(select(Line).where(col(Line.site_id).in_(list(site_ids))).order_by(col(Line.id))):
        found[line.site_id].append(line)
    return found


def _with_line(row: Outage, site: Site, lines: Sequence[Line]) -> Outage:
    """The line by which the site reports: valid then, of the site's provider, an Internet line before others."""
    day = local_day(row.from_at)
    valid = [
        line
        for line in lines
        if (line.valid_from is None or line.valid_from <= day) and (line.valid_to is None or day <= line.valid_to)
    ]
    fits = [line for line in valid if not site.provider or not line.provider or line.provider == site.provider]
    if not fits:
        return row
    line = min(fits, key=lambda item: (item.kind != "internet", item.kind != "tslcd", not item.contract_no, item.id))
    return replace(
        row,
        provider=line.provider or site.provider,
        line_id=line.id,
        line_kind=line.kind,
        contract_no=line.contract_no,
        down_mbps=line.down_mbps,
        up_mbps=line.up_mbps,
    )


def _alerts(session: Session, site_ids: Iterable[int], since: datetime) -> dict[int, list[SiteAlert]]:
    query = select(SiteAlert).where(col(SiteAlert.site_id).in_(list(site_ids)), SiteAlert.since_at >= since - _REACH)
    found: dict[int, list[SiteAlert]] = defaultdict(list)
    for alert in session.exec(query.order_by(col(SiteAlert.since_at))):
        found[alert.site_id].append(alert)
    return found


def _with_alert(row: Outage, fault: _Fault, alerts: Sequence[SiteAlert]) -> Outage:
    """What people were told of it."""
    for alert in reversed(alerts):
        ended = alert.closed_at or alert.withdrawn_at
        if alert.since_at < fault.to_at and (ended is None or ended > fault.from_at):
            return replace(row, event_id=alert.area_event_id, corrections=list(alert.corrections))
    return row


def _unit_names(session: Session, unit_ids: Iterable[str]) -> dict[str, str]:
    query = select(Unit.id, Unit.type_label, Unit.name).where(col(Unit.id).in_(list(unit_ids)))
    return {unit_id: full_name(label, name) for unit_id, label, name in session.exec(query)}
