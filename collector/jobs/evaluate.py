"""Every few seconds: conclude from what agents brought, from what time or policy changed, then about the sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from inventory.domain.hours import DEFAULT_CALENDAR, Calendar
from inventory.store import evaluate, evaluate_sites
from inventory.store.engine import Store

BATCH = 500
MAX_BATCHES = 20  # then others get their turn; the rest comes with the next call


def run(store: Store, clock: Callable[[], datetime], calendar: Calendar = DEFAULT_CALENDAR) -> int:
    """One turn, safe in several processes at once; returns how many agents and machines were judged."""
    done = _in_batches(lambda: evaluate.evaluate_dirty(store, clock, BATCH))
    done += _in_batches(lambda: evaluate.evaluate_stale(store, clock, BATCH))
    evaluate.refresh_contacts(store)
    evaluate_sites.evaluate_due(store, clock, calendar)
    return done


def _in_batches(work: Callable[[], int]) -> int:
    total = 0
    for _ in range(MAX_BATCHES):
        count = work()
        total += count
        if count < BATCH:
            break
    return total
