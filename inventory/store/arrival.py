"""A verified report on its way into the store, and what became of it. The wire's own types stop before this."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LIVE_S = 90.0  # a report that was made this short a time before it came is "heard now"


@dataclass(frozen=True, slots=True)
class SectionIn:
    status: str
    hash: str
    data: dict[str, Any] | None
    error: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """One report whose seal and fields are already checked."""

    agent_id: str
    boot_id: str
    seq: int
    key_generation: int
    received_at: datetime
    agent_time: datetime | None  # the PC's clock; None when it is outside the calendar
    monotonic_s: float
    kind: str  # heartbeat | inventory | goodbye
    agent_version: str
    policy_version: int
    lost_reports: int
    pending_reports: int
    sections: dict[str, SectionIn]
    frame: bytes
    road: str = "https"  # https | relay | usb
    clock: tuple[str, float] | None = None  # (boot id, monotonic s) of the sender at sending; None: made just now
    # Roads other than https: when the sender wrapped it, by the collector's clock; None: the sender did not know.
    wrapped_at: datetime | None = None
    not_after: datetime | None = None  # it was made by then, whatever the PC's clock says; None: by receipt
    carrier: str = ""  # agent id of the relay

    def age(self) -> timedelta | None:
        """How long before receipt it was made, by the sender's monotonic clock; None: that clock says nothing.

        What others carried may have lain anywhere: only the moment of wrapping counts, as the collector's own answers
        told it to the sender. The carrier's word counts for nothing.
        """
        if self.road != "https" and (self.wrapped_at is None or self.clock is None):
            return None
        if self.clock is None:
            return timedelta(0)
        boot_id, now_s = self.clock
        if boot_id != self.boot_id or now_s < self.monotonic_s:
            return None
        carried = max(self.received_at - self.wrapped_at, timedelta(0)) if self.wrapped_at else timedelta(0)
        return carried + timedelta(seconds=now_s - self.monotonic_s)

    def is_live(self) -> bool:
        age = self.age()
        return age is not None and age.total_seconds() <= LIVE_S

    def keeps_frame(self) -> bool:
        """Plain heartbeats are kept as contact intervals; everything that says more is kept as it came."""
        return self.kind != "heartbeat" or any(section.data is not None for section in self.sections.values())


@dataclass(slots=True)
class Outcome:
    """What became of an arrival. Nothing may be acknowledged before the transaction has committed."""

    status: str  # stored | duplicate | rejected
    reason: str = ""  # for rejected: unknown_agent | agent_revoked | key_retired | store_refused
    missing: list[str] = field(default_factory=list)  # sections whose data the store lacks
    site_id: int | None = None
    made_at: datetime | None = None  # true time, of a stored one
