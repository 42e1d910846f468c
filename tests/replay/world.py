"""Offices, PCs, people and the calendar: who is at which PC when. Nothing here knows about faults or the engine.

Times are float seconds since 1970 (UTC); Vietnam is UTC+7 all year round.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import holidays

VN_S = 7 * 3600
DAY_S = 86400.0
MIN_S = 60.0
Span = tuple[float, float]

PROVIDERS = (("VNPT", 45), ("Viettel", 34), ("FPT", 11), ("MobiFone", 6), ("CMC", 4))
STANDARD = [["mon-fri", "07:30-11:30"], ["mon-fri", "13:30-17:00"]]
HOURS = (  # (weight, what the office really keeps)
    (58, STANDARD),
    (10, [*STANDARD, ["sat", "07:30-11:30"]]),
    (12, [["mon-fri", "07:00-11:00"], ["mon-fri", "13:30-16:30"]]),
    (6, [["mon-fri", "07:30-17:00"]]),
    (5, [["mon-thu", "08:00-12:00"], ["mon-thu", "13:00-17:00"], ["fri", "08:00-11:30"]]),
    (3, [["mon,wed,fri", "07:30-11:30"]]),
    (3, [["mon-fri", "07:30-11:30"], ["mon-fri", "13:30-17:00"], ["sun", "08:00-10:00"]]),
    (3, [["mon-sun", "00:00-24:00"]]),
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LETTER_OFF = {date(2026, 1, 2)}  # letter 12729/VPCP-KGVX of 25 December 2025, unknown to the holidays package
LETTER_WORK = {date(2026, 1, 10): 4}


def stamp(at: float) -> str:
    """Seconds since 1970 -> RFC 3339 UTC with milliseconds."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def seconds(text: str) -> float:
    """RFC 3339 -> seconds since 1970."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def midnight(day: date) -> float:
    """Local midnight of a Vietnamese day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() - VN_S


class Days:
    """Working days as the holidays package and the one missing letter give them: day -> weekday kept, or None."""

    def __init__(self, start: date, count: int) -> None:
        years = sorted({start.year, (start + timedelta(days=count + 1)).year})
        known = holidays.country_holidays("VN", years=years)
        makeup: dict[date, int] = dict.fromkeys(getattr(known, "weekend_workdays", ()), 0)
        makeup.update(LETTER_WORK)
        self.days = [start + timedelta(days=at) for at in range(count)]
        self.off = {day for day in self.days if (day in known or day in LETTER_OFF) and day not in makeup}
        self.makeup = {day: kept for day, kept in makeup.items() if day in self.days}

    def weekday(self, day: date) -> int | None:
        """Weekday (0 Monday) whose hours hold; None on a holiday."""
        if day in self.off:
            return None
        return self.makeup.get(day, day.weekday())

    def eve(self, day: date) -> bool:
        """The last working day before a holiday."""
        ahead = day + timedelta(days=1)
        while ahead.weekday() >= 5 and ahead not in self.off and ahead not in self.makeup:
            ahead += timedelta(days=1)
        return ahead in self.off and day not in self.off


def opening(hours: list[list[str]], days: Days, day: date) -> list[Span]:
    """Opening spans of one day; 24/7 offices know no holiday."""
    kept = days.weekday(day)
    whole_week = hours == [["mon-sun", "00:00-24:00"]]
    if whole_week:
        kept = day.weekday()
    if kept is None:
        return []
    found: list[Span] = []
    for names, span in hours:
        if kept in _weekdays(names):
            first, last = (int(part[:2]) * 3600 + int(part[3:]) * 60 for part in span.split("-"))
            found.append((midnight(day) + first, midnight(day) + last))
    return sorted(found)


def _weekdays(names: str) -> set[int]:
    found: set[int] = set()
    for part in names.split(","):
        first, _, last = part.partition("-")
        found.update(range(WEEKDAYS.index(first), WEEKDAYS.index(last or first) + 1))
    return found


@dataclass
class Site:
    """An office. `hours` is what it keeps, `given` what the register says (None: key absent or null)."""

    id: str
    provider: str
    area: str
    hours: list[list[str]]
    given: list[list[str]] | None
    strip: bool  # the last one out switches the power strip off
    office: list[Span] = field(default_factory=list)
    pcs: int = 0


@dataclass
class Window:
    """Somebody wants the PC on from `start` to `end`; `how` it then ends: goodbye, lost, unclean, sleep, reboot."""

    start: float
    end: float
    how: str = "goodbye"


@dataclass
class Pc:
    """One PC with one agent and the habits of its user."""

    id: str
    site: str
    enrolled: float
    retired: float
    laptop: bool
    battery_s: float  # 0: none (no UPS either)
    restores: bool  # BIOS: on again with the mains
    always_on: bool
    moved: tuple[float, str] | None = None  # (when, to which site)
    reimaged: list[float] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    mute: bool = False  # enrolled, never reports

    def site_at(self, at: float) -> str:
        """Where the PC stands."""
        return self.moved[1] if self.moved and at >= self.moved[0] else self.site


@dataclass
class World:
    """Everything but the faults."""

    start: float
    end: float
    days: Days
    sites: dict[str, Site]
    pcs: list[Pc]


def build(rng: random.Random, offices: int, pcs: int, start: date, count: int) -> World:
    """Offices, PCs and, for every PC, the windows in which somebody has it on."""
    from tests.replay.people import live  # people need the classes above

    days = Days(start, count)
    world = World(midnight(start), midnight(start) + count * DAY_S, days, {}, [])
    areas = [f"khu-{at + 1:02d}" for at in range(max(2, offices // 12))]
    for at, size in enumerate(_sizes(rng, offices, pcs)):
        site = _site(rng, f"s{at + 1:03d}", rng.choice(areas), days)
        site.pcs = size
        world.sites[site.id] = site
        world.pcs.extend(_pc(rng, world, site, f"{site.id}-{number + 1}") for number in range(size))
    for at in range(offices // 40):  # in the register, no agent yet
        site = _site(rng, f"n{at + 1:02d}", rng.choice(areas), days)
        world.sites[site.id] = site
    _move_some(rng, world)
    live(rng, world)
    return world


def _sizes(rng: random.Random, offices: int, pcs: int) -> list[int]:
    sizes = [1 if at < offices // 3 else rng.randint(2, 8) for at in range(offices)]
    while sum(sizes) != pcs:
        at = rng.randrange(offices // 3, offices)
        step = 1 if sum(sizes) < pcs else -1
        if 2 <= sizes[at] + step <= 12:
            sizes[at] += step
        elif all(size in (1, 2 if step < 0 else 12) for size in sizes):
            break
    rng.shuffle(sizes)
    return sizes


def _site(rng: random.Random, name: str, area: str, days: Days) -> Site:
    provider = rng.choices([name for name, _ in PROVIDERS], [share for _, share in PROVIDERS])[0]
    hours = rng.choices([row for _, row in HOURS], [weight for weight, _ in HOURS])[0]
    site = Site(name, provider, area, hours, None if rng.random() < 0.13 else hours, rng.random() < 0.08)
    site.office = [span for day in days.days for span in opening(hours, days, day)]
    return site


def _pc(rng: random.Random, world: World, site: Site, name: str) -> Pc:
    laptop = rng.random() < 0.22
    battery = rng.uniform(40, 240) * MIN_S if laptop else rng.uniform(5, 25) * MIN_S if rng.random() < 0.07 else 0.0
    length = world.end - world.start
    enrolled = world.start - DAY_S if rng.random() < 0.9 else world.start + rng.random() * length * 0.7
    retired = world.end + DAY_S if rng.random() < 0.97 else world.start + rng.uniform(0.4, 1) * length
    pc = Pc(name, site.id, enrolled, retired, laptop, battery, rng.random() < 0.2, False)
    pc.always_on = rng.random() < (0.5 if site.hours[0][1] == "00:00-24:00" else 0.04)
    pc.mute = rng.random() < 0.01
    if rng.random() < 0.04:
        pc.reimaged = [world.start + rng.random() * length]
    return pc


def _move_some(rng: random.Random, world: World) -> None:
    for pc in world.pcs:
        if rng.random() < 0.025:
            to = rng.choice([name for name, site in world.sites.items() if name != pc.site and site.pcs])
            day = rng.choice(world.days.days)
            pc.moved = (midnight(day) + rng.choice((12.4, 19.0, 22.0)) * 3600, to)
