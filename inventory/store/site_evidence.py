"""Reads the evidence of many sites at once and hands it to the pure rules. No conclusions here."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from inventory.domain.contact import Interval
from inventory.domain.hours import OpeningHours, parse_cached
from inventory.domain.policy import DEFAULT_POLICY, Policy
from inventory.domain.problem import BadValue
from inventory.domain.site_facts import AgentFact, BootFact, ContactFact, JournalFact, SharedLoss, SiteFacts
from inventory.store.site_rows import Record
from inventory.store.tables import Agent, AgentBoot, Contact, JournalRow, MachinePlacement, Site

_log = logging.getLogger(__name__)

_site = Site.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]
_contact = Contact.__table__  # type: ignore[attr-defined]
_placement = MachinePlacement.__table__  # type: ignore[attr-defined]
_journal = JournalRow.__table__  # type: ignore[attr-defined]

LOOKBACK = timedelta(days=3)
"""Contacts that began this long before a window are found by their begin; longer ones by the long boots."""

JOURNAL_LOOKBACK = timedelta(days=45)
"""An entry of a journal is looked for that began this long before a window: an office may be cut off for weeks."""
NEWS = timedelta(days=1)
"""Journals that came within this time are asked for in every pass; older ones have been seen by then."""

LateMark = tuple[int, int]
"""(intervals, reports) of late evidence: changes whenever a site's past does."""


@dataclass(frozen=True, slots=True)
class JournalMark:
    """What journals told of a site lately, about times when the collector was not reached."""

    received_at: datetime  # of the newest
    entries: int
    from_at: datetime  # begin of the oldest

    def is_news_to(self, before: JournalMark | None) -> bool:
        """Whether something came since `before`; what only grew too old to be asked for is no news."""
        return before is None or self.received_at > before.received_at or self.entries > before.entries


_SITE = ("id", "unit_id", "provider", "hours", "hours_learnt", "excluded_reason", "sample", "state", "state_cause", "state_since",
         "last_contact_at", "lan_state", "lan_declared", "lan_declared_on", "created_at", "evaluated_at")  # fmt: skip
_AGENT = ("id", "site_id", "machine_id", "status", "enrolled_at", "last_contact_at", "last_boot_id", "goodbye_at",
          "version")  # fmt: skip
_JOURNAL = tuple(_journal.c[name] for name in ("site_id", "agent_id", "boot_id", "from_at", "to_at", "gateway", "internet",
                                               "collector", "captive", "on_battery"))  # fmt: skip
_CONTACT = tuple(_contact.c[name] for name in ("site_id", "agent_id", "boot_id", "from_at", "to_at", "kind", "goodbye"))


@dataclass
class Roll:
    """Who is there: every site, its agents, and marks that tell whether evidence changed. Read once per pass."""

    sites: dict[int, Record]
    agents: dict[int, list[Record]]  # by site
    late: dict[int, LateMark]
    journals: dict[int, JournalMark] = field(default_factory=dict)  # by site, of those that told something lately
    moved: dict[int, list[AgentFact]] = field(default_factory=dict)  # stays of agents that were moved, by site
    arrived: dict[str, datetime] = field(default_factory=dict)  # when a moved agent came to where it is now


def call_roll(connection: Connection, late_since: datetime, now: datetime) -> Roll:
    """Five queries, whatever the number of sites."""
    sites = {row.id: row for row in connection.execute(select(*(_site.c[name] for name in _SITE)))}
    agents: dict[int, list[Record]] = defaultdict(list)
    for row in connection.execute(select(*(_agent.c[name] for name in _AGENT))):
        agents[row.site_id].append(row)
    late: list[Record] = list(
        connection.execute(
            select(_contact.c.site_id, func.count(), func.sum(_contact.c.reports))
            .where(_contact.c.kind == "late", _contact.c.from_at >= late_since)
            .group_by(_contact.c.site_id)
        )
    )
    roll = Roll(sites, agents, {row[0]: (int(row[1]), int(row[2])) for row in late}, _journal_marks(connection, now))
    _note_moves(connection, roll)
    return roll


def _journal_marks(connection: Connection, now: datetime) -> dict[int, JournalMark]:
    """While the collector is reached an entry grows with every report, and says nothing that contacts do not."""
    rows: list[Record] = list(
        connection.execute(
            select(_journal.c.site_id, func.max(_journal.c.received_at), func.count(), func.min(_journal.c.from_at))
            .where(
                _journal.c.received_at >= now - NEWS,
                or_(_journal.c.collector.is_(None), _journal.c.collector.is_(False)),
            )
            .group_by(_journal.c.site_id)
        )
    )
    return {row[0]: JournalMark(row[1], int(row[2]), row[3]) for row in rows}


def _note_moves(connection: Connection, roll: Roll) -> None:
    left = select(_placement.c.agent_id).where(_placement.c.to_at.is_not(None), _placement.c.agent_id != "")
    rows = connection.execute(
        select(_placement.c.agent_id, _placement.c.site_id, _placement.c.from_at, _placement.c.to_at).where(
            _placement.c.agent_id.in_(left)
        )
    )
    for row in rows:
        if row.to_at is None:
            roll.arrived[row.agent_id] = row.from_at
        else:
            stay = AgentFact(row.agent_id, 0.0, row.from_at, row.to_at)
            roll.moved.setdefault(row.site_id, []).append(stay)


def hours_of(site: Record, policy: Policy) -> OpeningHours:
    """The site's own hours, those of a policy that somebody changed, those learnt by habit, or the policy's.

    Hours that somebody stored wrongly are reported, not trusted.
    """
    own = site.hours or (site.hours_learnt if policy.hours_default == DEFAULT_POLICY.hours_default else None)
    if own:
        try:
            return parse_cached(own)
        except (BadValue, TypeError) as error:
            _log.warning("site %s: its opening hours are not usable (%s); the policy's are used", site.id, error)
    return parse_cached(policy.hours_default)


def load_facts(
    connection: Connection,
    roll: Roll,
    windows: Mapping[int, datetime],
    hours: Mapping[int, tuple[OpeningHours, Policy]],
    collector_up: Sequence[Interval],
    collector_since: datetime | None,
    shared: Mapping[int, Sequence[SharedLoss]] | None = None,
) -> dict[int, SiteFacts]:
    """Facts of each site since its window's begin, with its last live contact before that."""
    contacts = _contacts(connection, roll, windows)
    journals = _journals(connection, windows)
    found: dict[int, SiteFacts] = {}
    for site_id, from_at in windows.items():
        own_hours, policy = hours[site_id]
        rows = contacts.get(site_id, [])
        found[site_id] = SiteFacts(
            from_at=from_at,
            hours=own_hours,
            agents=[
                *_agents(roll, site_id, policy, {row.agent_id for row in journals.get(site_id, ())}),
                *roll.moved.get(site_id, ()),
            ],
            contacts=[_fact(row) for row in rows],
            boots=_boots(rows),
            shared=(shared or {}).get(site_id, ()),
            journal=[JournalFact(*row[1:]) for row in journals.get(site_id, ())],
            collector_up=collector_up,
            collector_since=collector_since,
            excluded=bool(roll.sites[site_id].excluded_reason),
        )
    return found


def _agents(roll: Roll, site_id: int, policy: Policy, journalling: Set[str]) -> list[AgentFact]:
    facts: list[AgentFact] = []
    for row in roll.agents.get(site_id, ()):
        since = max(row.enrolled_at, roll.arrived.get(row.id, row.enrolled_at))
        left = (row.last_contact_at or since) if row.status == "revoked" else None
        journals = row.id in journalling or _release(row.version) >= _FIRST_JOURNAL
        facts.append(AgentFact(row.id, float(policy.heartbeat_s), since, left, journals=journals))
    return facts


_FIRST_JOURNAL = (0, 3)
"""Agents of earlier releases keep no journal."""


def _release(version: str) -> tuple[int, ...]:
    """(major, minor); an agent that never said its version counts as a new one."""
    parts = version.split(".")[:2]
    return tuple(int(part) for part in parts) if parts and all(p.isdecimal() for p in parts) else _FIRST_JOURNAL


def _boots(rows: Iterable[Record]) -> list[BootFact]:
    found = {
        (row.agent_id, row.boot_id): BootFact(row.agent_id, row.boot_id, row.previous_shutdown or "", row.zero_at)
        for row in rows
        if row.previous_shutdown or row.zero_at is not None
    }
    return list(found.values())


def _journals(connection: Connection, windows: Mapping[int, datetime]) -> dict[int, list[Record]]:
    earliest = min(windows.values())
    rows = connection.execute(
        select(*_JOURNAL)
        .where(
            _journal.c.site_id.in_(list(windows)),
            _journal.c.from_at >= earliest - JOURNAL_LOOKBACK,
            _journal.c.to_at >= earliest,
        )
        .order_by(_journal.c.site_id, _journal.c.from_at, _journal.c.agent_id, _journal.c.from_monotonic_s)
    )
    found: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        if row.to_at >= windows[row.site_id]:
            found[row.site_id].append(row)
    return found


def _contacts(connection: Connection, roll: Roll, windows: Mapping[int, datetime]) -> dict[int, list[Record]]:
    """Contact rows with how the boot before ended, by site; each row once."""
    earliest = min(windows.values())
    ids = list(windows)
    joined = _contact.outerjoin(
        _boot, and_(_boot.c.agent_id == _contact.c.agent_id, _boot.c.boot_id == _contact.c.boot_id)
    )
    query = select(*_CONTACT, _boot.c.previous_shutdown, _boot.c.zero_at).select_from(joined)
    recent = query.where(
        _contact.c.site_id.in_(ids),
        _contact.c.kind == "live",
        _contact.c.from_at >= earliest - LOOKBACK,
        _contact.c.to_at >= earliest,
    )
    # Boots that were heard before and after the edge: their interval may have begun long before it.
    long_boots = query.where(
        _boot.c.site_id.in_(ids),
        _boot.c.first_received_at < earliest - LOOKBACK,
        _boot.c.last_received_at >= earliest,
        _contact.c.site_id == _boot.c.site_id,
        _contact.c.kind == "live",
        _contact.c.from_at < earliest - LOOKBACK,
        _contact.c.to_at >= earliest,
    )
    rows = [*connection.execute(recent), *connection.execute(long_boots)]
    with_late = [site_id for site_id in ids if site_id in roll.late]
    if with_late:
        late = query.where(_contact.c.site_id.in_(with_late), _contact.c.kind == "late", _contact.c.to_at >= earliest)
        rows += connection.execute(late)
    found: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        if row.to_at >= windows[row.site_id]:
            found[row.site_id].append(row)
    for site_id, from_at in windows.items():
        if not any(row.from_at <= from_at for row in found.get(site_id, ()) if row.kind == "live"):
            found[site_id] += _last_before(connection, query, site_id, from_at)
    return found


def _last_before(connection: Connection, query: Any, site_id: int, moment: datetime) -> list[Record]:
    """The live contacts heard last before a moment: enough to say how the silence since then began."""
    return list(
        connection.execute(
            query.where(
                _contact.c.site_id == site_id,
                _contact.c.kind == "live",
                _contact.c.from_at < moment,
                _contact.c.to_at < moment,
            )
            .order_by(_contact.c.from_at.desc())
            .limit(32)
        )
    )


def _fact(row: Record) -> ContactFact:
    return ContactFact(row.agent_id, row.boot_id, row.from_at, row.to_at, row.kind == "late", bool(row.goodbye))


def in_chunks(ids: Iterable[int], size: int) -> list[list[int]]:
    """Lists of at most `size`."""
    rows = list(ids)
    return [rows[at : at + size] for at in range(0, len(rows), size)]
