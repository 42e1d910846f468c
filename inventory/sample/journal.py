"""What the sample's PCs journalled while they could not report: delivered when the line, or the collector, was back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert

from inventory.domain.contact import Interval, clip
from inventory.sample.history import BOOT, Life
from inventory.sample.models import Data
from inventory.sample.presence import Run, Stretch, boot_id
from inventory.sample.story import Pc
from inventory.store.tables import JournalRow

_journal = JournalRow.__table__  # type: ignore[attr-defined]

LOOK = timedelta(seconds=60)
"""A journal begins with the first look that finds no way out, and ends with the last one."""


def write_journals(connection: Connection, lives: Iterable[Life], faults: dict[str, list[Interval]]) -> int:
    """One row per stretch that came late; `faults` of the line by site key. Returns how many."""
    rows = [
        _row(life, boot.run, stretch, bool(clip(faults[life.pc.site], stretch.from_at, stretch.to_at)))
        for life in lives
        for boot in life.boots
        for stretch, _first, _last in boot.heard
        if stretch.heard_at is not None and stretch.from_at < stretch.to_at
    ]
    if rows:
        connection.execute(insert(_journal), rows)
    return len(rows)


def journal_data(pc: Pc, run: Run, told: Sequence[Stretch], faults: Sequence[Interval]) -> Data:
    """The section "journal" that brings these late stretches of one boot."""
    zero = run.from_at - BOOT
    entries = [
        {
            "boot_id": boot_id(pc.agent_id, run),
            "from_s": stretch.from_at.timestamp(),
            "to_s": (stretch.heard_at or stretch.to_at).timestamp(),
            "from_monotonic_s": (stretch.from_at - zero).total_seconds(),
            "to_monotonic_s": (_until(stretch, run) - zero).total_seconds(),
            "ended": "reported",
            **_flags(bool(clip(faults, stretch.from_at, stretch.to_at))),
        }
        for stretch in told
    ]
    return {"entries": entries, "dropped": 0, "waiting": 0}


def _row(life: Life, run: Run, stretch: Stretch, line: bool) -> dict[str, Any]:
    zero, until, heard_at = run.from_at - BOOT, _until(stretch, run), stretch.heard_at or stretch.to_at
    return {
        "agent_id": life.pc.agent_id,
        "boot_id": boot_id(life.pc.agent_id, run),
        "from_monotonic_s": (stretch.from_at - zero).total_seconds(),
        "to_monotonic_s": (until - zero).total_seconds(),
        "agent_from_s": stretch.from_at.timestamp(),
        "agent_to_s": until.timestamp(),
        "site_id": life.site_id,
        "from_at": stretch.from_at,
        "to_at": until,
        "placed": "boot",
        "ups": "",
        "ended": "reported" if until < run.to_at else "goodbye",
        "before_at": heard_at,
        "received_at": heard_at,
        **_flags(line),
    }


def _until(stretch: Stretch, run: Run) -> Any:
    """The last look: just before the way was open again, or the PC was switched off."""
    heard_at = stretch.heard_at or stretch.to_at
    return min(max(heard_at - LOOK, stretch.to_at), run.to_at)


def _flags(line: bool) -> Data:
    """A line that is lost behind the office's router, or a collector that alone does not answer."""
    return {
        "link": True,
        "gateway": True,
        "provider": not line,
        "internet": not line,
        "captive": False,
        "collector": False,
    }
