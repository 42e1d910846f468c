"""What time was it really? PCs with dead CMOS batteries live in 2009; monotonic seconds and receipt times do not lie.

A live report tells the true time of second 0 of its boot. Every report of that boot, however late it comes, is then
dated by its monotonic seconds; the PC's own clock is only the last resort.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

FIRST_PLAUSIBLE = datetime(2024, 1, 1, tzinfo=UTC)
"""No agent existed before: an earlier date is a wrong clock."""

_SLACK = timedelta(minutes=10)

Method = Literal["receipt", "boot", "offset", "agent_clock", "unknown"]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a report was made. `offset_s`: agent clock minus true time, None when it cannot be told."""

    made_at: datetime
    method: Method  # receipt: it was live; unknown: made_at is only the latest possible time
    offset_s: float | None


def zero_of_boot(received_at: datetime, monotonic_s: float) -> datetime:
    """True time of monotonic second 0, from a live report: one that was made just before it was received."""
    return received_at - timedelta(seconds=monotonic_s)


def repair(
    *,
    agent_time: datetime | None,
    monotonic_s: float,
    received_at: datetime,
    live: bool,
    zero_at: datetime | None = None,
    offset_s: float | None = None,
) -> Moment:
    """True time at which a report was made; never after its receipt.

    `agent_time` is None when it lies outside the calendar. `zero_at` is the true time of second 0 of the same boot,
    where a live report has told it; `offset_s` the newest known offset of this agent's clock.
    """
    if live:
        return Moment(received_at, "receipt", _offset(agent_time, received_at))
    if zero_at is not None:
        made_at = zero_at + timedelta(seconds=monotonic_s)
        if made_at <= received_at + _SLACK:
            made_at = min(made_at, received_at)
            return Moment(made_at, "boot", _offset(agent_time, made_at))
    if agent_time is not None and offset_s is not None:
        made_at = agent_time - timedelta(seconds=offset_s)
        if FIRST_PLAUSIBLE <= made_at <= received_at + _SLACK:
            return Moment(min(made_at, received_at), "offset", offset_s)
    if agent_time is not None and FIRST_PLAUSIBLE <= agent_time <= received_at + _SLACK:
        return Moment(min(agent_time, received_at), "agent_clock", None)
    return Moment(received_at, "unknown", None)


def clock_wrong(offset_s: float | None, limit_s: float) -> bool | None:
    """Whether a PC's clock is off by more than the policy allows; None while no live report has told."""
    return None if offset_s is None else abs(offset_s) > limit_s


def _offset(agent_time: datetime | None, true_time: datetime) -> float | None:
    return (agent_time - true_time).total_seconds() if agent_time is not None else None
