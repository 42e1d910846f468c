"""Once a day: partitions for the months to come, and forgetting what is past its term."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from inventory.store import claim
from inventory.store.engine import Store
from inventory.store.line_days import sum_up_days
from inventory.store.partitions import ensure_partitions
from inventory.store.retention import forget

_log = logging.getLogger(__name__)

NAME = "housekeeping"


def run(store: Store, clock: Callable[[], datetime], worker: str) -> bool:
    """Does the day's work if it is due and nobody else does it."""
    now = clock()
    with store.session() as session:
        claim.ensure_job(session, NAME, now)

    def work() -> datetime:
        ensure_partitions(store, now)
        sum_up_days(store, now)
        gone = forget(store, now)
        _log.info("housekeeping: %s", ", ".join(f"{count} of {name}" for name, count in gone.items()))
        return now + timedelta(days=1)

    return claim.run_due(store.session, NAME, worker, now, work, timedelta(hours=1))
