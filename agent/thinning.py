"""Which stored reports go first when the spool is over its limit. Pure.

A site that was cut off for months must still show *that* it was alive all along, so the older half of the plain
heartbeats loses every second one: the past gets coarser, each time this happens, before it gets shorter.

Reports whose answer got lost go last of all: the collector may have them, and then they would be counted lost although
they are not. They are told apart as soon as there is a line again.
"""

from __future__ import annotations

from typing import Dict, List, Mapping, Tuple

from .segment import OVERHEAD, UNSURE, Segment

Place = Tuple[int, int]  # segment number, index

_FEW = 4


def choose(segments: Mapping[int, Segment], want: int) -> Dict[int, List[int]]:
    """Indexes to drop, by segment, that free `want` bytes or as much of it as one round may take; {} when nothing is
    left to drop. The newest report is never chosen."""
    plain, lasting, unsure = _sorted_out(segments)
    if len(plain) >= _FEW:
        candidates = plain[: max(2, len(plain) // 2)][::2]
    else:
        candidates = plain or lasting or unsure
    chosen: Dict[int, List[int]] = {}
    for number, index in candidates:
        if want <= 0:
            break
        chosen.setdefault(number, []).append(index)
        want -= segments[number].lengths[index] + OVERHEAD
    return chosen


def _sorted_out(segments: Mapping[int, Segment]) -> Tuple[List[Place], List[Place], List[Place]]:
    """Live reports, oldest first: plain heartbeats, those to keep longer, and those that may have arrived."""
    plain: List[Place] = []
    lasting: List[Place] = []
    unsure: List[Place] = []
    pending: List[Tuple[Place, bool, int]] = []  # the one before: place, to be kept, boot
    for number in sorted(segments):
        segment = segments[number]
        for index in segment.live_indexes():
            boot = segment.boots[index]
            new_boot = not pending or pending[0][2] != boot
            if pending:
                place, keep, _ = pending.pop()
                (lasting if keep or new_boot else plain).append(place)
            if segment.keeps[index] & UNSURE:
                unsure.append((number, index))
            else:
                pending.append(((number, index), bool(segment.keeps[index]) or new_boot, boot))
    return plain, lasting, unsure
