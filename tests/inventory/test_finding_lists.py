"""The list of findings: worst first, what to do apart from what is done, counts that agree with the rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from inventory.store.engine import Store
from inventory.store.finding_lists import WHICH, FindingFilter, count_findings, list_findings, load_finding
from inventory.store.scope import NOTHING, Scope
from inventory.store.tables import FindingEvent
from tests.inventory.district import NOW, TODAY, finding, machine, seed

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.session() as opened:
        seed(opened)
        machine(opened, 7, 1, hostname="VP-07")
        low = {"severity": "low"}
        finding(opened, 1, "machine_outdated", "machine:7", "x1", site_id=1, due_on=TOMORROW, **low)
        finding(opened, 2, "site_no_lan", "site:2", "x2", site_id=2, severity="high", responsible="department")
        finding(opened, 3, "machine_unfit", "machine:7", "x1", site_id=1, due_on=YESTERDAY, **low)
        finding(opened, 4, "village_no_signal", "village:1", "x1", responsible="operator", due_on=TODAY, sample=True)
        finding(
            opened, 5, "site_disconnected", "site:3", "x3", site_id=3, severity="high", due_on=YESTERDAY, state="fixed"
        )
        finding(
            opened, 6, "site_disconnected", "site:1", "x1", site_id=1, severity="high", due_on=YESTERDAY, is_open=False
        )
        finding(opened, 7, "machine_silent", "machine:99", "x1", site_id=1, state="waiting_budget")
        yield opened


def ids(session: Session, **wanted: Any) -> list[int | None]:
    asked = FindingFilter(TODAY, **wanted)
    rows = list_findings(session, asked, limit=None)
    counts = count_findings(session, asked)
    assert counts.total == len(rows) == sum(counts.by_kind.values()) == sum(counts.by_severity.values())
    assert counts.overdue == sum(row.overdue for row in rows)
    return [row.finding.id for row in rows]


def test_worst_first(session: Session) -> None:
    assert ids(session) == [3, 2, 4, 7, 1]


def test_what_is_to_do_and_what_is_done_make_all(session: Session) -> None:
    found = {which: set(ids(session, which=which)) for which in WHICH}
    assert {which: numbers for which, numbers in found.items() if numbers} == {
        "todo": {1, 2, 3, 4, 7},
        "done": {5, 6},
        "all": {1, 2, 3, 4, 5, 6, 7},
        "new": {1, 2, 3, 4, 6},
        "waiting_budget": {7},
        "fixed": {5},
    }


FILTERS: list[tuple[dict[str, Any], set[int]]] = [
    ({"overdue": True}, {3}),
    ({"overdue": True, "which": "all"}, {3}),
    ({"kind": "machine_unfit"}, {3}),
    ({"severity": "high"}, {2}),
    ({"responsible": "operator"}, {4}),
    ({"site_id": 1}, {1, 3, 7}),
    ({"subject_kind": "machine", "subject_id": "7"}, {1, 3}),
    ({"sample": "yes"}, {4}),
    ({"sample": "no"}, {1, 2, 3, 7}),
    ({"scope": Scope("unit", "x2", frozenset({"x2"}))}, {2}),
    ({"scope": NOTHING}, set()),
    ({"only_responsible": "operator"}, {4}),
    ({"only_responsible": "operator", "responsible": "operator"}, {4}),
    ({"only_responsible": "operator", "responsible": "commune"}, set()),
]


def test_filters(session: Session) -> None:
    for wanted, found in FILTERS:
        assert set(ids(session, **wanted)) == found, wanted


def test_subjects_have_names_and_a_vanished_one_has_none(session: Session) -> None:
    rows = {row.finding.id: row for row in list_findings(session, FindingFilter(TODAY))}
    assert rows[1].subject_name == "VP-07"
    assert rows[2].subject_name == "Trung tâm hành chính công"
    assert rows[4].subject_name == "Làng O2"
    assert rows[7].subject_name == ""
    assert (rows[4].site_name, rows[1].site_name, rows[1].unit_name) == ("", "Trụ sở UBND", "Xã Vĩnh Sơn")


def test_due_today_is_not_overdue_yet(session: Session) -> None:
    rows = {row.finding.id: row.overdue for row in list_findings(session, FindingFilter(TODAY, which="all"))}
    assert rows == {1: False, 2: False, 3: True, 4: False, 5: False, 6: False, 7: False}


def test_counts_by_kind_put_the_most_frequent_first(session: Session) -> None:
    counts = count_findings(session, FindingFilter(TODAY, which="all"))
    assert next(iter(counts.by_kind.items())) == ("site_disconnected", 2)
    assert counts.by_severity == {"high": 3, "medium": 2, "low": 2}


def test_no_findings_count_as_zero(session: Session) -> None:
    counts = count_findings(session, FindingFilter(TODAY, scope=NOTHING))
    assert (counts.total, counts.overdue, counts.by_kind) == (0, 0, {})


def test_pages_do_not_overlap(session: Session) -> None:
    pages = [list_findings(session, FindingFilter(TODAY), offset, 2) for offset in (0, 2, 4, 6)]
    assert [[row.finding.id for row in page] for page in pages] == [[3, 2], [4, 7], [1], []]


def test_one_finding_comes_with_its_history_newest_first(session: Session) -> None:
    session.add(FindingEvent(finding_id=3, at=NOW - timedelta(days=10), what="opened"))
    session.add(FindingEvent(finding_id=3, at=NOW, actor="lan", what="note", note="đã gọi VNPT"))
    session.flush()
    found = load_finding(session, 3, TODAY)

    assert found is not None
    row, events = found
    assert (row.subject_name, row.overdue) == ("VP-07", True)
    assert [event.what for event in events] == ["note", "opened"]
    assert load_finding(session, 999, TODAY) is None
