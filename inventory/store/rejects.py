"""Writing reports that broke the contract (reading them: rejected.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select

from inventory.store.engine import Store
from inventory.store.tables import RejectedReport

MAX_FRAME = 64 * 1024
MAX_PER_AGENT = 200  # unresolved rows of one agent: a broken agent must not fill the disk; the newest reason stays

_table = RejectedReport.__table__  # type: ignore[attr-defined]


def keep(store: Store, rejects: Sequence[tuple[str, str, str, bytes]], now: datetime) -> None:
    """Keeps (agent id, code, reason, frame) apart, at most MAX_PER_AGENT unresolved ones per agent."""
    with store.begin() as connection:
        ids = sorted({agent_id for agent_id, _, _, _ in rejects})
        open_rows = connection.execute(
            select(_table.c.agent_id, func.count())
            .where(_table.c.agent_id.in_(ids), _table.c.resolved_at.is_(None))
            .group_by(_table.c.agent_id)
        )
        counts = {row[0]: row[1] for row in open_rows}
        rows = []
        for agent_id, code, reason, frame in rejects:
            counts[agent_id] = counts.get(agent_id, 0) + 1
            if counts[agent_id] <= MAX_PER_AGENT:
                rows.append(
                    {
                        "received_at": now,
                        "agent_id": agent_id,
                        "code": code[:24],
                        "reason": storable(reason)[:500],
                        "size": len(frame),
                        "frame": frame[:MAX_FRAME],
                    }
                )
        if rows:
            connection.execute(insert(_table), rows)


def storable(text: str) -> str:
    """A text that quotes what a stranger sent, without what a database refuses (NUL, lone surrogates)."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
