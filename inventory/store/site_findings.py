"""Findings about sites: cut off, never reported, without a LAN. The gaps come from the timeline and the site's row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update
from sqlmodel import Session

from inventory.domain.finding import Draft, Standing, draft
from inventory.domain.flapping import SHORT, Flapping, flapping
from inventory.domain.policy import Policy
from inventory.domain.site_facts import SiteFacts, Stretch
from inventory.domain.site_state import outage
from inventory.domain.week import local_day
from inventory.store.findings import settle
from inventory.store.site_rows import Record
from inventory.store.tables import Finding

KINDS = ("site_disconnected", "site_flapping", "site_never_reported", "site_no_lan")

_finding = Finding.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Judged:
    """A site with its recomputed timeline, as stored."""

    site: Record
    policy: Policy
    stretches: Sequence[Stretch]
    facts: SiteFacts
    last_contact_at: datetime | None
    event: Record | None = None  # the area event that explains its outage

    @property
    def fault(self) -> Stretch | None:
        """The outage that goes on."""
        return outage(self.stretches)


def settle_sites(
    session: Session,
    judged: Sequence[Judged],
    version: int,
    now: datetime,
    corrected: Mapping[int, Sequence[str]] | None = None,
) -> None:
    """Opens, updates and closes the findings of these sites in the caller's transaction.

    `corrected`: by site the codes of what late proof changed (site_alerts.settle_alerts); they stand in the history.
    """
    drafts = [item for one in judged for item in _drafts(one, version, now)]

    def note(finding: Standing) -> str:
        codes = (corrected or {}).get(finding.site_id or 0, ()) if finding.kind == "site_disconnected" else ()
        return " ".join(dict.fromkeys(codes))

    settle(session, KINDS, "site", [one.site.id for one in judged], drafts, now, note)
    _keep_due(session.connection(), judged, now)


def _keep_due(connection: Connection, judged: Sequence[Judged], now: datetime) -> None:
    """What happens to a whole area is no site's neglect: while the event goes on its findings have no due date."""
    lost = (_finding.c.kind == "site_disconnected") & _finding.c.is_open
    hit = [one.site.id for one in judged if one.event is not None and one.event.to_at is None]
    if hit:
        query = update(_finding).where(lost, _finding.c.site_id.in_(hit), _finding.c.due_on.is_not(None))
        connection.execute(query.values(due_on=None))
    for one in judged:
        if one.fault is not None and one.site.id not in hit:
            due_on = local_day(now) + timedelta(days=one.policy.due_days("site_disconnected"))
            query = update(_finding).where(lost, _finding.c.site_id == one.site.id, _finding.c.due_on.is_(None))
            connection.execute(query.values(due_on=due_on))


def next_moments(one: Judged, now: datetime) -> list[datetime]:
    """When time alone changes a finding of the site; only moments after now."""
    moments: list[datetime] = []
    fault = one.fault
    unstable = flapping(one.stretches, one.policy, now)
    if unstable is not None:
        moments += [unstable.ends_at, unstable.last_at + SHORT + timedelta(seconds=1)]
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
    unstable = flapping(one.stretches, one.policy, now)
    if unstable is not None:
        yield _unstable(one, unstable, common)
    fault = one.fault
    if fault is not None and (unstable is None or now - fault.from_at > SHORT):
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
    responsible = "operator" if fault.cause == "line" and one.site.provider else "commune"
    if one.event is not None:
        evidence |= {"event": one.event.id, "event_sites": len(one.event.sites)}
        responsible = "operator" if one.event.cause == "line" and one.event.provider else "department"
    return draft(
        "site_disconnected",
        one.site.id,
        evidence=evidence,
        severity="high" if prolonged else "medium",
        responsible=responsible,
        **common,
    )


def _unstable(one: Judged, found: Flapping, common: dict[str, Any]) -> Draft:
    evidence = {
        "since": found.since.isoformat(),
        "cuts": found.cuts,
        "window_hours": one.policy.flapping_window_hours,
        "last_at": found.last_at.isoformat(),
        "lost_s": round(found.lost_s),
        "longest_s": round(found.longest_s),
        "provider": one.site.provider,
    }
    responsible = "operator" if one.site.provider else "commune"
    return draft("site_flapping", one.site.id, evidence=evidence, responsible=responsible, **common)


def _waiting_since(one: Judged) -> datetime | None:
    """Since when a first report is awaited; None: the site has reported, or nobody is to report."""
    expected = [agent.enrolled_at for agent in one.facts.agents if agent.left_at is None]
    if not expected or one.facts.contacts or one.last_contact_at is not None:
        return None
    return min(expected)


def _active(one: Judged) -> int:
    return sum(agent.left_at is None for agent in one.facts.agents)
