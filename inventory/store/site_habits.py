"""Opening hours by habit, for sites of which nobody has said when they are open. Kept with the site, so that the
timeline, the pages and the letters use the same hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, update

from inventory.domain.contact import merge
from inventory.domain.habit import learn_hours
from inventory.domain.hours import Calendar, OpeningHours
from inventory.domain.policy import DEFAULT_POLICY, Policy
from inventory.domain.site_facts import SiteFacts
from inventory.store.site_rows import Record
from inventory.store.tables import Site

_site = Site.__table__  # type: ignore[attr-defined]

LEARN_EVERY = timedelta(days=7)
FEWEST_S, MOST_S = 4 * 3600, 14 * 3600
"""Opening time of a Monday that is believed."""
_WRITE = update(_site).where(_site.c.id == bindparam("key")).values(hours_learnt=bindparam("new_hours"))


def is_to_be_learnt(site: Record, policy: Policy) -> bool:
    """Whether nobody has given hours: neither of the site nor by a policy that was changed."""
    return not site.hours and policy.hours_default == DEFAULT_POLICY.hours_default


class Habits:
    """Learns in passes over the whole history, each site once a week. One per evaluator."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._learnt_at: dict[int, datetime] = {}

    def learn(
        self,
        connection: Connection,
        sites: Mapping[int, Record],
        policies: Mapping[int, Policy],
        facts: Mapping[int, SiteFacts],
        now: datetime,
    ) -> None:
        """Stores what is new about these sites; they are judged by it in the next pass."""
        rows = [
            {"key": site_id, "new_hours": hours}
            for site_id, found in facts.items()
            if (hours := self._hours(site_id, sites[site_id], policies[site_id], found, now)) is not None
            and hours != sites[site_id].hours_learnt
        ]
        if rows:
            connection.execute(_WRITE, rows)

    def _hours(
        self, site_id: int, site: Record, policy: Policy, facts: SiteFacts, now: datetime
    ) -> list[list[str]] | None:
        last = self._learnt_at.get(site_id)
        if not is_to_be_learnt(site, policy) or (last is not None and now - last < LEARN_EVERY):
            return None
        self._learnt_at[site_id] = now
        heard = merge((contact.from_at, contact.to_at) for contact in facts.contacts if not contact.late)
        if not heard:
            return None
        learnt = learn_hours(heard, self._calendar, max(heard[0][0], facts.from_at), now)
        return [list(row) for row in learnt.written] if learnt is not None and _is_likely(learnt) else None


def _is_likely(hours: OpeningHours) -> bool:
    """A PC that is never switched off, or one that is seldom on, tells nothing about when people are at work."""
    return FEWEST_S <= sum(end - start for start, end in hours.week[0]) <= MOST_S
