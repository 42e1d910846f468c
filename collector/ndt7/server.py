"""The server's two tests and its door, on the library `websockets`. Frames, limits and measurements as ndt7 has them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import random
import socket
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.typing import Subprotocol

from agent.wire.line_token import PROTOCOL
from collector.ndt7.desk import HANDSHAKE_S, LONGEST_S, Desk, Grant, Refusal, Request, read_request
from collector.ndt7.tcp_info import tcp_info
from collector.opening import CommandError

_log = logging.getLogger(__name__)

RUN_S = 10.0
MAX_MESSAGE = 1 << 24
SMALLEST, LARGEST = 1 << 13, 1 << 20
UNSENT = 1 << 18  # bytes that may wait here and in the kernel
MEASURE_S, SHORTEST_S, LONGEST_GAP_S = 0.25, 0.025, 0.625  # mean and bounds between two measurements


class Ndt7Server:
    """Answers agents on one event loop."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.counts: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self._load = memoryview(os.urandom(LARGEST))  # nothing on the way can pack it
        self._granted: dict[Any, tuple[Grant, Request]] = {}
        self._asking = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def listen(self, address: tuple[str, int], tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
        """Open while inside. Raises CommandError when the address cannot be used."""
        try:
            server = await serve(
                self._run, *address, ssl=tls, subprotocols=[Subprotocol(PROTOCOL)], compression=None,
                process_request=self._judge, open_timeout=HANDSHAKE_S, close_timeout=2, ping_interval=5,
                ping_timeout=LONGEST_S, max_size=MAX_MESSAGE, max_queue=2, write_limit=UNSENT, server_header=None,
            )  # fmt: skip
        except OSError as error:
            raise CommandError(
                f"--listen: không mở được cổng {address[0]}:{address[1]} ({error.strerror}); chọn cổng khác, hoặc tắt chương trình đang dùng cổng đó"
            ) from None
        try:
            yield server
        finally:
            server.close()
            await server.wait_closed()

    def figures(self) -> dict[str, tuple[str, float]]:
        """For /metrics."""
        found: dict[str, tuple[str, float]] = {"gapwatch_ndt7_tests_running": ("gauge", self.desk.active)}
        for result in ("down", "up", "refused_busy", "refused"):
            found[f'gapwatch_ndt7_tests_total{{result="{result}"}}'] = ("counter", self.counts[result])
        for direction in ("down", "up"):
            found[f'gapwatch_ndt7_bytes_total{{direction="{direction}"}}'] = ("counter", self.bytes[direction])
        return found

    # --- the door

    async def _judge(self, connection: ServerConnection, request: HttpRequest) -> Response | None:
        try:
            wanted = read_request(request.path)
            if PROTOCOL not in [item.strip() for item in ",".join(request.headers.get_all(_HEADER)).split(",")]:
                raise Refusal(400, "protocol", f"the subprotocol is {PROTOCOL}")
            self.desk.check(wanted.token)
            async with self._asking:  # the roster is for one at a time
                member = await asyncio.to_thread(self.desk.member, wanted.token)
            self._granted[connection] = (self.desk.grant(wanted.token, member), wanted)
        except Refusal as refusal:
            self.counts["refused_busy" if refusal.code == "busy" else "refused"] += 1
            return _answer(refusal, self.desk.server_time())
        except Exception:  # of one client; the others go on
            _log.exception("a request was not understood")
            return _answer(Refusal(500, "internal", "the server failed"), self.desk.server_time())
        return None

    async def _run(self, connection: ServerConnection) -> None:
        grant, wanted = self._granted.pop(connection)
        start = time.monotonic()
        try:
            _prepare(connection)
            test = self._download if wanted.direction == "down" else self._upload
            with contextlib.suppress(ConnectionClosed, TimeoutError):  # any end is an end (ndt7, section 2.4)
                async with asyncio.timeout(LONGEST_S):
                    await test(connection, wanted, start)
        finally:
            self.counts[wanted.direction] += 1
            self.desk.release(grant)
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(3):
                await connection.close()
        if connection.transport is not None:
            connection.transport.abort()  # a line that takes nothing more keeps no megabytes waiting here

    # --- the tests

    async def _download(self, connection: ServerConnection, wanted: Request, start: float) -> None:
        sent, size, next_s = 0, SMALLEST, start
        while (now := time.monotonic()) - start < RUN_S:
            left = wanted.max_bytes - sent if wanted.max_bytes else size
            if left <= 0:
                return
            await connection.send(self._load[: min(size, left)])
            sent += min(size, left)
            self.bytes["down"] += min(size, left)
            if size < LARGEST and size < sent // 16:
                size *= 2
            if now >= next_s:
                next_s = now + _gap()
                await connection.send(_measurement(connection, "download", now - start, sent))

    async def _upload(self, connection: ServerConnection, wanted: Request, start: float) -> None:
        seen = [0, 0.0]  # payload bytes, seconds until the last of them

        async def measure() -> None:
            while True:
                await asyncio.sleep(_gap())
                if seen[0]:
                    await connection.send(_measurement(connection, "upload", seen[1], int(seen[0])))

        telling = asyncio.create_task(measure())
        try:
            while True:
                message = await connection.recv(decode=False)
                if message[:1] == b"{" and len(message) < 4096 and message.lstrip()[:10] == b'{"AppInfo"':
                    continue  # the client's own measurement
                seen[:] = seen[0] + len(message), time.monotonic() - start
                self.bytes["up"] += len(message)
        finally:
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await telling


_HEADER = "Sec-WebSocket-Protocol"


def _gap() -> float:
    """Seconds until the next measurement: Poisson, so that it does not beat with anything (ndt7, section 4.3)."""
    return min(max(random.expovariate(1 / MEASURE_S), SHORTEST_S), LONGEST_GAP_S)


def _measurement(connection: ServerConnection, test: str, elapsed_s: float, count: int) -> str:
    info: dict[str, Any] = {
        "AppInfo": {"ElapsedTime": int(elapsed_s * 1e6), "NumBytes": count}, "Origin": "server", "Test": test,
    }  # fmt: skip
    tcp = tcp_info(connection.transport.get_extra_info("socket"))
    if tcp:
        info["TCPInfo"] = tcp | {"ElapsedTime": int(elapsed_s * 1e6)}
    return json.dumps(info)


def _prepare(connection: ServerConnection) -> None:
    """BBR where the kernel has it: loss on a radio line is then not taken for a full one. And little that waits in the
    kernel: megabytes in its queue would still go over a thin line after the test."""
    sock = connection.transport.get_extra_info("socket")
    for name, value in (("TCP_CONGESTION", b"bbr"), ("TCP_NOTSENT_LOWAT", UNSENT)):
        option = getattr(socket, name, None)
        if sock is not None and option is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _answer(refusal: Refusal, server_time_s: float) -> Response:
    shape: dict[str, Any] = {"code": refusal.code, "message": str(refusal), "field": None, "remedy": None}
    if refusal.code == "clock":
        shape["server_time_s"] = round(server_time_s, 1)
    if refusal.come_back_s:
        shape["come_back_s"] = refusal.come_back_s
    body = json.dumps({"error": shape}).encode()
    headers = Headers(
        [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Connection", "close")]
    )
    if refusal.come_back_s:
        headers["Retry-After"] = str(refusal.come_back_s)
    return Response(refusal.status, _REASONS.get(refusal.status, "Refused"), headers, body)


_REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"}
