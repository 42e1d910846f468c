"""From rows of the store to what a picture or a tile shows. Pure; times are aware UTC, days are local."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.i18n.format import local
from inventory.domain.week import midnight


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stacked bar: what it counts (css class and word are looked up by key) and how many."""

    key: str
    count: int


def week_start(now: datetime) -> datetime:
    """Monday 00:00 local of the current week, UTC."""
    today = local(now).date()
    return midnight(today - timedelta(days=today.weekday()))
