"""What was true in a simulation, as the scorer reads it: JSON values, times in seconds since 1970."""

from __future__ import annotations

from typing import Any

from tests.replay import faults as faults_of
from tests.replay.agents import Flags, Options
from tests.replay.faults import Fault
from tests.replay.spans import Span, meet, union, without
from tests.replay.trace import Simulation

Seen = tuple[float, float, int, Flags]  # a delivered entry in true time


def truth(simulation: Simulation) -> dict[str, Any]:
    """Everything the scorer needs. README.md beside this file says what each key means."""
    world, wrong = simulation.world, simulation.faults
    return {
        "start": world.start,
        "end": world.end,
        "heartbeat_s": simulation.options.heartbeat_s,
        "sites": _sites(simulation),
        "blind": [{"from": round(a, 1), "to": round(b, 1), "recorded": kept} for a, b, kept in wrong.blind],
        "area_events": [vars(event) for event in wrong.events],
        "calendar": {
            "off": [day.isoformat() for day in sorted(world.days.off)],
            "makeup": [day.isoformat() for day in sorted(world.days.makeup)],
        },
    }


def _sites(simulation: Simulation) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    seen = _seen(simulation)
    for name, site in simulation.world.sites.items():
        parts = [part for story in simulation.stories for part in story.awake if part.site == name]
        observed = union((part.start, part.end) for part in parts)
        told = [(*span, *row[2:]) for row in seen.get(name, ()) for span in meet([row[:2]], observed)]
        deaths = [at for story in simulation.stories for at, where in story.deaths if where == name]
        own = [fault for fault in simulation.faults.faults if fault.site == name]
        found[name] = {
            "provider": site.provider,
            "area": site.area,
            "pcs": site.pcs,
            "hours": site.given,
            "office": _plain(union(site.office)),
            "observed": _plain(observed),
            "faults": [_fault(fault, told, deaths, simulation.options) for fault in own],
            "cables": [],
        }
    _cables(simulation, found)
    return found


def _seen(simulation: Simulation) -> dict[str, list[Seen]]:
    """Delivered journal entries per site."""
    found: dict[str, list[Seen]] = {}
    for story in simulation.stories:
        for entry in story.entries:
            if entry.delivered:
                found.setdefault(entry.site, []).append((entry.start, entry.end, entry.bits, entry.flags))
    return found


def _fault(fault: Fault, told: list[Seen], deaths: list[float], options: Options) -> dict[str, Any]:
    bit = faults_of.KIND[fault.kind]
    spans = [(max(a, fault.start), min(b, fault.end)) for a, b, bits, _ in told if bits & bit]
    return {
        "from": round(fault.start, 1),
        "to": round(fault.end, 1),
        "kind": fault.kind,
        "flapping": fault.group,
        "event": fault.event,
        "witnessed": _plain(union(spans)),
        "clear": _plain(union(_clear(told, fault, options))),
        "deaths": sum(abs(at - fault.start) < 30 for at in deaths) if fault.kind == "power" else 0,
    }


def _clear(rows: list[Seen], fault: Fault, options: Options) -> list[Span]:
    """When a delivered journal told this kind of fault from the others: see README.md."""
    found: list[Span] = []
    for start, end, bits, (gateway, internet, _) in rows:
        if bits != faults_of.KIND[fault.kind]:
            continue
        right = gateway is False if fault.kind == "lan" else gateway is True and internet is False
        if fault.kind == "captive":
            right = gateway is True and internet is options.captive_internet is not False
        if right:
            found.append((max(start, fault.start), min(end, fault.end)))
    return found


def _cables(simulation: Simulation, sites: dict[str, Any]) -> None:
    """Cable faults of single PCs, and when such a PC was the only one awake."""
    cables = simulation.faults.cables
    for story in simulation.stories:
        for start, end in cables.get(story.pc.id, ()):
            site = story.pc.site_at(start)
            others = [
                (part.start, part.end)
                for other in simulation.stories
                if other is not story
                for part in other.awake
                if part.site == site and part.end > start and part.start < end
            ]
            own = [(part.start, part.end) for part in story.awake]
            alone = without(meet(union(own), [(start, end)]), union(others))
            row = {"pc": story.pc.id, "from": round(start, 1), "to": round(end, 1), "alone": _plain(alone)}
            sites[site]["cables"].append(row)


def _plain(spans: list[Span]) -> list[list[float]]:
    return [[round(start, 1), round(end, 1)] for start, end in spans]
