"""What is stored about lines, as the rules take it: tests, traffic, contracts, budgets, by site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from inventory.domain.contract import PaidLine, Slot, in_force
from inventory.domain.line_quality import LINK_CLASSES, QualityFact
from inventory.domain.plain import text, whole
from inventory.domain.week import LOCAL, midnight
from inventory.store.tables import Agent, Line, LineTest, LineTraffic, Section

_TEST_COLUMNS: tuple[Any, ...] = (
    LineTest.site_id,
    *(getattr(LineTest, name) for name in QualityFact.__dataclass_fields__),
)


@dataclass(slots=True)
class Budget:
    """Bytes spent on tests at a site this month: by our own count, and by what its PCs were given for the month."""

    spent: dict[str, int] = field(default_factory=dict[str, int])  # by link class
    given: int | None = None  # None: no PC told of a limit
    told: int = 0  # spent, as the PCs count it
    level: str = ""  # of the PC that may do most: full | capped | stamp | none

    @property
    def total(self) -> int:
        return sum(self.spent.values())


def load_tests(
    session: Session, site_ids: Collection[int], from_at: datetime, to_at: datetime
) -> dict[int, list[QualityFact]]:
    """Tests by site, oldest first, whatever their outcome."""
    found: dict[int, list[QualityFact]] = defaultdict(list)
    query = (
        select(*_TEST_COLUMNS)
        .where(col(LineTest.site_id).in_(sorted(site_ids)), LineTest.at >= from_at, LineTest.at <= to_at)
        .order_by(col(LineTest.site_id), col(LineTest.at))
    )
    for site_id, *values in session.exec(query):
        found[site_id].append(QualityFact(*values))
    return found


def load_slots(
    session: Session, site_ids: Collection[int], from_at: datetime, to_at: datetime
) -> dict[int, list[Slot]]:
    """Five minutes of traffic each, by site, oldest first."""
    found: dict[int, list[Slot]] = defaultdict(list)
    query = (
        select(LineTraffic.site_id, LineTraffic.slot_at, LineTraffic.bytes_in, LineTraffic.bytes_out)
        .where(
            col(LineTraffic.site_id).in_(sorted(site_ids)), LineTraffic.slot_at >= from_at, LineTraffic.slot_at < to_at
        )
        .order_by(col(LineTraffic.site_id), col(LineTraffic.slot_at))
    )
    for site_id, at, bytes_in, bytes_out in session.exec(query):
        found[site_id].append(Slot(at, bytes_in, bytes_out))
    return found


def load_lines(session: Session, site_ids: Collection[int], day: date) -> dict[int, list[PaidLine]]:
    """The declared lines that are in force on the day, by site."""
    found: dict[int, list[PaidLine]] = defaultdict(list)
    query = select(Line).where(col(Line.site_id).in_(sorted(site_ids))).order_by(col(Line.site_id), col(Line.id))
    for line in session.exec(query):
        if in_force(line.valid_from, line.valid_to, day):
            found[line.site_id].append(
                PaidLine(line.kind, line.down_mbps, line.up_mbps, line.provider, line.contract_no, line.source_class)
            )
    return found


def load_budgets(session: Session, site_ids: Collection[int], now: datetime) -> dict[int, Budget]:
    """What tests have cost this month (local), by site."""
    month = now.astimezone(LOCAL).date().replace(day=1)
    found: dict[int, Budget] = defaultdict(Budget)
    query = (
        select(LineTest.site_id, LineTest.link_class, func.sum(LineTest.bytes_used))
        .where(col(LineTest.site_id).in_(sorted(site_ids)), LineTest.at >= midnight(month))
        .group_by(col(LineTest.site_id), col(LineTest.link_class))
    )
    for site_id, link_class, spent in session.exec(query):
        found[site_id].spent[link_class] = int(spent or 0)
    told = (
        select(Agent.site_id, Section.data)
        .join(Section, col(Section.agent_id) == col(Agent.id))
        .where(Section.name == "quality", Agent.status == "active", col(Agent.site_id).in_(sorted(site_ids)))
    )
    for site_id, data in session.exec(told):
        if data and text(data, "month") == f"{month:%Y-%m}":
            _add_told(found[site_id], data)
    return found


_LEVELS = ("", "none", "stamp", "capped", "full")


def _add_told(budget: Budget, data: Mapping[str, Any]) -> None:
    given, level = whole(data, "budget_bytes"), text(data, "level")
    if given is not None:
        budget.given = (budget.given or 0) + given
    budget.told += whole(data, "spent_bytes") or 0
    if level in _LEVELS and _LEVELS.index(level) > _LEVELS.index(budget.level):
        budget.level = level


def budget_plain(budget: Budget) -> dict[str, Any]:
    """As JSON; link classes in their usual order."""
    order = [*LINK_CLASSES, *sorted(set(budget.spent) - set(LINK_CLASSES))]
    spent = {name: budget.spent[name] for name in order if name in budget.spent}
    return {"spent": spent, "total": budget.total, "given": budget.given, "told": budget.told, "level": budget.level}
