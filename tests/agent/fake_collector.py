"""A collector for the agent's tests: real sockets, real seals, no storage. Also a transport without any socket."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional, Set, Tuple

from agent.wire import codec, envelope, report, seal
from agent.wire.exchange import (
    CLOCK_HEADER,
    ENROL_PATH,
    RELAY_HEADER,
    RELAYED_PATH,
    REPORTS_PATH,
    Ack,
    AgentPolicy,
    EnrolAnswer,
    EnrolRequest,
    UploadAnswer,
)

MASTER = b"tests only: master secret"
TOKEN = "XA-VINH-SON-1"
Answer = Tuple[int, Any]  # HTTP status, JSON


@dataclass
class Collector:
    """What a collector remembers and decides; `plan` overrides the next answers (status, JSON), None: normal."""

    policy: AgentPolicy = field(default_factory=AgentPolicy)
    reports: Dict[Tuple[str, str, int], report.Report] = field(default_factory=dict)
    order: List[int] = field(default_factory=list)  # seq of every report as it came, duplicates too
    uploads: List[Tuple[int, str]] = field(default_factory=list)  # frames, clock header
    enrolments: Dict[str, EnrolAnswer] = field(default_factory=dict)  # by request id
    data: Set[Tuple[str, str, str]] = field(default_factory=set)  # agent, section, hash
    plan: List[Optional[Answer]] = field(default_factory=list)
    acks: Dict[int, str] = field(default_factory=dict)  # seq -> status to answer instead
    come_back: Tuple[int, int] = (0, 0)
    scan_lease_s: int = 0
    relayed: List[Tuple[str, envelope.LoadHead]] = field(default_factory=list)  # carrier, what the sender said
    time_s: float = 1.8e9

    def enrol(self, request: EnrolRequest) -> Answer:
        if request.token != TOKEN:
            return error(403, "token_unknown", "this token is not known", "check the token")
        known = self.enrolments.get(request.request_id)
        if known is None:
            agent_id = "{:032x}".format(0xA0 + len(self.enrolments))
            key = seal.derive_key(MASTER, agent_id, 1).hex()
            known = EnrolAnswer(agent_id, key, 1, "UBND xã Vĩnh Sơn", 1.8e9, self.policy)
            self.enrolments[request.request_id] = known
        return 201, codec.to_plain(known)

    def take(self, batch: bytes, headers: Mapping[str, str]) -> Answer:
        frames = seal.split(batch)
        self.uploads.append((len(frames), headers.get(CLOCK_HEADER, "")))
        acks, missing, known_policy = [], set(), True
        for frame in frames:
            key = seal.derive_key(MASTER, frame.agent_id, frame.key_generation)
            made = report.report_from_bytes(seal.open_frame(frame, key))
            acks.append(Ack(made.seq, self._store(made)))
            for name, section in made.sections.items():
                if section.data is not None:
                    self.data.add((made.agent_id, name, section.hash))
                elif section.hash and (made.agent_id, name, section.hash) not in self.data:
                    missing.add(name)
            known_policy = made.policy_version == self.policy.version
        policy = None if known_policy else self.policy
        answer = UploadAnswer(
            tuple(acks), tuple(sorted(missing)), self.come_back[0], self.come_back[1], policy, self.scan_lease_s
        )
        return 200, codec.to_plain(answer)

    def take_relayed(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        carrier = envelope.relay_of(headers.get(RELAY_HEADER, ""), body, _key)
        found = envelope.only_envelope(body, envelope.UPLOAD)
        key = _key(found.agent_id, found.key_generation)
        head, batch = envelope.unpack_load(envelope.open_envelope(found, key))
        self.relayed.append((carrier or "", head))
        status, plain = self.take(batch, {}) if batch else error(400, "empty", "no report")
        content = envelope.pack_answer(status, self.time_s, codec.dumps(plain))
        return 200, envelope.seal_envelope(
            envelope.ANSWER, content, found.agent_id, key, found.key_generation, bound=found.nonce
        )

    def _store(self, made: report.Report) -> str:
        self.order.append(made.seq)
        if made.seq in self.acks:
            return self.acks[made.seq]
        identity = (made.agent_id, made.boot_id, made.seq)
        if identity in self.reports:
            return "duplicate"
        self.reports[identity] = made
        return "stored"

    def handle(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        planned = self.plan.pop(0) if self.plan else None
        if planned is not None:
            return planned
        if path == ENROL_PATH:
            return self.enrol(codec.read(EnrolRequest, codec.loads(body)))
        if path == REPORTS_PATH:
            return self.take(body, headers)
        if path == RELAYED_PATH:
            return self.take_relayed(body, headers)
        return error(404, "not_found", "không có trang này")


def _key(agent_id: str, generation: int) -> bytes:
    return seal.derive_key(MASTER, agent_id, generation)


def error(status: int, code: str, message: str, remedy: str = "") -> Answer:
    return status, {"error": {"code": code, "message": message, "remedy": remedy}}


class FunctionTransport:
    """A function as the server: (batch, headers) -> UploadAnswer, or raises TransportError."""

    def __init__(self, function: Callable[[bytes, Mapping[str, str]], UploadAnswer]) -> None:
        self.send = function


def transport_to(collector: Collector) -> FunctionTransport:
    def send(batch: bytes, headers: Mapping[str, str]) -> UploadAnswer:
        return codec.read(UploadAnswer, json.loads(json.dumps(collector.take(batch, headers)[1])))

    return FunctionTransport(send)


class Server:
    """The collector behind a real socket; counts connections and every byte that passes."""

    def __init__(self, collector: Collector, certificate: Optional[Tuple[str, str]] = None) -> None:
        self.collector = collector
        self.connections = 0
        self.requests: List[Tuple[str, Dict[str, str], bytes]] = []
        self.keep_alive = True
        self._open: List[Any] = []
        server = self
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # one write per answer, as real servers do

            def setup(self) -> None:
                server.connections += 1
                server._open.append(self.request)
                super().setup()

            def do_POST(self) -> None:
                server._answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self) -> Any:
                sock, address = super().get_request()
                return (context.wrap_socket(sock, server_side=True), address) if context else (sock, address)

            def handle_error(self, *_: Any) -> None:
                pass

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self._listener.server_address[1]
        self.url = "{}://{}:{}".format("https" if certificate else "http", "localhost", self.port)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._listener.shutdown()
        self.cut_connections()
        self._listener.server_close()

    def cut_connections(self) -> None:
        """What a router does that forgets an idle connection."""
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(2)
        self._open.clear()

    def _answer(self, handler: Any) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.requests.append((handler.path, dict(handler.headers.items()), body))
        status, plain = self.collector.handle(handler.path, body, headers)
        content = plain if isinstance(plain, bytes) else codec.dumps(plain)
        handler.send_response(status)
        kind = envelope.CONTENT_TYPE if handler.path == RELAYED_PATH and status == 200 else "application/json"
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        if not self.keep_alive:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        handler.end_headers()
        handler.wfile.write(content)


class Relay:
    """A wire with a meter: passes bytes on to a port of this machine and counts them, as they are on the wire."""

    def __init__(self, port: int) -> None:
        self.counts = [0, 0]  # to the collector, from it
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._target = port
        self._sockets: List[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: Any) -> None:
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            for sock in (near, far):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += [near, far]
            for pair in ((near, far, 0), (far, near, 1)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, which: int) -> None:
        try:
            while True:
                data = source.recv(65536)
                self.counts[which] += len(data)
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(data)
        except OSError:
            pass
