"""Counting in SQL: the same on both engines, and always adding up."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import delete

from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.site_facts import State
from inventory.domain.village_gap import signal_gap
from inventory.store import overview, overview_week
from inventory.store import villages as villages_store
from inventory.store.engine import Store
from inventory.store.scope import EVERYTHING, NOTHING, Scope
from inventory.store.tables import Finding, FindingEvent, Machine, Site, Village
from tests.collector import province
from tests.collector.province import NOW, PLEIKU, VINH_QUANG, VINH_SON

DAY = date(2026, 11, 19)


def test_every_state_is_in_one_group() -> None:
    grouped = [state for states in overview.STATE_GROUPS.values() for state in states]
    assert sorted(grouped) == sorted(get_args(State))


def test_figures_of_each_commune(store: Store) -> None:
    province.fill(store)
    with store.reading() as session:
        rows = {row.unit_id: row for row in overview.count_by_commune(session, EVERYTHING, DAY)}

    lan = rows[VINH_SON].figures
    assert rows[VINH_SON].area == "Khu vực Vĩnh Thạnh"
    assert (lan.sites, lan.connected, lan.cut, lan.observed) == (2, 1, 1, 2)
    assert (lan.machines, lan.outdated, lan.age_known, lan.age_unknown) == (3, 1, 2, 1)
    assert (lan.no_lan, lan.lan_known) == (1, 2)
    assert (lan.villages, lan.no_broadband, lan.lacking_signal) == (2, 2, 2)
    pleiku = rows[PLEIKU].figures
    assert (pleiku.sites, pleiku.excluded, pleiku.off, pleiku.observed, pleiku.partial_lan) == (1, 1, 1, 0, 1)
    assert (pleiku.machines, pleiku.age_not_applicable, pleiku.samples) == (1, 1, 2)
    assert rows[PLEIKU].area_id is None
    assert rows[VINH_QUANG].figures.broadband_known == 0


def test_areas_first_then_those_without(store: Store) -> None:
    province.fill(store)
    with store.reading() as session:
        groups = overview.by_area(overview.count_by_commune(session, EVERYTHING, DAY))
    assert [(group.area, [row.name for row in group.communes]) for group in groups] == [
        ("Khu vực Vĩnh Thạnh", ["Xã Vĩnh Quang", "Xã Vĩnh Sơn"]),
        ("", ["Phường Pleiku"]),
    ]
    assert groups[0].total.sites == 3


def test_a_scope_counts_only_its_own(store: Store) -> None:
    province.fill(store)
    with store.reading() as session:
        own = Scope("unit", VINH_SON, frozenset({VINH_SON}))
        assert [row.unit_id for row in overview.count_by_commune(session, own, DAY)] == [VINH_SON]
        assert overview.count_by_commune(session, NOTHING, DAY) == []
        assert sum(overview.age_distribution(session, NOTHING, 2026).values()) == 0
        assert overview_week.overdue_by_party(session, Scope("unit", "", frozenset({VINH_QUANG})), DAY) == []


def test_ages_by_class(store: Store) -> None:
    years = {
        2026: "under_3",
        2024: "under_3",
        2023: "from_3_to_5",
        2022: "from_3_to_5",
        2021: "from_5_to_8",
        2018: "from_5_to_8",
        2017: "over_8",
    }
    province.fill(store)
    for year, expected in years.items():
        with store.session() as session:
            session.exec(delete(Machine))
            session.add(province.machine(1, 1, "PC", age_status="known", built_latest=year))
            session.flush()
            counted = overview.age_distribution(session, EVERYTHING, 2026)
        assert counted[expected] == 1, year
        assert sum(counted.values()) == 1


def test_a_known_age_without_a_year_is_unknown(store: Store) -> None:
    province.fill(store)
    with store.session() as session:
        session.exec(delete(Machine))
        session.add(province.machine(1, 1, "PC", age_status="known"))
        session.flush()
        assert overview.age_distribution(session, EVERYTHING, 2026)["unknown"] == 1


def test_the_week(store: Store) -> None:
    province.fill(store)
    with store.session() as session:
        session.add(FindingEvent(finding_id=1, at=NOW - timedelta(hours=1), what="closed"))
        session.add(FindingEvent(finding_id=1, at=NOW - timedelta(minutes=5), what="reopened"))
        session.add(FindingEvent(finding_id=1, at=NOW, what="note"))
    with store.reading() as session:
        since = NOW - timedelta(days=3)
        changes = {row.kind: row for row in overview_week.changes_since(session, EVERYTHING, since)}
        recent = overview_week.recent_events(session, EVERYTHING, since)
        overdue = overview_week.overdue_by_party(session, EVERYTHING, DAY)
        assert overview_week.new_machines(session, EVERYTHING, since) == 5
        assert overview_week.new_machines(session, EVERYTHING, NOW) == 0
    assert changes["site_disconnected"] == overview_week.KindChange("site_disconnected", 1, 1, 1)
    assert [(event.finding_id, event.what) for event in recent] == [(1, "reopened"), (1, "closed"), (2, "opened")]
    assert recent[0].subject == "Trụ sở 2 (Vĩnh Kim)"
    assert overdue == [overview_week.Overdue("operator", 1, date(2026, 11, 13))]


def test_due_today_is_not_late_and_what_is_done_is_not_counted(store: Store) -> None:
    province.fill(store)
    with store.session() as session:
        finding = session.get(Finding, 1)
        assert finding is not None
        assert overview_week.overdue_by_party(session, EVERYTHING, date(2026, 11, 13)) == []
        finding.state = "cannot_fix"
        session.flush()
        assert overview_week.overdue_by_party(session, EVERYTHING, DAY) == []


@pytest.mark.parametrize("as_of", [None, date(2026, 9, 14), date(2026, 9, 15), date(2026, 11, 1)])
@pytest.mark.parametrize("day", [date(2026, 9, 14), date(2026, 9, 15), DAY, date(2028, 9, 30)])
@pytest.mark.parametrize("mobile", ["none", "partial", "2g_3g", "4g", ""])
def test_lacking_signal_is_what_the_rule_says(sqlite_store: Store, mobile: str, day: date, as_of: date | None) -> None:
    with sqlite_store.session() as session:
        province._units(session)
        session.add(Village(unit_id=VINH_SON, name="V", mobile=mobile, as_of=as_of))
        session.flush()
        counted = overview.total_of(overview.count_by_commune(session, EVERYTHING, day)).lacking_signal
        wanted = villages_store.VillageFilter(EVERYTHING, mobile=villages_store.LACKING)
        listed = villages_store.count_villages(session, wanted, day)

    expected = int(signal_gap(mobile, as_of, day, DEFAULT_POLICY) is not None)
    assert (counted, listed) == (expected, expected)


STATES = [state for states in overview.STATE_GROUPS.values() for state in states]
sites = st.tuples(
    st.sampled_from([VINH_SON, VINH_QUANG, PLEIKU]),
    st.sampled_from(STATES),
    st.sampled_from(["none", "partial", "working", "unknown"]),
    st.sampled_from(["", "bí mật"]),
)
villages = st.tuples(
    st.sampled_from([VINH_SON, PLEIKU]),
    st.sampled_from(["none", "copper", "fibre_reachable", "connected", ""]),
    st.sampled_from(["none", "partial", "2g_3g", "4g", "5g", ""]),
)


@given(st.lists(sites, max_size=12), st.lists(villages, max_size=8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_always_add_up(
    sqlite_store: Store, site_rows: list[tuple[str, ...]], village_rows: list[tuple[str, ...]]
) -> None:
    with sqlite_store.session() as session:
        for table in (Village, Site):
            session.exec(delete(table))
        if session.get(province.Unit, VINH_SON) is None:
            province._units(session)
        for n, (unit_id, state, lan, excluded) in enumerate(site_rows, 1):
            session.add(province.site(n, unit_id, f"S{n}", state, lan_state=lan, excluded_reason=excluded))
        for unit_id, fixed, mobile in village_rows:
            session.add(Village(unit_id=unit_id, name="V", fixed_broadband=fixed, mobile=mobile))
        session.flush()
        rows = overview.count_by_commune(session, EVERYTHING, DAY)

    total = overview.total_of(rows)
    assert total.sites + total.excluded == len(site_rows)
    assert total.connected + total.off + total.cut + total.unobserved == total.sites
    assert total.no_lan + total.partial_lan <= total.lan_known <= total.sites
    assert total.no_broadband <= total.broadband_known <= total.villages == len(village_rows)
    assert total.lacking_signal <= total.signal_known <= total.villages
    sums = overview.Figures()
    for group in overview.by_area(rows):
        sums.add(group.total)
    assert [getattr(sums, f.name) for f in fields(sums)] == [getattr(total, f.name) for f in fields(total)]
