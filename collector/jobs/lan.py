"""Every few seconds: which networks there are, who scans them, and what their scanners found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from inventory.store.engine import Store
from inventory.store.lan_devices import DeviceKeeper
from inventory.store.lan_findings import HygieneEvaluator
from inventory.store.lans import LanKeeper


class LanJob:
    """One per process; safe in several at once."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._lans = LanKeeper()
        self._devices = DeviceKeeper()
        self._hygiene = HygieneEvaluator()

    def run(self) -> int:
        """One turn; returns how many tenures, sections and sites were dealt with."""
        done, failed = 0, None
        for part in (self._lans, self._devices, self._hygiene):
            try:
                done += part.run_due(self._store, self._clock)
            except Exception as error:  # each part fails alone; the runner is told
                failed = failed or error
        if failed is not None:
            raise failed
        return done
