"""When the next test of the line is due. Pure; moments survive restarts, and clocks that jump buy no second test.

Time between two tests is counted within a boot by seconds since boot, across boots by the PC's clock where that makes
sense and else by the time since the boot.
"""

from __future__ import annotations

from dataclasses import dataclass

WORK_S = 8 * 3600.0  # a day's tests are spread over a working day: at night office PCs are off
FIRST_WAIT_S = 300.0  # after a boot, plus a random share of the same again: the morning belongs to people
MAX_REST_S = 86400.0


@dataclass(frozen=True)
class When:
    """A moment as three clocks tell it."""

    boot_id: str = ""
    mono_s: float = 0.0
    wall_s: float = 0.0


def passed_s(then: When, now: When) -> float:
    """Seconds from then to now, never more than it can be."""
    if then.boot_id == now.boot_id:
        return max(0.0, now.mono_s - then.mono_s)
    by_clock = now.wall_s - then.wall_s
    return by_clock if 0 <= by_clock <= 400 * 86400.0 else max(0.0, now.mono_s)


def speed_gap_s(tests_per_day: float, draw: float) -> float:
    """Seconds between two throughput tests; `draw` 0..1 spreads them by +-30 %. inf: none."""
    if tests_per_day <= 0:
        return float("inf")
    spread = 0.7 + 0.6 * draw
    return (WORK_S / tests_per_day if tests_per_day >= 1 else 86400.0 / tests_per_day) * spread


def stamp_gap_s(every_s: float, draw: float) -> float:
    """Seconds between two trains, spread by +-20 %. inf: none."""
    return every_s * (0.8 + 0.4 * draw) if every_s > 0 else float("inf")
