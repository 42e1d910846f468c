"""From tests and traffic to what is believed of each line: quality, contract, readiness for meetings, findings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from inventory.domain import contract, line_quality, readiness
from inventory.domain.contract import LoadCheck, PaidLine, RateCheck, Slot
from inventory.domain.finding import Draft, Severity, draft
from inventory.domain.hours import DEFAULT_CALENDAR, Calendar
from inventory.domain.line_quality import LineQuality, QualityFact
from inventory.domain.policy import Policy
from inventory.domain.readiness import Readiness
from inventory.domain.week import local_day
from inventory.store.engine import Store
from inventory.store.findings import settle
from inventory.store.line_facts import (
    Budget,
    budget_plain,
    load_budgets,
    load_lines,
    load_slots,
    load_tests,
)
from inventory.store.policy import policies_of_sites
from inventory.store.site_evidence import hours_of
from inventory.store.tables import Finding, LineStanding, LineTest, LineTraffic, Site

_log = logging.getLogger(__name__)

KINDS = ("line_saturated", "line_below_contract", "meeting_not_ready")
EVERY = timedelta(minutes=15)
FULL_PASS = timedelta(hours=6)  # also lets figures grow old
OVERLAP = timedelta(minutes=2)
CHUNK = 50

_standing = LineStanding.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known about one site's line."""

    site: Site
    policy: Policy
    tests: Sequence[QualityFact]
    slots: Sequence[Slot]
    lines: Sequence[PaidLine]
    budget: Budget


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that is concluded about one site's line."""

    facts: _Facts
    quality: LineQuality
    readiness: Readiness
    load: Sequence[LoadCheck]
    rate: Sequence[RateCheck]


class LineEvaluator:
    """Remembers only where it left off; a new process begins with a full pass."""

    def __init__(self, calendar: Calendar = DEFAULT_CALENDAR) -> None:
        self._calendar = calendar
        self._full_at: datetime | None = None
        self._seen_to: datetime | None = None

    def run_due(self, store: Store, clock: Callable[[], datetime]) -> int:
        """Looks at the sites with news, every quarter of an hour; now and then at all. Returns how many sites."""
        now = clock()
        if self._seen_to is not None and now - self._seen_to < EVERY:
            return 0
        full = self._full_at is None or self._seen_to is None or now - self._full_at >= FULL_PASS
        wanted: Collection[int] | None = None
        if not full and self._seen_to is not None:
            with store.reading() as session:
                wanted = _news(session, self._seen_to - OVERLAP)
        done = settle_lines(store, now, wanted, self._calendar) if wanted is None or wanted else 0
        self._seen_to = now
        if full:
            self._full_at = now
        return done


def settle_lines(
    store: Store, now: datetime, site_ids: Collection[int] | None = None, calendar: Calendar = DEFAULT_CALENDAR
) -> int:
    """Judges the lines of these sites (None: all that have tests, traffic or a conclusion); returns how many."""
    with store.reading() as session:
        wanted = sorted(_known(session) if site_ids is None else site_ids)
        policies, version = policies_of_sites(session)
    done = 0
    for at in range(0, len(wanted), CHUNK):
        with store.reading() as session:
            facts = _load(session, wanted[at : at + CHUNK], policies, now)
        verdicts = list(_judge_each(facts, calendar, now))
        with store.session() as session:
            _write(session, verdicts, now)
            for verdict in verdicts:
                _settle_one(session, verdict, version, now)
        done += len(verdicts)
    return done


def _known(session: Session) -> set[int]:
    found: set[int] = set()
    for column in (LineTest.site_id, LineTraffic.site_id, LineStanding.site_id):
        found |= set(session.exec(select(column).distinct()))
    standing = select(Finding.site_id).where(col(Finding.kind).in_(KINDS), col(Finding.is_open)).distinct()
    return found | {site_id for site_id in session.exec(standing) if site_id is not None}


def _news(session: Session, since: datetime) -> set[int]:
    found = set(session.exec(select(LineTest.site_id).where(LineTest.received_at > since).distinct()))
    return found | set(session.exec(select(LineTraffic.site_id).where(LineTraffic.updated_at > since).distinct()))


def _load(session: Session, site_ids: Sequence[int], policies: Any, now: datetime) -> list[_Facts]:
    sites = [site for site in session.exec(select(Site).where(col(Site.id).in_(site_ids))) if site.id in policies]
    if not sites:
        return []
    own = [policies[site.id] for site in sites]
    quality_days = max(policy.line_quality_days for policy in own)
    window_days = max(policy.line_window_days for policy in own)
    tests = load_tests(session, site_ids, now - timedelta(days=quality_days), now)
    slots = load_slots(session, site_ids, now - timedelta(days=window_days), now)
    lines = load_lines(session, site_ids, local_day(now))
    budgets = load_budgets(session, site_ids, now)
    return [
        _Facts(
            site, policy, tests.get(site.id or 0, ()), slots.get(site.id or 0, ()), lines.get(site.id or 0, ()),
            budgets.get(site.id or 0, Budget()),
        )
        for site, policy in zip(sites, own, strict=True)
    ]  # fmt: skip


def _judge_each(facts: Sequence[_Facts], calendar: Calendar, now: datetime) -> Iterator[Verdict]:
    for one in facts:
        try:
            yield judge(one, calendar, now)
        except Exception:  # evidence that nobody foresaw at one site must not keep all others from being judged
            _log.exception("the line of site %s could not be judged", one.site.id)


def judge(facts: _Facts, calendar: Calendar, now: datetime) -> Verdict:
    """Everything about one line as of `now`."""
    policy, begin = facts.policy, now - timedelta(days=facts.policy.line_quality_days)
    quality = line_quality.summarize(facts.tests, hours_of(facts.site, policy), calendar, begin, now)  # type: ignore[arg-type]
    window = now - timedelta(days=policy.line_window_days)
    recent = [test for test in facts.tests if test.at >= begin and test.placed != "receipt"]
    return Verdict(
        facts,
        quality,
        readiness.grade(quality, policy, now),
        contract.check_load(facts.lines, [slot for slot in facts.slots if slot.at >= window], policy),
        contract.check_rate(facts.lines, recent, policy),
    )


def is_point(site: Site, policy: Policy) -> bool:
    """Whether the site is a point of video meetings: by its own flag, else by its role."""
    if site.excluded_reason:
        return False
    return site.meeting_point if site.meeting_point is not None else site.role in policy.meeting_roles


def rate_verdict(checks: Sequence[RateCheck]) -> str:
    """below when any direction of any line is; kept when all that are known are."""
    said = {check.verdict for check in checks}
    return "below" if "below" in said else "kept" if "kept" in said else "unknown"


def load_verdict(checks: Sequence[LoadCheck]) -> str:
    """The worst of both directions that is known."""
    said = {check.verdict for check in checks}
    return next((verdict for verdict in ("over", "busy", "within") if verdict in said), "unknown")


def _write(session: Session, verdicts: Sequence[Verdict], now: datetime) -> None:
    rows = [
        {
            "site_id": verdict.facts.site.id,
            "computed_at": now,
            "grade": verdict.readiness.grade,
            "contract": rate_verdict(verdict.rate),
            "load": load_verdict(verdict.load),
            "data": {
                "quality": line_quality.as_plain(verdict.quality),
                "readiness": readiness.as_plain(verdict.readiness),
                "load": [contract.as_plain(check) for check in verdict.load],
                "rate": [contract.as_plain(check) for check in verdict.rate],
                "budget": budget_plain(verdict.facts.budget),
            },
        }
        for verdict in sorted(verdicts, key=lambda one: one.facts.site.id or 0)
    ]
    if rows:
        connection = session.connection()
        statement = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(_standing)
        changes = {name: statement.excluded[name] for name in ("computed_at", "grade", "contract", "load", "data")}
        connection.execute(statement.on_conflict_do_update(index_elements=["site_id"], set_=changes), rows)


def _settle_one(session: Session, verdict: Verdict, version: int, now: datetime) -> None:
    """A kind that could not be judged is left as it is; an excluded site has no gaps."""
    site = verdict.facts.site
    assert site.id is not None
    judged: list[str] = []
    drafts: list[Draft] = []
    point = is_point(site, verdict.facts.policy)
    for kind, known, found in (
        ("line_saturated", load_verdict(verdict.load) != "unknown", _saturated(verdict)),
        ("line_below_contract", rate_verdict(verdict.rate) != "unknown", _below(verdict)),
        (
            "meeting_not_ready",
            not point or verdict.readiness.grade != "unknown",
            _not_ready(verdict) if point else None,
        ),
    ):
        if not known and not site.excluded_reason:
            continue
        judged.append(kind)
        if found is not None and not site.excluded_reason:
            evidence, severity = found
            drafts.append(
                draft(
                    kind, site.id, unit_id=site.unit_id, site_id=site.id, policy=verdict.facts.policy,
                    policy_version=version, evidence=evidence, severity=severity, sample=site.sample,
                    responsible=None if kind != "meeting_not_ready" or site.provider else "department",
                )
            )  # fmt: skip
    if judged:
        settle(session, judged, "site", [site.id], drafts, now)


Found = tuple[dict[str, Any], Severity] | None


def _saturated(verdict: Verdict) -> Found:
    over = [check for check in verdict.load if check.verdict in ("over", "busy")]
    if not over:
        return None
    evidence = {
        "load_checks": [_load_evidence(check) for check in over],
        "window_days": verdict.facts.policy.line_window_days,
        "provider": verdict.facts.site.provider,
        "codes": [f"{check.direction}_{check.verdict}" for check in over],
    }
    return evidence, "medium" if any(check.verdict == "over" for check in over) else "low"


def _load_evidence(check: LoadCheck) -> dict[str, Any]:
    names = ("direction", "verdict", "paid_mbps", "limit_mbps", "proven_mbps", "seen_mbps", "samples", "expected")
    plain = contract.as_plain(check)
    return {name: plain[name] for name in names}


def _below(verdict: Verdict) -> Found:
    below = [check for check in verdict.rate if check.verdict == "below"]
    if not below:
        return None
    names = ("direction", "line_kind", "paid_mbps", "limit_mbps", "median_mbps", "full_tests", "capped_tests")
    evidence = {
        "rate_checks": [{name: contract.as_plain(check)[name] for name in names} for check in below],
        "window_days": verdict.facts.policy.line_quality_days,
        "provider": verdict.facts.site.provider,
        "contract_no": next((line.contract_no for line in verdict.facts.lines if line.contract_no), ""),
        "codes": sorted({f"{check.line_kind}_{check.direction}" for check in below}),
    }
    return evidence, "medium"


def _not_ready(verdict: Verdict) -> Found:
    found = verdict.readiness
    if found.grade not in ("not_ready", "audio") or found.at_least:
        return None
    worst = found.of(found.blocked_by)
    evidence = {
        "grade": found.grade,
        "blocked_by": found.blocked_by,
        "p90": None if worst.value is None else round(worst.value, 2),
        "limit": worst.limit,
        "tests": worst.count,
        "last_at": found.last_at.isoformat() if found.last_at else "",
        "window_days": verdict.facts.policy.line_quality_days,
        "provider": verdict.facts.site.provider,
        "codes": [found.grade, found.blocked_by],
    }
    return evidence, "high" if found.grade == "not_ready" else "medium"
