"""What people were told about sites: brings the alerts in line with recomputed timelines, and keeps what was corrected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from inventory.domain import site_alert as rules
from inventory.domain.site_alert import Alert
from inventory.domain.site_facts import FAULTS, Stretch
from inventory.store.site_rows import Record
from inventory.store.tables import SiteAlert

MOST_CORRECTIONS = 12
"""Kept of one alert: the first ones, which people were told, and the newest."""

_alert = SiteAlert.__table__  # type: ignore[attr-defined]

_CHANGING = ("state", "cause", "closed_at", "withdrawn_at", "corrected_at", "corrections")
_UPDATE = (
    update(_alert).where(_alert.c.id == bindparam("key")).values({name: bindparam("new_" + name) for name in _CHANGING})
)


def settle_alerts(
    connection: Connection, timelines: Mapping[int, Sequence[Stretch]], excluded: set[int], now: datetime
) -> dict[int, list[str]]:
    """Raises, closes, corrects and withdraws the alerts of these sites in the caller's transaction.

    Returns by site the codes of what late proof corrected: confirmed | power | changed | withdrawn.
    """
    standing = _standing(connection, timelines)
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    corrected: dict[int, list[str]] = {}
    for site_id, stretches in timelines.items():
        rows = standing.get(site_id, [])
        alerts = [_read(row) for row in rows]
        if site_id in excluded:
            for alert in alerts:  # nobody looks any more: what was told stands, it only does not go on
                alert.closed = alert.closed or now
        else:
            rules.update(alerts, str(site_id), _reaching(stretches, alerts), now)
        for row, alert in zip(rows, alerts, strict=False):
            code, step = _code(row, alert, now), _step(row, alert, now)
            if step is not None:
                updates.append(step)
            if code:
                corrected.setdefault(site_id, []).append(code)
        inserts += [_new(site_id, alert) for alert in alerts[len(rows) :]]
    if updates:
        connection.execute(_UPDATE, updates)
    if inserts:
        connection.execute(insert(_alert), inserts)
    return corrected


def _standing(connection: Connection, timelines: Mapping[int, Sequence[Stretch]]) -> dict[int, list[Record]]:
    begins = [stretches[0].from_at for stretches in timelines.values() if stretches]
    found: dict[int, list[Record]] = defaultdict(list)
    if begins:
        rows = connection.execute(
            select(_alert)
            .where(
                _alert.c.site_id.in_(list(timelines)),
                _alert.c.withdrawn_at.is_(None),
                or_(_alert.c.closed_at.is_(None), _alert.c.since_at >= min(begins)),
            )
            .order_by(_alert.c.site_id, _alert.c.since_at, _alert.c.id)
        )
        for row in rows:
            found[row.site_id].append(row)
    return found


def _read(row: Record) -> Alert:
    return Alert(
        str(row.site_id), row.raised_at, row.since_at, row.state, row.cause, row.closed_at, row.withdrawn_at,
        row.corrected_at,
    )  # fmt: skip


def _reaching(stretches: Sequence[Stretch], alerts: Sequence[Alert]) -> list[Stretch]:
    """A timeline that begins within a fault is taken back to where people were told that it began."""
    own = list(stretches)
    if own and own[0].state in FAULTS:
        begins = [alert.since for alert in alerts if alert.is_open and alert.since < own[0].from_at]
        if begins:
            own[0] = replace(own[0], from_at=min(begins))
    return own


def _step(row: Record, alert: Alert, now: datetime) -> dict[str, Any] | None:
    before = (row.state, row.cause, row.closed_at, row.withdrawn_at)
    if before == (alert.state, alert.cause, alert.closed, alert.withdrawn):
        return None
    code = _code(row, alert, now)
    corrections: list[Any] = list(row.corrections or ())
    if code:
        told = {"at": now, "since": row.since_at, "until": row.closed_at}
        texts = {name: at.isoformat() if at else "" for name, at in told.items()}
        corrections.append(texts | {"code": code, "state": row.state, "cause": row.cause})
        if len(corrections) > MOST_CORRECTIONS:  # a line that flaps for weeks must not fill the store
            del corrections[MOST_CORRECTIONS // 2]
    return {
        "key": row.id,
        "new_state": alert.state,
        "new_cause": alert.cause,
        "new_closed_at": alert.closed,
        "new_withdrawn_at": alert.withdrawn,
        "new_corrected_at": now if code else row.corrected_at,
        "new_corrections": corrections,
    }


def _code(row: Record, alert: Alert, now: datetime) -> str:
    """What became of what people were told; "" when they were told only in this very pass, or nothing changed."""
    if row.raised_at >= now:
        return ""
    if alert.withdrawn is not None:
        return "withdrawn"
    if (row.state, row.cause) == (alert.state, alert.cause):
        return ""
    if alert.cause == "power":
        return "power"
    return "confirmed" if alert.state == "LINE_LOST_CONFIRMED" else "changed"


def _new(site_id: int, alert: Alert) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "raised_at": alert.raised,
        "since_at": alert.since,
        "state": alert.state,
        "cause": alert.cause,
        "closed_at": alert.closed,
        "withdrawn_at": alert.withdrawn,
        "corrected_at": None,
        "corrections": [],
    }


def any_open(connection: Connection, site_ids: Sequence[int], begun: tuple[datetime, datetime]) -> bool:
    """Whether an alert of these sites that began in that time is still open."""
    query = select(_alert.c.id).where(
        _alert.c.site_id.in_(site_ids),
        _alert.c.since_at >= begun[0],
        _alert.c.since_at <= begun[1],
        _alert.c.closed_at.is_(None),
        _alert.c.withdrawn_at.is_(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def link_events(connection: Connection, links: Sequence[tuple[int, int, datetime, datetime]]) -> None:
    """Notes which event explains an alert: (event, site, earliest begin, latest begin of the alert)."""
    for event_id, site_id, from_at, to_at in links:
        connection.execute(
            update(_alert)
            .where(
                and_(_alert.c.site_id == site_id, _alert.c.since_at >= from_at, _alert.c.since_at <= to_at),
                or_(_alert.c.area_event_id.is_(None), _alert.c.area_event_id != event_id),
            )
            .values(area_event_id=event_id)
        )


def unlink_event(connection: Connection, event_id: int) -> None:
    """The event was withdrawn: its alerts stand for themselves."""
    connection.execute(update(_alert).where(_alert.c.area_event_id == event_id).values(area_event_id=None))
