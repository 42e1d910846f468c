"""Asks a device for what identify.py needs: two objects first, then what the rules still in the race need, in small
batches and within bounds. Devices misbehave; the ways that we know of are met here and in session.py.

| what the device does | what we do |
| --- | --- |
| says nothing at all to the first request | it does not answer SNMP to these credentials |
| drops a GET that holds an object it does not know, or calls it genErr | ask by GETNEXT from just before each object |
| noSuchName for a whole GET (SNMPv1) | the same: GETNEXT has no unknown objects, only the end |
| drops that as well | ask singly, not for long |
| tooBig | ask half as many objects at once, for good |
| ignores or refuses GETBULK | walk by GETNEXT |
| names in a walk that do not grow | stop the walk |
| slow, or never the end | the count of requests and the deadline; what is known by then counts |
"""

from __future__ import annotations

import time
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from .reply import GEN_ERR, NO_SUCH_NAME, OK, TOO_BIG, Reply, Session
from .values import SYS_DESCR, SYS_OBJECT, Value, arcs, under

MAX_REQUESTS = 60
MAX_SILENT = 4  # requests in a row without an answer, after which the device is gone
DEADLINE_S = 20.0
BATCH = 16
BULK = 32  # rows asked for at once
MIN_PATIENCE_S = 0.5


class Asker:
    """One device, with what it has taught us of its manners."""

    def __init__(
        self,
        session: Session,
        max_requests: int = MAX_REQUESTS,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._left = max_requests
        self._end = clock() + deadline_s
        self._clock = clock
        self._batch = BATCH
        self._bulk = session.version != "1"
        self._by_next = session.version == "1"
        self._silent = 0
        self._slowest_s = 0.0

    @property
    def spent(self) -> bool:
        """No more requests: the count or the time is used up, or the device fell silent."""
        return self._left <= 0 or self._clock() >= self._end or self._silent >= MAX_SILENT

    def hello(self) -> Dict[str, Optional[Value]]:
        """sysDescr and sysObjectID; {} when the device does not answer to these credentials."""
        asked = [SYS_DESCR, SYS_OBJECT]
        kind = "next" if self._by_next else "get"
        reply = self._request(kind, [_before(oid) for oid in asked] if self._by_next else asked)
        if reply is None or reply.error not in (OK, NO_SUCH_NAME, TOO_BIG, GEN_ERR):
            return {}  # authorizationError and its like: it is there, but not for us
        return _matching(asked, reply) if reply.error == OK else self.get(asked)

    def get(self, oids: Sequence[str]) -> Dict[str, Optional[Value]]:
        """Values by name; None for what is not there. Names that could not be asked are missing."""
        found: Dict[str, Optional[Value]] = {}
        pending = [list(oids[at : at + self._batch]) for at in range(0, len(oids), self._batch)]
        while pending and not self.spent:
            batch = pending.pop(0)
            by_next = self._by_next
            reply = self._request("next" if by_next else "get", [_before(oid) for oid in batch] if by_next else batch)
            if reply is not None and reply.error == OK:
                found.update(_matching(batch, reply))
            elif reply is not None and reply.error == NO_SUCH_NAME and 0 < reply.index <= len(batch):
                self._by_next = True
                found[batch.pop(reply.index - 1)] = None
                pending[:0] = [batch] if batch else []
            elif reply is not None and reply.error == TOO_BIG and len(batch) > 1:
                self._batch = min(self._batch, (len(batch) + 1) // 2)
                pending[:0] = [batch[at : at + self._batch] for at in range(0, len(batch), self._batch)]
            elif len(batch) > 1:
                pending[:0] = self._gently(batch, by_next)
            elif reply is not None:
                found[batch[0]] = None
        return found

    def _gently(self, batch: List[str], by_next: bool) -> List[List[str]]:
        """How to ask again what the device met with silence or a general error."""
        self._session.hurry(max(MIN_PATIENCE_S, 8 * self._slowest_s))
        if not by_next:
            self._by_next = True
            return [batch]
        self._batch = 1
        return [[oid] for oid in batch]

    @property
    def row_by_row(self) -> bool:
        """Every row of a walk costs a request: the device does not know or answer GETBULK."""
        return not self._bulk

    def walk(self, prefix: str, limit: int, last: Optional[Value] = None) -> List[Tuple[str, Value]]:
        """The first `limit` rows under a prefix; of a device that must be asked row by row those up to the value `last`."""
        rows: List[Tuple[str, Value]] = []
        at = prefix
        while len(rows) < limit and not self.spent:
            reply = self._step(at, limit - len(rows))
            if reply is None or reply.error != OK or not reply.rows:
                break
            for oid, value in reply.rows:
                if value is None or not under(oid, prefix) or not _grows(at, oid) or len(rows) >= limit:
                    return rows
                rows.append((oid, value))
                at = oid
                if self.row_by_row and value == last:
                    return rows
        return rows

    def _step(self, at: str, wanted: int) -> Optional[Reply]:
        if self._bulk and wanted > 1:
            reply = self._request("bulk", [at], min(BULK, wanted))
            if reply is not None and reply.error == OK and reply.rows:
                return reply
            self._bulk = False
        return self._request("next", [at])

    def _request(self, kind: str, oids: Sequence[str], repetitions: int = 0) -> Optional[Reply]:
        if self.spent:
            return None
        self._left -= 1
        start = self._clock()
        reply = self._session.request(kind, oids, repetitions)
        if reply is None:
            self._silent += 1
        else:
            self._silent = 0
            self._slowest_s = max(self._slowest_s, self._clock() - start)
        return reply


def _before(oid: str) -> str:
    """The name that GETNEXT answers with `oid` when that is there."""
    parent, _, last = oid.rpartition(".")
    return parent if last == "0" else "{}.{}".format(parent, int(last) - 1)


def _matching(batch: Sequence[str], reply: Reply) -> Dict[str, Optional[Value]]:
    """The answers to what was asked: some agents leave objects out or answer with others."""
    given = dict(reply.rows)
    return {oid: given.get(oid) for oid in batch}


def _grows(before: str, after: str) -> bool:
    try:
        return arcs(after) > arcs(before)
    except ValueError:
        return False
