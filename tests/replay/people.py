"""People: arriving, leaving, lunch, leave, meetings, power strips, crashes, updates -> windows of every PC."""

from __future__ import annotations

import itertools
import random
from datetime import date

from tests.replay.world import DAY_S, MIN_S, Days, Pc, Site, Span, Window, World, midnight, opening

STYLES = (  # how somebody leaves a PC: (weight of the person, weights of goodbye, lost, unclean, sleep)
    (62, (90, 5, 3, 2)),
    (10, (25, 70, 3, 2)),
    (8, (20, 5, 70, 5)),
    (20, (15, 3, 2, 80)),
)
ENDS = ("goodbye", "lost", "unclean", "sleep")


class Person:
    """The habits of the one who uses a PC."""

    def __init__(self, rng: random.Random, pc: Pc, days: Days) -> None:
        self.rng = rng
        self.style = rng.choices([row for _, row in STYLES], [weight for weight, _ in STYLES])[0]
        if pc.laptop and rng.random() < 0.5:
            self.style = STYLES[3][1]
        self.early = rng.gauss(-4, 7)
        self.late = rng.gauss(4, 9)
        self.lunch = rng.choice((0.03, 0.03, 0.05, 0.4, 0.92))
        self.stays_on = rng.choice((0.0, 0.0, 0.02, 0.15))
        self.absent = rng.choice((0.02, 0.04, 0.1))
        self.leave: set[date] = set()
        for _ in range(rng.choice((0, 1, 1, 2))):
            first = rng.randrange(len(days.days))
            self.leave.update(days.days[first : first + rng.randint(3, 12)])

    def how(self) -> str:
        """How the PC ends this time."""
        return self.rng.choices(ENDS, self.style)[0]


def live(rng: random.Random, world: World) -> None:
    """Fill `windows` of every PC, in place."""
    here: dict[str, list[Pc]] = {}
    for pc in world.pcs:
        here.setdefault(pc.site, []).append(pc)
    patch_days = set(rng.sample(world.days.days, max(1, len(world.days.days) // 40)))
    for site in world.sites.values():
        staff = [(pc, Person(rng, pc, world.days)) for pc in here.get(site.id, [])]
        for day in world.days.days:
            _site_day(rng, world, site, staff, day, day in patch_days)
    for pc in world.pcs:
        pc.windows = _finish(rng, pc, world)


def _site_day(
    rng: random.Random, world: World, site: Site, staff: list[tuple[Pc, Person]], day: date, patches: bool
) -> None:
    spans = opening(site.hours, world.days, day)
    meeting = _meeting(rng, spans) if spans and rng.random() < 0.015 else None
    update = rng.random() < (0.6 if patches else 0.008)  # updates: all PCs of the office restart within minutes
    at = midnight(day) + (11.7 if patches else rng.uniform(8, 16)) * 3600
    last = spans[-1][1] + rng.uniform(1, 16) * MIN_S if spans else 0.0
    for pc, person in staff:
        if pc.always_on:
            continue
        if not spans:
            if rng.random() < 0.012:
                first = midnight(day) + rng.uniform(7.5, 15) * 3600
                pc.windows.append(Window(first, first + rng.uniform(0.5, 4) * 3600, person.how()))
            continue
        if day in person.leave or rng.random() < person.absent:
            continue
        windows = _pc_day(person, spans, world.days.eve(day))
        if meeting:
            windows = _cut_out(rng, windows, meeting, person)
        if update:
            windows = _reboot(
                windows, at + rng.uniform(0, 600), "reboot", rng.choice((100.0, 100.0, 900.0)) * rng.uniform(0.4, 1.5)
            )
        if rng.random() < 0.008:
            windows = _reboot(windows, rng.uniform(windows[0].start, windows[-1].end), "unclean", rng.uniform(60, 400))
        if site.strip and windows[-1].end > last - 60 * MIN_S:
            windows[-1].end, windows[-1].how = max(last, windows[-1].start + 60), "unclean"
        pc.windows.extend(windows)
        if rng.random() < person.stays_on and not site.strip:
            pc.windows[-1].how = "on"


def _meeting(rng: random.Random, spans: list[Span]) -> Span:
    first = rng.choice(spans)[0] + rng.uniform(-5, 60) * MIN_S
    return first, first + rng.uniform(1, 4) * 3600


def _pc_day(person: Person, spans: list[Span], eve: bool) -> list[Window]:
    rng = person.rng
    first = spans[0][0] + (person.early + rng.gauss(0, 6)) * MIN_S
    last = spans[-1][1] + (person.late + rng.gauss(0, 8)) * MIN_S
    if rng.random() < 0.05:
        first += rng.uniform(15, 100) * MIN_S
    if rng.random() < 0.06:
        last -= rng.uniform(15, 120) * MIN_S
    elif rng.random() < 0.05:
        last += rng.uniform(20, 200) * MIN_S
    if eve and rng.random() < 0.7:
        last -= rng.uniform(20, 150) * MIN_S
    last = max(last, first + 20 * MIN_S)
    if len(spans) > 1 and rng.random() < person.lunch:
        noon = spans[0][1] + rng.gauss(2, 6) * MIN_S
        back = spans[1][0] + rng.gauss(-3, 7) * MIN_S
        if first + 300 < noon < back < last - 300:
            return [Window(first, noon, person.how()), Window(back, last, person.how())]
    if len(spans) > 1 and rng.random() < 0.04:  # half a day
        return [Window(first, max(spans[0][1], first + 600), person.how())]
    return [Window(first, last, person.how())]


def _cut_out(rng: random.Random, windows: list[Window], meeting: Span, person: Person) -> list[Window]:
    if rng.random() < 0.1:
        return windows
    away, back = meeting[0] + rng.gauss(0, 240), meeting[1] + rng.gauss(0, 300)
    found: list[Window] = []
    for window in windows:
        if window.start < away - 120 < window.end and away < window.end:
            found.append(Window(window.start, away, person.how()))
        elif window.end <= away:
            found.append(window)
        if window.end > back + 300:
            found.append(Window(max(back, window.start), window.end, window.how))
    return found or windows


def _reboot(windows: list[Window], at: float, how: str, pause: float) -> list[Window]:
    found: list[Window] = []
    for window in windows:
        if window.start + 300 < at < window.end - 300 - pause:
            found += [Window(window.start, at, how), Window(at + pause, window.end, window.how)]
        else:
            found.append(window)
    return found


def _finish(rng: random.Random, pc: Pc, world: World) -> list[Window]:
    """Always-on PCs, PCs left on over night, enrolment and retirement; in order, not overlapping."""
    if pc.always_on:
        cuts = [world.start]
        while cuts[-1] < world.end:
            cuts.append(cuts[-1] + rng.uniform(5, 40) * DAY_S)
        pc.windows = [
            Window(a, b - 120, rng.choice(("reboot", "reboot", "unclean"))) for a, b in itertools.pairwise(cuts)
        ]
    found: list[Window] = []
    for window in sorted(pc.windows, key=lambda window: window.start):
        if found and found[-1].how == "on":
            if window.start - found[-1].end < 4 * DAY_S:
                found[-1].end, found[-1].how = max(window.end, found[-1].end), window.how
                continue
            found[-1].how = "goodbye"
        if found and window.start < found[-1].end + 90:
            window.start = found[-1].end + 90
        if window.end - window.start > 60:
            found.append(window)
    first, last = max(pc.enrolled, world.start), min(pc.retired, world.end)
    kept = [Window(max(w.start, first), min(w.end, last), w.how) for w in found]
    if pc.moved:
        kept = [part for window in kept for part in _carried(window, pc.moved[0])]
    kept = [window for window in kept if window.end - window.start > 60]
    if kept and kept[-1].how == "on":
        kept[-1].how = "goodbye"
    return kept if not pc.mute else []


def _carried(window: Window, moved: float) -> list[Window]:
    """A PC that is carried to another office is off for a while."""
    if window.end < moved - 600 or window.start > moved + 1200:
        return [window]
    return [Window(window.start, moved - 600, "goodbye"), Window(moved + 1200, window.end, window.how)]
