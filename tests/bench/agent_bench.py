"""The agent: memory beside a bare interpreter, CPU of a full inventory, bytes and TLS handshakes of a day."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from agent.wire.exchange import AgentPolicy
from tests.agent.fake_collector import TOKEN, Collector, Server

HEARTBEATS = 60


def run() -> None:
    print("\nAgent on this machine")
    with tempfile.TemporaryDirectory() as folder:
        # the quickest beat that the agent accepts, so that the process is measured after many turns
        collector = Collector(policy=AgentPolicy(version=1, heartbeat_s=1, network_s=1, inventory_s=1))
        with Server(collector) as server:
            config = _enrol(Path(folder), server.url)
            _memory(config, collector)
        _inventory_cpu(config)
    _day_on_the_wire()


def _enrol(folder: Path, url: str) -> Path:
    config = folder / "gapwatch-agent.ini"
    command = [
        sys.executable,
        "-m",
        "agent",
        "enrol",
        "--config",
        str(config),
        "--state-dir",
        str(folder / "state"),
        "--server",
        url,
        "--token",
        TOKEN,
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return config


def _memory(config: Path, collector: Collector) -> None:
    bare = subprocess.Popen(
        [sys.executable, "-c", "import psutil, requests, sys; sys.stdin.read()"], stdin=subprocess.PIPE
    )
    agent = subprocess.Popen([sys.executable, "-m", "agent", "run", "--config", str(config)])
    try:
        deadline = time.monotonic() + 90
        while len(collector.reports) < 12 and time.monotonic() < deadline:
            time.sleep(0.5)
        floor, resident = (psutil.Process(process.pid).memory_info().rss / 2**20 for process in (bare, agent))
        cpu = sum(psutil.Process(agent.pid).cpu_times()[:2])
    finally:
        agent.terminate()
        agent.wait(20)
        bare.communicate(b"")
    ratio = resident / floor
    print(
        f"    resident memory after {len(collector.reports)} reports: {resident:.1f} MB; bare interpreter with psutil and requests {floor:.1f} MB;"
        f" ratio {ratio:.2f} (aim: at most 1.20)"
    )
    print(f"    CPU of the resident process so far: {cpu:.2f} s for {len(collector.reports)} reports, start included")


def _inventory_cpu(config: Path) -> None:
    """A whole process that starts, measures everything once and prints the report."""
    figures = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "agent", "show", "--json", "--config", str(config)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    figures.sort()
    print(
        f"    full inventory, whole process: {figures[2]:.2f} CPU seconds, median of 5 (aim: under 0.50; peers 0.8-2.6)"
    )


def _day_on_the_wire() -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "tests/agent/test_transport.py",
        "-k",
        "a_day_costs",
    ]
    output = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    ).stdout
    for name, line in zip(("http ", "https"), re.findall(r"a day: .*", output), strict=False):
        print(f"    {name} {line} (aim: under 150,000 bytes at the default policy; connections = TLS handshakes)")
