"""`gapwatch-agent line` and `probe stamp | ndt7`, typed by a person."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import cli
from agent.identity import State
from agent.quality import child, memory, ndt7_client
from agent.quality.budget import Spent
from agent.wire import codec
from agent.wire.exchange import AgentPolicy, EnrolAnswer
from agent.wire.sections_quality import QualityTest
from collector.ndt7.desk import Desk
from collector.reflector import server as reflector_server
from collector.reflector.server import Reflector
from tests.quality.ndt7_server import AGENT, Office, key_of, running


class Pc:
    """An enrolled PC with its settings file; `run` types a command."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], policy: AgentPolicy) -> None:
        self.state = State(str(folder / "state"))
        self.state.prepare()
        self.state.accept(EnrolAnswer(AGENT, key_of(AGENT).hex(), 1), "http://127.0.0.1:1")
        self.state.keep_policy(policy)
        self.config = folder / "agent.ini"
        self.config.write_text(f"[agent]\nserver = http://127.0.0.1:1\nstate_dir = {self.state.folder}\n")
        self._capsys = capsys

    def run(self, *words: str) -> tuple[int, str, str]:
        code = cli.main([*words, "--config", str(self.config)])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """A reflector and an ndt7 server for this agent."""
    monkeypatch.setattr(reflector_server, "LOOK_S", 0.02)
    made = Reflector(("127.0.0.1", 0), Office())
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    with running(Desk(Office())) as (port, _):
        yield made.port, port
    made.stop()
    thread.join()


@pytest.fixture
def pc(tmp_path: Path, capsys: pytest.CaptureFixture[str], ports: tuple[int, int]) -> Pc:
    policy = AgentPolicy(
        version=2, line_reflector=f":{ports[0]}", line_ndt7=f":{ports[1]}", line_class="mobile", line_budget_mb=300,
        line_agents=2,
    )  # fmt: skip
    return Pc(tmp_path, capsys, policy)


def test_packets_by_hand(pc: Pc) -> None:
    code, out, _ = pc.run("probe", "stamp", "--packets", "5", "--interval", "5", "--json")
    shown = pc.run("probe", "stamp", "--packets", "5", "--interval", "5")

    (test,) = json.loads(out)["tests"]
    assert code == 0 and (test["outcome"], test["packets_sent"], test["packets_received"]) == ("ok", 5, 5)
    assert (test["lost_forward"], test["lost_backward"], test["interval_ms"]) == (0, 0, 5.0)
    assert shown[0] == 0 and "đo xong mất 0/5 gói" in shown[1] and "Số gói mất chiều đi: 0" in shown[1]


def test_a_foreign_reflector_gets_no_seal_and_ours_says_nothing(pc: Pc, ports: tuple[int, int]) -> None:
    target = ["--target", f"127.0.0.1:{ports[0]}", "--packets", "2", "--interval", "5", "--json"]
    code, out, _ = pc.run("probe", "stamp", *target)
    own = pc.run("probe", "stamp", *target, "--own")

    assert code == 1 and json.loads(out)["tests"][0]["error"] == "no_answer"
    assert own[0] == 0


def test_speed_by_hand(pc: Pc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndt7_client, "WINDOW_S", 0.05)
    code, out, _ = pc.run("probe", "ndt7", "--max-mb", "1", "--force", "--json")

    tests = json.loads(out)["tests"]
    assert code == 0 and [(test["kind"], test["outcome"]) for test in tests] == [
        ("ndt7_down", "capped"), ("ndt7_up", "capped"),
    ]  # fmt: skip
    assert all(test["mbps"] > 0 and test["bytes_used"] == 1_050_000 for test in tests)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stamp", "--packets", "0"], "--packets"), (["stamp", "--size", "46"], "--size"),
        (["stamp", "--interval", "x"], "--interval"), (["ndt7", "--direction", "left"], "--direction"),
        (["ndt7", "--target", "do.vn"], "https://"), (["ndt7", "--max-mb", "-1"], "--max-mb"),
    ],
)  # fmt: skip
def test_wrong_words_are_named(pc: Pc, words: list[str], said: str) -> None:
    code, _, err = pc.run("probe", *words)

    assert code == 2 and said in err


def test_without_an_address_the_remedy_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pc = Pc(tmp_path, capsys, AgentPolicy(version=2))

    assert "line.reflector" in pc.run("probe", "stamp")[2]
    assert "line.ndt7" in pc.run("probe", "ndt7")[2]
    assert "Chưa có lần đo nào" in pc.run("line")[1]


def test_what_it_cost_and_gave(pc: Pc) -> None:
    test = QualityTest(
        7, "stamp", outcome="ok", bytes_used=9004, packets_sent=60, packets_received=58, lost_forward=2,
        lost_backward=0, rtt_median_ms=14.5, rtt_p95_ms=30.0, jitter_ms=2.0, agent_time_s=1795392000.0,
    )  # fmt: skip
    refused = QualityTest(8, "ndt7_down", outcome="refused", error="busy", agent_time_s=1795392060.0)
    month = memory.LineState(
        waiting=(test,), last=(test, refused), spent=Spent(("2026-11",), (30_000_000,)), down_mbps=20.0, why="cut_off"
    )
    pc.state.keep(memory.FILE, codec.to_plain(month))

    code, out, _ = pc.run("line")
    plain = json.loads(pc.run("line", "--json")[1])

    assert code == 0
    for part in (
        "Loại đường truyền: di động; 2 máy", "150 MB", "mất 2/60 gói (đi 2, về 0), trễ khứ hồi 14,5 ms (p95 30 ms)",
        "máy chủ từ chối (máy chủ đang đo cho máy khác cùng đường truyền)", "báo cáo đang không tới được máy chủ",
        "Chờ gửi: 1 kết quả đo", "xuống 20 Mbit/s, lên chưa rõ",
    ):  # fmt: skip
        assert part in out, part
    assert plain["budget_bytes"] == 150_000_000 and plain["off"] == "cut_off"
    assert [row["id"] for row in plain["last"]] == [7, 8]


def test_the_child_ends_when_whoever_asked_is_gone(pc: Pc, ports: tuple[int, int]) -> None:
    import subprocess
    import sys

    question = {
        "kind": "stamp", "host": "127.0.0.1", "port": ports[0], "packets": 600, "interval_s": 0.2, "size": 44,
        "server": "", "agent_id": AGENT, "generation": 1, "key": key_of(AGENT).hex(), "root": "/", "platform": "linux",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", child.__name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, _ = process.communicate(json.dumps(question).encode() + b"\n", timeout=60)

    assert out == b"" and process.returncode == 0
