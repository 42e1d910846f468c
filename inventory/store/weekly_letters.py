"""Facts of a week -> letters for all readers. Only reads; writing is the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlmodel import Session

from inventory.domain.digest import Rules, commune_ids, make_digest
from inventory.domain.digest_facts import ScopeKind, WeekFacts
from inventory.domain.hours import DEFAULT_CALENDAR, WEEKDAYS, Calendar
from inventory.domain.letter import Compose, Reader, Rendered
from inventory.domain.week import IsoWeek, WorkingDays, local_day
from inventory.store import outbox
from inventory.store.engine import StoreError
from inventory.store.outbox import Letter, ScopeKey
from inventory.store.policy import effective_policy
from inventory.store.recipients import readers_on
from inventory.store.unit_tree import load_tree
from inventory.store.weekly_facts import load_week


@dataclass(frozen=True, slots=True)
class Post:
    """Everything of one week that is to be written into the ledger."""

    letters: list[Letter]
    figures: dict[ScopeKey, dict[str, Any]]
    readers: int


class NoSuchScope(StoreError):
    """The scope that was asked for does not exist; str() says what to write."""


def schedule_of(session: Session, province_id: str) -> tuple[int, time]:
    """Weekday (1 Monday) and local hour at which the weekly mail is due."""
    policy, _ = effective_policy(session, unit_id=province_id)
    return WEEKDAYS.index(policy.weekly_weekday) + 1, time.fromisoformat(policy.weekly_time)


def write_week(
    session: Session,
    province_id: str,
    week: IsoWeek,
    now: datetime,
    calendar: WorkingDays,
    compose: Compose,
    mail_domain: str,
) -> Post:
    """Letters for every reader of the week, and figures of every scope, read or not: next week compares with them."""
    facts, rules, readers = _loaded(session, province_id, week, now, calendar)
    figures: dict[ScopeKey, dict[str, Any]] = {}
    letters: list[Letter] = []
    for kind, scope_id in _scopes(facts):
        digest = make_digest(facts, kind, scope_id, rules)
        figures[(kind, scope_id)] = digest.figures
        people = readers.get((kind, scope_id), [])
        if people:
            rendered = compose(digest, people)
            letters += [_letter(week, kind, scope_id, person, rendered, mail_domain) for person in people]
    return Post(letters, figures, sum(map(len, readers.values())))


def write_one(
    session: Session,
    province_id: str,
    week: IsoWeek,
    now: datetime,
    calendar: WorkingDays,
    compose: Compose,
    scope: str,
) -> Rendered:
    """The letter about one scope, read or not: "x21787.2", "area:1", "province". Raises NoSuchScope."""
    facts, rules, readers = _loaded(session, province_id, week, now, calendar)
    kind, scope_id = _scope(facts, scope)
    people: Sequence[Reader] = readers.get((kind, scope_id), [])
    return compose(make_digest(facts, kind, scope_id, rules), people)


def _loaded(
    session: Session, province_id: str, week: IsoWeek, now: datetime, calendar: WorkingDays
) -> tuple[WeekFacts, Rules, dict[ScopeKey, list[Reader]]]:
    today = local_day(now)
    days = calendar if isinstance(calendar, Calendar) else DEFAULT_CALENDAR
    facts = load_week(session, province_id, week, now, days)
    policy, _ = effective_policy(session, unit_id=province_id)
    readers = readers_on(session, load_tree(session, province_id, today), today)
    return facts, Rules.of(policy, calendar, today), readers


def _scopes(facts: WeekFacts) -> list[tuple[ScopeKind, str]]:
    units: list[tuple[ScopeKind, str]] = [("unit", unit_id) for unit_id in facts.units if unit_id != facts.province.id]
    areas: list[tuple[ScopeKind, str]] = [("area", area_id) for area_id in facts.areas]
    return [*units, *areas, ("province", facts.province.id)]


def _scope(facts: WeekFacts, scope: str) -> tuple[ScopeKind, str]:
    kind, colon, scope_id = scope.partition(":")
    if scope in ("province", facts.province.id) or (kind, scope_id) == ("province", facts.province.id):
        return "province", facts.province.id
    if kind == "area" and scope_id in facts.areas:
        return "area", scope_id
    if kind == "unit" or not colon:
        unit_id = scope_id or scope
        if unit_id in facts.units:
            return "unit", unit_id
    units = (commune_ids(facts) or sorted(set(facts.units) - {facts.province.id}))[:3]
    known = ", ".join([*units, *(f"area:{area_id}" for area_id in list(facts.areas)[:3]), "province"])
    raise NoSuchScope(f"no scope {scope!r} in this province; write for example: {known}")


def _letter(week: IsoWeek, kind: ScopeKind, scope_id: str, person: Reader, rendered: Rendered, domain: str) -> Letter:
    return Letter(
        scope_kind=kind,
        scope_id=scope_id,
        recipient_id=person.recipient_id,
        email=person.email,
        message_id=outbox.message_id(week, kind, scope_id, person.email, domain),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
    )
