from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import probes, runner
from agent.budget import Budget
from agent.host import Host
from agent.runner import Denied, NoData, Probe, ProbeContext, run_probe, run_probes
from agent.wire.exchange import AgentPolicy
from agent.wire.sections import SystemInfo, UptimeInfo

CHILD = str(Path(__file__).with_name("child_probes.py"))


def probe(run: Callable[[ProbeContext], Any], name: str = "system", deadline_s: float = 5.0) -> Probe:
    return Probe(name, run, deadline_s, "inventory")


def raising(error: BaseException) -> Callable[[ProbeContext], Any]:
    def run(context: ProbeContext) -> Any:
        raise error

    return run


@pytest.fixture
def context() -> ProbeContext:
    return ProbeContext(Host())


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Ends the probes that hang in a test; what still hangs is forgotten afterwards."""
    monkeypatch.setattr(runner, "_hanging", {})
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def in_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "child_command", lambda name: [sys.executable, "-B", CHILD, name])


def test_an_answer_is_ok_and_plain(context: ProbeContext) -> None:
    result = run_probe(probe(lambda _: SystemInfo(os_id="debian")), context)

    assert (result.status, result.data, result.error) == ("ok", {"os_id": "debian"}, "")


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (NoData("no radio here"), "no_data", "no radio here"),
        (Denied("needs the administrator"), "denied", "needs the administrator"),
        (PermissionError(13, "permission denied", "/x"), "denied", "[Errno 13] permission denied: '/x'"),
        (ValueError("two\nlines"), "failed", "ValueError: two lines"),
        (KeyError(), "failed", "KeyError"),
        (RuntimeError("x" * 5000), "failed", "RuntimeError: " + "x" * 285 + "\u2026"),
    ],
)
def test_an_exception_becomes_a_status(context: ProbeContext, error: Exception, status: str, text: str) -> None:
    result = run_probe(probe(raising(error)), context)

    assert (result.status, result.data, result.error) == (status, None, text)


def test_none_is_no_data(context: ProbeContext) -> None:
    assert run_probe(probe(lambda _: None), context).status == "no_data"


def test_even_a_probe_that_would_end_the_agent_is_reported(context: ProbeContext) -> None:
    result = run_probe(probe(raising(SystemExit(2))), context)

    assert (result.status, result.error) == ("failed", "SystemExit: 2")


@pytest.mark.parametrize("data", [SystemInfo(hostname="a\x00b"), SystemInfo(os_name="x" * 5000), {"a": 1}.keys()])
def test_what_the_contract_refuses_never_leaves(context: ProbeContext, data: Any) -> None:
    assert run_probe(probe(lambda _: data), context).status == "failed"


def test_an_answer_too_large_is_refused(context: ProbeContext) -> None:
    result = run_probe(probe(lambda _: {"a": "x" * 200000}, "other"), context)

    assert "larger than" in result.error


def test_a_hanging_probe_is_left_and_not_started_again(context: ProbeContext, release: threading.Event) -> None:
    started: List[int] = []

    def hang(_: ProbeContext) -> SystemInfo:
        started.append(1)
        release.wait(20)
        return SystemInfo(os_id="late")

    hanging = probe(hang, deadline_s=0.1)

    first, second = run_probe(hanging, context), run_probe(hanging, context)
    release.set()
    deadline = time.monotonic() + 5
    while run_probe(hanging, context).status == "failed" and time.monotonic() < deadline:
        time.sleep(0.01)
    last = run_probe(hanging, context)

    assert (first.status, first.error) == ("failed", "deadline of 0.1 s passed")
    assert second.error.startswith("still running since 20")
    assert (last.status, last.data) == ("ok", {"os_id": "late"})
    assert len(started) >= 2


def test_a_bad_probe_stops_nobody(
    context: ProbeContext, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    table: Dict[str, Probe] = {
        "system": probe(lambda _: release.wait(20), "system", 0.1),
        "hardware": probe(raising(ZeroDivisionError()), "hardware"),
        "uptime": probe(lambda _: UptimeInfo(on_battery=True), "uptime"),
    }
    monkeypatch.setattr(probes, "PROBES", table)

    results = run_probes(["uptime", "nonsense", "hardware", "system"], context, 10)

    assert list(results) == ["system", "hardware", "uptime", "nonsense"]
    assert [item.status for item in results.values()] == ["failed", "failed", "ok", "failed"]
    assert results["nonsense"].error == "this agent has no such probe"


def test_the_total_time_bounds_all(
    context: ProbeContext, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {name: probe(lambda _: release.wait(20), name, 10) for name in ("system", "hardware")}
    monkeypatch.setattr(probes, "PROBES", table)

    results = run_probes(list(table), context, 0.15)

    assert results["system"].error.startswith("deadline of 0.1")
    assert results["hardware"].error == "not started: the total time of 0.15 s was used up"


def test_disabled_probes_are_left_out(context: ProbeContext) -> None:
    context.policy = AgentPolicy(disabled_probes=("system",))

    assert run_probes(["system"], context, 5) == {}


def test_the_log_is_kept_forwarded_and_bounded(context: ProbeContext) -> None:
    forwarded: List[str] = []
    context.log = forwarded.append

    def chatter(own: ProbeContext) -> SystemInfo:
        for number in range(500):
            own.log("line {}\nbroken".format(number))
        return SystemInfo()

    result = run_probe(probe(chatter), context)

    assert len(result.log) == runner.MAX_LOG_LINES
    assert result.log[0] == "line 0 broken"
    assert forwarded == list(result.log)


def test_duration_is_measured(context: ProbeContext) -> None:
    result = run_probe(probe(lambda _: time.sleep(0.05)), context)

    assert 45 <= result.duration_ms < 2000


@pytest.mark.usefixtures("in_child")
class TestChild:
    """Heavy probes, in a process of their own; child_probes.py adds probes for tests to the table."""

    @staticmethod
    def run(name: str, context: ProbeContext, deadline_s: float = 20.0) -> runner.ProbeResult:
        return run_probe(Probe(name, raising(AssertionError()), deadline_s, "network", child=True), context)

    def test_it_answers_with_data_and_log(self, context: ProbeContext) -> None:
        context.policy = AgentPolicy(version=7)
        context.settings = runner.ProbeSettings(state_dir="/s", extra={"a": "\u1ea5"})

        result = self.run("echo", context)

        assert (result.status, result.error) == ("ok", "")
        assert result.data == {"policy": 7, "state_dir": "/s", "extra": "\u1ea5", "is_low": True}
        assert result.log == ("a line",)

    def test_it_is_killed_at_the_deadline(self, context: ProbeContext) -> None:
        start = time.monotonic()

        result = self.run("hang", context, 0.8)

        assert (result.status, result.error) == ("failed", "deadline of 0.8 s passed")
        assert time.monotonic() - start < 5

    def test_it_ends_itself_when_it_burns_the_processor(self, context: ProbeContext) -> None:
        result = self.run("burn", context)

        assert (result.status, result.error) == ("failed", "used more than 5 s of CPU time")
        assert result.duration_ms < 15_000

    def test_its_cpu_time_is_told(self, context: ProbeContext) -> None:
        context.settings = runner.ProbeSettings(extra={"a": ""})
        assert self.run("echo", context).cpu_ms > 0

    @pytest.mark.parametrize(
        ("name", "status", "error"),
        [
            ("refuse", "denied", "not for you"),
            ("crash", "failed", "child process: "),
            ("flood", "failed", "child process: "),
            ("nonsense", "failed", "this agent has no such probe"),
        ],
    )
    def test_its_failure_is_told(self, context: ProbeContext, name: str, status: str, error: str) -> None:
        result = self.run(name, context)

        assert result.status == status
        assert result.error.startswith(error)


def test_child_command_of_an_ordinary_python() -> None:
    assert runner.child_command("x")[-4:] == ["-B", "-m", "agent.probe_child", "x"]


def test_child_command_of_a_service_with_its_own_exe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python.exe").write_bytes(b"")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "agentsvc.exe"))

    assert runner.child_command("x")[0] == str(tmp_path / "python.exe")


def test_child_command_of_a_frozen_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    assert runner.child_command("x") == [sys.executable, "probe-child", "x"]


def test_a_real_probe_answers_from_a_child(context: ProbeContext) -> None:
    real = probes.PROBES["system"]

    result = run_probe(Probe("system", real.run, 20, "inventory", child=True), context)

    assert result.status == "ok"
    assert (result.data or {})["agent_python"] == ".".join(str(part) for part in sys.version_info[:3])


def test_cpu_time_is_measured(context: ProbeContext) -> None:
    def busy(_context: ProbeContext) -> UptimeInfo:
        end = time.thread_time() + 0.05
        while time.thread_time() < end:
            pass
        return UptimeInfo()

    assert run_probe(Probe("uptime", busy, 5, "heartbeat"), context).cpu_ms >= 40


def test_what_can_wait_is_left_out_while_the_budget_is_used_up(
    context: ProbeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = [0.0]
    now = [1000.0]
    budget = Budget(cpu=lambda: spent[0], clock=lambda: now[0])
    monkeypatch.setattr(runner, "BUDGET", budget)

    assert set(run_probes(["counters", "uptime"], context, 30)) == {"counters", "uptime"}
    now[0], spent[0] = 1100.0, 7.3
    assert set(run_probes(["counters", "uptime"], context, 30)) == {"uptime"}
    now[0] = 1100.0 + 3700
    assert set(run_probes(["counters", "uptime"], context, 30)) == {"counters", "uptime"}, "the hour has moved on"


@given(st.lists(st.tuples(st.floats(1, 4000), st.floats(0, 3)), max_size=60))
def test_the_budget_counts_no_more_than_was_used_and_little_more_than_an_hour(steps: List[Tuple[float, float]]) -> None:
    now, cpu = [0.0], [0.0]
    history = [(0.0, 0.0)]
    budget = Budget(cpu=lambda: cpu[0], clock=lambda: now[0])
    for wait, work in steps:
        now[0] += wait
        cpu[0] += work
        history.append((now[0], cpu[0]))
        used = budget.used_s()
        budget.is_over()
        lately = cpu[0] - max(spent for at, spent in history if at <= max(0.0, now[0] - 3600.0) + 1e-6)
        assert lately - 1e-6 <= used <= cpu[0] + 1e-6
