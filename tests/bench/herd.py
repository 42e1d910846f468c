"""24,000 agents come back at once, in virtual time: does the collector see a stampede, and when does it know again?

    python -m tests.bench herd

Every agent is the real agent.delivery.Delivery with the real back-off, over a spool in memory; only the loop around it
(a heartbeat each interval, a turn when something is due) is played. The collector is a queue with the limits and the
words of collector.ingest: what does not fit is told to come back, and nothing of it is stored.
"""

from __future__ import annotations

import heapq
import logging
import random
import struct
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from agent import transport
from agent.delivery import Delivery
from agent.errors import TransportError
from agent.spool import Ref
from agent.wire import codec
from agent.wire.exchange import Ack, AgentPolicy, UploadAnswer
from collector.ingest import answer, group
from collector.ingest.front import RETRY_AFTER_S
from collector.ingest.read import Refusal

AGENTS = 24_000
HEARTBEAT_S = float(AgentPolicy().heartbeat_s)
OUTAGE_S = 3 * 3600.0
FRAME_BYTES = 150  # of a heartbeat
_FRAME = struct.Struct(f">I{FRAME_BYTES - 4}x")
CUT_PLAYED_S = 2400.0  # of the outage: by then every agent waits for as long as it ever does
CAPACITY = 800.0  # reports a second that the collector stores; two cores do more (make bench)
SCENES = {
    "line": "the line was cut for 3 hours and is back in the same second for all",
    "restart": "3 hours cut off, and all PCs are switched on in the same second",
    "collector": "the collector was away for 2 minutes",
}


class MemorySpool:
    """What Delivery needs of a spool: numbers only, the newest at the end."""

    def __init__(self, waiting: int) -> None:
        self.waiting = list(range(1, waiting + 1))

    def pending(self) -> int:
        return len(self.waiting)

    def find(self, seq: int) -> Ref | None:
        return Ref(0, 0, seq) if self.waiting and seq == self.waiting[-1] else None

    def newest(self, max_bytes: int, max_frames: int, skip: Container[int] = ()) -> list[Ref]:
        count = max(1, min(max_frames, max_bytes // FRAME_BYTES))
        found: list[Ref] = []
        for seq in reversed(self.waiting):
            if seq not in skip:
                found.append(Ref(0, 0, seq))
                if len(found) == count:
                    break
        return found

    def frame(self, ref: Ref) -> bytes:
        return frame(ref.seq)

    @contextmanager
    def sending(self, refs: Iterable[Ref]) -> Iterator[None]:
        yield

    def done(self, refs: Iterable[Ref]) -> None:
        gone = {ref.seq for ref in refs}
        self.waiting = [seq for seq in self.waiting if seq not in gone]

    def give_up(self, count: int = 1) -> None:
        raise AssertionError("everything is stored here")


def frame(seq: int) -> bytes:
    return _FRAME.pack(seq)


class Collector:
    """A queue in front of a writer, as collector.ingest.group has it."""

    def __init__(self, back_at_s: float, spread_s: int, capacity: float) -> None:
        self.back_at_s = back_at_s
        self.capacity = capacity
        self.spread_s = spread_s
        self.free_at_s = 0.0
        self.requests: list[float] = []
        self.refused = 0
        self._told: dict[int, UploadAnswer] = {}

    def send(self, agent: Agent, seqs: list[int]) -> UploadAnswer:
        now = agent.at_s
        if now < self.back_at_s:
            raise TransportError("away", code="connect")
        self.requests.append(now)
        waiting = max(0.0, self.free_at_s - now) * self.capacity
        if waiting + len(seqs) > group.MAX_WAITING:
            self.refused += 1
            return self._come_back(seqs)
        self.free_at_s = max(self.free_at_s, now) + len(seqs) / self.capacity
        delay = self.free_at_s - now
        assert delay < transport.TIMEOUT_S[1], "the agent would have hung up"
        agent.at_s += delay
        return UploadAnswer(tuple(Ack(seq, "stored") for seq in seqs))

    def _come_back(self, seqs: list[int]) -> UploadAnswer:
        if len(seqs) not in self._told:
            refusals = [Refusal("", "", "", b"", keep=False) for _ in seqs]
            words = answer.come_back(refusals, RETRY_AFTER_S, self.spread_s)
            self._told[len(seqs)] = codec.read(UploadAnswer, codec.loads(words))
        said = self._told[len(seqs)]
        acks = tuple(Ack(seq, ack.status) for seq, ack in zip(seqs, said.acks, strict=True))
        return UploadAnswer(acks, come_back_s=said.come_back_s, spread_s=said.spread_s)


class Agent:
    """A PC: clock, state and transport of its Delivery at once."""

    def __init__(self, collector: Collector, start_s: float, waiting: int, draw: random.Random) -> None:
        self.at_s = start_s
        self.collector = collector
        self.spool = MemorySpool(waiting)
        self.seq = waiting
        self.heartbeat_at_s = start_s
        self.current_at_s: float | None = None  # when the collector first knew how it is now
        self.drained_at_s: float | None = None
        self.backlog_first = False
        self.delivery = Delivery(cast(Any, self), "a0" * 16, cast(Any, self.spool), cast(Any, self), self, draw.random)
        self._phase = 0.5 + 0.5 * draw.random()

    def monotonic_s(self) -> float:
        return self.at_s

    def boot_id(self) -> str:
        return "b" * 32

    def known(self) -> dict[str, tuple[str, int]]:
        return {}

    def send(self, batch: bytes, headers: Mapping[str, str]) -> UploadAnswer:
        seqs = [seq for (seq,) in _FRAME.iter_unpack(batch)]
        said = self.collector.send(self, seqs)
        if said.acks[0].status == "stored" and self.current_at_s is None:
            self.current_at_s = self.at_s
            self.backlog_first = seqs[0] != self.spool.waiting[-1]
        return said

    def turn(self, now: float) -> float:
        """agent.loop.Agent.turn: what is due, then the time of the next turn."""
        self.at_s = now
        if now >= self.heartbeat_at_s:
            self.seq += 1
            self.heartbeat_at_s = now + HEARTBEAT_S * self._phase
            self._phase = 1.0
            self.spool.waiting.append(self.seq)
            made = SimpleNamespace(seq=self.seq, monotonic_s=now, sections={})
            self.delivery.made(cast(Any, made), frame(self.seq), True)
        self.delivery.send_if_due()
        if self.drained_at_s is None and self.current_at_s is not None and not self.spool.waiting:
            self.drained_at_s = self.at_s
        times = [self.heartbeat_at_s]
        if self.delivery.waiting():
            times.append(self.delivery.next_at_s)
        return max(min(times), self.at_s + 1.0, now + 0.001)


@dataclass
class Result:
    """Seconds count from the return. Rates are requests a second, after the second in which all came."""

    agents: int
    requests: int
    first_second: int
    refused: int
    mean: float
    peak_1s: float
    peak_10s: float
    current_s: dict[int, float] = field(default_factory=dict)  # percent -> when so many had told how they are now
    drained_s: float = 0.0  # when 99 % had told everything
    backlog_first: int = 0  # agents whose past came before their present: must be 0


def simulate(
    scene: str, agents: int = AGENTS, capacity: float = CAPACITY, spread_s: int = AGENTS // 50, seed: int = 1
) -> Result:
    """One return of all agents. Deterministic. `spread_s`: as collector.app sets it for so many agents."""
    logging.getLogger("gapwatch").setLevel(logging.CRITICAL)  # 24,000 agents each say that the line is cut
    chance = random.Random(seed)
    back_at = {"line": CUT_PLAYED_S, "restart": 0.0, "collector": 2 * HEARTBEAT_S + 120.0}[scene]
    collector = Collector(back_at, spread_s, capacity)
    waiting = 0 if scene == "collector" else int(OUTAGE_S / HEARTBEAT_S)
    pcs, heap = [], []
    for number in range(agents):
        # They were running long before; their heartbeats have no common phase.
        start = chance.random() if scene == "restart" else chance.random() * HEARTBEAT_S
        pcs.append(Agent(collector, start, waiting, chance))
        heap.append((start, number))
    if scene == "collector":  # they were in touch until two minutes before
        collector.back_at_s = 0.0
    heapq.heapify(heap)
    end = back_at + 2.5 * 3600.0
    cut_at = back_at - 120.0
    left = agents
    while heap[0][0] < end and left > agents // 200:
        at, number = heapq.heappop(heap)
        if scene == "collector" and collector.back_at_s == 0.0 and at >= cut_at:
            collector.back_at_s, collector.requests = back_at, []
            left = agents
            for pc in pcs:
                pc.current_at_s = pc.drained_at_s = None
        pc = pcs[number]
        before = pc.drained_at_s
        heapq.heappush(heap, (pc.turn(at), number))
        left -= before is None and pc.drained_at_s is not None and at >= back_at
    return _result(collector, pcs, back_at)


def _result(collector: Collector, pcs: list[Agent], back_at: float) -> Result:
    agents = len(pcs)
    drained = sorted(pc.drained_at_s - back_at if pc.drained_at_s is not None else 1e9 for pc in pcs)
    current = sorted(pc.current_at_s - back_at if pc.current_at_s is not None else 1e9 for pc in pcs)
    until = drained[int(agents * 0.99)]
    times = sorted(at - back_at for at in collector.requests)
    later = [at for at in times if 1.0 < at <= until]
    return Result(
        agents, len(later), bisect_left(times, 1.0), collector.refused, len(later) / max(until - 1.0, 1.0),
        _peak(later, 1.0), _peak(later, 10.0),
        {share: current[min(agents - 1, int(agents * share / 100))] for share in (50, 90, 99, 100)},
        until, sum(pc.backlog_first for pc in pcs),
    )  # fmt: skip


def _peak(times: list[float], window_s: float) -> float:
    """The most requests in any window of that length, per second."""
    most = 0
    for at, begin in enumerate(times):
        most = max(most, bisect_left(times, begin + window_s) - at)
    return most / window_s


def run() -> None:
    normal = AGENTS / HEARTBEAT_S
    print(f"\n{AGENTS} agents return at once (virtual time; the collector stores {CAPACITY:.0f} reports a second;")
    print(f"on an ordinary day they make {normal:.0f} requests a second). Aim: peak under 3 x the mean.")
    print(f"{'':12}{'in the 1st s':>13}{'then: mean/s':>14}{'peak 1 s':>10}{'peak 10 s':>10}{'of the mean':>13}"
          f"{'refused':>9}{'50 %':>7}{'90 %':>7}{'99 %':>7}{'100 %':>7}{'backlog 99 %':>14}")  # fmt: skip
    for scene, words in SCENES.items():
        got = simulate(scene)
        waits = "".join(f"{seconds:6.0f}s" for seconds in got.current_s.values())
        print(f"{scene:12}{got.first_second:13}{got.mean:14.1f}{got.peak_1s:10.1f}{got.peak_10s:10.1f}"
              f"{got.peak_1s / got.mean:13.2f}{got.refused:9}{waits}{got.drained_s:13.0f}s   {words}", flush=True)  # fmt: skip
        assert not got.backlog_first
    print("    50 % ... 100 %: when so many had told their present state; it went before the backlog in every case")
