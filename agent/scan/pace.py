"""The polite rate. A scan that was held up does not catch up: the gap stands between any two frames."""

from __future__ import annotations

LEAST_GAP_MS, LARGEST_GAP_MS = 25, 50  # 40 to 20 frames a second


def gap_s(policy_ms: float, tries: int) -> float:
    """Seconds between two questions of which each may cost `tries` frames."""
    return min(max(policy_ms, LEAST_GAP_MS), LARGEST_GAP_MS) / 1000.0 * max(tries, 1)


class Pace:
    def __init__(self, gap: float) -> None:
        self.gap_s = gap
        self._next_s = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """How long the next question has to wait; 0 or less: not at all."""
        return self._next_s - now_s

    def asked(self, now_s: float) -> None:
        self._next_s = now_s + self.gap_s
