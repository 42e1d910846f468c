"""The time that a list of outages is about: `?ky=7`, `?ky=30`, or a month `?ky=2026-11`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.i18n import N_, translator
from collector.i18n.format import local
from collector.web.month_view import month_name
from collector.web.paging import ListQuery
from collector.web.site_month import months, window_of
from inventory.domain.week import midnight

DAYS = {"7": N_("7 ngày gần đây"), "30": N_("30 ngày gần đây"), "90": N_("90 ngày gần đây")}
USUAL = "30"


@dataclass(frozen=True, slots=True)
class Period:
    key: str
    from_at: datetime
    to_at: datetime  # the end of a month may lie ahead
    until: datetime  # to_at, or now where that comes first

    @property
    def running(self) -> bool:
        """Whether the period is not over: figures are provisional."""
        return self.until < self.to_at


def period_of(query: ListQuery, now: datetime, default: str = USUAL) -> Period:
    """What `ky` asks for; what cannot be understood is noted in the query and replaced by the default."""
    key = query.text("ky", 10) or default
    window = None if key in DAYS else window_of(key, now)
    if window is not None and key:
        first_of_next = (window.first + timedelta(days=31)).replace(day=1)
        to_at = midnight(first_of_next)
        return Period(key, window.from_at, to_at, min(to_at, now))
    if key not in DAYS:
        query.problems.append(f"ky={key}")
        query.params.pop("ky", None)
        key = default if default in DAYS else USUAL
    begin = midnight(local(now).date() - timedelta(days=int(key) - 1))
    return Period(key, begin, now, now)


def choices(now: datetime, lang: str, *, days: bool, usual: str = USUAL) -> list[tuple[str, str]]:
    """For the filter: the last days (where they make sense, but for the usual ones), then the months of a year."""
    _ = translator(lang)
    found = [(key, _(label)) for key, label in DAYS.items() if key != usual] if days else []
    begin = now - timedelta(days=330)
    return found + [(month, month_name(month, lang)) for month in months(begin, now)]
