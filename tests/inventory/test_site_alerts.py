"""Alerts, area events and flapping lines, from stored evidence; corrections by what arrives later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from inventory.store.area_events import area_events, open_events, storm_sheet
from inventory.store.deaf import open_since
from inventory.store.engine import Store
from inventory.store.outages import outages
from inventory.store.scope import Scope
from inventory.store.tables import AreaEvent, CollectorBeat, CollectorDeaf, Finding, FindingEvent, Line, Site, SiteAlert
from inventory.store.timeline import site_timeline
from tests.inventory.site_world import World, at


@pytest.fixture
def world(sqlite_store: Store) -> World:
    return World(sqlite_store)


@pytest.fixture
def both(store: Store) -> World:
    return World(store)


def provider(world: World, name: str, *site_ids: int) -> None:
    with world.store.session() as session:
        for site_id in site_ids:
            session.get_one(Site, site_id).provider = name


def findings(world: World, kind: str) -> list[Finding]:
    with world.store.session() as session:
        return list(session.exec(select(Finding).where(Finding.kind == kind).order_by(Finding.id)))  # type: ignore[arg-type]


def three_offices(world: World, *, others: bool = True) -> list[str]:
    """One PC each: alone, none of them could be believed. A fourth office, of another provider, is heard all day."""
    provider(world, "VNPT", 1, 2, 3)
    if others:
        with world.store.session() as session:
            session.add(Site(id=4, unit_id="x3", name="Công an xã", provider="Viettel", created_at=at("01 00:00")))
        world.heard(world.enrol("d", 4), "07:40", "18:00")
    agents = [world.enrol(letter, site_id, version="0.2.0") for letter, site_id in (("a", 1), ("b", 2), ("c", 3))]
    world.all_heard(agents, "07:40", "10:00")
    world.run("10:01")
    return agents


def test_offices_of_one_provider_that_vanish_together_are_one_event(both: World) -> None:
    world = both
    agents = three_offices(world)

    world.run("10:18")

    (event,) = world.rows(AreaEvent)
    assert (event.provider, event.area_id, event.sites, event.to_at) == ("VNPT", None, [1, 2, 3], None)
    assert [alert.area_event_id for alert in world.rows(SiteAlert)] == [event.id] * 3
    lost = findings(world, "site_disconnected")
    assert [finding.evidence["event"] for finding in lost] == [event.id] * 3
    assert {finding.due_on for finding in lost} == {None}, "a storm is nobody's neglect"

    world.run("10:30")
    assert len(world.rows(AreaEvent)) == 1
    assert len(world.rows(SiteAlert)) == 3

    world.all_heard(agents, "11:00", "11:30")
    world.run("11:30")
    (event,) = world.rows(AreaEvent)
    assert event.to_at is not None
    assert abs(event.to_at - at("11:00")) <= timedelta(minutes=5)
    assert all(alert.closed_at is not None for alert in world.rows(SiteAlert))


def test_when_nobody_at_all_is_heard_it_is_the_collector(both: World) -> None:
    world = both
    agents = three_offices(world, others=False)
    world.run("10:18")

    assert [world.site(site_id).state for site_id in (1, 2, 3)] == ["COLLECTOR_BLIND"] * 3
    assert world.rows(SiteAlert) == world.rows(AreaEvent) == []
    with world.store.reading() as session:
        assert open_since(session.connection()) == at("10:00")

    world.all_heard(agents, "11:00", "11:40")
    world.run("11:00:10")
    world.run("11:40")
    (row,) = world.rows(CollectorDeaf)
    assert (row.from_at, row.to_at, row.verdict) == (at("10:00"), at("11:00"), "collector")
    assert world.site().state == "UP"
    assert world.rows(SiteAlert) == []


def test_what_looked_like_the_collector_is_corrected_by_what_the_pcs_tell(world: World) -> None:
    agents = three_offices(world, others=False)
    world.run("10:18")
    assert world.site().state == "COLLECTOR_BLIND"

    world.all_heard(agents, "11:00", "11:40", boot="2", shutdown="unclean")
    world.run("11:00:10")
    world.run("11:40")

    assert [row.verdict for row in world.rows(CollectorDeaf)] == ["sites"]
    assert "POWER_CUT_SUSPECTED" in {state for _, state in world.states()}


def test_journals_tell_the_cause_of_an_event(world: World) -> None:
    agents = three_offices(world)
    world.run("10:18")
    assert world.rows(AreaEvent)[0].cause == "unknown"

    world.all_heard(agents, "11:00", "11:05")
    for agent_id in agents:
        world.journal(agent_id, "10:03", "10:57", "11:00:30")
    world.run("11:05:30")
    world.run("11:06")

    (event,) = world.rows(AreaEvent)
    assert event.cause == "line"
    assert [state for _, state in world.states(2)[-2:]] == ["LINE_LOST_CONFIRMED", "UP"]
    for alert in world.rows(SiteAlert):
        assert (alert.state, alert.cause, alert.withdrawn_at) == ("LINE_LOST_CONFIRMED", "line", None)
        assert alert.corrections[0]["state"] == "LINE_LOST_SUSPECTED"
    notes = {event.note for event in world.rows(FindingEvent) if event.what == "corrected"}
    assert notes == {"confirmed"}


def test_a_journal_that_saw_the_line_withdraws_the_alert(both: World) -> None:
    world = both
    agents = world.enrol_pair()
    world.all_heard(agents, "07:40", "10:00")
    world.run("10:20")
    assert world.is_open("site_disconnected")

    world.all_heard(agents, "10:40", "10:41")
    for agent_id in agents:
        world.journal(agent_id, "10:01", "10:39", "10:40:30", internet=True, captive=False)
    world.run("10:41")

    (alert,) = world.rows(SiteAlert)
    assert (alert.withdrawn_at, alert.closed_at) == (at("10:41"), None)
    assert [item["code"] for item in alert.corrections] == ["withdrawn"]
    assert not world.is_open("site_disconnected")
    assert [e.note for e in world.rows(FindingEvent) if e.what == "corrected"] == ["withdrawn"]


def test_a_line_that_flaps_is_one_finding(world: World) -> None:
    provider(world, "Viettel", 1)
    agents = world.enrol_pair()
    for cut in range(7):
        hour = 8 + cut
        world.all_heard(agents, f"{hour}:05", f"{hour}:40")
        for agent_id in agents:
            world.journal(agent_id, f"{hour}:42", f"{hour + 1}:03", f"{hour + 1}:04")
        world.run(f"{hour + 1}:03")
    world.all_heard(agents, "15:05", "15:20")
    world.run("15:20")

    (found,) = findings(world, "site_flapping")
    assert (found.is_open, found.responsible, found.evidence["cuts"]) == (True, "operator", 7)
    assert not world.is_open("site_disconnected")
    (cut_off,) = findings(world, "site_disconnected")
    assert cut_off.times_opened < 7, "no longer opened and closed with every cut once it is known to flap"

    world.all_heard(agents, "15:05", "17:00")
    world.run("17:00")
    world.run("18 09:00")
    assert not findings(world, "site_flapping")[0].is_open


def test_an_excluded_site_has_no_open_alert(world: World) -> None:
    world.all_heard(world.enrol_pair(), "07:40", "10:00")
    world.run("10:20")
    with world.store.session() as session:
        session.get_one(Site, 1).excluded_reason = "Bí mật nhà nước"
    world.run("10:21")

    (alert,) = world.rows(SiteAlert)
    assert (alert.closed_at, alert.withdrawn_at) == (at("10:21"), None)


def test_outages_are_listed_with_their_line(world: World) -> None:
    provider(world, "VNPT", 1)
    with world.store.session() as session:
        session.add(Line(site_id=1, kind="internet", provider="VNPT", contract_no="HĐ 12/2025", down_mbps=150))
        session.add(Line(site_id=1, kind="mobile", provider="Viettel"))
    agents = world.enrol_pair()
    world.all_heard(agents, "07:40", "15:00")
    for agent_id in agents:
        world.journal(agent_id, "15:02", "16:50", "17 09:00")
        world.journal(agent_id, "17 07:45", "17 08:58", "17 09:00")
    world.all_heard(agents, "17 09:00", "17 10:00")
    world.run("17 10:00")

    with world.store.reading() as session:
        (row,) = outages(session, at("17 00:00"), at("18 00:00"), now=world.now)
        assert outages(session, at("17 00:00"), at("18 00:00"), provider="Viettel") == []
        assert outages(session, at("18 00:00"), at("19 00:00")) == []
        assert outages(session, at("17 00:00"), at("18 00:00"), scope=Scope("unit", "x2", frozenset({"x2"}))) == []
    assert (row.provider, row.contract_no, row.line_kind, row.down_mbps) == ("VNPT", "HĐ 12/2025", "internet", 150)
    assert (row.state, row.cause, row.witnesses, row.unit_name) == ("LINE_LOST_CONFIRMED", "line", 2, "Xã Vĩnh Sơn")
    assert row.to_at is not None
    assert abs(row.to_at - at("17 09:00")) <= timedelta(minutes=3), "one outage over the night"
    assert row.seconds > row.open_s > row.observed_s > 2.5 * 3600


def test_the_storm_sheet_counts_communes(world: World) -> None:
    three_offices(world)
    world.run("10:18")

    with world.store.reading() as session:
        sheet = storm_sheet(session, world.now)
        events = open_events(session)
        own = area_events(session, at("09:00"), world.now, Scope("unit", "x1", frozenset({"x1"})))
    by_name = {row.name: row for row in sheet}
    whole = by_name["Tỉnh Gia Lai"]
    assert (whole.cut, whole.partly, whole.communes) == (2, 1, 3), "one commune has an office that is still heard"
    assert (by_name["Vĩnh Thạnh"].cut, by_name["Vĩnh Thạnh"].communes) == (2, 2)
    assert [commune.unit_name for commune in by_name["Vĩnh Thạnh"].list] == ["Xã Canh Liên", "Xã Vĩnh Sơn"]
    assert [(event.provider, event.communes, event.sites_in_all) for event in events] == [("VNPT", 3, 3)]
    assert [(len(event.sites), event.sites_in_all) for event in own] == [(1, 3)]


def test_a_second_look_changes_nothing(world: World) -> None:
    agents = three_offices(world)
    world.run("10:18")
    world.run("10:19")

    def everything() -> Any:
        tables = (AreaEvent, SiteAlert, FindingEvent)
        return [[row.model_dump() for row in world.rows(table)] for table in tables]

    before = everything()
    world.evaluator = type(world.evaluator)()  # another process looks at everything anew
    world.run("10:19:30")

    assert everything() == before
    assert agents


def test_hours_are_learnt_where_nobody_has_said_them(world: World) -> None:
    agents = [world.enrol("a", 1, "01 00:00"), world.enrol("b", 2, "01 00:00")]
    with world.store.session() as session:
        session.get_one(Site, 2).hours = [["mon-fri", "08:00-12:00"]]
    for number, day in enumerate([2, 3, 4, 5, 6, 9, 10, 11, 12, 13]):
        for agent_id in agents:
            world.heard(agent_id, f"{day} 06:50", f"{day} 14:10", boot=f"{number:x}", goodbye=True)
    world.run("13 18:00")

    assert world.site(1).hours_learnt == [["mon-fri", "06:30-14:30"]]
    assert world.site(2).hours_learnt is None
    world.run("13 18:01")
    with world.store.reading() as session:
        found = site_timeline(session, 1, at("12 00:00"), at("13 00:00"), world.now)
    assert found is not None
    assert found.hours.written == (("mon-fri", "06:30-14:30"),)


def test_a_pc_that_is_never_off_teaches_no_hours(world: World) -> None:
    world.heard(world.enrol("a", 1, "01 00:00"), "01 08:00", "20 09:00")
    world.run("20 09:00")

    assert world.site(1).hours_learnt is None


def test_the_collectors_downtime_does_not_end_an_event(world: World) -> None:
    three_offices(world)
    world.run("10:18")
    with world.store.session() as session:
        session.exec(select(CollectorBeat)).one().to_at = at("10:30")  # type: ignore[misc]
        session.add(CollectorBeat(instance="one", from_at=at("10:45"), to_at=at("30 00:00")))
    world.run("10:50")

    (event,) = world.rows(AreaEvent)
    assert (event.to_at, event.withdrawn_at) == (None, None)
