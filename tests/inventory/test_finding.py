"""Plans: what becomes of stored findings when the rules have spoken again."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.finding import (
    FINDING_KINDS,
    PUT_ASIDE,
    STATES,
    TRANSITIONS,
    Close,
    Draft,
    Open,
    Reopen,
    Standing,
    Update,
    allowed,
    draft,
    plan,
)
from inventory.domain.policy import DEFAULT_POLICY

TODAY = date(2026, 11, 21)


def wanted(number: int = 1, kind: str = "machine_unfit", **said: Any) -> Draft:
    return draft(kind, number, unit_id="x1", site_id=1, policy=DEFAULT_POLICY, evidence=said)


def stored(item: Draft, **changed: Any) -> Standing:
    fields: dict[str, Any] = {
        "id": int(item.subject_id), "kind": item.kind, "subject_kind": item.subject_kind,
        "subject_id": item.subject_id, "unit_id": item.unit_id, "site_id": item.site_id, "is_open": True,
        "state": "new", "severity": item.severity, "responsible": item.responsible, "evidence": item.evidence,
        "policy_version": item.policy_version,
    }  # fmt: skip
    return Standing(**(fields | changed))


def test_a_new_gap_is_opened_with_its_due_date() -> None:
    item = wanted()

    assert plan([], [item], TODAY) == [Open(item, TODAY + timedelta(days=DEFAULT_POLICY.due_days_machine_unfit))]


def test_what_has_not_changed_is_left_alone() -> None:
    item = wanted(codes=["ram"])

    assert plan([stored(item)], [item], TODAY) == []


def test_a_gap_that_is_gone_is_closed_as_fixed() -> None:
    finding = stored(wanted(), state="in_progress")

    assert plan([finding], [], TODAY) == [Close(finding, "fixed")]


@pytest.mark.parametrize("state", sorted(PUT_ASIDE))
def test_what_a_person_put_aside_stays_put_aside(state: str) -> None:
    item = wanted()
    open_one, closed = stored(item, state=state), stored(item, state=state, is_open=False)

    assert plan([open_one], [item], TODAY) == []
    assert plan([open_one], [], TODAY) == [Close(open_one, state)]
    assert [action.state for action in plan([closed], [item], TODAY) if isinstance(action, Reopen)] == [state]


def test_a_gap_that_returns_is_new_again() -> None:
    item = wanted()
    finding = stored(item, state="fixed", is_open=False)

    assert plan([finding], [item], TODAY) == [Reopen(finding, item, "new", TODAY + timedelta(days=90))]


def test_new_evidence_is_notable_only_when_the_gap_is_another() -> None:
    before = stored(wanted(codes=["ram"], value=3.9))

    (same,) = plan([before], [wanted(codes=["ram"], value=3.8)], TODAY)
    (other,) = plan([before], [wanted(codes=["os_support", "ram"], value=3.9)], TODAY)
    (worse,) = plan([before], [dataclasses.replace(wanted(codes=["ram"], value=3.9), severity="high")], TODAY)

    assert isinstance(same, Update)
    assert isinstance(other, Update)
    assert isinstance(worse, Update)
    assert (same.notable, other.notable, worse.notable) == (False, True, True)


def test_only_people_close_an_identity_conflict() -> None:
    assert plan([stored(wanted(kind="identity_conflict"))], [], TODAY) == []


def test_every_kind_has_due_days_and_a_known_subject() -> None:
    for kind, rule in FINDING_KINDS.items():
        assert DEFAULT_POLICY.due_days(kind) > 0
        assert rule.subject_kind in ("machine", "site", "village", "unit")


def test_transitions_are_between_states_and_never_back_to_new() -> None:
    assert set(TRANSITIONS) == set(STATES)
    for before in STATES:
        assert not allowed(before, "new")
        assert not allowed(before, before)
        assert TRANSITIONS[before] <= set(STATES)


_ITEMS = st.lists(st.integers(1, 6).map(wanted), max_size=6, unique_by=lambda item: item.subject_id)


@given(_ITEMS, st.dictionaries(st.integers(1, 6), st.tuples(st.sampled_from(STATES), st.booleans()), max_size=6))
def test_after_a_plan_exactly_the_wanted_are_open(items: list[Draft], before: dict[int, tuple[str, bool]]) -> None:
    standing = [stored(wanted(n), state=state, is_open=is_open) for n, (state, is_open) in before.items()]
    now_open = {finding.key for finding in standing if finding.is_open}
    for action in plan(standing, items, TODAY):
        if isinstance(action, Open):
            assert action.draft.key not in {finding.key for finding in standing}
            now_open.add(action.draft.key)
        elif isinstance(action, Reopen):
            assert not action.finding.is_open
            now_open.add(action.finding.key)
        elif isinstance(action, Close):
            now_open.remove(action.finding.key)

    assert now_open == {item.key for item in items}
