"""Finds sites that were lost together, and keeps the area events in line with what the timelines say now.

Only times are looked at in which something changed: losses that came, went or ended with a recomputed timeline.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from inventory.domain import area_event as rules
from inventory.domain.area_event import SIGNS, Loss, Place, losses_of
from inventory.domain.contact import Interval, merge
from inventory.domain.site_facts import SharedLoss, Stretch
from inventory.domain.week import local_day
from inventory.store import site_alerts
from inventory.store.site_rows import Record
from inventory.store.tables import Area, AreaEvent, AreaMember, Site, SiteState

_event = AreaEvent.__table__  # type: ignore[attr-defined]
_state = SiteState.__table__  # type: ignore[attr-defined]
_site = Site.__table__  # type: ignore[attr-defined]

_DAY = timedelta(hours=26)
"""A stretch in which somebody was heard seldom lasts longer; those that go on now are asked for apart."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """A loss of a site that came, went, or changed its end."""

    site_id: int
    at: datetime


def as_stretches(rows: Iterable[Record]) -> list[Stretch]:
    """Stored rows of a timeline."""
    return [_stretch(row) for row in rows]


def _stretch(row: Record) -> Stretch:
    return Stretch(row.from_at, row.to_at, row.state, row.cause, row.why, bool(row.observed))


def moved_losses(site_id: int, before: Sequence[Stretch], after: Sequence[Stretch]) -> list[Moved]:
    """What is another loss in a recomputed timeline than in the stored one."""
    old, new = set(losses_of(str(site_id), before)), set(losses_of(str(site_id), after))
    return [Moved(site_id, at) for at in sorted({loss.at for loss in old ^ new})]


def standing_events(connection: Connection, from_at: datetime) -> dict[int, list[Record]]:
    """Events that began since `from_at`, by site, oldest first."""
    found: dict[int, list[Record]] = defaultdict(list)
    rows = connection.execute(
        select(_event).where(_event.c.from_at >= from_at, _event.c.withdrawn_at.is_(None)).order_by(_event.c.from_at)
    )
    for row in rows:
        for site_id in row.sites:
            found[site_id].append(row)
    return found


def shared_losses(events: Mapping[int, Sequence[Record]], window: timedelta) -> dict[int, list[SharedLoss]]:
    """What the sites of the events are told."""
    return {
        site_id: [SharedLoss(row.from_at - window, row.from_at + window, row.cause) for row in rows]
        for site_id, rows in events.items()
    }


def event_of(events: Sequence[Record], fault: Stretch | None, window: timedelta) -> Record | None:
    """The event that explains an outage: it began with it."""
    if fault is None:
        return None
    return next((row for row in reversed(events) if abs(row.from_at - fault.from_at) <= 2 * window), None)


def regroup(connection: Connection, moved: Iterable[Moved], window: timedelta, now: datetime) -> set[int]:
    """Brings the events around these losses in line; returns the sites that are to be judged again."""
    spans = merge((one.at - window, one.at + window) for one in moved)
    if not spans:
        return set()
    places = _places(connection, now)
    again: set[int] = set()
    for span in spans:
        losses = _losses(connection, span)
        losses = [loss for loss in losses if loss.site in places]
        found: list[rules.AreaEvent] = []
        if len({loss.site for loss in losses}) >= rules.FEWEST_UNCLEAN:
            heard = _heard(connection, (span[0] - window, span[1]), [int(site) for site in places])
            found = rules.find_events(losses, places, heard, rules.chances([], 0.0, window), window)
        again |= _settle(connection, span, found, window, now)
    return again


def _places(connection: Connection, now: datetime) -> dict[str, Place]:
    """Provider and area of every site that can be part of an event."""
    day = local_day(now)
    member, area = AreaMember.__table__, Area.__table__  # type: ignore[attr-defined]
    valid = (or_(member.c.valid_from.is_(None), member.c.valid_from <= day),
             or_(member.c.valid_to.is_(None), member.c.valid_to >= day))  # fmt: skip
    rows = connection.execute(
        select(member.c.unit_id, member.c.area_id).join(area, area.c.id == member.c.area_id).where(*valid)
    )
    areas = {row.unit_id: str(row.area_id) for row in rows}
    sites = connection.execute(
        select(_site.c.id, _site.c.unit_id, _site.c.provider).where(_site.c.excluded_reason == "")
    )
    return {str(row.id): Place(row.provider, areas.get(row.unit_id, "")) for row in sites}


def _losses(connection: Connection, span: Interval) -> list[Loss]:
    """Losses that began in the span, with their ends."""
    begun = select(_state.c.site_id).where(
        _state.c.from_at >= span[0], _state.c.from_at <= span[1], _state.c.why.in_(list(SIGNS))
    )
    ids = sorted({row.site_id for row in connection.execute(begun)})
    found: list[Loss] = []
    for site_id, stretches in _timelines(connection, ids, span[0] - timedelta(hours=1)).items():
        found += [loss for loss in losses_of(str(site_id), stretches) if span[0] <= loss.at <= span[1]]
    return sorted(found, key=lambda loss: (loss.at, loss.site))


def _timelines(connection: Connection, ids: Sequence[int], since: datetime) -> dict[int, list[Stretch]]:
    names = ("site_id", "from_at", "to_at", "state", "cause", "why", "observed")
    found: dict[int, list[Stretch]] = defaultdict(list)
    for at in range(0, len(ids), _CHUNK):
        query = (
            select(*(_state.c[name] for name in names))
            .where(_state.c.site_id.in_(ids[at : at + _CHUNK]), _state.c.to_at >= since)
            .order_by(_state.c.site_id, _state.c.from_at)
        )
        for row in connection.execute(query):
            found[row.site_id].append(_stretch(row))
    return found


def _heard(connection: Connection, span: Interval, ids: Sequence[int]) -> Callable[[str, datetime], bool]:
    """Whether a site was UP at a moment in the span."""
    up: dict[str, list[Stretch]] = defaultdict(list)
    rows = connection.execute(
        select(_state.c.site_id, _state.c.from_at, _state.c.to_at).where(
            _state.c.from_at >= span[0] - _DAY,
            _state.c.from_at <= span[1],
            _state.c.to_at >= span[0],
            _state.c.state == "UP",
        )
    )
    for row in rows:
        up[str(row.site_id)].append(Stretch(row.from_at, row.to_at, "UP", "unknown", "heard"))
    lasting = connection.execute(
        select(_site.c.id, _site.c.state_since, _site.c.evaluated_at).where(
            _site.c.state == "UP", _site.c.state_since < span[0] - _DAY, _site.c.evaluated_at >= span[0]
        )
    )
    for row in lasting:
        up[str(row.id)].append(Stretch(row.state_since, row.evaluated_at, "UP", "unknown", "heard"))
    wanted = {str(site_id) for site_id in ids}
    ordered = {site: sorted(own, key=lambda stretch: stretch.from_at) for site, own in up.items() if site in wanted}
    return rules.heard_lookup(ordered)


def _settle(
    connection: Connection, span: Interval, found: Sequence[rules.AreaEvent], window: timedelta, now: datetime
) -> set[int]:
    """Stored events of the span become the found ones: kept, changed, withdrawn, added."""
    standing = _standing(connection, (span[0] - window, span[1] + window))
    again: set[int] = set()
    links: list[tuple[int, int, datetime, datetime]] = []
    for event in found:
        row = next((row for row in standing if _same(row, event, window)), None)
        values = _values(event, now)
        if values["to_at"] is not None and site_alerts.any_open(connection, values["sites"], _near(event, window)):
            values |= {"to_at": None, "closed_at": None}  # blind or closed times do not end it, only word from a site
        if row is None:
            made = connection.execute(insert(_event).values(**values, raised_at=now).returning(_event.c.id))
            event_id = made.scalar_one()
            again.update(values["sites"])
        else:
            standing.remove(row)
            event_id = row.id
            if any(getattr(row, name) != value for name, value in values.items() if name != "closed_at"):
                connection.execute(update(_event).where(_event.c.id == row.id).values(**values))
            if (row.cause, row.from_at) != (values["cause"], values["from_at"]):
                again.update(values["sites"], row.sites)
            again.update(set(values["sites"]) ^ set(row.sites))
        links += [(event_id, site, *_near(event, window)) for site in values["sites"]]
    for row in standing:
        if span[0] <= row.from_at <= span[1]:
            connection.execute(update(_event).where(_event.c.id == row.id).values(withdrawn_at=now, closed_at=now))
            site_alerts.unlink_event(connection, row.id)
            again.update(row.sites)
    site_alerts.link_events(connection, links)
    return again


def _standing(connection: Connection, span: Interval) -> list[Record]:
    """Events that began in the span and were not withdrawn, in order of their number."""
    begun = (_event.c.from_at >= span[0], _event.c.from_at <= span[1], _event.c.withdrawn_at.is_(None))
    return list(connection.execute(select(_event).where(*begun).order_by(_event.c.id)))


def _near(event: rules.AreaEvent, window: timedelta) -> Interval:
    """When the outages of its sites may have begun."""
    return event.from_at - 2 * window, event.from_at + 2 * window


def _same(row: Record, event: rules.AreaEvent, window: timedelta) -> bool:
    if abs(row.from_at - event.from_at) > 2 * window:
        return False
    ours = {int(site) for site in event.sites}
    return len(ours & set(row.sites)) * 2 >= min(len(ours), len(row.sites))


def _values(event: rules.AreaEvent, now: datetime) -> dict[str, Any]:
    return {
        "from_at": event.from_at,
        "to_at": event.to_at,
        "area_id": int(event.area) if event.area else None,
        "provider": event.provider or "",
        "cause": event.cause,
        "sites": sorted(int(site) for site in event.sites),
        "closed_at": None if event.to_at is None else now,
    }
