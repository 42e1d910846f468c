"""Points of video meetings: how fit each is, and what to expect of all of them at a given time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from inventory.domain import readiness
from inventory.domain.hours import VN_TIME, Calendar, Interval, open_intervals
from inventory.domain.line_quality import RATES, LineQuality, Measure, QualityFact, summarize_within
from inventory.domain.policy import Policy
from inventory.domain.readiness import Forecast, Point, Readiness
from inventory.domain.unit import full_name
from inventory.domain.week import local_day
from inventory.store.audit import record
from inventory.store.line_facts import load_tests
from inventory.store.line_quality import is_point
from inventory.store.overview import STATE_GROUPS, cut_off
from inventory.store.policy import policies_of_sites
from inventory.store.scope import Scope
from inventory.store.site_evidence import hours_of
from inventory.store.tables import LineStanding, Site, SiteState, Unit

FLAPPING_OVER = timedelta(days=7)
AROUND = timedelta(minutes=90)
"""Tests within this time of day around the hour of the meeting tell more about it than all others."""


@dataclass(frozen=True, slots=True)
class PointRow:
    """One meeting point. `readiness` is the stored conclusion as JSON (domain/readiness.py), None: never tested.

    chosen: somebody said that it is one; else it is by its role.
    """

    site: Site
    unit_name: str
    point: Point
    chosen: bool
    readiness: Mapping[str, Any] | None
    computed_at: datetime | None

    @property
    def grade(self) -> str:
        return str(self.readiness["grade"]) if self.readiness else "unknown"


@dataclass(frozen=True, slots=True)
class CheckedPoint:
    """One point before a meeting. same_hours: judged by tests at that time of day."""

    row: PointRow
    forecast: Forecast
    readiness: Readiness
    same_hours: bool
    outside_hours: bool


@dataclass(frozen=True, slots=True)
class MeetingCheck:
    """All points of a scope, those that will fail first. `at` None: now."""

    at: datetime | None
    mbps: float
    working_day: bool
    points: list[CheckedPoint]

    def count(self, verdict: str) -> int:
        return sum(item.forecast.verdict == verdict for item in self.points)


def list_points(session: Session, scope: Scope, now: datetime) -> list[PointRow]:
    """The meeting points in scope, by commune and name."""
    policies, _ = policies_of_sites(session)
    query = (
        select(Site, Unit.type_label, Unit.name, LineStanding, cut_off())  # type: ignore[call-overload]
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .outerjoin(LineStanding, col(LineStanding.site_id) == col(Site.id))
        .where(scope.condition(Site.unit_id), col(Site.excluded_reason) == "")
        .order_by(col(Unit.name_key), col(Site.name_key), col(Site.id))
    )
    found = [row for row in session.exec(query) if is_point(row[0], policies[row[0].id])]
    outages = _outages(session, [row[0].id for row in found], now)
    return [
        PointRow(
            site,
            full_name(label, name),
            Point(
                site.state,
                bool(cut),
                site.state_since if site.state in STATE_GROUPS["cut"] else None,
                outages.get(site.id or 0, 0),
            ),
            site.meeting_point is not None,
            standing.data.get("readiness") if standing is not None else None,
            standing.computed_at if standing is not None else None,
        )
        for site, label, name, standing, cut in found
    ]


def check_points(
    session: Session, scope: Scope, now: datetime, calendar: Calendar, mbps: float, at: datetime | None = None
) -> MeetingCheck:
    """What to expect of every point in scope for a meeting at `at` that needs so many Mb/s each way."""
    policies, _ = policies_of_sites(session)
    rows = list_points(session, scope, now)
    ids = [row.site.id for row in rows if row.site.id is not None]
    days = max((policies[site_id].line_quality_days for site_id in ids), default=1)
    tests = load_tests(session, ids, now - timedelta(days=days), now)
    checked: list[CheckedPoint] = []
    for row in rows:
        policy = policies[row.site.id or 0]
        found, same_hours, outside = _readiness_at(row.site, tests.get(row.site.id or 0, ()), policy, calendar, now, at)
        forecast = readiness.forecast(row.point, found, mbps, policy)
        checked.append(CheckedPoint(row, forecast, found, same_hours, outside))
    order = {"fail": 0, "unknown": 1, "pass": 2}
    checked.sort(key=lambda item: order[item.forecast.verdict])
    day = local_day(at or now)
    return MeetingCheck(at, mbps, calendar.is_working_day(day), checked)


def set_point(session: Session, site: Site, value: bool | None, actor: str, now: datetime, address: str = "") -> None:
    """Says that a site is a meeting point, that it is none, or (None) that its role decides."""
    before, site.meeting_point = site.meeting_point, value
    session.add(site)
    record(
        session, now, actor, "site.meeting_point", "site", str(site.id), {"meeting_point": before},
        {"meeting_point": value}, address,
    )  # fmt: skip


def _readiness_at(
    site: Site, tests: Sequence[QualityFact], policy: Policy, calendar: Calendar, now: datetime, at: datetime | None
) -> tuple[Readiness, bool, bool]:
    hours, begin = hours_of(site, policy), now - timedelta(days=policy.line_quality_days)  # type: ignore[arg-type]
    opened = open_intervals(hours, calendar, begin, now)
    whole = summarize_within(tests, opened, begin, now)
    if at is None:
        return readiness.grade(whole, policy, now), False, False
    outside = not open_intervals(hours, calendar, at, at + timedelta(minutes=1))
    near = summarize_within(tests, _near_hour(opened, at), begin, now)
    merged = _merge(whole, near, policy, now)
    return readiness.grade(merged, policy, now), merged is not whole, outside


def _near_hour(opened: Sequence[Interval], at: datetime) -> list[Interval]:
    """The opening times within AROUND of the meeting's time of day."""
    clock = at.astimezone(VN_TIME)
    found: list[Interval] = []
    for day in dict.fromkeys(start.astimezone(VN_TIME).date() for start, _ in opened):
        middle = clock.replace(year=day.year, month=day.month, day=day.day)
        low, high = middle - AROUND, middle + AROUND
        found += [(max(start, low), min(end, high)) for start, end in opened if start < high and end > low]
    return sorted(set(found))


def _merge(whole: LineQuality, near: LineQuality, policy: Policy, now: datetime) -> LineQuality:
    """Each measure from tests near the hour where there are enough fresh ones, else from all working hours."""
    oldest = now - timedelta(days=policy.meeting_max_age_days)
    used: dict[str, Measure] = {}
    for name, measure in near.measures.items():
        needed = policy.line_min_tests if name in RATES else policy.meeting_min_measurements
        fresh = measure.last_at is not None and measure.last_at >= oldest
        if fresh and measure.full is not None and measure.full.count >= needed:
            used[name] = measure
    return replace(whole, measures={**whole.measures, **used}) if used else whole


def _outages(session: Session, site_ids: Collection[int], now: datetime) -> dict[int, int]:
    """How often each site was cut off lately; stretches that touch are one."""
    query = (
        select(SiteState.site_id, SiteState.from_at, SiteState.to_at)
        .where(
            col(SiteState.site_id).in_(sorted(site_ids)),
            col(SiteState.state).in_(STATE_GROUPS["cut"]),
            SiteState.to_at > now - FLAPPING_OVER,
        )
        .order_by(col(SiteState.site_id), col(SiteState.from_at))
    )
    found: dict[int, int] = defaultdict(int)
    last: tuple[int, datetime] | None = None
    for site_id, from_at, to_at in session.exec(query):
        if last is None or last[0] != site_id or from_at > last[1]:
            found[site_id] += 1
        last = (site_id, to_at)
    return found


def check_plain(check: MeetingCheck, now: datetime) -> dict[str, Any]:
    """As JSON, for programs and the command."""
    return {
        "checked_at": now.isoformat(),
        "at": check.at.isoformat() if check.at else None,
        "mbps": check.mbps,
        "working_day": check.working_day,
        "points": len(check.points),
        "fail": check.count("fail"),
        "unknown": check.count("unknown"),
        "pass": check.count("pass"),
        "results": [_plain(item) for item in check.points],
    }


def _plain(item: CheckedPoint) -> dict[str, Any]:
    site, point = item.row.site, item.row.point
    return {
        "site_id": site.id,
        "site_name": site.name,
        "unit_id": site.unit_id,
        "unit_name": item.row.unit_name,
        "provider": site.provider,
        "verdict": item.forecast.verdict,
        "reasons": list(item.forecast.reasons),
        "open": list(item.forecast.notes),
        "state": point.state,
        "cut_off": point.cut_off,
        "cut_since": point.cut_since.isoformat() if point.cut_since else None,
        "outages_7_days": point.outages,
        "same_hours": item.same_hours,
        "outside_hours": item.outside_hours,
        "readiness": readiness.as_plain(item.readiness),
        "sample": site.sample,
    }
