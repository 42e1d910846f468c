"""The door for reports: plain ASGI in front of the web framework, because every agent comes here all day long.

What another agent carries comes in an envelope (relayed.py) and is answered in one, errors of the sender's included.

200 acknowledgement · 400 unreadable upload · 401 the agent is unknown, revoked or has a wrong key · 405 · 411 no
length · 413 too large · 503 come back later (nothing stored). Errors have the API's one shape.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from datetime import datetime
from typing import Any

from agent.wire import envelope, seal
from agent.wire.errors import LimitError, SealError, WireError
from agent.wire.exchange import CLOCK_HEADER, RELAY_HEADER, RELAYED_PATH, REPORTS_PATH
from collector.ingest import answer, relayed
from collector.ingest.counters import Counters
from collector.ingest.group import GroupCommitter, Overloaded
from collector.ingest.lease import LeaseBook
from collector.ingest.policy import PolicyBook
from collector.ingest.read import Refusal, read_upload
from inventory.store.arrival import Arrival, Outcome
from inventory.store.engine import OperationalError

_log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

RETRY_AFTER_S = 30


class _Stop(Exception):
    """An answer other than an acknowledgement."""

    def __init__(self, status: int, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps(
            {"error": {"code": code, "message": message, "field": None, "remedy": remedy}}, ensure_ascii=False
        ).encode()


_EMPTY = _Stop(400, "empty", "the upload has no report", "send at least one sealed report")


class ReportFront:
    """ASGI middleware: answers POST /agent/v1/reports, hands everything else on."""

    def __init__(
        self,
        app: AsgiApp,
        *,
        master: bytes,
        committer: GroupCommitter,
        policies: PolicyBook,
        leases: LeaseBook,
        keep_rejected: Callable[[Sequence[Refusal], datetime], None],
        clock: Callable[[], datetime],
        counters: Counters,
        spread_s: int,
    ) -> None:
        self.app = app
        self._master = master
        self._committer = committer
        self._policies = policies
        self._leases = leases
        self._keep_rejected = keep_rejected
        self._clock = clock
        self._counters = counters
        self._spread_s = spread_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in (REPORTS_PATH, RELAYED_PATH):
            await self.app(scope, receive, send)
            return
        kind = "application/json"
        try:
            if scope["path"] == RELAYED_PATH:
                body, kind = await self._carry(scope, receive), envelope.CONTENT_TYPE
            else:
                body = await self._take(scope, receive)
            status = 200
        except _Stop as stop:
            status, body, kind = stop.status, stop.body, "application/json"
            self._counters.uploads_refused += 1
        await _send(send, status, body, kind)

    async def _carry(self, scope: Scope, receive: Receive) -> bytes:
        body, headers = await self._body(scope, receive)
        now = self._clock()
        try:
            upload = relayed.unwrap(body, headers.get(_RELAY, b"").decode("latin-1"), self._master, now)
        except WireError as error:
            status = 401 if isinstance(error, SealError) else 400
            raise _Stop(status, error.code, str(error), "carry envelopes as the agent wraps them") from None
        try:
            if not upload.entries:
                raise _EMPTY
            status, plain = 200, await self._store(upload.entries, upload.sender.agent_id)
        except _Stop as stop:
            if stop.status >= 500:
                raise  # nothing is decided: the relay keeps it
            status, plain = stop.status, stop.body
        return relayed.wrap(upload, status, plain, self._clock())

    async def _body(self, scope: Scope, receive: Receive) -> tuple[bytes, dict[bytes, bytes]]:
        headers = {name: value for name, value in scope["headers"] if name in _WANTED}
        if scope["method"] != "POST":
            raise _Stop(405, "method", "reports are sent with POST", "use POST")
        body = await _read_body(headers, receive)
        self._counters.bytes_in += len(body)
        return body, headers

    async def _take(self, scope: Scope, receive: Receive) -> bytes:
        body, headers = await self._body(scope, receive)
        clock_header = headers.get(_CLOCK, b"").decode("latin-1")
        try:
            entries = read_upload(body, clock_header, self._master, self._clock())
        except LimitError as error:
            raise _Stop(413, error.code, str(error), "send fewer or smaller reports at once") from None
        except WireError as error:
            raise _Stop(400, error.code, str(error), "send sealed reports as the agent makes them") from None
        if not entries:
            raise _EMPTY
        return await self._store(entries)

    async def _store(self, entries: list[Arrival | Refusal], asker: str = "") -> bytes:
        """`asker`: who reads the answer, where that is proven; others' reports in the upload buy it no policy."""
        arrivals = [entry for entry in entries if isinstance(entry, Arrival)]
        try:
            outcomes = await self._committer.submit(arrivals) if arrivals else []
        except Overloaded:
            return answer.come_back(entries, RETRY_AFTER_S, self._spread_s)
        except Exception:  # the store said no (logged there): nothing is stored, so nothing may be acknowledged
            raise _Stop(
                503, "store", "the collector cannot store reports now", "send the same reports again later"
            ) from None
        reason = answer.gone(entries, outcomes)
        if reason:
            message, remedy = answer.AGENT_GONE[reason]
            raise _Stop(401, reason, message, remedy)
        try:
            await self._count_and_keep(entries, outcomes)
        except OperationalError:  # stored, but what was refused could not be kept apart: all of it comes again
            raise _Stop(
                503, "rejects", "the collector cannot keep rejected reports now", "send the same reports again later"
            ) from None
        site_id = next((outcome.site_id for outcome in outcomes if outcome.site_id is not None), None)
        if asker and any(arrival.agent_id != asker for arrival in arrivals):
            site_id = None
        version = arrivals[0].policy_version if arrivals else 0
        whole = any(arrival.kind == "inventory" for arrival in arrivals)
        policy = await self._policies.newer(site_id, version, whole) if site_id is not None else None
        lease_s = await self._leases.seconds(arrivals[0].agent_id) if site_id is not None else 0
        return answer.acknowledgement(entries, outcomes, policy, lease_s)

    async def _count_and_keep(self, entries: Sequence[Arrival | Refusal], outcomes: Sequence[Outcome]) -> None:
        refused = [entry for entry in entries if isinstance(entry, Refusal)]
        stored = iter(outcomes)
        for entry in entries:
            if isinstance(entry, Arrival):
                outcome = next(stored)
                self._counters.reports[outcome.status] += 1
                if outcome.status == "rejected":
                    refused.append(Refusal(entry.agent_id, outcome.reason, outcome.reason, entry.frame, keep=True))
            else:
                self._counters.reports["rejected"] += 1
        kept = [entry for entry in refused if entry.keep]
        if kept:  # before the acknowledgement: the agent drops what was rejected
            await asyncio.to_thread(self._keep_rejected, kept, self._clock())


_CLOCK = CLOCK_HEADER.encode("latin-1")
_RELAY = RELAY_HEADER.encode("latin-1")
_WANTED = (b"content-length", _CLOCK, _RELAY)


async def _read_body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    length = headers.get(b"content-length", b"")
    if not length.isdigit():
        raise _Stop(411, "length", "Content-Length is missing or no number", "say how many bytes are coming")
    if int(length) > seal.MAX_BATCH:
        raise _Stop(413, "limit", f"an upload may have {seal.MAX_BATCH} bytes", "send fewer reports at once")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Stop(400, "cut", "the connection ended before the upload", "send it again")
        part = message.get("body", b"")
        size += len(part)
        if size > seal.MAX_BATCH:
            raise _Stop(413, "limit", f"an upload may have {seal.MAX_BATCH} bytes", "send fewer reports at once")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if len(parts) > 1 else part


async def _send(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", str(RETRY_AFTER_S).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
