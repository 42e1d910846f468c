"""Who is answered, how often, and how many packets of each session came: the reflector's memory. Pure, bounded.

The way in is an authenticated packet (RFC 8762, section 4.2.2) sealed with an enrolled agent's key: it puts the
address, port and session id that it came from on the list for a while. What comes from elsewhere is dropped without a
word. Addresses alone would not do: many offices share one behind the provider's address translation, reports come
through proxies, and the source of a UDP packet is easily forged. With the seal a forger can at most have a packet of the
same size sent to somebody for each one that he sends himself, within the session's rate.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

ALLOWED_S = 900.0  # after a knock
RATE, BURST = 110.0, 220.0  # packets a second of one session: a train of media size has 50
MAX_SESSIONS = 20_000
MAX_AGENTS = 50_000
PER_AGENT = 4  # sessions at once: the newest stay

Source = tuple[str, int, int]  # address, port, session id


@dataclass(slots=True)
class Session:
    agent_id: str
    until_s: float
    answered: int = 0  # plain packets: the number of the next answer
    sealed: int = 0  # authenticated ones
    tokens: float = BURST
    seen_s: float = 0.0

    def may_send(self, now_s: float) -> bool:
        """Takes one packet's worth of the session's rate."""
        self.tokens = min(BURST, self.tokens + max(0.0, now_s - self.seen_s) * RATE)
        self.seen_s = now_s
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


class Sessions:
    """`now_s` is a monotonic clock throughout."""

    def __init__(self, max_sessions: int = MAX_SESSIONS) -> None:
        self._max = max_sessions
        self._open: OrderedDict[Source, Session] = OrderedDict()
        self._of_agent: dict[str, list[Source]] = {}
        self._knocks: OrderedDict[str, tuple[float, int, Source]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def find(self, source: Source, now_s: float) -> Session | None:
        """The session of a plain packet; None when its source has not knocked, or not lately."""
        session = self._open.get(source)
        if session is None:
            return None
        if session.until_s <= now_s:
            self._close(source)
            return None
        return session

    def knock(self, source: Source, agent_id: str, time_ns: int, now_s: float) -> Session | None:
        """A packet whose seal fits, made at `time_ns` by the agent's clock. None for one that was seen before and now
        comes from elsewhere: somebody plays it again."""
        told_s, told_ns, told_source = self._knocks.get(agent_id, (-ALLOWED_S, 0, source))
        if now_s - told_s < ALLOWED_S and time_ns <= told_ns and source != told_source:
            return None
        session = self.find(source, now_s)
        if session is not None and session.agent_id != agent_id:
            return None
        if session is None:
            session = self._open[source] = Session(agent_id, now_s + ALLOWED_S, seen_s=now_s)
            own = self._of_agent.setdefault(agent_id, [])
            own.append(source)
            for old in own[:-PER_AGENT]:
                self._close(old)
            while len(self._open) > self._max:
                self._close(next(iter(self._open)))
        session.until_s = now_s + ALLOWED_S
        self._open.move_to_end(source)
        self._knocks[agent_id] = (now_s, max(time_ns, told_ns if told_source == source else 0), source)
        self._knocks.move_to_end(agent_id)
        while len(self._knocks) > MAX_AGENTS:
            self._knocks.popitem(last=False)
        return session

    def sweep(self, now_s: float) -> None:
        """Forgets what has run out; to be called now and then. The oldest knocks stand first."""
        while self._open:
            source, session = next(iter(self._open.items()))
            if session.until_s > now_s:
                return
            self._close(source)

    def _close(self, source: Source) -> None:
        session = self._open.pop(source)
        own = self._of_agent.get(session.agent_id, [])
        if source in own:
            own.remove(source)
        if not own:
            self._of_agent.pop(session.agent_id, None)
