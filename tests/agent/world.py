"""A virtual PC for the loop's tests: its clock runs as fast as the test wants, its probes answer from a table."""

from __future__ import annotations

import random
from typing import Any, Callable, Dict, Iterable, List, Optional

from agent.delivery import Delivery
from agent.files import Disk
from agent.identity import State
from agent.loop import Agent, Tools
from agent.probe import Probe, ProbeResult
from agent.spool import Spool
from agent.wire.exchange import AgentPolicy, EnrolAnswer
from agent.wire.seal import derive_key

from .disks import TestDisk
from .fake_collector import MASTER, Collector, transport_to

AGENT_ID = "a0" * 16
CYCLES = {
    "system": "inventory", "hardware": "inventory", "interfaces": "network", "counters": "network",
    "neighbours": "network", "reach": "network", "uptime": "heartbeat",
}  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.wall = 1.8e9
        self.mono = 100.0
        self.boot = "b" * 32

    def now(self) -> float:
        return self.wall

    def monotonic_s(self) -> float:
        return self.mono

    def boot_id(self) -> str:
        return self.boot

    def pass_time(self, seconds: float) -> None:
        self.wall += seconds
        self.mono += seconds


def no_run(_context: Any) -> Any:
    raise AssertionError("the table of answers stands for the probes")


PROBES = {name: Probe(name, no_run, 10, cycle) for name, cycle in CYCLES.items()}


class World:
    """One PC with its state folder and clock, and the collector that it talks to."""

    def __init__(self, folder: Any, collector: Optional[Collector] = None, seed: int = 3) -> None:
        self.clock = Clock()
        self.collector = collector or Collector()
        self.transport: Any = transport_to(self.collector)
        self.data: Dict[str, Any] = {name: {"name": name} for name in CYCLES}
        self.change: Callable[[Dict[str, Any]], None] = lambda data: None
        self.measured: List[List[str]] = []
        self.disk: Disk = TestDisk()
        self.folder = str(folder)
        self.draw = random.Random(seed)
        self.spool_limit: Optional[int] = None
        self.start()

    def start(self, boot: Optional[str] = None) -> None:
        """(Re)starts the agent's process; with `boot` the whole PC."""
        if boot:
            self.clock.boot, self.clock.mono = boot, 40.0
        self.state = State(self.folder, self.disk)
        self.state.prepare()
        key = derive_key(MASTER, AGENT_ID, 1).hex()
        if not self.state._read("identity.json"):
            self.state.accept(EnrolAnswer(AGENT_ID, key, 1), "https://a.vn")
        spool = Spool(self.state.path("spool"), AgentPolicy().spool_bytes, self.disk)
        self.delivery = Delivery(self.state, AGENT_ID, spool, self.transport, self.clock, self.draw.random)
        tools = Tools(self.clock, self.measure, PROBES, self.draw.random)
        self.agent = Agent(self.state, self.state.identity(), spool, self.delivery, tools)
        if self.spool_limit:
            spool.limit = self.spool_limit

    def measure(self, names: Iterable[str], policy: AgentPolicy) -> Dict[str, ProbeResult]:
        names = list(names)
        self.measured.append(names)
        self.change(self.data)
        results = {}
        for name in names:
            data = self.data[name]
            if isinstance(data, ProbeResult):
                results[name] = data
            else:
                results[name] = ProbeResult(name, "ok", data, "", 5)
        return results

    def run(self, seconds: float) -> int:
        """Turns until that much time has passed; returns how many."""
        end = self.clock.mono + seconds
        turns = 0
        while self.clock.mono < end:
            turns += 1
            self.clock.pass_time(min(self.agent.turn(), max(end - self.clock.mono, 0.001)))
        return turns

    @property
    def reports(self) -> List[Any]:
        return sorted(self.collector.reports.values(), key=lambda made: (made.boot_id, made.seq))
