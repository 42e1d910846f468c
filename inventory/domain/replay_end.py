"""What is believed at the end of a replay: all timelines once more, with everything that was learnt."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from inventory.domain.area_event import AreaEvent, chances, find_events, heard_lookup, losses_of
from inventory.domain.replay_world import World
from inventory.domain.site_facts import SharedLoss, Stretch
from inventory.domain.site_state import timeline


def conclude(world: World, end: datetime) -> tuple[dict[str, list[Stretch]], list[AreaEvent]]:
    """Timelines by site and the events of providers and areas."""
    world.check_guesses(end)
    for office in world.offices.values():
        if not office.hours_given:
            office.hours = world.learn(office, end) or office.hours
    told = {site: _timeline(world, site, [], end) for site in world.offices}
    window = _window(world)
    events = _events(world, told, window)
    for _ in range(2):
        shared: dict[str, list[SharedLoss]] = defaultdict(list)
        for event in events:
            for site in event.sites:
                shared[site].append(event.shared(window))
        told.update({site: _timeline(world, site, losses, end) for site, losses in shared.items()})
        again = _events(world, told, window)
        if again == events:
            break
        events = again
    return told, events


def _timeline(world: World, site: str, shared: list[SharedLoss], end: datetime) -> list[Stretch]:
    facts = world.facts(world.offices[site], None, shared)
    return timeline(facts, world.policy, world.calendar, end)


def _window(world: World) -> timedelta:
    beats = [agent.heartbeat_s for agent in world.agents.values()] or [300.0]
    return timedelta(seconds=median(beats) * 1.25 + 30)


def _events(world: World, told: dict[str, list[Stretch]], window: timedelta) -> list[AreaEvent]:
    losses = [loss for site, stretches in told.items() for loss in losses_of(site, stretches)]
    heard_s = sum(
        (stretch.to_at - stretch.from_at).total_seconds()
        for stretches in told.values()
        for stretch in stretches
        if stretch.state == "UP"
    )
    return find_events(losses, world.places(), heard_lookup(told), chances(losses, heard_s, window), window)
