"""Truth and answer side by side, and the figures that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.replay.answer import FAULT_STATES, Answer
from tests.replay.spans import Span, touches, union
from tests.replay.world import stamp

CUTS = ("line", "lan", "captive")
MIN_S = 60.0
LOST_S = 3600.0  # error of a start or an end that the answer does not have


@dataclass
class Figure:
    """One figure. `passed` None: information only."""

    name: str
    value: str
    aim: str = ""
    passed: bool | None = None
    misses: list[str] = field(default_factory=list)


class Case:
    """Truth and answer side by side, with what several figures need."""

    def __init__(self, truth: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        self.truth, self.answer = truth, Answer(document)
        self.sites: Mapping[str, Any] = truth["sites"]
        self.start, self.end, self.beat = truth["start"], truth["end"], truth["heartbeat_s"]
        self.blind: list[Span] = union((row["from"], row["to"]) for row in truth["blind"])
        self.lost = {site: self.answer.where(site, FAULT_STATES) for site in self.sites}

    def faults(self, site: str, *kinds: str) -> list[Span]:
        """When something was truly wrong at a site."""
        return union((f["from"], f["to"]) for f in self.sites[site]["faults"] if not kinds or f["kind"] in kinds)

    def open_at_end(self, fault: Mapping[str, Any]) -> bool:
        """Late proof of it cannot have come: it lasted until the trace ended or nearly so."""
        return bool(fault["to"] >= self.end - 2 * MIN_S * 60)

    def lonely(self, site: str, start: float, end: float) -> bool:
        """Only one PC was awake and its cable was out: from outside it is the office that is cut off."""
        return any(touches(row.get("alone", ()), start - 300, end) for row in self.sites[site].get("cables", ()))

    def miss(self, site: str, span: Span, text: str) -> str:
        """One line of truth and some lines of answer."""
        kinds = [
            f"{f['kind']} {stamp(f['from'])[:19]} .. {stamp(f['to'])[:19]}"
            for f in self.sites[site]["faults"]
            if f["from"] < span[1] + 1800 and f["to"] > span[0] - 1800
        ]
        cables = [
            f"cable of {row['pc']} {stamp(row['from'])[:19]} .. {stamp(row['to'])[:19]}"
            for row in self.sites[site].get("cables", ())
            if row["from"] < span[1] + 1800 and row["to"] > span[0] - 1800
        ]
        when = f"{stamp(span[0])[:19]} .. {stamp(span[1])[:19]}"
        near = self.answer.near(site, *span)
        return f"{site} ({self.sites[site]['pcs']} PC) {when}: {text}; true: {[*kinds[:6], *cables]}{near}"
