"""Sealed reports as an agent makes them, for tests of the collector's door."""

from __future__ import annotations

from typing import Any

from agent.wire import report as wire
from agent.wire import seal

MASTER = b"m" * 32
AGENT = "a" * 32
BOOT = "b" * 32


def frame(seq: int = 1, agent_id: str = AGENT, generation: int = 1, **changes: Any) -> bytes:
    """One sealed report."""
    values: dict[str, Any] = {
        "agent_id": agent_id, "boot_id": BOOT, "seq": seq, "agent_time_s": 1795400000.0, "monotonic_s": 600.0 + seq,
        "agent_version": "0.1.0", "policy_version": 0,
    }
    return seal_bytes(wire.report_to_bytes(wire.Report(**(values | changes))), agent_id, generation)


def seal_bytes(plain: bytes, agent_id: str = AGENT, generation: int = 1) -> bytes:
    return seal.seal(plain, agent_id, seal.derive_key(MASTER, agent_id, generation), generation)


def section(data: dict[str, Any] | None, status: str = "ok") -> wire.Section:
    return wire.Section(status, wire.section_hash(status, data), data)
