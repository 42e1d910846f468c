"""The throughput client against a server of few lines; runs on the agent's oldest Python too. Against real servers:
tests/quality/test_ndt7.py."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import threading
from typing import Any, Callable, Dict, Iterator, List
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.quality import ndt7_client
from agent.quality.ndt7_client import Ndt7Plan, run

PROTOCOL = "net.measurementlab.ndt.v7"
Talk = Callable[[socket.socket], None]


class Server:
    """Answers one client after another: the handshake, then `talk`."""

    def __init__(self, talk: Talk) -> None:
        self.requests: List[Dict[str, Any]] = []
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:{}".format(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        lines = client.recv(65536).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        target = urlsplit(lines[0].split(" ")[1])
        self.requests.append({"path": target.path, "query": parse_qs(target.query), "headers": headers})
        digest = hashlib.sha1(headers["Sec-WebSocket-Key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        head += "Sec-WebSocket-Protocol: {}\r\nSec-WebSocket-Accept: {}\r\n\r\n"
        client.sendall(head.format(PROTOCOL, base64.b64encode(digest).decode()).encode())
        try:
            self._talk(client)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
        except OSError:
            pass  # the client has gone


def message(kind: int, data: bytes) -> bytes:
    size = len(data)
    length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    return bytes([0x80 | kind]) + length + data


def text(**plain: Any) -> bytes:
    return message(1, json.dumps(plain).encode())


@pytest.fixture
def serve() -> Iterator[Callable[[Talk], Server]]:
    made: List[Server] = []

    def start(talk: Talk) -> Server:
        made.append(Server(talk))
        return made[-1]

    yield start
    for server in made:
        server.close()


def test_a_download_that_the_server_ends(serve: Callable[[Talk], Server]) -> None:
    def talk(client: socket.socket) -> None:
        client.sendall(text(TCPInfo={"MinRTT": 21000}) + message(9, b"ping") + message(2, bytes(50_000)) * 8)
        client.sendall(message(8, b"\x03\xe8"))

    server = serve(talk)
    result = run(Ndt7Plan(server.url, "down", "a1" * 16, 1, b"k" * 32, max_bytes=400_000, run_s=5.0))

    assert (result.outcome, result.error, result.min_rtt_ms) == ("capped", "", 21.0)
    assert result.bytes_used == int(400_000 * ndt7_client.HEADERS) and result.mbps
    request = server.requests[0]
    assert request["path"] == "/ndt/v7/download" and request["query"]["max_bytes"] == ["400000"]
    assert request["query"]["access_token"][0].startswith("gw1." + "a1" * 16 + ".1.")
    assert request["headers"]["User-Agent"] and request["headers"]["Sec-WebSocket-Protocol"] == PROTOCOL


def test_an_upload_counts_what_the_server_received(serve: Callable[[Talk], Server]) -> None:
    def talk(client: socket.socket) -> None:
        seen = 0
        while seen < 100_000:
            seen += len(client.recv(65536))
        client.sendall(text(AppInfo={"NumBytes": 1_000_000, "ElapsedTime": 500_000}, Origin="server"))

    result = run(Ndt7Plan(serve(talk).url, "up", run_s=0.3))

    assert result.mbps == 16.0


def test_a_connection_that_is_cut_is_no_full_test(serve: Callable[[Talk], Server]) -> None:
    result = run(Ndt7Plan(serve(lambda client: client.sendall(message(2, bytes(60_000)))).url, "down", run_s=5.0))

    assert (result.outcome, result.error) == ("capped", "cut")


@pytest.mark.parametrize("rubbish", [b"\xff" * 50, b"", message(1, b"no json"), b"\x82\x7f" + b"\xff" * 8])
def test_rubbish_behind_a_good_handshake(serve: Callable[[Talk], Server], rubbish: bytes) -> None:
    result = run(Ndt7Plan(serve(lambda client: client.sendall(rubbish)).url, "down", run_s=1.0))

    assert result.outcome == "failed" and result.mbps is None
