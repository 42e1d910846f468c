"""The output of `gapwatch replay --json`, read strictly: times in seconds, states known, timelines without holes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.replay.spans import Span, union
from tests.replay.world import seconds, stamp

LINE_STATES = frozenset({"LINE_LOST_SUSPECTED", "LINE_LOST_CONFIRMED"})
FAULT_STATES = LINE_STATES | {"POWER_CUT_SUSPECTED"}
STATES = FAULT_STATES | {"UP", "OFF_EXPECTED", "OFF_UNUSUAL", "COLLECTOR_BLIND", "NOT_OBSERVED", "NEVER_REPORTED"}
CAUSES = frozenset({"line", "lan", "captive", "power", "collector", "schedule", "unknown"})


@dataclass(frozen=True)
class Stretch:
    """One stretch of a timeline."""

    start: float
    end: float
    state: str
    cause: str | None

    def __str__(self) -> str:
        return f"{stamp(self.start)[:19]} .. {stamp(self.end)[:19]} {self.state} {self.cause}"


@dataclass(frozen=True)
class Alert:
    """What people would have seen."""

    site: str
    raised: float
    since: float
    state: str
    closed: float | None
    withdrawn: float | None

    def __str__(self) -> str:
        over = f"closed {stamp(self.closed)[:19]}" if self.closed is not None else "open"
        if self.withdrawn is not None:
            over = f"withdrawn {stamp(self.withdrawn)[:19]}"
        return f"{self.site} {self.state} raised {stamp(self.raised)[:19]} since {stamp(self.since)[:19]} {over}"


@dataclass(frozen=True)
class AreaEvent:
    """Many sites at once."""

    start: float
    end: float | None
    area: str | None
    provider: str | None
    sites: tuple[str, ...]
    cause: str | None

    def __str__(self) -> str:
        over = stamp(self.end)[:19] if self.end is not None else "open"
        scope = self.area or self.provider
        return f"{stamp(self.start)[:19]} .. {over} {scope} {self.cause} {len(self.sites)} sites"


class Answer:
    """Everything the engine said. `complaints` lists what breaks the contract."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.complaints: list[str] = []
        self.sites = {name: self._timeline(name, rows) for name, rows in document["sites"].items()}
        self.alerts = [
            Alert(
                row["site"], seconds(row["raised"]), seconds(row["since"]), row["state"],
                _maybe(row["closed"]), _maybe(row["withdrawn"]),
            )
            for row in document["alerts"]
        ]  # fmt: skip
        self.events = [
            AreaEvent(
                seconds(row["from"]), _maybe(row["to"]), row["area"], row["provider"], tuple(row["sites"]), row["cause"]
            )
            for row in document["area_events"]
        ]
        for alert in self.alerts:
            if alert.state not in STATES:
                self.complaints.append(f"{alert}: unknown state")
            if alert.since > alert.raised:
                self.complaints.append(f"{alert}: raised before it began")

    def _timeline(self, site: str, rows: list[Mapping[str, Any]]) -> list[Stretch]:
        found = [Stretch(seconds(r["from"]), seconds(r["to"]), r["state"], r.get("cause")) for r in rows]
        for stretch in found:
            if stretch.state not in STATES or not (stretch.cause is None or stretch.cause in CAUSES):
                self.complaints.append(f"{site}: {stretch}: unknown state or cause")
            if stretch.end <= stretch.start:
                self.complaints.append(f"{site}: {stretch}: is empty")
        for left, right in itertools.pairwise(found):
            if abs(left.end - right.start) > 0.002:
                what = "overlaps" if right.start < left.end else "leaves a hole before"
                self.complaints.append(f"{site}: {left} {what} {right}")
        return found

    def where(self, site: str, states: frozenset[str]) -> list[Span]:
        """When the site was in one of the states."""
        return union((part.start, part.end) for part in self.sites.get(site, ()) if part.state in states)

    def near(self, site: str, start: float, end: float, most: int = 8) -> str:
        """The excerpt of a timeline around an interval, for people."""
        parts = [part for part in self.sites.get(site, ()) if part.end > start - 1800 and part.start < end + 1800]
        more = [f"... {len(parts) - most} more"] if len(parts) > most else []
        return "".join(f"\n      {text}" for text in [*map(str, parts[:most]), *more]) or "\n      (nothing)"


def _maybe(text: str | None) -> float | None:
    return seconds(text) if text else None
