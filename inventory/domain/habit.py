"""Opening hours from habit, for an office that never said when it is open. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from inventory.domain.contact import Interval
from inventory.domain.hours import VN_TIME, WEEKDAYS, Calendar, Hours, OpeningHours, parse_cached

FEWEST_DAYS = 8
"""Days of a kind (working days, Saturdays, Sundays) that have to be seen before anything is learnt of them."""
_SLOT_S = 1800
_USUAL = 0.6
_OPEN_DAY = 0.5


def learn_hours(
    heard: Sequence[Interval], calendar: Calendar, from_at: datetime, to_at: datetime
) -> OpeningHours | None:
    """The half hours in which somebody was usually there, from the times heard in [from_at, to_at). None: too little.

    Working days are taken together, Saturdays and Sundays each apart; days off by law do not count.
    """
    seen: dict[str, list[int]] = defaultdict(lambda: [0] * 48)
    days: dict[str, int] = defaultdict(int)
    by_day = _slots_by_day(heard)
    day = from_at.astimezone(VN_TIME).date() + timedelta(days=1)
    last = to_at.astimezone(VN_TIME).date()
    while day < last:
        kind = "mon-fri" if calendar.is_working_day(day) else WEEKDAYS[day.weekday()]
        if not calendar.is_holiday(day) and kind in ("mon-fri", "sat", "sun"):
            days[kind] += 1
            for slot in by_day.get(day.toordinal(), ()):
                seen[kind][slot] += 1
        day += timedelta(days=1)
    if days["mon-fri"] < FEWEST_DAYS:
        return None
    rows: list[tuple[str, str]] = []
    for kind in ("mon-fri", "sat", "sun"):
        fewest = FEWEST_DAYS if kind == "mon-fri" else FEWEST_DAYS / 2
        if days[kind] >= fewest:
            rows += [(kind, span) for span in _spans(seen[kind], days[kind])]
    hours: Hours = tuple(rows)
    return parse_cached(hours) if hours else None


def _spans(counts: Sequence[int], days: int) -> list[str]:
    usual = [count / days >= _USUAL for count in counts]
    if max(counts) / days < _OPEN_DAY:
        return []
    spans: list[str] = []
    start: int | None = None
    for slot in range(49):
        if slot < 48 and usual[slot]:
            start = slot if start is None else start
        elif start is not None:
            spans.append(f"{_clock(start)}-{_clock(slot)}")
            start = None
    return spans


def _clock(slot: int) -> str:
    return f"{slot // 2:02d}:{30 * (slot % 2):02d}"


def _slots_by_day(heard: Sequence[Interval]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for start, end in heard:
        local, until = start.astimezone(VN_TIME), end.astimezone(VN_TIME)
        while local.date() <= until.date():
            midnight = datetime.combine(local.date(), time(), VN_TIME)
            first = int((local - midnight).total_seconds()) // _SLOT_S
            end_s = min((until - midnight).total_seconds(), 86399.0)
            found[local.date().toordinal()].update(range(first, int(end_s) // _SLOT_S + 1))
            local = midnight + timedelta(days=1)
    return found
