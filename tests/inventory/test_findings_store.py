"""Findings in the store: what rules settle, what people change, and the history of both."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from inventory.domain.finding import Draft, draft
from inventory.domain.policy import DEFAULT_POLICY
from inventory.store.engine import Store
from inventory.store.findings import FindingError, change_state, settle
from inventory.store.tables import Audit, Finding, FindingEvent
from tests.inventory.district import NOW, machine, seed

LATER = NOW + timedelta(days=1)
LAST = NOW + timedelta(days=2)


def gap(number: int = 7, kind: str = "machine_unfit", **said: Any) -> Draft:
    return draft(kind, number, unit_id="x1", site_id=1, policy=DEFAULT_POLICY, policy_version=3, evidence=said)


def prepare(store: Store, *drafts: Draft) -> int:
    """A district with findings; returns the id of the first."""
    with store.session() as session:
        seed(session)
        machine(session, 7, 1, hostname="PC-07")
        for item in drafts or (gap(codes=["ram"]),):
            settle(session, [item.kind], "machine", [item.subject_id], [item], NOW)
        found = session.exec(select(Finding.id).order_by(col(Finding.id))).first()
        assert found is not None
        return found


def row(store: Store, number: int) -> tuple[Finding, list[FindingEvent]]:
    with store.reading() as session:
        events = select(FindingEvent).where(FindingEvent.finding_id == number).order_by(col(FindingEvent.id))
        return session.get_one(Finding, number), list(session.exec(events))


def test_a_gap_has_one_row_through_all_its_life(store: Store) -> None:
    number = prepare(store)
    with store.session() as session:
        settle(session, ["machine_unfit"], "machine", [7], [], LATER)
        closed = session.get_one(Finding, number)
        assert (closed.is_open, closed.state, closed.closed_at) == (False, "fixed", LATER)
    with store.session() as session:
        settle(session, ["machine_unfit"], "machine", [7], [gap(codes=["cores"])], LAST)

    finding, events = row(store, number)
    assert (finding.is_open, finding.state, finding.closed_at, finding.times_opened) == (True, "new", None, 2)
    assert (finding.opened_at, finding.due_on) == (LAST, date(2026, 11, 23) + timedelta(days=90))
    assert finding.evidence == {"codes": ["cores"]}
    assert [(e.what, e.from_state, e.to_state, e.actor) for e in events] == [
        ("opened", "", "new", ""), ("closed", "new", "fixed", ""), ("reopened", "fixed", "new", ""),
    ]  # fmt: skip


def test_only_judged_kinds_and_subjects_are_touched(store: Store) -> None:
    number = prepare(store)
    with store.session() as session:
        settle(session, ["clock_wrong"], "machine", [7], [], LATER)
        settle(session, ["machine_unfit"], "machine", [8], [], LATER)
        settle(session, ["machine_unfit"], "site", [7], [], LATER)

    assert row(store, number)[0].is_open


def test_changed_evidence_is_kept_and_told_when_it_matters(store: Store) -> None:
    number = prepare(store)
    with store.session() as session:
        settle(session, ["machine_unfit"], "machine", [7], [gap(codes=["ram"], value=3)], LATER)
        settle(session, ["machine_unfit"], "machine", [7], [gap(codes=["ram", "cores"])], LAST)

    finding, events = row(store, number)
    assert finding.evidence == {"codes": ["ram", "cores"]}
    assert [(event.what, event.at) for event in events] == [("opened", NOW), ("evidence", LAST)]


def test_a_person_changes_the_state_with_history_and_audit(store: Store) -> None:
    number = prepare(store)
    with store.session() as session:
        change_state(session, number, "waiting_budget", " chờ kinh phí ", "hanh", LATER, "10.0.0.9")

    finding, events = row(store, number)
    assert (finding.state, finding.is_open) == ("waiting_budget", True)
    assert (events[-1].what, events[-1].actor, events[-1].note) == ("state", "hanh", "chờ kinh phí")
    with store.reading() as session:
        audit = session.exec(select(Audit).where(Audit.action == "finding.state")).one()
    assert (audit.actor, audit.subject_id, audit.address) == ("hanh", str(number), "10.0.0.9")
    assert audit.before == {"state": "new", "is_open": True}


def test_a_note_alone_is_history(store: Store) -> None:
    number = prepare(store)
    with store.session() as session:
        change_state(session, number, "new", "đã gọi điện", "hanh", LATER)

    assert row(store, number)[1][-1].what == "note"


@pytest.mark.parametrize(
    ("state", "note", "message"),
    [
        ("new", "", "nothing changes"),
        ("done", "x", "'done' is no state"),
        ("excluded", "  ", "needs a reason"),
        ("cannot_fix", "", "needs a reason"),
    ],
)
def test_what_cannot_be_done_is_said(store: Store, state: str, note: str, message: str) -> None:
    number = prepare(store)
    with store.session() as session, pytest.raises(FindingError, match=message):
        change_state(session, number, state, note, "hanh", LATER)
    assert row(store, number)[0].state == "new"


def test_no_way_back_to_new_and_no_such_finding(store: Store) -> None:
    number = prepare(store)
    with store.session() as session:
        change_state(session, number, "confirmed", "", "hanh", LATER)
        with pytest.raises(FindingError, match="cannot become"):
            change_state(session, number, "new", "", "hanh", LATER)
        with pytest.raises(FindingError, match="there is no finding 999"):
            change_state(session, 999, "confirmed", "", "hanh", LATER)


def test_fixed_by_word_stays_open_while_the_rule_holds(store: Store) -> None:
    number = prepare(store)
    with store.session() as session:
        change_state(session, number, "fixed", "", "hanh", LATER)
        settle(session, ["machine_unfit"], "machine", [7], [gap(codes=["ram"])], LAST)

    finding, _events = row(store, number)
    assert (finding.state, finding.is_open) == ("fixed", True)


@pytest.mark.parametrize(("state", "is_open"), [("fixed", False), ("excluded", False), ("in_progress", True)])
def test_people_close_an_identity_conflict(store: Store, state: str, is_open: bool) -> None:
    number = prepare(store, gap(kind="identity_conflict", reason="several_match"))
    with store.session() as session:
        settle(session, ["identity_conflict"], "machine", [7], [], LATER)
        assert session.get_one(Finding, number).is_open, "no rule closes it"
        change_state(session, number, state, "đã kiểm tra tại chỗ", "hanh", LATER)

    finding, _events = row(store, number)
    assert (finding.is_open, finding.closed_at) == (is_open, None if is_open else LATER)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    number = prepare(store)

    def fail(session: Session) -> None:
        change_state(session, number, "confirmed", "", "hanh", LATER)
        settle(session, ["machine_unfit"], "machine", [7], [], LATER)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError), store.session() as session:
        fail(session)

    finding, events = row(store, number)
    assert (finding.state, finding.is_open, len(events)) == ("new", True, 1)
