"""A WebSocket connection from the standard library alone: address, proxy, TLS with the pinned certificate, upgrade.

In the child process. The agent's other way to the collector (transport.py) stays what it is; this one exists because
a throughput test must see the bytes as they come.
"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
from dataclasses import dataclass
from typing import Dict, Optional, Tuple
from urllib.parse import unquote, urlsplit

HANDSHAKE_S = 10.0
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_MAX_HEAD = 16 * 1024
_MAX_BODY = 4096


class ConnectError(Exception):
    """No connection; `code` is one of QualityTest.error."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(text or code)
        self.code = code


class RefusedError(ConnectError):
    """The server answered, but with another status than 101."""

    def __init__(self, status: int, headers: Dict[str, str], body: bytes) -> None:
        super().__init__("strange_answer", "status {}".format(status))
        self.status = status
        self.headers = headers
        self.body = body


@dataclass(frozen=True)
class Way:
    """How this PC gets out."""

    ca_file: str = ""  # PEM; "": the system's own
    proxy: str = ""  # http://[user:password@]host:port
    user_agent: str = "gapwatch-agent"


def connect(url: str, path: str, protocol: str, way: Way) -> Tuple[socket.socket, bytes]:
    """Opens ws(s) by an http(s) URL of the server. Returns the socket and what already came behind the answer's head.
    Raises ConnectError."""
    parts = urlsplit(url)
    secure = parts.scheme in ("https", "wss")
    host = parts.hostname or ""
    port = parts.port or (443 if secure else 80)
    sock = _reach(host, port, way.proxy, tunnel=True)
    try:
        if secure:
            sock = _secured(sock, host, way.ca_file)
        rest = _upgrade(sock, "{}:{}".format("[{}]".format(host) if ":" in host else host, port), path, protocol, way)
    except BaseException:
        sock.close()
        raise
    return sock, rest


def _reach(host: str, port: int, proxy: str, tunnel: bool) -> socket.socket:
    target = urlsplit(proxy) if proxy else None
    at = (target.hostname or "", target.port or 3128) if target is not None else (host, port)
    try:
        sock = socket.create_connection(at, HANDSHAKE_S)
    except socket.gaierror:
        raise ConnectError("dns" if target is None else "proxy") from None
    except socket.timeout:
        raise ConnectError("timeout" if target is None else "proxy") from None
    except OSError as error:
        raise ConnectError("connect" if target is None else "proxy", str(error)) from None
    if target is not None and tunnel:
        try:
            _tunnel(sock, "{}:{}".format("[{}]".format(host) if ":" in host else host, port), target)
        except (OSError, ConnectError) as error:
            sock.close()
            raise ConnectError("proxy", str(error)) from None
    return sock


def _tunnel(sock: socket.socket, authority: str, proxy: "object") -> None:
    lines = ["CONNECT {} HTTP/1.1".format(authority), "Host: {}".format(authority)]
    user, password = getattr(proxy, "username", None), getattr(proxy, "password", None)
    if user:
        pair = "{}:{}".format(unquote(user), unquote(password or "")).encode("utf-8")
        lines.append("Proxy-Authorization: Basic " + base64.b64encode(pair).decode("ascii"))
    sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    status, _headers, rest = _head(sock)
    if status != 200 or rest:
        raise ConnectError("proxy", "status {}".format(status))


def _secured(sock: socket.socket, host: str, ca_file: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=ca_file or None)
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except ssl.SSLError as error:
        raise ConnectError("tls", str(error)) from None
    except socket.timeout:
        raise ConnectError("timeout") from None
    except OSError as error:
        raise ConnectError("connect", str(error)) from None


def _upgrade(sock: socket.socket, authority: str, path: str, protocol: str, way: Way) -> bytes:
    key = base64.b64encode(os.urandom(16))
    lines = [
        "GET {} HTTP/1.1".format(path), "Host: {}".format(authority), "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: {}".format(key.decode("ascii")), "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: {}".format(protocol), "User-Agent: {}".format(way.user_agent), "", "",
    ]  # fmt: skip
    try:
        sock.sendall("\r\n".join(lines).encode("latin-1"))
        status, headers, rest = _head(sock)
        if status != 101:
            raise RefusedError(status, headers, _body(sock, headers, rest))
    except socket.timeout:
        raise ConnectError("timeout") from None
    except OSError as error:
        raise ConnectError("connect", str(error)) from None
    accepted = base64.b64encode(hashlib.sha1(key + _GUID).digest()).decode("ascii")  # noqa: S324 RFC 6455 says SHA-1
    if headers.get("sec-websocket-accept") != accepted or headers.get("sec-websocket-protocol") != protocol:
        raise ConnectError("strange_answer")
    return rest


def _head(sock: socket.socket) -> Tuple[int, Dict[str, str], bytes]:
    """(status, headers in lower case, what came behind). Raises ConnectError."""
    data = b""
    while b"\r\n\r\n" not in data:
        if len(data) > _MAX_HEAD:
            raise ConnectError("strange_answer")
        part = sock.recv(4096)
        if not part:
            raise ConnectError("strange_answer", "closed")
        data += part
    head, _, rest = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise ConnectError("strange_answer", "not HTTP")
    pairs = (line.partition(":") for line in lines[1:])
    return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}, rest


def _body(sock: socket.socket, headers: Dict[str, str], rest: bytes) -> bytes:
    length = headers.get("content-length", "")
    wanted: Optional[int] = min(int(length), _MAX_BODY) if length.isdigit() else _MAX_BODY
    try:
        while wanted is not None and len(rest) < wanted:
            part = sock.recv(wanted - len(rest))
            if not part:
                break
            rest += part
    except OSError:
        pass
    return rest[:_MAX_BODY]
