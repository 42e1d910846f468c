"""Whether it was the collector that heard nothing: all offices falling silent at once is its fault, not theirs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST = timedelta(seconds=150)
FEWEST_SITES = 3
_EXPECTED = 15.0
"""So many heartbeats must be missing at once: by chance that happens less than once in three million times."""
BACK_SHARE = 0.5
"""At least this share of those who were silenced must come back on the same boot, or it was their own end."""
BACK_WITHIN = timedelta(seconds=1500)


@dataclass(frozen=True, slots=True)
class Heard:
    """An agent as last heard before a pause of everybody."""

    agent: str
    site: str
    boot: str
    at: datetime
    heartbeat_s: float
    goodbye: bool = False


def silenced(everybody: Iterable[Heard], last_at: datetime, now: datetime) -> list[Heard]:
    """Those of whom too many heartbeats are missing since `last_at`; empty when the pause may be chance."""
    if now - last_at < SHORTEST:
        return []
    missing: list[Heard] = []
    expected = 0.0
    for one in everybody:
        if not one.goodbye and (last_at - one.at).total_seconds() <= one.heartbeat_s * 1.1:
            missing.append(one)
            # each of them would have been heard once per heartbeat, and the first ones at once
            expected += min((now - last_at).total_seconds() / one.heartbeat_s, 2.0)
    few = len({one.site for one in missing}) < FEWEST_SITES
    regular = all((now - one.at).total_seconds() > one.heartbeat_s * 1.5 for one in missing)
    return [] if few or not (expected >= _EXPECTED or (regular and len(missing) >= FEWEST_SITES)) else missing


@dataclass(frozen=True, slots=True)
class After:
    """What is known of a silenced agent after the pause."""

    site: str
    came_back: bool  # heard on the same boot soon after
    saw_internet: bool | None  # by its journal of that time
    unclean: bool  # its next boot found that it had gone down hard


def was_the_collector(after: Sequence[After]) -> bool:
    """Whether those silenced together say so: most came back as if nothing had been, no journal knows of a cut."""
    if not after:
        return False
    sites = {one.site for one in after}
    cut = {one.site for one in after if one.saw_internet is False}
    well = {one.site for one in after if one.saw_internet}
    hard = {one.site for one in after if one.unclean}
    if len(well) >= 2 and len(well) > len(cut):
        return True
    if len(cut) > len(sites) / 4 or len(hard) > len(sites) / 3:
        return False
    back = sum(one.came_back for one in after)
    return back >= BACK_SHARE * len(after)
