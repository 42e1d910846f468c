"""The PC's traffic in samples of five minutes: section `traffic`. In the resident process, so it does little.

Time that the PC slept is no part of a sample, and one that a sleep cuts short ends with it.
"""

from __future__ import annotations

import dataclasses
from typing import Callable, Optional, Tuple

from ..errors import StateError
from ..identity import State
from ..log import logger
from ..wire import codec
from ..wire.sections_quality import TrafficSample
from . import memory
from .adapters import Bytes, grown
from .schedule import When

SAMPLE_S = 300.0
SHORTEST_S = 30.0  # a shorter rest says nothing
SLEEP_S = 150.0  # looks are a minute apart: more is sleep


class TrafficMeter:
    def __init__(self, state: State, read: Callable[[], Bytes]) -> None:
        self._state = state
        self._read = read
        self.kept = memory.read_traffic(state.kept(memory.TRAFFIC_FILE))
        self._from: Optional[Tuple[When, Bytes]] = None  # where the sample began
        self._looked: Optional[When] = None
        self._awake_s = 0.0
        self._tests_bytes = 0

    def turn(self, now: When) -> None:
        """One look; reads the counters when a sample is due."""
        looked, self._looked = self._looked, now
        if looked is None or looked.boot_id != now.boot_id or now.mono_s < looked.mono_s:
            self._begin(now)
            return
        step = now.mono_s - looked.mono_s
        if step > SLEEP_S:
            self._end(looked)
            self._begin(now)
            return
        self._awake_s += step
        if self._awake_s >= SAMPLE_S:
            self._end(now)
            self._begin(now)

    def add_test(self, count: int) -> None:
        """So many bytes of what goes through are a test's."""
        self._tests_bytes += count

    def finish(self, now: When) -> None:
        """The agent stops: what has been counted until now."""
        self.turn(now)
        self._end(now)
        self._from = None

    def told(self, samples: Tuple[TrafficSample, ...]) -> None:
        """These are in a stored report."""
        done = {(sample.boot_id, sample.monotonic_s) for sample in samples}
        left = tuple(sample for sample in self.kept.samples if (sample.boot_id, sample.monotonic_s) not in done)
        self._keep(dataclasses.replace(self.kept, samples=left))

    def _begin(self, now: When) -> None:
        self._awake_s = 0.0
        self._tests_bytes = 0
        self._from = (now, self._read())

    def _end(self, now: When) -> None:
        if self._from is None or self._awake_s < SHORTEST_S or not self._from[1]:
            return
        received, sent = grown(self._from[1], self._read(), self._awake_s)
        sample = TrafficSample(
            now.boot_id, round(now.mono_s, 1), round(now.wall_s, 1), round(self._awake_s, 1), received, sent,
            min(self._tests_bytes, received + sent),
        )  # fmt: skip
        self._keep(memory.with_sample(self.kept, sample))

    def _keep(self, kept: memory.TrafficState) -> None:
        self.kept = kept
        try:
            self._state.keep(memory.TRAFFIC_FILE, codec.to_plain(kept))
        except StateError as error:
            logger.warning("%s", error)  # costs the samples of the last hour when the agent is killed, nothing else
