"""Which PC scans a LAN? One at a time, elected here and told with the answer to its reports. Pure.

The tenure (policy scan.lease_hours) is how long a PC keeps the task before others are considered. What an agent is
given with each answer is only a short lease, renewed while it reports: when it falls silent for longer than that, it
has certainly stopped scanning, and another can be elected. So no two ever scan at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

GRANT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agent on the LAN. `able` False: it said that it cannot or may not scan."""

    agent_id: str
    able: bool
    wired: bool
    laptop: bool
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tenure:
    """Who holds the task. `agent_id` "": nobody."""

    agent_id: str = ""
    from_at: datetime | None = None
    until: datetime | None = None
    why: str = ""  # first | silent | unable | better | kept | policy


def elect(
    held: Tenure, candidates: Sequence[Candidate], now: datetime, grace: timedelta, hours: float, scanning: bool
) -> Tenure:
    """The tenure from now on; `held` itself when nothing changes.

    `grace` is the silence that still counts as heard, `scanning` the policy's switch. Best is a wired desktop PC that
    reports; among equals the smaller id, so that every process comes to the same PC. A holder whose tenure is running
    stays; one whose tenure is over has no lease left either, because a lease never outlasts the tenure.
    """
    if not scanning:
        return Tenure(why="policy") if held.agent_id else held
    present = [one for one in candidates if one.able and one.heard_at is not None and now - one.heard_at <= grace]
    best = min(present, key=_rank, default=None)
    holder = next((one for one in candidates if one.agent_id == held.agent_id), None)
    if not held.agent_id:
        return _from(best, now, hours, "first") if best else held
    if holder is None or not holder.able:
        return _from(best, now, hours, "unable") if best else Tenure(why="unable")
    if holder.heard_at is None or now - holder.heard_at > GRANT:
        return _from(best, now, hours, "silent") if best else held
    if (held.until is not None and held.until > now) or best is None:
        return held
    return _from(best, now, hours, "kept" if best is holder else "better")


def grant_s(until: datetime | None, now: datetime) -> int:
    """Seconds of lease to tell the elected agent with an answer; 0 when its tenure is over."""
    if until is None or until <= now:
        return 0
    return int(min(GRANT, until - now).total_seconds())


def _rank(one: Candidate) -> tuple[bool, bool, str]:
    return (not one.wired, one.laptop, one.agent_id)


def _from(one: Candidate, now: datetime, hours: float, why: str) -> Tenure:
    return Tenure(one.agent_id, now, now + timedelta(hours=hours), why)
