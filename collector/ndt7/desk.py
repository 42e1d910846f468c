"""Who may test now: the token, one test at a time per line, and a bound for the whole server. Pure but for the roster.

A test fills the line of an office, so a second one from the same site would measure half of it, and people would notice
twice. The collector's own line is bounded too: beyond `max_tests` at once they would measure each other.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from agent.wire import line_token
from collector.line_roster import Member, Roster

MAX_NONCES = 100_000
HANDSHAKE_S = 10.0
LONGEST_S = 15.0  # of a test; the client ends at 10 or 13 s
_DIRECTIONS = {line_token.DOWNLOAD_PATH: "down", line_token.UPLOAD_PATH: "up"}


class Refusal(Exception):
    """A test is refused: HTTP status, stable code, one sentence, seconds until it may be tried again (0: never)."""

    def __init__(self, status: int, code: str, message: str, come_back_s: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.come_back_s = come_back_s


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for."""

    direction: str  # down | up
    token: line_token.Token
    max_bytes: int  # 0: no limit


@dataclass(frozen=True, slots=True)
class Grant:
    site_id: int
    number: int


def read_request(target: str) -> Request:
    """The request's path and query. Raises Refusal."""
    if len(target) > line_token.MAX_QUERY + 100:
        raise Refusal(400, "query", "the query is longer than 4096 bytes")
    parts = urlsplit(target)
    direction = _DIRECTIONS.get(parts.path)
    if direction is None:
        raise Refusal(404, "path", "only /ndt/v7/download and /ndt/v7/upload are here")
    try:
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query), max_num_fields=50)
    except ValueError:
        raise Refusal(400, "query", "the query cannot be read") from None
    values = dict(pairs)
    if len(values) != len(pairs) or "" in values:
        raise Refusal(400, "query", "a key of the query is empty or stands there twice")
    token = line_token.read(values.get("access_token", ""))
    if token is None or token.direction != direction:
        raise Refusal(401, "token", "a test needs an access token of an enrolled agent")
    wanted = values.get("max_bytes", "0")
    if not re.fullmatch("[0-9]{1,12}", wanted):
        raise Refusal(400, "max_bytes", "max_bytes is no number")
    return Request(direction, token, int(wanted))


class Desk:
    """Used by one event loop; what blocks is the roster alone."""

    def __init__(
        self,
        roster: Roster,
        max_tests: int = 8,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._roster = roster
        self._max_tests = max_tests
        self._now = now
        self._monotonic = monotonic
        self._number = 0
        self._tests: dict[int, tuple[Grant, float]] = {}  # by site, with the latest end
        self._used: OrderedDict[str, float] = OrderedDict()

    @property
    def active(self) -> int:
        return len(self._tests)

    def check(self, token: line_token.Token) -> None:
        """Whether the token is an enrolled agent's and fresh. Raises Refusal."""
        key = self._roster.key(token.agent_id, token.generation)
        if not token.fits(key):
            raise Refusal(401, "token", "the token does not fit the agent's key")
        if not token.is_fresh(self._now()):
            raise Refusal(401, "clock", "the token is older or newer than it may be")
        if token.mac in self._used:
            raise Refusal(401, "token", "the token has been used")

    def member(self, token: line_token.Token) -> Member:
        """The agent behind a checked token. May ask the store. Raises Refusal."""
        member = self._roster.member(token.agent_id, token.generation)
        if member is None:
            raise Refusal(403, "agent", "this agent is not enrolled here, or was revoked")
        return member

    def grant(self, token: line_token.Token, member: Member) -> Grant:
        """The line for one test. Raises Refusal when it is taken."""
        now = self._monotonic()
        for site_id, (_, end_s) in list(self._tests.items()):
            if end_s <= now:
                del self._tests[site_id]  # a client that went away between handshake and test
        if token.mac in self._used:
            raise Refusal(401, "token", "the token has been used")
        busy = self._tests.get(member.site_id)
        if busy is not None:
            wait_s = max(5, round(busy[1] - now))
            raise Refusal(503, "busy", f"another PC of this site is testing; come back in {wait_s} s", wait_s)
        if len(self._tests) >= self._max_tests:
            raise Refusal(503, "busy", f"{self._max_tests} tests are running; come back in 60 s", 60)
        self._used[token.mac] = now + 2 * line_token.LIFE_S
        while self._used and (len(self._used) > MAX_NONCES or next(iter(self._used.values())) <= now):
            self._used.popitem(last=False)
        self._number += 1
        grant = Grant(member.site_id, self._number)
        self._tests[member.site_id] = (grant, now + HANDSHAKE_S + LONGEST_S)
        return grant

    def release(self, grant: Grant) -> None:
        """The test has ended."""
        held = self._tests.get(grant.site_id)
        if held is not None and held[0] == grant:
            del self._tests[grant.site_id]

    def server_time(self) -> float:
        return self._now()
