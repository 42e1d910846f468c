"""Local networks of sites: which PCs are on them, and who of them scans. Safe in several processes at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from inventory.domain.lan_state import Plain, network_of
from inventory.domain.scanner import Candidate, Tenure, elect
from inventory.store.engine import Store
from inventory.store.policy import policies_of_sites
from inventory.store.tables import Agent, Lan, Machine, Section, Site

SECTIONS = ("interfaces", "neighbours", "lan")
FULL_PASS = timedelta(minutes=30)
OVERLAP = timedelta(minutes=10)  # `changed_at` is when a report was made, and it may come a little later
ELECT_EVERY = timedelta(seconds=20)
MAX_EMPTY = 20  # networks of one site that nobody is on any more
_UNABLE = ("local_switch", "unsupported", "policy")


@dataclass(frozen=True, slots=True)
class _Seen:
    """One network as its PCs tell it."""

    network: str
    gateway: str
    at: datetime
    members: list[dict[str, Any]]
    sample: bool


class LanKeeper:
    """Remembers only where it left off; a new process begins with a full pass."""

    def __init__(self) -> None:
        self._full_at: datetime | None = None
        self._seen_to: datetime | None = None
        self._elected_at: datetime | None = None

    def run_due(self, store: Store, clock: Callable[[], datetime]) -> int:
        """Networks of the sites whose sections changed, then elections. Returns how many tenures changed."""
        now = clock()
        full = self._full_at is None or self._seen_to is None or now - self._full_at >= FULL_PASS
        wanted: Collection[int] | None = None
        if not full and self._seen_to is not None:
            with store.reading() as session:
                wanted = changed_sites(session, SECTIONS, self._seen_to - OVERLAP)
        if wanted is None or wanted:
            settle_networks(store, now, wanted)
        self._seen_to = now
        if full:
            self._full_at = now
        if self._elected_at is not None and now - self._elected_at < ELECT_EVERY:
            return 0
        self._elected_at = now
        return hold_elections(store, now)


def changed_sites(session: Session, names: Sequence[str], since: datetime) -> set[int]:
    """Sites where one of these sections changed after `since`."""
    query = select(Section.site_id).where(col(Section.name).in_(names), col(Section.changed_at) > since).distinct()
    return set(session.exec(query))


def settle_networks(store: Store, now: datetime, site_ids: Collection[int] | None = None) -> int:
    """Writes the networks of these sites (None: all) and who is on them; returns how many rows changed."""
    with store.reading() as session:
        seen = _networks(session, site_ids)
        query = select(Lan) if site_ids is None else select(Lan).where(col(Lan.site_id).in_(sorted(site_ids)))
        have = {(lan.site_id, lan.key): lan for lan in session.exec(query)}
    changes: list[tuple[int | None, dict[str, Any]]] = []
    for (site_id, key), found in seen.items():
        lan = have.get((site_id, key))
        values = {"network": found.network, "gateway": found.gateway, "members": found.members}
        if lan is None:
            first = {"first_seen_at": found.at, "last_seen_at": found.at, "site_id": site_id, "key": key}
            first["sample"] = found.sample
            changes.append((None, values | first))
        elif any(getattr(lan, name) != value for name, value in values.items()) or (
            found.at - lan.last_seen_at > OVERLAP
        ):
            changes.append((lan.id, values | {"last_seen_at": max(found.at, lan.last_seen_at)}))
    for place, lan in have.items():
        if place not in seen and lan.members:
            changes.append((lan.id, {"members": []}))
    surplus = _surplus(have, seen)
    if changes or surplus:
        _write(store, changes, surplus)
    return len(changes)


def _surplus(have: Mapping[tuple[int, str], Lan], seen: Collection[tuple[int, str]]) -> list[int]:
    """Networks that nobody is on, beyond the newest few of each site: a PC that names another gateway with every report
    must not leave a row behind each time."""
    empty: dict[int, list[Lan]] = defaultdict(list)
    for place, lan in have.items():
        if place not in seen:
            empty[lan.site_id].append(lan)
    newest = (sorted(lans, key=lambda lan: lan.last_seen_at, reverse=True) for lans in empty.values())
    return [lan.id for lans in newest for lan in lans[MAX_EMPTY:] if lan.id is not None]


def hold_elections(store: Store, now: datetime) -> int:
    """Elects a scanner where there is none, or where it is time for another; returns how many tenures changed."""
    with store.reading() as session:
        lans = session.exec(
            select(Lan).where(or_(col(Lan.members).is_not(None), col(Lan.scanner_agent_id) != ""))
        ).all()
        ids = {str(member.get("agent_id")) for lan in lans for member in lan.members or ()}
        heard: dict[str, datetime | None] = {}
        for at in range(0, len(ids), 5000):
            chunk = sorted(ids)[at : at + 5000]
            query = select(Agent.id, Agent.last_contact_at).where(col(Agent.id).in_(chunk), Agent.status == "active")
            heard.update(session.exec(query).all())
        policies, _version = policies_of_sites(session)
        off = set(session.exec(select(Site.id).where(Site.excluded_reason != "")).all())
    changes: list[tuple[int | None, dict[str, Any]]] = []
    for lan in lans:
        policy = policies[lan.site_id]
        held = Tenure(lan.scanner_agent_id, lan.lease_from, lan.lease_until, lan.elected_why)
        candidates = [_candidate(member, heard) for member in lan.members or () if member.get("agent_id") in heard]
        allowed = policy.scan_enabled and policy.scan_sweeps_per_day > 0 and lan.site_id not in off
        grace = timedelta(seconds=policy.silence_grace_s)
        then = elect(held, candidates, now, grace, policy.scan_lease_hours, allowed)
        if then is not held:
            values = {"scanner_agent_id": then.agent_id, "lease_from": then.from_at, "lease_until": then.until}
            changes.append((lan.id, values | {"elected_why": then.why}))
    if changes:
        _write(store, changes)
    return len(changes)


def leases(session: Session, now: datetime) -> dict[str, datetime]:
    """Agents that are their LAN's scanner now, with the end of their tenure."""
    query = (
        select(Lan.scanner_agent_id, Lan.lease_until)
        .join(Agent, col(Agent.id) == col(Lan.scanner_agent_id))
        .where(col(Lan.lease_until) > now, Agent.status == "active")
    )
    return {agent_id: until for agent_id, until in session.exec(query) if until is not None}


def _write(store: Store, changes: Sequence[tuple[int | None, dict[str, Any]]], surplus: Sequence[int] = ()) -> None:
    with store.session() as session:
        if surplus:
            session.connection().execute(delete(Lan).where(col(Lan.id).in_(surplus)))
        for lan_id, values in changes:
            if lan_id is not None:
                session.connection().execute(update(Lan).where(col(Lan.id) == lan_id).values(**values))
                continue
            try:
                with session.begin_nested():
                    session.add(Lan(**values))
            except IntegrityError:  # another process was quicker: the next pass compares again
                continue


def _networks(session: Session, site_ids: Collection[int] | None) -> dict[tuple[int, str], _Seen]:
    """(site, key) -> network, from the newest sections of agents that are not given up."""
    columns: tuple[Any, ...] = (
        Agent.id, Agent.site_id, Section.name, Section.data, Section.seen_at, Section.status, Machine.kind,
        Agent.sample,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Section, col(Section.agent_id) == col(Agent.id))
        .join(Machine, col(Machine.id) == col(Agent.machine_id), isouter=True)
        .where(col(Section.name).in_(SECTIONS), Agent.status == "active")
        .order_by(col(Agent.id))
    )
    if site_ids is not None:
        query = query.where(col(Agent.site_id).in_(sorted(site_ids)))
    agents: dict[tuple[int, str], dict[str, Any]] = defaultdict(dict)
    for agent_id, site_id, name, data, seen_at, status, kind, sample in session.exec(query):
        parts = agents[site_id, agent_id]
        parts |= {name: data, "at": seen_at, "kind": kind or "", "sample": sample}
        if name == "lan":
            parts["can_scan"] = status == "ok"
    found: dict[tuple[int, str], _Seen] = {}
    for (site_id, agent_id), parts in agents.items():
        link = network_of(parts.get("interfaces"), parts.get("neighbours"))
        if link is None or parts["kind"] == "virtual":
            continue
        seen = found.setdefault(
            (site_id, link.key), _Seen(link.network, link.gateway, parts["at"], [], parts["sample"])
        )
        seen.members.append(_member(agent_id, parts, link.wired))
    return found


def _member(agent_id: str, parts: Mapping[str, Any], wired: bool) -> dict[str, Any]:
    lan: Plain = parts.get("lan") or {}
    able = bool(parts.get("can_scan")) and lan.get("off", "") not in _UNABLE
    return {"agent_id": agent_id, "able": able, "wired": wired, "laptop": parts["kind"] == "laptop"}


def _candidate(member: Mapping[str, Any], heard: Mapping[str, datetime | None]) -> Candidate:
    agent_id = str(member["agent_id"])
    return Candidate(
        agent_id, bool(member.get("able")), bool(member.get("wired")), bool(member.get("laptop")), heard.get(agent_id)
    )
