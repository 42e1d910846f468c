"""Over real sockets: seals, keep-alive, thrift on the wire, and errors in clear words."""

from __future__ import annotations

import pytest

from agent.errors import TransportError
from agent.transport import HttpTransport
from agent.wire import report, seal
from agent.wire.exchange import CLOCK_HEADER, EnrolRequest

from . import certificates
from .fake_collector import MASTER, TOKEN, Collector, Relay, Server, error
from .world import AGENT_ID, PROBES, World

KEY = seal.derive_key(MASTER, AGENT_ID, 1)


def frame(seq: int = 1) -> bytes:
    made = report.Report(AGENT_ID, "b" * 32, seq, 1.8e9, 100.0)
    return seal.seal(report.report_to_bytes(made), AGENT_ID, KEY, 1)


@pytest.fixture
def server():
    with Server(Collector()) as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("tls"))


def test_a_batch_is_answered_and_its_seals_are_good(server):
    transport = HttpTransport((server.url,))

    answer = transport.send(frame(1) + frame(2), {CLOCK_HEADER: "b 1.0"})

    assert [(ack.seq, ack.status) for ack in answer.acks] == [(1, "stored"), (2, "stored")]
    assert server.collector.uploads == [(2, "b 1.0")]
    assert transport.send(frame(2), {}).acks[0].status == "duplicate"
    transport.close()


def test_only_the_headers_that_are_needed_travel(server):
    transport = HttpTransport((server.url,))
    transport.send(frame(), {})
    transport.close()

    ((_, headers, _),) = server.requests
    assert set(headers) == {"Host", "Content-Type", "Content-Length"}


def test_one_connection_is_kept_and_all_bytes_are_counted(server):
    transport = HttpTransport((server.url,))
    for seq in range(1, 21):
        transport.send(frame(seq), {})

    assert server.connections == transport.counters.connections == 1
    assert transport.counters.requests == 20
    assert transport.counters.bytes_sent > 20 * len(frame())
    assert transport.counters.bytes_received > 20 * 100
    transport.close()


def test_a_connection_that_died_quietly_is_made_anew_within_one_send(server):
    transport = HttpTransport((server.url,))
    transport.send(frame(1), {})
    server.cut_connections()

    assert transport.send(frame(2), {}).acks[0].status == "stored"
    assert transport.counters.connections == 2
    transport.close()


def test_enrolment_over_the_wire_and_the_same_identity_for_the_same_request(server):
    transport = HttpTransport((server.url,))
    request = EnrolRequest(TOKEN, "e" * 32, "0.1.0", "PC-01")

    first, second = transport.enrol(request), transport.enrol(request)

    assert first == second
    assert first.site_name == "UBND xã Vĩnh Sơn"
    transport.close()


REFUSALS = [
    (error(401, "agent_unknown", "không biết máy này"), True, 401, "enrol --again"),
    (error(401, "agent_revoked", "revoked", "ask"), True, 401, "thu hồi quyền gửi báo cáo. Hỏi quản trị"),
    (error(401, "unknown_agent", "unknown", "enrol"), True, 401, "không biết máy này. Xin mã ghi danh mới"),
    (error(403, "somebody_new", "đã thu hồi"), True, 403, "liên hệ quản trị"),
    (error(400, "frame", "không đọc được", "Cập nhật chương trình"), True, 400, "Cập nhật chương trình"),
    (error(429, "busy", "bận"), False, 429, "tự gửi lại"),
    (error(503, "starting", "đang khởi động"), False, 503, "Chờ máy chủ"),
    ((404, {"detail": "Not Found"}), True, 404, "không phải máy chủ thu thập"),
    ((502, b"<html>Bad gateway</html>"), False, 502, "Chờ máy chủ"),
    ((302, {}), False, 302, "Wi-Fi"),
    ((200, b"<html>Please log in</html>"), False, 0, "Wi-Fi"),
    ((200, {"acks": "many"}), False, 0, "acks"),
    ((200, b"x" * 300000), False, 0, "Wi-Fi"),
    ((200, b"[" * 50), False, 0, "Wi-Fi"),
]


@pytest.mark.parametrize(("answer", "permanent", "status", "words"), REFUSALS)
def test_refusals_are_told_in_one_line_with_a_remedy(server, answer, permanent, status, words):
    server.collector.plan = [answer]
    transport = HttpTransport((server.url,))

    with pytest.raises(TransportError) as caught:
        transport.send(frame(), {})

    assert caught.value.permanent is permanent
    assert caught.value.status == status
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert transport.send(frame(), {}).acks  # the next one goes through
    transport.close()


def test_an_error_shape_names_code_message_and_field(server):
    server.collector.plan = [(422, {"error": {"code": "field", "message": "must be a number", "field": "seq"}})]
    transport = HttpTransport((server.url,))

    with pytest.raises(TransportError, match=r"\(422 field\): seq: must be a number") as caught:
        transport.send(frame(), {})

    assert caught.value.code == "field"
    transport.close()


def test_nobody_there_and_no_such_name():
    for url, words in (("http://127.0.0.1:9", "Không nối được tới 127.0.0.1:9"), ("http://x.invalid", "x.invalid")):
        transport = HttpTransport((url,))
        with pytest.raises(TransportError, match=words) as caught:
            transport.send(frame(), {})
        assert not caught.value.permanent
        transport.close()


def test_the_second_server_stands_in_and_stays_while_it_answers(server):
    transport = HttpTransport(("http://127.0.0.1:9", server.url))

    assert transport.send(frame(1), {}).acks
    assert transport.server == server.url
    server.collector.plan = [error(401, "agent_unknown", "không biết")]
    with pytest.raises(TransportError, match="không biết"):
        transport.send(frame(2), {})
    assert transport.server == server.url  # it has said its word
    transport.close()


def test_environment_and_cookies_do_not_leak_in(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    transport = HttpTransport((server.url,))

    assert transport.send(frame(), {}).acks
    transport.close()


def test_a_proxy_that_is_set_is_used():
    transport = HttpTransport(("http://localhost:9",), proxy="http://127.0.0.1:9")
    with pytest.raises(TransportError, match="proxy"):
        transport.send(frame(), {})
    transport.close()


def test_tls_with_the_pinned_file_and_without(certificate):
    with Server(Collector(), certificate) as server:
        trusted = HttpTransport((server.url,), certificate[0])
        for seq in range(1, 6):
            assert trusted.send(frame(seq), {}).acks[0].status == "stored"
        assert trusted.counters.connections == 1
        trusted.close()

        public = HttpTransport((server.url,))
        with pytest.raises(TransportError, match=r"chứng thư .* ca_file") as caught:
            public.send(frame(), {})
        assert not caught.value.permanent  # a clock that is set right cures it
        public.close()


def test_knocking_needs_no_report(server):
    transport = HttpTransport((server.url,))
    transport.knock()
    server.collector.plan = [error(400, "frame", "trống")]
    transport.knock()
    server.collector.plan = [(404, {})]
    with pytest.raises(TransportError, match="404"):
        transport.knock()
    transport.close()


REAL_SHAPES = {
    "system": {"os_family": "windows", "os_name": "Windows 10 Pro", "os_build": "19045.4529", "hostname": "XA-VS-03"},
    "hardware": {"system_vendor": "Dell Inc.", "system_model": "OptiPlex 3050", "cpu_cores": 4, "ram_bytes": 8 << 30},
    "interfaces": {"interfaces": [{"name": "Ethernet", "kind": "wired", "is_up": True, "speed_mbps": 100}]},
    "uptime": {"boot_time": "2026-11-21T00:31:05Z", "last_shutdown": "clean", "last_shutdown_source": "event_log"},
    "counters": {},
    "neighbours": {},
    "reach": {},
}


def office(draw, step):
    """An office LAN as it looks every half hour: latencies, counters and neighbours never stand still."""

    def change(data):
        step[0] += 1
        data["counters"] = {
            "interfaces": [
                {"name": name, "rx_bytes": 10**6 * step[0] + draw.randrange(10**5), "tx_bytes": 10**5 * step[0],
                 "rx_errors": 0, "tx_errors": 0, "rx_dropped": step[0] // 7, "tx_dropped": 0}
                for name in ("Ethernet", "Wi-Fi")
            ]
        }  # fmt: skip
        data["neighbours"] = {
            "gateways": [{"address": "192.168.1.1", "interface": "Ethernet", "mac_prefix": "a0:b1:c2",
                          "mac_hash": "0123456789abcdef", "in_arp_table": True}],
            "neighbours": [{"mac_prefix": "00:11:22", "mac_hash": "%016x" % draw.getrandbits(64),
                            "interface": "Ethernet"} for _ in range(draw.randrange(3, 12))],
            "neighbour_count": 9, "dns_servers": ["192.168.1.1", "203.113.131.1"],
        }  # fmt: skip
        data["reach"] = {
            "checks": [
                {"name": name, "stage": stage, "target": "{}.gov.vn:443".format(name), "ok": True,
                 "latency_ms": round(20 + draw.expovariate(1 / 8.0), 1)}
                for name in ("collector", "dichvucong", "motcua", "vanban") for stage in ("dns", "tcp", "http")
            ],
            "internet": True, "captive": False, "collector": True,
        }  # fmt: skip

    return change


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_day_costs_less_than_150_kb_on_the_wire(secure, request, tmp_path):
    """Both directions, metered on the socket: 288 heartbeats, network looks every 1800 s, one inventory, TLS too."""
    certificate = request.getfixturevalue("certificate") if secure else None
    with Server(Collector(), certificate) as server, Relay(server.port) as wire:
        world = World(tmp_path)
        world.collector = server.collector
        world.data = dict(REAL_SHAPES)
        world.change = office(world.draw, [0])
        url = server.url.replace(str(server.port), str(wire.port))
        world.transport = HttpTransport((url,), certificate[0] if certificate else "")
        world.start()
        world.run(86400.0)
        world.transport.close()
        counters = world.transport.counters

    print("a day: {} bytes to the collector + {} back = {}; {} requests, {} connection(s)".format(
        *wire.counts, sum(wire.counts), counters.requests, counters.connections))  # fmt: skip
    assert counters.connections == server.connections == 1
    assert counters.requests >= 288
    assert sum(wire.counts) < 150_000
    if not secure:
        assert (counters.bytes_sent, counters.bytes_received) == tuple(wire.counts)
    assert set(PROBES) == {name for _, name, _ in server.collector.data}
