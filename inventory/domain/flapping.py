"""Lines that come and go ("chập chờn"): many short cuts are one finding with a count. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.domain.policy import Policy
from inventory.domain.site_alert import Outage, outages
from inventory.domain.site_facts import Stretch

SHORT = timedelta(hours=2)
"""A longer cut is an outage of its own, however often the line came and went before it."""


@dataclass(frozen=True, slots=True)
class Flapping:
    """Short cuts within the policy's window, up to now."""

    cuts: int
    since: datetime  # begin of the first one
    last_at: datetime  # begin of the newest one
    lost_s: float  # all together
    longest_s: float
    ends_at: datetime  # when too few are left in the window, if no more come


def flapping(stretches: Sequence[Stretch], policy: Policy, now: datetime) -> Flapping | None:
    """The cuts of a line that flaps; None when there are too few of them."""
    window = timedelta(hours=policy.flapping_window_hours)
    cuts = [one for one in outages(stretches) if one.from_at >= now - window and _length(one, now) <= SHORT]
    if len(cuts) < policy.flapping_min_cuts:
        return None
    lengths = [_length(one, now).total_seconds() for one in cuts]
    return Flapping(
        cuts=len(cuts),
        since=cuts[0].from_at,
        last_at=cuts[-1].from_at,
        lost_s=sum(lengths),
        longest_s=max(lengths),
        ends_at=cuts[len(cuts) - policy.flapping_min_cuts].from_at + window,
    )


def _length(outage: Outage, now: datetime) -> timedelta:
    return (now if outage.to_at is None else outage.ended_at) - outage.from_at
