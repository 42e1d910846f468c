"""Lists of lines with their quality, contract and cost, from the stored conclusions; and one line with its tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session, col, desc, select

from inventory.domain.unit import full_name
from inventory.store.line_quality import is_point
from inventory.store.machine_lists import search_conditions
from inventory.store.policy import policies_of_sites
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import LineDay, LineStanding, LineTest, Site, Unit

SORTS = ("site", "grade", "rtt", "loss", "down", "up", "contract", "load", "cost", "last")
_GRADES = {"not_ready": 0, "audio": 1, "limited": 2, "unknown": 3, "ready": 4}
_LOADS = {"over": 0, "busy": 1, "unknown": 2, "within": 3}
_RATES = {"below": 0, "unknown": 1, "kept": 2}


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Empty texts and None leave a condition out; conditions are joined by "and"."""

    scope: Scope = EVERYTHING
    words: str = ""  # every word must stand in the name of the site, its commune or its provider
    grade: str = ""
    contract: str = ""
    load: str = ""
    tested: Literal["", "yes", "no"] = ""  # a conclusion there is, or none at all
    sample: Literal["", "yes", "no"] = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A site with what is concluded of its line. `data` None: nothing was ever measured."""

    site: Site
    unit_name: str
    point: bool
    grade: str
    contract: str
    load: str
    data: Mapping[str, Any] | None
    computed_at: datetime | None

    def full(self, measure: str, name: str = "p90") -> float | None:
        """A figure of full measurements; None: there is none."""
        return self._figure(measure, "full", name)

    def at_least(self, measure: str) -> float | None:
        """What capped tests prove, where there is no full one."""
        return self._figure(measure, "capped", "p90") if self.full(measure) is None else None

    def count(self, measure: str) -> int:
        found = self._measure(measure)
        return sum((found.get(kind) or {}).get("count", 0) for kind in ("full", "capped"))

    def days(self, measure: str) -> tuple[int, int]:
        """(working days with a measurement, working days of the window)."""
        found = self._measure(measure)
        return found.get("days_seen", 0), found.get("days", 0)

    @property
    def spent(self) -> int | None:
        return self.data["budget"]["total"] if self.data else None

    @property
    def last_at(self) -> datetime | None:
        said = self.data["quality"]["last_at"] if self.data else None
        return datetime.fromisoformat(said) if said else None

    def _measure(self, measure: str) -> Mapping[str, Any]:
        return self.data["quality"]["measures"].get(measure, {}) if self.data else {}

    def _figure(self, measure: str, kind: str, name: str) -> float | None:
        found = self._measure(measure).get(kind)
        return found[name] if found else None


def list_lines(session: Session, wanted: LineFilter, sort: str = "site", descending: bool = False) -> list[LineRow]:
    """All lines that the filter leaves; a province has hundreds, so pages cut what they show."""
    if sort not in SORTS:
        raise ValueError(f"sort {sort!r} is not one of {', '.join(SORTS)}")
    policies, _ = policies_of_sites(session)
    text: Any = col(Site.name_key) + " " + col(Unit.name_key) + " " + col(Site.provider)
    query = (
        select(Site, Unit.type_label, Unit.name, LineStanding)  # type: ignore[call-overload]
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .outerjoin(LineStanding, col(LineStanding.site_id) == col(Site.id))
        .where(wanted.scope.condition(Site.unit_id), col(Site.excluded_reason) == "")
        .where(*search_conditions(wanted.words, text))
        .order_by(col(Unit.name_key), col(Site.name_key), col(Site.id))
    )
    if wanted.sample:
        query = query.where(col(Site.sample).is_(wanted.sample == "yes"))
    rows = [
        _row(site, full_name(label, name), standing, is_point(site, policies[site.id]))
        for site, label, name, standing in session.exec(query)
        if site.id is not None
    ]
    kept = [row for row in rows if _matches(row, wanted)]
    return kept if sort == "site" and not descending else _sorted(kept, sort, descending)


def find_line(session: Session, scope: Scope, site_id: int) -> LineRow | None:
    """One site's line; None when there is none in scope."""
    site = session.get(Site, site_id)
    if site is None or not scope.covers(site.unit_id):
        return None
    unit = session.get(Unit, site.unit_id)
    policies, _ = policies_of_sites(session)
    name = full_name(unit.type_label, unit.name) if unit else ""
    return _row(site, name, session.get(LineStanding, site_id), is_point(site, policies[site_id]))


def newest_tests(session: Session, site_id: int, limit: int = 25) -> list[LineTest]:
    """The newest tests of a site, whatever became of them."""
    query = select(LineTest).where(LineTest.site_id == site_id).order_by(desc(LineTest.at)).limit(limit)
    return list(session.exec(query))


def line_days(session: Session, site_id: int, limit: int = 2000) -> list[LineDay]:
    """What past days came to, newest first."""
    query = select(LineDay).where(LineDay.site_id == site_id).order_by(desc(LineDay.day), col(LineDay.measure))
    return list(session.exec(query.limit(limit)))


def _row(site: Site, unit_name: str, standing: LineStanding | None, point: bool) -> LineRow:
    if standing is None:
        return LineRow(site, unit_name, point, "unknown", "unknown", "unknown", None, None)
    return LineRow(
        site, unit_name, point, standing.grade, standing.contract, standing.load, standing.data, standing.computed_at
    )


def _matches(row: LineRow, wanted: LineFilter) -> bool:
    return (
        wanted.grade in ("", row.grade)
        and wanted.contract in ("", row.contract)
        and wanted.load in ("", row.load)
        and (not wanted.tested or (row.data is not None) == (wanted.tested == "yes"))
    )


def _sorted(rows: list[LineRow], sort: str, descending: bool) -> list[LineRow]:
    """What is not known comes last either way."""

    def value(row: LineRow) -> Any:
        if sort == "grade":
            return _GRADES.get(row.grade, 3)
        if sort == "contract":
            return _RATES.get(row.contract, 1)
        if sort == "load":
            return _LOADS.get(row.load, 2)
        if sort == "cost":
            return row.spent
        if sort == "last":
            return row.last_at
        if sort == "site":
            return (row.unit_name, row.site.name_key)
        found = row.full(sort)
        return found if found is not None else row.at_least(sort)

    known = [row for row in rows if value(row) is not None]
    unknown = [row for row in rows if value(row) is None]
    return sorted(known, key=value, reverse=descending) + unknown
