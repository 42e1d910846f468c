"""What the weekly digest tells of area events, of corrections and of what nobody saw."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inventory.domain.digest import make_digest
from inventory.domain.digest_facts import CorrectionFact, EventFact
from inventory.store.engine import Store
from inventory.store.tables import AreaEvent, SiteAlert, WeeklyFigures
from inventory.store.weekly_facts import load_week
from tests.inventory.mail_world import (
    MONDAY,
    PROVINCE,
    VAN_CANH,
    VINH_SON,
    WEEK,
    add_finding,
    add_state,
    add_week,
    vn,
)
from tests.inventory.test_digest import RULES, digest, facts, finding, site

EVENT = EventFact(7, vn("2026-11-17T08:12"), vn("2026-11-17T11:40"), "Vĩnh Thạnh", "", "power", frozenset({1, 2, 3}))
LAST_LETTER = MONDAY - timedelta(days=7)


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    with sqlite_store.session() as session:
        add_week(session)
    return sqlite_store


def told_last_week(store: Store, *rows: Any) -> None:
    with store.session() as session:
        session.add(
            WeeklyFigures(
                scope_kind="province", scope_id=PROVINCE, iso_week="2026-W46", figures={}, made_at=LAST_LETTER
            )
        )
        session.add_all(rows)


def alert(site_id: int, *corrections: dict[str, str], raised: timedelta = timedelta(days=-2), **fields: Any) -> Any:
    values: dict[str, Any] = {
        "site_id": site_id,
        "raised_at": LAST_LETTER + raised,
        "since_at": LAST_LETTER + raised,
        "state": "LINE_LOST_CONFIRMED",
        "cause": "line",
        "corrections": list(corrections),
    }
    return SiteAlert(**(values | fields))


def corrected(days: float, state: str, cause: str = "unknown") -> dict[str, str]:
    at = LAST_LETTER + timedelta(days=days)
    return {"at": at.isoformat(), "code": "confirmed", "state": state, "cause": cause, "since": "", "until": ""}


def test_sites_of_an_event_are_one_line_and_nobodys_task() -> None:
    lost = [
        finding(number, "site_disconnected", site_id=number, event_id=7, due_on=None, severity="high")
        for number in (1, 2)
    ]
    sites = [site(1, "POWER_CUT_SUSPECTED"), site(2, "POWER_CUT_SUSPECTED"), site(3, unit=VAN_CANH)]

    made = make_digest(facts(*sites, *lost, events=(EVENT,)), "province", PROVINCE, RULES)

    assert (made.todo, made.overdue, made.items) == (0, 0, ())
    (line,) = made.events
    assert (line.communes, line.sites) == (2, 3)
    own = make_digest(facts(*sites, *lost, events=(EVENT,)), "unit", VAN_CANH, RULES)
    assert (own.events[0].communes, own.events[0].sites) == (1, 1)


def test_an_outage_of_an_event_that_was_withdrawn_is_a_task_again() -> None:
    made = digest(site(1, "LINE_LOST_CONFIRMED"), finding(1, "site_disconnected", event_id=7))

    assert made.todo == 1


def test_corrections_reach_the_scopes_they_concern() -> None:
    fact = CorrectionFact(
        frozenset({VINH_SON}), "Trụ sở", vn("2026-11-10T09:00"), "LINE_LOST_SUSPECTED", "unknown", "", ""
    )
    whole = facts(site(), site(2, unit=VAN_CANH), corrections=(fact,))

    assert [item.unit and item.unit.id for item in make_digest(whole, "unit", VINH_SON, RULES).corrections] == [
        VINH_SON
    ]
    assert make_digest(whole, "unit", VAN_CANH, RULES).corrections == ()
    assert len(make_digest(whole, "province", PROVINCE, RULES).corrections) == 1


def test_only_what_a_letter_told_and_proof_has_changed_since_is_corrected(filled: Store) -> None:
    known_before = corrected(-1, "LINE_LOST_SUSPECTED")
    told_last_week(
        filled,
        alert(1, corrected(2, "LINE_LOST_SUSPECTED"), corrected_at=LAST_LETTER + timedelta(days=2)),
        alert(2, corrected(1, "LINE_LOST_SUSPECTED"), corrected_at=LAST_LETTER + timedelta(days=1),
              withdrawn_at=LAST_LETTER + timedelta(days=1)),
        alert(4, known_before, corrected_at=LAST_LETTER - timedelta(days=1)),
        alert(4, corrected(3, "LINE_LOST_SUSPECTED"), raised=timedelta(days=1),
              corrected_at=LAST_LETTER + timedelta(days=3)),
        AreaEvent(from_at=LAST_LETTER - timedelta(days=1), to_at=LAST_LETTER, provider="VNPT", sites=[1, 2],
                  raised_at=LAST_LETTER - timedelta(days=1), withdrawn_at=LAST_LETTER + timedelta(days=1)),
    )  # fmt: skip

    with filled.reading() as session:
        found = load_week(session, PROVINCE, WEEK, MONDAY).corrections

    began = LAST_LETTER - timedelta(days=2)
    here = frozenset({VINH_SON})
    suspected = ("LINE_LOST_SUSPECTED", "unknown")
    assert found == (
        CorrectionFact(here, "Trụ sở chính", began, *suspected, "LINE_LOST_CONFIRMED", "line"),
        CorrectionFact(here, "Trụ sở 2", began, *suspected, "", ""),
        CorrectionFact(here, "VNPT", LAST_LETTER - timedelta(days=1), "", "unknown", "", "", event=True),
    )


def test_without_an_earlier_letter_there_is_nothing_to_correct(filled: Store) -> None:
    with filled.session() as session:
        session.add(alert(1, corrected(2, "LINE_LOST_SUSPECTED"), corrected_at=LAST_LETTER + timedelta(days=2)))
    with filled.reading() as session:
        assert load_week(session, PROVINCE, WEEK, MONDAY).corrections == ()


def test_events_of_the_week_and_their_findings(filled: Store) -> None:
    with filled.session() as session:
        session.add_all(
            [
                AreaEvent(id=5, from_at=vn("2026-11-17T08:12"), area_id=1, cause="power", sites=[1, 2],
                          raised_at=vn("2026-11-17T08:30")),
                AreaEvent(id=6, from_at=vn("2026-11-01T08:00"), to_at=vn("2026-11-01T09:00"), sites=[1],
                          raised_at=vn("2026-11-01T08:00")),
                AreaEvent(id=8, from_at=vn("2026-11-18T08:00"), sites=[1], raised_at=vn("2026-11-18T08:00"),
                          withdrawn_at=vn("2026-11-18T09:00")),
            ]
        )  # fmt: skip
        add_finding(session, "site_disconnected", "site:1", VINH_SON, "2026-11-17T08:30", site_id=1,
                    evidence={"event": 5, "since": "2026-11-17T08:12+07:00"})  # fmt: skip
    with filled.reading() as session:
        week = load_week(session, PROVINCE, WEEK, MONDAY)

    assert [(event.id, event.area, event.to_at) for event in week.events] == [(5, "Khu vực Vĩnh Thạnh", None)]
    assert [fact.event_id for fact in week.findings if fact.site_id == 1 and fact.kind == "site_disconnected"] == [5]


def test_what_nobody_saw_is_in_no_share(filled: Store) -> None:
    with filled.session() as session:
        add_state(session, 3, "UP", "2026-11-18T07:30", "2026-11-18T11:30")
        add_state(session, 3, "NOT_OBSERVED", "2026-11-18T11:30", "2026-11-23T07:00")
    with filled.reading() as session:
        week = load_week(session, PROVINCE, WEEK, MONDAY)

    by_id = {one.id: one for one in week.sites}
    assert (by_id[3].open_s, by_id[3].seen_s, by_id[3].up_s) == (5 * 7.5 * 3600, 4 * 3600, 4 * 3600)
    share = make_digest(week, "province", PROVINCE, RULES).availability
    assert 0 < share.up_s <= share.seen_s < share.open_s
