"""Offices that fall silent together: one event of a provider or an area, not many faults of offices. Pure.

Each office falls silent now and then for reasons of its own. Several that do so within one heartbeat are an event when
that many would hardly have done so by chance, given how often such silences happen, and when they are a good part of
the offices of one provider, one area, or one provider in one area that were heard just before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb, log
from typing import Literal

from inventory.domain.site_facts import Cause, SharedLoss, Stretch

Sign = Literal["silent", "together", "unclean", "strip", "line", "lan", "power"]

SIGNS: Mapping[str, Sign] = {
    "waiting_for_evidence": "silent",
    "co_vanished": "together",
    "group_line": "together",
    "group_loss": "together",
    "unclean_alone": "unclean",
    "unclean_together": "power",
    "closed_unclean": "strip",
    "unclean_at_closing": "strip",
    "group_power": "unclean",
    "power_with_battery": "power",
    "journal_line": "line",
    "journal": "line",
    "late_reports": "line",
    "journal_lan": "lan",
}
"""What the `why` of a stretch says about how an office was lost; others are no losses (goodbye, asleep, captive)."""

FEWEST_SITES = 3
FEWEST_UNCLEAN = 2
SMALLEST_SHARE = 0.4
_DOUBT = log(0.02 / (80 * 30))  # false events a day, by about 80 windows in a working day and 30 groups
_RAREST = 1e-4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site belongs; "" when it is not known."""

    provider: str
    area: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A site that was heard and then was not."""

    site: str
    at: datetime
    to_at: datetime | None  # None: not over yet
    sign: Sign
    ends_known: bool = False  # somebody saw the end


@dataclass(frozen=True, slots=True)
class AreaEvent:
    from_at: datetime
    to_at: datetime | None  # None: not over at any of its sites
    area: str | None
    provider: str | None
    sites: tuple[str, ...]
    cause: Cause

    def shared(self, window: timedelta) -> SharedLoss:
        """What its sites are told about it."""
        return SharedLoss(self.from_at - window, self.from_at + window, self.cause)


def losses_of(site: str, stretches: Sequence[Stretch]) -> list[Loss]:
    """The losses in a timeline: a stretch that follows UP, with what follows of the same silence."""
    found: list[Loss] = []
    for at, stretch in enumerate(stretches):
        sign = SIGNS.get(stretch.why)
        if sign is None or at == 0 or stretches[at - 1].state != "UP":
            continue
        end = at
        while end + 1 < len(stretches) and stretches[end + 1].state != "UP" and _goes_on(stretches[end + 1]):
            end += 1
        back = end + 1 < len(stretches)
        known = back and (stretches[end + 1].state == "UP" or stretches[end + 1].why == "starting")
        found.append(Loss(site, stretch.from_at, stretches[end].to_at if back else None, sign, known))
    return found


def _goes_on(stretch: Stretch) -> bool:
    return stretch.why in SIGNS or stretch.why == "both_ends" or stretch.why == "closed"


Chance = Callable[[Loss], float]
"""How likely an office is lost so within one window, of its own; between 0 and 1."""

_START: Mapping[Sign, float] = {"silent": 30, "together": 1, "unclean": 3, "strip": 40, "line": 2, "lan": 2, "power": 1}
_SLOT_S = 1800


def chances(losses: Iterable[Loss], heard_s: float, window: timedelta) -> Chance:
    """By how often it happened in `heard_s` seconds of offices being heard; with a cautious start.

    Power strips are switched off when people leave, so for them it depends on the time of day.
    """
    counts: dict[tuple[Sign, int], int] = defaultdict(int)
    for loss in losses:
        counts[_slot(loss)] += 1
    windows = heard_s / window.total_seconds() + 2000.0

    def chance(loss: Loss) -> float:
        slot = _slot(loss)
        share = 48.0 if loss.sign == "strip" else 1.0
        return min(0.5, max(_RAREST, (counts[slot] * share + _START[loss.sign]) / windows))

    return chance


def _slot(loss: Loss) -> tuple[Sign, int]:
    return (loss.sign, int(loss.at.timestamp()) % 86400 // _SLOT_S if loss.sign == "strip" else 0)


def find_events(
    losses: Sequence[Loss],
    places: Mapping[str, Place],
    was_heard: Callable[[str, datetime], bool],
    chance: Chance,
    window: timedelta,
) -> list[AreaEvent]:
    """The events in these losses. `was_heard(site, moment)`: whether the site was UP then."""
    left = sorted(losses, key=lambda loss: (loss.at, loss.site))
    by_key: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for site, place in sorted(places.items()):
        for key in _keys(place):
            by_key[key].append(site)
    events: list[AreaEvent] = []
    at = 0
    while at < len(left):
        end = bisect_right(left, left[at].at + window, key=lambda loss: loss.at)
        best = _best(left[at:end], by_key, places, was_heard, chance, window) if end - at >= FEWEST_UNCLEAN else None
        if best is None:
            at += 1
            continue
        key, members = best
        events.append(_event(key, members))
        gone = {(loss.site, loss.at) for loss in members}
        left = [*left[:at], *(loss for loss in left[at:] if (loss.site, loss.at) not in gone)]
    return events


def _keys(place: Place) -> list[tuple[str | None, str | None]]:
    keys: list[tuple[str | None, str | None]] = []
    if place.provider:
        keys.append((place.provider, None))
    if place.area:
        keys.append((None, place.area))
    if place.provider and place.area:
        keys.append((place.provider, place.area))
    return keys


def _best(
    near: Sequence[Loss],
    by_key: Mapping[tuple[str | None, str | None], Sequence[str]],
    places: Mapping[str, Place],
    was_heard: Callable[[str, datetime], bool],
    chance: Chance,
    window: timedelta,
) -> tuple[tuple[str | None, str | None], list[Loss]] | None:
    """The group that these losses fit best: most of the losses, then most of the group."""
    members: dict[tuple[str | None, str | None], dict[str, Loss]] = defaultdict(dict)
    for loss in near:
        for key in _keys(places[loss.site]):
            members[key].setdefault(loss.site, loss)
    best: tuple[tuple[float, float, int], tuple[str | None, str | None], list[Loss]] | None = None
    for key, lost in members.items():
        group = list(lost.values())
        unclean = sum(loss.sign in ("unclean", "power", "strip") for loss in group)
        if len(group) < FEWEST_SITES and unclean < FEWEST_UNCLEAN:
            continue
        moment = group[0].at - window / 4
        heard = sum(was_heard(site, moment) or site in lost for site in by_key[key])
        share = len(group) / max(heard, 1)
        if share < SMALLEST_SHARE:
            continue
        likely = log(comb(heard, len(group))) + sum(log(chance(loss)) for loss in group)
        if likely > _DOUBT:
            continue
        # a whole provider in one area is told as that, not as a part of either
        rank = (round(len(group) / len(near), 1), round(share, 1), sum(part is not None for part in key))
        if best is None or rank > best[0]:
            best = (rank, key, group)
    return (best[1], best[2]) if best else None


def _event(key: tuple[str | None, str | None], members: Sequence[Loss]) -> AreaEvent:
    exact = sorted(loss.at for loss in members if loss.sign in ("line", "lan")) or sorted(loss.at for loss in members)
    ends = [loss.to_at for loss in members if loss.to_at is not None and loss.ends_known]
    ends = ends or [loss.to_at for loss in members if loss.to_at is not None]
    return AreaEvent(
        from_at=exact[len(exact) // 2],
        to_at=max(ends) if ends else None,
        area=key[1],
        provider=key[0],
        sites=tuple(sorted(loss.site for loss in members)),
        cause=cause_of(loss.sign for loss in members),
    )


def cause_of(signs: Iterable[Sign]) -> Cause:
    """Power when PCs went down hard at several offices, else the line when a journal says so."""
    counts: dict[str, int] = defaultdict(int)
    for sign in signs:
        counts[sign] += 1
    power = counts["unclean"] + counts["power"] + counts["strip"]
    if power >= FEWEST_UNCLEAN and power >= counts["line"]:
        return "power"
    return "line" if counts["line"] else "unknown"


def heard_lookup(stretches: Mapping[str, Sequence[Stretch]]) -> Callable[[str, datetime], bool]:
    """`was_heard` for find_events, from timelines."""
    spans = {
        site: [(stretch.from_at, stretch.to_at) for stretch in own if stretch.state == "UP"]
        for site, own in stretches.items()
    }

    def was_heard(site: str, moment: datetime) -> bool:
        own = spans.get(site, ())
        at = bisect_left(own, (moment,)) - 1  # type: ignore[type-var]
        return at >= 0 and moment <= own[at][1]

    return was_heard
