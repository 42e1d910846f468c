"""A relay: this agent carries the sealed reports of other PCs on its network to the collector. Off by default.

It is a carrier and nothing else: envelopes come in and go on as they are, answers go back as they are; neither can be
read or made here. While the collector answers, the sender waits for the collector's own word; otherwise the envelope
is kept on disk and the sender is told so (202), which is no acknowledgement. Enrolment does not pass through here.
Only PCs with private addresses are served; size, number, rate and time of every request are bounded.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import socket
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from .errors import TransportError
from .identity import Identity
from .log import logger
from .refusals import is_collectors_word
from .relay_store import RelayStore
from .roads import is_private
from .transport import HttpTransport
from .wire import envelope
from .wire.errors import WireError
from .wire.exchange import RELAY_PATH

MAX_CONNECTIONS = 16
MAX_OF_ONE = 2  # connections of one PC
REQUEST_S = 45.0  # a connection is cut after that, whatever it does
READ_S = 10.0  # between two bytes
RATE = (30.0, 30.0)  # requests of one PC: at once, and per minute
DOWN_S = 60.0  # after a failure the collector is not asked for every request
DRAIN_EVERY_S = 60.0
DRAIN_PAUSE_S = 0.5
DRAIN_AT_ONCE = 64
MAX_KNOWN = 1024  # addresses remembered for their rate


class Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Rate:
    """How often each PC may come: a bucket that fills with time."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._left: Dict[str, Tuple[float, float]] = {}  # address -> (left, when)

    def take(self, address: str) -> bool:
        now = self._monotonic()
        most, per_minute = RATE
        left, at = self._left.get(address, (most, now))
        left = min(most, left + max(0.0, now - at) * per_minute / 60.0)
        if address not in self._left and len(self._left) >= MAX_KNOWN:
            self._left.pop(min(self._left, key=lambda each: self._left[each][1]))
        self._left[address] = (max(0.0, left - 1.0), now)
        return left >= 1.0


class Carrier:
    """Takes envelopes to the collector, or keeps them. Used by several threads."""

    def __init__(
        self, store: RelayStore, transport: HttpTransport, identity: Identity, monotonic: Callable[[], float]
    ) -> None:
        self._store = store
        self._transport = transport
        self._identity = identity
        self._key = bytes.fromhex(identity.key)
        self._monotonic = monotonic
        self._line = threading.Lock()  # the transport is one connection
        self._down_until_s: Optional[float] = None
        self.carried = 0
        self.kept = 0

    def bring(self, sealed: bytes, address: str) -> Optional[bytes]:
        """The collector's sealed answer; None: it lies here. Raises Refused."""
        try:
            envelope.only_envelope(sealed, envelope.UPLOAD)
        except WireError as error:
            raise Refused(400, str(error)) from None
        if not self._is_down():
            try:
                return self._carry(sealed)
            except TransportError as error:
                if is_collectors_word(error):
                    raise Refused(502, error.code) from None
                self._down_until_s = self._monotonic() + DOWN_S
        if not self._store.keep(sealed, address):
            raise Refused(507, "no room")
        self.kept += 1
        return None

    def drain(self, stop: threading.Event) -> int:
        """Takes on what is kept, the newest first; how many went."""
        gone = 0
        for item in self._store.newest(DRAIN_AT_ONCE):
            sealed = self._store.read(item)
            if sealed is not None:
                try:
                    self._carry(sealed)
                except TransportError as error:
                    if not is_collectors_word(error):
                        self._down_until_s = self._monotonic() + DOWN_S
                        return gone
                    logger.warning("máy chủ không nhận một phong bì được chuyển tiếp: %s", error.code)
            self._store.drop(item)  # only now: the collector has committed it, or never will
            gone += 1
            if stop.wait(DRAIN_PAUSE_S):
                return gone
        return gone

    def _carry(self, sealed: bytes) -> bytes:
        proof = envelope.relay_proof(sealed, self._identity.agent_id, self._key, self._identity.key_generation)
        with self._line:
            answer = self._transport.carry(sealed, proof)
        self._down_until_s = None
        self.carried += 1
        return answer

    def _is_down(self) -> bool:
        return self._down_until_s is not None and 0 < self._down_until_s - self._monotonic() <= DOWN_S


class Relay:
    """The open door. `start` raises OSError when the port is taken."""

    def __init__(
        self,
        carrier: Carrier,
        port: int,
        host: str = "",
        monotonic: Callable[[], float] = time.monotonic,
        poll_s: float = 0.5,
    ) -> None:
        """`port` 0: any. `poll_s`: how long stop() may take."""
        self._carrier = carrier
        self._address = (host, port)
        self._poll_s = poll_s
        self._rate = Rate(monotonic)
        self._stop = threading.Event()
        self._listener: Optional[_Listener] = None
        self.port = port

    def start(self) -> None:
        self._listener = _Listener(self._address, self)
        self.port = self._listener.server_address[1]
        for target, given in ((self._listener.serve_forever, (self._poll_s,)), (self._drain, ())):
            threading.Thread(target=target, args=given, name="relay", daemon=True).start()
        logger.info("chuyển tiếp cho máy khác: mở cổng %d", self.port)

    def stop(self) -> None:
        self._stop.set()
        if self._listener is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def take(self, address: str, own: str, sealed: bytes) -> Optional[bytes]:
        """One request. Raises Refused."""
        if not is_private(address) or not is_private(own):
            raise Refused(403, "not of this network")
        if not self._rate.take(address):
            raise Refused(429, "too many requests")
        return self._carrier.bring(sealed, address)

    def _drain(self) -> None:
        while not self._stop.wait(DRAIN_EVERY_S):
            try:
                count = self._carrier.drain(self._stop)
            except Exception:  # the thread must outlive every surprise
                logger.exception("chuyển tiếp")
                continue
            if count:
                logger.info("đã chuyển tiếp %d phong bì được giữ", count)


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = READ_S

    def setup(self) -> None:
        self._watch = threading.Timer(REQUEST_S, _cut, (self.request,))  # a PC that sends a byte every nine seconds
        self._watch.daemon = True
        self._watch.start()
        super().setup()

    def finish(self) -> None:
        self._watch.cancel()
        super().finish()

    def do_POST(self) -> None:
        try:
            if self.path != RELAY_PATH:
                raise Refused(404, "no such path")
            relay: Relay = self.server.relay  # type: ignore[attr-defined]
            answer = relay.take(self.client_address[0], self.connection.getsockname()[0], self._body())
        except Refused as refused:
            self._answer(refused.status, json.dumps({"error": str(refused)}).encode("utf-8"))
            return
        if answer is None:
            self._answer(202, b'{"kept":true}')
        else:
            self._answer(200, answer, envelope.CONTENT_TYPE)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or len(length) > 9:
            raise Refused(411, "no length")
        if int(length) > envelope.MAX_ENVELOPE:
            raise Refused(413, "too large")
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            raise Refused(400, "cut short")
        return body

    def _answer(self, status: int, content: bytes, kind: str = "application/json") -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    def log_message(self, format: str, *arguments: Any) -> None:
        logger.debug("relay %s " + format, self.client_address[0], *arguments)


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # there it would let another program share the port
    request_queue_size = 16

    def __init__(self, address: Tuple[str, int], relay: Relay) -> None:
        self.relay = relay
        self._open: List[str] = []
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Before a thread is started: strangers and those who hold too many connections get none."""
        address = str(client_address[0])
        with self._guard:
            if not is_private(address) or len(self._open) >= MAX_CONNECTIONS or self._open.count(address) >= MAX_OF_ONE:
                return False
            self._open.append(address)
            return True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard, contextlib.suppress(ValueError):
                self._open.remove(str(client_address[0]))

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.debug("relay: %s cut off", client_address[0])


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
