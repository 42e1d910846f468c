"""When a PC counts as silent: by the opening time that passed since it was last heard, not by the clock on the wall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inventory.domain.contact import Interval, Measure, intersect
from inventory.domain.policy import Policy


def listening_time(opening: Sequence[Interval], collector_up: Sequence[Interval]) -> Measure:
    """Opening time in which the collector could hear: what silence is measured by. Both lists tidy."""
    return Measure(intersect(opening, collector_up))


def silent_seconds(listening: Measure, last_contact_at: datetime, now: datetime) -> float:
    """Opening time without a sign of life, seconds."""
    return listening.between(last_contact_at, now)


def is_silent(listening: Measure, last_contact_at: datetime | None, policy: Policy, now: datetime) -> bool | None:
    """Whether a PC is silent; None for one that was never heard, of which nobody can say so."""
    if last_contact_at is None:
        return None
    return silent_seconds(listening, last_contact_at, now) >= policy.machine_silent_minutes * 60
