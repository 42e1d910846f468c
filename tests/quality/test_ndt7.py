"""Client and server against one another and against another project's WebSocket implementation."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import connect as foreign_connect
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as foreign_serve

from agent.quality import ndt7_client
from agent.quality.ndt7_client import Ndt7Plan, is_settled, run
from agent.quality.ws_client import Way
from agent.wire import line_token
from collector.ndt7.desk import Desk, Refusal, read_request
from collector.ndt7.server import Ndt7Server
from tests.agent import certificates
from tests.quality.ndt7_server import AGENT, ELSEWHERE, NEIGHBOUR, Office, key_of, running

MB = 1 << 20


@pytest.fixture
def server() -> Iterator[tuple[int, Ndt7Server]]:
    with running(Desk(Office())) as pair:
        yield pair


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndt7_client, "WINDOW_S", 0.05)


def plan(port: int, direction: str, agent_id: str = AGENT, **changes: object) -> Ndt7Plan:
    values = {"agent_id": agent_id, "key": key_of(agent_id), "run_s": 0.4}
    return Ndt7Plan(f"http://127.0.0.1:{port}", direction, **(values | changes))  # type: ignore[arg-type]


def token(agent_id: str = AGENT, direction: str = "down", now_s: float | None = None, key: bytes | None = None) -> str:
    return line_token.make(agent_id, 1, key or key_of(agent_id), now_s or time.time(), os.urandom(8), direction)


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_full_test(server: tuple[int, Ndt7Server], direction: str) -> None:
    result = run(plan(server[0], direction))

    assert (result.outcome, result.error) == ("ok", "")
    assert result.mbps is not None and result.mbps > 1
    assert result.min_rtt_ms is not None and 0 < result.min_rtt_ms < 1000
    moved = server[1].bytes[direction]
    assert moved * 0.5 <= result.bytes_used, "what went over the line is counted"
    assert abs(result.mbps * 0.4e6 / 8 - moved) < moved, "and the speed is made of it"


@pytest.mark.parametrize("direction", ["down", "up"])
def test_a_byte_limit_is_kept_to_the_byte_and_makes_a_lower_bound(
    server: tuple[int, Ndt7Server], direction: str
) -> None:
    result = run(plan(server[0], direction, max_bytes=MB, run_s=5.0))

    assert result.outcome == "capped"
    assert server[1].bytes[direction] == MB
    assert result.bytes_used == int(MB * ndt7_client.HEADERS)
    assert result.mbps is not None


def test_over_tls_with_the_pinned_certificate_and_no_other(tmp_path: Path) -> None:
    cert, key = certificates.make(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    with running(Desk(Office()), tls) as (port, _):
        url = f"https://localhost:{port}"
        good = [
            run(dataclasses.replace(plan(port, way, max_bytes=MB), url=url, way=Way(cert))) for way in ("down", "up")
        ]
        bad = run(dataclasses.replace(plan(port, "down"), url=url))

    assert [(result.outcome, result.error) for result in good] == [("capped", ""), ("capped", "")]
    assert (bad.outcome, bad.error) == ("failed", "tls")


def test_one_test_at_a_time_per_line(server: tuple[int, Ndt7Server]) -> None:
    results = {}
    first = threading.Thread(target=lambda: results.update(first=run(plan(server[0], "down", run_s=1.0))))
    first.start()
    while not server[1].desk.active:
        time.sleep(0.01)

    refused = run(plan(server[0], "up", NEIGHBOUR))
    other = run(plan(server[0], "down", ELSEWHERE, max_bytes=MB))
    first.join()
    again = run(plan(server[0], "up", NEIGHBOUR, max_bytes=MB))

    assert (refused.outcome, refused.error, refused.mbps) == ("refused", "busy", None)
    assert 5 <= refused.come_back_s <= 30
    assert other.outcome == again.outcome == "capped"
    assert results["first"].outcome == "ok"


def test_people_come_first(server: tuple[int, Ndt7Server]) -> None:
    result = run(plan(server[0], "down", run_s=5.0), lambda received, _sent: "busy" if received else "")

    assert (result.outcome, result.mbps) == ("stopped_busy", None)
    assert result.bytes_used > 0 and result.duration_s < 4


def test_a_pc_with_a_wrong_clock_learns_the_time_from_the_refusal(server: tuple[int, Ndt7Server]) -> None:
    result = run(plan(server[0], "down", max_bytes=MB), now=lambda: 1262304000.0)

    assert result.outcome == "capped"
    assert server[1].counts["refused"] == 1


@pytest.mark.parametrize(
    ("agent_id", "key"), [(AGENT, b"x" * 32), ("ee" * 16, key_of("ee" * 16))], ids=["wrong-key", "not-enrolled"]
)
def test_strangers_are_refused(server: tuple[int, Ndt7Server], agent_id: str, key: bytes) -> None:
    result = run(dataclasses.replace(plan(server[0], "down"), agent_id=agent_id, key=key))

    assert (result.outcome, result.error) == ("refused", "denied")


def test_a_token_is_good_for_one_test(server: tuple[int, Ndt7Server]) -> None:
    url = f"ws://127.0.0.1:{server[0]}/ndt/v7/download?max_bytes=10&access_token={token()}"
    with foreign_connect(url, subprotocols=["net.measurementlab.ndt.v7"], compression=None):  # type: ignore[list-item]
        pass

    with pytest.raises(Exception, match="401"):
        foreign_connect(url, subprotocols=["net.measurementlab.ndt.v7"])  # type: ignore[list-item]


def test_another_project_s_client_downloads_and_uploads(server: tuple[int, Ndt7Server]) -> None:
    base = f"ws://127.0.0.1:{server[0]}"
    options = {"subprotocols": ["net.measurementlab.ndt.v7"], "compression": None, "max_size": 1 << 24}
    with foreign_connect(f"{base}/ndt/v7/download?max_bytes=300000&access_token={token()}", **options) as down:  # type: ignore[arg-type]
        messages = list(down)
    with foreign_connect(f"{base}/ndt/v7/upload?access_token={token(direction='up')}", **options) as up:  # type: ignore[arg-type]
        for _ in range(5):
            up.send(bytes(1 << 14))
        told = json.loads(up.recv(5))
        while told["AppInfo"]["NumBytes"] < 5 << 14:
            told = json.loads(up.recv(5))

    load = [message for message in messages if isinstance(message, bytes)]
    texts = [json.loads(message) for message in messages if isinstance(message, str)]
    assert sum(map(len, load)) == 300000
    assert all(len(message) == 1 << 13 for message in load[:16]), "sizes are powers of two from 2^13 on"
    assert texts[0]["Origin"] == "server" and texts[0]["Test"] == "download"
    assert texts[0]["TCPInfo"]["RTT"] > 0 and texts[0]["AppInfo"]["NumBytes"] > 0
    assert told["AppInfo"] == {"NumBytes": 5 << 14, "ElapsedTime": told["AppInfo"]["ElapsedTime"]}
    assert told["TCPInfo"]["BytesReceived"] > 5 << 14


def test_our_client_at_another_project_s_server() -> None:
    """With fragments, pings and measurements of its own."""
    pongs = []

    def handler(connection: ServerConnection) -> None:
        if "download" in connection.request.path:  # type: ignore[union-attr]
            pongs.append(connection.ping(b"still there?"))
            connection.send(json.dumps({"TCPInfo": {"MinRTT": 12500}}))
            for _ in range(20):
                connection.send(iter([bytes(5000), bytes(70000), bytes(1)]), text=False)
            return
        for count, message in enumerate(connection):
            if isinstance(message, bytes) and count > 3:
                figures = {"BytesReceived": 4_000_000, "ElapsedTime": 2_000_000}
                connection.send(json.dumps({"TCPInfo": figures}))
                return

    with foreign_serve(
        handler, "127.0.0.1", 0, subprotocols=["net.measurementlab.ndt.v7"], compression=None, close_timeout=0.2
    ) as other:  # type: ignore[list-item]
        threading.Thread(target=other.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{other.socket.getsockname()[1]}"
        down, up = run(Ndt7Plan(url, "down", run_s=3.0)), run(Ndt7Plan(url, "up", run_s=3.0))
        answered = pongs[0].wait(5)
        other.shutdown()

    assert answered
    assert (down.outcome, down.error) == ("capped", ""), "it closed early: how far the line could go is not known"
    assert down.bytes_used == int(20 * 75001 * ndt7_client.HEADERS) and down.min_rtt_ms == 12.5
    assert up.mbps == 16.0


def test_through_a_proxy(server: tuple[int, Ndt7Server]) -> None:
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        threading.Thread(target=_one_tunnel, args=(proxy, asked), daemon=True).start()
        way = Way(proxy=f"http://may:mat%20khau@127.0.0.1:{proxy.getsockname()[1]}")
        result = run(dataclasses.replace(plan(server[0], "down", max_bytes=MB), way=way))

    assert result.outcome == "capped"
    assert asked[0].startswith(f"CONNECT 127.0.0.1:{server[0]} HTTP/1.1\r\n")
    assert "Proxy-Authorization: Basic bWF5Om1hdCBraGF1\r\n" in asked[0]


def _one_tunnel(proxy: socket.socket, asked: list[str]) -> None:
    client, _ = proxy.accept()
    asked.append(client.recv(4096).decode())
    target = socket.create_connection(("127.0.0.1", int(asked[0].split()[1].rpartition(":")[2])))
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    def pipe(source: socket.socket, sink: socket.socket) -> None:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.close()

    threading.Thread(target=pipe, args=(client, target), daemon=True).start()
    pipe(target, client)


def test_troubles_have_names() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    dead = f"http://127.0.0.1:{port}"

    assert run(Ndt7Plan("http://khong-co.invalid", "down")).error == "dns"
    assert run(Ndt7Plan(dead, "down")).error == "connect"
    assert run(Ndt7Plan("http://127.0.0.1", "down", way=Way(proxy=dead))).error == "proxy"


def test_a_page_of_somebody_else_is_no_server() -> None:
    def answer(listener: socket.socket) -> None:
        client, _ = listener.accept()
        client.recv(4096)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n<html>login!")
        client.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, args=(listener,), daemon=True).start()
        result = run(Ndt7Plan(f"http://127.0.0.1:{listener.getsockname()[1]}", "down"))

    assert (result.outcome, result.error) == ("failed", "strange_answer")


def test_when_the_speed_has_settled() -> None:
    assert is_settled([1.0, 100, 101, 99, 100, 102])
    assert not is_settled([100, 100, 100, 100, 100]), "the first sample is slow start"
    assert not is_settled([1.0, 100, 101, 99, 100, 106])
    assert not is_settled([0.0] * 9) and not is_settled([])


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/", 404, "path"),
        ("/ndt/v7/download", 401, "token"),
        ("/ndt/v7/download?access_token=gw1.x", 401, "token"),
        ("/ndt/v7/upload?access_token=" + token(direction="down"), 401, "token"),
        ("/ndt/v7/download?a=1&a=2&access_token=" + token(), 400, "query"),
        ("/ndt/v7/download?=1&access_token=" + token(), 400, "query"),
        ("/ndt/v7/download?max_bytes=-1&access_token=" + token(), 400, "max_bytes"),
        ("/ndt/v7/download?x=" + "y" * 5000, 400, "query"),
    ],
)
def test_requests_that_are_refused(target: str, status: int, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_request(target)

    assert (caught.value.status, caught.value.code) == (status, code)


def test_the_desk_forgets_who_never_came_and_bounds_the_whole_server() -> None:
    now = [0.0]
    desk = Desk(Office(), max_tests=1, monotonic=lambda: now[0])
    tokens = [line_token.read(token(agent)) for agent in (AGENT, ELSEWHERE, ELSEWHERE)]
    first, second, third = [item for item in tokens if item]
    desk.grant(first, desk.member(first))

    with pytest.raises(Refusal, match="come back"):
        desk.grant(second, desk.member(second))
    now[0] = 26.0
    granted = desk.grant(second, desk.member(second))
    desk.release(granted)

    assert desk.active == 0
    with pytest.raises(Refusal, match="used"):
        desk.grant(second, desk.member(second))
    desk.grant(third, desk.member(third))
