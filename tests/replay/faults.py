"""What goes wrong and when: lines, LANs, captive pages, power, providers, areas, and the collector itself."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from datetime import date

from tests.replay.world import DAY_S, MIN_S, Site, Span, World, midnight

POWER, LAN, LINE, CAPTIVE, COLLECTOR, CABLE = 1, 2, 4, 8, 16, 32
KIND = {"power": POWER, "lan": LAN, "line": LINE, "captive": CAPTIVE}
RATES = {"line": 1.6, "lan": 0.35, "captive": 0.25, "power": 0.7, "flapping": 0.12}  # per site and 90 days
SHAPES = {  # (weight, shortest, longest) in minutes
    "line": ((30, 2, 15), (42, 15, 240), (22, 240, 2880), (6, 2880, 8640)),
    "lan": ((40, 4, 20), (50, 20, 480), (10, 480, 2880)),
    "captive": ((40, 10, 120), (40, 120, 1200), (20, 1200, 5760)),
    "power": ((40, 2, 20), (50, 20, 300), (10, 300, 1440)),
}


@dataclass
class Fault:
    """Something true. `group` joins the cuts of one flapping line, `event` the sites of one area event."""

    site: str
    start: float
    end: float
    kind: str
    group: str = ""
    event: str = ""


@dataclass
class Event:
    """Many sites at once. `scope` is area or provider."""

    id: str
    start: float
    end: float
    kind: str
    area: str | None
    provider: str | None
    sites: list[str]


@dataclass
class Faults:
    """All of it."""

    faults: list[Fault] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    cables: dict[str, list[Span]] = field(default_factory=dict)  # PC -> its own cable or switch port is out
    blind: list[tuple[float, float, bool]] = field(default_factory=list)  # (from, to, recorded)


def plan(rng: random.Random, world: World) -> Faults:
    """Everything that goes wrong in this world."""
    found = Faults()
    share = (world.end - world.start) / (90 * DAY_S)
    for site in world.sites.values():
        for kind, rate in RATES.items():
            for _ in range(_poisson(rng, rate * share)):
                _single(rng, world, site, kind, found)
    _events(rng, world, share, found)
    _chains(rng, found)
    _over_tet(rng, world, found)
    _cables(rng, world, share, found)
    _blindness(rng, world, share, found)
    found.faults = _tidy(world, found.faults)
    return found


def _poisson(rng: random.Random, mean: float) -> int:
    count, at = 0, rng.expovariate(1.0)
    while at < mean:
        count, at = count + 1, at + rng.expovariate(1.0)
    return count


def moment(rng: random.Random, world: World, site: Site) -> float:
    """Half of all faults begin while the office is open, the others at any time."""
    if site.office and rng.random() < 0.5:
        first, last = rng.choice(site.office)
        return rng.uniform(first, last)
    return rng.uniform(world.start, world.end)


def _length(rng: random.Random, kind: str) -> float:
    _, low, high = rng.choices(SHAPES[kind], [shape[0] for shape in SHAPES[kind]])[0]
    return low * (high / low) ** rng.random() * MIN_S


def _single(rng: random.Random, world: World, site: Site, kind: str, found: Faults) -> None:
    start = moment(rng, world, site)
    if kind != "flapping":
        found.faults.append(Fault(site.id, start, start + _length(rng, kind), kind))
        return
    group, end = f"flap-{site.id}-{int(start)}", start + rng.uniform(1, 9) * 3600
    while start < end:
        down = rng.uniform(0.4, 7) * MIN_S
        found.faults.append(Fault(site.id, start, start + down, "line", group))
        start += down + rng.uniform(1, 14) * MIN_S


def _events(rng: random.Random, world: World, share: float, found: Faults) -> None:
    providers = sorted({site.provider for site in world.sites.values()})
    areas = sorted({site.area for site in world.sites.values()})
    for number in range(max(2, round(5 * share))):
        provider = rng.choices(providers, [_count(world, name) for name in providers])[0]
        area = rng.choice(areas) if rng.random() < 0.25 else None
        start = _event_start(rng, world, closing=number % 4 == 1)
        _event(rng, world, found, (f"line-{number}", "line", start, rng.uniform(10, 300) * MIN_S), area, provider)
    for number in range(max(2, round(5 * share))):
        kind = "power" if number % 4 else "line"
        length = rng.uniform(8, 360) * MIN_S if number % 5 else rng.uniform(10, 40) * 3600
        start = _event_start(rng, world, closing=False)
        _event(rng, world, found, (f"area-{number}", kind, start, length), rng.choice(areas), None)


def _count(world: World, provider: str) -> int:
    return sum(site.provider == provider for site in world.sites.values())


def _event_start(rng: random.Random, world: World, closing: bool) -> float:
    working = [day for day in world.days.days if world.days.weekday(day) in range(5)]
    day = midnight(rng.choice(working))
    if closing:
        return day + (16.9 + rng.random() * 0.25) * 3600
    return day + (rng.uniform(7.6, 16.5) if rng.random() < 0.75 else rng.uniform(0, 24)) * 3600


def _event(
    rng: random.Random,
    world: World,
    found: Faults,
    what: tuple[str, str, float, float],
    area: str | None,
    provider: str | None,
) -> None:
    name, kind, start, length = what
    hit = [
        site.id
        for site in world.sites.values()
        if (not area or site.area == area) and (not provider or site.provider == provider) and rng.random() < 0.9
    ]
    if len(hit) < 3:
        return
    end = start + length
    for site in hit:
        back = end + (rng.uniform(-0.5, 4) * MIN_S if kind == "line" else rng.expovariate(1 / 400.0))
        found.faults.append(Fault(site, start, max(back, start + 60), kind, event=name))
    found.events.append(Event(name, start, end, kind, area, provider, hit))


def _chains(rng: random.Random, found: Faults) -> None:
    """The modem that does not come back after a power cut; the power that goes while the line is cut."""
    for fault in list(found.faults):
        if fault.kind == "power" and rng.random() < 0.12:
            found.faults.append(Fault(fault.site, fault.end, fault.end + _length(rng, "line"), "line"))
        elif fault.kind == "line" and not fault.group and fault.end - fault.start > 7200 and rng.random() < 0.12:
            start = rng.uniform(fault.start, fault.end)
            found.faults.append(Fault(fault.site, start, start + _length(rng, "power"), "power"))


def _over_tet(rng: random.Random, world: World, found: Faults) -> None:
    """Faults in the longest holiday of the period: within it, across its ends, and of the power."""
    off = sorted(world.days.off)
    runs: list[list[date]] = []
    for day in off:
        if runs and (day - runs[-1][-1]).days <= 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    if not runs:
        return
    longest = max(runs, key=len)
    first, last = midnight(longest[0]), midnight(longest[-1]) + DAY_S
    for site in rng.sample(sorted(world.sites), max(1, len(world.sites) // 15)):
        start = rng.uniform(first - DAY_S, last)
        end = rng.choice((start + rng.uniform(1, 30) * 3600, last + rng.uniform(1, 40) * 3600))
        found.faults.append(Fault(site, start, max(end, start + 600), rng.choice(("line", "line", "power", "lan"))))


def _cables(rng: random.Random, world: World, share: float, found: Faults) -> None:
    for pc in world.pcs:
        for _ in range(_poisson(rng, 0.12 * share)):
            start = rng.uniform(world.start, world.end)
            end = start + rng.uniform(5, 600) * MIN_S
            site = world.sites[pc.site_at(start)]
            if site.pcs == 1 and not pc.moved:  # the only PC is the office
                found.faults.append(Fault(site.id, start, end, "lan"))
            else:
                found.cables.setdefault(pc.id, []).append((start, end))


def _blindness(rng: random.Random, world: World, share: float, found: Faults) -> None:
    for number in range(max(2, round(9 * share))):
        day = midnight(rng.choice(world.days.days))
        start = day + (rng.uniform(7.5, 17) if rng.random() < 0.7 else rng.uniform(0, 24)) * 3600
        if number % 5 == 3:
            start = day + rng.uniform(16.7, 17.1) * 3600
        length = rng.choice((rng.uniform(4, 40), rng.uniform(40, 400), rng.uniform(400, 1500))) * MIN_S
        if all(end + 7200 < start or start + length + 7200 < begin for begin, end, _ in found.blind):
            found.blind.append((start, min(start + length, world.end - 3600), number % 3 != 1))
    found.blind = sorted(span for span in found.blind if span[1] - span[0] > 120)


def _tidy(world: World, faults: list[Fault]) -> list[Fault]:
    """In order, inside the period, faults of one kind and site joined where they touch."""
    kept: list[Fault] = []
    for fault in sorted(faults, key=lambda fault: (fault.site, fault.kind, fault.start)):
        fault.start, fault.end = max(fault.start, world.start), min(fault.end, world.end)
        if fault.end - fault.start < 20:
            continue
        last = kept[-1] if kept else None
        if last and (last.site, last.kind) == (fault.site, fault.kind) and fault.start <= last.end:
            last.end = max(last.end, fault.end)
            last.event = last.event or fault.event
            last.group = last.group if last.group == fault.group else ""
            continue
        kept.append(fault)
    return sorted(kept, key=lambda fault: (fault.start, fault.site))


def pieces(found: Faults, world: World) -> dict[str, list[tuple[float, float, int]]]:
    """Per site: disjoint ascending (from, to, bits of what is wrong); times when all is well are left out."""
    blind = [(start, end, COLLECTOR) for start, end, _ in found.blind]
    per_site: dict[str, list[tuple[float, float, int]]] = {name: list(blind) for name in world.sites}
    for fault in found.faults:
        per_site[fault.site].append((fault.start, fault.end, KIND[fault.kind]))
    return {name: overlay(rows) for name, rows in per_site.items()}


def overlay(rows: list[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    """Overlapping (from, to, bit) -> disjoint (from, to, bits)."""
    edges = sorted({at for start, end, _ in rows for at in (start, end)})
    rows = sorted(rows)
    found: list[tuple[float, float, int]] = []
    active: list[tuple[float, float, int]] = []
    at = 0
    for start, end in itertools.pairwise(edges):
        while at < len(rows) and rows[at][0] <= start:
            active.append(rows[at])
            at += 1
        active = [row for row in active if row[1] > start]
        bits = 0
        for row in active:
            bits |= row[2]
        if not bits:
            continue
        if found and found[-1][1] == start and found[-1][2] == bits:
            found[-1] = (found[-1][0], end, bits)
        else:
            found.append((start, end, bits))
    return found
