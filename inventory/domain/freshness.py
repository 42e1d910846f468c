"""How far data can be trusted: fresh or stale, and the four scores đúng, đủ, sạch, sống (right, full, clean, alive).

Every score is a share of what is known, and says how much that is: (good, known, total).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from inventory.domain.policy import Policy

Freshness = Literal["fresh", "stale", "none"]


@dataclass(frozen=True, slots=True)
class Score:
    """`good` of `known` records pass; `total` counts those of which nothing is known, too."""

    good: int = 0
    known: int = 0
    total: int = 0

    @property
    def share(self) -> float | None:
        """None when nothing is known."""
        return self.good / self.known if self.known else None

    @property
    def observed_share(self) -> float | None:
        """None when there is nothing to know."""
        return self.known / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class DataRecord:
    """One machine, site, line or village as far as its data's quality goes."""

    source_class: str = ""  # measured | declared | verified | "": nobody noted the source
    filled: int = 0  # required fields that have a value
    fields: int = 0  # required fields
    agreements: tuple[bool | None, ...] = ()  # cross-checks: holds, fails, or None: cannot be judged
    seen_at: datetime | None = None  # when its newest data came


@dataclass(frozen=True, slots=True)
class Quality:
    verified: Score  # đúng: measured or verified by staff, not only declared
    complete: Score  # đủ: required fields that are filled
    consistent: Score  # sạch: cross-checks that hold
    fresh: Score  # sống: data younger than stale.after_days


def freshness(seen_at: datetime | None, policy: Policy, now: datetime) -> Freshness:
    """Class of one record; a moment in the future (a wrong clock) counts as fresh."""
    if seen_at is None:
        return "none"
    return "fresh" if now - seen_at <= timedelta(days=policy.stale_after_days) else "stale"


def stale_days(seen_at: datetime | None, policy: Policy, now: datetime) -> int | None:
    """The policy's limit in days when a record is past it; None when it is fresh or there is none to speak of."""
    return policy.stale_after_days if freshness(seen_at, policy, now) == "stale" else None


def quality(records: Iterable[DataRecord], policy: Policy, now: datetime) -> Quality:
    """The four scores over a set of records."""
    rows = list(records)
    sources = [row.source_class for row in rows if row.source_class]
    checks = [check for row in rows for check in row.agreements]
    judged = [check for check in checks if check is not None]
    ages = [freshness(row.seen_at, policy, now) for row in rows]
    fields = sum(row.fields for row in rows)
    return Quality(
        verified=Score(sum(source in ("measured", "verified") for source in sources), len(sources), len(rows)),
        complete=Score(sum(row.filled for row in rows), fields, fields),
        consistent=Score(sum(judged), len(judged), len(checks)),
        fresh=Score(ages.count("fresh"), len(ages) - ages.count("none"), len(ages)),
    )
