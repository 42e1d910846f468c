"""Findings about services: the site's fault one per site, the service's fault one line for the province."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from inventory.domain.finding import Draft, draft
from inventory.domain.policy import Policy
from inventory.domain.service_reach import Faults, SiteFault, Tally, as_evidence, find_faults, state_of
from inventory.domain.week import local_day
from inventory.store.engine import Store
from inventory.store.findings import settle
from inventory.store.policy import effective_policy, policies_of_sites
from inventory.store.tables import ServiceReach, Site, Unit

DAYS = 2
"""Today counts, and yesterday where today has too few tries: what was mended must not stay accused for a week."""
EVERY = timedelta(minutes=10)

Tallies = dict[tuple[int, str], Tally]


class ServiceEvaluator:
    """Remembers only when it looked."""

    def __init__(self) -> None:
        self._seen_to: datetime | None = None

    def run_due(self, store: Store, clock: Callable[[], datetime]) -> int:
        """Every ten minutes; returns how many faults hold."""
        now = clock()
        if self._seen_to is not None and now - self._seen_to < EVERY:
            return 0
        faults = settle_services(store, now)
        self._seen_to = now
        return faults


def settle_services(store: Store, now: datetime) -> int:
    """Opens, updates and closes the findings about services; returns how many faults hold now."""
    with store.reading() as session:
        policies, version = policies_of_sites(session)
        tallies = _newest(session, local_day(now) - timedelta(days=DAYS - 1), policies)
        general, _ = effective_policy(session)
        sites = {
            site.id: site for site in session.exec(select(Site)) if site.id is not None and not site.excluded_reason
        }
        roots = _roots(session, {site.unit_id for site in sites.values()})
    by_root: dict[str, Tallies] = defaultdict(dict)
    for (site_id, service), tally in tallies.items():
        if site_id in sites:
            by_root[roots[sites[site_id].unit_id]][site_id, service] = tally
    found = 0
    for root, own in sorted(by_root.items()):
        needed = {site_id: policies[site_id].service_min_tries for site_id, _ in own}
        providers = {site_id: sites[site_id].provider for site_id, _ in own}
        faults = find_faults(own, providers, needed, general.service_down_share)
        known = {site_id for (site_id, _), tally in own.items() if state_of(tally, needed[site_id]) != "unknown"}
        with store.session() as session:
            _settle(session, root, faults, own, {key: sites[key] for key in known}, policies, general, version, now)
        found += len(faults.sites) + len(faults.services)
    return found


def load_tallies(session: Session, since: date, site_ids: Iterable[int] | None = None) -> Tallies:
    """Tries by (site, service) from that local day on."""
    query = select(ServiceReach).where(ServiceReach.day >= since)
    if site_ids is not None:
        query = query.where(col(ServiceReach.site_id).in_(sorted(site_ids)))
    found: Tallies = {}
    for row in session.exec(query):
        key = (row.site_id, row.service)
        found[key] = found.get(key, Tally()) + tally_of(row)
    return found


def _newest(session: Session, since: date, policies: Mapping[int, Policy]) -> Tallies:
    """As few of the newest days as give enough tries."""
    query = select(ServiceReach).where(ServiceReach.day >= since).order_by(col(ServiceReach.day).desc())
    found: Tallies = {}
    for row in session.exec(query):
        key, policy = (row.site_id, row.service), policies.get(row.site_id)
        known = found.get(key, Tally())
        if policy is not None and known.counted < policy.service_min_tries:
            found[key] = known + tally_of(row)
    return found


def tally_of(row: ServiceReach) -> Tally:
    """One stored day as a tally."""
    return Tally(
        row.tries,
        row.ok,
        row.offline,
        {"dns": row.failed_dns, "tcp": row.failed_tcp, "http": row.failed_http},
        row.last_ok_at,
        row.last_failed_at,
        row.last_stage,
        row.last_error,
        row.latency_ms,
    )


def _settle(
    session: Session,
    root: str,
    faults: Faults,
    tallies: Tallies,
    sites: Mapping[int, Site],
    policies: Mapping[int, Policy],
    general: Policy,
    version: int,
    now: datetime,
) -> None:
    drafts = [_of_site(fault, tallies, sites[fault.site_id], policies, version) for fault in faults.sites]
    settle(session, ["service_unreachable"], "site", sites, drafts, now)
    if sites:
        sample = all(site.sample for site in sites.values())
        down = [_of_services(root, faults, general, version, sample)] if faults.services else []
        settle(session, ["service_down"], "unit", [root], down, now)


def _of_site(fault: SiteFault, tallies: Tallies, site: Site, policies: Mapping[int, Policy], version: int) -> Draft:
    evidence: dict[str, Any] = {
        "services": [as_evidence(name, tallies[fault.site_id, name]) for name in fault.services],
        "provider_wide": fault.provider_wide,
        "provider": site.provider,
        "codes": list(fault.services),
    }
    return draft(
        "service_unreachable", fault.site_id, unit_id=site.unit_id, site_id=site.id, policy=policies[fault.site_id],
        policy_version=version, evidence=evidence, sample=site.sample,
        responsible="operator" if fault.provider_wide and site.provider else None,
    )  # fmt: skip


def _of_services(root: str, faults: Faults, policy: Policy, version: int, sample: bool) -> Draft:
    evidence = {
        "services": [
            {
                "service": fault.service,
                "failing": fault.failing,
                "observed": fault.observed,
                "stage": fault.stage,
                "last_ok_at": fault.since.isoformat() if fault.since else "",
            }
            for fault in faults.services
        ],
        "codes": [fault.service for fault in faults.services],
    }
    return draft(
        "service_down", root, unit_id=root, site_id=None, policy=policy, policy_version=version, evidence=evidence,
        sample=sample,
    )  # fmt: skip


def _roots(session: Session, unit_ids: Iterable[str]) -> dict[str, str]:
    """Of each unit the topmost one above it: its province."""
    parents = dict(session.exec(select(Unit.id, Unit.parent_id)).all())
    found: dict[str, str] = {}
    for unit_id in unit_ids:
        top, seen = unit_id, {unit_id}
        while (above := parents.get(top)) is not None and above not in seen:
            top = above
            seen.add(top)
        found[unit_id] = top
    return found
