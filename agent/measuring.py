"""Measuring the line as the resident process sees it: when, what it may cost, and what came of it. Nothing is sent from
here but results with the reports: a test runs in a child process of low priority (agent/quality/child.py).

What a test may use at most stands on the disk as spent before the test begins.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Callable, Dict, Mapping, Optional, Protocol, Tuple

from . import __version__, backoff
from .errors import StateError
from .files import Slots
from .identity import Identity, State
from .log import logger
from .probe import ProbeResult
from .process import Background, CommandResult, child_env, own_command
from .quality import budget, memory, questions, schedule
from .quality.budget import Allowance
from .quality.meter import TrafficMeter
from .quality.places import Places, places
from .quality.questions import Test
from .quality.records import book, note_line, quality_info, rows_of
from .quality.schedule import When
from .report import Memory
from .wire import codec
from .wire.exchange import AgentPolicy
from .wire.report import Report
from .wire.sections_quality import QualityTest, TrafficInfo

NUMBER_FILE = "line.number"
POLL_S = 5.0  # while a child runs
GRACE_S = 30.0
BUSY_REST_S = 1800.0  # people were using the line
REFUSED_REST_S = 300.0  # at least, when the server is busy
FAILED_REST_S = 3600.0
BUNDLE_S = (
    60.0,
    3600.0,
)  # bounds of how long results wait for one another: a report with data costs the collector more
_PROBES = ("quality", "traffic")


class Clock(Protocol):
    def now(self) -> float: ...

    def monotonic_s(self) -> float: ...

    def boot_id(self) -> str: ...


class Child(Protocol):
    def poll(self) -> Optional[CommandResult]: ...

    def kill(self) -> None: ...


StartChild = Callable[[str, float], Child]  # question, deadline in seconds


@dataclass(frozen=True)
class LineSettings:
    """What this PC's settings say about the way to the collector."""

    way: Callable[[], Tuple[str, str, str]] = lambda: ("", "", "")  # URL that works, its CA file, its proxy
    disabled: Tuple[str, ...] = ()
    root: str = "/"
    platform: str = "linux"


def start_child(question: str, deadline_s: float) -> Child:
    """The real one. Raises OSError or ValueError when it does not start."""
    return Background(own_command("agent.quality.child", "line-child"), question, deadline_s, child_env())


@dataclass
class _Running:
    child: Child
    kind: str  # stamp | speed
    began: When
    link_class: str
    reserved: int


class Measuring:
    def __init__(
        self, state: State, identity: Identity, clock: Clock, random: backoff.Random, settings: LineSettings,
        meter: TrafficMeter, start: StartChild = start_child,
    ) -> None:  # fmt: skip
        self._state = state
        self._identity = identity
        self._clock = clock
        self._random = random
        self._settings = settings
        self._meter = meter
        self._start_child = start
        self._boot_id = clock.boot_id()
        self._kept = memory.read(state.kept(memory.FILE))
        self._number = Slots(state.path(NUMBER_FILE), state.disk)
        self._running: Optional[_Running] = None
        self._policy = AgentPolicy()
        self._told_at_s = clock.monotonic_s()
        self._stamp_draw, self._speed_draw = random(), random()
        self._first_s = self._told_at_s + schedule.FIRST_WAIT_S * (1.0 + random())
        self._carried: Tuple[Tuple[QualityTest, ...], TrafficInfo] = ((), TrafficInfo())

    # --- what the loop calls

    def turn(self, policy: AgentPolicy, gets_through: bool) -> None:
        """One look: counts traffic, takes a result, starts what is due. `gets_through`: reports arrive."""
        self._policy = policy
        now = self._now()
        if "traffic" not in (*self._settings.disabled, *policy.disabled_probes):
            self._meter.turn(now)
        if self._running is not None:
            self._look_after(self._running, now)
            return
        off = self._off(policy, gets_through)
        if not off:
            off = self._start_if_due(policy, now)
        if off != self._kept.why:
            self._keep(dataclasses.replace(self._kept, why=off))

    def wait_s(self) -> float:
        """When to look again at the latest."""
        return POLL_S if self._running is not None else 60.0

    def stop(self) -> None:
        """The agent ends: the child with it, at once."""
        if self._running is not None:
            self._running.child.kill()
            self._running = None
        self._meter.finish(self._now())

    def with_results(
        self, kind: str, results: Mapping[str, ProbeResult], known: Memory, gets_through: bool
    ) -> Dict[str, ProbeResult]:
        """The results of a report, and with them the tests and samples that wait when it is time to tell."""
        told = {name: result for name, result in results.items() if name not in _PROBES}
        self._carried = ((), TrafficInfo())
        tests, traffic = self._kept.waiting, self._meter.kept
        if not (tests or traffic.samples) or not (kind == "goodbye" or self._is_due(gets_through)):
            return told
        info = TrafficInfo(traffic.samples, traffic.dropped)
        self._carried = (tests, info)
        for table in (known.told, known.carried, known.known):  # news each time: what was told never stands for it
            for name in _PROBES:
                table.pop(name, None)
        if tests:
            plain = codec.to_plain(quality_info(self._kept, self._allowance(self._policy), self._clock.now()))
            told["quality"] = ProbeResult("quality", "ok", plain)
        if info.samples:
            told["traffic"] = ProbeResult("traffic", "ok", codec.to_plain(info))
        return told

    def told(self, made: Report, stored: bool) -> None:
        """This report was made of what with_results() gave; when it is not on the disk they go again with the next."""
        (tests, traffic), self._carried = self._carried, ((), TrafficInfo())
        if not stored or not (tests or traffic.samples):
            return
        if tests and "quality" in made.sections and made.sections["quality"].data is not None:
            done = {test.id for test in tests}
            left = tuple(test for test in self._kept.waiting if test.id not in done)
            self._keep(dataclasses.replace(self._kept, waiting=left))
        if traffic.samples and "traffic" in made.sections and made.sections["traffic"].data is not None:
            self._meter.told(traffic.samples)
        self._told_at_s = self._clock.monotonic_s()

    # --- may we, must we

    def _is_due(self, gets_through: bool) -> bool:
        low, high = BUNDLE_S
        waited = self._clock.monotonic_s() - self._told_at_s
        if not gets_through:  # nobody waits for them: fewer, fuller reports in the spool
            return not 0 <= waited < high
        return not 0 <= waited < min(max(float(self._policy.network_s), low), high)

    def _off(self, policy: AgentPolicy, gets_through: bool) -> str:
        if "quality" in self._settings.disabled or "quality" in policy.disabled_probes:
            return "off"
        if not policy.line_reflector and not policy.line_ndt7:
            return "no_server"
        return "" if gets_through else "cut_off"

    def _allowance(self, policy: AgentPolicy) -> Allowance:
        rates = (self._kept.down_mbps, self._kept.up_mbps)
        return budget.allow(policy, self._kept.spent, self._clock.now(), rates)

    def _start_if_due(self, policy: AgentPolicy, now: When) -> str:
        allowed = self._allowance(policy)
        if allowed.level == "none":
            return "no_budget"
        where = places(policy, self._settings.way()[0])
        if where.ndt7 and allowed.level in ("full", "capped") and self._may_test_speed(allowed, now):
            self._start_speed(where, allowed, now)
            return ""
        gap = schedule.stamp_gap_s(allowed.stamp_every_s, self._stamp_draw)
        never = self._kept.stamp_at == When()
        if where.reflector and (never or schedule.passed_s(self._kept.stamp_at, now) >= gap):
            self._start_stamp(policy, where, now)
        return ""

    def _may_test_speed(self, allowed: Allowance, now: When) -> bool:
        before, rest_s = self._kept.speed_at, self._kept.rest_until_s
        if before == When():
            return True  # the very first, of a PC that was enrolled just now
        if before.boot_id != now.boot_id and now.mono_s < self._first_s:
            return False
        gap_s = rest_s or schedule.speed_gap_s(allowed.tests_per_day, self._speed_draw)
        return schedule.passed_s(before, now) >= gap_s

    # --- tests

    def _start_stamp(self, policy: AgentPolicy, where: Places, now: When) -> None:
        self._stamp_draw = self._random()
        test = questions.stamp(policy, where)
        self._start("stamp", test, dataclasses.replace(self._kept, stamp_at=now), now)

    def _start_speed(self, where: Places, allowed: Allowance, now: When) -> None:
        self._speed_draw = self._random()
        test = questions.speed(where, allowed, (self._kept.down_mbps, self._kept.up_mbps), __version__)
        self._start("speed", test, dataclasses.replace(self._kept, speed_at=now, rest_until_s=0.0), now)

    def _start(self, kind: str, test: Test, kept: memory.LineState, now: When) -> None:
        question, cost, deadline_s = test
        kept = dataclasses.replace(kept, spent=kept.spent.plus(budget.month_of(now.wall_s), cost))
        if not self._keep(kept):
            return  # a test that is not on record could be made again after a restart
        question.update(
            agent_id=self._identity.agent_id, generation=self._identity.key_generation, key=self._identity.key,
            root=self._settings.root, platform=self._settings.platform,
        )  # fmt: skip
        _, question["ca_file"], question["proxy"] = self._settings.way()
        try:
            child = self._start_child(json.dumps(question), deadline_s + GRACE_S)
        except (OSError, ValueError) as error:
            logger.warning("không chạy được tiến trình đo đường truyền: %s", error)
            return
        self._running = _Running(child, kind, now, self._policy.line_class, cost)

    def _look_after(self, running: _Running, now: When) -> None:
        result = running.child.poll()
        if result is None:
            return
        self._running = None
        rows = rows_of(result, running.kind, running.began)
        used = sum(test.bytes_used for test in rows)
        month = budget.month_of(running.began.wall_s)
        # Of a child that said nothing it is not known what it sent: what was set aside counts as used.
        spent = self._kept.spent if result.out == b"" else self._kept.spent.plus(month, used - running.reserved)
        kept = dataclasses.replace(self._kept, spent=spent)
        for row in rows:
            test = dataclasses.replace(
                row, id=self._next_number(now.wall_s), boot_id=self._boot_id, link_class=running.link_class
            )
            kept = memory.with_test(kept, test)
            note_line(self._state, test)
        self._meter.add_test(used)
        if running.kind == "speed":
            kept = dataclasses.replace(kept, rest_until_s=self._rest_s(rows))
        self._keep(kept)

    def _rest_s(self, rows: Tuple[QualityTest, ...]) -> float:
        """After a test that was not to be: try again sooner than the next one would be due. 0: it was made."""
        last = rows[-1].outcome if rows else "failed"
        base = {"stopped_busy": BUSY_REST_S, "refused": REFUSED_REST_S, "failed": FAILED_REST_S}.get(last, 0.0)
        return base * (0.7 + 0.6 * self._random())

    # --- helpers

    def _next_number(self, now_s: float) -> int:
        """Never one that was used, also when the file that counts was lost: the clock is the second witness."""
        number = (self._number.values[0] or book(now_s)) + 1
        self._number.store(number)
        return number

    def _now(self) -> When:
        return When(self._boot_id, self._clock.monotonic_s(), self._clock.now())

    def _keep(self, kept: memory.LineState) -> bool:
        self._kept = kept
        try:
            self._state.keep(memory.FILE, codec.to_plain(kept))
        except StateError as error:
            logger.warning("%s", error)
            return False
        return True
