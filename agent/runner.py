"""Runs probes: deadline, status, duration, log. A probe that fails, hangs or talks too much stops nobody
else.

Light probes run in a thread that is given up at the deadline; while it still hangs, the probe is not started
again. Heavy ones (Probe.child) run in a child process of low priority (probe_child.py) that is killed at the
deadline.
"""

from __future__ import annotations

import dataclasses
import json
import threading
import time
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple, cast

from . import probes
from .budget import EXIT_CPU, Budget
from .probe import Denied, NoData, Probe, ProbeContext, ProbeResult, ProbeSettings
from .process import child_env, own_command, run_process
from .wire import codec
from .wire.errors import WireError
from .wire.sections import SECTIONS

__all__ = [
    "Denied", "NoData", "Probe", "ProbeContext", "ProbeResult", "ProbeSettings",
    "child_command", "judge", "run_probe", "run_probes",
]  # fmt: skip

_SIGXCPU = 24
MAX_DATA = 128 * 1024
MAX_LOG_LINES = 100
MAX_LINE = 300

WAITING_CYCLES = ("network", "hygiene")  # what is left out while the resident has used up its share of the CPU
BUDGET = Budget()

_hanging: Dict[str, Tuple[threading.Thread, str]] = {}
_hanging_lock = threading.Lock()


def run_probes(names: Iterable[str], context: ProbeContext, deadline_s: float) -> Dict[str, ProbeResult]:
    """Runs the named probes one after another, in the order of the table; those that the policy disables are
    left out, and so are those that can wait while the resident process is over its CPU budget. When the total time
    is used up, the rest is reported as failed."""
    wanted = set(names) - set(context.policy.disabled_probes)
    if BUDGET.is_over():
        waiting = {name for name in wanted if name in probes.PROBES and probes.PROBES[name].cycle in WAITING_CYCLES}
        context.log("CPU budget used up ({:.1f} s in an hour): {} wait".format(BUDGET.used_s(), sorted(waiting)))
        wanted -= waiting
    end = time.monotonic() + deadline_s
    results: Dict[str, ProbeResult] = {}
    for name, probe in probes.PROBES.items():
        if name not in wanted:
            continue
        left = end - time.monotonic()
        if left <= 0:
            error = "not started: the total time of {:g} s was used up".format(deadline_s)
            results[name] = ProbeResult(name, "failed", error=error)
        else:
            results[name] = run_probe(dataclasses.replace(probe, deadline_s=min(left, probe.deadline_s)), context)
    for name in sorted(wanted - set(probes.PROBES)):
        results[name] = ProbeResult(name, "failed", error="this agent has no such probe")
    return results


def run_probe(probe: Probe, context: ProbeContext) -> ProbeResult:
    """Runs one probe within its deadline. Never raises."""
    start = time.monotonic()
    log = _Log(context.log)
    try:
        result = _run_in_child(probe, context, log) if probe.child else _run_in_thread(probe, context, log)
    except Exception as error:  # the runner's own trouble, such as no more threads: this probe's failure alone
        result = ProbeResult(probe.name, "failed", error=_one_line(error))
    log.close()
    duration_ms = round((time.monotonic() - start) * 1000)
    return dataclasses.replace(result, duration_ms=duration_ms, log=log.lines())


def judge(probe: Probe, context: ProbeContext) -> ProbeResult:
    """Calls the probe here and now and turns its answer or exception into a status. Used by thread and
    child."""
    began = time.thread_time()

    def cpu_ms() -> int:
        return round((time.thread_time() - began) * 1000)

    try:
        data = probe.run(context)
        if data is None:
            return ProbeResult(probe.name, "no_data", cpu_ms=cpu_ms())
        return ProbeResult(probe.name, "ok", _checked(probe.name, codec.to_plain(data)), cpu_ms=cpu_ms())
    except NoData as error:
        return ProbeResult(probe.name, "no_data", error=_one_line(error, named=False))
    except (Denied, PermissionError) as error:
        return ProbeResult(probe.name, "denied", error=_one_line(error, named=False))
    except (Exception, SystemExit) as error:  # whatever a probe does wrong is that probe's result
        return ProbeResult(probe.name, "failed", error=_one_line(error))


def child_command(name: str) -> List[str]:
    """How to start probe_child for this probe."""
    return [*own_command("agent.probe_child", "probe-child"), name]


def _run_in_thread(probe: Probe, context: ProbeContext, log: _Log) -> ProbeResult:
    with _hanging_lock:
        thread, since = _hanging.get(probe.name, (None, ""))
        if thread is not None and thread.is_alive():
            return ProbeResult(probe.name, "failed", error="still running since {}".format(since))
        _hanging.pop(probe.name, None)
    answer: List[ProbeResult] = []
    own = dataclasses.replace(context, log=log.write)
    thread = threading.Thread(target=lambda: answer.append(judge(probe, own)), name="probe-" + probe.name, daemon=True)
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(context.host.now()))
    thread.start()
    thread.join(probe.deadline_s)
    if answer:
        return answer[0]
    if not thread.is_alive():
        return ProbeResult(probe.name, "failed", error="ended without an answer")
    with _hanging_lock:
        _hanging[probe.name] = (thread, since)
    return ProbeResult(probe.name, "failed", error=_too_late(probe))


def _run_in_child(probe: Probe, context: ProbeContext, log: _Log) -> ProbeResult:
    question = {
        "root": context.host.root,
        "platform": context.host.platform,
        "policy": codec.to_plain(context.policy),
        "settings": codec.to_plain(context.settings),
    }
    run = run_process(child_command(probe.name), probe.deadline_s, json.dumps(question).encode(), child_env(), True)
    if run.timed_out:
        return ProbeResult(probe.name, "failed", error=_too_late(probe))
    if run.code == EXIT_CPU or (run.code or 0) == -_SIGXCPU:
        return ProbeResult(probe.name, "failed", error="used more than {:g} s of CPU time".format(probe.cpu_s))
    try:
        answer = json.loads(run.out.decode("utf-8"))
        for line in answer["log"]:
            log.write(str(line))
        status, error = str(answer["status"]), _clip(str(answer["error"]))
        if status not in ("ok", "no_data", "failed", "denied"):
            raise ValueError("unknown status")
        data = _checked(probe.name, answer["data"]) if status == "ok" else None
        cpu_ms = int(answer["cpu_ms"])
    except (ValueError, KeyError, TypeError, WireError) as error:
        reason = run.err.splitlines()[-1] if run.err else _one_line(error)
        return ProbeResult(probe.name, "failed", error=_clip("child process: " + reason))
    return ProbeResult(probe.name, status, data, error, cpu_ms=cpu_ms)


def _checked(name: str, plain: Any) -> Dict[str, Any]:
    """What leaves the runner fits the contract, so that one wrong field cannot cost a whole report."""
    if not isinstance(plain, dict):
        raise TypeError("a probe must give a dataclass")
    if len(codec.dumps(plain)) > MAX_DATA:
        raise ValueError("the answer is larger than {} bytes".format(MAX_DATA))
    if name in SECTIONS:
        codec.read(SECTIONS[name], plain)
    return cast(Dict[str, Any], plain)


def _too_late(probe: Probe) -> str:
    return "deadline of {:.3g} s passed".format(probe.deadline_s)


def _one_line(error: BaseException, named: bool = True) -> str:
    text = " ".join(str(error).split())
    if not named:
        return _clip(text)
    return _clip("{}: {}".format(type(error).__name__, text) if text else type(error).__name__)


def _clip(text: str) -> str:
    clean = "".join(char if char.isprintable() else " " for char in text)
    return clean if len(clean) <= MAX_LINE else clean[: MAX_LINE - 1] + "\N{HORIZONTAL ELLIPSIS}"


class _Log:
    """A probe's lines, bounded; what a given-up thread writes later goes nowhere."""

    def __init__(self, forward: Callable[[str], None]) -> None:
        self._forward: Optional[Callable[[str], None]] = forward
        self._lines: List[str] = []

    def write(self, line: str) -> None:
        forward = self._forward
        if forward is None or len(self._lines) >= MAX_LOG_LINES:
            return
        clipped = _clip(line)
        self._lines.append(clipped)
        forward(clipped)

    def close(self) -> None:
        self._forward = None

    def lines(self) -> Tuple[str, ...]:
        return tuple(self._lines)
