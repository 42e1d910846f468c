"""What the journals of a site's agents say together: when the line was bad and of what, and when it was well. Pure.

A journal is one PC's view. Another PC of the same office that was heard at the same time shows that the fault was the
first one's own (its cable, its card), and nothing is said about the site. What a journal says of a time in which the
collector was down is never held against the site; that the line was well is believed then, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from inventory.domain.contact import Interval, chain, clip, merge, seconds, subtract
from inventory.domain.site_facts import Cause, JournalFact

Verdict = Literal["well", "beyond", "line", "dark", "lan", "captive", "shut", "unknown"]

BACK_OFF = timedelta(seconds=900)
"""Agents wait up to this long before they try the collector again: their journals may see its return that much late."""
_BLIP = timedelta(seconds=180)
_ORDER: tuple[Verdict, ...] = (
    "line",
    "captive",
    "dark",
    "lan",
    "shut",
    "unknown",
)  # who saw more of the way is believed
_WEAK: tuple[Verdict, ...] = ("dark", "shut", "unknown")
"""They tell that nothing got through, hardly why."""
_CAUSES: Mapping[Verdict, Cause] = {
    "line": "line",
    "captive": "captive",
    "dark": "line",
    "lan": "lan",
    "shut": "line",
    "unknown": "unknown",
}
_OWN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Trouble:
    """A time for which journals show that the office could not be reached, and where the way ended."""

    from_at: datetime
    to_at: datetime
    cause: Cause
    is_weak: bool = False  # that it was so is sure, the cause hardly


@dataclass(frozen=True, slots=True)
class Witness:
    """What all journals of a site come to; both lists ascend and do not overlap each other."""

    troubles: list[Trouble]
    well: list[Interval]


def verdict(fact: JournalFact, knows_internet: bool) -> Verdict:
    """What one entry says of the line. `knows_internet`: the Internet has answered this agent at some time; where only
    the government's network is joined, it never does, and that it does not answer says nothing.

    "beyond": the Internet answered and the collector did not; who was to blame depends on what others heard.
    "dark": nothing behind the gateway answered, by an agent that may be allowed no further.
    "shut": the Internet did not answer, and of the gateway nothing is known.
    """
    if fact.collector:
        return "well"
    if fact.gateway is False:
        return "lan"
    if fact.captive:
        return "captive"
    if fact.internet is False:
        return "shut" if fact.gateway is None else "line" if knows_internet else "dark"
    if fact.internet:
        return "well" if fact.captive is False else "beyond"
    if fact.gateway:
        # An agent that asks and got an answer which proves nothing stands before somebody else's page.
        return "captive" if knows_internet and fact.captive is None else "dark"
    return "unknown"


def bear_witness(
    journal: Sequence[JournalFact],
    live: Mapping[str, Sequence[Interval]],
    heard: Sequence[Interval],
    blind: Sequence[Interval],
    cadence: timedelta,
) -> Witness:
    """`live`: times heard by agent; `heard`: of the site; `blind`: the collector was down; all tidy."""
    knowing = {fact.agent_id for fact in journal if fact.internet}
    spans: dict[tuple[str, Verdict], list[Interval]] = defaultdict(list)
    for fact in journal:
        if not fact.sure and len(live) > 1:
            continue  # other PCs know better when it was
        spans[fact.agent_id, verdict(fact, fact.agent_id in knowing)].append((fact.from_at, fact.to_at))
    well = merge(part for (_, kind), parts in spans.items() if kind == "well" for part in parts)
    beyond = merge(part for (_, kind), parts in spans.items() if kind == "beyond" for part in parts)
    well = merge([*well, *(part for span in beyond for part in clip(blind, *span))])
    returning = merge((start - cadence, end + BACK_OFF + cadence) for start, end in blind)
    bad: dict[Verdict, list[Interval]] = defaultdict(list)
    views: list[list[Interval]] = []
    for agent_id in sorted({agent_id for agent_id, _ in spans}):
        own: dict[Verdict, list[Interval]] = {kind: merge(spans[agent_id, kind]) for kind in _ORDER}
        own["captive"] = _before_a_page(own["captive"], merge(spans[agent_id, "beyond"]), returning, cadence)
        for kind in _WEAK:
            own[kind] = subtract(own[kind], returning)
        others = [runs for other, runs in live.items() if other != agent_id]
        view: list[Interval] = []
        for episode in chain((part for parts in own.values() for part in parts), cadence * 2):
            if _is_its_own(episode, others, cadence):
                continue
            for kind in _ORDER:
                part = clip(own[kind], *episode)
                bad[kind] += part
                view += part
        views.append(merge(view))
    # Two that saw it at once are believed, though a third's reports went through just before and after.
    agreed = [part for part in _twice(views) if part[1] - part[0] <= cadence * 1.3]
    taken = merge([*subtract(heard, agreed), *blind, *well])
    return Witness(_troubles(bad, taken), subtract(well, heard))


def _twice(views: Sequence[Sequence[Interval]]) -> list[Interval]:
    """Times that are in at least two of the lists."""
    seen: list[Interval] = []
    twice: list[Interval] = []
    for view in views:
        twice += [part for span in view for part in clip(seen, *span)]
        seen = merge([*seen, *view])
    return merge(twice)


def _before_a_page(
    captive: Sequence[Interval], beyond: Sequence[Interval], returning: Sequence[Interval], cadence: timedelta
) -> list[Interval]:
    """The Internet "answers", but not the collector, which others reached: a page stands in between."""
    shown = [part for part in subtract(beyond, returning) if part[1] - part[0] > cadence]
    return merge([*captive, *shown])


def _is_its_own(episode: Interval, others: Sequence[Sequence[Interval]], cadence: timedelta) -> bool:
    """Whether other PCs were heard during so much of it that the fault was this PC's alone."""
    if not others:
        return False
    # its end may be seen late, its start while another's report was still on the way
    start, end = episode[0] + cadence, episode[1] - max(BACK_OFF, cadence)
    heard = seconds(merge(part for runs in others for part in clip(runs, *episode)))
    if heard <= (2 * cadence).total_seconds():
        return False
    inner = seconds(merge(part for runs in others for part in clip(runs, start, max(start, end))))
    return inner > 0 and heard > _OWN_SHARE * (episode[1] - episode[0]).total_seconds()


def _troubles(bad: Mapping[Verdict, Sequence[Interval]], taken: Sequence[Interval]) -> list[Trouble]:
    found: list[Trouble] = []
    covered = list(taken)
    for kind in _ORDER:
        parts = subtract(merge(bad.get(kind, ())), covered)
        found += [Trouble(start, end, _CAUSES[kind], kind in _WEAK) for start, end in parts]
        covered = merge([*covered, *parts])
    found.sort(key=lambda trouble: trouble.from_at)
    return _smooth(found)


def _smooth(troubles: Sequence[Trouble]) -> list[Trouble]:
    """A short piece of another cause at the edge of a longer one is how it began or ended, not a fault of its own; a
    piece whose cause is hardly known has its neighbour's."""
    smooth: list[Trouble] = []
    for trouble in troubles:
        last = smooth[-1] if smooth else None
        if last is not None and trouble.from_at - last.to_at <= _BLIP:
            if last.cause == trouble.cause or _gives_way(trouble, last):
                weak = last.is_weak and trouble.is_weak
                smooth[-1] = replace(last, to_at=trouble.to_at, is_weak=weak)
                continue
            if _gives_way(last, trouble):
                smooth[-1] = replace(trouble, from_at=last.from_at)
                continue
        smooth.append(trouble)
    return smooth


def _gives_way(one: Trouble, other: Trouble) -> bool:
    length = one.to_at - one.from_at
    return length < _BLIP or (one.is_weak and not other.is_weak and length <= other.to_at - other.from_at)
