"""Is a place fit for a video meeting? A grade by the worst dimension, which is named. Pure.

Thresholds are the policy's (meeting.*). Each dimension is graded on its p90 of working hours: what holds in nine tests
of ten. Only where the tests were capped, a rate is a lower bound: it can prove a grade, never refute a better one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from inventory.domain.line_quality import LineQuality, Measure
from inventory.domain.policy import Policy

Grade = Literal["ready", "limited", "audio", "not_ready", "unknown"]

GRADES: tuple[Grade, ...] = ("not_ready", "audio", "limited", "ready")
"""Known grades, worst first."""
DIMENSIONS = ("rtt", "jitter", "loss", "down", "up")
_WORST_FIRST = ("up", "down", "loss", "jitter", "rtt")
"""Of equally bad dimensions the one that is named: a slow line explains the others."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One dimension. `value` in its unit; `limit` is what the next better grade asks for (None: it is ready).

    at_least: the value is a lower bound, so the true grade may be better.
    """

    dimension: str
    grade: Grade
    value: float | None
    limit: float | None
    count: int
    at_least: bool = False
    why: str = ""  # of unknown: not_measured | few | old


@dataclass(frozen=True, slots=True)
class Readiness:
    """The grade of a place. `blocked_by`: the dimension that keeps it from a better grade; of unknown the one that is
    missing; "" when it is ready."""

    grade: Grade
    blocked_by: str
    dimensions: tuple[Graded, ...]
    at_least: bool
    last_at: datetime | None

    def of(self, dimension: str) -> Graded:
        return next(item for item in self.dimensions if item.dimension == dimension)


def grade(quality: LineQuality, policy: Policy, now: datetime) -> Readiness:
    """The grade from a line's figures as of `now`."""
    found = tuple(_dimension(name, quality, policy, now) for name in DIMENSIONS)
    return _together(found, quality.last_at)


def _together(found: Sequence[Graded], last_at: datetime | None) -> Readiness:
    known = [item for item in found if item.grade != "unknown"]
    missing = [item for item in found if item.grade == "unknown"]
    worst = min(known, key=_badness, default=None)
    if worst is not None and worst.grade == "not_ready" and not worst.at_least:
        return Readiness("not_ready", worst.dimension, tuple(found), False, last_at)  # whatever the others say
    if missing or worst is None:
        blocked = min(missing, key=lambda item: _WORST_FIRST.index(item.dimension)).dimension if missing else ""
        return Readiness("unknown", blocked, tuple(found), False, last_at)
    blocked_by = "" if worst.grade == "ready" else worst.dimension
    bounded = worst.grade != "ready" and all(item.at_least for item in known if item.grade == worst.grade)
    return Readiness(worst.grade, blocked_by, tuple(found), bounded, last_at)


def _badness(item: Graded) -> tuple[int, bool, int]:
    return (GRADES.index(item.grade), item.at_least, _WORST_FIRST.index(item.dimension))


def _dimension(name: str, quality: LineQuality, policy: Policy, now: datetime) -> Graded:
    if name in ("down", "up"):
        return _rate(name, quality.measure(name), policy, now)
    return _delay(name, quality, policy, now)


def _delay(name: str, quality: LineQuality, policy: Policy, now: datetime) -> Graded:
    """Of losses the worse direction counts, where both are known; else the round trip's."""
    measure = quality.measure(name)
    if name == "loss":
        sides = [quality.measure(side) for side in ("loss_up", "loss_down")]
        if all(side.count >= policy.meeting_min_measurements for side in sides):
            measure = max(sides, key=lambda side: side.full.p90 if side.full else 0.0)
    missing = _missing(measure, policy.meeting_min_measurements, policy, now)
    if missing or measure.full is None:
        return Graded(name, "unknown", measure.full.p90 if measure.full else None, None, measure.count, why=missing)
    limits = _limits(name, policy)
    value = measure.full.p90
    for at, (reached, limit) in enumerate(limits):
        if limit is None or value <= limit:
            better = limits[at - 1][1] if at else None
            return Graded(name, reached, value, better, measure.full.count)
    return Graded(name, "not_ready", value, limits[-1][1], measure.full.count)


def _rate(name: str, measure: Measure, policy: Policy, now: datetime) -> Graded:
    full, capped = measure.full, measure.capped
    if full is not None and full.count >= policy.line_min_tests and not _old(measure, policy, now):
        reached, limit = _rate_grade(full.p90, policy)
        return Graded(name, reached, full.p90, limit, full.count)
    if capped is not None and capped.count >= policy.line_min_tests and not _old(measure, policy, now):
        reached, limit = _rate_grade(capped.p90, policy)
        return Graded(name, reached, capped.p90, limit, capped.count, at_least=reached != "ready")
    missing = _missing(measure, policy.line_min_tests, policy, now) or "few"
    value = full.p90 if full else capped.p90 if capped else None
    return Graded(
        name, "unknown", value, None, measure.count, at_least=full is None and capped is not None, why=missing
    )


def _rate_grade(value: float, policy: Policy) -> tuple[Grade, float | None]:
    steps: tuple[tuple[Grade, float], ...] = (
        ("ready", policy.meeting_ready_mbps),
        ("limited", policy.meeting_limited_mbps),
        ("audio", policy.meeting_audio_mbps),
    )
    for at, (reached, limit) in enumerate(steps):
        if value >= limit:
            return reached, steps[at - 1][1] if at else None
    return "not_ready", steps[-1][1]


def _limits(name: str, policy: Policy) -> tuple[tuple[Grade, float | None], ...]:
    """Grades with the largest value that they allow, best first; None: whatever it is."""
    if name == "rtt":
        return ("ready", policy.meeting_ready_rtt_ms), ("limited", policy.meeting_limited_rtt_ms), ("audio", None)
    if name == "jitter":
        return ("ready", policy.meeting_ready_jitter_ms), ("limited", policy.meeting_limited_jitter_ms), ("audio", None)
    return (
        ("ready", policy.meeting_ready_loss_percent),
        ("limited", policy.meeting_limited_loss_percent),
        ("audio", policy.meeting_audio_loss_percent),
    )


def _missing(measure: Measure, needed: int, policy: Policy, now: datetime) -> str:
    if not measure.count:
        return "not_measured"
    if measure.count < needed:
        return "few"
    return "old" if _old(measure, policy, now) else ""


def _old(measure: Measure, policy: Policy, now: datetime) -> bool:
    return measure.last_at is None or now - measure.last_at > timedelta(days=policy.meeting_max_age_days)


def as_plain(readiness: Readiness) -> dict[str, Any]:
    """As JSON."""
    return {
        "grade": readiness.grade,
        "blocked_by": readiness.blocked_by,
        "at_least": readiness.at_least,
        "last_at": readiness.last_at.isoformat() if readiness.last_at else None,
        "dimensions": {
            item.dimension: {
                "grade": item.grade,
                "value": None if item.value is None else round(item.value, 3),
                "limit": item.limit,
                "count": item.count,
                "at_least": item.at_least,
                "why": item.why,
            }
            for item in readiness.dimensions
        },
    }


# ---- Before a meeting


Verdict = Literal["pass", "fail", "unknown"]


@dataclass(frozen=True, slots=True)
class Point:
    """A meeting point as it is now. Times are aware."""

    state: str  # of the site
    cut_off: bool
    cut_since: datetime | None
    outages: int  # within the last seven days
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of one point. `reasons` say why it fails, the weightiest first; `notes` what is not known."""

    verdict: Verdict
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()


def forecast(point: Point, readiness: Readiness, needed_mbps: float, policy: Policy) -> Forecast:
    """Whether a meeting that needs so many Mb/s each way will work at this point.

    Codes: cut_off | power | flapping | slow_down | slow_up | rtt | jitter | loss fail it; not_observed | not_measured |
    few | old | bounded leave it open.
    """
    reasons = _present(point, policy)
    for name in ("down", "up"):
        item = readiness.of(name)
        if item.grade != "unknown" and item.value is not None and item.value < needed_mbps and not item.at_least:
            reasons.append("slow_" + name)
    allowed = ("ready", "limited") if needed_mbps >= policy.meeting_limited_mbps else ("ready", "limited", "audio")
    for name in ("loss", "rtt", "jitter"):
        item = readiness.of(name)
        if item.grade not in (*allowed, "unknown"):
            reasons.append(name)
    open_ = _open(point, readiness, needed_mbps)
    if reasons:
        return Forecast("fail", tuple(reasons), open_)
    return Forecast("unknown", (), open_) if open_ else Forecast("pass", ())


def _present(point: Point, policy: Policy) -> list[str]:
    reasons: list[str] = []
    if point.cut_off:
        reasons.append("power" if point.state == "POWER_CUT_SUSPECTED" else "cut_off")
    if point.outages >= policy.meeting_flaps:
        reasons.append("flapping")
    return reasons


def _open(point: Point, readiness: Readiness, needed_mbps: float) -> tuple[str, ...]:
    """Why nothing can be promised; () when everything is known."""
    found: dict[str, None] = {}
    if point.excluded or point.state in ("NEVER_REPORTED", "NOT_OBSERVED"):
        found["not_observed"] = None
    for item in readiness.dimensions:
        if item.grade == "unknown":
            found[item.why or "not_measured"] = None
        elif item.at_least and item.value is not None and item.value < needed_mbps:
            found["bounded"] = None
    return tuple(found)


def counts(forecasts: Mapping[int, Forecast]) -> dict[Verdict, int]:
    """How many points pass, fail, are not known."""
    found: dict[Verdict, int] = {"pass": 0, "fail": 0, "unknown": 0}
    for item in forecasts.values():
        found[item.verdict] += 1
    return found
