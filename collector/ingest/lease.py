"""The scan leases that answers carry: who is elected stands in the store, asked for now and then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from inventory.domain.scanner import grant_s
from inventory.store.engine import SQLAlchemyError, Store
from inventory.store.lans import leases

TTL_S = 20.0  # an election may take that much longer to reach the agent


class LeaseBook:
    """Used by the event loop. While the store cannot answer nobody gets a lease: scanning can wait."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._monotonic = monotonic
        self._fresh_until = -1.0
        self._until: dict[str, datetime] = {}

    async def seconds(self, agent_id: str) -> int:
        """Seconds for which this agent may scan from now on; 0 when it is not its LAN's scanner."""
        if self._monotonic() >= self._fresh_until:
            self._fresh_until = self._monotonic() + TTL_S  # before the query: one asks, the others go on
            self._until = await asyncio.to_thread(self._read)
        until = self._until.get(agent_id)
        return grant_s(until, self._clock()) if until is not None else 0

    def forget(self) -> None:
        """Asks the store again at the next answer."""
        self._fresh_until = -1.0

    def _read(self) -> dict[str, datetime]:
        try:
            with self._store.reading() as session:
                return leases(session, self._clock())
        except SQLAlchemyError:  # also when no connection is free: an answer to a report never fails for this
            return {}
