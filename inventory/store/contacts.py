"""When reports were made in true time, and the intervals in which agents were heard or running."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from inventory.domain import clock
from inventory.store.arrival import Arrival
from inventory.store.bulk import insert_rows
from inventory.store.tables import Contact

_contact = Contact.__table__  # type: ignore[attr-defined]

_GROW = (
    update(_contact)
    .where(
        _contact.c.agent_id == bindparam("key_agent"),
        _contact.c.boot_id == bindparam("key_boot"),
        _contact.c.from_at == bindparam("key_from"),
        _contact.c.kind == "live",
    )
    .values(
        to_at=bindparam("new_to"),
        to_seq=bindparam("new_seq"),
        reports=_contact.c.reports + bindparam("more"),
        goodbye=bindparam("new_goodbye"),
    )
)

_JITTER = timedelta(seconds=1)

Boots = dict[tuple[str, str], dict[str, Any]]


def place(fresh: Sequence[Arrival], agents: dict[str, dict[str, Any]], boots: Boots) -> list[datetime]:
    """When each report was made, by the collector's clock, as well as can be known; fixes the zero of its boot.

    In order of trust: the sender's monotonic clock at sending; the zero of the same boot, known from an earlier
    live report; the PC's own clock, corrected by its last known error. Never after receipt.
    """
    for arrival in fresh:
        age = arrival.age()
        if age is not None:
            boot = boots[arrival.agent_id, arrival.boot_id]
            zero_at = clock.zero_of_boot(arrival.received_at - age, arrival.monotonic_s)
            if boot["zero_at"] is None or abs(boot["zero_at"] - zero_at) > _JITTER:
                boot["zero_at"] = zero_at
    return [_made_at(arrival, agents[arrival.agent_id], boots[arrival.agent_id, arrival.boot_id]) for arrival in fresh]


def _made_at(arrival: Arrival, agent: dict[str, Any], boot: dict[str, Any]) -> datetime:
    age = arrival.age()
    if age is not None:
        return arrival.received_at - age
    with contextlib.suppress(OverflowError):  # outside the calendar: a clock that lies that much says nothing
        found = clock.repair(
            agent_time=arrival.agent_time,
            monotonic_s=arrival.monotonic_s,
            received_at=arrival.received_at,
            live=False,
            zero_at=boot["zero_at"],
            offset_s=agent["clock_offset_s"],
        )
        if found.method == "unknown" and arrival.not_after is not None:
            return min(arrival.not_after, arrival.received_at)
        return found.made_at
    return arrival.received_at


def grow(
    connection: Connection,
    fresh: Sequence[Arrival],
    made: Sequence[datetime],
    agents: dict[str, dict[str, Any]],
    boots: Boots,
    gap_of: Callable[[int], float],
) -> None:
    """Grows or begins the contact intervals of a batch. gap_of: seconds of silence that end one, by site."""
    grown: dict[tuple[str, str], dict[str, Any]] = {}
    begun: dict[tuple[str, str, datetime], dict[str, Any]] = {}
    late: dict[tuple[str, str], list[tuple[datetime, Arrival]]] = defaultdict(list)
    for arrival, moment in zip(fresh, made, strict=True):
        if arrival.is_live():
            _grow_live(
                arrival,
                agents[arrival.agent_id],
                boots[arrival.agent_id, arrival.boot_id],
                gap_of(agents[arrival.agent_id]["site_id"]),
                grown,
                begun,
            )
        else:
            late[arrival.agent_id, arrival.boot_id].append((moment, arrival))
    if begun:
        insert_rows(connection, _contact, list(begun.values()))
    if grown:
        connection.execute(_GROW, list(grown.values()))
    if late:
        _merge_late(connection, late, agents, gap_of)


def _grow_live(
    arrival: Arrival,
    agent: dict[str, Any],
    boot: dict[str, Any],
    gap_s: float,
    grown: dict[tuple[str, str], dict[str, Any]],
    begun: dict[tuple[str, str, datetime], dict[str, Any]],
) -> None:
    key = (arrival.agent_id, arrival.boot_id)
    goodbye = arrival.kind == "goodbye"
    silence = (arrival.received_at - boot["last_received_at"]).total_seconds()
    boot["last_received_at"] = max(boot["last_received_at"], arrival.received_at)
    begin = boot["live_from_at"]
    if begin is None or silence > gap_s or boot["goodbye_at"] is not None:
        boot["live_from_at"] = arrival.received_at
        begun[(*key, arrival.received_at)] = {
            "agent_id": arrival.agent_id,
            "boot_id": arrival.boot_id,
            "from_at": arrival.received_at,
            "kind": "live",
            "site_id": agent["site_id"],
            "to_at": arrival.received_at,
            "from_seq": arrival.seq,
            "to_seq": arrival.seq,
            "reports": 1,
            "goodbye": goodbye,
        }
        return
    row = begun.get((*key, begin))
    if row is not None:
        row.update(to_at=arrival.received_at, to_seq=arrival.seq, reports=row["reports"] + 1, goodbye=goodbye)
        return
    step = grown.setdefault(key, {"key_agent": key[0], "key_boot": key[1], "more": 0})
    step.update(key_from=begin, new_to=arrival.received_at, new_seq=arrival.seq, new_goodbye=goodbye)
    step["more"] += 1


def _merge_late(
    connection: Connection,
    late: dict[tuple[str, str], list[tuple[datetime, Arrival]]],
    agents: dict[str, dict[str, Any]],
    gap_of: Callable[[int], float],
) -> None:
    """Late reports come newest first and in pieces: their intervals are merged with those already there."""
    same_boot = or_(*(and_(_contact.c.agent_id == agent, _contact.c.boot_id == boot) for agent, boot in late))
    where = and_(_contact.c.kind == "late", same_boot)
    intervals: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(select(_contact).where(where)).mappings():
        intervals[row["agent_id"], row["boot_id"]].append(dict(row))
    connection.execute(delete(_contact).where(where))
    for key, reports in late.items():
        intervals[key].extend(
            {
                "agent_id": key[0],
                "boot_id": key[1],
                "from_at": moment,
                "to_at": moment,
                "kind": "late",
                "site_id": agents[key[0]]["site_id"],
                "from_seq": arrival.seq,
                "to_seq": arrival.seq,
                "reports": 1,
                "goodbye": arrival.kind == "goodbye",
            }
            for moment, arrival in reports
        )
    insert_rows(
        connection, _contact, [row for rows in intervals.values() for row in _merged(rows, gap_of(rows[0]["site_id"]))]
    )


def _merged(rows: list[dict[str, Any]], gap_s: float) -> list[dict[str, Any]]:
    merged: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda item: (item["from_at"], item["from_seq"])):
        last = merged[-1] if merged else None
        touching = last is not None and (row["from_at"] - last["to_at"]).total_seconds() <= gap_s
        # a goodbye ends an interval; reports at the very same moment can only be one interval
        if last is not None and touching and (not last["goodbye"] or row["from_at"] == last["from_at"]):
            last["to_at"] = max(last["to_at"], row["to_at"])
            last["from_seq"] = min(last["from_seq"], row["from_seq"])
            last["to_seq"] = max(last["to_seq"], row["to_seq"])
            last["reports"] += row["reports"]
            last["goodbye"] = row["goodbye"]
        else:
            merged.append(row)
    return merged
