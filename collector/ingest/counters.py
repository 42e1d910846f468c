"""Counts of this process, for /metrics. Plain integers: they are only changed on the event loop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counters:
    reports: Counter[str] = field(default_factory=Counter)  # by outcome: stored, duplicate, rejected
    uploads_refused: int = 0
    bytes_in: int = 0
    enrolments: Counter[str] = field(default_factory=Counter)  # by result: ok, or the reason of refusal
