"""Reach against real sockets on the loopback. Only name resolution is replaced: tests ask no name server."""

from __future__ import annotations

import http.client
import http.server
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from agent.host import Host
from agent.probe import NoData, ProbeContext, ProbeSettings
from agent.probes import reach, reach_stages, reach_way
from agent.probes.reach import judge_internet
from agent.probes.reach_stages import Answer, short_error
from agent.wire.exchange import AgentPolicy, ReachTarget
from agent.wire.sections import ReachCheck, ReachInfo
from tests.agent import certificates

PAGES: Dict[str, Tuple[int, bytes]] = {
    "/healthz": (200, b"ok"),
    "/generate_204": (204, b""),
    "/known": (200, b"<p>success</p>"),
    "/portal": (302, b""),
    "/login": (401, b""),
    "/broken": (503, b""),
}


class Page(http.server.BaseHTTPRequestHandler):
    """Answers PAGES; a request with a whole URL in it came as to a proxy. CONNECT is refused."""

    seen: List[str] = []

    def do_GET(self) -> None:
        self.seen.append(self.path + " " + self.headers.get("Proxy-Authorization", ""))
        path = "/" + self.path.split("/", 3)[3] if self.path.startswith("http://") else self.path
        status, body = PAGES.get(path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://portal.invalid/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def do_CONNECT(self) -> None:
        self.send_error(407)

    def log_message(self, *_: Any) -> None:
        pass


def start(handler: type, trust: Any = None) -> http.server.ThreadingHTTPServer:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if trust:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


@pytest.fixture(autouse=True)
def no_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The near part of the way is tested in test_reach_way.py; nothing is asked on the network of whoever tests."""
    monkeypatch.setattr(reach_way, "look", lambda *_: reach_way.Way())


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Base URL of a web server."""
    server = start(Page)
    yield "http://127.0.0.1:{}".format(server.server_address[1])
    server.shutdown()
    server.server_close()


@pytest.fixture
def closed() -> str:
    """host:port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return "127.0.0.1:{}".format(taken.getsockname()[1])


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """host:port that takes a connection and never says a word; patience is short."""
    monkeypatch.setattr(reach_stages, "_ANSWER_S", 0.2)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(8)
        yield "127.0.0.1:{}".format(listening.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tuple[str, str]:
    """(certificate, key) for 127.0.0.1, made for this run."""
    return certificates.make(tmp_path_factory.mktemp("tls"))


def run(policy: Any = None, **settings: str) -> ReachInfo:
    return reach.run(ProbeContext(Host(), policy or AgentPolicy(), ProbeSettings(**settings)))


def short(checks: Tuple[ReachCheck, ...]) -> List[Tuple[str, str, Any, str]]:
    return [(check.name, check.stage, check.ok, check.error) for check in checks]


def services(**urls: str) -> AgentPolicy:
    return AgentPolicy(reach_targets=tuple(ReachTarget(name, url) for name, url in urls.items()))


def test_collector_in_three_stages(site: str) -> None:
    info = run(collector_url=site + "/")

    assert short(info.checks) == [
        ("collector", "dns", True, ""),
        ("collector", "tcp", True, ""),
        ("collector", "http", True, ""),
    ]
    assert info.collector is True
    assert all(check.latency_ms == int(check.latency_ms or 0) for check in info.checks)
    assert (info.internet, info.captive) == (None, None)


def test_collector_that_refuses(closed: str) -> None:
    info = run(collector_url="https://" + closed)

    assert short(info.checks)[-1] == ("collector", "tcp", False, "refused")
    assert info.checks[-1].latency_ms is None
    assert info.collector is False


def test_collector_whose_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    info = run(collector_url="https://gapwatch.invalid")

    assert short(info.checks) == [("collector", "dns", False, "nxdomain")]
    assert info.collector is False


def test_collector_that_is_ill(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGES, "/healthz", (503, b""))

    info = run(collector_url=site)

    assert short(info.checks)[-1] == ("collector", "http", False, "status 503")
    assert info.collector is False


def test_silent_collector_times_out(silent: str) -> None:
    assert short(run(collector_url="http://" + silent).checks)[-1] == ("collector", "http", False, "timeout")


def test_pinned_certificate_is_trusted_and_others_are_not(certificate: Tuple[str, str]) -> None:
    cert, key = certificate
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(cert, key)
    server = start(Page, trust)
    url = "https://127.0.0.1:{}".format(server.server_address[1])

    pinned, unknown = run(collector_url=url, ca_file=cert), run(collector_url=url)
    server.shutdown()
    server.server_close()

    assert pinned.collector is True
    assert unknown.collector is False
    assert unknown.checks[-1].error.startswith("tls: ")


def test_missing_ca_file_is_named(site: str, tmp_path: Path) -> None:
    info = run(collector_url=site.replace("http:", "https:"), ca_file=str(tmp_path / "none.pem"))

    assert info.checks[-1].error == "the CA file is missing"


def test_plain_answer_to_tls(site: str) -> None:
    assert run(collector_url=site.replace("http:", "https:")).checks[-1].error.startswith("tls: ")


@pytest.mark.parametrize(
    ("page", "text", "internet", "captive", "ok"),
    [
        ("/generate_204", "", True, False, True),
        ("/known", "success", True, False, True),
        ("/known", "", False, True, False),
        ("/known", "another word", False, True, False),
        ("/portal", "", False, True, False),
        ("/broken", "", None, None, False),
    ],
)
def test_internet_check(site: str, page: str, text: str, internet: Any, captive: Any, ok: bool) -> None:
    info = run(AgentPolicy(internet_check_url=site + page, internet_check_text=text))

    assert (info.internet, info.captive) == (internet, captive)
    assert [(check.name, check.stage, check.ok) for check in info.checks] == [("internet", "http", ok)]
    assert info.collector is None


def test_no_answer_says_nothing_of_a_portal(closed: str) -> None:
    info = run(AgentPolicy(internet_check_url="http://" + closed))

    assert (info.internet, info.captive) == (False, None)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(200, b" \n"), (True, False)),
        (Answer(511, b"log in"), (False, True)),
        (Answer(404, b""), (None, None)),
        (Answer(), (False, None)),
    ],
)
def test_judge_internet(answer: Answer, expected: Any) -> None:
    assert judge_internet(answer, "") == expected


def test_services_tell_where_it_stopped(site: str, closed: str) -> None:
    policy = services(
        page=site + "/known",
        login=site + "/login",
        ill=site + "/broken",
        door="tcp://" + site[len("http://") :],
        shut="tcp://" + closed,
        odd="ftp://example.org/",
        port="http://example.org:99999/",
    )

    assert short(run(policy).checks) == [
        ("page", "http", True, ""),
        ("login", "http", True, "status 401"),
        ("ill", "http", False, "status 503"),
        ("door", "tcp", True, ""),
        ("shut", "tcp", False, "refused"),
        ("odd", "http", False, "bad address"),
        ("port", "http", False, "bad address"),
    ]


def test_proxy_is_used_for_http(site: str) -> None:
    Page.seen.clear()

    info = run(collector_url="http://collector.invalid:8000", proxy=site.replace("//", "//clerk:p%40ss@"))

    assert info.collector is True
    assert Page.seen == ["http://collector.invalid:8000/healthz Basic Y2xlcms6cEBzcw=="]


def test_proxy_that_refuses_a_tunnel(site: str) -> None:
    info = run(collector_url="https://collector.invalid", proxy=site)

    assert short(info.checks)[-1] == ("collector", "http", False, "proxy status 407")


def test_nothing_to_reach_is_no_data() -> None:
    with pytest.raises(NoData):
        run()


def test_what_hangs_is_a_timeout_and_the_rest_is_told(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent name server cannot be interrupted: its thread is left behind."""
    release = threading.Event()
    real = socket.getaddrinfo

    def slow(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "slow.invalid":
            release.wait(20)
            raise socket.gaierror(socket.EAI_NONAME, "late")
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    monkeypatch.setattr(reach, "_TOTAL_S", 0.4)
    began = time.monotonic()

    info = run(services(slow="https://slow.invalid/", page=site + "/known"), collector_url="http://slow.invalid")
    release.set()

    assert time.monotonic() - began < 5
    assert short(info.checks) == [
        ("collector", "dns", False, "timeout"),
        ("slow", "dns", False, "timeout"),
        ("page", "http", True, ""),
    ]
    assert info.collector is False


def test_many_targets_are_bounded(closed: str) -> None:
    policy = services(**{"s{}".format(number): "tcp://" + closed for number in range(100)})

    assert len(run(policy).checks) == reach.MAX_TARGETS


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (socket.timeout(), "timeout"),
        (ConnectionRefusedError(), "refused"),
        (ConnectionResetError(), "reset"),
        (OSError(113, "no route"), "unreachable"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "dns failure"),
        (http.client.BadStatusLine("x"), "not http"),
        (UnicodeError(), "bad name"),
        (OSError(5, "io"), "OSError"),
    ],
)
def test_errors_are_short(error: Exception, text: str) -> None:
    assert short_error(error) == text


@pytest.mark.parametrize(
    ("target", "way", "expected"),
    [
        ("/login", reach_way.Way(True, True), (True, True, True)),
        ("/login", reach_way.Way(False, None), (None, None, True)),  # silence on a way that works means nothing
        ("", reach_way.Way(True, False), (True, False, False)),
        ("", reach_way.Way(False, False), (False, False, False)),
    ],
)
def test_near_stages_and_the_government_network(
    site: str, closed: str, monkeypatch: pytest.MonkeyPatch, target: str, way: reach_way.Way, expected: Any
) -> None:
    monkeypatch.setattr(reach_way, "look", lambda *_: way)

    found = run(AgentPolicy(government_check=site + target if target else "tcp://" + closed))

    assert (found.gateway, found.provider, found.government) == expected
    assert [check.name for check in found.checks] == ["government"]


def test_a_way_that_cannot_be_looked_at_costs_nothing_else(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> reach_way.Way:
        raise OSError("no such thing")

    monkeypatch.setattr(reach_way, "look", broken)
    found = run(AgentPolicy(government_check=site + "/login"))

    assert (found.gateway, found.provider, found.government) == (None, None, True)
