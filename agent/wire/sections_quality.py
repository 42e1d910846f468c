"""Sections `quality` and `traffic`: what tests of the line gave, and how much of it people use. Part of the contract of
sections.py, whose rules hold here.

Like the journal they are no state: each delivery brings the tests and samples that no stored report has carried yet. One
that came before is told apart by (agent, QualityTest.id), or by (agent, boot_id, monotonic_s) of a TrafficSample.
Speeds are megabits (10^6) of payload per second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class QualityTest:
    """One test of the line against the collector. A figure that the kind of test does not give is None."""

    id: int = 0  # counts up per agent, never used twice
    kind: str = ""  # stamp (RFC 8762 packets) | ndt7_down | ndt7_up (one TCP connection)
    boot_id: str = ""  # 32 hex digits, of the boot in which it was made
    monotonic_s: float = 0.0  # its start, seconds since boot, sleep included
    agent_time_s: float = 0.0  # its start by the agent's clock, seconds since 1970; may lie
    duration_s: float = 0.0
    bytes_used: int = 0  # both directions, with an estimate of the headers
    link_class: str = ""  # fibre | government | mobile | satellite, as the collector told; "" not known
    server: str = ""  # host:port that it was made against
    # ok | capped: ended by max_bytes or because it was stable, a lower bound: never averaged with ok | stopped_busy:
    # people were using the line | refused: by the server (busy, not allowed) | failed: see error
    outcome: str = ""
    # of outcome refused or failed: no_answer (no packet came back) | dns | connect | tls | proxy | timeout | busy |
    # denied | cut | strange_answer | no_address | internal
    error: str = ""
    # --- stamp
    packet_bytes: Optional[int] = None  # UDP payload, the same both ways
    interval_ms: Optional[float] = None  # between two packets
    packets_sent: Optional[int] = None
    packets_received: Optional[int] = None  # different ones that came back
    lost_forward: Optional[int] = None  # from agent to collector; None: the reflector's counter did not tell
    lost_backward: Optional[int] = None  # from collector to agent
    duplicates: Optional[int] = None
    reordered: Optional[int] = None  # came back after one that was sent later
    rtt_min_ms: Optional[float] = None  # round trip without the reflector's own time: (T4-T1)-(T3-T2)
    rtt_median_ms: Optional[float] = None
    rtt_p95_ms: Optional[float] = None
    jitter_ms: Optional[float] = None  # RFC 3550, section 6.4.1, of the worse direction
    jitter_forward_ms: Optional[float] = None
    jitter_backward_ms: Optional[float] = None
    ipdv_p95_ms: Optional[float] = None  # 95th percentile of |change of one-way delay|, of the worse direction
    ipdv_forward_p95_ms: Optional[float] = None
    ipdv_backward_p95_ms: Optional[float] = None
    ttl_forward: Optional[int] = None  # time to live with which packets reached the collector
    # --- ndt7
    mbps: Optional[float] = None  # down: received by the agent; up: received by the server
    stable: Optional[bool] = None  # the last five samples varied by less than 5 %
    min_rtt_ms: Optional[float] = None  # as the server's TCP saw it


@dataclass(frozen=True)
class QualityInfo:
    tests: Tuple[QualityTest, ...] = ()  # oldest first
    dropped: int = 0  # results that were lost since the agent was installed: no room for them
    month: str = ""  # "2026-11": of the budget, by the agent's clock
    budget_bytes: Optional[int] = None  # of this PC for the month; None: no limit is known yet
    spent_bytes: int = 0  # of it until now
    level: str = ""  # what the rest of the budget still allows: full | capped | stamp | none


@dataclass(frozen=True)
class TrafficSample:
    """What went through the PC's network cards in one span of time; sleep is no part of it."""

    boot_id: str = ""
    monotonic_s: float = 0.0  # its end, seconds since boot, sleep included
    agent_time_s: float = 0.0  # its end by the agent's clock
    seconds: float = 0.0  # how long
    bytes_in: int = 0
    bytes_out: int = 0
    tests_bytes: int = 0  # how much of it (both directions) were our own tests of the line


@dataclass(frozen=True)
class TrafficInfo:
    samples: Tuple[TrafficSample, ...] = ()  # oldest first
    dropped: int = 0  # samples that were lost since the agent was installed: no room for them
