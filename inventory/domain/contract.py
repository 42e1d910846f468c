"""Does a line carry what is paid for, and is it large enough? Two questions that are easily mixed up. Pure.

Load: the 95th percentile of each direction over seven days, sampled every five minutes, against 90 % of the paid rate
(policy line.*; TT 06/2026/TT-BKHCN, Art. 5(6)). The traffic of PCs with agents is all that is seen. Times at which no
PC spoke count as idle for the proof: traffic is never negative, so what is over the limit even then is over it.

Rate: the median of full tests against the paid rate. Capped tests only prove "at least".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from inventory.domain.line_quality import QualityFact
from inventory.domain.policy import Policy

SLOT_S = 300
DIRECTIONS = ("down", "up")
TOO_MUCH = 1.1
"""Five minutes with more than this share of the paid rate cannot have gone through the line: it was traffic within the
office (files, printing). Such samples prove nothing and are left out."""
CARRYING = frozenset({"internet", "tslcd", "mobile", "satellite"})
"""Kinds of declared lines that lead out of the site; a link between two offices does not."""

Load = Literal["over", "busy", "within", "unknown"]
Rate = Literal["below", "kept", "unknown"]


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A declared line that is in force. Rates in Mb/s; None: not known."""

    kind: str
    down_mbps: float | None
    up_mbps: float | None
    provider: str = ""
    contract_no: str = ""
    source_class: str = "declared"

    def rate(self, direction: str) -> float | None:
        return self.down_mbps if direction == "down" else self.up_mbps


@dataclass(frozen=True, slots=True)
class Slot:
    """Five minutes of traffic of the PCs with agents."""

    at: datetime
    bytes_in: int
    bytes_out: int

    def mbps(self, direction: str) -> float:
        return (self.bytes_in if direction == "down" else self.bytes_out) * 8 / SLOT_S / 1e6


@dataclass(frozen=True, slots=True)
class LoadCheck:
    """One direction. `proven_mbps`: 95th percentile with silent times as idle, a lower bound; `seen_mbps`: of the
    samples there are. over: proven beyond the limit; busy: beyond it in what was seen, not proven for the whole time."""

    direction: str
    verdict: Load
    paid_mbps: float | None
    limit_mbps: float | None
    samples: int
    expected: int
    left_out: int  # more than the line can carry: traffic within the office
    needed: int
    proven_mbps: float | None
    seen_mbps: float | None
    why: str = ""  # of unknown: no_rate | few_samples


@dataclass(frozen=True, slots=True)
class RateCheck:
    """One direction of one line. at_least: the best capped test, a lower bound."""

    direction: str
    line_kind: str
    verdict: Rate
    paid_mbps: float | None
    limit_mbps: float | None
    full_tests: int
    capped_tests: int
    needed: int
    median_mbps: float | None
    at_least_mbps: float | None
    why: str = ""  # of unknown: no_rate | few_tests | only_capped | which_line


def in_force(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether a line's contract holds on a day; an open end holds for ever."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


def check_load(lines: Sequence[PaidLine], slots: Sequence[Slot], policy: Policy) -> list[LoadCheck]:
    """Both directions. `slots` are those of the last `line_window_days`.

    Several lines share the traffic in a way that PCs cannot see: their capacities are added up.
    """
    carrying = [line for line in lines if line.kind in CARRYING]
    return [_load(direction, carrying, slots, policy) for direction in DIRECTIONS]


def _load(direction: str, lines: Sequence[PaidLine], slots: Sequence[Slot], policy: Policy) -> LoadCheck:
    width = max(1, round(policy.line_sample_min / (SLOT_S / 60)))  # slots per sample
    expected = math.floor(policy.line_window_days * 86_400 / SLOT_S / width)
    needed = min(policy.line_min_samples, expected)
    rates = [line.rate(direction) for line in lines]
    known = [rate for rate in rates if rate]
    if not rates or len(known) < len(rates):
        samples = len(_sampled(slots, direction, width))
        return LoadCheck(direction, "unknown", None, None, samples, expected, 0, needed, None, None, "no_rate")
    paid = sum(known)
    possible = [slot for slot in slots if slot.mbps(direction) <= TOO_MUCH * paid]
    values = sorted(_sampled(possible, direction, width))
    left_out = len(slots) - len(possible)
    limit = policy.line_p95_max * paid
    if len(values) < needed:
        return LoadCheck(
            direction, "unknown", paid, limit, len(values), expected, left_out, needed, None, None, "few_samples"
        )
    seen = _nearest(values, 0.95)
    proven = _nearest([0.0] * max(0, expected - len(values)) + values, 0.95)
    verdict: Load = "over" if proven > limit else "busy" if seen > limit else "within"
    return LoadCheck(direction, verdict, paid, limit, len(values), expected, left_out, needed, proven, seen)


def _sampled(slots: Iterable[Slot], direction: str, width: int) -> list[float]:
    """One value per sampling interval: the mean over its slots, of which the missing ones count as idle."""
    if width == 1:
        return [slot.mbps(direction) for slot in slots]
    sums: dict[int, float] = {}
    for slot in slots:
        at = int(slot.at.timestamp() // (SLOT_S * width))
        sums[at] = sums.get(at, 0.0) + slot.mbps(direction) / width
    return list(sums.values())


def _nearest(ascending: Sequence[float], share: float) -> float:
    return ascending[max(0, math.ceil(share * len(ascending) - 1e-9) - 1)]


def check_rate(lines: Sequence[PaidLine], tests: Iterable[QualityFact], policy: Policy) -> list[RateCheck]:
    """Each line in both directions, from the tests that went through it.

    Of several lines a test says not which one it took. It surely took the one that alone is fast enough for its rate;
    a slow test may have taken any. `below` needs sure tests only, since doubtful ones could but lower their median;
    `kept` must hold with the doubtful ones among them.
    """
    carrying = [line for line in lines if line.kind in CARRYING]
    usable = [t for t in tests if t.kind != "stamp" and t.outcome in ("ok", "capped") and t.mbps is not None]
    return [_rate(line, carrying, direction, usable, policy) for line in carrying for direction in DIRECTIONS]


def _rate(
    line: PaidLine, lines: Sequence[PaidLine], direction: str, tests: Sequence[QualityFact], policy: Policy
) -> RateCheck:
    others = [other.rate(direction) for other in lines if other is not line]
    sure_above = max((math.inf if rate is None else TOO_MUCH * rate for rate in others), default=-1.0)
    paid, needed = line.rate(direction) or None, policy.line_min_tests
    possible_to = TOO_MUCH * paid if paid and others else math.inf
    own = [test for test in tests if test.kind == "ndt7_" + direction and (test.mbps or 0.0) <= possible_to]
    full = sorted(test.mbps or 0.0 for test in own if test.outcome == "ok")
    capped = [test.mbps or 0.0 for test in own if test.outcome == "capped"]
    sure_full = [mbps for mbps in full if mbps > sure_above]
    sure_capped = [mbps for mbps in capped if mbps > sure_above]
    limit = policy.line_paid_share_min * paid if paid else None
    verdict, why = _rate_verdict(limit, full, sure_full, sure_capped, needed)
    if verdict == "unknown" and why == "few_tests" and len(full) + len(capped) > len(sure_full) + len(sure_capped):
        why = "which_line"
    return RateCheck(
        direction, line.kind, verdict, paid, limit, len(sure_full), len(sure_capped), needed,
        _nearest(sure_full, 0.5) if sure_full else None, max(sure_capped, default=None), why,
    )  # fmt: skip


def _rate_verdict(
    limit: float | None, full: Sequence[float], sure: Sequence[float], sure_capped: Sequence[float], needed: int
) -> tuple[Rate, str]:
    if limit is None:
        return "unknown", "no_rate"
    if len(sure) >= needed:
        if _nearest(sure, 0.5) < limit:
            return "below", ""
        return ("kept", "") if _nearest(full, 0.5) >= limit else ("unknown", "which_line")
    if sum(value >= limit for value in sure_capped) >= needed:
        return "kept", ""
    return "unknown", "only_capped" if sure_capped and not full else "few_tests"


def as_plain(check: LoadCheck | RateCheck) -> dict[str, Any]:
    """As JSON, figures rounded to what people read."""
    values = {name: getattr(check, name) for name in check.__dataclass_fields__}
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in values.items()}
