"""Frames, budget, counters and places: the pure parts of measuring a line."""

from __future__ import annotations

from typing import List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.identity import State
from agent.nics import NicCounters
from agent.quality import budget, schedule
from agent.quality import ws_frames as ws
from agent.quality.adapters import People, adapter_bytes, grown
from agent.quality.budget import Spent, allow
from agent.quality.meter import TrafficMeter
from agent.quality.places import Places, places
from agent.quality.schedule import When
from agent.wire import line_token
from agent.wire.exchange import AgentPolicy

NOV_1, NOV_16, NOV_30 = 1793509200.0, 1794805200.0, 1796014800.0  # 12:00 of those days at UTC+7
GB, MB = 1_000_000_000, 1_000_000


# --- frames


def server_frame(kind: int, data: bytes, last: bool = True) -> bytes:
    head = bytes([(0x80 if last else 0) | kind])
    if len(data) < 126:
        return head + bytes([len(data)]) + data
    if len(data) < 65536:
        return head + b"\x7e" + len(data).to_bytes(2, "big") + data
    return head + b"\x7f" + len(data).to_bytes(8, "big") + data


@given(
    st.lists(st.tuples(st.sampled_from([ws.TEXT, ws.BINARY, ws.PING]), st.integers(0, 70000)), max_size=6), st.data()
)
@settings(max_examples=40)
def test_frames_arrive_in_any_pieces(frames, data) -> None:
    frames = [(kind, min(size, 125) if kind == ws.PING else min(size, 60000)) for kind, size in frames]
    stream = b"".join(server_frame(kind, bytes(size)) for kind, size in frames)
    reader, found, offset = ws.Reader(), [], 0
    while offset < len(stream):
        step = data.draw(st.integers(1, len(stream)))
        found += list(reader.feed(stream[offset : offset + step]))
        offset += step

    assert [(message.kind, len(message.data)) for message in found] == [row for row in frames if row[0] != ws.BINARY]
    assert reader.load_bytes == sum(size for kind, size in frames if kind == ws.BINARY)


def test_control_frames_between_fragments() -> None:
    stream = (
        server_frame(ws.BINARY, b"abc", last=False) + server_frame(ws.PING, b"?") + server_frame(0, b"de", last=False)
        + server_frame(0, b"f") + server_frame(ws.TEXT, b"{}")
    )  # fmt: skip
    reader = ws.Reader()

    messages = list(reader.feed(stream))

    assert [(message.kind, message.data) for message in messages] == [(ws.PING, b"?"), (ws.TEXT, b"{}")]
    assert reader.load_bytes == 6


@pytest.mark.parametrize(
    "bad",
    [
        b"\x82\x80", b"\xc2\x00", b"\x83\x00", b"\x00\x01a", b"\x89\x7e\x01\x00", b"\x09\x00",
        b"\x82\x7f" + (1 << 25).to_bytes(8, "big"), b"\x81\x7f" + (1 << 20).to_bytes(8, "big"),
        server_frame(ws.TEXT, b"a", last=False) + server_frame(ws.TEXT, b"b"),
    ],
    ids=["masked", "extension", "kind", "continuation", "long-ping", "split-ping", "huge", "huge-text", "interleaved"],
)  # fmt: skip
def test_what_no_server_may_send(bad: bytes) -> None:
    with pytest.raises(ws.FrameError):
        list(ws.Reader().feed(bad))


@given(st.binary(max_size=400))
@settings(max_examples=100)
def test_arbitrary_bytes_neither_crash_nor_fill_the_memory(data: bytes) -> None:
    reader = ws.Reader()
    try:
        kept = sum(len(message.data) for message in reader.feed(data))
    except ws.FrameError:
        return
    assert kept <= len(data)


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536, 1 << 20])
def test_our_frames_have_a_mask_of_nought(size: int) -> None:
    head = ws.header(ws.BINARY, size)

    assert head[0] == 0x82 and head[1] & 0x80 and head[-4:] == bytes(4)
    length = head[1] & 0x7F
    assert (length if length < 126 else int.from_bytes(head[2:-4], "big")) == size


# --- token


def test_a_token_is_bound_to_agent_direction_and_time() -> None:
    text = line_token.make("a1" * 16, 2, b"k" * 32, 1795400000.7, b"12345678", "down")
    token = line_token.read(text)

    assert token is not None and token.fits(b"k" * 32) and not token.fits(b"x" * 32)
    assert token.is_fresh(1795400100.0) and not token.is_fresh(1795400121.0 + 1)
    for changed in (text.replace(".down.", ".up."), text.replace("a1", "a2", 1), text.replace(".2.", ".3.")):
        other = line_token.read(changed)
        assert other is not None and not other.fits(b"k" * 32)


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_whatever_is_no_token(text: str) -> None:
    assert line_token.read(text) is None
    assert line_token.read("gw1." + text) is None


# --- budget


def policy(link_class: str = "fibre", megabytes: int = 20000, agents: int = 1, **changes: int) -> AgentPolicy:
    return AgentPolicy(line_class=link_class, line_budget_mb=megabytes, line_agents=agents, **changes)


def test_the_levels_follow_what_is_left() -> None:
    rates = (100.0, 50.0)  # a full test of both directions: 197 MB
    levels = [
        allow(policy(megabytes=megabytes), Spent(), NOV_1, rates).level for megabytes in (40000, 6000, 200, 30, 1, 0)
    ]

    assert levels == ["full", "full", "capped", "capped", "stamp", "none"]


def test_a_line_that_was_never_measured_begins_with_a_capped_test() -> None:
    assert allow(policy(), Spent(), NOV_1, (0.0, 0.0)).level == "capped"
    assert allow(policy(), Spent(), NOV_1, (20.0, 10.0)).level == "full"


@given(
    st.integers(0, 100_000), st.integers(0, 40) | st.integers(0, 10**12), st.integers(1, 200),
    st.floats(0, 10000), st.floats(0, 10000), st.integers(0, 29),
)  # fmt: skip
@settings(max_examples=60)
def test_what_is_allowed_fits_into_what_is_left(megabytes, spent, agents, down, up, day) -> None:
    rules = policy(megabytes=megabytes, agents=agents)
    now = NOV_1 + day * 86400.0

    found = allow(rules, Spent(("2026-11",), (spent,)), now, (down, up))

    daily = found.tests_per_day * (budget.full_bytes(down, up) if found.level == "full" else budget.capped_bytes())
    if found.stamp_every_s:
        daily += budget.stamp_bytes(60) * 86400 / found.stamp_every_s
    assert daily * (30 - day) <= max(0, found.budget_bytes - spent) * 1.001
    assert found.tests_per_day <= 4 / agents and found.spent_bytes == spent
    assert found.stamp_every_s == 0 or found.stamp_every_s >= 900 * agents


def test_the_budget_lasts_the_month_on_a_dear_line() -> None:
    rules, spent, now = policy("satellite", 150), Spent(), NOV_1
    trains = tests = 0
    for _ in range(30):
        found = allow(rules, spent, now, (20.0, 5.0))
        assert found.level == "capped"
        trains += round(86400 / found.stamp_every_s)
        used = budget.stamp_bytes(60) * 86400 / found.stamp_every_s + found.tests_per_day * budget.capped_bytes()
        tests += found.tests_per_day
        spent = spent.plus("2026-11", int(used))
        now += 86400
    assert 140 * MB <= spent.of("2026-11") <= 150 * MB
    assert trains > 1000 and tests > 10
    assert allow(rules, spent, now, (20.0, 5.0)).spent_bytes == 0, "December begins anew"


@pytest.mark.parametrize("number", [0, -5, 2**62])
def test_a_mistaken_policy_is_pulled_in(number: int) -> None:
    rules = AgentPolicy(
        line_budget_mb=10**6, line_agents=-number, line_stamp_s=number, line_stamp_packets=number,
        line_tests_per_day=number,
    )  # fmt: skip

    found = allow(rules, Spent(), NOV_1, (20.0, 10.0))

    assert found.tests_per_day <= 24 and (found.stamp_every_s >= 60 or found.stamp_every_s == 0)
    assert 10 <= budget.train_packets(rules) <= 600


def test_offices_with_many_pcs_share_the_line() -> None:
    one, seven = (allow(policy(agents=agents), Spent(), NOV_1, (20.0, 10.0)) for agents in (1, 7))

    assert seven.stamp_every_s == 7 * one.stamp_every_s
    assert seven.tests_per_day == pytest.approx(one.tests_per_day / 7)
    assert seven.budget_bytes == one.budget_bytes // 7


def test_a_clock_without_a_battery_buys_no_second_budget() -> None:
    broken = 1262304000.0  # 2010

    assert budget.month_of(broken) == ""
    assert allow(policy(), Spent(), broken, (20.0, 10.0)).level == "stamp"


def test_a_few_months_are_remembered() -> None:
    spent = Spent()
    for month in ("2026-09", "2026-08", "2026-10", "2026-11", "2026-12", "2027-01"):
        spent = spent.plus(month, 5)

    assert spent.months == ("2026-10", "2026-11", "2026-12", "2027-01")
    assert spent.plus("2027-01", -9).of("2027-01") == 0


# --- schedule


def test_time_between_two_tests_survives_restarts_and_lying_clocks() -> None:
    then = When("a", 1000.0, 1.8e9)

    assert schedule.passed_s(then, When("a", 4600.0, 5.0)) == 3600
    assert schedule.passed_s(then, When("b", 60.0, 1.8e9 + 86400)) == 86400
    assert schedule.passed_s(then, When("b", 60.0, 1.0)) == 60, "the clock went back: no more than since the boot"
    assert schedule.passed_s(then, When("b", 60.0, 9e9)) == 60


def test_gaps_are_spread() -> None:
    assert schedule.speed_gap_s(4, 0.5) == 7200 and schedule.speed_gap_s(0.2, 0.5) == 5 * 86400
    assert schedule.speed_gap_s(0, 0.5) == schedule.stamp_gap_s(0, 0.5) == float("inf")
    assert (schedule.stamp_gap_s(900, 0.0), schedule.stamp_gap_s(900, 1.0)) == pytest.approx((720, 1080))


# --- places


@pytest.mark.parametrize(
    ("reflector", "ndt7", "server", "expected"),
    [
        (":8620", ":8621", "https://g.vn", Places("g.vn", 8620, "https://g.vn:8621", "g.vn:8621")),
        (":8620", ":8621", "http://[fe80::1]:8080", Places("fe80::1", 8620, "http://[fe80::1]:8621", "[fe80::1]:8621")),
        ("do.vn:862", "https://do.vn", "https://g.vn", Places("do.vn", 862, "https://do.vn", "do.vn:443")),
        ("[2001:db8::5]:862", "", "https://g.vn", Places("2001:db8::5", 862)),
        ("", "", "https://g.vn", Places()),
        (":x", "ftp://a", "https://g.vn", Places()),
        (":70000", "https://a:b", "", Places()),
        (":8620", ":8621", "", Places()),
    ],
)
def test_where_to_measure(reflector: str, ndt7: str, server: str, expected: Places) -> None:
    assert places(AgentPolicy(line_reflector=reflector, line_ndt7=ndt7), server) == expected


# --- counters


def test_counters_that_run_over_begin_again_come_and_go() -> None:
    top = 1 << 32

    assert grown({"a": (top - 100, 5)}, {"a": (400, 25)}, 10) == (500, 20), "a 32-bit counter ran over"
    assert grown({"a": (5000, 5000)}, {"a": (400, 25)}, 10) == (400, 25), "the driver began again"
    assert grown({"a": (5, 5)}, {"a": (6, 6), "b": (10**9, 10**9)}, 10) == (1, 1), "a card that has just come"
    assert grown({"a": (5, 5), "b": (7, 7)}, {"b": (8, 8)}, 10) == (1, 1), "a card that went"
    assert grown({"a": (0, 0)}, {"a": (10**15, 50)}, 10) == (0, 50), "more than any card can do"


class _Host:
    root, platform = "/", "linux"

    def __init__(self, kinds: dict, route: str = "") -> None:
        self.memo: dict = {}
        self.kinds, self.route = kinds, route

    def nic_counters(self) -> dict:
        return {name: NicCounters(rx_bytes=10, tx_bytes=20) for name in self.kinds}

    def read_text(self, path: str) -> str:
        if path == "/proc/net/route":
            return "Iface\tDestination\tGateway\n{}\t00000000\t0102A8C0\n".format(self.route)
        name = path.split("/")[-2]
        return {"loopback": "772", "wired": "1", "virtual": "1"}[self.kinds[name]] if path.endswith("/type") else ""

    def readlink(self, _path: str) -> str:
        return ""

    def exists(self, path: str) -> bool:
        return path.endswith("/device") and self.kinds[path.split("/")[-2]] == "wired"


def test_only_cards_that_can_be_touched_count() -> None:
    real = _Host({"lo": "loopback", "eth0": "wired", "br0": "virtual"}, "br0")
    bare = _Host({"lo": "loopback", "eth0": "virtual", "docker0": "virtual"}, "eth0")

    assert adapter_bytes(real) == {"eth0": (10, 20)}  # type: ignore[arg-type]
    assert adapter_bytes(bare) == {"eth0": (10, 20)}, "a virtual machine's way out"  # type: ignore[arg-type]


class _Line:
    """Counters that grow by what people and the test move."""

    def __init__(self) -> None:
        self.now, self.bytes = 0.0, [0, 0]

    def read(self) -> dict:
        return {"eth0": (self.bytes[0], self.bytes[1])}

    def watch(self, down: float = 20.0, up: float = 10.0) -> People:
        return People(self.read, (down, up), lambda: self.now)


def test_people_before_a_test() -> None:
    line = _Line()
    for moved, busy in ((100_000, False), (2_000_000, True)):  # of 20 Mbit/s, 2 s: 20 % are 1 MB

        def sleep(seconds: float, moved: int = moved) -> None:
            line.now += seconds
            line.bytes[0] += moved

        assert line.watch().before(sleep) is busy


def test_people_during_a_test() -> None:
    for others, said in ((0, ""), (4_000_000, "busy")):
        line = _Line()
        people = line.watch()
        people.begin()
        line.now, own = 5.0, 12_000_000
        line.bytes = [int(own * 1.05) + others, int(own * 0.03)]

        assert people.during(own, 0) == said


# --- traffic


def when(mono: float, boot: str = "b" * 32) -> When:
    return When(boot, mono, 1.8e9 + mono)


def meter_of(folder, counts: List[int]) -> TrafficMeter:
    state = State(str(folder))
    state.prepare()
    return TrafficMeter(state, lambda: {"eth0": (counts[0], counts[0] // 10)})


def test_sleep_is_no_part_of_a_sample(tmp_path) -> None:
    counts = [0]
    meter = meter_of(tmp_path, counts)
    for mono in range(0, 181, 60):
        counts[0] += 1000
        meter.turn(when(mono))
    meter.turn(when(9000))  # it slept for more than two hours
    for mono in range(9060, 9301, 60):
        counts[0] += 500
        meter.turn(when(mono))

    samples = meter.kept.samples
    assert [(sample.seconds, sample.monotonic_s) for sample in samples] == [(180.0, 180.0), (300.0, 9300.0)]
    assert [sample.bytes_in for sample in samples] == [3000, 2500]


def test_what_tests_moved_is_told_beside_it(tmp_path) -> None:
    counts = [0]
    meter = meter_of(tmp_path, counts)
    meter.turn(when(0))
    meter.add_test(700)
    counts[0] = 100_000
    for mono in range(60, 301, 60):
        meter.turn(when(mono))

    assert [(sample.bytes_in, sample.tests_bytes) for sample in meter.kept.samples] == [(100_000, 700)]


def test_samples_survive_a_kill_and_the_end_takes_the_rest_along(tmp_path) -> None:
    counts = [0]
    meter = meter_of(tmp_path, counts)
    for mono in range(0, 301, 60):
        meter.turn(when(mono))
    again = meter_of(tmp_path, counts)
    again.turn(when(400))
    again.turn(when(460))
    again.finish(when(470))

    assert [sample.monotonic_s for sample in again.kept.samples] == [300.0, 470.0]
    again.told(again.kept.samples[:1])
    assert [sample.monotonic_s for sample in meter_of(tmp_path, counts).kept.samples] == [470.0]
