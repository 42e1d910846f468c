"""Tests of lines, traffic and reach of services out of a batch of reports, inside the ingest transaction.

What comes twice is counted once: a test by (agent, boot, id), a span of traffic by the seconds of its boot, a try of a
service by the report that carries it. A batch without such sections costs one look at each report's section names.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from inventory.domain import clock
from inventory.domain.line_quality import KINDS, LINK_CLASSES, OUTCOMES
from inventory.domain.plain import Plain, rows, text, truth, whole
from inventory.domain.spans import add_span, covers
from inventory.store import reach_ingest
from inventory.store.arrival import Arrival
from inventory.store.tables import AgentBoot, LineTest, LineTraffic, TrafficSeen

SLOT_S = 300
MOST = 2000  # tests or samples that one report is read for
_LARGEST = 2**53
_DAY_S = 86_400.0
_LONGEST_SPAN_S = 2 * 3600.0  # a "sample" of five minutes that claims more than this says nothing of any slot

Boots = Mapping[tuple[str, str], dict[str, Any]]
Agents = Mapping[str, dict[str, Any]]

_test: Table = LineTest.__table__  # type: ignore[attr-defined]
_traffic: Table = LineTraffic.__table__  # type: ignore[attr-defined]
_seen: Table = TrafficSeen.__table__  # type: ignore[attr-defined]
_boot: Table = AgentBoot.__table__  # type: ignore[attr-defined]

_OTHER_BOOTS = select(
    _boot.c.agent_id, _boot.c.boot_id, _boot.c.site_id, _boot.c.zero_at, _boot.c.clock_offset_s
).where(_boot.c.agent_id.in_(bindparam("ids", expanding=True)), _boot.c.boot_id.in_(bindparam("boots", expanding=True)))
_SEEN = select(_seen.c.agent_id, _seen.c.boot_id, _seen.c.seen).where(
    _seen.c.agent_id.in_(bindparam("ids", expanding=True)), _seen.c.boot_id.in_(bindparam("boots", expanding=True))
)


def apply(
    connection: Connection, fresh: Sequence[Arrival], made: Sequence[datetime], agents: Agents, boots: Boots
) -> None:
    """Takes the sections `quality`, `traffic` and `reach` of verified reports. `made`: when each was made.

    Of a quarantined agent nothing is taken: two PCs speak under its name.
    """
    told = [
        (arrival, moment)
        for arrival, moment in zip(fresh, made, strict=True)
        if not arrival.sections.keys().isdisjoint(_NAMES) and agents[arrival.agent_id]["status"] != "quarantined"
    ]
    if not told:
        return
    tests = list(_rows_of(told, "quality", "tests"))
    samples = list(_rows_of(told, "traffic", "samples"))
    if tests or samples:
        places = _Places(connection, [(a.agent_id, text(row, "boot_id")) for a, _, row in (*tests, *samples)], boots)
        _take_tests(connection, tests, agents, places)
        _take_traffic(connection, samples, agents, places)
    reach_ingest.apply(connection, told, agents)


_NAMES = frozenset({"quality", "traffic", "reach"})


def _rows_of(
    told: Sequence[tuple[Arrival, datetime]], section: str, key: str
) -> Iterator[tuple[Arrival, datetime, Plain]]:
    for arrival, moment in told:
        found = arrival.sections.get(section)
        if found is not None and found.data:
            for row in rows(found.data, key)[:MOST]:
                if len(text(row, "boot_id")) == 32:
                    yield arrival, moment, row


class _Places:
    """Where a boot took place, and the true time of its second 0."""

    def __init__(self, connection: Connection, wanted: Sequence[tuple[str, str]], boots: Boots) -> None:
        self._known: dict[tuple[str, str], dict[str, Any]] = {key: boots[key] for key in wanted if key in boots}
        missing = {key for key in wanted if key not in boots}
        if missing:
            asked = {"ids": sorted({key[0] for key in missing}), "boots": sorted({key[1] for key in missing})}
            for row in connection.execute(_OTHER_BOOTS, asked).mappings():
                self._known[row["agent_id"], row["boot_id"]] = dict(row)

    def site(self, arrival: Arrival, row: Plain, agent: Mapping[str, Any]) -> int:
        boot = self._known.get((arrival.agent_id, text(row, "boot_id")))
        return int(boot["site_id"] if boot is not None else agent["site_id"])

    def when(self, arrival: Arrival, made_at: datetime, row: Plain, agent: Mapping[str, Any]) -> tuple[datetime, str]:
        """(true time, how it is known: boot | clock | receipt) of a moment told by its boot's clock and the PC's."""
        boot_id, at_s = text(row, "boot_id"), number(row, "monotonic_s") or 0.0
        boot = self._known.get((arrival.agent_id, boot_id))
        zero_at = boot["zero_at"] if boot is not None else None
        if zero_at is None and boot_id == arrival.boot_id:
            zero_at = made_at - timedelta(seconds=arrival.monotonic_s)
        offset_s = boot["clock_offset_s"] if boot is not None else None
        found = clock.repair(
            agent_time=moment_of(row, "agent_time_s"),
            monotonic_s=at_s,
            received_at=arrival.received_at,
            live=False,
            zero_at=zero_at,
            offset_s=offset_s if offset_s is not None else agent["clock_offset_s"],
        )
        return found.made_at, _PLACED.get(found.method, "receipt")


_PLACED = {"boot": "boot", "offset": "clock", "agent_clock": "clock"}


def _take_tests(
    connection: Connection, tests: Sequence[tuple[Arrival, datetime, Plain]], agents: Agents, places: _Places
) -> None:
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for arrival, made_at, row in tests:
        agent, number_ = agents[arrival.agent_id], whole(row, "id")
        if number_ is None or number_ > _LARGEST or row.get("kind") not in KINDS or row.get("outcome") not in OUTCOMES:
            continue  # a kind that a newer agent knows stays in the sealed bytes
        at, placed = places.when(arrival, made_at, row, agent)
        key = (arrival.agent_id, text(row, "boot_id"), number_)
        found.setdefault(key, _test_row(key, arrival, row, at, placed) | {
            "site_id": places.site(arrival, row, agent), "sample": bool(agent["sample"]),
        })  # fmt: skip
    if found:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(_test).on_conflict_do_nothing(), [found[key] for key in sorted(found)])


def _test_row(key: tuple[str, str, int], arrival: Arrival, row: Plain, at: datetime, placed: str) -> dict[str, Any]:
    counts = {name: count(row, name) for name in _COUNTS}
    figures = {name: number(row, name) for name in _FIGURES}
    return {
        "agent_id": key[0], "boot_id": key[1], "test_id": key[2], "kind": row["kind"], "at": at, "placed": placed,
        "received_at": arrival.received_at, "duration_s": number(row, "duration_s") or 0.0,
        "bytes_used": min(whole(row, "bytes_used") or 0, _LARGEST),
        "link_class": row["link_class"] if row.get("link_class") in LINK_CLASSES else "",
        "outcome": row["outcome"], "error": text(row, "error")[:40], "stable": truth(row, "stable"), **counts, **figures,
    }  # fmt: skip


_COUNTS = ("packets_sent", "packets_received", "lost_forward", "lost_backward")
_FIGURES = ("rtt_min_ms", "rtt_median_ms", "rtt_p95_ms", "jitter_ms", "ipdv_p95_ms", "mbps", "min_rtt_ms")


def _take_traffic(
    connection: Connection, samples: Sequence[tuple[Arrival, datetime, Plain]], agents: Agents, places: _Places
) -> None:
    if not samples:
        return
    keys = sorted({(arrival.agent_id, text(row, "boot_id")) for arrival, _, row in samples})
    asked = {"ids": sorted({key[0] for key in keys}), "boots": sorted({key[1] for key in keys})}
    known: dict[tuple[str, str], list[list[int]]] = {
        (row.agent_id, row.boot_id): row.seen for row in connection.execute(_SEEN, asked)
    }
    slots: dict[tuple[int, datetime], dict[str, Any]] = {}
    touched: dict[tuple[str, str], datetime] = {}
    for arrival, made_at, row in samples:
        key, agent = (arrival.agent_id, text(row, "boot_id")), agents[arrival.agent_id]
        end_s, seconds = number(row, "monotonic_s"), number(row, "seconds")
        if end_s is None or seconds is None or not 1.0 <= seconds <= _LONGEST_SPAN_S:
            continue
        span = (math.floor(end_s - seconds) + 1, math.floor(end_s))
        if covers(known.get(key, []), span):
            continue
        known[key] = add_span(known.get(key, []), span)
        touched[key] = arrival.received_at
        end_at, placed = places.when(arrival, made_at, row, agent)
        if placed != "receipt":  # else nobody knows when that was
            site = places.site(arrival, row, agent)
            _spread(slots, site, row, end_at, seconds, arrival.received_at, bool(agent["sample"]))
    if slots:
        _add_slots(connection, [slots[at] for at in sorted(slots)])
    if touched:
        _keep_seen(connection, [
            {"agent_id": key[0], "boot_id": key[1], "seen": known[key], "updated_at": touched[key]}
            for key in sorted(touched)
        ])  # fmt: skip


def _spread(
    slots: dict[tuple[int, datetime], dict[str, Any]],
    site_id: int,
    row: Plain,
    end_at: datetime,
    seconds: float,
    now: datetime,
    sample: bool,
) -> None:
    """Shares a sample among the five-minute slots that it touches."""
    bytes_in, bytes_out = whole(row, "bytes_in") or 0, whole(row, "bytes_out") or 0
    if max(bytes_in, bytes_out) > _LARGEST:
        return
    end = end_at.timestamp()
    at = end - seconds
    while at < end:
        slot = math.floor(at / SLOT_S) * SLOT_S
        part = min(end, slot + SLOT_S) - at
        if part > 0:
            slot_at = datetime.fromtimestamp(slot, UTC)
            kept = slots.setdefault(
                (site_id, slot_at),
                {"site_id": site_id, "slot_at": slot_at, "bytes_in": 0, "bytes_out": 0, "pc_seconds": 0.0, "updated_at": now,
                 "sample": sample},
            )  # fmt: skip
            kept["bytes_in"] += round(bytes_in * part / seconds)
            kept["bytes_out"] += round(bytes_out * part / seconds)
            kept["pc_seconds"] += part
        at = slot + SLOT_S


def _add_slots(connection: Connection, slots: list[dict[str, Any]]) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_traffic)
    given = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["site_id", "slot_at"],
            set_={name: _traffic.c[name] + given[name] for name in ("bytes_in", "bytes_out", "pc_seconds")}
            | {"updated_at": given.updated_at},
        ),
        slots,
    )


def _keep_seen(connection: Connection, rows_: list[dict[str, Any]]) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_seen)
    changes = {"seen": statement.excluded.seen, "updated_at": statement.excluded.updated_at}
    connection.execute(statement.on_conflict_do_update(index_elements=["agent_id", "boot_id"], set_=changes), rows_)


def number(row: Plain, key: str) -> float | None:
    """A finite number of zero or more; None when it is missing or something else."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) and 0 <= found < 1e12 else None


def count(row: Plain, key: str) -> int | None:
    """A whole number that fits a 32-bit column."""
    value = whole(row, key)
    return value if value is not None and value < 2**31 else None


def moment_of(row: Plain, key: str) -> datetime | None:
    """Seconds since 1970 as a moment; None outside the calendar."""
    seconds = number(row, key)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None
