"""Reads the evidence of many sites at once and hands it to the pure rules. No conclusions here."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select

from inventory.domain.contact import Interval
from inventory.domain.hours import OpeningHours, parse_cached
from inventory.domain.policy import Policy
from inventory.domain.problem import BadValue
from inventory.domain.site_facts import AgentFact, BootFact, ContactFact, SiteFacts
from inventory.store.site_rows import Record
from inventory.store.tables import Agent, AgentBoot, Contact, MachinePlacement, Site

_log = logging.getLogger(__name__)

_site = Site.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]
_boot = AgentBoot.__table__  # type: ignore[attr-defined]
_contact = Contact.__table__  # type: ignore[attr-defined]
_placement = MachinePlacement.__table__  # type: ignore[attr-defined]

LOOKBACK = timedelta(days=3)
"""Contacts that began this long before a window are found by their begin; longer ones by the long boots."""

LateMark = tuple[int, int]
"""(intervals, reports) of late evidence: changes whenever a site's past does."""

_SITE = ("id", "unit_id", "provider", "hours", "excluded_reason", "sample", "state", "state_cause", "state_since",
         "last_contact_at", "lan_state", "lan_declared", "lan_declared_on", "created_at", "evaluated_at")  # fmt: skip
_AGENT = ("id", "site_id", "machine_id", "status", "enrolled_at", "last_contact_at", "last_boot_id", "goodbye_at")
_CONTACT = tuple(_contact.c[name] for name in ("site_id", "agent_id", "boot_id", "from_at", "to_at", "kind", "goodbye"))


@dataclass
class Roll:
    """Who is there: every site, its agents, and marks that tell whether evidence changed. Read once per pass."""

    sites: dict[int, Record]
    agents: dict[int, list[Record]]  # by site
    late: dict[int, LateMark]
    moved: dict[int, list[AgentFact]] = field(default_factory=dict)  # stays of agents that were moved, by site
    arrived: dict[str, datetime] = field(default_factory=dict)  # when a moved agent came to where it is now


def call_roll(connection: Connection, late_since: datetime) -> Roll:
    """Four queries, whatever the number of sites."""
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
    roll = Roll(sites, agents, {row[0]: (int(row[1]), int(row[2])) for row in late})
    _note_moves(connection, roll)
    return roll


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
    """The site's own hours, or the policy's. Hours that somebody stored wrongly are reported, not trusted."""
    if site.hours:
        try:
            return parse_cached(site.hours)
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
) -> dict[int, SiteFacts]:
    """Facts of each site since its window's begin, with its last live contact before that."""
    contacts = _contacts(connection, roll, windows)
    found: dict[int, SiteFacts] = {}
    for site_id, from_at in windows.items():
        own_hours, policy = hours[site_id]
        rows = contacts.get(site_id, [])
        found[site_id] = SiteFacts(
            from_at=from_at,
            hours=own_hours,
            agents=[*_agents(roll, site_id, policy), *roll.moved.get(site_id, ())],
            contacts=[_fact(row) for row in rows],
            boots=[BootFact(row.agent_id, row.boot_id, row.previous_shutdown) for row in rows if row.previous_shutdown],
            collector_up=collector_up,
            collector_since=collector_since,
            excluded=bool(roll.sites[site_id].excluded_reason),
        )
    return found


def _agents(roll: Roll, site_id: int, policy: Policy) -> list[AgentFact]:
    facts: list[AgentFact] = []
    for row in roll.agents.get(site_id, ()):
        since = max(row.enrolled_at, roll.arrived.get(row.id, row.enrolled_at))
        left = (row.last_contact_at or since) if row.status == "revoked" else None
        facts.append(AgentFact(row.id, float(policy.heartbeat_s), since, left))
    return facts


def _contacts(connection: Connection, roll: Roll, windows: Mapping[int, datetime]) -> dict[int, list[Record]]:
    """Contact rows with how the boot before ended, by site; each row once."""
    earliest = min(windows.values())
    ids = list(windows)
    joined = _contact.outerjoin(
        _boot, and_(_boot.c.agent_id == _contact.c.agent_id, _boot.c.boot_id == _contact.c.boot_id)
    )
    query = select(*_CONTACT, _boot.c.previous_shutdown).select_from(joined)
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
