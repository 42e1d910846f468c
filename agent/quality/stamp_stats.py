"""What a train of STAMP packets says about the line. Pure.

Round trip: (T4-T1)-(T3-T2), needs no common clock. Jitter per direction: RFC 3550, section 6.4.1, over packets in the
order in which they arrived. IPDV: the change of one-way delay between packets sent one after the other (RFC 5481); the
clocks' offset falls out of both. Loss per direction comes from the reflector's own counter.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Set, Tuple

_MS = 1e6


@dataclass(frozen=True)
class Answer:
    """One packet that came back. Nanoseconds; sent and back by this PC's clock, the other two by the reflector's."""

    seq: int
    sent_ns: int
    received_ns: int
    left_ns: int
    back_ns: int
    reflector_seq: int
    ttl: int = 0


@dataclass(frozen=True)
class Figures:
    """Milliseconds; None where there is too little to say it."""

    packets_sent: int
    packets_received: int = 0
    lost_forward: Optional[int] = None
    lost_backward: Optional[int] = None
    duplicates: int = 0
    reordered: int = 0
    rtt_min_ms: Optional[float] = None
    rtt_median_ms: Optional[float] = None
    rtt_p95_ms: Optional[float] = None
    jitter_ms: Optional[float] = None
    jitter_forward_ms: Optional[float] = None
    jitter_backward_ms: Optional[float] = None
    ipdv_p95_ms: Optional[float] = None
    ipdv_forward_p95_ms: Optional[float] = None
    ipdv_backward_p95_ms: Optional[float] = None
    ttl_forward: Optional[int] = None


def evaluate(answers: Sequence[Answer], sent: int, counted: bool) -> Figures:
    """`answers` in the order in which they came back, duplicates among them; `sent`: packets 0 .. sent-1 left.
    `counted`: the reflector is known to number what it answers in this session, from 0."""
    firsts: Dict[int, Answer] = {}
    reordered, highest = 0, -1
    for answer in answers:
        if answer.seq not in firsts:
            firsts[answer.seq] = answer
            reordered += answer.seq < highest  # RFC 4737, section 3
            highest = max(highest, answer.seq)
    forward, backward = _losses(answers, firsts, sent) if counted else (None, None)
    if len(firsts) == sent:
        forward, backward = 0, 0
    figures = Figures(sent, len(firsts), forward, backward, len(answers) - len(firsts), reordered)
    return _with_times(figures, firsts) if firsts else figures


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest rank: the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


def rfc3550(delays_ns: Sequence[int]) -> float:
    """The smoothed jitter in ns after these one-way delays, in order of arrival."""
    jitter = 0.0
    before = delays_ns[0] if delays_ns else 0
    for now in delays_ns:
        jitter += (abs(now - before) - jitter) / 16
        before = now
    return jitter


def _losses(answers: Sequence[Answer], firsts: Dict[int, Answer], sent: int) -> Tuple[Optional[int], Optional[int]]:
    if not firsts or max(firsts) != sent - 1:
        return None, None  # nobody knows where the packets after the last answer went
    counters: Dict[int, Set[int]] = {}
    for answer in answers:
        counters.setdefault(answer.seq, set()).add(answer.reflector_seq)
    doubled = sum(len(seen) - 1 for seen in counters.values())  # duplicated on the way there: counted twice
    arrived = max(answer.reflector_seq for answer in answers) + 1 - doubled
    if not len(firsts) <= arrived <= sent:
        return None, None
    return sent - arrived, arrived - len(firsts)


def _with_times(figures: Figures, firsts: Dict[int, Answer]) -> Figures:
    rows = [firsts[seq] for seq in sorted(firsts)]
    trips = [max(0.0, (row.back_ns - row.sent_ns - (row.left_ns - row.received_ns)) / _MS) for row in rows]
    there = sorted(rows, key=lambda row: row.reflector_seq)
    back = sorted(rows, key=lambda row: row.back_ns)
    jitters = [
        _ms(rfc3550([row.received_ns - row.sent_ns for row in there])) if len(rows) > 1 else None,
        _ms(rfc3550([row.back_ns - row.left_ns for row in back])) if len(rows) > 1 else None,
    ]
    changes = [_changes(rows, forward=True), _changes(rows, forward=False)]
    ipdv = [_ms(percentile(row, 0.95)) if row else None for row in changes]
    return dataclasses.replace(
        figures,
        rtt_min_ms=round(min(trips), 3),
        rtt_median_ms=round(percentile(trips, 0.5), 3),
        rtt_p95_ms=round(percentile(trips, 0.95), 3),
        jitter_ms=_worse(jitters),
        jitter_forward_ms=jitters[0],
        jitter_backward_ms=jitters[1],
        ipdv_p95_ms=_worse(ipdv),
        ipdv_forward_p95_ms=ipdv[0],
        ipdv_backward_p95_ms=ipdv[1],
        ttl_forward=rows[-1].ttl or None,
    )


def _changes(rows: Sequence[Answer], forward: bool) -> List[float]:
    """|change of one-way delay| between packets that were sent one after the other and both came back."""
    by_seq = {row.seq: row for row in rows}
    pairs = [(by_seq[row.seq - 1], row) for row in rows if row.seq - 1 in by_seq]
    if forward:
        return [abs(float(b.received_ns - b.sent_ns - a.received_ns + a.sent_ns)) for a, b in pairs]
    return [abs(float(b.back_ns - b.left_ns - a.back_ns + a.left_ns)) for a, b in pairs]


def _ms(ns: float) -> float:
    return round(ns / _MS, 3)


def _worse(pair: Sequence[Optional[float]]) -> Optional[float]:
    known = [value for value in pair if value is not None]
    return max(known) if known else None
