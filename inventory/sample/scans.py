"""When the sample's elected PCs scan their LAN: one sweep a working day, a re-check an hour. Pure, the same at every call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from inventory.domain.hours import VN_TIME, Calendar
from inventory.sample.models import Data
from inventory.sample.presence import Stretch, at_local

OPENS, CLOSES = "08:00", "16:30"  # the policy's scan.from and scan.to
GAP_S = 0.030
KEPT = 30  # records that a section carries
ADDRESSES = 253  # of a /24, without the own one


@dataclass(frozen=True, slots=True)
class Scan:
    started: datetime
    kind: str  # sweep | recheck
    addresses: int
    frames: int
    duration_s: float
    hosts: int
    stopped: str = ""

    @property
    def ended(self) -> datetime:
        return self.started + timedelta(seconds=self.duration_s)

    def record(self, network: str) -> Data:
        """As the wire's ScanRecord."""
        return {
            "started": self.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "kind": self.kind,
            "method": "sendarp",
            "network": network,
            "addresses": self.addresses,
            "frames": self.frames,
            "duration_s": self.duration_s,
            "hosts": self.hosts,
            "stopped": self.stopped,
        }


def scans(agent_id: str, heard: Iterable[Stretch], hosts: int, calendar: Calendar) -> list[Scan]:
    """The scans of an elected PC in the times when it was heard live, oldest first: without a lease nobody scans."""
    spans = sorted((stretch.from_at, stretch.to_at) for stretch in heard if not stretch.late)
    days = sorted({day for begin, end in spans for day in _days(begin, end)})
    found: list[Scan] = []
    for day in days:
        if calendar.is_working_day(day):
            found += _of_day(agent_id, day, spans, hosts)
    return found


def _days(begin: datetime, end: datetime) -> Iterable[date]:
    day, last = begin.astimezone(VN_TIME).date(), end.astimezone(VN_TIME).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _of_day(agent_id: str, day: date, spans: Sequence[tuple[datetime, datetime]], hosts: int) -> list[Scan]:
    rng = Random(f"scan:{agent_id}:{day.isoformat()}")  # noqa: S311 - invented data, not a secret
    opens, closes = at_local(day, OPENS), at_local(day, CLOSES)
    at = opens + timedelta(seconds=rng.randrange(120, 9000))
    found = [scan] if (scan := _sweep(at, spans, hosts, rng)) else []
    at += timedelta(seconds=3600 + rng.randrange(0, 240))
    while found and at < closes:
        seen = max(1, hosts - rng.randrange(0, 3))
        lasts = round(hosts * GAP_S + 1.2 + rng.random(), 1)
        if _inside(at, lasts, spans):
            found.append(Scan(_utc(at), "recheck", hosts, hosts + (hosts - seen), lasts, seen))
        at += timedelta(seconds=3600 + rng.randrange(0, 240))
    return found


def _sweep(at: datetime, spans: Sequence[tuple[datetime, datetime]], hosts: int, rng: Random) -> Scan | None:
    seen, fate = max(1, hosts - rng.randrange(0, 2)), rng.random()
    frames = 2 * ADDRESSES + rng.randrange(0, hosts + 1)
    lasts = round(frames * GAP_S + 4 + rng.random(), 1)
    if not _inside(at, lasts, spans):
        return None
    if fate < 0.02:  # the gateway fell silent: the rules say stop, and rest for a day
        return Scan(_utc(at), "sweep", ADDRESSES, frames // 3, round(lasts / 3, 1), seen // 2, "gateway_lost")
    return Scan(_utc(at), "sweep", ADDRESSES, frames, lasts, seen)


def _inside(at: datetime, lasts: float, spans: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(begin <= at and at + timedelta(seconds=lasts) <= end for begin, end in spans)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
