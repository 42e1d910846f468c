"""When was it that an agent saw what its journal tells? Places the entries of boots in true time. Pure.

In order of trust: the true time of second 0 of the boot, known from a live report; the PC's own clock, mended by the
error that it had in the boots before and after, where these agree and the time is free; the latest time at which it
can have been. An entry never reaches beyond what told it, nor over the known time of another boot of the same agent.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from inventory.domain.clock import FIRST_PLAUSIBLE
from inventory.domain.contact import Interval, gaps, merge

How = Literal["boot", "clock", "receipt"]

AGREE_S = 120.0
"""Errors of a clock that differ by no more are the same error; boots that overlap by no more do not contradict."""
SLACK = timedelta(minutes=10)
"""A time that lies no further beyond the receipt is a clock that drifted; one further beyond it is wrong."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry by the clocks of its boot. `before_at`: it was surely over by then."""

    from_monotonic_s: float
    to_monotonic_s: float
    agent_to_s: float  # the PC's clock at its end, s since 1970
    before_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of one boot: true time of its second 0, when it surely still ran, how wrong its clock was."""

    boot_id: str
    zero_at: datetime | None = None
    heard_to: datetime | None = None
    offset_s: float | None = None  # PC's clock minus true time
    after_at: datetime | None = None
    """It was not this agent's before: a boot that began earlier than another one ended came with another PC."""


@dataclass(frozen=True, slots=True)
class Placed:
    from_at: datetime
    to_at: datetime
    how: How


def place(
    told: Mapping[str, Sequence[Told]], runs: Iterable[Run], taken: Mapping[str, Sequence[Interval]]
) -> dict[str, list[Placed]]:
    """Entries of one agent by boot -> where each was, in the same order.

    The boots of `told` stand in the order in which they happened. `taken`: where entries of other boots, whose zero
    is not known either, were placed before; those of boots in `told` are ignored. The order of `runs` does not matter.
    """
    known = sorted((run for run in runs if run.zero_at is not None), key=_begin)
    zeros = {run.boot_id: run.zero_at for run in known}
    others = [span for boot_id, spans in taken.items() if boot_id not in told for span in spans]
    found: dict[str, list[Placed]] = {}
    for boot_id in reversed(list(told)):  # the last one lies next to the boot that told it
        entries = told[boot_id]
        if not entries:
            found[boot_id] = []
            continue
        near = [run for run in known if run.boot_id != boot_id]
        busy = merge((_begin(run), run.heard_to) for run in near if run.heard_to is not None)
        zero_at, how = zeros.get(boot_id), "boot"
        if zero_at is None or _too_late(entries, zero_at):
            busy = merge([*busy, *others])
            zero_at, how = _guess(entries, near, busy)
        found[boot_id] = [_entry(entry, zero_at, busy, how) for entry in entries]  # type: ignore[arg-type]
        others += [(one.from_at, one.to_at) for one in found[boot_id]]
    return found


def _guess(entries: Sequence[Told], near: Sequence[Run], busy: Sequence[Interval]) -> tuple[datetime, How]:
    by_clock = _by_clock(entries, near, busy)
    return (by_clock, "clock") if by_clock is not None else (_latest_free(entries, busy), "receipt")


def _by_clock(entries: Sequence[Told], near: Sequence[Run], busy: Sequence[Interval]) -> datetime | None:
    """Second 0 by the PC's clock at the last entry, which is the best set one; None: it contradicts what is known."""
    offsets = sorted({run.offset_s for run in near if run.offset_s is not None}, key=lambda s: (abs(s), s))
    for offset_s in offsets or [0.0]:  # nobody ever compared this clock with another: it stands alone
        zero_at = _zero(_last(entries), offset_s)
        if zero_at is None or not _possible(entries, zero_at, busy):
            continue
        if not offsets or _agrees(offset_s, zero_at, near):
            return zero_at
    return None


def _zero(entry: Told, offset_s: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(entry.agent_to_s - offset_s - entry.to_monotonic_s, UTC)
    except (ValueError, OverflowError, OSError):
        return None  # outside the calendar


def _possible(entries: Sequence[Told], zero_at: datetime, busy: Sequence[Interval]) -> bool:
    """Whether the boot can have begun then: agents existed, nothing was told in advance, no other boot ran."""
    begin, end = _extent(entries, zero_at)
    if begin < FIRST_PLAUSIBLE or _too_late(entries, zero_at):
        return False
    for start, stop in busy:
        lost = (min(stop, end) - max(start, begin)).total_seconds()
        at_the_edge = lost <= AGREE_S and (start <= begin < stop < end or begin < start < end <= stop)
        if start < end and begin < stop and not at_the_edge:
            return False
    return True


def _agrees(offset_s: float, zero_at: datetime, near: Sequence[Run]) -> bool:
    """Whether the clock had the same error in the boots next to this one."""
    dated = [run for run in near if run.offset_s is not None]
    before = [run for run in dated if _begin(run) < zero_at][-1:]
    after = [run for run in dated if _begin(run) >= zero_at][:1]
    return all(run.offset_s is not None and abs(offset_s - run.offset_s) <= AGREE_S for run in (*before, *after))


def _latest_free(entries: Sequence[Told], busy: Sequence[Interval]) -> datetime:
    """Second 0 so that the whole boot lies as late as it can, in time that no other boot has."""
    zero_at = min(_at(entry.before_at, -entry.to_monotonic_s) for entry in entries)
    for start, stop in reversed(busy):
        begin, end = _extent(entries, zero_at)
        if start < end and begin < stop:
            zero_at -= end - start
    return zero_at


def _entry(entry: Told, zero_at: datetime, busy: Sequence[Interval], how: How) -> Placed:
    """Clipped to what is possible: the longest part that no other boot has, before it was told."""
    start = min(_at(zero_at, entry.from_monotonic_s), entry.before_at)
    end = max(start, min(_at(zero_at, entry.to_monotonic_s), entry.before_at))
    if start == end:
        return Placed(*_instant(busy, start), how)
    free = gaps(busy, start, end)
    if not free:
        return Placed(*_instant(busy, start), how)
    best = max(free, key=lambda part: (part[1] - part[0], part[0]))
    return Placed(best[0], best[1], how)


def _instant(busy: Sequence[Interval], moment: datetime) -> Interval:
    """A moment; inside another boot it moves to that boot's begin."""
    at = bisect_right(busy, moment, key=lambda span: span[0]) - 1
    if at >= 0 and busy[at][0] < moment < busy[at][1]:
        moment = busy[at][0]
    return moment, moment


def _at(zero_at: datetime, monotonic_s: float) -> datetime:
    return zero_at + timedelta(seconds=monotonic_s)


def _extent(entries: Sequence[Told], zero_at: datetime) -> Interval:
    first = min(entry.from_monotonic_s for entry in entries)
    return _at(zero_at, first), _at(zero_at, _last(entries).to_monotonic_s)


def _last(entries: Sequence[Told]) -> Told:
    return max(entries, key=lambda entry: entry.to_monotonic_s)


def _too_late(entries: Sequence[Told], zero_at: datetime) -> bool:
    """Whether something was told in advance by more than a clock drifts."""
    return any(_at(zero_at, entry.to_monotonic_s) > entry.before_at + SLACK for entry in entries)


def _begin(run: Run) -> datetime:
    assert run.zero_at is not None
    return run.zero_at if run.after_at is None else max(run.zero_at, run.after_at)
