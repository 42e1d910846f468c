"""What the agent may cost an old PC: a share of one core for the resident process, CPU seconds for each child.

The resident process may use RESIDENT_SHARE of one core over any hour. When it has used that up, the runner leaves out
what can wait until the hour has moved on; heartbeats go on, so nobody takes a busy PC for a dead one.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from typing import Callable, Deque, Tuple

RESIDENT_SHARE = 0.002  # of one core
WINDOW_S = 3600.0
CHILD_CPU_S = 5.0  # of a child that has no figure of its own; an old processor is ten times slower than a new one
EXIT_CPU = 77  # exit status of a child that has used up its CPU time
_LOOK_S = 0.2


class Budget:
    """The resident's CPU time over the last hour. The time that starting took is not held against it."""

    def __init__(
        self,
        cpu: Callable[[], float] = time.process_time,
        clock: Callable[[], float] = time.monotonic,
        share: float = RESIDENT_SHARE,
    ) -> None:
        self._cpu = cpu
        self._clock = clock
        self.limit_s = share * WINDOW_S
        self._marks: Deque[Tuple[float, float]] = deque([(clock(), cpu())])

    def used_s(self) -> float:
        """CPU seconds of the last hour, or since the start."""
        now = self._clock()
        while len(self._marks) > 1 and now - self._marks[1][0] >= WINDOW_S:
            self._marks.popleft()
        return max(0.0, self._cpu() - self._marks[0][1])

    def is_over(self) -> bool:
        """Whether what can wait has to wait. Also notes how much was used until now."""
        over = self.used_s() >= self.limit_s
        now = self._clock()
        if now - self._marks[-1][0] >= WINDOW_S / 60:
            self._marks.append((now, self._cpu()))
        return over


def limit_child(cpu_s: float, cpu: Callable[[], float] = time.process_time) -> None:
    """Ends this process when it has used so many CPU seconds, start included. In the child, on both systems."""
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        whole = int(cpu_s) + 2  # the kernel's own limit stands behind ours, for code that never lets Python run
        if hard == resource.RLIM_INFINITY or whole < hard:
            resource.setrlimit(resource.RLIMIT_CPU, (whole, hard))

    def watch() -> None:
        while cpu() < cpu_s:
            time.sleep(_LOOK_S)
        os._exit(EXIT_CPU)

    threading.Thread(target=watch, name="cpu-limit", daemon=True).start()
