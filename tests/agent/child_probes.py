"""Started as a child process by test_runner.py: the agent's probe_child with probes that misbehave."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from agent import probe_child
from agent.probe import Denied, Probe, ProbeContext
from agent.probes import PROBES


def echo(context: ProbeContext) -> Any:
    print("a library that prints")
    context.log("a line")
    return {
        "policy": context.policy.version,
        "state_dir": context.settings.state_dir,
        "extra": context.settings.extra["a"],
        "is_low": sys.platform == "win32" or os.getpriority(os.PRIO_PROCESS, 0) >= 10,
    }


def hang(context: ProbeContext) -> Any:
    time.sleep(60)


def refuse(context: ProbeContext) -> Any:
    raise Denied("not for you")


def crash(context: ProbeContext) -> Any:
    os._exit(3)


def flood(context: ProbeContext) -> Any:
    while True:
        os.write(2, b"x" * 65536)


def burn(context: ProbeContext) -> Any:
    while True:
        pass


for run in (echo, hang, refuse, crash, flood, burn):
    PROBES[run.__name__] = Probe(run.__name__, run, 10, "network", child=True, cpu_s=1.0 if run is burn else 5.0)

if __name__ == "__main__":
    sys.exit(probe_child.main(sys.argv[1:]))
