"""A LAN in memory with a clock of its own, so that a day of scanning takes milliseconds. Frames are lost as told."""

from __future__ import annotations

import heapq
import random
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from agent.scan.door import DriverBusy, Heard
from agent.scan.sweep import Outcome, Plan, Sweep
from agent.scan.targets import Network, addresses

OWN_MAC = "02:00:00:00:fe:01"


class VirtualLan:
    """A door (agent.scan.door.Door) onto `hosts` addresses of a /24."""

    method = "scapy"
    tries = 1
    settle_s = 0.6
    check_tries = 12
    check_wait_s = 0.4

    def __init__(self, hosts: int = 60, loss: float = 0.0, seed: int = 1, network: str = "10.9.8.0/24") -> None:
        self.now_s = 1000.0
        self.draw = random.Random(seed)
        self.loss = loss
        self.network = Network("eth0", OWN_MAC, "10.9.8.250", network, "10.9.8.1", ("10.9.8.250",))
        self.everybody = addresses(self.network)
        others = [address for address in self.everybody if address != "10.9.8.1"]
        self.hosts = ["10.9.8.1", *self.draw.sample(others, hosts - 1)]
        self.macs: Dict[str, List[str]] = {address: [mac_of(address)] for address in self.hosts}
        self.asked: List[Tuple[float, str]] = []
        self.gone: Set[str] = set()
        self.arp_table: Dict[str, str] = {}
        self.frames_heard: List[bytes] = []
        self.busy_after: Optional[int] = None
        self.gateway_dies_after: Optional[int] = None
        self._coming: List[Tuple[float, int, Heard]] = []
        self._number = 0

    def now(self) -> float:
        return self.now_s

    # --- the door

    @property
    def frames(self) -> int:
        return len(self.asked)

    def ask(self, address: str) -> None:
        if self.busy_after is not None and len(self.asked) >= self.busy_after:
            raise DriverBusy("queue full")
        if self.gateway_dies_after is not None and len(self.asked) >= self.gateway_dies_after:
            self.gone.add(self.network.gateway)
        self.asked.append((self.now_s, address))
        for mac in self.macs.get(address, ()):
            if address not in self.gone and not self._lost() and not self._lost():
                self.speak(Heard(address, mac, True), self.draw.uniform(0.0005, 0.02))

    def speak(self, heard: Heard, after_s: float = 0.0) -> None:
        self._number += 1
        heapq.heappush(self._coming, (self.now_s + after_s, self._number, heard))

    def hear(self, wait_s: float) -> List[Heard]:
        end = self.now_s + wait_s
        if self._coming and self._coming[0][0] <= end:
            self.now_s = max(self.now_s, self._coming[0][0])
        else:
            self.now_s = end
        found: List[Heard] = []
        while self._coming and self._coming[0][0] <= self.now_s:
            found.append(heapq.heappop(self._coming)[2])
        return found

    def announcements(self) -> List[bytes]:
        return list(self.frames_heard)

    def cached(self) -> Dict[str, str]:
        return dict(self.arp_table)

    def close(self) -> None:
        pass

    # --- for tests

    def plan(self, **options: Any) -> Plan:
        own = {"10.9.8.250": OWN_MAC}
        asked = tuple(options.pop("addresses", self.everybody))
        options.setdefault("max_frames", 10000)
        kind = options.pop("kind", "sweep")
        return Plan(kind, asked, self.network.gateway, own, frozenset(self.everybody), **options)

    def sweep(self, watch: Callable[[], str] = lambda: "", **options: Any) -> Outcome:
        return Sweep(self.plan(**options), self, self.now, self.draw, watch).run()

    def _lost(self) -> bool:
        return self.draw.random() < self.loss


class KernelLan(VirtualLan):
    """The same asked through the operating system, which repeats a question up to twice, a second apart."""

    method = "ping"
    tries = 3
    settle_s = 8.5
    check_tries = 4
    check_wait_s = 9.0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sent = 0

    @property
    def frames(self) -> int:
        return self._sent

    def ask(self, address: str) -> None:
        self.asked.append((self.now_s, address))
        self._sent += 3
        for misses in range(3):
            if address in self.macs and address not in self.gone and not self._lost() and not self._lost():
                self.speak(Heard(address, self.macs[address][0], True, misses), misses + 0.01)
                return


def mac_of(address: str) -> str:
    return "02:5e:{:02x}:{:02x}:{:02x}:{:02x}".format(*(int(part) for part in address.split(".")))
