"""What measuring may cost a line in a month, and what the rest of it still allows. Pure.

The month's bytes are spread over its days: what is left today and for the days to come decides between full tests,
capped ones, packets alone and nothing. What is spent is booked before it is sent, so a restart never makes it cheaper.
"""

from __future__ import annotations

import calendar
import time
from dataclasses import dataclass
from typing import Tuple

from ..wire.exchange import AgentPolicy

CAP_DOWN, CAP_UP = 4_000_000, 2_000_000  # bytes of a capped test
HEADERS = 1.05
FULL_S = 10.0
KNOCK_BYTES = 2 * 182
PACKET_BYTES = 2 * (44 + 28)
FIRST_DAY = "2026"  # a clock before that year has lost its battery: what month it is, is not known then
KEPT_MONTHS = 4
SHORTEST_STAMP_S, MOST_TESTS = 60, 24  # a typing slip on the policy page must not flood a line
_DAY_S = 86400.0


@dataclass(frozen=True)
class Spent:
    """Bytes by month ("2026-11", by the PC's clock), oldest first."""

    months: Tuple[str, ...] = ()
    amounts: Tuple[int, ...] = ()

    def of(self, month: str) -> int:
        return self.amounts[self.months.index(month)] if month in self.months else 0

    def plus(self, month: str, count: int) -> Spent:
        table = {name: self.of(name) for name in self.months}
        table[month] = max(0, table.get(month, 0) + count)
        kept = sorted(table.items())[-KEPT_MONTHS:]
        return Spent(tuple(name for name, _ in kept), tuple(amount for _, amount in kept))


@dataclass(frozen=True)
class Allowance:
    """What may be done now. `tests_per_day` may be less than one: 0.2 is one in five days."""

    level: str  # full | capped | stamp | none
    tests_per_day: float = 0.0
    stamp_every_s: float = 0.0  # 0: none
    budget_bytes: int = 0  # of this PC for the month
    spent_bytes: int = 0


def month_of(now_s: float) -> str:
    """ "2026-11" in local time; "" when the clock cannot be right."""
    text = time.strftime("%Y-%m", time.localtime(min(max(now_s, 0.0), 4e9)))
    return text if text >= FIRST_DAY else ""


def days_left(now_s: float) -> float:
    """Days of the month that are still to come, today among them; at least one."""
    moment = time.localtime(min(max(now_s, 0.0), 4e9))
    return float(max(1, calendar.monthrange(moment.tm_year, moment.tm_mon)[1] - moment.tm_mday + 1))


def own_budget(policy: AgentPolicy) -> int:
    """Bytes of this PC for a month: its share of the line's."""
    return int(max(policy.line_budget_mb, 0) * 1_000_000 / max(policy.line_agents, 1))


def train_packets(policy: AgentPolicy) -> int:
    """Within sane bounds, whatever the policy says."""
    return min(max(policy.line_stamp_packets, 10), 600)


def stamp_bytes(packets: int) -> int:
    return KNOCK_BYTES + packets * PACKET_BYTES


def full_bytes(down_mbps: float, up_mbps: float) -> int:
    """Of a full test both ways on a line of this speed."""
    return max(1, int((down_mbps + up_mbps) * 1e6 / 8 * FULL_S * HEADERS))


def capped_bytes() -> int:
    return int((CAP_DOWN + CAP_UP) * HEADERS)


def allow(policy: AgentPolicy, spent: Spent, now_s: float, rates: Tuple[float, float]) -> Allowance:
    """`rates`: last known (down, up) in Mbit/s; 0 for a direction that was never measured, which a capped test settles
    first."""
    month = month_of(now_s)
    budget, used = own_budget(policy), spent.of(month)
    agents = max(policy.line_agents, 1)
    per_day = max(0.0, (budget - used) / days_left(now_s))
    one_train = stamp_bytes(train_packets(policy))
    wanted_s = max(policy.line_stamp_s, SHORTEST_STAMP_S) * agents
    # Packets come first and may have half of the day; on a dear line they come less often instead of not at all.
    affordable_s = one_train / (per_day / 2) * _DAY_S if per_day > 0 else float("inf")
    every_s = max(wanted_s, affordable_s)
    stamp_s = every_s if every_s <= _DAY_S and per_day >= one_train else 0.0
    if not stamp_s:
        return Allowance("none", 0.0, 0.0, budget, used)
    rest = per_day - one_train * _DAY_S / stamp_s
    most = min(max(policy.line_tests_per_day, 0), MOST_TESTS) / agents
    for level, cost in (("full", full_bytes(*rates)), ("capped", capped_bytes())):
        if level == "full" and (not all(rates) or rest < cost or not month):
            continue
        tests = min(most, rest / cost)
        if month and tests * 31 >= 1 and most > 0:
            return Allowance(level, tests, stamp_s, budget, used)
    return Allowance("stamp", 0.0, stamp_s, budget, used)
