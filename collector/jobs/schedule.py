"""The scheduler only calls; what is due, and who takes it, is in the database. Nothing is lost with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to call again and again. `run` must be safe in several processes at once."""

    name: str
    every_s: float
    run: Callable[[], object]


class Schedule:
    """Calls each job in a thread of its own kind; a job that still runs is not started again."""

    def __init__(self, jobs: Sequence[Job], clock: Callable[[], datetime]) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
        self._failing: set[str] = set()
        self._lock = threading.Lock()
        for index, job in enumerate(jobs):
            first = clock() + timedelta(seconds=0.2 * (index + 1))
            self._scheduler.add_job(
                self._call,
                "interval",
                [job],
                seconds=job.every_s,
                id=job.name,
                next_run_time=first,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Waits for running jobs."""
        self._scheduler.shutdown(wait=True)

    def _call(self, job: Job) -> None:
        try:
            job.run()
        except Exception:  # one failing job must not end the others; it is tried again at its next turn
            with self._lock:
                first = job.name not in self._failing
                self._failing.add(job.name)
            _log.log(logging.ERROR if first else logging.WARNING, "job %s failed", job.name, exc_info=first)
        else:
            with self._lock:
                self._failing.discard(job.name)
