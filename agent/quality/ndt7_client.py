"""A throughput test like M-Lab's ndt7 (its public specification, version 0.11), against the collector's own server. In
the child process.

One TCP connection and one direction at a time. The clock starts after the handshake. Download: what the agent received
by its own clock; upload: what the server says it received, never what went into our own socket's buffer. Besides the
specification: `max_bytes`, and an end once the speed has settled; both make the result a lower bound ("capped").
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import ws_frames as ws
from .ndt7_door import Ndt7Plan, Ndt7Result, connected, refused
from .ws_client import ConnectError, RefusedError

CUT_S = 13.0
WINDOW_S = 0.5  # of one sample of the speed
SAMPLES, SPREAD = 5, 0.05  # settled: so many samples in a row within so much of their mean
SMALLEST, LARGEST = 1 << 13, 1 << 20  # of the messages sent; they double while under 1/16 of what was sent
HEADERS = 1.05  # TCP, IP, TLS records and frames, by which payload is short of what went over the line
_SLICE = 1 << 16
_BYE_S = 3.0  # for the server's last word
_SHORT_BYE_S = 0.5

Stop = Callable[[int, int], str]  # payload bytes received and sent so far -> why to stop at once, "" to go on


def run(
    plan: Ndt7Plan, should_stop: Stop = lambda _received, _sent: "", now: Callable[[], float] = time.time
) -> Ndt7Result:
    """One test. Never raises for the network."""
    try:
        sock, rest = connected(plan, now)
    except RefusedError as error:
        return refused(error)
    except ConnectError as error:
        return Ndt7Result("failed", error.code)
    with sock:
        test = _Test(sock, plan, should_stop)
        try:
            test.run(rest)
        except (ws.FrameError, ValueError):
            return Ndt7Result("failed", "strange_answer", bytes_used=test.bytes_used())
        return test.result()


def is_settled(rates: List[float]) -> bool:
    """Whether the last samples of the speed lie within SPREAD of their mean. The first is slow start and never counts."""
    last = rates[1:][-SAMPLES:]
    mean = sum(last) / len(last) if last else 0.0
    return len(last) == SAMPLES and mean > 0 and max(last) - min(last) < SPREAD * mean


class _Test:
    """The time after the handshake."""

    def __init__(self, sock: socket.socket, plan: Ndt7Plan, should_stop: Stop) -> None:
        self._sock = sock
        self._plan = plan
        self._should_stop = should_stop
        self._reader = ws.Reader()
        self._start = time.perf_counter()
        self._sent = 0
        self._queue: List[Tuple[memoryview, bool]] = []  # what waits to be sent, and whether it is load
        self._rates: List[float] = []
        self._window = (self._start, 0)
        self._last_load_s = self._start
        self._final = (0.0, 0)  # seconds and payload bytes at the end of a download
        self._server: Dict[str, Any] = {}
        self._min_rtt_us: Optional[float] = None
        self._ended = ""  # time | capped | settled | busy | closed | cut
        self._load = memoryview(bytes(LARGEST))
        sock.setblocking(False)

    def run(self, rest: bytes) -> None:
        uploads = self._plan.direction == "up"
        self._take(rest)
        while not self._ended:
            if uploads and not self._queue:
                self._queue_load()
            self._exchange(0.1)
            self._look()
        self._final = (self._last_load_s - self._start, self._reader.load_bytes)
        if self._ended not in ("closed", "cut"):
            self._bye()

    def bytes_used(self) -> int:
        return int((self._reader.load_bytes + self._sent) * HEADERS)

    def result(self) -> Ndt7Result:
        elapsed, load = self._final if self._plan.direction == "down" else _upload_figures(self._server)
        mbps = load * 8 / elapsed / 1e6 if elapsed > 0 and load > 0 else None
        spent = time.perf_counter() - self._start
        rtt = None if self._min_rtt_us is None else round(self._min_rtt_us / 1000, 3)
        outcome = {"capped": "capped", "settled": "capped", "busy": "stopped_busy"}.get(self._ended, "ok")
        if self._plan.max_bytes and self._progress() >= self._plan.max_bytes and outcome == "ok":
            outcome = "capped"  # the server keeps to the limit as well, and may be the first to say so
        error = ""
        if mbps is None and outcome != "stopped_busy":
            outcome, error = "failed", "cut" if self._ended == "cut" else "strange_answer"
        elif outcome == "ok" and self._ended in ("cut", "closed") and elapsed < 0.9 * self._plan.run_s:
            # The specification takes an early end for a short test; how far the line could go is not known then.
            outcome, error = "capped", "cut" if self._ended == "cut" else ""
        shown = None if outcome == "stopped_busy" or mbps is None else round(mbps, 3)
        return Ndt7Result(outcome, error, shown, round(spent, 2), self.bytes_used(), is_settled(self._rates), rtt)

    # --- one look after the other

    def _look(self) -> None:
        """Whether to end, and every so often a sample of the speed."""
        now = time.perf_counter()
        elapsed, load = now - self._start, self._progress()
        if self._ended:
            return
        if elapsed >= min(self._plan.run_s, CUT_S):
            self._ended = "time"
        elif self._plan.max_bytes and load >= self._plan.max_bytes:
            self._ended = "capped"
        elif now - self._window[0] >= WINDOW_S:
            self._rates.append((load - self._window[1]) / (now - self._window[0]))
            self._window = (now, load)
            self._measure(elapsed)
            if self._should_stop(self._reader.load_bytes, self._sent):
                self._ended = "busy"
            elif self._plan.settle and is_settled(self._rates):
                self._ended = "settled"

    def _progress(self) -> int:
        return self._reader.load_bytes if self._plan.direction == "down" else self._sent

    def _measure(self, elapsed: float) -> None:
        """Our own measurement for the server, where nothing else waits to be sent."""
        if not self._queue:
            app = {"ElapsedTime": int(elapsed * 1e6), "NumBytes": self._progress()}
            text = json.dumps({"AppInfo": app, "Origin": "client", "Test": _TESTS[self._plan.direction]})
            self._say(ws.TEXT, text.encode("ascii"))

    def _say(self, kind: int, data: bytes) -> None:
        self._queue.append((memoryview(ws.frame(kind, data)), False))

    def _queue_load(self) -> None:
        size = SMALLEST
        while size < LARGEST and size * 2 <= self._sent // 16:
            size *= 2
        if self._plan.max_bytes:
            size = max(1, min(size, self._plan.max_bytes - self._sent))
        self._queue += [(memoryview(ws.header(ws.BINARY, size)), False), (self._load[:size], True)]

    def _exchange(self, wait_s: float) -> None:
        """Sends and takes what goes now."""
        pending = isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0
        readable, writable = [self._sock], [self._sock] if self._queue else []
        if not pending:
            ready = select.select(readable, writable, [], wait_s)
            if not ready[0] and not ready[1]:
                return
        try:
            self._push()
            self._pull()
        except OSError:
            self._ended = self._ended or "cut"

    def _push(self) -> None:
        while self._queue:
            part, is_load = self._queue[0]
            try:
                gone = self._sock.send(part[:_SLICE])
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return
            self._sent += gone if is_load else 0
            if gone < len(part):
                self._queue[0] = (part[gone:], is_load)
            else:
                self._queue.pop(0)
            if self._plan.direction == "up" and time.perf_counter() - self._window[0] >= WINDOW_S:
                return

    def _pull(self) -> None:
        for _ in range(16):
            try:
                data = self._sock.recv(_SLICE)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            if not data:
                self._ended = self._ended or "cut"
                return
            self._take(data)

    def _take(self, data: bytes) -> None:
        before = self._reader.load_bytes
        for message in self._reader.feed(data):
            if message.kind == ws.PING:
                self._say(ws.PONG, message.data)
            elif message.kind == ws.TEXT:
                self._note(message.data)
            elif message.kind == ws.CLOSE:
                self._ended = self._ended or "closed"
        if self._reader.load_bytes != before:
            self._last_load_s = time.perf_counter()

    def _note(self, text: bytes) -> None:
        try:
            plain = json.loads(text.decode("utf-8"))
        except (ValueError, RecursionError):
            return
        if not isinstance(plain, dict):
            return
        self._server = plain
        rtt = (plain.get("TCPInfo") or {}).get("MinRTT") if isinstance(plain.get("TCPInfo"), dict) else None
        if isinstance(rtt, (int, float)) and 0 < rtt < 1e8:
            self._min_rtt_us = rtt if self._min_rtt_us is None else min(rtt, self._min_rtt_us)

    def _bye(self) -> None:
        """Says goodbye; after an upload not before the server has told of all that was sent, or has had the time to."""
        self._ended, reason = "", self._ended
        end = time.perf_counter() + _BYE_S
        while self._plan.direction == "up" and time.perf_counter() < end and not self._ended:
            if not self._queue and _upload_figures(self._server)[1] >= self._sent:
                break
            self._exchange(0.1)
        self._say(ws.CLOSE, (1000).to_bytes(2, "big"))
        end = time.perf_counter() + _SHORT_BYE_S
        while time.perf_counter() < end and not self._ended:
            self._exchange(0.1)
        self._ended = reason


_TESTS = {"down": "download", "up": "upload"}


def _upload_figures(server: Dict[str, Any]) -> Tuple[float, int]:
    """(seconds, bytes) of the server's last measurement."""
    for name, count in (("AppInfo", "NumBytes"), ("TCPInfo", "BytesReceived")):
        info = server.get(name)
        if isinstance(info, dict):
            load, elapsed = info.get(count), info.get("ElapsedTime")
            if isinstance(load, (int, float)) and isinstance(elapsed, (int, float)) and load > 0 and elapsed > 0:
                return elapsed / 1e6, int(load)
    return 0.0, 0
