"""Lists of findings: what must be done, by whom, by when, worst first; all in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, and_, case, false, func
from sqlmodel import Session, col, desc, select

from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Finding, FindingEvent, Machine, NetworkDevice, Site, Unit, Village

DONE_STATES: Final = ("fixed", "cannot_fix", "excluded")
"""States in which nobody has to act any more."""

Which = Literal[
    "todo", "new", "confirmed", "in_progress", "waiting_budget", "fixed", "cannot_fix", "excluded", "done", "all"
]
WHICH: Final[tuple[Which, ...]] = get_args(Which)
"""todo: the rule still holds and somebody has to act; done: the opposite; else one state, still holding or not."""


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Empty texts and None leave a condition out; conditions are joined by "and"."""

    today: date  # local day: a finding due on it is not overdue yet
    which: Which = "todo"
    scope: Scope = EVERYTHING  # what the reader may see, narrowed to what he asks for
    site_id: int | None = None
    subject_kind: str = ""
    subject_id: str = ""
    kind: str = ""
    severity: str = ""
    responsible: str = ""
    overdue: bool = False
    sample: Literal["", "yes", "no"] = ""
    only_responsible: str = ""  # the reader may only see this party's findings


@dataclass(frozen=True, slots=True)
class FindingRow:
    finding: Finding
    subject_name: str  # "PC-01", "Thôn Kon Trú"; "" when the subject is gone
    site_name: str  # "" when it is not at a site
    unit_name: str  # "Xã Vĩnh Sơn"
    overdue: bool


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """Counts of a filtered list, for its header."""

    total: int
    overdue: int
    by_kind: dict[str, int]  # most frequent first
    by_severity: dict[str, int]


def list_findings(session: Session, wanted: FindingFilter, offset: int = 0, limit: int | None = 50) -> list[FindingRow]:
    """One page, worst first: overdue, then by severity, then by due date, then oldest. `limit` None: all."""
    query = (
        select(Finding, Site.name, Unit.type_label, Unit.name)
        .join(Unit, col(Unit.id) == col(Finding.unit_id))
        .join(Site, col(Site.id) == col(Finding.site_id), isouter=True)
        .where(*_conditions(wanted))
        .order_by(
            case((_overdue(wanted.today), 0), else_=1),
            _severity_rank(),
            col(Finding.due_on).asc().nulls_last(),
            col(Finding.opened_at),
            col(Finding.id),
        )
        .offset(offset)
    )
    if limit is not None:
        query = query.limit(limit)
    found = session.exec(query).all()
    names = subject_names(session, [row[0] for row in found])
    return [
        FindingRow(
            finding,
            names.get((finding.subject_kind, finding.subject_id), ""),
            site or "",
            f"{unit_type} {unit}",
            is_overdue(finding, wanted.today),
        )
        for finding, site, unit_type, unit in found
    ]


def count_findings(session: Session, wanted: FindingFilter) -> FindingCounts:
    """How many the filter leaves, in one pass over the rows."""
    late = func.sum(case((_overdue(wanted.today), 1), else_=0))
    rows = session.exec(
        select(Finding.kind, Finding.severity, func.count(), late)
        .join(Unit, col(Unit.id) == col(Finding.unit_id))
        .where(*_conditions(wanted))
        .group_by(Finding.kind, Finding.severity)
    ).all()
    by_kind: dict[str, int] = {}
    by_severity = {"high": 0, "medium": 0, "low": 0}
    for kind, severity, count, _late in rows:
        by_kind[kind] = by_kind.get(kind, 0) + count
        by_severity[severity] = by_severity.get(severity, 0) + count
    frequent = dict(sorted(by_kind.items(), key=lambda item: (-item[1], item[0])))
    return FindingCounts(sum(by_kind.values()), sum(row[3] for row in rows), frequent, by_severity)


def load_finding(session: Session, finding_id: int, today: date) -> tuple[FindingRow, list[FindingEvent]] | None:
    """One finding with its history, newest first; None when there is none. Scope is the caller's business."""
    found = session.exec(
        select(Finding, Site.name, Unit.type_label, Unit.name)
        .join(Unit, col(Unit.id) == col(Finding.unit_id))
        .join(Site, col(Site.id) == col(Finding.site_id), isouter=True)
        .where(Finding.id == finding_id)
    ).first()
    if found is None:
        return None
    finding, site, unit_type, unit = found
    names = subject_names(session, [finding])
    name = names.get((finding.subject_kind, finding.subject_id), "")
    events = session.exec(
        select(FindingEvent)
        .where(FindingEvent.finding_id == finding_id)
        .order_by(desc(FindingEvent.at), desc(FindingEvent.id))
    ).all()
    row = FindingRow(finding, name, site or "", f"{unit_type} {unit}", is_overdue(finding, today))
    return row, list(events)


def is_overdue(finding: Finding, today: date) -> bool:
    """Whether its due date has passed while somebody still has to act."""
    waiting = finding.is_open and finding.state not in DONE_STATES
    return waiting and finding.due_on is not None and finding.due_on < today


def subject_names(session: Session, findings: Iterable[Finding]) -> dict[tuple[str, str], str]:
    """Names of the findings' subjects by (kind, id). A subject that is gone has no entry."""
    wanted: dict[str, set[str]] = {}
    for finding in findings:
        wanted.setdefault(finding.subject_kind, set()).add(finding.subject_id)
    names: dict[tuple[str, str], str] = {}
    for kind, ids in wanted.items():
        names.update({(kind, key): name for key, name in _names(session, kind, sorted(ids))})
    return names


def _names(session: Session, kind: str, ids: Sequence[str]) -> list[tuple[str, str]]:
    numbers = [int(text) for text in ids if text.isdecimal()]
    if kind == "machine":
        rows = session.exec(select(Machine).where(col(Machine.id).in_(numbers)))
        return [(str(m.id), m.hostname or m.model or m.asset_tag) for m in rows]
    if kind == "site":
        return [(str(s.id), s.name) for s in session.exec(select(Site).where(col(Site.id).in_(numbers)))]
    if kind == "village":
        villages = session.exec(select(Village).where(col(Village.id).in_(numbers)))
        return [(str(v.id), f"{v.type_label} {v.name}") for v in villages]
    if kind == "device":
        devices = session.exec(select(NetworkDevice).where(col(NetworkDevice.id).in_(numbers)))
        return [(str(d.id), d.model or d.vendor or d.address) for d in devices]
    if kind == "unit":
        units = session.exec(select(Unit).where(col(Unit.id).in_(ids)))
        return [(u.id, f"{u.type_label} {u.name}") for u in units]
    return []


def _conditions(wanted: FindingFilter) -> list[ColumnElement[bool]]:
    conditions = [] if wanted.which == "all" else [_which(wanted.which)]
    conditions.append(wanted.scope.condition(Finding.unit_id))
    if wanted.site_id is not None:
        conditions.append(col(Finding.site_id) == wanted.site_id)
    if wanted.overdue:
        conditions.append(_overdue(wanted.today))
    if wanted.sample:
        conditions.append(col(Finding.sample).is_(wanted.sample == "yes"))
    if wanted.responsible and wanted.only_responsible not in ("", wanted.responsible):
        conditions.append(false())
    pairs: tuple[tuple[Any, str], ...] = (
        (Finding.subject_kind, wanted.subject_kind),
        (Finding.subject_id, wanted.subject_id),
        (Finding.kind, wanted.kind),
        (Finding.severity, wanted.severity),
        (Finding.responsible, wanted.only_responsible or wanted.responsible),
    )
    conditions.extend(col(column) == value for column, value in pairs if value)
    return conditions


def _which(which: Which) -> ColumnElement[bool]:
    todo = and_(col(Finding.is_open), col(Finding.state).not_in(DONE_STATES))
    if which == "todo":
        return todo
    if which == "done":
        return ~todo
    return col(Finding.state) == which


def _overdue(today: date) -> ColumnElement[bool]:
    return and_(_which("todo"), col(Finding.due_on).is_not(None), col(Finding.due_on) < today)


def _severity_rank() -> ColumnElement[int]:
    return case({"high": 0, "medium": 1, "low": 2}, value=col(Finding.severity), else_=3)
