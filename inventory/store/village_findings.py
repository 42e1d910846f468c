"""Findings about villages: no fixed broadband, no mobile signal, by what was last said of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from inventory.domain.finding import Draft, draft
from inventory.domain.hours import VN_TIME
from inventory.domain.policy import Policy
from inventory.domain.village_gap import broadband_gap, signal_gap
from inventory.store.engine import Store
from inventory.store.findings import settle
from inventory.store.policy import effective_policy
from inventory.store.site_rows import Record
from inventory.store.tables import Village

KINDS = ("village_no_broadband", "village_no_signal")

_village = Village.__table__  # type: ignore[attr-defined]
_COLUMNS = ("id", "unit_id", "fixed_broadband", "fixed_provider", "mobile", "source_class", "source", "as_of", "sample")


class VillageGaps:
    """Remembers what it saw last: villages change seldom, and with the day and the policy only."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[Any, ...]] = {}

    def run(self, store: Store, now: datetime) -> int:
        """Judges the villages that changed; returns how many."""
        today = now.astimezone(VN_TIME).date()
        with store.reading() as session:
            version = effective_policy(session)[1]
            rows = session.connection().execute(select(*(_village.c[name] for name in _COLUMNS))).all()
        marks = {row.id: (*row, today, version) for row in rows}
        changed = [row for row in rows if self._seen.get(row.id) != marks[row.id]]
        gone = set(self._seen) - set(marks)
        if not changed and not gone:
            return 0
        with store.session() as session:
            policies: dict[str, Policy] = {}
            drafts = [item for row in changed for item in _drafts(session, row, policies, version, now)]
            judged = [row.id for row in changed] + sorted(gone)
            settle(session, KINDS, "village", judged, drafts, now)
        self._seen = marks
        return len(changed)


def _drafts(
    session: Session, village: Record, policies: dict[str, Policy], version: int, now: datetime
) -> Iterable[Draft]:
    policy = policies.get(village.unit_id)
    if policy is None:
        policy = policies[village.unit_id] = effective_policy(session, unit_id=village.unit_id)[0]
    said = {
        "source_class": village.source_class,
        "source": village.source,
        "as_of": village.as_of.isoformat() if village.as_of else "",
    }
    common: dict[str, Any] = {
        "unit_id": village.unit_id,
        "site_id": None,
        "policy": policy,
        "policy_version": version,
        "sample": bool(village.sample),
    }
    if broadband_gap(village.fixed_broadband):
        evidence = {**said, "fixed_broadband": village.fixed_broadband, "codes": [village.fixed_broadband]}
        yield draft("village_no_broadband", village.id, evidence=evidence, **common)
    gap = signal_gap(village.mobile, village.as_of, now.astimezone(VN_TIME).date(), policy)
    if gap is not None:
        code, severity = gap
        evidence = {**said, "mobile": village.mobile, "codes": [code]}
        yield draft("village_no_signal", village.id, evidence=evidence, severity=severity, **common)
