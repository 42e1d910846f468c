"""Runs the connectivity engine over a recorded trace with a virtual clock, so that anyone can judge it. Pure.

Everything is decided by the rules that the collector uses: timeline() for each site, find_events() for providers and
areas, update() for alerts. The replay only keeps what was learnt so far and asks the rules when time or news demand it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from inventory.domain.area_event import AreaEvent
from inventory.domain.hours import DEFAULT_CALENDAR, Calendar, open_intervals
from inventory.domain.policy import DEFAULT_POLICY, Policy
from inventory.domain.replay_end import conclude
from inventory.domain.replay_trace import Line, read_trace
from inventory.domain.replay_world import Office, World
from inventory.domain.site_alert import update
from inventory.domain.site_facts import FAULTS, Stretch

_AGAIN = timedelta(minutes=15)


def replay_lines(
    lines: Iterable[bytes], policy: Policy = DEFAULT_POLICY, calendar: Calendar = DEFAULT_CALENDAR
) -> dict[str, Any]:
    """A trace -> the object that `gapwatch replay --json` prints. Raises BadValue naming the line."""
    return Replay(policy, calendar).run(lines)


class Replay:
    """One replay; `world` and `timelines` can be asked after `run`."""

    def __init__(self, policy: Policy = DEFAULT_POLICY, calendar: Calendar = DEFAULT_CALENDAR) -> None:
        self.world = World(policy, calendar)
        self.timelines: dict[str, list[Stretch]] = {}
        self.events: list[AreaEvent] = []
        self._timers: list[tuple[datetime, str, int]] = []

    def run(self, lines: Iterable[bytes]) -> dict[str, Any]:
        """Reads to the end of the trace; a trace without an end ends with its last line."""
        ended: datetime | None = None
        for line in read_trace(lines):
            if line["kind"] == "contact":
                self._contact(line)
            elif line["kind"] == "end":
                ended = line["at"]
                break
            else:
                self._learn(line)
        end = max(ended or self.world.now, self.world.now) if ended is None else ended
        self._advance(end)
        self.timelines, self.events = conclude(self.world, end)
        for site, office in self.world.offices.items():
            known = len(office.alerts)
            update(office.alerts, site, self.timelines[site], end)
            del office.alerts[known:]  # nobody would have seen at the end what was not seen at its time
        return self._answer()

    def _learn(self, line: Line) -> None:
        world = self.world
        if line["kind"] == "site":
            world.add_site(line)
        elif line["kind"] == "agent":
            world.add_agent(line)
        else:
            self._advance(line["to"])
            world.collector_was_down(line["from"], line["to"])
            for office in world.offices.values():
                if any(alert.is_open or alert.raised >= line["from"] for alert in office.alerts[-2:]):
                    self._look(office, world.now)

    def _contact(self, line: Line) -> None:
        world = self.world
        received: datetime = line["received"]
        if received > world.now:
            self._advance(received)
        agent = world.agent_of(line)
        world.heard_anybody(received)
        site, news = agent.hear(line)
        if site is None:
            return
        office = world.offices[site]
        if office.heard_at is None or received > office.heard_at:
            office.heard_at = received
        if not office.timer or office.looks:
            office.looks = 0
            self._watch(office, received + office.grace)
        if not news:
            return
        for touched in world.touched(agent, site, line):
            if line.get("journal") or touched.suspected:
                touched.dirty_at = received
                heapq.heappush(self._timers, (world.now, touched.id, 0))
                heapq.heappush(self._timers, (world.now + touched.grace + _AGAIN, touched.id, 0))

    def _watch(self, office: Office, due: datetime) -> None:
        """One timer per office; a newer one makes the older void."""
        office.timer += 1
        heapq.heappush(self._timers, (due, office.id, office.timer))

    def _advance(self, until: datetime) -> None:
        world = self.world
        while self._timers and self._timers[0][0] <= until:
            due, site, number = heapq.heappop(self._timers)
            office = world.offices[site]
            if number not in (0, office.timer):
                continue
            world.now = max(world.now, due)
            if number == 0:
                self._look(office, world.now)
            elif office.heard_at is not None and office.heard_at + office.grace > world.now:
                self._watch(office, office.heard_at + office.grace)
            else:
                self._silent(office, world.now)
        world.now = max(world.now, until)

    def _silent(self, office: Office, now: datetime) -> None:
        """Nobody was heard for the grace: look now, and again while people are at work."""
        if self.world.may_be_blind(now):
            self._watch(office, now + timedelta(minutes=5))
            return
        opening = open_intervals(office.hours, self.world.calendar, now, now + timedelta(days=12))
        if not opening or opening[0][0] > now:
            office.looks = 1
            due = opening[0][0] + office.grace if opening else now + timedelta(days=12)
            self._watch(office, due)
            return
        office.looks += 1
        self._look(office, now)
        self._watch(office, now + _AGAIN * min(2 ** (office.looks - 1), 16))

    def _look(self, office: Office, now: datetime) -> None:
        """Recomputes the office and brings its alerts in line; a new group of losses makes its members due, too."""
        world = self.world
        stretches = world.timeline_of(office, now)
        others = world.group(office, stretches, now)
        for member in [office, *(other for other in others if other is not office)]:
            told = stretches if member is office and office not in others else world.timeline_of(member, now)
            member.suspected = told[-1].state in FAULTS or told[-1].why == "waiting_for_evidence"
            update(member.alerts, member.id, told, now)

    def _answer(self) -> dict[str, Any]:
        return {
            "sites": {site: _rows(stretches) for site, stretches in self.timelines.items()},
            "alerts": [
                {
                    "site": alert.site,
                    "raised": rfc3339(alert.raised),
                    "since": rfc3339(alert.since),
                    "state": alert.state,
                    "closed": rfc3339(alert.closed) if alert.closed else None,
                    "withdrawn": rfc3339(alert.withdrawn) if alert.withdrawn else None,
                }
                for alert in sorted(
                    (alert for office in self.world.offices.values() for alert in office.alerts),
                    key=lambda alert: (alert.raised, alert.site),
                )
            ],
            "area_events": [
                {
                    "from": rfc3339(event.from_at),
                    "to": rfc3339(event.to_at) if event.to_at else None,
                    "area": event.area,
                    "provider": event.provider,
                    "sites": list(event.sites),
                    "cause": event.cause,
                }
                for event in self.events
            ],
        }


def _rows(stretches: list[Stretch]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for stretch in stretches:
        if rows and (rows[-1]["state"], rows[-1]["cause"]) == (stretch.state, stretch.cause):
            rows[-1]["to"] = rfc3339(stretch.to_at)
            continue
        rows.append(
            {
                "from": rfc3339(stretch.from_at),
                "to": rfc3339(stretch.to_at),
                "state": stretch.state,
                "cause": stretch.cause,
            }
        )
    return rows


def rfc3339(at: datetime) -> str:
    """UTC, to the millisecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
