"""Journals of boots of which nobody knows when they were: put where people were at work. Pure.

A PC with a dead clock that ran a whole day without a line, and was heard neither before nor after in that boot, leaves
entries whose time is known only to lie between the boots around it. People switch PCs on when the office opens: of
the days on which the boot fits, the one that it covers best is taken, the latest of equals.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from inventory.domain.contact import Interval, clip, seconds
from inventory.domain.site_facts import ContactFact, JournalFact

_NEW_DAY = timedelta(hours=6)
_MOST_DAYS = 20


def aligned(
    journal: Sequence[JournalFact], contacts: Sequence[ContactFact], opening: Sequence[Interval]
) -> list[JournalFact]:
    """The same entries; those that are not sure of their time moved into opening hours, as far as they are free to."""
    loose: dict[tuple[str, str], list[JournalFact]] = defaultdict(list)
    kept: list[JournalFact] = []
    for fact in journal:
        if fact.sure:
            kept.append(fact)
        else:
            loose[fact.agent_id, fact.boot_id].append(fact)
    if not loose:
        return kept
    days = [start for at, (start, _) in enumerate(opening) if at == 0 or start - opening[at - 1][1] >= _NEW_DAY]
    for (agent_id, boot_id), facts in sorted(loose.items(), key=lambda item: item[1][-1].to_at, reverse=True):
        busy = [(c.from_at, c.to_at) for c in contacts if c.agent_id == agent_id and c.boot_id != boot_id]
        busy += [(f.from_at, f.to_at) for f in kept if f.agent_id == agent_id and f.boot_id != boot_id]
        shift = _shift(facts, busy, days, opening)
        kept += [replace(fact, from_at=fact.from_at - shift, to_at=fact.to_at - shift) for fact in facts]
    return sorted(kept, key=lambda fact: (fact.from_at, fact.agent_id, fact.boot_id))


def _shift(
    facts: Sequence[JournalFact], busy: Sequence[Interval], days: Sequence[datetime], opening: Sequence[Interval]
) -> timedelta:
    """How much earlier the boot was than its latest possible time."""
    first = min(fact.from_at for fact in facts)
    length = max(fact.to_at for fact in facts) - first
    free_from = max((end for _, end in busy if end <= first), default=datetime.min.replace(tzinfo=first.tzinfo))
    best, best_s = first, seconds(clip(opening, first, first + length))
    for start in reversed(days[max(0, bisect_left(days, first) - _MOST_DAYS) : bisect_left(days, first)]):
        if start < free_from:
            break
        inside = seconds(clip(opening, start, start + length))
        if inside > best_s:
            best, best_s = start, inside
    return first - best
