"""Takes what agents journalled while nobody heard them: placed in true time, at the site where the PC was then.

Idempotent by (agent, boot, first monotonic second): a report that comes twice changes nothing, an entry that grew is
grown. It runs inside the transaction that stores the reports.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from inventory.domain import plain
from inventory.domain.contact import Interval
from inventory.domain.journal_place import Placed, Run, Told, place
from inventory.store.arrival import Arrival
from inventory.store.bulk import insert_rows
from inventory.store.tables import AgentBoot, JournalRow, MachinePlacement

MAX_ENTRIES = 4000
"""Entries taken of one report; an agent sends far fewer and brings the rest with its next reports."""
KNOWN_DAYS = 200
"""How far back other boots of an agent are asked for, when the time of an entry must be guessed."""
_LONGEST_S = 3.2e9
_HEX = re.compile(r"[0-9a-f]{32}\Z")
_FLAGS = ("link", "gateway", "provider", "government", "internet", "captive", "collector", "on_battery")

_row = JournalRow.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]
_placement = MachinePlacement.__table__  # type: ignore[attr-defined]

_KEY = ("agent_id", "boot_id", "from_monotonic_s")
_VALUES = tuple(column.name for column in _row.columns if column.name not in _KEY)
_UPDATE = (
    update(_row)
    .where(*(_row.c[name] == bindparam("key_" + name) for name in _KEY))
    .values({name: bindparam("new_" + name) for name in _VALUES})
)

Row = dict[str, Any]
Boots = Mapping[tuple[str, str], Row]
_BootKey = tuple[str, str]


def apply(connection: Connection, fresh: Sequence[Arrival], agents: Mapping[str, Row], boots: Boots) -> None:
    """Stores the journals of a batch. `boots`: those that the batch came from, with what it told of their zero.

    Nothing is taken from a quarantined agent: two PCs speak under its name.
    """
    told: dict[_BootKey, dict[float, Row]] = {}  # boots of an agent stand in the order in which they were told
    for arrival in fresh:
        section = arrival.sections.get("journal")
        if section is None or not section.data or agents[arrival.agent_id]["status"] == "quarantined":
            continue
        for entry in read_entries(section.data):
            entry |= {"agent_id": arrival.agent_id, "received_at": arrival.received_at}
            entry["before_at"] = _before(arrival, entry["boot_id"], boots)
            _keep_longer(told.setdefault((arrival.agent_id, entry["boot_id"]), {}), entry)
    if told:
        _write(connection, told, agents, boots)


def read_entries(data: Mapping[str, Any]) -> list[Row]:
    """Entries of a section's data, oldest first; what is no entry is left out."""
    entries = (_read(item) for item in plain.rows(data, "entries")[:MAX_ENTRIES])
    return [entry for entry in entries if entry is not None]


def _read(item: plain.Plain) -> Row | None:
    boot_id = plain.text(item, "boot_id")
    begin, end = _seconds(item, "from_monotonic_s"), _seconds(item, "to_monotonic_s")
    clock = _seconds(item, "to_s")
    if not _HEX.match(boot_id) or begin is None or end is None or not 0 <= begin <= end:
        return None
    failed, percent, asked = plain.texts(item, "services_failed"), plain.whole(item, "battery_percent"), None
    if "services_asked" in item:
        asked = plain.whole(item, "services_asked")
    return {
        "boot_id": boot_id,
        "from_monotonic_s": begin,
        "to_monotonic_s": end,
        "agent_from_s": _seconds(item, "from_s") or 0.0,
        "agent_to_s": clock or 0.0,
        **{name: plain.truth(item, name) for name in _FLAGS},
        "services_failed": [name[:80] for name in failed[:60]] or None,
        "services_asked": None if asked is None else min(asked, 1000),
        "battery_percent": None if percent is None else min(percent, 100),
        "ups": plain.text(item, "ups")[:12],
        "ended": plain.text(item, "ended")[:12],
    }


def _seconds(item: plain.Plain, key: str) -> float | None:
    value = item.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value) + 0.0  # no negative zero: the store tells it from zero, keys must not
    except OverflowError:
        return None
    return seconds if math.isfinite(seconds) and abs(seconds) <= _LONGEST_S else None


def _before(arrival: Arrival, boot_id: str, boots: Boots) -> datetime:
    """A boot that another boot tells of was over when that one began."""
    zero_at = boots[arrival.agent_id, arrival.boot_id]["zero_at"]
    if boot_id == arrival.boot_id or zero_at is None:
        return arrival.received_at
    return min(arrival.received_at, zero_at)


def _keep_longer(entries: dict[float, Row], entry: Row) -> None:
    known = entries.get(entry["from_monotonic_s"])
    if known is None or _is_news(entry, known):
        entries[entry["from_monotonic_s"]] = entry


def _is_news(entry: Row, known: Row) -> bool:
    """A later look at the same entry, or word of how it ended."""
    grown = entry["to_monotonic_s"] - known["to_monotonic_s"]
    return grown > 0 or (grown == 0 and not known["ended"] and bool(entry["ended"]))


def _write(
    connection: Connection, told: dict[_BootKey, dict[float, Row]], agents: Mapping[str, Row], boots: Boots
) -> None:
    stored = _stored(connection, told)
    news = _news(told, stored)
    if not any(news.values()):
        return
    runs = _runs(connection, news, boots)
    taken = _taken(connection, [key for key in news if _zero(key, boots, runs) is None])
    moves = _moves(connection, {key[0] for key in news}, agents)
    inserts: list[Row] = []
    updates: list[Row] = []
    for agent_id in dict.fromkeys(key[0] for key in news):
        mine = {key[1]: news[key] for key in news if key[0] == agent_id}
        for boot_id, placed in _placed(mine, runs[agent_id], taken.get(agent_id, {})).items():
            for entry, where in zip(mine[boot_id], placed, strict=True):
                site_id = _site_at(moves.get(agent_id, ()), where.from_at, agents[agent_id]["site_id"])
                row = entry | {"from_at": where.from_at, "to_at": where.to_at, "placed": where.how, "site_id": site_id}
                known = stored.get((agent_id, boot_id), {}).get(row["from_monotonic_s"])
                if known is None:
                    inserts.append(row)
                elif known != row:
                    updates.append(row)
    insert_rows(connection, _row, inserts)
    if updates:
        connection.execute(_UPDATE, [_changed(row) for row in updates])


def _placed(
    boots: Mapping[str, Sequence[Row]], runs: Sequence[Run], taken: Mapping[str, Sequence[Interval]]
) -> dict[str, list[Placed]]:
    told = {
        boot_id: [
            Told(row["from_monotonic_s"], row["to_monotonic_s"], row["agent_to_s"], row["before_at"]) for row in rows
        ]
        for boot_id, rows in boots.items()
    }
    return place(told, runs, taken)


def _news(
    told: Mapping[_BootKey, Mapping[float, Row]], stored: Mapping[_BootKey, Mapping[float, Row]]
) -> dict[_BootKey, list[Row]]:
    """Per boot that has news all its entries, the stored ones too: they are placed together. Boots in order of time."""
    found: dict[_BootKey, list[Row]] = {}
    for key, entries in told.items():
        have = dict(stored.get(key, {}))
        fresh = {at: row for at, row in entries.items() if at not in have or _is_news(row, have[at])}
        if fresh:
            found[key] = [row for _, row in sorted((have | fresh).items())]
    return found


def _stored(connection: Connection, told: Mapping[_BootKey, Any]) -> dict[_BootKey, dict[float, Row]]:
    query = select(_row).where(
        _row.c.agent_id.in_(sorted({key[0] for key in told})), _row.c.boot_id.in_(sorted({key[1] for key in told}))
    )
    found: dict[_BootKey, dict[float, Row]] = defaultdict(dict)
    for row in connection.execute(query).mappings():
        found[row["agent_id"], row["boot_id"]][row["from_monotonic_s"]] = dict(row)
    return found


def _zero(key: _BootKey, boots: Boots, runs: Mapping[str, Sequence[Run]]) -> datetime | None:
    if key in boots:
        return boots[key]["zero_at"]
    return next((run.zero_at for run in runs.get(key[0], ()) if run.boot_id == key[1]), None)


def _runs(connection: Connection, news: Mapping[_BootKey, Sequence[Row]], boots: Boots) -> dict[str, list[Run]]:
    """What is known of the boots of each agent. Where every zero is known there is nothing to guess: only those."""
    found: dict[str, list[Run]] = defaultdict(list)
    for (agent_id, boot_id), row in boots.items():
        found[agent_id].append(Run(boot_id, row["zero_at"], row["last_received_at"], row["clock_offset_s"]))
    unknown = {key for key in news if key not in boots or boots[key]["zero_at"] is None}
    if unknown:
        names = ("agent_id", "boot_id", "zero_at", "last_received_at", "clock_offset_s")
        since = max(row["received_at"] for rows in news.values() for row in rows) - timedelta(days=KNOWN_DAYS)
        query = select(*(_boot.c[name] for name in names)).where(
            _boot.c.agent_id.in_(sorted({key[0] for key in unknown})), _boot.c.last_received_at >= since
        )
        for row in connection.execute(query):
            if (row.agent_id, row.boot_id) not in boots:
                found[row.agent_id].append(Run(row.boot_id, row.zero_at, row.last_received_at, row.clock_offset_s))
    return found


def _taken(connection: Connection, guessed: Sequence[_BootKey]) -> dict[str, dict[str, list[Interval]]]:
    """Times that were given to other boots before, whose zero is not known either."""
    found: dict[str, dict[str, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    if guessed:
        query = select(_row.c.agent_id, _row.c.boot_id, _row.c.from_at, _row.c.to_at).where(
            _row.c.agent_id.in_(sorted({key[0] for key in guessed})), _row.c.placed != "boot"
        )
        for row in connection.execute(query):
            found[row.agent_id][row.boot_id].append((row.from_at, row.to_at))
    return found


_Stay = tuple[datetime, datetime | None, int]


def _moves(connection: Connection, agent_ids: set[str], agents: Mapping[str, Row]) -> dict[str, list[_Stay]]:
    """Where the machines of these agents were, when."""
    machines = {agents[agent_id]["machine_id"]: agent_id for agent_id in agent_ids if agents[agent_id]["machine_id"]}
    found: dict[str, list[_Stay]] = defaultdict(list)
    if machines:
        query = select(_placement.c.machine_id, _placement.c.from_at, _placement.c.to_at, _placement.c.site_id)
        rows = connection.execute(query.where(_placement.c.machine_id.in_(sorted(machines))))
        for row in rows.all():
            found[machines[row.machine_id]].append((row.from_at, row.to_at, row.site_id))
    return found


def _site_at(stays: Sequence[_Stay], moment: datetime, now_at: int) -> int:
    """Before its first known stay a PC was where that stay was."""
    for from_at, to_at, site_id in stays:
        if from_at <= moment and (to_at is None or moment < to_at):
            return site_id
    if stays and moment < min(stays)[0]:
        return min(stays)[2]
    return now_at


def _changed(row: Row) -> Row:
    return {f"key_{name}": row[name] for name in _KEY} | {f"new_{name}": row[name] for name in _VALUES}
