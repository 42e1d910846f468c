"""Findings about the habits of LANs, from the newest sections of each site's PCs. Called by the LAN job."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from inventory.domain.finding import Draft, draft
from inventory.domain.lan_hygiene import KINDS, Hygiene, PcView, judge
from inventory.store.engine import Store
from inventory.store.findings import settle
from inventory.store.lans import FULL_PASS, OVERLAP, changed_sites
from inventory.store.policy import policies_of_sites
from inventory.store.tables import Agent, Finding, Machine, NetworkDevice, Section, Site

_log = logging.getLogger(__name__)

SECTIONS = ("hygiene", "reach", "interfaces", "neighbours")
WATCHED = ("hygiene", "reach", "devices")


class HygieneEvaluator:
    """Remembers only where it left off; a new process begins with a full pass."""

    def __init__(self) -> None:
        self._full_at: datetime | None = None
        self._seen_to: datetime | None = None

    def run_due(self, store: Store, clock: Callable[[], datetime]) -> int:
        """Judges the sites whose sections changed, now and then all; returns how many sites were judged."""
        now = clock()
        full = self._full_at is None or self._seen_to is None or now - self._full_at >= FULL_PASS
        wanted: Collection[int] | None = None
        if not full and self._seen_to is not None:
            with store.reading() as session:
                wanted = changed_sites(session, WATCHED, self._seen_to - OVERLAP)
        done = settle_hygiene(store, now, wanted) if wanted is None or wanted else 0
        self._seen_to = now
        if full:
            self._full_at = now
        return done


def settle_hygiene(store: Store, now: datetime, site_ids: Collection[int] | None = None) -> int:
    """Opens, updates and closes the LAN findings of these sites (None: all with evidence)."""
    with store.reading() as session:
        policies, version = policies_of_sites(session)
        query = select(Site) if site_ids is None else select(Site).where(col(Site.id).in_(sorted(site_ids)))
        sites = [site for site in session.exec(query) if site.id is not None]
        stale = {site.id: timedelta(days=policies[site.id].stale_after_days) for site in sites if site.id in policies}
        views = _views(session, {site_id: now - days for site_id, days in stale.items() if site_id is not None})
        devices = _devices(session, [site.id for site in sites if site.id is not None])
        standing = _standing(session)
    judged: dict[int | None, Hygiene] = {}
    for site in sites:
        if site.id is None or not (site.id in views or site.id in devices or site.id in standing):
            continue
        try:
            judged[site.id] = judge(views.get(site.id, ()), devices.get(site.id, ()))
        except Exception:  # evidence that nobody foresaw at one site must not keep all others from being judged
            _log.exception("the network habits of site %s could not be judged", site.id)
    due = [site for site in sites if site.id in judged]
    for at in range(0, len(due), 100):
        with store.session() as session:
            for site in due[at : at + 100]:
                _settle_one(session, site, judged[site.id or 0], policies[site.id or 0], version, now)
    return len(due)


def _settle_one(session: Session, site: Site, hygiene: Hygiene, policy: Any, version: int, now: datetime) -> None:
    """A kind that could not be judged is left as it is; an excluded site has no gaps."""
    assert site.id is not None
    kinds = KINDS if site.excluded_reason else tuple(kind for kind in KINDS if kind in hygiene.judged)
    drafts: list[Draft] = []
    if not site.excluded_reason:
        drafts = [
            draft(
                gap.kind, site.id, unit_id=site.unit_id, site_id=site.id, policy=policy, policy_version=version,
                evidence=gap.evidence, sample=site.sample,
                responsible="commune" if gap.kind == "lan_captive" and not site.provider else None,
            )
            for gap in hygiene.gaps
        ]  # fmt: skip
    if kinds:
        settle(session, kinds, "site", [site.id], drafts, now)


def _views(session: Session, fresh_from: Mapping[int, datetime]) -> dict[int, list[PcView]]:
    """The PCs of these sites with what they said since the moment given; virtual ones prove nothing of the office."""
    if not fresh_from:
        return {}
    columns: tuple[Any, ...] = (Agent.id, Agent.site_id, Section.name, Section.data, Section.seen_at)
    query = (
        select(*columns)
        .join(Section, col(Section.agent_id) == col(Agent.id))
        .join(Machine, col(Machine.id) == col(Agent.machine_id), isouter=True)
        .where(
            col(Section.name).in_(SECTIONS),
            Agent.status == "active",
            col(Section.seen_at) >= min(fresh_from.values()),
            (col(Machine.kind).is_(None)) | (col(Machine.kind) != "virtual"),
        )
        .order_by(col(Agent.id))
    )
    found: dict[tuple[int, str], dict[str, Any]] = defaultdict(dict)
    for agent_id, site_id, name, data, seen_at in session.exec(query):
        if site_id in fresh_from and seen_at >= fresh_from[site_id] and isinstance(data, Mapping):
            found[site_id, agent_id][name] = data
    views: dict[int, list[PcView]] = defaultdict(list)
    for (site_id, agent_id), parts in found.items():
        views[site_id].append(PcView(agent_id, **parts))
    return views


def _devices(session: Session, site_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    query = select(NetworkDevice).where(
        col(NetworkDevice.default_community).is_not(None), col(NetworkDevice.gone_at).is_(None)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    wanted = set(site_ids)
    for device in session.exec(query):
        if device.site_id in wanted:
            said = {"name": " ".join((device.vendor, device.model)).strip() or device.name, "address": device.address}
            found[device.site_id].append(said | {"default_community": device.default_community})
    return found


def _standing(session: Session) -> set[int]:
    query = select(Finding.site_id).where(col(Finding.kind).in_(KINDS), col(Finding.is_open)).distinct()
    return {site_id for site_id in session.exec(query) if site_id is not None}
