"""A relay between a PC and the collector: carries what it cannot read, and is believed in nothing."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from typing import Optional

import pytest

from agent import cli, relaying, roads, settings
from agent import relay as relay_module
from agent.errors import TransportError
from agent.identity import Identity, State
from agent.relay import Carrier, Rate, Refused, Relay
from agent.relay_store import MAX_OF_ONE, RelayStore
from agent.roads import Anchors, Roads, is_private, split_host
from agent.transport import HttpTransport
from agent.wire import envelope, report, seal
from agent.wire.exchange import RELAY_PATH, AgentPolicy, SnmpUser

from .disks import TestDisk
from .fake_collector import MASTER, Collector, Server, error
from .world import AGENT_ID, Clock

RELAY_ID = "e1" * 16
DEAD = "http://127.0.0.1:9"
SECRET = "chuoi-snmp-bi-mat"
POLICY = AgentPolicy(7, snmp_communities=(SECRET,), snmp_users=(SnmpUser("u", "SHA", "khoa-bi-mat", "AES", "khoa-2"),))


def identity(agent_id: str = AGENT_ID) -> Identity:
    return Identity(agent_id, seal.derive_key(MASTER, agent_id, 1).hex(), 1)


def frame(seq: int = 1) -> bytes:
    made = report.Report(AGENT_ID, "b" * 32, seq, 1.8e9, 100.0, agent_version="doc-duoc-ten-may")
    return seal.seal(report.report_to_bytes(made), AGENT_ID, bytes.fromhex(identity().key), 1)


class Site:
    """A PC whose only way is the relay, the relay, and the collector behind a real socket."""

    def __init__(self, folder, collector=None) -> None:
        self.collector = collector or Collector(POLICY)
        self.server: Optional[Server] = Server(self.collector)
        self.server.__enter__()
        self.now = [0.0]
        self.store = RelayStore(str(folder / "relay"), TestDisk())
        self.transport = HttpTransport((self.server.url,))
        self.carrier = Carrier(self.store, self.transport, identity(RELAY_ID), lambda: self.now[0])
        self.relay = Relay(self.carrier, 0, "127.0.0.1", poll_s=0.01)
        self.relay.start()
        self.state = State(str(folder / "pc"), TestDisk())
        self.state.prepare()
        self.clock = Clock()
        self.direct = HttpTransport((DEAD,))
        self.roads = Roads(self.direct, identity(), self.state, self.clock, lambda: [self.host])

    @property
    def host(self) -> str:
        return "127.0.0.1:{}".format(self.relay.port)

    def cut_line(self) -> None:
        assert self.server is not None
        self.server.__exit__()
        self.server = None

    def mend_line(self) -> None:
        self.server = Server(self.collector)
        self.server.__enter__()
        self.transport = HttpTransport((self.server.url,))
        self.carrier._transport = self.transport
        self.now[0] += relay_module.DOWN_S + 1

    def close(self) -> None:
        self.relay.stop()
        if self.server is not None:
            self.server.__exit__()


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setattr(relay_module, "DRAIN_PAUSE_S", 0.0)
    made = Site(tmp_path)
    yield made
    made.close()


def test_reports_and_answers_pass_and_the_relay_reads_neither(site, monkeypatch):
    seen = []
    carry = site.transport.carry
    monkeypatch.setattr(
        site.transport, "carry", lambda raw, proof: seen.append(raw) or seen.append(carry(raw, proof)) or seen[-1]
    )

    answer = site.roads.send(frame(1), {})

    assert [(ack.seq, ack.status) for ack in answer.acks] == [(1, "stored")]
    assert answer.policy == POLICY
    assert {carrier for carrier, _ in site.collector.relayed} == {RELAY_ID}
    passed = b"".join(seen)
    assert len(seen) == 4  # the clock's question and the report, each with its answer
    for secret in (SECRET, "khoa-bi-mat", "doc-duoc-ten-may", "b" * 32, identity().key):
        assert secret.encode() not in passed
    assert len(site.store) == 0


def test_the_sender_reckons_the_collector_s_clock_itself(site):
    site.collector.time_s = 1.9e9
    site.roads.send(frame(1), {})
    site.clock.pass_time(300.0)
    site.roads.send(frame(2), {})

    asked, first, second = (head for _, head in site.collector.relayed)
    assert asked.time_high_s == 0.0
    assert (first.time_low_s, first.time_high_s) == (1.9e9, 1.9e9)
    assert second.time_low_s == second.time_high_s == 1.9e9 + 300
    assert second.monotonic_s == first.monotonic_s + 300


def test_nothing_is_acknowledged_by_a_relay_that_only_keeps(site):
    site.cut_line()

    with pytest.raises(TransportError) as caught:
        site.roads.send(frame(1), {})

    assert caught.value.code == "relay_kept"
    assert not caught.value.permanent
    assert len(site.store) == 2
    site.mend_line()
    assert site.carrier.drain(threading.Event()) == 2
    assert len(site.collector.reports) == 1
    assert len(site.store) == 0
    assert site.roads.send(frame(1), {}).acks[0].status == "duplicate"


def test_what_a_relay_kept_outlives_it_and_goes_only_after_the_collector_has_it(site, tmp_path):
    site.cut_line()
    with contextlib.suppress(TransportError):
        site.roads.send(frame(1), {})
    reopened = RelayStore(str(tmp_path / "relay"), TestDisk())
    assert len(reopened) == 2

    carrier = Carrier(reopened, HttpTransport((DEAD,)), identity(RELAY_ID), lambda: 0.0)

    assert carrier.drain(threading.Event()) == 0
    assert len(reopened) == 2


@pytest.mark.parametrize("lie", ["old_answer", "own_ack", "garbage", "other_agent"])
def test_a_lying_relay_makes_no_acknowledgement(site, monkeypatch, lie):
    site.roads.send(frame(1), {})
    old = site.transport.carry
    kept = []

    def carry(raw: bytes, proof: str) -> bytes:
        answer = old(raw, proof)
        if lie == "old_answer":
            kept.append(answer)
            return kept[0] if len(kept) > 1 else answer
        if lie == "own_ack":
            body = envelope.pack_answer(200, 1.8e9, b'{"acks":[{"seq":2,"status":"stored"}]}')
            return envelope.seal_envelope(envelope.ANSWER, body, AGENT_ID, bytes(32), 1)
        if lie == "other_agent":
            return raw
        return b"GWE1 nonsense"

    monkeypatch.setattr(site.transport, "carry", carry)
    if lie == "old_answer":
        site.roads.send(frame(2), {})

    with pytest.raises(TransportError) as caught:
        site.roads.send(frame(3), {})

    assert caught.value.code == "relay_strange"


def test_the_collector_s_own_refusal_comes_through(site):
    site.roads.send(frame(1), {})
    site.collector.take = lambda batch, headers: error(401, "agent_revoked", "no")

    with pytest.raises(TransportError) as caught:
        site.roads.send(frame(2), {})

    assert caught.value.code == "agent_revoked"
    assert caught.value.permanent
    assert len(site.store) == 0


def test_the_relay_is_left_alone_while_an_address_works(site):
    site.roads = Roads(HttpTransport((site.server.url,)), identity(), site.state, site.clock, lambda: [site.host])

    assert site.roads.send(frame(1), {}).acks[0].status == "stored"
    assert site.collector.relayed == []
    assert roads.last_way(site.state) == (site.server.url, "", [])


def test_the_straight_way_is_tried_again_after_a_while(site):
    site.roads.send(frame(1), {})
    asked = []
    site.direct.send = lambda batch, headers: asked.append(1) or (_ for _ in ()).throw(TransportError("x"))
    site.roads.send(frame(2), {})
    assert asked == []

    site.clock.pass_time(roads.DIRECT_AGAIN_S + 1)
    site.roads.send(frame(3), {})

    assert asked == [1]
    server, relay, failed = roads.last_way(site.state)
    assert (server, relay) == ("", site.host)
    assert failed[0][0] == DEAD


def test_without_any_relay_the_first_problem_is_told(site):
    alone = Roads(HttpTransport((DEAD,)), identity(), site.state, site.clock, list)

    with pytest.raises(TransportError) as caught:
        alone.send(frame(1), {})

    assert caught.value.code == "connect"


# --- the open door


def ask(site, body: bytes, path: str = RELAY_PATH, method: str = "POST", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", site.relay.port, timeout=5)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def test_the_door_takes_only_envelopes_of_a_sane_size(site):
    sealed = envelope.seal_envelope(envelope.UPLOAD, b"", AGENT_ID, bytes(32), 1)

    assert ask(site, b"x" * 100) == 400
    assert ask(site, frame()) == 400
    assert ask(site, sealed, path="/agent/v1/enrol") == 404
    assert ask(site, b"", method="GET") == 501
    assert ask(site, b"", **{"Content-Length": str(envelope.MAX_ENVELOPE + 1)}) == 413
    assert ask(site, b"", **{"Content-Length": "-1"}) == 411
    assert len(site.store) == 0


def test_a_pc_that_comes_too_often_waits():
    now = [0.0]
    rate = Rate(lambda: now[0])

    assert [rate.take("10.0.0.9") for _ in range(31)] == [True] * 30 + [False]
    assert rate.take("10.0.0.8")
    now[0] += 2.0
    assert rate.take("10.0.0.9")
    assert not rate.take("10.0.0.9")
    for number in range(relay_module.MAX_KNOWN + 40):
        rate.take("x{}".format(number))
    assert len(rate._left) <= relay_module.MAX_KNOWN


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("192.168.1.20", True), ("10.1.2.3", True), ("172.31.0.1", True), ("169.254.3.4", True), ("127.0.0.1", True),
        ("fe80::1%eth0", True), ("fd00::5", True), ("::ffff:192.168.1.2", True), ("8.8.8.8", False), ("172.32.0.1", False),
        ("2001:ee0::1", False), ("0.0.0.0", False), ("", False), ("x", False),
    ],
)  # fmt: skip
def test_strangers_are_not_served(address, private):
    assert is_private(address) is private
    relay = Relay(None, 0)  # type: ignore[arg-type]  # nothing gets as far as the carrier
    for pair in ((address, "192.168.1.1"), ("192.168.1.1", address)):
        with pytest.raises(AttributeError if private else Refused) as caught:
            relay.take(*pair, b"")
        assert private or getattr(caught.value, "status", 0) == 403


def test_one_pc_holds_at_most_two_connections(site):
    held = [socket.create_connection(("127.0.0.1", site.relay.port)) for _ in range(4)]
    try:
        for sock in held[2:]:
            sock.settimeout(5)
            assert sock.recv(1) == b""
    finally:
        for sock in held:
            sock.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.168.1.20", ("192.168.1.20", 8737)), ("pc-1:9000", ("pc-1", 9000)), ("[fe80::1]:9000", ("fe80::1", 9000)),
        ("[fe80::1]", ("fe80::1", 8737)),
    ],
)  # fmt: skip
def test_hosts_are_read(text, found):
    assert split_host(text) == found


# --- what is kept


def test_a_flood_pushes_out_its_own_envelopes_first(tmp_path, monkeypatch):
    monkeypatch.setattr("agent.relay_store.MAX_FILES", 6)
    store = RelayStore(str(tmp_path / "r"), TestDisk())
    assert store.keep(b"quiet", "10.0.0.1")
    for number in range(20):
        assert store.keep(b"%d" % number, "10.0.0.66")

    kept = [store.read(item) for item in store.newest(100)]

    assert kept == [b"19", b"18", b"17", b"16", b"15", b"quiet"]


def test_bytes_are_bounded_and_half_writes_are_swept(tmp_path):
    disk = TestDisk()
    store = RelayStore(str(tmp_path / "r"), disk)
    for _ in range(5):
        store.keep(bytes(MAX_OF_ONE // 2), "10.0.0.66")
    assert store.size() <= MAX_OF_ONE
    (tmp_path / "r" / "000000000099-aaaaaaaa.env.new").write_bytes(b"half")

    again = RelayStore(str(tmp_path / "r"), disk)

    assert len(again) == 2
    assert not list((tmp_path / "r").glob("*.new"))
    again.keep(b"x", "10.0.0.1")
    assert again.newest(1)[0].number == 6


def test_a_full_disk_keeps_nothing_and_says_so(site, monkeypatch):
    site.cut_line()

    def full(path: str, data: bytes, mode: int = 0) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site.store._disk, "replace", full)
    with pytest.raises(TransportError) as caught:
        site.roads.send(frame(1), {})

    assert caught.value.code == "relay"
    assert "507" in str(caught.value)
    assert len(site.store) == 0


# --- when it is on


@pytest.mark.parametrize(
    ("ini", "policy", "on"),
    [("auto", False, False), ("auto", True, True), ("yes", False, True), ("no", True, False)],
)
def test_settings_come_before_policy(ini, policy, on):
    assert relaying.wanted(settings.Settings(relay=ini), AgentPolicy(relay_enabled=policy)) is on


def test_the_door_opens_and_shuts_with_the_policy(tmp_path):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    state = State(str(tmp_path), TestDisk())
    found = settings.load("/not/there.ini", {"agent.server": DEAD, "agent.state_dir": str(tmp_path)})
    looked_after = relaying.Relaying(found, state, identity(RELAY_ID))

    looked_after.look(AgentPolicy(relay_port=port))
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=2)
    looked_after.look(AgentPolicy(relay_enabled=True, relay_port=port))
    socket.create_connection(("127.0.0.1", port), timeout=2).close()
    looked_after.look(AgentPolicy(relay_port=port))
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def test_a_port_that_is_taken_is_told_and_tried_again_later(site, tmp_path, capsys):
    config = tmp_path / "a.ini"
    config.write_text("[agent]\nserver = {}\nstate_dir = {}\n[relay]\nenabled = yes\n".format(DEAD, tmp_path / "s"))
    state = State(str(tmp_path / "s"))
    state.prepare()
    state.keep("identity.json", {"agent_id": RELAY_ID, "key": identity(RELAY_ID).key, "key_generation": 1})
    policy = AgentPolicy(relay_port=site.relay.port)
    state.keep_policy(policy)

    assert cli.main(["relay", "run", "--config", str(config)]) == 3
    assert "Không mở được cổng chuyển tiếp {}".format(site.relay.port) in capsys.readouterr().err
    looked_after = relaying.Relaying(settings.load(str(config)), state, state.identity())
    looked_after.look(policy)
    looked_after.look(policy)
    looked_after.stop()
    assert cli.main(["relay", "--config", str(config)]) == 0
    assert "bật tại máy này" in capsys.readouterr().out


def test_a_relay_asks_no_relay_and_settings_come_first():
    policy = AgentPolicy(relay_hosts=("10.0.0.2", "10.0.0.1"))

    assert relaying.hosts(settings.Settings(relay_hosts=("10.0.0.1",)), policy) == ["10.0.0.1", "10.0.0.2"]
    assert relaying.hosts(settings.Settings(relay="yes"), policy) == []


def test_an_anchor_of_another_boot_or_a_slow_answer_counts_for_nothing(tmp_path):
    state = State(str(tmp_path), TestDisk())
    anchors = Anchors(state)
    anchors.note("b" * 32, 1.8e9, 100.0, 100.0 + roads.WIDEST_S + 1)
    assert anchors.bounds("b" * 32, 500.0) == (0.0, 0.0)
    anchors.note("b" * 32, 1.8e9, 100.0, 102.0)

    assert anchors.bounds("b" * 32, 112.0) == (1.8e9 + 10, 1.8e9 + 12)
    assert anchors.bounds("c" * 32, 112.0) == (0.0, 0.0)
    assert anchors.bounds("b" * 32, 50.0) == (0.0, 0.0)
    assert anchors.bounds("b" * 32, 102.0 + roads.OLDEST_S + 1) == (0.0, 0.0)
    state.keep_text(roads.ANCHOR_FILE, '{"boot_id": "' + "b" * 32 + '", "sent_s": "x"}')
    assert anchors.bounds("b" * 32, 112.0) == (0.0, 0.0)
