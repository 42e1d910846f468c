"""What went through the PC's network cards, and whether that is people using the line while a test runs.

Only cards that can be touched count: virtual ones repeat what the real one below them counts. Where there is none (a
virtual machine in a container), those that carry the default route stand for them.
"""

from __future__ import annotations

import time
from typing import Callable, Dict, List, Optional, Tuple

from ..host import Host
from ..probes.nic_kinds import kinds

Bytes = Dict[str, Tuple[int, int]]  # adapter -> (received, sent) since it was started

PEOPLE_SHARE = 0.2  # of the last known rate: beyond it a test makes way
UNKNOWN_MBPS = 2.5  # stands for the rate of a line that was never measured
SLACK_BYTES = 200_000  # of a test: what the system buffers or sends again is nobody's traffic
OVERHEAD = 1.08  # headers, TLS and acknowledgements of our own load
BEFORE_S = 2.0


def adapter_bytes(host: Host) -> Bytes:
    """The counters as they stand; {} when nothing counts."""
    rows = host.nic_counters()
    names = tuple(sorted(rows))
    known = host.memo.get("line_adapters")
    if known is None or known[0] != names:  # what sort of card it is does not change while it is there
        kind = kinds(host, names)
        real = [name for name in names if kind[name] not in ("loopback", "virtual")]
        known = host.memo["line_adapters"] = (names, real or _with_default_route(host, names))
    return {name: (rows[name].rx_bytes, rows[name].tx_bytes) for name in known[1]}


def _with_default_route(host: Host, names: Tuple[str, ...]) -> List[str]:
    table = (host.read_text("/proc/net/route") or "") if host.platform == "linux" else ""
    rows = [line.split() for line in table.splitlines()[1:]]
    routed = {row[0] for row in rows if len(row) > 2 and row[1] == "00000000"}
    return [name for name in names if name in routed]


def grown(before: Bytes, after: Bytes, seconds: float) -> Tuple[int, int]:
    """(received, sent) between two looks. A 32-bit counter that ran over goes on; one that began again counts from 0;
    a card that has only just come counts from its next look; more than any card can do is no count."""
    totals = [0, 0]
    limit = max(seconds, 1.0) * 10e9 / 8
    for name, now in after.items():
        if name not in before:
            continue
        for way in (0, 1):
            step = now[way] - before[name][way]
            if step < 0:
                step = step + (1 << 32) if (1 << 31) <= before[name][way] < (1 << 32) else now[way]
            totals[way] += step if 0 <= step <= limit else 0
    return totals[0], totals[1]


class People:
    """Watches during a test for traffic that is not the test's. `rates`: last known (down, up) in Mbit/s, 0 unknown."""

    def __init__(
        self, read: Callable[[], Bytes], rates: Tuple[float, float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._limits = tuple(PEOPLE_SHARE * (rate if rate > 0 else UNKNOWN_MBPS) * 1e6 / 8 for rate in rates)
        self._start: Optional[Tuple[float, Bytes]] = None

    def before(self, sleep: Callable[[float], None] = time.sleep) -> bool:
        """Whether somebody is using the line now; takes BEFORE_S."""
        began, first = self._clock(), self._read()
        sleep(BEFORE_S)
        took = self._clock() - began
        moved = grown(first, self._read(), took)
        return any(moved[way] > self._limits[way] * took for way in (0, 1))

    def begin(self) -> None:
        self._start = (self._clock(), self._read())

    def during(self, received: int, sent: int) -> str:
        """ "busy" once others have moved more than their share since begin(); the arguments are the test's own bytes."""
        if self._start is None:
            self.begin()
            return ""
        began, first = self._start
        took = self._clock() - began
        if took < 1.0:
            return ""
        moved = grown(first, self._read(), took)
        own = (received * OVERHEAD + sent * (OVERHEAD - 1), sent * OVERHEAD + received * (OVERHEAD - 1))
        others = [moved[way] - own[way] - SLACK_BYTES for way in (0, 1)]
        return "busy" if any(others[way] > self._limits[way] * took for way in (0, 1)) else ""
