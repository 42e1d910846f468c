"""Several addresses: order, certificate and proxy of each, over real servers and a real CONNECT proxy."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading

import pytest

from agent import doctor, routes, service, settings, show
from agent.errors import SettingsError, TransportError
from agent.identity import State
from agent.roads import ROAD_FILE
from agent.routes import FIRST_AGAIN_S, Order, Route
from agent.transport import HttpTransport
from agent.wire import report, seal

from . import certificates
from .fake_collector import MASTER, Collector, Server, error
from .world import AGENT_ID

DEAD = "http://127.0.0.1:9"


def frame(seq: int = 1) -> bytes:
    made = report.Report(AGENT_ID, "b" * 32, seq, 1.8e9, 100.0)
    return seal.seal(report.report_to_bytes(made), AGENT_ID, seal.derive_key(MASTER, AGENT_ID, 1), 1)


class Proxy:
    """CONNECT and nothing else; asks for a name and password when it has been given one."""

    def __init__(self, login: str = "") -> None:
        self.asked = []
        self._expected = "Basic " + base64.b64encode(login.encode()).decode() if login else ""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://{}127.0.0.1:{}".format(login + "@" if login else "", self._listener.getsockname()[1])
        self._open = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_) -> None:
        for sock in self._open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(near)
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(4096)
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        self.asked.append((method, target))
        login = next((line.split(": ", 1)[1] for line in lines if line.lower().startswith("proxy-authorization")), "")
        if method != "CONNECT" or login != self._expected:
            near.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            near.close()
            return
        host, port = target.rsplit(":", 1)
        far = socket.create_connection((host, int(port)))
        self._open.append(far)
        near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for pair in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("tls"))


def test_one_dead_one_with_a_bad_certificate_one_fine(certificate):
    with Server(Collector(), certificate) as broken, Server(Collector(), certificate) as fine:
        ways = (Route(DEAD), Route(broken.url), Route(fine.url, certificate[0]))
        transport = HttpTransport((), routes=ways)

        assert transport.send(frame(), {}).acks[0].status == "stored"
        assert transport.server == fine.url
        assert [(each.server, bool(each.problem)) for each in transport.tried] == [
            (DEAD, True), (broken.url, True), (fine.url, False)
        ]  # fmt: skip
        assert "chứng thư" in transport.tried[1].problem
        transport.send(frame(2), {})
        assert len(transport.tried) == 1  # the one that works is kept
        assert [bool(each.problem) for each in transport.survey()] == [True, True, False]
        transport.close()
    assert broken.collector.reports == {}


def test_the_first_address_is_tried_again_now_and_then():
    now = [0.0]
    with Server(Collector()) as better, Server(Collector()) as other:
        port = better.port
        transport = HttpTransport((), routes=(Route(better.url), Route(other.url)), monotonic=lambda: now[0])
        better.collector.plan = [error(503, "store", "no")]
        transport.send(frame(1), {})
        transport.send(frame(2), {})
        assert len(other.collector.reports) == 2

        now[0] += FIRST_AGAIN_S + 1
        transport.send(frame(3), {})

        assert transport.server == better.url and port == better.port
        assert len(better.collector.reports) == 1
        transport.close()


@pytest.mark.parametrize(
    "portal",
    [(302, b""), (200, b"<html>please sign in</html>"), (404, b"nginx"), (407, b"")],
)
def test_a_captive_portal_at_one_address_does_not_hide_the_other(portal):
    with Server(Collector(plan=[portal])) as strange, Server(Collector()) as fine:
        transport = HttpTransport((strange.url, fine.url))

        assert transport.send(frame(), {}).acks[0].status == "stored"
        transport.close()


def test_the_collector_s_own_word_is_not_asked_for_twice():
    with Server(Collector(plan=[error(401, "agent_revoked", "no")])) as first, Server(Collector()) as second:
        transport = HttpTransport((first.url, second.url))
        with pytest.raises(TransportError) as caught:
            transport.send(frame(), {})
        transport.close()

    assert caught.value.code == "agent_revoked"
    assert second.requests == []


def test_each_address_goes_through_its_own_proxy(certificate):
    with Server(Collector(), certificate) as server, Proxy("ten:mat%20khau") as proxy:
        port = server.port
        proxy._expected = "Basic " + base64.b64encode(b"ten:mat khau").decode()
        transport = HttpTransport((), routes=(Route(DEAD), Route(server.url, certificate[0], proxy.url)))

        assert transport.send(frame(), {}).acks[0].status == "stored"
        assert proxy.asked == [("CONNECT", "localhost:{}".format(port))]
        transport.close()


def test_a_proxy_that_wants_a_password_says_so(certificate):
    with Server(Collector(), certificate) as server, Proxy("ten:dung") as proxy:
        transport = HttpTransport((server.url,), certificate[0], proxy.url.replace("dung", "sai"))
        with pytest.raises(TransportError) as caught:
            transport.send(frame(), {})
        transport.close()

    assert caught.value.code == "proxy_login"
    assert "sai" not in str(caught.value).split("Ghi proxy")[0]


def test_the_system_s_proxy_is_used_only_when_the_settings_say_so(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://10.0.0.1:3128")
    monkeypatch.setenv("no_proxy", "noi-bo.vn")

    assert routes.proxies_of(Route("https://a.vn")) == {}
    assert routes.proxies_of(Route("https://a.vn", proxy="none")) == {}
    assert routes.proxies_of(Route("https://a.vn", proxy="system"))["https"] == "http://10.0.0.1:3128"
    assert routes.proxies_of(Route("https://noi-bo.vn", proxy="system")) == {}


def test_passwords_of_proxies_are_not_shown():
    assert routes.without_password("http://ten:matkhau@10.0.0.1:3128") == "http://***@10.0.0.1:3128"
    assert routes.without_password("http://10.0.0.1:3128") == "http://10.0.0.1:3128"


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_round_asks_every_address_once(count):
    order = Order(count)
    for now in (0.0, 10.0, 5000.0, 1e7, 3.0):
        assert sorted(order.next_round(now)) == list(range(count))
        order.works(count - 1, now)


def test_settings_name_the_way_of_each_address(tmp_path):
    ca = tmp_path / "ca.pem"
    ca.write_text("x")
    path = tmp_path / "a.ini"
    path.write_text(
        "[agent]\nserver = https://a.vn https://b.vn,\n  https://c.vn\nproxy = system\n"
        "[server 2]\nca_file = {}\nproxy = none\n[server 3]\nproxy = http://p:1\n".format(ca)
    )

    assert settings.load(str(path)).routes == (
        Route("https://a.vn", "", "system"), Route("https://b.vn", str(ca), "none"), Route("https://c.vn", "", "http://p:1")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[agent]\nserver = https://a.vn\n[server 2]\nproxy = none", "[server 2] proxy: chỉ có 1 địa chỉ"),
        ("[agent]\nserver = https://a.vn\n[server 1]\nproxi = none", "[server 1] proxi: không phải là một thiết đặt"),
        ("[agent]\nserver = https://a.vn\n[server 1]\nca_file = /not/there", "không có tệp /not/there"),
        ("[agent]\nserver = https://a.vn\n[server 0]\nproxy = none", "không có mục [server 0]"),
        ("[agent]\nserver = https://a.vn\n[server 1]\nproxy = socks5://u:bimat@x", "phải bắt đầu bằng http://"),
        ("[relay]\nenabled = maybe", "phải là auto, yes hoặc no"),
        ("[relay]\nhosts = a b/c", "không phải tên hay địa chỉ máy"),
    ],
)
def test_doubtful_ways_are_refused_by_name(tmp_path, text, message):
    path = tmp_path / "a.ini"
    path.write_text(text)

    with pytest.raises(SettingsError) as caught:
        settings.load(str(path))

    assert message in str(caught.value)
    assert "bimat" not in str(caught.value)


def test_doctor_asks_every_address_and_tells_why_one_failed(tmp_path):
    with Server(Collector()) as fine:
        found = settings.load("/not/there.ini", {"agent.server": "{}, {}".format(DEAD, fine.url)})
        state = State(str(tmp_path))

        checks = list(doctor._reach(found, state))

        assert [check.good for check in checks] == [None, True]  # one that works is enough
        assert DEAD in checks[0].text and "Không nối được" in checks[0].text
        assert fine.url in checks[1].text
    alone = settings.load("/not/there.ini", {"agent.server": "{} http://localhost:9".format(DEAD)})
    assert [check.good for check in doctor._reach(alone, state)] == [False, False]


def test_show_tells_the_way_that_is_used(tmp_path):
    state = State(str(tmp_path))
    found = settings.load("/not/there.ini", {"agent.server": "https://a.vn https://b.vn"})
    assert list(show.way_lines(found, state)) == ["Gửi tới: https://a.vn, https://b.vn"]

    state.keep(ROAD_FILE, {"server": "https://b.vn", "relay": "", "failed": [["https://a.vn", "đứt"]]})
    assert list(show.way_lines(found, state)) == ["Gửi tới: https://b.vn", "   Không dùng được https://a.vn: đứt"]
    state.keep(ROAD_FILE, {"server": "", "relay": "pc-1", "failed": []})
    assert "máy chuyển tiếp pc-1" in next(iter(show.way_lines(found, state)))
    state.keep_text(ROAD_FILE, '{"failed": 7, "server": ')
    assert len(list(show.way_lines(found, state))) == 1


def test_probes_look_at_the_address_that_is_in_use(tmp_path):
    where = {"agent.server": "https://a.vn https://b.vn", "agent.state_dir": str(tmp_path), "agent.proxy": "http://p:1"}
    found = settings.load("/not/there.ini", where)
    assert service.probe_settings(found).collector_url == "https://a.vn"

    State(str(tmp_path)).keep(ROAD_FILE, {"server": "https://b.vn"})

    assert service.probe_settings(found).collector_url == "https://b.vn"
    assert service.probe_settings(found).proxy == "http://p:1"
