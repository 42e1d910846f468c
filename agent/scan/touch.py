"""ARP without rights: an empty UDP datagram makes the operating system ask for the neighbour's MAC itself; its ARP table
then tells who answered.

The datagram goes to the discard port (9) and cannot leave the own network: its time to live is 1, and the system is
told not to route it. A silent address costs up to three ARP frames, so questions stand three gaps apart.
"""

from __future__ import annotations

import socket
import time
from typing import Callable, Dict, List, NamedTuple

from .door import Heard, refused
from .neigh import Entry

_DISCARD_PORT = 9
_LOOK_S = 0.3
_RETRY_S = 1.0  # between two ARP questions of the operating system


class _Question(NamedTuple):
    at_s: float
    known: bool  # the system held a MAC already: it waits a while before it asks again


class TouchDoor:
    method = "ping"
    tries = 3
    settle_s = 8.5  # an old entry of the table is trusted for five seconds before the system asks anew, three times
    check_tries = 4
    check_wait_s = 9.0

    def __init__(self, address: str, table: Callable[[], List[Entry]]) -> None:
        """`address`: own; `table`: the ARP table of that interface."""
        self._table = table
        self._sent = 0
        self._open: Dict[str, _Question] = {}
        self._looked_at_s = float("-inf")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_DONTROUTE, 1)
        self._socket.bind((address, 0))

    @property
    def frames(self) -> int:
        return self._sent

    def ask(self, address: str) -> None:
        known = address in self.cached()
        try:
            self._socket.sendto(b"", (address, _DISCARD_PORT))
        except OSError as error:
            raise refused(error) from None
        self._sent += self.tries
        self._open[address] = _Question(time.monotonic(), known)

    def hear(self, wait_s: float) -> List[Heard]:
        end = time.monotonic() + max(wait_s, 0.0)
        while True:
            now = time.monotonic()
            if now - self._looked_at_s >= _LOOK_S:
                self._looked_at_s = now
                found = self._answers(now)
                if found:
                    return found
            left = end - time.monotonic()
            if left <= 0:
                return []
            time.sleep(min(left, _LOOK_S))

    def announcements(self) -> List[bytes]:
        return []

    def cached(self) -> Dict[str, str]:
        return {entry.address: entry.mac for entry in self._table()}

    def close(self) -> None:
        self._socket.close()

    def _answers(self, now: float) -> List[Heard]:
        found: List[Heard] = []
        for entry in self._table():
            question = self._open.get(entry.address)
            if question is None:
                continue
            waited = now - question.at_s
            if entry.age_s is not None and not entry.reachable and entry.age_s > waited:
                continue  # from before: not confirmed since we asked
            del self._open[entry.address]
            misses = 0
            if not question.known:
                took = waited - min(entry.age_s or 0.0, waited)
                misses = min(int(took / _RETRY_S), self.tries - 1)
            self._sent += misses + 2 - self.tries  # the questions that were needed, and the datagram itself
            found.append(Heard(entry.address, entry.mac, True, misses))
        return found
