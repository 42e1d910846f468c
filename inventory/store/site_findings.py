"""Findings about sites: cut off, never reported, without a LAN. The gaps come from the timeline and the site's row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from inventory.domain.finding import Draft, draft
from inventory.domain.policy import Policy
from inventory.domain.site_facts import SiteFacts, Stretch
from inventory.domain.site_state import outage
from inventory.store.findings import settle
from inventory.store.site_rows import Record

KINDS = ("site_disconnected", "site_never_reported", "site_no_lan")


@dataclass(frozen=True, slots=True)
class Judged:
    """A site with its recomputed timeline, as stored."""

    site: Record
    policy: Policy
    stretches: Sequence[Stretch]
    facts: SiteFacts
    last_contact_at: datetime | None


def settle_sites(session: Session, judged: Sequence[Judged], version: int, now: datetime) -> None:
    """Opens, updates and closes the findings of these sites in the caller's transaction."""
    drafts = [item for one in judged for item in _drafts(one, version, now)]
    settle(session, KINDS, "site", [one.site.id for one in judged], drafts, now)


def next_moments(one: Judged, now: datetime) -> list[datetime]:
    """When time alone changes a finding of the site; only moments after now."""
    moments: list[datetime] = []
    fault = outage(one.stretches)
    if fault is not None:
        moments.append(fault.from_at + timedelta(hours=one.policy.site_prolonged_hours))
    enrolled = _waiting_since(one)
    if enrolled is not None:
        moments.append(enrolled + timedelta(days=one.policy.site_never_reported_days))
    return [moment for moment in moments if moment > now]


def _drafts(one: Judged, version: int, now: datetime) -> Iterable[Draft]:
    site = one.site
    if site.excluded_reason:
        return
    common: dict[str, Any] = {
        "unit_id": site.unit_id,
        "site_id": site.id,
        "policy": one.policy,
        "policy_version": version,
        "sample": bool(site.sample),
    }
    fault = outage(one.stretches)
    if fault is not None:
        yield _disconnected(one, fault, now, common)
    enrolled = _waiting_since(one)
    if enrolled is not None and now - enrolled >= timedelta(days=one.policy.site_never_reported_days):
        evidence = {"since": enrolled.isoformat(), "agents": _active(one)}
        yield draft("site_never_reported", site.id, evidence=evidence, **common)
    if site.lan_state == "none":
        declared = site.lan_declared_on.isoformat() if site.lan_declared_on else ""
        evidence = {"lan_declared": site.lan_declared, "lan_declared_on": declared}
        yield draft("site_no_lan", site.id, evidence=evidence, **common)


def _disconnected(one: Judged, fault: Stretch, now: datetime, common: dict[str, Any]) -> Draft:
    prolonged = now - fault.from_at >= timedelta(hours=one.policy.site_prolonged_hours)
    evidence = {
        "since": fault.from_at.isoformat(),
        "state": fault.state,
        "cause": fault.cause,
        "why": fault.why,
        "last_contact_at": one.last_contact_at.isoformat() if one.last_contact_at else "",
        "agents": _active(one),
        "provider": one.site.provider,
        "codes": [fault.state, *(["prolonged"] if prolonged else [])],
    }
    return draft(
        "site_disconnected",
        one.site.id,
        evidence=evidence,
        severity="high" if prolonged else "medium",
        responsible="operator" if fault.cause == "line" and one.site.provider else "commune",
        **common,
    )


def _waiting_since(one: Judged) -> datetime | None:
    """Since when a first report is awaited; None: the site has reported, or nobody is to report."""
    expected = [agent.enrolled_at for agent in one.facts.agents if agent.left_at is None]
    if not expected or one.facts.contacts or one.last_contact_at is not None:
        return None
    return min(expected)


def _active(one: Judged) -> int:
    return sum(agent.left_at is None for agent in one.facts.agents)
