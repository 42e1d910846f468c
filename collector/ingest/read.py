"""An upload's bytes -> arrivals whose seal and fields are checked, and refusals for the rest."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.wire import report as wire_report
from agent.wire import seal
from agent.wire.envelope import LoadHead
from agent.wire.errors import SealError, WireError
from agent.wire.sections import SECTIONS
from inventory.domain.clock import FIRST_PLAUSIBLE
from inventory.store.arrival import Arrival, SectionIn

MAX_ERROR = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """A frame that is not taken. `keep`: the sender is proven, so the bytes are kept apart for a person."""

    agent_id: str
    code: str
    reason: str
    frame: bytes
    keep: bool


WIDEST_S = 120.0  # a sender that knows the collector's clock less well than this does not know it


@dataclass(frozen=True, slots=True)
class Road:
    """How an upload came, and what its sender said of its clocks as it left."""

    name: str = "https"  # https | relay | usb
    clock: tuple[str, float] | None = None  # (boot id, monotonic s)
    wrapped_at: datetime | None = None  # by the collector's clock
    agent_time_s: float | None = None  # of the sender, as it wrapped
    carrier: str = ""  # agent id of the relay


def carried(name: str, head: LoadHead, received_at: datetime, carrier: str = "") -> Road:
    """The road of an envelope. What the sender says of the collector's clock counts up to receipt, no further."""
    wrapped_at = None
    low, high = head.time_low_s, head.time_high_s
    if low > 0 and high - low <= WIDEST_S:
        told = _moment((low + high) / 2)
        wrapped_at = min(told, received_at) if told is not None else None
    return Road(name, (head.boot_id, head.monotonic_s), wrapped_at, head.agent_time_s, carrier)


def read_upload(
    body: bytes, clock_header: str, master: bytes, received_at: datetime, road: Road | None = None
) -> list[Arrival | Refusal]:
    """One entry per frame, in order. Raises WireError when the upload as a whole is not readable."""
    road = road or Road(clock=_clock(clock_header))
    return [_read_frame(frame, road, master, received_at) for frame in seal.split(body)]


@functools.lru_cache(maxsize=16_384)
def key_of(master: bytes, agent_id: str, generation: int) -> bytes:
    """The agent's key, 32 bytes."""
    return seal.derive_key(master, agent_id, generation)


def _read_frame(frame: seal.Frame, road: Road, master: bytes, received_at: datetime) -> Arrival | Refusal:
    key = key_of(master, frame.agent_id, frame.key_generation)
    try:
        plain = seal.open_frame(frame, key)
    except SealError as error:
        return Refusal(frame.agent_id, error.code, str(error), frame.raw, keep=False)
    except WireError as error:
        return Refusal(frame.agent_id, error.code, str(error), frame.raw, keep=True)
    try:
        report = wire_report.report_from_bytes(plain)
    except WireError as error:
        return Refusal(frame.agent_id, error.code, str(error), frame.raw, keep=True)
    if report.agent_id != frame.agent_id:
        reason = f"agent_id: the report says {report.agent_id}, its envelope {frame.agent_id}"
        return Refusal(frame.agent_id, "field", reason, frame.raw, keep=True)
    return _arrival(report, frame, received_at, road)


def _arrival(report: wire_report.Report, frame: seal.Frame, received_at: datetime, road: Road) -> Arrival:
    return Arrival(
        agent_id=report.agent_id,
        boot_id=report.boot_id,
        seq=report.seq,
        key_generation=frame.key_generation,
        received_at=received_at,
        agent_time=_moment(report.agent_time_s),
        monotonic_s=report.monotonic_s,
        kind=report.kind,
        agent_version=report.agent_version,
        policy_version=report.policy_version,
        lost_reports=report.lost_reports,
        pending_reports=report.pending_reports,
        sections={
            name: SectionIn(item.status, item.hash, item.data, item.error[:MAX_ERROR], item.duration_ms)
            for name, item in report.sections.items()
            if name in SECTIONS  # what a newer agent says beyond that stays in the kept bytes
        },
        frame=frame.raw,
        road=road.name,
        clock=road.clock,
        wrapped_at=road.wrapped_at,
        not_after=_not_after(report, road, received_at),
        carrier=road.carrier,
    )


def _not_after(report: wire_report.Report, road: Road, received_at: datetime) -> datetime | None:
    """A bundle that lay in a pocket was wrapped before it came, and its reports some time before that: by the PC's
    monotonic clock, or by its own, which may lie about the date but not much about the days in between."""
    if road.agent_time_s is None or road.clock is None:
        return None
    if road.clock[0] == report.boot_id:
        before_s = road.clock[1] - report.monotonic_s
    else:
        before_s = road.agent_time_s - report.agent_time_s
    try:
        found = received_at - timedelta(seconds=max(0.0, before_s))
    except OverflowError:
        return None
    return (
        found if found >= FIRST_PLAUSIBLE else None
    )  # its clock was set right in between: the difference says nothing


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _clock(header: str) -> tuple[str, float] | None:
    """The sender's boot and monotonic clock; a header that says nothing sensible places nothing."""
    if not header:
        return None
    boot_id, _, seconds = header.partition(" ")
    try:
        now_s = float(seconds)
    except ValueError:
        return ("", -1.0)
    return (boot_id, now_s) if 0 <= now_s < 3.2e9 else ("", -1.0)
