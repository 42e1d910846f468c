"""When collectors were able to take reports: one growing row per uninterrupted life of an instance."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, desc, func, insert, select, update
from sqlmodel import Session

from inventory.domain.contact import Interval, chain, clip
from inventory.domain.contact import gaps as holes
from inventory.store.engine import Store
from inventory.store.tables import CollectorBeat

PAUSE = timedelta(seconds=45)
"""Beats come every 15 s; a pause up to this long is a beat that was late, a longer one is downtime."""

_beat = CollectorBeat.__table__  # type: ignore[attr-defined]


def beat(store: Store, instance: str, now: datetime) -> None:
    """Notes that `instance` can take reports now: grows its row, or begins one after a pause."""
    with store.begin() as connection:
        newest = connection.execute(
            select(_beat.c.id, _beat.c.to_at)
            .where(_beat.c.instance == instance, _beat.c.to_at >= now - PAUSE)
            .order_by(desc(_beat.c.to_at))
            .limit(1)
        ).first()
        if newest is None:
            connection.execute(insert(_beat).values(instance=instance, from_at=now, to_at=now))
        elif newest.to_at < now:
            connection.execute(update(_beat).where(_beat.c.id == newest.id).values(to_at=now))


def first_beat(store: Session | Connection) -> datetime | None:
    """When the first collector of this store began to listen; None: never yet."""
    moment: datetime | None = _connection(store).execute(select(func.min(_beat.c.from_at))).scalar()
    return moment


def up_intervals(store: Session | Connection, from_at: datetime, to_at: datetime) -> list[Interval]:
    """Times in which some collector listened, tidy, clipped. The pause after the newest beat counts as up."""
    rows = _connection(store).execute(
        select(_beat.c.from_at, _beat.c.to_at).where(_beat.c.to_at >= from_at - PAUSE, _beat.c.from_at < to_at)
    )
    spans = chain(((row.from_at, row.to_at) for row in rows), PAUSE)
    if spans and spans[-1][1] < to_at <= spans[-1][1] + PAUSE:
        spans[-1] = (spans[-1][0], to_at)
    return [(start, end) for start, end in clip(spans, from_at, to_at) if start < end]


def gaps(store: Session | Connection, from_at: datetime, to_at: datetime) -> list[Interval]:
    """Downtime of all collectors together; the time before the first beat ever is not downtime."""
    since = first_beat(store)
    if since is None or since >= to_at:
        return []
    return holes(up_intervals(store, from_at, to_at), max(from_at, since), to_at)


def _connection(store: Session | Connection) -> Connection:
    return store.connection() if isinstance(store, Session) else store
