"""Which agents may measure their line: those enrolled here and not revoked. Shared by reflector and ndt7 server.

The key of an agent follows from the master secret, so a stranger is turned away by arithmetic alone; the store is asked
only about agents whose seal fits, and only now and then.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import select

from agent.wire.seal import derive_key
from inventory.store.engine import SQLAlchemyError, Store
from inventory.store.tables import Agent

TTL_S = 60.0  # a revocation may take that much longer to arrive here
MAX_KNOWN = 50_000


@dataclass(frozen=True, slots=True)
class Member:
    agent_id: str
    site_id: int
    generation: int


class Roster:
    """Used by one thread. While the store cannot answer, what was known before holds on."""

    def __init__(self, store: Store, master: bytes, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._master = master
        self._monotonic = monotonic
        self._known: OrderedDict[str, tuple[float, Member | None]] = OrderedDict()

    def key(self, agent_id: str, generation: int) -> bytes:
        """The key that an agent of this id and generation would have, whether or not there is one."""
        return derive_key(self._master, agent_id, generation)

    def member(self, agent_id: str, generation: int) -> Member | None:
        """The enrolled agent with this key generation. To be asked only once its seal has been checked."""
        now = self._monotonic()
        until, member = self._known.get(agent_id, (-1.0, None))
        if now >= until:
            member = self._ask(agent_id, member)
            self._known[agent_id] = (now + TTL_S, member)
            self._known.move_to_end(agent_id)
            while len(self._known) > MAX_KNOWN:
                self._known.popitem(last=False)
        return member if member is not None and member.generation == generation else None

    def _ask(self, agent_id: str, before: Member | None) -> Member | None:
        query = select(Agent.site_id, Agent.key_generation).where(Agent.id == agent_id, Agent.status != "revoked")
        try:
            with self._store.reading() as session:
                row = session.exec(query).first()
        except SQLAlchemyError:
            return before
        return Member(agent_id, row[0], row[1]) if row is not None else None
