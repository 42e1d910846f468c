"""Concluding the LAN state of sites from the newest sections of their PCs."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from inventory.domain.lan_state import LanSeen, PcOnLan, judge, pc_on_lan
from inventory.store.engine import Store
from inventory.store.policy import effective_policy
from inventory.store.tables import Agent, Lan, Machine, NetworkDevice, Section, Site

_log = logging.getLogger(__name__)

FULL_PASS = timedelta(minutes=10)  # also lets evidence grow stale
OVERLAP = timedelta(minutes=10)  # `changed_at` is when a report was made, and it may come a little later


class LanEvaluator:
    """Remembers only where it left off; a new process begins with a full pass."""

    def __init__(self) -> None:
        self._full_at: datetime | None = None
        self._seen_to: datetime | None = None

    def run_due(self, store: Store, clock: Callable[[], datetime]) -> int:
        """Looks at the sites whose network sections changed, now and then at all; returns how many states changed."""
        now = clock()
        full = self._full_at is None or now - self._full_at >= FULL_PASS or self._seen_to is None
        with store.reading() as session:
            wanted = None if full or self._seen_to is None else _changed_sites(session, self._seen_to - OVERLAP)
        changed = 0
        if wanted is None or wanted:
            changed = settle_lan(store, now, wanted)
        self._seen_to = now
        if full:
            self._full_at = now
        return changed


def settle_lan(store: Store, now: datetime, site_ids: Collection[int] | None = None) -> int:
    """Judges these sites (None: all) and writes what changed; returns the number of sites written."""
    with store.reading() as session:
        policy, _version = effective_policy(session)
        fresh_from = now - timedelta(days=policy.stale_after_days)
        pcs = _pcs(session, site_ids, fresh_from)
        seen = _seen(session, fresh_from)
        sites = session.exec(_sites(site_ids)).all()
    changes: dict[int, tuple[str, list[dict[str, Any]]]] = {}
    for site in sites:
        assert site.id is not None
        try:
            verdict = judge(pcs.get(site.id, ()), site.lan_declared, site.lan_declared_on, seen.get(site.id, LanSeen()))
        except Exception:  # evidence that nobody foresaw at one site must not keep all others from being judged
            _log.exception("the network of site %s could not be judged", site.id)
            continue
        evidence = list(verdict.evidence)
        if (verdict.state, evidence) != (site.lan_state, site.lan_evidence or []):
            changes[site.id] = (verdict.state, evidence)
    if changes:
        with store.session() as session:
            for site in session.exec(_sites(changes)):
                assert site.id is not None
                site.lan_state, site.lan_evidence = changes[site.id]
                session.add(site)
    return len(changes)


def _sites(site_ids: Collection[int] | None) -> Any:
    query = select(Site)
    return query if site_ids is None else query.where(col(Site.id).in_(sorted(site_ids)))


def _changed_sites(session: Session, since: datetime) -> set[int]:
    names = ("interfaces", "neighbours")
    query = select(Section.site_id).where(col(Section.name).in_(names), col(Section.changed_at) > since).distinct()
    return set(session.exec(query))


def _pcs(session: Session, site_ids: Collection[int] | None, fresh_from: datetime) -> dict[int, list[PcOnLan]]:
    """PCs with a report since `fresh_from`, by the site where they are now."""
    columns: tuple[Any, ...] = (Agent.id, Agent.site_id, Section.name, Section.data, Machine.kind)
    query = (
        select(*columns)
        .join(Section, col(Section.agent_id) == col(Agent.id))
        .join(Machine, col(Machine.id) == col(Agent.machine_id), isouter=True)
        .where(
            col(Section.name).in_(("interfaces", "neighbours", "counters")),
            col(Agent.last_contact_at) >= fresh_from,
            Agent.status == "active",
        )
    )
    if site_ids is not None:
        query = query.where(col(Agent.site_id).in_(sorted(site_ids)))
    found: dict[tuple[int, str], dict[str, Any]] = defaultdict(dict)
    for agent_id, site_id, name, data, kind in session.exec(query):
        found[site_id, agent_id][name] = data
        found[site_id, agent_id]["virtual"] = kind == "virtual"
    pcs: dict[int, list[PcOnLan]] = defaultdict(list)
    for (site_id, _agent), parts in found.items():
        pcs[site_id].append(
            pc_on_lan(parts.get("interfaces"), parts.get("neighbours"), parts["virtual"], parts.get("counters"))
        )
    return pcs


def _seen(session: Session, fresh_from: datetime) -> dict[int, LanSeen]:
    """What scanners and equipment told since then, by site."""
    hosts: dict[int, int] = {}
    for site_id, count in session.exec(
        select(Lan.site_id, Lan.hosts).where(col(Lan.last_sweep_at) >= fresh_from, col(Lan.hosts).is_not(None))
    ):
        hosts[site_id] = max(hosts.get(site_id, 0), count or 0)
    devices: dict[int, Counter[str]] = defaultdict(Counter)
    for site_id, kind, source in session.exec(
        select(NetworkDevice.site_id, NetworkDevice.kind, NetworkDevice.source).where(
            col(NetworkDevice.last_seen_at) >= fresh_from, col(NetworkDevice.gone_at).is_(None)
        )
    ):
        devices[site_id].update({"switch": kind == "switch" and source == "snmp", "lldp": source == "lldp"})
    return {
        site_id: LanSeen(hosts.get(site_id), devices[site_id]["switch"], devices[site_id]["lldp"])
        for site_id in {*hosts, *devices}
    }
