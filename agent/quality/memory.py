"""What the agent remembers of its line: line.json and traffic.json in the state folder. Pure, no file is touched here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Tuple

from ..wire import codec
from ..wire.errors import WireError
from ..wire.sections_quality import QualityTest, TrafficSample
from .budget import Spent
from .schedule import When

FILE, TRAFFIC_FILE, LOG_FILE = "line.json", "traffic.json", "line.log"
MAX_WAITING = 200
MAX_SHOWN = 20
MAX_SAMPLES = 120
MAX_LOG = 64 * 1024


@dataclass(frozen=True)
class LineState:
    waiting: Tuple[QualityTest, ...] = ()  # in no stored report yet, oldest first
    last: Tuple[QualityTest, ...] = ()  # for people, oldest first
    dropped: int = 0
    spent: Spent = Spent()  # noqa: RUF009 frozen, so it can be shared
    down_mbps: float = 0.0  # last known
    up_mbps: float = 0.0
    stamp_at: When = When()  # noqa: RUF009
    speed_at: When = When()  # noqa: RUF009
    rest_until_s: float = 0.0  # how long after speed_at a busy server or busy people keep the next test away
    why: str = ""  # why nothing is measured: no_server | off | policy | no_budget | cut_off | ""


@dataclass(frozen=True)
class TrafficState:
    samples: Tuple[TrafficSample, ...] = ()  # in no stored report yet
    dropped: int = 0


def read(plain: Any) -> LineState:
    """A damaged file is an empty memory."""
    try:
        return codec.read(LineState, plain) if plain else LineState()
    except WireError:
        return LineState()


def read_traffic(plain: Any) -> TrafficState:
    try:
        return codec.read(TrafficState, plain) if plain else TrafficState()
    except WireError:
        return TrafficState()


def with_test(state: LineState, test: QualityTest) -> LineState:
    """The memory with a new result."""
    waiting = (*state.waiting, test)
    over = max(0, len(waiting) - MAX_WAITING)
    changed = dataclasses.replace(
        state, waiting=waiting[over:], last=(*state.last, test)[-MAX_SHOWN:], dropped=state.dropped + over
    )
    if test.outcome in ("ok", "capped") and test.mbps:
        name = "down_mbps" if test.kind == "ndt7_down" else "up_mbps"
        known = getattr(state, name)
        # A capped result is a lower bound: it may raise what is known, not lower it.
        mbps = test.mbps if test.outcome == "ok" else max(known, test.mbps)
        changed = dataclasses.replace(changed, **{name: mbps})
    return changed


def with_sample(state: TrafficState, sample: TrafficSample) -> TrafficState:
    samples = (*state.samples, sample)
    over = max(0, len(samples) - MAX_SAMPLES)
    return TrafficState(samples[over:], state.dropped + over)
