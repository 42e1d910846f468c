"""An upload's bytes -> arrivals whose seal and fields are checked, and refusals for the rest."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.wire import report as wire_report
from agent.wire import seal
from agent.wire.errors import SealError, WireError
from agent.wire.sections import SECTIONS
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


def read_upload(
    body: bytes, clock_header: str, master: bytes, received_at: datetime, road: str = "https"
) -> list[Arrival | Refusal]:
    """One entry per frame, in order. Raises WireError when the upload as a whole is not readable."""
    clock = _clock(clock_header)
    return [_read_frame(frame, clock, master, received_at, road) for frame in seal.split(body)]


@functools.lru_cache(maxsize=16_384)
def _key(master: bytes, agent_id: str, generation: int) -> bytes:
    return seal.derive_key(master, agent_id, generation)


def _read_frame(
    frame: seal.Frame, clock: tuple[str, float] | None, master: bytes, received_at: datetime, road: str
) -> Arrival | Refusal:
    key = _key(master, frame.agent_id, frame.key_generation)
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
    return _arrival(report, frame, clock, received_at, road)


def _arrival(
    report: wire_report.Report, frame: seal.Frame, clock: tuple[str, float] | None, received_at: datetime, road: str
) -> Arrival:
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
        road=road,
        clock=clock,
    )


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
