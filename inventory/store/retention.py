"""Forgetting what the policy says: sealed reports and rejected ones after their term. Conclusions stay; records of scans
are kept for a year, networks that nobody has been on for four months are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from inventory.store.engine import Store
from inventory.store.policy import effective_policy
from inventory.store.tables import Lan, LanScan, LoginAttempt, RawReport, RejectedReport, Session

_raw = RawReport.__table__  # type: ignore[attr-defined]
_rejected = RejectedReport.__table__  # type: ignore[attr-defined]
_attempt = LoginAttempt.__table__  # type: ignore[attr-defined]
_scan = LanScan.__table__  # type: ignore[attr-defined]
_lan = Lan.__table__  # type: ignore[attr-defined]
_session = Session.__table__  # type: ignore[attr-defined]


def forget(store: Store, now: datetime) -> dict[str, int]:
    """Deletes what is past its term; returns rows deleted by table."""
    with store.reading() as session:
        policy, _version = effective_policy(session)
    terms = (
        ("raw_report", _raw, _raw.c.received_at, timedelta(days=policy.retention_raw_days)),
        ("rejected_report", _rejected, _rejected.c.received_at, timedelta(days=policy.retention_rejected_days)),
        ("login_attempt", _attempt, _attempt.c.at, timedelta(days=1)),
        ("lan_scan", _scan, _scan.c.started_at, timedelta(days=366)),
        ("lan", _lan, _lan.c.last_seen_at, timedelta(days=120)),
        ("session", _session, _session.c.expires_at, timedelta(0)),
    )
    gone: dict[str, int] = {}
    for name, table, column, term in terms:
        with store.begin() as connection:
            gone[name] = connection.execute(delete(table).where(column < now - term)).rowcount
    return gone
