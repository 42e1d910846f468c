"""One row per site, day and measure: what stays of tests and traffic when the single measurements are forgotten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from inventory.domain.line_quality import MEASURES, Quantiles, quantiles, summarize_within
from inventory.domain.week import local_day, midnight
from inventory.store.engine import Store
from inventory.store.line_facts import load_slots, load_tests
from inventory.store.tables import LineDay, LineTest, LineTraffic, Meta

DONE_TO = "line_days_to"
_CHUNK = 100

_day = LineDay.__table__  # type: ignore[attr-defined]


def sum_up_days(store: Store, now: datetime) -> int:
    """Writes the rows of all past days of which something came since the last call; returns how many (site, day).

    Late evidence changes the row of its day. Call it daily, before anything is forgotten.
    """
    today = midnight(local_day(now))
    with store.reading() as session:
        mark = session.get(Meta, DONE_TO)
        since = datetime.fromisoformat(mark.value) if mark is not None else None
        due = _touched(session, since, today)
    done = 0
    for day, sites in sorted(due.items()):
        for at in range(0, len(sites), _CHUNK):
            done += _write_day(store, day, sorted(sites)[at : at + _CHUNK])
    with store.session() as session:
        session.merge(Meta(key=DONE_TO, value=today.isoformat()))
    return done


def _touched(session: Session, since: datetime | None, today: datetime) -> dict[date, set[int]]:
    tests = select(LineTest.site_id, LineTest.at).where(LineTest.at < today)
    traffic = select(LineTraffic.site_id, LineTraffic.slot_at).where(LineTraffic.slot_at < today)
    if since is not None:
        tests = tests.where(LineTest.received_at >= since)
        traffic = traffic.where(LineTraffic.updated_at >= since)
    due: dict[date, set[int]] = defaultdict(set)
    for query in (tests, traffic):
        for site_id, at in session.exec(query):
            due[local_day(at)].add(site_id)
    return due


def _write_day(store: Store, day: date, sites: list[int]) -> int:
    begin, end = midnight(day), midnight(day + timedelta(days=1))
    last = end - timedelta(microseconds=1)
    with store.reading() as session:
        tests = load_tests(session, sites, begin, last)
        slots = load_slots(session, sites, begin, end)
    rows: list[dict[str, Any]] = []
    for site_id in sites:
        own = tests.get(site_id, [])
        quality = summarize_within(own, [(begin, last)], begin, last)
        for name in MEASURES:
            found = quality.measure(name)
            kinds = {"down": ("ndt7_down",), "up": ("ndt7_up",), "rtt": ("stamp",)}.get(name, ())
            used = sum(test.bytes_used for test in own if test.kind in kinds)
            if found.count or used:
                rows.append(_row(site_id, day, name, found.full, found.capped, used))
        for name, direction in (("in", "down"), ("out", "up")):
            rates = [slot.mbps(direction) for slot in slots.get(site_id, ())]
            if rates:
                used = sum(s.bytes_in if name == "in" else s.bytes_out for s in slots[site_id])
                rows.append(_row(site_id, day, name, _busiest(rates), None, used))
    if rows:
        _upsert(store, rows)
    return len(sites)


def _busiest(rates: Iterable[float]) -> Quantiles:
    """Of traffic the upper quantiles count."""
    found = quantiles(list(rates), "traffic")
    assert found is not None
    return found


def _row(
    site_id: int, day: date, measure: str, full: Quantiles | None, capped: Quantiles | None, used: int
) -> dict[str, Any]:
    return {
        "site_id": site_id, "day": day, "measure": measure, "count": full.count if full else 0,
        "p50": full.p50 if full else None, "p90": full.p90 if full else None, "p95": full.p95 if full else None,
        "capped": capped.count if capped else 0, "at_least": capped.best if capped else None, "bytes_used": used,
    }  # fmt: skip


def _upsert(store: Store, rows: list[dict[str, Any]]) -> None:
    statement = (sqlite.insert if store.is_sqlite else postgresql.insert)(_day)
    names = [name for name in rows[0] if name not in ("site_id", "day", "measure")]
    changes = {name: statement.excluded[name] for name in names}
    with store.begin() as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["site_id", "day", "measure"], set_=changes), rows
        )
