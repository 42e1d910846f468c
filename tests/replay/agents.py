"""What one agent does in a given world: boots, sleeps, sends, fails, backs off, journals, delivers late.

`run` turns one PC into numpy columns of contacts, its journal entries and the intervals in which it was awake.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import numpy as np

from tests.replay.faults import CABLE, CAPTIVE, LAN, LINE, POWER, overlay
from tests.replay.world import DAY_S, MIN_S, Pc

YEAR_2009 = 1230768000.0
Piece = tuple[float, float, int]
Flags = tuple[bool | None, bool | None, bool | None]


@dataclass
class Options:
    """How the agents of one run behave."""

    heartbeat_s: float = 300.0
    captive_internet: bool | None = True  # what the Internet check of an agent says behind a captive page
    dozes: float = 0.0  # share of agents that do not notice their own sleep
    journal_lost: float = 0.25  # share of unclean ends that lose the last minutes of the journal
    seed: int = 1


@dataclass
class Boot:
    """One boot: what its clock does, how the one before it ended."""

    id: str
    start: float
    last_shutdown: str
    offset_s: float = 0.0
    jump_at: float = math.inf
    jump_s: float = 0.0
    drift: float = 0.0
    era: int = 0  # grows with each re-imaging

    def clock(self, at: float) -> float:
        """The agent's own time at the true time `at`."""
        return at + self.offset_s + (self.jump_s if at >= self.jump_at else 0.0)

    def monotonic(self, at: float) -> float:
        """Seconds since boot, sleep included."""
        return max(0.0, (at - self.start) * (1 + self.drift))


@dataclass
class Awake:
    """The agent runs from `start` to `end`."""

    start: float
    end: float
    boot: int
    site: str
    how: str


@dataclass
class Entry:
    """One journal entry, in true time."""

    boot: int
    start: float
    end: float
    flags: Flags
    bits: int
    site: str
    delivered: bool = False


@dataclass
class Story:
    """What one PC did. Columns have one row per contact that arrived, in the order in which they were made."""

    pc: Pc
    boots: list[Boot] = field(default_factory=list)
    awake: list[Awake] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    deaths: list[tuple[float, str]] = field(default_factory=list)  # (when, site): killed by a power cut
    made: np.ndarray = field(default_factory=lambda: np.zeros(0))
    received: np.ndarray = field(default_factory=lambda: np.zeros(0))
    boot: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    seq: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    goodbye: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    journals: dict[int, list[Entry]] = field(default_factory=dict)  # row -> entries it carries


class Agent:
    """One agent and its quirks, drawn once."""

    def __init__(self, pc: Pc, options: Options, pieces: dict[str, list[Piece]], cables: list[tuple[float, float]]):
        self.pc, self.options, self.pieces, self.cables = pc, options, pieces, cables
        self.rng = random.Random(f"{options.seed}/{pc.id}")
        rng = self.rng
        self.np = np.random.default_rng(rng.getrandbits(63))
        self.probe_s = rng.choice((30.0, 60.0, 60.0, 60.0, 90.0))
        self.phase = rng.random() * self.probe_s
        self.government = rng.random() < 0.06  # no Internet at all, only the government network
        self.no_internet: bool | None = rng.choice((None, False))
        self.no_gateway = rng.random() < 0.02  # does not know its gateway
        self.skips = rng.random() < 0.3  # asks for no Internet once the gateway is gone
        self.spools = rng.random() < 0.25  # keeps reports made while cut off and sends them afterwards
        self.dozes = rng.random() < options.dozes  # does not notice its own sleep: one entry goes on across it
        self.waves = rng.random() < 0.08  # says goodbye before it sleeps, too
        self.proves_up = rng.random() < 0.35  # journals the good minutes between recovery and first contact
        self.clock_kind = rng.choices(("good", "off", "dead", "ahead", "jumps"), (86, 6, 4, 1.5, 2.5))[0]
        self.off_s = rng.gauss(0, 0.4) if self.clock_kind != "off" else rng.uniform(-2000, 2000)
        self.drift = rng.uniform(-50e-6, 50e-6)
        self.story = Story(pc)

    def run(self, end: float) -> Story:
        """The whole period up to `end`."""
        from tests.replay.sending import send

        self._boots(end)
        slept = None
        for awake in self.story.awake:
            found = self._journal(awake)
            last = self.story.entries[-1] if self.story.entries else None
            if self.dozes and slept and last and found and slept.boot == awake.boot:
                whole = last.end > slept.end - 2 * self.probe_s and found[0].start < awake.start + self.probe_s
                if whole and last.flags == found[0].flags and last.site == awake.site:
                    last.end, last.bits = found[0].end, last.bits | found[0].bits
                    found = found[1:]
            self.story.entries.extend(found)
            slept = awake if awake.how == "sleep" else None
        send(self, end)
        return self.story

    # --- power and boots

    def _boots(self, end: float) -> None:
        how, era, fresh = "unknown", 0, True
        reimaged = sorted(self.pc.reimaged)
        for window in self.pc.windows:
            parts = self._powered(window.start, window.end, window.how)
            for number, (start, stop, ends) in enumerate(parts):
                if reimaged and start > reimaged[0]:
                    reimaged.pop(0)
                    how, era, fresh = "unknown", era + 1, True
                if how == "sleep" and not fresh and number == 0 and self._lost_asleep(self.story.awake[-1].end, start):
                    how, fresh = "unclean", True
                if fresh or how != "sleep":
                    self._boot(start, how, era)
                fresh = False
                if stop >= end - 1:
                    ends = "running"
                site = self.pc.site_at(start)
                self.story.awake.append(Awake(start, stop, len(self.story.boots) - 1, site, ends))
                how = ends

    def _boot(self, start: float, how: str, era: int) -> None:
        rng = self.rng
        shutdown = {"unclean": "unclean", "power": "unclean", "unknown": "unknown"}.get(how, "clean")
        if rng.random() < 0.06:
            shutdown = "unknown"
        booted = start - (
            rng.uniform(15, 70) if how != "unknown" or not self.pc.always_on else rng.uniform(0, 40) * DAY_S
        )
        boot = Boot(f"{rng.getrandbits(48):012x}", booted, shutdown, drift=self.drift, era=era)
        boot.offset_s = self.off_s
        if self.clock_kind == "dead" or (self.clock_kind == "off" and rng.random() < 0.05):
            boot.offset_s = YEAR_2009 - start + rng.uniform(0, 30)
            if rng.random() < 0.3:  # time service sets it right some hours later
                boot.jump_at, boot.jump_s = start + rng.uniform(60, 9000), -boot.offset_s
        elif self.clock_kind == "ahead":
            boot.offset_s = (3 + self.off_s) * 365 * DAY_S
        elif self.clock_kind == "jumps" and rng.random() < 0.5:
            boot.jump_at, boot.jump_s = start + rng.uniform(60, 20000), rng.choice((-1, 1)) * rng.uniform(30, 90000)
        self.story.boots.append(boot)

    def _powered(self, start: float, stop: float, how: str) -> list[tuple[float, float, str]]:
        """A wish to have the PC on -> what the power allows: (from, to, how it ends)."""
        found: list[tuple[float, float, str]] = []
        at = start
        for begin, end in self._cuts(start, stop):
            if end <= at:
                continue
            dies = max(begin, at) + (self.pc.battery_s if begin > at or self.pc.laptop else 0.0)
            if begin > at or dies > at:
                last = min(dies, stop)
                if last >= end:
                    continue  # the battery outlasts the cut
                ends = how if last >= stop else self.rng.choice(("power", "sleep")) if self.pc.laptop else "power"
                if last - at > 20:
                    found.append((at, last, ends))
                    if ends == "power":
                        self.story.deaths.append((last, self.pc.site_at(last)))
                if last >= stop:
                    return found
            wait = self.rng.uniform(20, 90) if self.pc.restores or self.pc.always_on else self.rng.uniform(30, 900)
            at = end + wait
        if stop - at > 60:
            found.append((at, stop, how))
        return found

    def _cuts(self, start: float, stop: float) -> list[tuple[float, float]]:
        joined: list[tuple[float, float]] = []
        for begin, end, bits in self.pieces[self.pc.site_at(start)]:
            if bits & POWER and end > start and begin < stop:
                if joined and joined[-1][1] >= begin:
                    joined[-1] = (joined[-1][0], end)
                else:
                    joined.append((begin, end))
        return joined

    def _lost_asleep(self, slept: float, woke: float) -> bool:
        """Whether the power went while a desktop slept; laptops and hibernating PCs do not mind."""
        return not self.pc.battery_s and bool(self._cuts(slept, woke)) and self.rng.random() < 0.6

    # --- probes and journal

    def wrong(self, awake: Awake) -> list[Piece]:
        """(from, to, bits) within one awake interval in which the collector cannot be reached."""
        rows = [row for row in self.pieces[awake.site] if row[1] > awake.start and row[0] < awake.end]
        cables = [(a, b, CABLE) for a, b in self.cables if b > awake.start and a < awake.end]
        if cables:
            rows = overlay([*rows, *cables])
        clipped = [(max(a, awake.start), min(b, awake.end), bits) for a, b, bits in rows]
        return [row for row in clipped if row[0] < row[1]]

    def flags(self, bits: int) -> Flags:
        """What the probes of this agent say."""
        gateway = not bits & (POWER | LAN | CABLE)
        internet: bool | None = gateway and not bits & LINE
        if internet and bits & CAPTIVE:
            internet = self.options.captive_internet
        if self.skips and not gateway:
            internet = None
        if self.government:
            internet = self.no_internet
        return (None if self.no_gateway else gateway, internet, not bits)

    def _probe(self, at: float) -> float:
        """The first probe at or after `at`."""
        return self.phase + math.ceil((at - self.phase) / self.probe_s) * self.probe_s

    def _journal(self, awake: Awake) -> list[Entry]:
        found: list[Entry] = []
        for begin, end, bits in self.wrong(awake):
            first, last = self._probe(begin), self._probe(end)
            if last > awake.end or end >= awake.end:
                last = self._probe(awake.end) - self.probe_s
                if awake.how in ("unclean", "power") and self.rng.random() < self.options.journal_lost:
                    last -= self.rng.uniform(0, 5 * MIN_S)
            if last <= first or last <= awake.start:
                continue
            flags = self.flags(bits)
            if found and found[-1].flags == flags and found[-1].end == first:
                found[-1].end, found[-1].bits = last, found[-1].bits | bits
            else:
                found.append(Entry(awake.boot, first, last, flags, bits, awake.site))
        return found
