"""Twice a minute: whose line has news, and which services do not answer; most calls find nothing due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from inventory.domain.hours import Calendar
from inventory.store.engine import Store
from inventory.store.line_quality import LineEvaluator
from inventory.store.service_faults import ServiceEvaluator


class LineJob:
    """One per process; safe in several at once."""

    def __init__(self, store: Store, clock: Callable[[], datetime], calendar: Calendar) -> None:
        self._store = store
        self._clock = clock
        self._parts = (LineEvaluator(calendar), ServiceEvaluator())

    def run(self) -> int:
        """One turn; returns how many sites and faults were dealt with."""
        done, failed = 0, None
        for part in self._parts:
            try:
                done += part.run_due(self._store, self._clock)
            except Exception as error:  # each part fails alone; the runner is told
                failed = failed or error
        if failed is not None:
            raise failed
        return done
