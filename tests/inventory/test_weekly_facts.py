"""Facts of a week from the store, on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from inventory.domain.digest import Digest
from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.domain.letter import Rendered
from inventory.store.engine import Store
from inventory.store.tables import CollectorBeat, Unit, Village, WeeklyFigures
from inventory.store.unit_tree import load_tree, scope_names
from inventory.store.weekly_facts import load_week
from inventory.store.weekly_letters import NoSuchScope, schedule_of, write_one, write_week
from tests.inventory.mail_world import (
    AN_LAO,
    MONDAY,
    OLD,
    PROVINCE,
    VAN_CANH,
    VINH_SON,
    WEEK,
    add_finding,
    add_recipient,
    add_site,
    add_state,
    add_units,
    add_week,
    vn,
)

TODAY = date(2026, 11, 23)


@pytest.fixture
def filled(sqlite_store: Store) -> Store:
    with sqlite_store.session() as session:
        add_week(session)
    return sqlite_store


@pytest.fixture
def both(store: Store) -> Store:
    """The same on each engine, for the tests of what queries compute."""
    with store.session() as session:
        add_week(session)
    return store


def load(store: Store, week=WEEK, as_of=MONDAY):
    with store.reading() as session:
        return load_week(session, PROVINCE, week, as_of)


def test_sites_of_an_ended_unit_count_for_its_successor(both: Store):
    sites = {site.id: site for site in load(both).sites}

    assert [site.unit_id for site in sites.values()].count(VINH_SON) == 3
    assert sites[2].name == "Trụ sở 2"


def test_the_last_telling_state_of_the_week_counts(both: Store):
    with both.session() as session:
        add_state(session, 1, "LINE_LOST_CONFIRMED", "2026-11-23T06:00", "2026-11-23T07:00")  # after the week
        add_state(session, 1, "COLLECTOR_BLIND", "2026-11-22T20:00", "2026-11-22T21:00")
        add_state(session, 1, "OFF_UNUSUAL", "2026-11-20T16:30", "2026-11-20T17:00")
    sites = {site.id: site for site in load(both).sites}

    assert (sites[1].state, sites[2].state, sites[2].cause, sites[3].state) == (
        "UP",
        "LINE_LOST_CONFIRMED",
        "line",
        "",
    )


@pytest.mark.parametrize(
    ("state", "since", "heard", "expected"),
    [
        ("LINE_LOST_CONFIRMED", "2026-11-20T08:00", None, "LINE_LOST_CONFIRMED"),
        ("LINE_LOST_CONFIRMED", "2026-11-23T06:00", None, ""),  # only since Monday
        ("OFF_EXPECTED", "2026-11-20T17:00", "2026-11-20T17:00", "UP"),
        ("OFF_EXPECTED", "2026-11-20T17:00", "2026-11-09T17:00", ""),
    ],
)
def test_without_a_timeline_the_last_conclusion_counts(
    filled: Store, state: str, since: str, heard: str | None, expected: str
):
    with filled.session() as session:
        add_site(
            session,
            9,
            AN_LAO,
            "Trụ sở",
            state=state,
            state_since=vn(since),
            last_contact_at=heard and vn(heard),
        )

    assert {site.id: site.state for site in load(filled).sites}[9] == expected


def test_pcs_are_counted_per_site_by_what_is_known(both: Store):
    sites = {site.id: site for site in load(both).sites}

    assert (sites[1].machines, sites[1].reporting, sites[1].age_known, sites[1].outdated) == (5, 5, 4, 3)
    assert (sites[2].machines, sites[2].reporting, sites[2].age_known) == (1, 0, 0)
    assert sites[3].machines == 0


def test_findings_are_those_open_now_or_closed_in_the_week(both: Store):
    with both.session() as session:
        for number, closed in enumerate(("2026-11-15T23:00", "2026-11-16T00:00", "2026-11-23T00:00"), 10):
            add_finding(session, "site_no_lan", f"site:{number}", VINH_SON, "2026-11-01T08:00", is_open=False,
                        closed_at=vn(closed))  # fmt: skip
    kinds = [finding.kind for finding in load(both).findings]

    assert kinds.count("site_no_lan") == 1
    assert kinds.count("machine_outdated") == 3


def test_an_outage_begins_when_its_evidence_says(filled: Store):
    outage = next(finding for finding in load(filled).findings if finding.kind == "site_disconnected")

    assert (outage.since, outage.unit_id) == (vn("2026-11-19T14:20"), VINH_SON)


@pytest.mark.parametrize(
    "evidence", [{}, {"since": "yesterday"}, {"since": 5}, {"since": "2026-11-19T14:20:00"}]
)
def test_unreadable_evidence_leaves_the_day_it_was_found(filled: Store, evidence: dict):
    with filled.session() as session:
        add_finding(
            session, "site_disconnected", "site:3", VINH_SON, "2026-11-20T09:00", site_id=3, evidence=evidence
        )

    assert vn("2026-11-20T09:00") in [finding.since for finding in load(filled).findings]


def test_villages_are_named_in_findings_and_counted(both: Store):
    loaded = load(both)

    assert {f.subject for f in loaded.findings if f.kind == "village_no_broadband"} == {"Kon Trú", "O2", "O5"}
    assert {f.subject for f in loaded.findings if f.kind == "machine_outdated"} == {""}
    count = loaded.villages[VINH_SON]
    assert (count.total, count.broadband_known, count.mobile_known, count.sample) == (4, 3, 4, 0)


def test_villages_of_an_ended_unit_are_added_to_the_successors(filled: Store):
    with filled.session() as session:
        session.add(Village(id=9, unit_id=OLD, name="K8", mobile=""))

    count = load(filled).villages[VINH_SON]
    assert (count.total, count.mobile_known) == (5, 4)


def test_an_outage_that_the_corrected_history_does_not_know_was_withdrawn(both: Store):
    with both.session() as session:
        for site_id in (1, 2):
            add_finding(session, "site_disconnected", f"site:{site_id}0", VINH_SON, "2026-11-19T15:00",
                        site_id=site_id, is_open=False, closed_at=vn("2026-11-20T10:00"))  # fmt: skip
    closed = {f.site_id: f.withdrawn for f in load(both).findings if not f.is_open}

    assert closed == {1: True, 2: False}


def test_an_areas_membership_survives_a_merger(filled: Store):
    area = load(filled).areas["1"]

    assert (area.name, area.unit_ids) == ("Khu vực Vĩnh Thạnh", {VINH_SON, VAN_CANH})


def test_the_collectors_downtime_is_known(filled: Store):
    with filled.session() as session:
        beat = session.get(CollectorBeat, 1)
        assert beat is not None
        beat.to_at = vn("2026-11-18T10:00")
        session.add(CollectorBeat(instance="c", from_at=vn("2026-11-18T13:20"), to_at=MONDAY))
    blind = load(filled).blind

    assert (blind.seconds, blind.times) == (12000, 1)


def test_the_newest_earlier_figures_are_the_comparison(filled: Store):
    with filled.session() as session:
        for weeks in (-9, -3, -2, 0):
            figures = {"sites": 100 + weeks}
            session.add(WeeklyFigures(scope_kind="unit", scope_id=VINH_SON, iso_week=WEEK.shifted(weeks).label,
                                      figures=figures, made_at=MONDAY))  # fmt: skip
    past = load(filled).past[("unit", VINH_SON)]

    assert (past.week, past.figures) == (WEEK.shifted(-2), {"sites": 98})


def test_a_running_week_is_read_to_now(filled: Store):
    thursday_noon = load(filled, as_of=vn("2026-11-19T12:00"))

    assert {site.id: site.state for site in thursday_noon.sites}[2] == "UP"


def test_another_province_and_units_that_ended_are_not_in_it(filled: Store):
    with filled.session() as session:
        session.add(Unit(id="t66.2", kind="tinh", type_label="Tỉnh", name="Đắk Lắk", name_key="", code="66"))
        session.flush()
        session.add(
            Unit(
                id="x1.2",
                kind="xa",
                type_label="Xã",
                name="Ea H'Leo",
                name_key="",
                code="1",
                parent_id="t66.2",
            )
        )
        session.flush()
        add_site(session, 20, "x1.2", "Trụ sở")
    loaded = load(filled)

    assert 20 not in {site.id for site in loaded.sites}
    assert OLD not in loaded.units
    assert "x1.2" not in loaded.units


def test_a_missing_province_is_named(store: Store):
    with store.reading() as session, pytest.raises(ValueError, match='unit "t52'):
        load_tree(session, PROVINCE, TODAY)


def test_names_of_scopes(both: Store):
    with both.reading() as session:
        names = scope_names(
            session, [("unit", OLD), ("area", "1"), ("province", PROVINCE), ("unit", "x0"), ("area", "7")]
        )

    assert names == {
        ("unit", OLD): "Xã Vĩnh Kim", ("area", "1"): "Khu vực Vĩnh Thạnh", ("province", PROVINCE): "Tỉnh Gia Lai",
        ("unit", "x0"): "x0", ("area", "7"): "7",
    }  # fmt: skip


def count_queries(store: Store) -> int:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        load(store)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_number_of_queries_does_not_grow_with_the_province(filled: Store):
    count_queries(filled)  # the policy is read once and kept
    before = count_queries(filled)
    with filled.session() as session:
        for number in range(100, 160):
            add_site(session, number, AN_LAO, f"Trụ sở {number}")
            add_finding(session, "site_no_lan", f"site:{number}", AN_LAO, "2026-11-18T08:00", site_id=number)

    assert count_queries(filled) == before <= 30


# --- letters


def plain(digest: Digest, readers) -> Rendered:
    return Rendered(
        f"{digest.scope_name}: {digest.todo}", ", ".join(reader.email for reader in readers), "<p></p>"
    )


def test_every_reader_has_a_letter_and_every_scope_its_figures(both: Store):
    with both.session() as session:
        add_recipient(session, "unit", VINH_SON, "ct@x.vn")
        add_recipient(session, "unit", VINH_SON, "vp@x.vn", copy_of=True)
        add_recipient(session, "area", "1", "kv@x.vn")
        add_recipient(session, "province", PROVINCE, "gd@x.vn")
        add_recipient(session, "unit", OLD, "cu@x.vn")
    with both.reading() as session:
        post = write_week(session, PROVINCE, WEEK, MONDAY, DEFAULT_CALENDAR, plain, "x.vn")

    assert [(letter.email, letter.subject) for letter in post.letters] == [
        ("ct@x.vn", "Xã Vĩnh Sơn: 3"), ("vp@x.vn", "Xã Vĩnh Sơn: 3"), ("kv@x.vn", "Khu vực Vĩnh Thạnh: 3"),
        ("gd@x.vn", "Tỉnh Gia Lai: 3"),
    ]  # fmt: skip
    assert len({letter.message_id for letter in post.letters}) == 4
    assert set(post.figures) == {
        ("unit", VINH_SON), ("unit", VAN_CANH), ("unit", AN_LAO), ("area", "1"), ("province", PROVINCE)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "name"),
    [(VINH_SON, "Xã Vĩnh Sơn"), (f"unit:{VINH_SON}", "Xã Vĩnh Sơn"), ("area:1", "Khu vực Vĩnh Thạnh"),
     ("province", "Tỉnh Gia Lai"), (f"province:{PROVINCE}", "Tỉnh Gia Lai"), (PROVINCE, "Tỉnh Gia Lai")],
)  # fmt: skip
def test_one_letter_by_its_scope(filled: Store, scope: str, name: str):
    with filled.reading() as session:
        rendered = write_one(session, PROVINCE, WEEK, MONDAY, DEFAULT_CALENDAR, plain, scope)

    assert rendered.subject.startswith(name)


@pytest.mark.parametrize("scope", ["x0", "area:9", "area", "", OLD, "unit:", "area:x"])
def test_a_wrong_scope_is_named_with_examples(filled: Store, scope: str):
    with filled.reading() as session, pytest.raises(NoSuchScope, match=f"'{scope}'.*x21787.2.*province"):
        write_one(session, PROVINCE, WEEK, MONDAY, DEFAULT_CALENDAR, plain, scope)


def test_the_schedule_is_the_policys(store: Store):
    with store.session() as session:
        add_units(session)
        weekday, hour = schedule_of(session, PROVINCE)

    assert (weekday, hour.isoformat("minutes")) == (1, "07:00")
    assert timedelta(hours=hour.hour) == timedelta(hours=7)
