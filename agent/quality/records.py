"""From a child's answer to results, and to a line in the log that people can read."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, Optional, Tuple

from ..errors import StateError
from ..identity import State
from ..log import logger
from ..process import CommandResult
from ..wire import codec
from ..wire.errors import WireError
from ..wire.sections_quality import QualityInfo, QualityTest
from ..words_quality import ERRORS, KINDS, OUTCOMES
from . import memory
from .budget import Allowance, month_of
from .schedule import When

_NUMBERS_FROM_S = 1767225600  # 1 January 2026
_KINDS = {"stamp": "stamp", "speed": "ndt7_down"}


def book(now_s: float) -> int:
    """The number from which a lost counter goes on: minutes since 2026, more than tests were ever made."""
    return max(0, int(now_s - _NUMBERS_FROM_S) // 60)


def rows_of(result: CommandResult, kind: str, began: When) -> Tuple[QualityTest, ...]:
    """The tests of a child's answer; one that failed where there is no answer to be had."""
    try:
        plain: Any = json.loads(result.out.decode("utf-8"))
        rows = tuple(codec.read(QualityTest, row) for row in plain["tests"])
        if rows:
            return rows
        reason = "no result"
    except (ValueError, KeyError, TypeError, WireError) as error:
        reason = result.err.splitlines()[-1] if result.err else repr(error)
    logger.warning("tiến trình đo đường truyền không trả lời đúng: %s", reason[:300])
    error_code = "timeout" if result.timed_out else "internal"
    return (
        QualityTest(
            kind=_KINDS[kind], monotonic_s=round(began.mono_s, 1), agent_time_s=round(began.wall_s, 1),
            outcome="failed", error=error_code,
        ),
    )  # fmt: skip


def quality_info(kept: memory.LineState, allowed: Allowance, now_s: float) -> QualityInfo:
    """The section."""
    budget: Optional[int] = allowed.budget_bytes or None
    return QualityInfo(kept.waiting, kept.dropped, month_of(now_s), budget, allowed.spent_bytes, allowed.level)


def describe(test: QualityTest) -> str:
    """One test in a line: when, what, result, cost."""
    at = time.strftime("%d/%m/%Y %H:%M", time.localtime(min(max(test.agent_time_s, 0.0), 4e9)))
    parts = ["{} {}:".format(at, KINDS.get(test.kind, test.kind)), OUTCOMES.get(test.outcome, test.outcome)]
    if test.error:
        parts.append("({})".format(ERRORS.get(test.error, test.error)))
    if test.mbps is not None:
        parts.append("{} Mbit/s".format(_number(test.mbps)))
    if test.packets_sent is not None:
        parts.append(_packets(test))
    return "{}; {} KB".format(" ".join(parts), _number(test.bytes_used / 1000))


def note_line(state: State, test: QualityTest) -> None:
    """Adds a line to line.log, whose older half goes when it is full."""
    text = state.text(memory.LOG_FILE)
    if len(text) > memory.MAX_LOG:
        text = text[len(text) // 2 :].partition("\n")[2]
    try:
        state.keep_text(memory.LOG_FILE, text + describe(test) + "\n")
    except StateError as error:
        logger.warning("%s", error)


def _packets(test: QualityTest) -> str:
    lost = (test.packets_sent or 0) - (test.packets_received or 0)
    ways: Dict[str, Optional[int]] = {"đi": test.lost_forward, "về": test.lost_backward}
    known = ", ".join("{} {}".format(name, count) for name, count in ways.items() if count is not None)
    text = "mất {}/{} gói{}".format(lost, test.packets_sent, " ({})".format(known) if lost and known else "")
    if test.rtt_median_ms is not None:
        text += ", trễ khứ hồi {} ms (p95 {} ms)".format(_number(test.rtt_median_ms), _number(test.rtt_p95_ms or 0.0))
    if test.jitter_ms is not None:
        text += ", biến động trễ {} ms".format(_number(test.jitter_ms))
    return text


def _number(value: float) -> str:
    return "{:.1f}".format(value).replace(".", ",").replace(",0", "")
