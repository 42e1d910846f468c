"""When scans are due: over days, restarts, reboots and clocks that jump."""

from __future__ import annotations

import dataclasses
import random
from typing import Any, List, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.scan import schedule
from agent.scan.schedule import DAILY_FRAMES, Moment
from agent.scan.state import Ledger
from agent.wire.exchange import AgentPolicy

MONDAY = 1795392000.0  # 2026-11-23 00:00 UTC, a Monday
HOUR, DAY = 3600.0, 86400.0
POLICY = AgentPolicy(scan_enabled=True)


def at(wall_s: float, mono_s: Optional[float] = None, boot: str = "b") -> Moment:
    """The office's clock is UTC here."""
    days = int(wall_s // DAY)
    minute = wall_s % DAY / 60
    return Moment(wall_s, wall_s if mono_s is None else mono_s, boot, "day-{:06d}".format(days), (days + 3) % 7, minute)


class Pc:
    """Asks the schedule every minute, as the loop does, and scans when it is told to."""

    def __init__(self, seed: int = 1, policy: AgentPolicy = POLICY) -> None:
        self.policy = policy
        self.ledger = Ledger()
        self.draw = random.Random(seed)
        self.scans: List[Tuple[float, float, str]] = []  # (true seconds, shown clock, kind)
        self.true_s = MONDAY
        self.offset_s = 0.0  # shown clock less true time
        self.booted_s = MONDAY - HOUR
        self.boots = 0

    def now(self) -> Moment:
        return at(self.true_s + self.offset_s, self.true_s - self.booted_s, "boot{}".format(self.boots))

    def look(self, known: bool = True) -> str:
        now = self.now()
        numbers = tuple(self.draw.random() for _ in range(schedule.MAX_SWEEPS))
        self.ledger = schedule.drawn(schedule.translated(self.ledger, now), now, self.policy, numbers)
        kind = schedule.due(self.ledger, now, self.policy, known)
        if kind:
            self.ledger = schedule.started(self.ledger, now, self.policy, kind, 100)
            self.ledger = schedule.booked(self.ledger, kind, 100, 60, began=True)
            self.scans.append((self.true_s, now.wall_s, kind))
        return kind

    def run(self, seconds: float, step_s: float = 60.0, known: bool = True) -> None:
        end = self.true_s + seconds
        while self.true_s < end:
            self.look(known)
            self.true_s += step_s

    def reboot(self, after_s: float = 60.0) -> None:
        self.true_s += after_s
        self.booted_s = self.true_s - 30.0
        self.boots += 1
        self.ledger = schedule.translated(self.ledger, self.now())  # as the agent does when it starts

    def sweeps(self) -> List[float]:
        return [true_s for true_s, _, kind in self.scans if kind == "sweep"]


def test_one_sweep_a_working_day_at_a_random_moment_of_the_office_hours() -> None:
    pc = Pc()
    pc.run(14 * DAY)

    days = [int((moment - MONDAY) // DAY) for moment in pc.sweeps()]
    assert days == [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
    minutes = [moment % DAY / 60 for moment in pc.sweeps()]
    assert all(8 * 60 <= minute < 16.5 * 60 for minute in minutes)
    assert len({round(minute / 10) for minute in minutes}) >= 7


def test_known_devices_are_asked_again_every_hour_of_the_office_hours_only() -> None:
    pc = Pc()
    pc.run(7 * DAY)

    rechecks = [moment for moment, _, kind in pc.scans if kind == "recheck"]
    assert 5 * 6 <= len(rechecks) <= 5 * 9
    assert all(8 * HOUR <= moment % DAY < 16.5 * HOUR for moment in rechecks)
    times = [moment for moment, _, _ in pc.scans]
    assert min(later - earlier for earlier, later in zip(times, times[1:])) >= schedule.SPACING_S


def test_nothing_is_asked_again_while_nobody_is_known() -> None:
    pc = Pc()
    pc.run(DAY, known=False)

    assert [kind for _, _, kind in pc.scans] == ["sweep"]


def test_a_pc_switched_on_after_the_drawn_moment_scans_soon() -> None:
    pc = Pc()
    pc.look()
    pc.ledger = dataclasses.replace(pc.ledger, draws=(9 * 60.0,))
    pc.true_s = MONDAY + 13 * HOUR

    assert pc.look() == "sweep"


def test_a_pc_that_is_on_outside_office_hours_only_never_scans() -> None:
    pc = Pc()
    for day in range(7):
        pc.true_s = MONDAY + day * DAY + 17 * HOUR
        pc.run(6 * HOUR)

    assert pc.scans == []


@pytest.mark.parametrize("count", [0, 2, 4, 9])
def test_more_sweeps_a_day_are_spread_and_bounded(count: int) -> None:
    pc = Pc(policy=dataclasses.replace(POLICY, scan_sweeps_per_day=count))
    pc.run(5 * DAY, known=False)

    per_day = [sum(1 for moment in pc.sweeps() if int((moment - MONDAY) // DAY) == day) for day in range(5)]
    assert set(per_day) == {min(count, 4)}


def test_a_day_of_rest_after_the_gateway_went_silent() -> None:
    pc = Pc()
    pc.run(DAY)
    first = pc.scans[-1][0]
    pc.true_s = first + 60
    pc.ledger = schedule.resting(pc.ledger, pc.now())
    pc.reboot()
    pc.run(3 * DAY)

    later = [moment for moment, _, _ in pc.scans if moment > first]
    assert later and later[0] - first >= DAY


def test_a_used_up_number_of_frames_ends_scanning_for_the_day() -> None:
    pc = Pc()
    pc.run(10 * HOUR)
    pc.ledger = dataclasses.replace(pc.ledger, frames=DAILY_FRAMES)
    count = len(pc.scans)
    pc.run(14 * HOUR)
    assert len(pc.scans) == count
    pc.run(DAY)

    assert len(pc.scans) > count


def test_a_sweep_that_never_began_is_not_used_up_but_not_tried_at_once_either() -> None:
    pc = Pc()
    while pc.look() != "sweep":
        pc.true_s += 60
    began = pc.true_s
    pc.ledger = schedule.booked(pc.ledger, "sweep", 0, 0, began=False)
    pc.true_s += 60
    pc.run(2 * HOUR, known=False)

    assert len(pc.sweeps()) == 2 and pc.sweeps()[1] - began >= schedule.SPACING_S


@pytest.mark.parametrize("wall_s", [0.0, 1.0e9, -5.0, 1e18])
def test_nothing_is_scanned_by_a_clock_that_is_certainly_wrong(wall_s: float) -> None:
    now = schedule.moment(wall_s, 1000.0, "b")

    assert schedule.due(schedule.translated(Ledger(), now), now, POLICY, True) == ""


@pytest.mark.parametrize(
    ("first", "last", "window"),
    [
        ("07:00", "11:30", (420.0, 690.0)),
        ("7:05", "23:59", (425.0, 1439.0)),
        ("16:00", "08:00", (480.0, 990.0)),
        ("", "", (480.0, 990.0)),
        ("25:00", "26:00", (480.0, 990.0)),
        ("08:00", "08:00", (480.0, 990.0)),
    ],
)
def test_the_window_of_the_policy(first: str, last: str, window: Tuple[float, float]) -> None:
    assert schedule.window(AgentPolicy(scan_from=first, scan_to=last)) == window


# --- whatever happens to the PC

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(1, 20)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("reboot"), st.integers(1, 600)),
        st.tuples(st.just("asleep"), st.integers(1, 48)),
        st.tuples(st.just("clock"), st.integers(-72, 72)),
        st.tuples(st.just("clock"), st.sampled_from([-300000, -24, 24, 87600])),
        st.tuples(st.just("right"), st.just(0)),
    ),
    max_size=25,
)


def live(pc: Pc, steps: List[Any], jumps: bool) -> None:
    for what, number in steps:
        if what == "run":
            pc.run(number * HOUR, step_s=600.0)
        elif what == "restart":
            pc.ledger = dataclasses.replace(pc.ledger)  # from the file, as it was
        elif what == "reboot" and (not jumps or pc.offset_s == 0):
            pc.reboot(number * 60.0)
        elif what == "asleep":
            pc.true_s += number * HOUR
        elif what == "clock" and jumps:
            pc.offset_s += number * HOUR
        elif what == "right":
            pc.offset_s = 0.0
            pc.look()  # the agent looks every minute: no clock is set and no PC restarted between two looks


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 1000))
def test_never_two_sweeps_on_one_day_over_restarts_and_reboots(steps: List[Any], seed: int) -> None:
    pc = Pc(seed)

    live(pc, steps, jumps=False)

    days = [int(moment // DAY) for moment in pc.sweeps()]
    assert len(days) == len(set(days))


@settings(max_examples=150, deadline=None)
@given(STEPS, st.integers(0, 1000))
def test_a_clock_that_jumps_buys_no_second_sweep(steps: List[Any], seed: int) -> None:
    """Between two sweeps lies truly as much time as between two days' office hours, whatever the clock shows."""
    pc = Pc(seed)

    live(pc, steps, jumps=True)

    sweeps = pc.sweeps()
    assert all(later - earlier >= 15 * HOUR - 1 for earlier, later in zip(sweeps, sweeps[1:]))


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 1000))
def test_after_any_confusion_scanning_goes_on_within_days(steps: List[Any], seed: int) -> None:
    pc = Pc(seed)
    live(pc, steps, jumps=True)
    pc.offset_s = 0.0
    pc.reboot()
    count = len(pc.sweeps())

    pc.run(6 * DAY, step_s=600.0)

    assert len(pc.sweeps()) > count
