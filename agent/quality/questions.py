"""What a child process is asked for one test, and what that may cost at most. Pure; the agent's identity and its way out
are added by whoever asks."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Tuple

from ..wire.exchange import AgentPolicy
from . import budget
from .budget import Allowance
from .places import Places

STAMP_GAP_S = 0.2
_STAMP_EXTRA_S, _SPEED_S = 30.0, 60.0
_CLOSERS = 5


class Test(NamedTuple):
    question: Dict[str, Any]
    cost: int  # bytes, at most
    deadline_s: float


def stamp(policy: AgentPolicy, where: Places) -> Test:
    packets = budget.train_packets(policy)
    question = {
        "kind": "stamp", "host": where.reflector, "port": where.reflector_port, "packets": packets,
        "interval_s": STAMP_GAP_S, "size": 44, "server": "{}:{}".format(where.reflector, where.reflector_port),
    }  # fmt: skip
    return Test(question, budget.stamp_bytes(packets + _CLOSERS), packets * STAMP_GAP_S + _STAMP_EXTRA_S)


def speed(where: Places, allowed: Allowance, rates: Tuple[float, float], version: str) -> Test:
    """`rates`: last known (down, up) in Mbit/s, 0 where not known."""
    full = allowed.level == "full"
    if full:  # a line that has become faster does not break the budget
        left = max(0, allowed.budget_bytes - allowed.spent_bytes)
        caps = {"down": max(int(left * 0.6), budget.CAP_DOWN), "up": max(int(left * 0.3), budget.CAP_UP)}
    else:
        caps = {"down": budget.CAP_DOWN, "up": budget.CAP_UP}
    question = {
        "kind": "speed", "url": where.ndt7, "server": where.ndt7_server, "directions": ["down", "up"],
        "max_bytes": caps, "settle": not full, "force": False, "down_mbps": rates[0], "up_mbps": rates[1],
        "user_agent": "gapwatch-agent/" + version,
    }  # fmt: skip
    return Test(question, budget.full_bytes(*rates) if full else budget.capped_bytes(), _SPEED_S)
