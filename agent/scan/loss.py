"""How many frames this LAN loses, and how many devices a sweep has therefore missed so far. Pure.

A sweep that always asked ten times would be rude on a healthy LAN, one that always asks twice misses devices on a bad
one. So the sweep looks at how often devices that are certainly there leave a question unanswered, and goes on while
it is likely that somebody has been missed.
"""

from __future__ import annotations

import math

ENOUGH = 0.002  # expected number of devices missed at which a sweep ends
# What is believed before anything was seen: a LAN on which nearly nothing is lost.
_HITS, _MISSES = 2.0, 0.05
_WORST = 0.9
_NEW = 0.02  # devices that come new to an office LAN on a day: one in two months


class Loss:
    """Counts of questions to devices that are there, and of those that brought no answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.missed = 0

    def note(self, answered: bool) -> None:
        """One question to a device that is known to be there."""
        self.asked += 1
        self.missed += not answered

    def note_repeats(self, misses: int, tries: int) -> None:
        """A device found by a question that the system repeated: the answer came after `misses` of at most `tries`.

        Of devices that were never found nothing is known, so plain counting would flatter the LAN. But of those that
        got a further question after a miss, as many were found as the share says: found after one or more misses,
        divided by found before the last question."""
        self.asked += misses < tries - 1
        self.missed += misses > 0

    def share(self) -> float:
        """The share of questions that bring no answer. Once any was missed, one standard deviation more: a sweep that
        ends too early misses a device, one that ends too late sends some hundred frames."""
        share = (self.missed + _MISSES) / (self.asked + _HITS + _MISSES)
        if self.missed:
            share += math.sqrt(share * (1 - share) / (self.asked + 1))
        return min(share, _WORST)

    def expected_missed(self, found: float, tries: int) -> float:
        """How many devices have probably been missed when `found` have answered within `tries` questions each."""
        miss = self.share() ** tries
        return found * miss / (1 - miss)


def unknown_share(unknown: int, found: int) -> float:
    """The share of devices that nobody knew before this sweep, of all that are there. On the first sweep of a LAN all
    are unknown, later hardly any."""
    return (unknown + _NEW) / (found + _NEW)
