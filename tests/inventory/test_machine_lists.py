"""The list of machines: search without diacritics, filters, sorting with unknown last, paging, scope; and the sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from inventory.store.engine import Store
from inventory.store.machine_lists import (
    SORTS,
    MachineFilter,
    count_machines,
    list_machines,
    narrow,
    os_names,
)
from inventory.store.machine_sheet import Declaration, declaration, declare, load_sheet
from inventory.store.scope import EVERYTHING, NOTHING, Scope
from inventory.store.tables import Agent, Audit, Contact, Machine, MachinePlacement, Section, SectionVersion
from tests.inventory.district import NOW, TODAY, agent, finding, machine, seed

RAM = {"code": "ram", "value": 4, "limit": 8, "evidence": "ram_bytes"}
OS = {"code": "os_unsupported", "value": "Windows 7", "limit": "", "evidence": "os_name"}


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.session() as opened:
        seed(opened)
        windows = {"os_name": "Windows 10 Pro", "ram_bytes": 8 << 30}
        machine(opened, 1, 1, hostname="VP-01", built_latest=2012, built_earliest=2010, outdated=True, unfit=[RAM, OS])
        machine(opened, 2, 1, hostname="VP-02", built_latest=2021, outdated=False, unfit=[], sample=True, **windows)
        machine(opened, 3, 2, hostname="MOT-CUA", age_status="not_applicable", unfit=[RAM], **windows)
        machine(opened, 4, 3, hostname="", model="Máy lắp ráp", cpu="Intel(R) Core(TM) i3-2100", status="broken")
        yield opened


def ids(session: Session, sort: str = "name", descending: bool = False, **wanted: Any) -> list[int | None]:
    rows = list_machines(session, MachineFilter(**wanted), sort, descending, limit=None)
    assert len(rows) == count_machines(session, MachineFilter(**wanted))
    return [row.machine.id for row in rows]


def test_oldest_first_and_unknown_last_in_both_directions(session: Session) -> None:
    assert ids(session, "age") == [1, 2, 3, 4]
    assert ids(session, "age", descending=True) == [2, 1, 3, 4]


def test_every_column_sorts(session: Session) -> None:
    for sort in SORTS:
        for descending in (False, True):
            assert sorted(ids(session, sort, descending), key=str) == [1, 2, 3, 4], (sort, descending)


def test_sorting_by_unfit_counts_the_limits(session: Session) -> None:
    assert ids(session, "unfit", descending=True) == [1, 3, 2, 4]


def test_an_unknown_sort_is_refused_by_name(session: Session) -> None:
    with pytest.raises(ValueError, match="'colour' is not one of age, name"):
        list_machines(session, MachineFilter(), "colour")


SEARCHES: list[tuple[str, list[int]]] = [
    ("may lap", [4]),
    ("MÁY LẮP", [4]),
    ("i3-2100", [4]),
    ("vp", [1, 2]),
    ("vinh son", [1, 2]),
    ("đak tram", [4]),
    ("hanh chinh cong", [3]),
    ("windows vp", [2]),
    ("vp nothing", []),
    ("%", []),
    ("_", []),
    ("\\", []),
    ("vi", [1, 2]),  # half of "vinh" must be found although a key writes "vi" as "vy"
    ("", [1, 2, 3, 4]),
    ("   ", [1, 2, 3, 4]),
]


def test_search_needs_no_diacritics_and_takes_no_wildcards(session: Session) -> None:
    for words, found in SEARCHES:
        assert sorted(ids(session, words=words), key=str) == found, words


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
def test_no_search_fails(session: Session, words: str) -> None:
    assert set(ids(session, words=words)) <= {1, 2, 3, 4}


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({"outdated": "yes"}, [1]),
    ({"outdated": "no"}, [2]),
    ({"outdated": "unknown"}, [4]),
    ({"outdated": "not_applicable"}, [3]),
    ({"unfit": "ram"}, [1, 3]),
    ({"unfit": "os_unsupported"}, [1]),
    ({"unfit": "osXunsupported"}, []),
    ({"unfit": "any"}, [1, 3]),
    ({"unfit": "none"}, [2]),
    ({"unfit": "unknown"}, [4]),
    ({"os_name": "Windows 10 Pro"}, [2, 3]),
    ({"status": "broken"}, [4]),
    ({"sample": "yes"}, [2]),
    ({"sample": "no"}, [1, 3, 4]),
    ({"site_id": 2}, [3]),
    ({"site_id": 1, "outdated": "yes"}, [1]),
]


def test_filters(session: Session) -> None:
    for wanted, found in FILTERS:
        assert sorted(ids(session, **wanted), key=str) == found, wanted


def test_a_json_column_never_set_and_one_set_to_none_are_both_unknown(session: Session) -> None:
    machine(session, 5, 1, hostname="X", unfit=None)
    assert sorted(ids(session, unfit="unknown"), key=str) == [4, 5]


def test_scope_limits_everything_and_narrowing_stays_inside_it(session: Session) -> None:
    clerk = Scope("unit", "x1", frozenset({"x1"}))
    assert sorted(ids(session, scope=clerk), key=str) == [1, 2]
    assert ids(session, scope=NOTHING) == []
    assert os_names(session) == ["Windows 10 Pro"]
    assert os_names(session, Scope("unit", "x3", frozenset({"x3"}))) == []

    def within(scope: Scope, area_id: int | None, unit_id: str) -> list[int | None]:
        return sorted(ids(session, scope=narrow(session, scope, area_id, unit_id, TODAY)), key=str)

    assert within(EVERYTHING, 1, "") == [1, 2, 3]
    assert within(EVERYTHING, 1, "x2") == [3]
    assert within(EVERYTHING, None, "t1") == [1, 2, 3, 4]
    assert within(clerk, 1, "") == [1, 2]
    assert within(clerk, None, "x2") == []
    assert within(EVERYTHING, None, "no such unit") == []


def test_pages_do_not_overlap(session: Session) -> None:
    pages = [list_machines(session, MachineFilter(), "os", offset=offset, limit=2) for offset in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 0]
    assert sorted(row.machine.id or 0 for page in pages for row in page) == [1, 2, 3, 4]


def test_the_sheet_gathers_what_is_known(session: Session) -> None:
    first = agent(session, "a", 1)
    second = agent(session, "b", 1, last_contact_at=NOW - timedelta(days=3))
    for owner, status in ((first, "ok"), (second, "failed")):
        session.add(Section(agent_id=owner, name="system", site_id=1, status=status, seen_at=NOW, changed_at=NOW))
    session.add(
        Section(agent_id=second, name="uptime", site_id=1, status="denied", error="x", seen_at=NOW, changed_at=NOW)
    )
    for day, ram in ((3, 4), (1, 8)):
        at = NOW - timedelta(days=day)
        session.add(
            SectionVersion(site_id=1, agent_id=first, name="hardware", hash=str(ram), data={"ram": ram}, from_at=at)
        )
    session.add(MachinePlacement(machine_id=1, site_id=2, from_at=NOW - timedelta(days=9), to_at=NOW))
    session.add(MachinePlacement(machine_id=1, site_id=1, from_at=NOW))
    for days in (1, 40):
        at = NOW - timedelta(days=days)
        session.add(Contact(agent_id=first, boot_id="c" * 32, from_at=at, site_id=1, to_at=at, from_seq=1, to_seq=2))
    finding(session, 1, "machine_outdated", "machine:1", "x1", is_open=False)
    finding(session, 2, "clock_wrong", f"agent:{second}", "x1")
    finding(session, 3, "machine_outdated", "machine:2", "x1")
    session.flush()
    sheet = load_sheet(session, 1, NOW - timedelta(days=14))

    assert sheet is not None
    assert (sheet.site.name, sheet.unit.name) == ("Trụ sở UBND", "Vĩnh Sơn")
    assert [a.id for a in sheet.agents] == [first, second]
    assert {s.name: s.status for s in sheet.sections} == {"system": "ok", "uptime": "denied"}
    assert [(v.before, v.after) for v in sheet.versions] == [({"ram": 4}, {"ram": 8}), (None, {"ram": 4})]
    assert [p.site_name for p in sheet.placements] == ["Trụ sở UBND", "Trung tâm hành chính công"]
    assert len(sheet.contacts) == 1
    assert [f.id for f in sheet.findings] == [2, 1]
    assert load_sheet(session, 999, NOW) is None


def test_a_machine_without_agent_has_a_sheet_too(session: Session) -> None:
    sheet = load_sheet(session, 4, NOW)
    assert sheet is not None
    assert (sheet.agents, sheet.sections, sheet.contacts, sheet.versions) == ((), (), (), ())


def test_a_declaration_is_audited_and_has_the_machine_evaluated_again(session: Session) -> None:
    agent(session, "a", 1)
    agent(session, "b", 2)
    said = Declaration("TS-0017", date(2013, 5, 2), "asset_book", "in_use", "")

    assert declare(session, 1, said, "lan", NOW, "::1")
    assert not declare(session, 1, said, "lan", NOW), "what is the same already is no change"
    assert not declare(session, 999, said, "lan", NOW)
    session.flush()

    assert declaration(session.get_one(Machine, 1)) == said
    row = session.exec(select(Audit)).one()
    assert (row.action, row.subject_id) == ("machine.declare", "1")
    assert row.before == {"asset_tag": "", "purchase_date": None, "purchase_source": ""}
    assert row.after == {"asset_tag": "TS-0017", "purchase_date": "2013-05-02", "purchase_source": "asset_book"}
    dirty = dict(session.exec(select(Agent.id, Agent.dirty_at)).all())
    assert (dirty["a" * 32], dirty["b" * 32]) == (NOW, None)


def test_an_asset_tag_is_found_before_the_next_evaluation(session: Session) -> None:
    declare(session, 4, Declaration("TS-0017", None, "", "broken", ""), "lan", NOW)
    session.flush()
    assert ids(session, words="ts-0017") == [4]
