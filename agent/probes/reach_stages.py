"""The stages of reaching something: name, connection, answer. Sockets and http.client only; no redirect is
followed."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Dict, List, Optional
from urllib.parse import SplitResult, unquote, urlsplit

from .. import __version__
from ..wire.sections import ReachCheck

_CONNECT_S = 5.0
_ANSWER_S = 8.0
_MAX_BODY = 65536
_MAX_ADDRESSES = 3


class Line:
    """How requests leave: which CA is trusted, by which proxy."""

    def __init__(self, ca_file: str = "", proxy: str = "") -> None:
        self.proxy = proxy
        self._ca_file = ca_file
        self._lock = threading.Lock()
        self._trust: Optional[ssl.SSLContext] = None

    def trust(self) -> ssl.SSLContext:
        """Made once for all targets: reading the system's certificates is the dearest step of all."""
        with self._lock:
            if self._trust is None:
                self._trust = ssl.create_default_context(cafile=self._ca_file or None)
            return self._trust


@dataclass(frozen=True)
class Answer:
    status: int = 0  # 0: none came
    body: bytes = b""


class Trail:
    """The stages of one target as they happen; readable at any moment, because its thread may be left
    behind."""

    def __init__(self, name: str, all_stages: bool = False) -> None:
        self.name = name
        self._all_stages = all_stages  # else only the last stage is told, which says where it stopped
        self._checks: List[ReachCheck] = []
        self._open: Optional[ReachCheck] = None
        self._since = time.monotonic()
        self._closed = False

    def begin(self, stage: str, target: str) -> None:
        self._open = ReachCheck(self.name, stage, target)
        self._since = time.monotonic()

    def done(self, ok: bool, error: str = "") -> None:
        """Closes the stage that is open, with the time it took."""
        if self._closed:
            return
        check = self._open or ReachCheck(self.name)
        taken = float(round((time.monotonic() - self._since) * 1000)) if ok else None
        self._checks.append(ReachCheck(self.name, check.stage, check.target, ok, taken, error))
        self._open = None

    def finish(self) -> List[ReachCheck]:
        """All stages, or the last; one that is still open is a timeout, one never begun is not told."""
        if self._open is not None:
            self.done(False, "timeout")
        self._closed = True
        return list(self._checks) if self._all_stages else self._checks[-1:]


def open_tcp(trail: Trail, host: str, port: int) -> Optional[socket.socket]:
    """Stages dns and tcp. None when one of them fails; the trail then says which and why."""
    trail.begin("dns", host)
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        trail.done(False, short_error(error))
        return None
    trail.done(True)
    trail.begin("tcp", "{}:{}".format(host, port))
    problem: Exception = OSError("no address")
    for family, kind, protocol, _name, address in rows[:_MAX_ADDRESSES]:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(_CONNECT_S)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            problem = error
            continue
        trail.done(True)
        return connection
    trail.done(False, short_error(problem))
    return None


def get(trail: Trail, line: Line, url: str) -> Answer:
    """Stages dns, tcp and http; the last one is left open for the caller to judge when an answer came."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _port_is_right(parts):
        trail.begin("http", url)
        trail.done(False, "bad address")
        return Answer()
    hop = urlsplit(line.proxy if "//" in line.proxy else "//" + line.proxy) if line.proxy else parts
    port = hop.port or (8080 if line.proxy else 443 if parts.scheme == "https" else 80)
    connection = open_tcp(trail, hop.hostname or "", port)
    if connection is None:
        return Answer()
    trail.begin("http", url)
    try:
        with connection:
            connection.settimeout(_ANSWER_S)
            return _request(connection, line, parts, hop)
    except (OSError, http.client.HTTPException, ValueError) as error:
        trail.done(False, short_error(error))
        return Answer()


def _request(connection: socket.socket, line: Line, parts: SplitResult, hop: SplitResult) -> Answer:
    host = parts.hostname or ""
    path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    headers = {"User-Agent": "gapwatch-agent/" + __version__, "Connection": "close"}
    if line.proxy and parts.scheme == "http":
        path = "http://{}{}".format(parts.netloc.rpartition("@")[2], path)
        headers.update(_credentials(hop))
    if line.proxy and parts.scheme == "https":
        _tunnel(connection, host, parts.port or 443, _credentials(hop))
    if parts.scheme == "https":
        connection = line.trust().wrap_socket(connection, server_hostname=host)
    client = http.client.HTTPConnection(host, parts.port)
    client.sock = connection
    try:
        client.request("GET", path, headers=headers)
        response = client.getresponse()
        return Answer(response.status, response.read(_MAX_BODY))
    finally:
        client.close()


def _port_is_right(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _credentials(proxy: SplitResult) -> Dict[str, str]:
    if not proxy.username:
        return {}
    pair = "{}:{}".format(unquote(proxy.username), unquote(proxy.password or "")).encode("utf-8")
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair).decode("ascii")}


def _tunnel(connection: socket.socket, host: str, port: int, headers: Dict[str, str]) -> None:
    """CONNECT through the proxy; raises HTTPException with the status when it refuses."""
    lines = ["CONNECT {0}:{1} HTTP/1.1".format(host, port), "Host: {0}:{1}".format(host, port)]
    lines += ["{}: {}".format(name, value) for name, value in headers.items()]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    head = b""
    while not head.endswith(b"\r\n\r\n") and len(head) < 8192:
        byte = connection.recv(1)  # one by one: what follows the head belongs to the TLS handshake
        if not byte:
            break
        head += byte
    words = head.split(b"\r\n", 1)[0].split()
    if len(words) < 2 or words[1] != b"200":
        status = words[1].decode("latin-1") if len(words) > 1 else "?"
        raise http.client.HTTPException("proxy status {}".format(status))


def short_error(error: Exception) -> str:
    """A word or two that the collector can count: timeout, refused, nxdomain, tls: ..., reset,
    unreachable."""
    if isinstance(error, socket.timeout):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        reason = getattr(error, "verify_message", "") or error.reason or "failed"
        return "tls: {}".format(reason)[:100]
    if isinstance(error, socket.gaierror):
        return (
            "nxdomain"
            if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))
            else "dns failure"
        )
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionError):
        return "reset"
    if isinstance(error, UnicodeError):
        return "bad name"
    if isinstance(error, http.client.HTTPException):
        text = str(error)
        return text[:100] if text.startswith("proxy status") else "not http"
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return "unreachable"
    if isinstance(error, FileNotFoundError):
        return "the CA file is missing"
    return type(error).__name__


# ENETUNREACH, EHOSTUNREACH, ENETDOWN on Linux; WSA* on Windows. Numbers, since each system lacks the other's
# names.
_UNREACHABLE = (100, 101, 113, 10050, 10051, 10065)
