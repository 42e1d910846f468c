"""Writes a recomputed timeline: only rows that differ are touched, so that history keeps its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from inventory.domain.site_facts import Stretch
from inventory.store.tables import Site, SiteState

Record = Any
"""A row of a Core SELECT: its columns are attributes."""

_state = SiteState.__table__  # type: ignore[attr-defined]
_site = Site.__table__  # type: ignore[attr-defined]

_SAID = ("state", "cause", "why", "observed")
"""What a row says of its stretch."""

_UPDATE_STATE = (
    update(_state)
    .where(_state.c.id == bindparam("key"))
    .values({name: bindparam("new_" + name) for name in ("to_at", *_SAID)})
)
_GROW = (
    update(_state)
    .where(_state.c.site_id == bindparam("key_site"), _state.c.from_at == bindparam("key_from"))
    .values(to_at=bindparam("new_to"))
)
_TOUCH = (
    update(_site)
    .where(_site.c.id == bindparam("key"))
    .values(last_contact_at=bindparam("new_contact"), evaluated_at=bindparam("new_evaluated"))
)
_CONCLUDE = (
    update(_site)
    .where(_site.c.id == bindparam("key"))
    .values(
        {
            name: bindparam("new_" + name)
            for name in ("state", "state_cause", "state_since", "last_contact_at", "evaluated_at")
        }
    )
)


@dataclass
class Changes:
    """Statements of one chunk, run together."""

    inserts: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    deletes: list[int] = field(default_factory=list)
    sites: list[dict[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.inserts) + len(self.updates) + len(self.deletes)


def stored_rows(connection: Connection, windows: Mapping[int, datetime]) -> dict[int, list[Record]]:
    """Rows that reach into each site's window, or touch its begin, oldest first."""
    rows = connection.execute(
        select(*(_state.c[name] for name in ("id", "site_id", "from_at", "to_at", *_SAID)))
        .where(_state.c.site_id.in_(list(windows)), _state.c.to_at >= min(windows.values()))
        .order_by(_state.c.site_id, _state.c.from_at, _state.c.id)
    )
    found: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        if row.to_at >= windows[row.site_id]:
            found[row.site_id].append(row)
    return found


def last_up(connection: Connection, site_ids: Iterable[int], since: datetime, until: datetime) -> dict[int, datetime]:
    """Begin of the newest stored UP stretch that began in [since, until]: history before it needs no second look."""
    rows: list[Record] = list(
        connection.execute(
            select(_state.c.site_id, func.max(_state.c.from_at))
            .where(
                _state.c.site_id.in_(list(site_ids)),
                _state.c.from_at >= since,
                _state.c.from_at <= until,
                _state.c.state == "UP",
            )
            .group_by(_state.c.site_id)
        )
    )
    return {row[0]: row[1] for row in rows}


def compare(site_id: int, stretches: Sequence[Stretch], rows: Sequence[Record], changes: Changes) -> list[Stretch]:
    """Notes what makes the stored rows of a window equal to `stretches`. Rows before the window stay as they are.

    Returns the stretches as stored: the first one may have begun before the window.
    """
    wanted = list(stretches)
    begin = wanted[0].from_at
    earlier = next((row for row in rows if row.from_at < begin), None)
    if earlier is not None and _says(earlier)[:2] == _says(wanted[0])[:2] and earlier.observed == wanted[0].observed:
        wanted[0] = replace(wanted[0], from_at=earlier.from_at)
    elif earlier is not None and earlier.to_at > begin:
        changes.updates.append(_update(earlier, begin, earlier))
    known: dict[datetime, Record] = {}
    for row in rows:
        if row.from_at in known:
            changes.deletes.append(row.id)
        elif row.from_at >= wanted[0].from_at:
            known[row.from_at] = row
    for stretch in wanted:
        row = known.pop(stretch.from_at, None)
        if row is None:
            where = {"site_id": site_id, "from_at": stretch.from_at, "to_at": stretch.to_at}
            changes.inserts.append(where | dict(zip(_SAID, _says(stretch), strict=True)))
        elif (row.to_at, *_says(row)) != (stretch.to_at, *_says(stretch)):
            changes.updates.append(_update(row, stretch.to_at, stretch))
    changes.deletes += [row.id for row in known.values()]
    return wanted


def conclude(changes: Changes, site: Record, last: Stretch, last_contact_at: datetime | None, now: datetime) -> None:
    """What the site's own row says of its newest stretch."""
    changes.sites.append(
        {
            "key": site.id,
            "new_state": last.state,
            "new_state_cause": last.cause,
            "new_state_since": last.from_at,
            "new_last_contact_at": last_contact_at,
            "new_evaluated_at": now,
        }
    )


def write(connection: Connection, changes: Changes) -> None:
    """Runs the statements in the caller's transaction."""
    if changes.deletes:
        connection.execute(delete(_state).where(_state.c.id.in_(changes.deletes)))
    if changes.updates:
        connection.execute(_UPDATE_STATE, changes.updates)
    if changes.inserts:
        connection.execute(insert(_state), changes.inserts)
    if changes.sites:
        connection.execute(_CONCLUDE, changes.sites)


def refresh(connection: Connection, sites: Sequence[Record], heard: Mapping[int, datetime], now: datetime) -> None:
    """Nothing changed but time: the newest row of each site and the site's own moments go on to now."""
    if not sites:
        return
    connection.execute(_GROW, [{"key_site": site.id, "key_from": site.state_since, "new_to": now} for site in sites])
    connection.execute(
        _TOUCH,
        [
            {"key": site.id, "new_contact": heard.get(site.id, site.last_contact_at), "new_evaluated": now}
            for site in sites
        ],
    )


def _says(row: Record) -> tuple[Any, ...]:
    return (row.state, row.cause, row.why[:24], bool(row.observed))


def _update(row: Record, to_at: datetime, said: Record) -> dict[str, Any]:
    return {"key": row.id, "new_to_at": to_at} | {f"new_{n}": v for n, v in zip(_SAID, _says(said), strict=True)}
