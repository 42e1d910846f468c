"""The STAMP session sender: a train of UDP packets to the collector's reflector and back. In the child process.

First it knocks: one authenticated packet, sealed with the agent's key, puts this PC's address on the reflector's list
and proves that the answer is the collector's. The train itself is plain packets of 44 bytes, a third of the data.
Works without special rights on every Windows: an ordinary socket with a port that the system chooses.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Tuple

from . import stamp_codec as codec
from .stamp_stats import Answer, Figures, evaluate

MAX_PACKETS = 2000
IP_UDP_BYTES = 28
KNOCKS_S = (0.5, 1.0, 1.5, 2.0)  # waits after each knock: a satellite needs 0.7 s
LINGER_S = 1.0  # for what is still on its way, and at least twice the slowest answer until then
_LONGEST_LINGER_S = 4.0
_CLOSERS = 5  # further packets when the last one is not answered: its answer tells what arrived before


@dataclass(frozen=True)
class StampPlan:
    host: str
    port: int
    packets: int = 60
    interval_s: float = 0.2
    size: int = codec.PLAIN_SIZE  # UDP payload
    agent_id: str = ""  # with a key: the reflector is the collector's
    generation: int = 1
    key: bytes = b""
    knocks_s: Tuple[float, ...] = KNOCKS_S
    linger_s: float = LINGER_S


@dataclass(frozen=True)
class StampResult:
    outcome: str  # ok | stopped_busy | failed
    error: str = ""  # dns | no_answer | connect
    figures: Optional[Figures] = None
    duration_s: float = 0.0
    bytes_used: int = 0


def run(plan: StampPlan, should_stop: Callable[[], str] = lambda: "") -> StampResult:
    """One run. `should_stop` gives a reason ("busy", ...) when it is to end at once. Never raises for the network."""
    began = time.perf_counter()
    if not 1 <= plan.packets <= MAX_PACKETS or plan.interval_s < 0.005:
        raise ValueError("a train has 1 to {} packets, at least 5 ms apart".format(MAX_PACKETS))
    try:
        sock = _socket(plan.host, plan.port)
    except socket.gaierror:
        return StampResult("failed", "dns")
    except OSError:
        return StampResult("failed", "connect")
    with sock:
        train = _Train(sock, plan)
        if plan.key and not train.knock():
            return StampResult("failed", "no_answer", None, time.perf_counter() - began, train.bytes_used)
        stopped = train.run(should_stop)
    figures = evaluate(train.answers, train.sent, counted=bool(plan.key))
    spent = time.perf_counter() - began
    if stopped:
        return StampResult("stopped_busy", "", figures, spent, train.bytes_used)
    if not figures.packets_received and not plan.key:
        return StampResult("failed", "no_answer", figures, spent, train.bytes_used)
    return StampResult("ok", "", figures, spent, train.bytes_used)


def _socket(host: str, port: int) -> socket.socket:
    family, kind, proto, _, address = socket.getaddrinfo(host, port, 0, socket.SOCK_DGRAM)[0]
    sock = socket.socket(family, kind, proto)
    try:
        sock.connect(address)  # the system then drops what comes from anybody else
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


class _Train:
    def __init__(self, sock: socket.socket, plan: StampPlan) -> None:
        self.answers: List[Answer] = []
        self.sent = 0
        self.bytes_used = 0
        self._sock = sock
        self._plan = plan
        self._session = 1 + struct.unpack(">H", os.urandom(2))[0] % 0xFFFF
        self._left: Dict[int, int] = {}
        self._offset_ns = time.time_ns() - time.perf_counter_ns()  # one clock for the run, whatever happens to the PC's
        self._slowest_s = 0.0

    def knock(self) -> bool:
        """Whether the collector's reflector answered in time."""
        plan = self._plan
        for number, wait_s in enumerate(plan.knocks_s):
            sent = codec.Sent(number, self._now(), self._session)
            self._send(codec.sealed_packet(sent, plan.agent_id, plan.generation, plan.key))
            end = time.perf_counter() + wait_s
            while time.perf_counter() < end:
                for packet, _ in self._receive(end):
                    if self._is_opened(packet):
                        return True
        return False

    def run(self, should_stop: Callable[[], str]) -> bool:
        """Sends the train and waits for what comes back. True when it was stopped."""
        start = time.perf_counter()
        for number in range(self._plan.packets):
            self._collect(start + number * self._plan.interval_s)
            if should_stop():
                return True
            self._send_next()
        for _ in range(_CLOSERS if self.answers else 1):
            if self._linger():
                break
            self._send_next()
        else:
            self._linger()
        return False

    def _linger(self) -> bool:
        """Waits for what is on its way. True when the last packet is answered and nothing more is to be had."""
        end = time.perf_counter() + min(max(self._plan.linger_s, 2 * self._slowest_s), _LONGEST_LINGER_S)
        while time.perf_counter() < end and len({answer.seq for answer in self.answers}) < self.sent:
            self._collect(min(end, time.perf_counter() + 0.1))
        return any(answer.seq == self.sent - 1 for answer in self.answers)

    def _send_next(self) -> None:
        number = self.sent
        self.sent += 1
        self._left[number] = time_ns = self._now()
        self._send(codec.padded(codec.Sent(number, time_ns, self._session), self._plan.size))

    def _collect(self, until: float) -> None:
        """Takes what comes back until then."""
        while True:
            for packet, back_ns in self._receive(until):
                self._take(packet, back_ns)
            if time.perf_counter() >= until:
                return

    def _take(self, packet: bytes, back_ns: int) -> None:
        try:
            reflected = codec.open_reflected(packet)
        except codec.PacketError:
            return
        left_ns = self._left.get(reflected.sender_seq)
        if left_ns is None or reflected.ssid != self._session:
            return
        self._slowest_s = max(self._slowest_s, (back_ns - left_ns) / 1e9)
        if len(self.answers) < 4 * MAX_PACKETS:
            self.answers.append(
                Answer(
                    reflected.sender_seq, left_ns, reflected.received_ns, reflected.time_ns, back_ns, reflected.seq,
                    reflected.sender_ttl,
                )
            )  # fmt: skip

    def _is_opened(self, packet: bytes) -> bool:
        try:
            return codec.open_sealed_reflected(packet, self._plan.key).ssid == self._session
        except codec.PacketError:
            return False

    def _send(self, packet: bytes) -> None:
        try:
            self._sock.send(packet)
            self.bytes_used += len(packet) + IP_UDP_BYTES
        except OSError:
            pass  # no route for a moment, a full queue, "port unreachable" of the packet before: this one is lost

    def _receive(self, until: float) -> List[Tuple[bytes, int]]:
        """What is there, after waiting for it until then at the longest."""
        wait_s = until - time.perf_counter()
        if not select.select([self._sock], [], [], max(wait_s, 0.0))[0]:
            return []
        try:
            packet = self._sock.recv(2048)
        except OSError:  # Windows and Linux tell an unreachable port here
            time.sleep(min(max(wait_s, 0.0), 0.01))
            return []
        self.bytes_used += len(packet) + IP_UDP_BYTES
        return [(packet, self._now())]

    def _now(self) -> int:
        return time.perf_counter_ns() + self._offset_ns
