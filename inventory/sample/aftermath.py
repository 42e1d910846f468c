"""What people were told of the sample's faults, when, and what late proof made of it.

One evaluation at the end finds every fault of these weeks at once. People would have been told minutes after each, at
first of less than is known now: alerts and area events are written as those weeks would have left them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from inventory.domain.site_alert import FLAPPING_PAUSE, WORTH_TELLING
from inventory.sample.story import HISTORY_DAYS
from inventory.store.outages import Outage, outages
from inventory.store.tables import AreaEvent, Site, SiteAlert

NOTICED = timedelta(minutes=16)
"""Three missed reports and a pass of the evaluation."""
SETTLED = timedelta(minutes=3)
"""From the first report after a fault to the corrected history."""

_alert = SiteAlert.__table__  # type: ignore[attr-defined]
_event = AreaEvent.__table__  # type: ignore[attr-defined]


def date_back(session: Session, now: datetime) -> None:
    """Gives the alerts and events of invented sites the times at which they would have been raised and closed."""
    samples = {site_id for site_id in session.exec(select(Site.id).where(col(Site.sample))) if site_id is not None}
    faults: dict[int, list[Outage]] = defaultdict(list)
    for fault in reversed(outages(session, now - timedelta(days=HISTORY_DAYS), now, now=now)):
        if fault.site_id in samples:
            faults[fault.site_id].append(fault)
    session.connection().execute(delete(_alert).where(_alert.c.site_id.in_(sorted(samples))))
    events = session.exec(select(AreaEvent).where(col(AreaEvent.withdrawn_at).is_(None))).all()
    for own in faults.values():
        session.add_all(_told(group, events, now) for group in _groups(own))
    for event in events:
        if set(event.sites) <= samples:
            closed = None if event.to_at is None else min(event.to_at + SETTLED, now)
            raised = min(event.from_at + NOTICED, now)
            session.connection().execute(
                update(_event).where(_event.c.id == event.id).values(raised_at=raised, closed_at=closed)
            )


def _groups(faults: Sequence[Outage]) -> list[list[Outage]]:
    """Faults of a site that were one alert: a line that comes and goes is told once. Too short ones are not told."""
    found: list[list[Outage]] = []
    for fault in faults:
        if fault.to_at is not None and fault.to_at - fault.from_at < WORTH_TELLING:
            continue
        last = found[-1][-1].to_at if found else None
        if last is not None and fault.from_at - last <= FLAPPING_PAUSE:
            found[-1].append(fault)
        else:
            found.append([fault])
    return found


def _told(group: Sequence[Outage], events: Sequence[AreaEvent], now: datetime) -> SiteAlert:
    since, until = group[0].from_at, group[-1].to_at
    explained = (
        event.id for event in events if group[0].site_id in event.sites and abs(event.from_at - since) < NOTICED
    )
    best = max(group, key=lambda fault: fault.state == "LINE_LOST_CONFIRMED")
    alert = SiteAlert(
        site_id=best.site_id,
        raised_at=min(since + NOTICED, now),
        since_at=since,
        state=best.state,
        cause=best.cause,
        closed_at=until,
        area_event_id=next(explained, None),
    )
    if until is not None and best.cause in ("line", "power"):
        alert.corrected_at = min(until + SETTLED, now)
        alert.corrections = [_first_told(alert, "power" if best.cause == "power" else "confirmed")]
    return alert


def _first_told(alert: SiteAlert, code: str) -> dict[str, Any]:
    assert alert.corrected_at is not None
    return {
        "at": alert.corrected_at.isoformat(),
        "code": code,
        "state": "LINE_LOST_SUSPECTED",
        "cause": "unknown",
        "since": alert.since_at.isoformat(),
        "until": alert.closed_at.isoformat() if alert.closed_at else "",
    }
