"""Forgetting what the policy says: sealed reports, rejected ones and tests of lines after their term. Conclusions stay;
records of scans are kept for a year, journals for thirteen months (a claim needs them), networks that nobody has been
on for four months are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from inventory.domain.week import local_day
from inventory.store.engine import Store
from inventory.store.policy import effective_policy
from inventory.store.tables import (
    JournalRow,
    Lan,
    LanScan,
    LineDay,
    LineTest,
    LineTraffic,
    LoginAttempt,
    RawReport,
    RejectedReport,
    ServiceReach,
    Session,
    TrafficSeen,
)

_raw = RawReport.__table__  # type: ignore[attr-defined]
_rejected = RejectedReport.__table__  # type: ignore[attr-defined]
_attempt = LoginAttempt.__table__  # type: ignore[attr-defined]
_scan = LanScan.__table__  # type: ignore[attr-defined]
_journal = JournalRow.__table__  # type: ignore[attr-defined]
_lan = Lan.__table__  # type: ignore[attr-defined]
_session = Session.__table__  # type: ignore[attr-defined]
_test = LineTest.__table__  # type: ignore[attr-defined]
_traffic = LineTraffic.__table__  # type: ignore[attr-defined]
_seen = TrafficSeen.__table__  # type: ignore[attr-defined]
_reach = ServiceReach.__table__  # type: ignore[attr-defined]
_line_day = LineDay.__table__  # type: ignore[attr-defined]

TRAFFIC_DAYS, REACH_DAYS, LINE_DAYS = 95, 400, 5 * 366
"""Traffic is looked at over at most 92 days (line.window_days); what a day came to is kept in line_day."""


def forget(store: Store, now: datetime) -> dict[str, int]:
    """Deletes what is past its term; returns rows deleted by table."""
    with store.reading() as session:
        policy, _version = effective_policy(session)
    terms = (
        ("raw_report", _raw, _raw.c.received_at, timedelta(days=policy.retention_raw_days)),
        ("rejected_report", _rejected, _rejected.c.received_at, timedelta(days=policy.retention_rejected_days)),
        ("login_attempt", _attempt, _attempt.c.at, timedelta(days=1)),
        ("lan_scan", _scan, _scan.c.started_at, timedelta(days=366)),
        ("journal_entry", _journal, _journal.c.before_at, timedelta(days=400)),
        ("lan", _lan, _lan.c.last_seen_at, timedelta(days=120)),
        ("line_test", _test, _test.c.at, timedelta(days=policy.retention_raw_days)),
        ("line_traffic", _traffic, _traffic.c.slot_at, timedelta(days=TRAFFIC_DAYS)),
        ("traffic_seen", _seen, _seen.c.updated_at, timedelta(days=TRAFFIC_DAYS)),
        ("session", _session, _session.c.expires_at, timedelta(0)),
    )
    gone: dict[str, int] = {}
    for name, table, column, term in terms:
        with store.begin() as connection:
            gone[name] = connection.execute(delete(table).where(column < now - term)).rowcount
    for name, table, days in (("service_reach", _reach, REACH_DAYS), ("line_day", _line_day, LINE_DAYS)):
        with store.begin() as connection:
            last = local_day(now) - timedelta(days=days)
            gone[name] = connection.execute(delete(table).where(table.c.day < last)).rowcount
    return gone
