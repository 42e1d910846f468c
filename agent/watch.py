"""When the line is looked at: never while reports get through, then every AgentPolicy.journal_s.

A report that was accepted is proof enough that everything on its way works, so a good line costs nothing. The first
upload that fails starts the looks, the first that is accepted ends them. A look takes up to half a minute where nothing
answers; it runs in a thread of its own, so that a PC which is switched off meanwhile can say its goodbye.
"""

from __future__ import annotations

import threading
from typing import Callable, Dict, Mapping, Optional, Protocol, Tuple

from .journal import Journal, Look, Moment
from .log import logger
from .probe import ProbeResult
from .report import Memory
from .wire import codec
from .wire.exchange import AgentPolicy
from .wire.report import Report

GAP_FACTOR = 2.5  # looks may be that many intervals apart: a busy PC is late at times
LEAST_GAP_S = 150.0  # and an inventory takes its time
_RUNNING_S = 2.0  # how soon a look that is under way is asked after
_LONGEST_LOOK_S = 120.0  # one that took longer was slept through


class Clock(Protocol):
    def now(self) -> float: ...

    def monotonic_s(self) -> float: ...


Looker = Callable[[AgentPolicy], Look]
Spawn = Callable[[Callable[[], None]], None]


def in_thread(job: Callable[[], None]) -> None:
    threading.Thread(target=job, name="watch", daemon=True).start()


class Line(Protocol):
    """What the watch needs of delivery.Delivery."""

    reached: Optional[bool]
    outcome: Dict[int, str]
    memory: Memory

    def collector_is_back(self, within_s: float) -> None: ...


class Watch:
    def __init__(
        self, journal: Journal, look: Looker, clock: Clock, before: Tuple[str, str] = ("", ""), spawn: Spawn = in_thread
    ) -> None:
        """`before`: boot_before() of the marker, read before it is written over."""
        self.journal = journal
        self._look = look
        self._clock = clock
        self._before = before
        self._spawn = spawn
        self._due_s: Optional[float] = None  # None: nothing is watched
        self._began: Optional[Moment] = None  # of the look that is under way
        self._found: Optional[Tuple[Moment, Optional[Look]]] = None
        self._was_reached: Optional[bool] = None
        self._through = 0  # what the report that is being made would settle

    def turn(self, policy: AgentPolicy, line: Line, is_on: bool = True) -> bool:
        """Looks when it is time. True: reports get through, and there are entries to tell."""
        self.journal.answered(line.outcome)
        now = self._clock.monotonic_s()
        cut_off = is_on and line.reached is False
        if self._take(policy, cut_off):
            line.collector_is_back(float(policy.heartbeat_s))
        if not cut_off:
            self.stop("reported")
            return is_on and bool(line.reached) and self.journal.is_due(now)
        if self._began is None and (self._due_s is None or not 0 < self._due_s - now <= policy.journal_s):
            self._due_s = now + policy.journal_s
            self._begin(policy)
            if self._take(policy, cut_off):
                line.collector_is_back(float(policy.heartbeat_s))
        return False

    def with_journal(self, kind: str, results: Mapping[str, ProbeResult], line: Line) -> Dict[str, ProbeResult]:
        """The results and what the report tells of the journal. While reports do not get through only inventories carry
        it, for those that travel by other roads."""
        self._through = 0
        told = {name: result for name, result in results.items() if name != "journal"}
        uptime = results["uptime"].data if "uptime" in results else None
        self.journal.settle_boots(self._before[0], (uptime or {}).get("last_shutdown") or self._before[1])
        due = bool(line.reached) and self.journal.is_due(self._clock.monotonic_s())
        if not due and kind != "inventory":
            return told
        info, self._through = self.journal.info(with_open=True)
        if info.entries:
            # Entries are no state: that some were told before never stands for telling these.
            for table in (line.memory.told, line.memory.carried, line.memory.known):
                table.pop("journal", None)
            told["journal"] = ProbeResult("journal", "ok", codec.to_plain(info))
        return told

    def told(self, made: Report) -> None:
        """This report was made of what with_journal() gave."""
        section = made.sections.get("journal")
        if section is not None and section.data is not None:
            self.journal.carried(made.seq, self._through, made.monotonic_s)
        self._through = 0

    def wait_s(self) -> Optional[float]:
        """Seconds until the next turn is wanted; None: there is nothing to wait for."""
        if self._began is not None:
            return _RUNNING_S
        return None if self._due_s is None else max(0.0, self._due_s - self._clock.monotonic_s())

    def stop(self, why: str) -> None:
        self.journal.end(why)
        self._due_s, self._was_reached = None, None

    def _begin(self, policy: AgentPolicy) -> None:
        began = self._began = Moment(self._clock.now(), self._clock.monotonic_s())

        def work() -> None:
            look: Optional[Look] = None
            try:
                look = self._look(policy)
            except Exception as error:  # nothing seen is not the same as nothing there
                logger.error("không xem được đường truyền: %r", error)
            self._found = (began, look)

        self._spawn(work)

    def _take(self, policy: AgentPolicy, cut_off: bool) -> bool:
        """Notes the look that has ended, if one has."""
        now = self._clock.monotonic_s()
        if self._found is None:
            if self._began is not None and not 0 <= now - self._began.monotonic_s <= 2 * _LONGEST_LOOK_S:
                self._began = None  # given up; should it end after all, it is too old to be noted
            return False
        (began, look), self._found, self._began = self._found, None, None
        if look is None or not cut_off or not 0 <= now - began.monotonic_s <= _LONGEST_LOOK_S:
            return False
        self.journal.note(look, began, max(GAP_FACTOR * policy.journal_s, LEAST_GAP_S))
        back = bool(look.collector) and self._was_reached is False
        self._was_reached = look.collector
        return back
