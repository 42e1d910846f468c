"""What people are told about a site, and how it is taken back: raise, close, withdraw. Pure.

An alert stands for one outage. It is raised when the timeline says that the site is cut off, or when late proof shows
that it was, for long enough to matter. It is closed when the site is heard again and withdrawn when the timeline no
longer knows of a fault there. A line that comes and goes keeps one alert.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.domain.site_facts import FAULTS, Cause, State, Stretch

WORTH_TELLING = timedelta(minutes=15)
"""An outage that was over before anybody was told is told when it was at least this long."""
FLAPPING_PAUSE = timedelta(hours=2)
"""Cuts no further apart than this, after FLAPPING_CUTS of them within a day, are one alert."""
FLAPPING_CUTS = 2


@dataclass(slots=True)
class Alert:
    site: str
    raised: datetime
    since: datetime
    state: State
    cause: Cause
    closed: datetime | None = None
    withdrawn: datetime | None = None
    corrected: datetime | None = None  # its state or cause became another one

    @property
    def is_open(self) -> bool:
        return self.closed is None and self.withdrawn is None


@dataclass(frozen=True, slots=True)
class Outage:
    """One fault of a site, nights and blind times in between included."""

    from_at: datetime
    to_at: datetime | None  # None: it is going on
    state: State  # of its last stretch that was a fault; confirmed when any of them was
    cause: Cause
    ended_at: datetime  # end of its last fault stretch


def outages(stretches: Sequence[Stretch]) -> list[Outage]:
    """Faults in order; a fault lasts until the site is heard again."""
    found: list[Outage] = []
    own: list[Stretch] = []
    for stretch in stretches:
        if stretch.state in FAULTS:
            own.append(stretch)
        elif own and (stretch.state in ("UP", "NOT_OBSERVED", "NEVER_REPORTED") or stretch.why == "starting"):
            found.append(_outage(own, own[-1].to_at))
            own = []
    if own:
        found.append(_outage(own, None))
    return found


def _outage(own: Sequence[Stretch], to_at: datetime | None) -> Outage:
    told = [stretch for stretch in own if stretch.state != "LINE_LOST_SUSPECTED"] or own
    longest = max(told, key=lambda stretch: stretch.to_at - stretch.from_at)
    return Outage(own[0].from_at, to_at, longest.state, longest.cause, own[-1].to_at)


def update(alerts: list[Alert], site: str, stretches: Sequence[Stretch], now: datetime) -> list[Alert]:
    """Brings the site's alerts in line with its timeline, which covers them; returns the new ones (also appended).

    Alerts older than the timeline's first stretch are left alone.
    """
    if not stretches:
        return []
    known = outages(stretches)
    used: set[int] = set()
    for alert in alerts:
        if alert.withdrawn is not None or alert.since < stretches[0].from_at:
            continue
        own = [at for at, outage in enumerate(known) if _overlap(alert, outage, now)]
        used.update(own)
        if own:
            _follow(alert, known[own[-1]], now)
        else:
            alert.withdrawn, alert.closed = now, None
    shows = stretches[-1].state in FAULTS
    return [
        _tell(alerts, site, outage, now) for at, outage in enumerate(known) if at not in used and _tells(outage, shows)
    ]


def _overlap(alert: Alert, outage: Outage, now: datetime) -> bool:
    slack = timedelta(minutes=10)
    until = _stood_until(alert) or now
    return outage.from_at <= until and alert.since - slack <= (outage.to_at or now)


def _stood_until(alert: Alert) -> datetime | None:
    """Outages that began later are others. Told when it was over, an alert stands for the outage of its begin alone."""
    return alert.since if alert.closed is not None and alert.closed == alert.raised else alert.closed


def _follow(alert: Alert, outage: Outage, now: datetime) -> None:
    if (alert.state, alert.cause) != (outage.state, outage.cause):
        alert.state, alert.cause, alert.corrected = outage.state, outage.cause, now
    if outage.to_at is not None and alert.closed is None:
        alert.closed = now


def _tells(outage: Outage, shows: bool) -> bool:
    """`shows`: the timeline ends in a fault; else it is night, and there is nothing new to tell."""
    if outage.to_at is None:
        return shows
    sure = outage.state != "LINE_LOST_SUSPECTED"
    return sure and outage.ended_at - outage.from_at >= WORTH_TELLING


def _tell(alerts: list[Alert], site: str, outage: Outage, now: datetime) -> Alert:
    recent = [alert for alert in alerts if alert.withdrawn is None and now - alert.raised <= timedelta(days=1)]
    last = recent[-1] if recent else None
    stood = _stood_until(last) if last else None
    if len(recent) >= FLAPPING_CUTS and last and stood and abs(outage.from_at - stood) <= FLAPPING_PAUSE:
        last.closed = None if outage.to_at is None else now
        return last
    alert = Alert(site, now, outage.from_at, outage.state, outage.cause, None if outage.to_at is None else now)
    alerts.append(alert)
    return alert
