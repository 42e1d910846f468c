"""Lists of sites and villages, a site's sheet, a unit's sheet, the service's sheet: on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from inventory.store import sites, villages
from inventory.store.engine import Store
from inventory.store.overview import count_by_commune, total_of
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.service_sheet import service_sheet
from inventory.store.tables import Agent, CollectorBeat, Finding, Line, Site, SiteToken, UnitLink
from inventory.store.unit_sheet import find_unit
from tests.collector import province
from tests.collector.province import NOW, PLEIKU, VINH_QUANG, VINH_SON

DAY = date(2026, 11, 19)
LAN = Scope("unit", VINH_SON, frozenset({VINH_SON}))


@pytest.fixture
def filled_store(store: Store) -> Store:
    province.fill(store)
    return store


def listed(store: Store, sort: str = "trang-thai", descending: bool = False, **wanted: object) -> list[int | None]:
    with store.reading() as session:
        found = sites.SiteFilter(**({"scope": EVERYTHING} | wanted))  # type: ignore[arg-type]
        rows = sites.list_sites(session, found, DAY, sort, descending)
        assert sites.count_sites(session, found, DAY) == len(rows)
        return [row.site.id for row in rows]


def test_filters(filled_store: Store) -> None:
    assert listed(filled_store) == [2, 4, 3, 1, 5]
    assert listed(filled_store, state="cut") == [2]
    assert listed(filled_store, state="NEVER_REPORTED") == [3]
    assert listed(filled_store, state="excluded") == [5]
    assert listed(filled_store, lan="unknown") == [3]
    assert listed(filled_store, words="tru so vinh") == [2, 3, 1]
    assert listed(filled_store, words="vinh kim") == [2]
    assert listed(filled_store, area_id=1, role="tru_so_khac") == [2]
    assert listed(filled_store, unit_id=PLEIKU) == [4, 5]
    assert listed(filled_store, unit_id="t52.2", state="connected") == [1]
    assert listed(filled_store, scope=LAN) == [2, 1]
    assert listed(filled_store, scope=LAN, unit_id=PLEIKU) == []


def test_a_night_does_not_hide_that_a_site_was_cut_off(filled_store: Store) -> None:
    with filled_store.session() as session:
        session.get_one(Site, 2).state = "OFF_EXPECTED"  # province.fill gave it an open finding
        assert count_by(session) == {"cut": 1, "off": 1, "connected": 1, "unobserved": 1}
    assert listed(filled_store)[0] == 2
    assert listed(filled_store, state="cut") == [2]
    assert listed(filled_store, state="off") == [4]
    with filled_store.session() as session:
        rows = {row.site.id: row.cut_off for row in sites.list_sites(session, sites.SiteFilter(EVERYTHING), DAY)}
        assert rows == {1: False, 2: True, 3: False, 4: False, 5: False}
        sheet = sites.find_site(session, EVERYTHING, 2, NOW, DAY)
        assert sheet is not None
        assert sheet.cut_off
        unit = find_unit(session, EVERYTHING, VINH_SON, DAY)
        assert unit is not None
        assert unit.figures.cut == 1
        session.get_one(Site, 2).state = "UP"  # heard again; the finding is closed a moment later
        assert count_by(session)["cut"] == 0
        session.get_one(Site, 2).state = "OFF_EXPECTED"
        session.exec(select(Finding).where(Finding.kind == "site_disconnected")).one().is_open = False
        session.flush()
        assert count_by(session)["cut"] == 0


def count_by(session: Session) -> dict[str, int]:
    session.flush()
    total = total_of(count_by_commune(session, EVERYTHING, DAY))
    return {name: getattr(total, name) for name in ("cut", "off", "connected", "unobserved")}


@pytest.mark.parametrize("sort", sites.SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_sort_lists_every_site(filled_store: Store, sort: str, descending: bool) -> None:
    assert sorted(n or 0 for n in listed(filled_store, sort, descending)) == [1, 2, 3, 4, 5]


def test_rows_without_a_time_come_last_either_way(filled_store: Store) -> None:
    assert listed(filled_store, "tu-luc")[-1] == listed(filled_store, "tu-luc", True)[-1] == 3


def test_counts_beside_a_site(filled_store: Store) -> None:
    with filled_store.session() as session:
        session.add(Agent(id="a" * 32, site_id=1, enrolled_at=NOW))
        session.add(Agent(id="b" * 32, site_id=1, enrolled_at=NOW, status="revoked"))
    with filled_store.reading() as session:
        row = next(r for r in sites.list_sites(session, sites.SiteFilter(LAN), DAY) if r.site.id == 1)
    assert (row.unit_name, row.machines, row.outdated, row.agents) == ("Xã Vĩnh Sơn", 2, 1, 1)


def test_a_site_sheet(filled_store: Store) -> None:
    with filled_store.session() as session:
        session.add(Line(site_id=1, provider="VNPT"))
        for uses, days, revoked in ((1, 1, None), (0, 1, None), (1, -1, None), (1, 1, NOW)):
            session.add(
                SiteToken(
                    site_id=1,
                    token_hash=f"{uses}{days}{revoked}",
                    uses_left=uses,
                    revoked_at=revoked,
                    expires_at=NOW + timedelta(days=days),
                    created_at=NOW - timedelta(days=2),
                )
            )
    with filled_store.reading() as session:
        sheet = sites.find_site(session, LAN, 1, NOW, DAY)
        assert sheet is not None
        assert sheet.crumbs == [("t52.2", "Tỉnh Gia Lai"), (VINH_SON, "Xã Vĩnh Sơn")]
        assert (sheet.area, len(sheet.lines), sheet.usable_tokens) == ("Khu vực Vĩnh Thạnh", 1, 1)
        assert sites.find_site(session, LAN, 3, NOW, DAY) is None
        assert sites.find_site(session, LAN, 99, NOW, DAY) is None


def test_states_that_touch_a_time(filled_store: Store) -> None:
    with filled_store.reading() as session:
        hour = timedelta(hours=1)
        assert [row.state for row in sites.site_states(session, 2, NOW - 3 * hour, NOW)] == [
            "UP",
            "LINE_LOST_CONFIRMED",
        ]
        assert [row.state for row in sites.site_states(session, 2, NOW - 2 * hour, NOW)] == ["LINE_LOST_CONFIRMED"]
        assert [row.state for row in sites.site_outages(session, 2)] == ["LINE_LOST_CONFIRMED"]


def test_choices_for_filters_stay_in_scope(filled_store: Store) -> None:
    with filled_store.reading() as session:
        assert sites.place_choices(session, LAN, DAY) == ([(1, "Khu vực Vĩnh Thạnh")], [(VINH_SON, "Xã Vĩnh Sơn")])
        assert [name for _id, name in sites.commune_choices(session, EVERYTHING)] == [
            "Phường Pleiku",
            "Xã Vĩnh Quang",
            "Xã Vĩnh Sơn",
        ]


def names(store: Store, sort: str = "xa", descending: bool = False, **wanted: object) -> list[str]:
    with store.reading() as session:
        found = villages.VillageFilter(**({"scope": EVERYTHING} | wanted))  # type: ignore[arg-type]
        rows = villages.list_villages(session, found, DAY, sort, descending)
        assert villages.count_villages(session, found, DAY) == len(rows)
        return [row.name for row in rows]


def test_villages(filled_store: Store) -> None:
    assert names(filled_store) == ["Thôn Định An", "Thôn Kon Trú", "Làng O2"]
    assert names(filled_store, "ten", True) == ["Làng O2", "Thôn Kon Trú", "Thôn Định An"]
    assert names(filled_store, broadband="none") == ["Thôn Kon Trú", "Làng O2"]
    assert names(filled_store, broadband=villages.UNKNOWN) == ["Thôn Định An"]
    assert names(filled_store, mobile=villages.LACKING, scope=LAN) == ["Thôn Kon Trú", "Làng O2"]
    assert names(filled_store, mobile="partial") == ["Làng O2"]
    assert names(filled_store, words="o2") == ["Làng O2"]
    assert names(filled_store, source_class="measured") == []
    assert names(filled_store, area_id=1, unit_id=VINH_QUANG) == ["Thôn Định An"]
    for sort in villages.SORTS:
        assert len(names(filled_store, sort)) == 3


def test_a_unit_sheet(filled_store: Store) -> None:
    with filled_store.session() as session:
        session.add(province._unit("h1", "huyen", "Huyện", "Vĩnh Thạnh", None))
        session.flush()
        session.add(province._unit("x1.1", "xa", "Xã", "Vĩnh Kim", "h1"))
        session.flush()
        session.add(UnitLink(from_id="x1.1", to_id=VINH_SON, kind="split", effective=DAY))
    with filled_store.reading() as session:
        sheet = find_unit(session, EVERYTHING, VINH_SON, DAY)
        assert sheet is not None
        assert [(unit.name, unit.parent, unit.split) for unit in sheet.former] == [
            ("Xã Vĩnh Kim", "Huyện Vĩnh Thạnh", True)
        ]
        assert sheet.figures.sites == 2
        whole = find_unit(session, EVERYTHING, "t52.2", DAY)
        assert whole is not None
        assert whole.figures.sites == 4
        old = find_unit(session, EVERYTHING, "x1.1", DAY)
        assert old is not None
        assert old.successors == [(VINH_SON, "Xã Vĩnh Sơn")]
        assert find_unit(session, LAN, VINH_QUANG, DAY) is None
        assert find_unit(session, EVERYTHING, "none", DAY) is None


def test_the_service_sheet(filled_store: Store) -> None:
    with filled_store.session() as session:
        session.add(CollectorBeat(instance="a", from_at=NOW - timedelta(hours=5), to_at=NOW - timedelta(hours=4)))
        session.add(CollectorBeat(instance="a", from_at=NOW - timedelta(hours=3), to_at=NOW))
        session.add(CollectorBeat(instance="b", from_at=NOW - timedelta(hours=9), to_at=NOW - timedelta(hours=1)))
    sheet = service_sheet(filled_store, NOW)
    assert sheet.engine.startswith(("SQLite 3", "PostgreSQL "))
    assert sheet.bytes_used is not None
    assert sheet.bytes_used > 10_000
    assert sheet.schema_have == sheet.schema_need != ""
    assert [(row.instance, row.alive) for row in sheet.collectors] == [("a", True), ("b", False)]
    assert sheet.collectors[0].since == NOW - timedelta(hours=3)
