"""What the agent costs an old PC, against its budgets: CPU of the resident process over an hour, CPU of a full inventory with
its children, memory over 10,000 cycles, a polite sweep of a /24.

python -m tests.bench cost
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from agent import loop, service
from agent.budget import RESIDENT_SHARE
from agent.delivery import Delivery
from agent.host import Host
from agent.identity import State
from agent.probe import ProbeContext
from agent.probes import PROBES
from agent.runner import run_probes
from agent.settings import Settings
from agent.spool import Spool
from agent.transport import HttpTransport
from agent.wire.exchange import AgentPolicy
from tests.agent.fake_collector import TOKEN

HOURS = 12  # virtual
CYCLES = 10_000
SHORT = [
    name for name, probe in PROBES.items() if not probe.child and probe.cycle in ("heartbeat", "network", "inventory")
]
_COLLECTOR = """
import sys
from tests.agent.fake_collector import Collector, Server
with Server(Collector()) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


class ShiftedHost(Host):
    """This PC, but for its clocks: hours pass when the loop says that it would sleep."""

    shift_s = 0.0

    def now(self) -> float:
        return super().now() + self.shift_s

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.shift_s


def run() -> None:
    print("\nCost of the agent on this machine")
    with tempfile.TemporaryDirectory() as folder, collector() as url:
        config = enrol(Path(folder), url)
        hour(Path(folder), url)
        inventory(config)
    leak()
    sweeps()


@contextlib.contextmanager
def collector() -> Iterator[str]:
    """A collector in a process of its own: its CPU time is not the agent's."""
    process = subprocess.Popen(
        [sys.executable, "-c", _COLLECTOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate("")


def enrol(folder: Path, url: str) -> Path:
    config = folder / "gapwatch-agent.ini"
    state = ["--state-dir", str(folder / "state")]
    command = [
        sys.executable,
        "-m",
        "agent",
        "enrol",
        "--config",
        str(config),
        *state,
        "--server",
        url,
        "--token",
        TOKEN,
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return config


def hour(folder: Path, url: str) -> None:
    """The loop of the real agent at the default policy, on a clock that jumps over the sleeps; children are counted apart."""
    host = ShiftedHost()
    state = State(str(folder / "state"))
    settings = Settings(servers=(url,), state_dir=str(folder / "state"))
    identity = state.identity()
    draw = random.Random(1).random
    spool = Spool(state.path("spool"), AgentPolicy().spool_bytes, state.disk)
    delivery = Delivery(state, identity.agent_id, spool, HttpTransport((url,), "", ""), host, draw)
    # The Internet check is left out: this measures the agent, not the wait for a far server.
    tools = loop.Tools(host, service.measurer(host, settings), PROBES, draw)
    agent = loop.Agent(state, identity, spool, delivery, tools)

    def live(hours: float) -> tuple[float, float]:
        end = host.monotonic_s() + hours * 3600
        began, children = time.process_time(), _children_cpu()
        while host.monotonic_s() < end:
            host.shift_s += agent.turn()
        return time.process_time() - began, _children_cpu() - children

    live(1)
    resident, children = live(HOURS)
    share = resident / (HOURS * 3600)
    print(
        f"    resident process: {resident / HOURS:.2f} CPU s in an hour = {share:.3%} of one core, over {HOURS} hours at the default policy "
        f"(aim: at most {RESIDENT_SHARE:.1%}); its children {children / HOURS:.2f} s"
    )


def inventory(config: Path) -> None:
    """A whole process that starts, measures everything once with all children, and prints the report."""
    figures: list[float] = []
    for _ in range(5):
        before = _children_cpu()
        command = [sys.executable, "-m", "agent", "show", "--json", "--config", str(config)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        figures.append(_children_cpu() - before)
    print(
        f"    full inventory with its children: {statistics.median(figures):.2f} CPU seconds, median of 5, "
        f"at most {max(figures):.2f} (aim: at most 1.00)"
    )


def leak() -> None:
    """Resident memory while the probes of the resident process run again and again."""
    context = ProbeContext(Host(), AgentPolicy())
    names = [name for name in SHORT if name != "reach"]  # waits for the network
    process = psutil.Process()
    marks: dict[int, float] = {}
    began = time.monotonic()
    for cycle in range(1, CYCLES + 1):
        run_probes(names, context, 60)
        if cycle in (CYCLES // 10, CYCLES // 2, CYCLES):
            gc.collect()
            marks[cycle] = process.memory_info().rss / 2**20
    grown = marks[CYCLES] - marks[CYCLES // 10]
    print(
        f"    memory over {CYCLES:,} cycles of {', '.join(names)}: "
        + ", ".join(f"{mb:.1f} MB at {cycle:,}" for cycle, mb in marks.items())
        + f"; grown by {grown:.2f} MB in the last nine tenths (aim: below 1 MB), {time.monotonic() - began:.0f} s"
    )


def sweeps() -> None:
    """Polite sweeps of a /24 with 60 devices, in network namespaces."""
    if os.geteuid() != 0:
        print("    sweeps: not measured, network namespaces need root")
        return
    command = [sys.executable, "-m", "tests.scan.measure", "4"]
    output = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in (output.stdout or output.stderr).strip().splitlines():
        print("    sweep, " + line)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
