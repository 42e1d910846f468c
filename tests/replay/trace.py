"""World, faults and agents -> the lines of a trace."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from tests.replay import faults as faults_of
from tests.replay.agents import Agent, Entry, Options, Story
from tests.replay.faults import Faults
from tests.replay.world import World, build, stamp

CHUNK = 100_000


@dataclass
class Simulation:
    """A finished run, ready to be written."""

    world: World
    faults: Faults
    stories: list[Story]
    options: Options


def simulate(options: Options, offices: int, pcs: int, days: int, start: date) -> Simulation:
    """One world by seed; the same arguments give the same bytes."""
    rng = random.Random(f"world/{options.seed}")
    world = build(rng, offices, pcs, start, days)
    wrong = faults_of.plan(rng, world)
    pieces = faults_of.pieces(wrong, world)
    stories = [Agent(pc, options, pieces, wrong.cables.get(pc.id, [])).run(world.end) for pc in world.pcs]
    return Simulation(world, wrong, stories, options)


def write(simulation: Simulation, path: Path) -> int:
    """Write the trace -> number of lines."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines(simulation):
            file.write(line)
            file.write("\n")
            count += 1
    return count


def lines(simulation: Simulation) -> Iterator[str]:
    """The trace in the order in which the collector learnt it."""
    rng = np.random.default_rng(simulation.options.seed + 77)
    events = _rare(simulation)
    stories = [story for story in simulation.stories if len(story.made)]
    owner = np.concatenate([np.full(len(s.made), at, np.int32) for at, s in enumerate(stories)])
    row = np.concatenate([np.arange(len(s.made), dtype=np.int32) for s in stories])
    received = np.concatenate([s.received for s in stories])
    place = received + (rng.random(len(received)) < 0.005) * rng.uniform(0, 600, len(received))
    twice = np.flatnonzero(rng.random(len(received)) < 0.004)
    place = np.concatenate([place, received[twice] + rng.exponential(120, len(twice))])
    owner, row = np.concatenate([owner, owner[twice]]), np.concatenate([row, row[twice]])
    received = np.concatenate([received, received[twice]])
    order = np.argsort(place, kind="stable")
    upcoming = 0
    for at in range(0, len(order), CHUNK):
        part = order[at : at + CHUNK]
        made = np.array([stories[o].made[r] for o, r in zip(owner[part].tolist(), row[part].tolist(), strict=True)])
        texts = np.datetime_as_string((received[part] * 1000).astype("datetime64[ms]")).tolist()
        rows = zip(place[part].tolist(), owner[part].tolist(), row[part].tolist(), made.tolist(), texts, strict=True)
        for when, who, number, true, text in rows:
            while upcoming < len(events) and events[upcoming][0] <= when:
                yield events[upcoming][1]
                upcoming += 1
            yield _contact(stories[who], number, true, text)
    for _, line in events[upcoming:]:
        yield line


def _contact(story: Story, row: int, made: float, received: str) -> str:
    boot = story.boots[story.boot[row]]
    journal = story.journals.get(row)
    entries = ",".join(_entry(story, entry) for entry in journal) if journal else ""
    return (
        f'{{"kind":"contact","agent":"{story.pc.id}","received":"{received}Z","boot":"{boot.id}",'
        f'"seq":{story.seq[row]},"agent_time":"{stamp(boot.clock(made))}","monotonic_s":{boot.monotonic(made):.1f},'
        f'"goodbye":{"true" if story.goodbye[row] else "false"},"last_shutdown":"{boot.last_shutdown}",'
        f'"journal":[{entries}]}}'
    )


def _entry(story: Story, entry: Entry) -> str:
    boot = story.boots[entry.boot]
    names = ("gateway", "internet", "collector")
    found: dict[str, Any] = {
        "boot": boot.id,
        "from": stamp(boot.clock(entry.start)),
        "to": stamp(boot.clock(entry.end)),
        "from_monotonic_s": round(boot.monotonic(entry.start), 1),
        "to_monotonic_s": round(boot.monotonic(entry.end), 1),
        **dict(zip(names, entry.flags, strict=True)),
    }
    return json.dumps(found, separators=(",", ":"))


def _rare(simulation: Simulation) -> list[tuple[float, str]]:
    """Site, agent, collector_down and end lines with the moment at which they are learnt."""
    world, rng = simulation.world, random.Random(f"rare/{simulation.options.seed}")
    rows: list[tuple[float, dict[str, Any]]] = []
    for site in world.sites.values():
        line: dict[str, Any] = {"kind": "site", "id": site.id, "provider": site.provider, "area": site.area}
        if site.given or rng.random() < 0.5:
            line["hours"] = site.given
        first = min((pc.enrolled for pc in world.pcs if pc.site == site.id and not pc.moved), default=world.start)
        rows.append((max(world.start, first) - 3600, line))
    for pc in world.pcs:
        at = max(pc.enrolled, world.start - 1800)
        rows.append((at, {"kind": "agent", "id": pc.id, "site": pc.site_at(at), "from": stamp(at)}))
        if pc.moved and pc.moved[0] > at:
            moved, to = pc.moved
            known = moved if rng.random() < 0.7 else moved + rng.uniform(0.2, 3) * 86400
            known = min(known, world.end - 3600)
            rows.append((known, {"kind": "agent", "id": pc.id, "site": to, "from": stamp(moved)}))
    for start, end, recorded in simulation.faults.blind:
        if recorded:
            rows.append((end, {"kind": "collector_down", "from": stamp(start), "to": stamp(end)}))
    rows.append((float("inf"), {"kind": "end", "at": stamp(world.end)}))
    return [(at, json.dumps(line, separators=(",", ":"))) for at, line in sorted(rows, key=lambda row: row[0])]
