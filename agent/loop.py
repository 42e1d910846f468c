"""The agent's day: measure, seal, store, send, sleep. Clock, sleep, probes and transport are arguments.

Cycles run on monotonic time that counts sleep, so a clock that jumps moves nothing and a machine that was suspended
makes one report when it wakes, not one for every interval it slept through.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Protocol, Tuple

from . import __version__, backoff, report
from .delivery import Delivery
from .errors import StateError
from .identity import Identity, Sequence, State
from .log import logger
from .measuring import Measuring
from .probe import Probe, ProbeResult
from .scanning import Scanning
from .spool import Spool
from .watch import Watch
from .wire import seal
from .wire.errors import LimitError
from .wire.exchange import AgentPolicy
from .wire.report import Report, report_to_bytes

CYCLES = ("heartbeat", "network", "inventory")  # a longer cycle takes the shorter ones' probes along
LONGEST_SLEEP_S = 60.0  # also how often the marker is refreshed
FIRST_SPREAD_S = 60.0  # a whole province switches its PCs on at half past seven
HYGIENE_WAIT_S = (120.0, 600.0)  # a PC that has just been switched on has other things to do
_LIMITS = {
    "journal_s": (15, 600), "heartbeat_s": (5, 3600), "network_s": (15, 86400), "inventory_s": (60, 7 * 86400), "hygiene_s": (900, 7 * 86400),
}  # fmt: skip
_SPOOL_LIMITS = (64 * 1024, 256 * 1024 * 1024)


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970 by the PC's clock; may lie."""
        ...

    def monotonic_s(self) -> float:
        """Seconds since boot, sleep included."""
        ...

    def boot_id(self) -> str:
        """32 hex digits."""
        ...


@dataclass
class Tools:
    """What the loop works with; tests bring their own."""

    clock: Clock
    measure: Callable[[Iterable[str], AgentPolicy], Dict[str, ProbeResult]]
    probes: Mapping[str, Probe]
    random: backoff.Random
    scanning: Optional[Scanning] = None  # None: this agent never scans its LAN
    watch: Optional[Watch] = None  # None: this agent keeps no journal
    measuring: Optional[Measuring] = None  # None: this agent never measures its line


class Agent:
    """One enrolled agent at work in one state folder."""

    def __init__(
        self, state: State, identity: Identity, spool: Spool, delivery: Delivery, tools: Tools,
        disabled: Tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.state = state
        self.spool = spool
        self.delivery = delivery
        self._identity = identity
        self._tools = tools
        self._disabled = disabled
        self._boot_id = tools.clock.boot_id()
        self._sequence = Sequence(state, spool.highest_seq)
        self._results: Dict[str, ProbeResult] = {}
        self._complaints: Dict[str, str] = {}
        self._first = True
        self.policy = AgentPolicy()
        self.use_policy(state.policy())
        now = tools.clock.monotonic_s()
        # A PC that was enrolled just now is looked for on the screen: it does not wait.
        spread = FIRST_SPREAD_S if delivery.memory.known else 0.0
        self._due = {
            "heartbeat": now,
            "network": now + tools.random() * spread,
            "inventory": now + tools.random() * spread,
        }
        self._hygiene = [name for name, probe in tools.probes.items() if probe.cycle == "hygiene"]
        first, last = HYGIENE_WAIT_S
        self._hygiene_due_s = now + (first + (last - first) * tools.random() if self._hygiene else 0.0)

    def turn(self) -> float:
        """What is due now. Returns the seconds to sleep. Never raises because of one thing that went wrong."""
        for step in (
            self._report_if_due, self._send_if_due, self._keep_journal, self._scan, self._measure_line,
            self._refresh_marker,
        ):  # fmt: skip
            name = step.__name__.strip("_")
            try:
                step()
                self._complaints.pop(name, None)
            except Exception as error:  # the agent must outlive every surprise of one turn
                self._complain(name, error)
        now = self._tools.clock.monotonic_s()
        times = list(self._due.values())
        if self.delivery.waiting():
            times.append(self.delivery.next_at_s)
        if self._tools.scanning is not None:
            times.append(now + self._tools.scanning.wait_s())
        if self._tools.measuring is not None:
            times.append(now + self._tools.measuring.wait_s())
        wait_s = self._tools.watch.wait_s() if self._tools.watch is not None else None
        if wait_s is not None:
            times.append(now + wait_s)
        return min(max(min(times) - now, 1.0), LONGEST_SLEEP_S)

    def make_report(self, kind: str, names: Iterable[str]) -> Tuple[Report, bytes, bool]:
        """Measures, seals and stores one report: (report, frame, whether it is on disk)."""
        chosen = [name for name in names if name not in self._disabled and name not in self.policy.disabled_probes]
        results = self._tools.measure(chosen, self.policy) if chosen else {}
        self._results.update(results)
        if kind != "goodbye":  # what the collector asked for is told from the last measurement
            asked = {*self.delivery.memory.missing, *(self._hygiene if kind == "inventory" else ())}
            results = {**{name: self._results[name] for name in asked if name in self._results}, **results}
        watch = self._tools.watch
        if watch is not None and self._keeps_journal():
            results = watch.with_journal(kind, results, self.delivery)
        measuring = self._tools.measuring
        if measuring is not None:
            results = measuring.with_results(kind, results, self.delivery.memory, bool(self.delivery.reached))
        made, frame = self._sealed(kind, results)
        keep = self._first or kind != "heartbeat" or any(item.data is not None for item in made.sections.values())
        lost = self.spool.lost()
        stored = self.spool.append(frame, made.seq, self._boot_id, keep)
        if self.spool.lost() != lost:
            self.delivery.memory.forget_carried()
        self._first = False
        if stored:
            report.remember(made, results, self.delivery.memory)
        if watch is not None:
            watch.told(made)
        if measuring is not None:
            measuring.told(made, stored)
        self.delivery.made(made, frame, stored)
        return made, frame, stored

    def goodbye(self) -> None:
        """Stopping in order: one last report, on disk at least, sent if that is quick."""
        if self._tools.scanning is not None:
            self._tools.scanning.stop()
        if self._tools.watch is not None:
            self._tools.watch.stop("goodbye")
        if self._tools.measuring is not None:
            self._tools.measuring.stop()
        try:
            self.make_report("goodbye", ())
            self.delivery.send_last()
        except Exception as error:
            self._complain("goodbye", error)
        try:
            self._mark(goodbye=True)
        except StateError as error:
            logger.warning("%s", error)

    def use_policy(self, policy: AgentPolicy) -> None:
        """Values outside sane bounds are pulled in: a typing slip on the policy page must not flood or silence."""
        bounded = {name: min(max(getattr(policy, name), low), high) for name, (low, high) in _LIMITS.items()}
        spool_bytes = min(max(policy.spool_bytes, _SPOOL_LIMITS[0]), _SPOOL_LIMITS[1])
        self.policy = dataclasses.replace(policy, spool_bytes=spool_bytes, **bounded)
        self.spool.limit = spool_bytes

    # --- steps of a turn

    def _report_if_due(self) -> None:
        now = self._tools.clock.monotonic_s()
        due = [cycle for cycle in CYCLES if self._is_due(cycle, now)]
        if not due:
            return
        longest = due[-1]
        covered = CYCLES[: CYCLES.index(longest) + 1]
        for cycle in covered:
            # Also before measuring: a probe that brings us down is not called again at once.
            self._due[cycle] = now + self._interval(cycle)
        if self._first:  # the phase of an agent within the interval is drawn once
            self._due["heartbeat"] = now + self._interval("heartbeat") * (0.5 + 0.5 * self._tools.random())
        names = [name for name, probe in self._tools.probes.items() if probe.cycle in covered]
        names += self._scanned(longest) + self._hygiene_if_due(now)
        kind = "inventory" if longest == "inventory" else "heartbeat"
        made, frame, _ = self.make_report(kind, names)
        logger.debug("report %d (%s): %d sections, %d bytes", made.seq, kind, len(made.sections), len(frame))

    def _send_if_due(self) -> None:
        policy = self.delivery.send_if_due()
        if policy is not None and policy != self.policy:
            self.use_policy(policy)
            logger.info("policy %d", policy.version)
            now = self._tools.clock.monotonic_s()
            for cycle in CYCLES:
                self._due[cycle] = min(self._due[cycle], now + self._interval(cycle))
            self._hygiene_due_s = min(self._hygiene_due_s, now + self._interval("hygiene"))
            self.state.keep_policy(policy)

    def _keep_journal(self) -> None:
        """Looks at the line while reports do not get through; tells what was seen once they do."""
        watch = self._tools.watch
        if watch is None:
            return
        if watch.turn(self.policy, self.delivery, self._keeps_journal()):
            self.make_report("heartbeat", ())

    def _keeps_journal(self) -> bool:
        return "journal" not in self._disabled and "journal" not in self.policy.disabled_probes

    def _scan(self) -> None:
        if self._tools.scanning is not None:
            self._tools.scanning.turn(self.policy, self.delivery.lease_left_s())

    def _measure_line(self) -> None:
        if self._tools.measuring is not None:
            self._tools.measuring.turn(self.policy, bool(self.delivery.reached))

    def _scanned(self, longest: str) -> List[str]:
        """What scans have found: with the next report after a scan, and with every inventory."""
        scanning = self._tools.scanning
        if scanning is None or not scanning.is_settled():
            return []
        news = scanning.take_news()
        wanted = {name for name, probe in self._tools.probes.items() if probe.cycle == "scan"}
        return [name for name in self._tools.probes if name in wanted and (longest == "inventory" or name in news)]

    def _hygiene_if_due(self, now: float) -> List[str]:
        """With the next report after its own interval, and never twice within it: it asks other devices. An inventory
        tells what was found last."""
        interval = self._interval("hygiene")
        if now < self._hygiene_due_s and self._hygiene_due_s - now <= interval + HYGIENE_WAIT_S[1]:
            return []
        self._hygiene_due_s = now + interval
        return self._hygiene

    def _refresh_marker(self) -> None:
        self._mark(goodbye=False)

    # --- helpers

    def _sealed(self, kind: str, results: Mapping[str, ProbeResult]) -> Tuple[Report, bytes]:
        clock = self._tools.clock
        header = report.Header(
            agent_id=self._identity.agent_id,
            boot_id=self._boot_id,
            seq=self._sequence.take(),
            agent_time_s=round(clock.now(), 1),
            monotonic_s=round(clock.monotonic_s(), 1),
            kind=kind,
            agent_version=__version__,
            policy_version=self.policy.version,
            lost_reports=self.spool.lost(),
            pending_reports=self.spool.pending(),
        )
        made: Optional[Report] = report.build(header, results, self.delivery.memory)
        while made is not None:
            try:
                key = bytes.fromhex(self._identity.key)
                return made, seal.seal(report_to_bytes(made), made.agent_id, key, self._identity.key_generation)
            except LimitError:
                made = report.without_largest(made)
        raise LimitError("a report without data is too large")

    def _mark(self, goodbye: bool) -> None:
        self.state.mark(self._boot_id, self._tools.clock.now(), goodbye)

    def _is_due(self, cycle: str, now: float) -> bool:
        # Further away than a whole interval: the monotonic clock went back (a restored virtual machine).
        return now >= self._due[cycle] or self._due[cycle] - now > self._interval(cycle) + FIRST_SPREAD_S

    def _interval(self, cycle: str) -> float:
        return float(getattr(self.policy, cycle + "_s"))

    def _complain(self, step: str, error: Exception) -> None:
        text = str(error) if isinstance(error, StateError) else "{}: {!r}".format(step, error)
        if self._complaints.get(step) != text:  # once, not at every turn of a night
            self._complaints[step] = text
            logger.error("%s", text, exc_info=not isinstance(error, StateError))


def run(agent: Agent, sleep: Callable[[float], bool], hurry: Callable[[], None] = lambda: None) -> None:
    """Turns until `sleep` returns True (asked to stop). `hurry` shortens the transport's patience for the goodbye."""
    while not sleep(agent.turn()):
        pass
    hurry()
    agent.goodbye()
