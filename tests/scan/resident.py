"""The resident side of scanning with a real child, in the namespace that it is started in: office hours always, a lease
given. Prints the sections as JSON once a sweep and a re-check are done.

python -m tests.scan.resident ROOT STATE_DIR
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any, Dict

from agent.host import Host
from agent.identity import State
from agent.probe import ProbeContext, ProbeSettings
from agent.probes import PROBES
from agent.runner import judge
from agent.scanning import Scanning, ScanSettings
from agent.wire.exchange import AgentPolicy

MONDAY_10 = 1795431600.0  # 2026-11-23 11:00 UTC: a working hour from Greenwich to Hanoi
POLICY = AgentPolicy(scan_enabled=True, scan_gap_ms=25, scan_from="00:01", scan_to="23:59", scan_recheck_s=900)


class Clock:
    """Runs as fast as told between two scans."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self._start = time.monotonic()

    def monotonic_s(self) -> float:
        return 5000.0 + self.passed_s + time.monotonic() - self._start

    def now(self) -> float:
        return MONDAY_10 + self.monotonic_s() - 5000.0

    def boot_id(self) -> str:
        return "b" * 32


def main() -> None:
    root, folder = sys.argv[1:]
    clock = Clock()
    state = State(folder)
    state.prepare()
    scanning = Scanning(state, clock, random.Random(4).random, ScanSettings(root=root, listen_s=0.5))
    started = time.monotonic()
    kinds = []
    while len(kinds) < 2 and time.monotonic() - started < 60:
        scanning.turn(POLICY, 3600.0)
        scans = (state.kept("scan.json") or {}).get("scans", [])
        kinds = [record["kind"] for record in scans]
        if scanning.wait_s() > 10:  # no child at work
            clock.passed_s += 600.0
        else:
            time.sleep(0.05)
    host = Host()
    host.now = clock.now  # type: ignore[method-assign]
    context = ProbeContext(host, POLICY, ProbeSettings(state_dir=folder))
    told: Dict[str, Any] = {"lan": judge(PROBES["lan"], context).data, "kinds": kinds}
    told["heavy"] = sorted({name.split(".")[0] for name in sys.modules} & {"scapy", "pysnmp"})
    print(json.dumps(told))


if __name__ == "__main__":
    main()
