"""The weekly digest of a commune, an area or the province: what counts, what to do, what was done. Pure.

Unknown is told apart: a figure carries how many were observed, a site that nobody heard never counts as working.
No PC, person, serial number or address is in it. Words are made by the mail's templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from inventory.domain.digest_events import (
    NOTHING_SEEN,
    Availability,
    Correction,
    EventLine,
    availability_of,
    corrections_in,
    event_lines,
)
from inventory.domain.digest_facts import (
    Blindness,
    FindingFact,
    ScopeKind,
    SiteFact,
    UnitName,
    WeekFacts,
)
from inventory.domain.digest_figures import Figures, KeyFigure, count_figures, key_figures, sample_share
from inventory.domain.policy import Policy
from inventory.domain.week import IsoWeek, WorkingDays, local_day

DONE_STATES = ("fixed", "cannot_fix", "excluded")
_SEVERITY = {"high": 0, "medium": 1, "low": 2}
MAX_ITEMS = {"unit": 40, "area": 30, "province": 25}
"""Rows of the table of tasks; the mail says how many more there are, and stays readable."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the digest needs of policy and calendar."""

    outdated_after_years: float = 5.0
    reminder_days: tuple[int, ...] = (
        7,
        14,
        30,
    )  # days past the due date of reminders 1, 2 and the monthly report
    reply_by: date | None = None

    @classmethod
    def of(cls, policy: Policy, calendar: WorkingDays, today: date) -> Rules:
        """Answers are asked for by the second working day after `today`."""
        days = (today + timedelta(days=ahead) for ahead in range(1, 60))
        working = [day for day in days if calendar.is_working_day(day)]
        return cls(policy.outdated_after_years, policy.escalation_reminder_days, working[1])


@dataclass(frozen=True, slots=True)
class Item:
    """One task: findings of one kind at one place. Times and due date are the most pressing among them."""

    kind: str
    unit: UnitName
    place: str  # name of the site; "" for villages
    names: tuple[str, ...]  # names of villages
    count: int
    severity: str
    states: tuple[str, ...]  # of its findings, without repetition
    responsible: str  # commune | department | operator
    provider: str
    cause: str
    since: datetime
    due_on: date | None
    overdue_count: int
    overdue_days: int  # of the one that is latest; 0: none is
    reminder: int  # 0 none yet, 1, 2, 3 goes into the monthly report


@dataclass(frozen=True, slots=True)
class Result:
    """What was closed in the week: findings of one kind at one place."""

    kind: str
    unit: UnitName
    place: str
    names: tuple[str, ...]
    count: int
    withdrawn: bool
    closed_on: date


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """A line of the summary table."""

    unit: UnitName
    figures: Figures
    last_contact_at: datetime | None


@dataclass(frozen=True, slots=True)
class Digest:
    scope_kind: ScopeKind
    scope_id: str
    scope_name: str  # "Xã Vĩnh Sơn", "Khu vực Vĩnh Thạnh", "Tỉnh Gia Lai"
    week: IsoWeek
    as_of: datetime
    to_date: bool  # the week was not over when the digest was made
    sample: Literal["", "some", "all"]
    figures: Figures
    key_figures: tuple[KeyFigure, ...]
    compared_with: IsoWeek | None
    items: tuple[Item, ...]  # worst first
    more_items: int  # left off
    results: tuple[Result, ...]
    communes: tuple[CommuneRow, ...]  # empty for a commune's own digest
    ranked: bool  # communes stand worst first (the province's digest only), else by name
    unobserved: tuple[tuple[UnitName, str], ...]  # sites nobody heard
    reported_fixed: int  # said to be fixed, while the evidence still shows the gap
    set_aside: int  # open, but excluded or impossible to fix
    blind: Blindness
    rules: Rules
    events: tuple[EventLine, ...] = ()
    corrections: tuple[Correction, ...] = ()
    availability: Availability = NOTHING_SEEN

    @property
    def going_on(self) -> int:
        """Area events that are not over."""
        return sum(line.event.to_at is None for line in self.events)

    @property
    def todo(self) -> int:
        return self.figures["todo"] or 0

    @property
    def overdue(self) -> int:
        return self.figures["overdue"] or 0

    @property
    def empty(self) -> bool:
        """Nothing is known at all: neither sites nor villages are registered."""
        return not self.figures["sites"] and not self.figures["villages"] and not self.items


def make_digest(facts: WeekFacts, kind: ScopeKind, scope_id: str, rules: Rules) -> Digest:
    """The digest of one scope. Raises KeyError for a scope that the facts do not have."""
    unit_ids, name = _scope(facts, kind, scope_id)
    sites = [site for site in facts.sites if site.unit_id in unit_ids]
    findings = [finding for finding in facts.findings if finding.unit_id in unit_ids]
    villages = [facts.villages[unit_id] for unit_id in unit_ids if unit_id in facts.villages]
    items = _items(facts, findings, rules)
    figures = count_figures(sites, findings, villages, len(items), sum(item.overdue_days > 0 for item in items))
    past = facts.past.get((kind, scope_id))
    shown = items[: MAX_ITEMS[kind]]
    still_open = [finding for finding in findings if finding.is_open]
    return Digest(
        scope_kind=kind,
        scope_id=scope_id,
        scope_name=name,
        week=facts.week,
        as_of=facts.as_of,
        to_date=facts.as_of < facts.week.to_at,
        sample=sample_share(sites, villages),
        figures=figures,
        key_figures=key_figures(figures, past.figures if past else None),
        compared_with=past.week if past else None,
        items=tuple(shown),
        more_items=len(items) - len(shown),
        results=_results(facts, findings),
        communes=() if kind == "unit" else _communes(facts, unit_ids, rules, ranked=kind == "province"),
        ranked=kind == "province",
        unobserved=tuple((facts.units[s.unit_id], s.name) for s in sites if s.observed_as == "unobserved"),
        reported_fixed=sum(finding.state == "fixed" for finding in still_open),
        set_aside=sum(finding.state in ("cannot_fix", "excluded") for finding in still_open),
        blind=facts.blind,
        rules=rules,
        events=event_lines(facts, sites),
        corrections=corrections_in(facts, unit_ids),
        availability=availability_of(sites),
    )


def commune_ids(facts: WeekFacts) -> list[str]:
    """Units that have something to report, by name."""
    found = {site.unit_id for site in facts.sites} | set(facts.villages) | {f.unit_id for f in facts.findings}
    return sorted(found, key=lambda unit_id: (facts.units[unit_id].name, unit_id))


def _scope(facts: WeekFacts, kind: ScopeKind, scope_id: str) -> tuple[frozenset[str], str]:
    if kind == "area":
        area = facts.areas[scope_id]
        return area.unit_ids, area.name
    if kind == "province":
        return frozenset(commune_ids(facts)), facts.province.full
    return frozenset([scope_id]), facts.units[scope_id].full


def _items(facts: WeekFacts, findings: Iterable[FindingFact], rules: Rules) -> list[Item]:
    """Tasks, worst first: overdue, severe, due soonest, oldest."""
    sites = {site.id: site for site in facts.sites}
    today = local_day(facts.as_of)
    told = {event.id for event in facts.events}  # a line of its own tells of these: no site's task, nobody's neglect
    items = [
        _item(facts, group, sites.get(group[0].site_id or 0), today, rules)
        for group in _grouped(
            f for f in findings if f.is_open and f.state not in DONE_STATES and f.event_id not in told
        )
    ]
    return sorted(
        items,
        key=lambda i: (
            not i.overdue_days,
            _SEVERITY.get(i.severity, 3),
            i.due_on or date.max,
            i.since,
            i.unit.name,
            i.place,
        ),
    )


def _grouped(findings: Iterable[FindingFact]) -> list[list[FindingFact]]:
    """Findings that a leader deals with in one go: same kind, same place, same party."""
    groups: dict[tuple[object, ...], list[FindingFact]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.unit_id, finding.site_id, finding.responsible), []).append(finding)
    return list(groups.values())


def _item(facts: WeekFacts, group: list[FindingFact], site: SiteFact | None, today: date, rules: Rules) -> Item:
    late = [max(0, (today - f.due_on).days) if f.due_on else 0 for f in group]
    # without a due date the reminder counts from the day the gap was found
    waited = [days if f.due_on else (today - local_day(f.since)).days for days, f in zip(late, group, strict=True)]
    first = group[0]
    return Item(
        kind=first.kind,
        unit=facts.units[first.unit_id],
        place=site.name if site else "",
        names=tuple(sorted(f.subject for f in group if f.subject)),
        count=len(group),
        severity=min((f.severity for f in group), key=lambda s: _SEVERITY.get(s, 3)),
        states=tuple(dict.fromkeys(f.state for f in group)),
        responsible=first.responsible,
        provider=site.provider if site else "",
        cause=site.cause if site and first.kind == "site_disconnected" else "",
        since=min(f.since for f in group),
        due_on=min((f.due_on for f in group if f.due_on), default=None),
        overdue_count=sum(days > 0 for days in late),
        overdue_days=max(late),
        reminder=sum(max(waited) >= limit for limit in rules.reminder_days),
    )


def _results(facts: WeekFacts, findings: Iterable[FindingFact]) -> tuple[Result, ...]:
    week = facts.week
    done = [f for f in findings if not f.is_open and f.closed_at and week.from_at <= f.closed_at < week.to_at]
    names = {site.id: site.name for site in facts.sites}
    results: list[Result] = []
    for withdrawn in (False, True):
        for group in _grouped(f for f in done if f.withdrawn == withdrawn):
            first = group[0]
            results.append(
                Result(
                    kind=first.kind,
                    unit=facts.units[first.unit_id],
                    place=names.get(first.site_id or 0, ""),
                    names=tuple(sorted(f.subject for f in group if f.subject)),
                    count=len(group),
                    withdrawn=withdrawn,
                    closed_on=max(local_day(f.closed_at) for f in group if f.closed_at),
                )
            )
    return tuple(sorted(results, key=lambda r: (r.withdrawn, r.closed_on, r.unit.name, r.place)))


def _communes(facts: WeekFacts, unit_ids: frozenset[str], rules: Rules, *, ranked: bool) -> tuple[CommuneRow, ...]:
    """A line per commune. Only the province's own digest compares them; an area's lists them by name."""
    rows = [_commune(facts, unit_id, rules) for unit_id in commune_ids(facts) if unit_id in unit_ids]
    if ranked:
        rows.sort(key=lambda row: (-(row.figures["overdue"] or 0), -(row.figures["todo"] or 0), row.unit.name))
    return tuple(rows)


def _commune(facts: WeekFacts, unit_id: str, rules: Rules) -> CommuneRow:
    sites = [site for site in facts.sites if site.unit_id == unit_id]
    findings = [finding for finding in facts.findings if finding.unit_id == unit_id]
    items = _items(facts, findings, rules)
    villages = [facts.villages[unit_id]] if unit_id in facts.villages else []
    heard = [site.last_contact_at for site in sites if site.last_contact_at]
    figures = count_figures(sites, findings, villages, len(items), sum(item.overdue_days > 0 for item in items))
    return CommuneRow(facts.units[unit_id], figures, max(heard, default=None))
