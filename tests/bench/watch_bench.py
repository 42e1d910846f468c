"""What the journal's looks cost a PC that is cut off: CPU time, and bytes on its own cable, per day.

Real packets between network namespaces (tests/agent/watch_net.py) on a clock that runs ahead by one interval per look.
"""

from __future__ import annotations

import subprocess
from typing import Any

from tests.agent.watch_net import Way

POLICY: dict[str, Any] = {
    "internet_check_url": "http://10.88.2.2/check",
    "internet_check_text": "known answer",
    "reach_targets": [{"name": f"Dịch vụ {n}", "url": "http://10.88.2.2/"} for n in range(8)],
}
LOOKS_PER_DAY = 86400 // 60
AIM_SHARE = 0.002


def run() -> None:
    print("\nThe journal's looks while reports do not get through, every 60 s")
    with Way("tests.bench.watch_worker") as way:
        # Learns who answers while all is well; it costs nothing to tell apart.
        way.look(**POLICY)
        _told(way, "the collector is down, the Internet is well", 60, collector=False)
        way.ip("isp", "link set beyond down")
        _told(way, "the Internet is down behind the provider", 60)
        way.ip("gw", "link set wan down")
        _told(way, "the line is down, the gateway says so", 60)
        way.ip("gw", "link set wan up", "route add default via 10.88.1.1")
        way.inside("isp", "tc", "qdisc", "replace", "dev", "near", "clsact")
        way.inside("isp", "tc", "filter", "add", "dev", "near", "ingress", "protocol", "all", "bpf", "bytecode",
                   "1,6 0 0 2", "da")  # fmt: skip
        _told(way, "the line swallows everything", 5)
        way.ip("gw", "link set port0 down")
        _told(way, "the cable is out", 60)


def _told(way: Way, name: str, looks: int, **more: Any) -> None:
    before, cpu_before = _bytes(way), way.look(measure="cpu")["cpu_s"]
    for _ in range(looks):
        way.look(**POLICY, **more)
    cpu_s, taken = way.look(measure="cpu")["cpu_s"] - cpu_before, _bytes(way) - before
    share = cpu_s / looks * LOOKS_PER_DAY / 86400
    kb = taken / looks * LOOKS_PER_DAY / 1024
    print(
        f"    {name}: {cpu_s / looks * 1000:.2f} ms of CPU a look = {100 * share:.4f}% of one core"
        f" (aim: at most {100 * AIM_SHARE:.1f}%), {kb:,.0f} KB a day on its own cable"
    )


def _bytes(way: Way) -> int:
    """Sent and received by the PC."""
    text = subprocess.run(
        ["ip", "netns", "exec", way.names["pc"], "cat", "/proc/net/dev"], capture_output=True, text=True, check=True
    ).stdout
    row = next(line.partition(":")[2].split() for line in text.splitlines() if line.strip().startswith("eth0:"))
    return int(row[0]) + int(row[8])
