"""What a digest says of given facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.digest import MAX_ITEMS, Digest, Rules, make_digest
from inventory.domain.digest_facts import (
    AreaFact,
    FindingFact,
    PastFigures,
    SiteFact,
    UnitName,
    VillageCount,
    WeekFacts,
    gaps,
)
from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.domain.policy import DEFAULT_POLICY
from tests.inventory.mail_world import AN_LAO, MONDAY, PROVINCE, VAN_CANH, VINH_SON, WEEK, vn

RULES = Rules(reply_by=date(2026, 11, 26))
PROVINCE_NAME = UnitName(PROVINCE, "Tỉnh", "Gia Lai")
UNITS = {
    PROVINCE: PROVINCE_NAME,
    VINH_SON: UnitName(VINH_SON, "Xã", "Vĩnh Sơn"),
    VAN_CANH: UnitName(VAN_CANH, "Xã", "Vân Canh"),
    AN_LAO: UnitName(AN_LAO, "Xã", "An Lão"),
}


def site(number: int = 1, state: str = "UP", unit: str = VINH_SON, **fields: Any) -> SiteFact:
    values: dict[str, Any] = {
        "id": number, "unit_id": unit, "name": f"Trụ sở {number}", "state": state, "cause": "unknown",
        "lan": "working", "pc_norm": 10, "provider": "VNPT", "excluded": False, "sample": False,
    }  # fmt: skip
    return SiteFact(**(values | fields))


def finding(number: int = 1, kind: str = "machine_outdated", **fields: Any) -> FindingFact:
    values: dict[str, Any] = {
        "id": number, "kind": kind, "unit_id": VINH_SON, "site_id": 1, "subject": "", "severity": "medium",
        "state": "new", "is_open": True, "responsible": "commune", "since": vn("2026-11-18T08:00"),
        "closed_at": None, "due_on": date(2026, 12, 30),
    }  # fmt: skip
    return FindingFact(**(values | fields))


def facts(*parts: SiteFact | FindingFact, as_of: datetime = MONDAY, **fields: Any) -> WeekFacts:
    return WeekFacts(
        week=WEEK, as_of=as_of, province=PROVINCE_NAME, units=UNITS,
        sites=tuple(p for p in parts if isinstance(p, SiteFact)),
        findings=tuple(p for p in parts if isinstance(p, FindingFact)),
        **fields,
    )  # fmt: skip


def digest(*parts: SiteFact | FindingFact, rules: Rules = RULES, **fields: Any) -> Digest:
    return make_digest(facts(*parts, **fields), "unit", VINH_SON, rules)


# --- figures


@pytest.mark.parametrize(
    ("state", "figure"),
    [
        ("UP", "sites_connected"),
        ("LINE_LOST_SUSPECTED", "sites_cut"),
        ("LINE_LOST_CONFIRMED", "sites_cut"),
        ("POWER_CUT_SUSPECTED", "sites_cut"),
        ("NOT_OBSERVED", "sites_unobserved"),
        ("NEVER_REPORTED", "sites_unobserved"),
        ("", "sites_unobserved"),
        ("A_STATE_OF_THE_FUTURE", "sites_unobserved"),
    ],
)
def test_only_a_site_that_is_up_counts_as_working(state: str, figure: str):
    figures = digest(site(state=state)).figures

    counted = {name: figures[name] for name in ("sites_connected", "sites_cut", "sites_unobserved")}
    assert counted == {"sites_connected": 0, "sites_cut": 0, "sites_unobserved": 0} | {figure: 1}


def test_an_excluded_site_is_counted_apart_with_everything_in_it():
    figures = digest(site(1), site(2, excluded=True, machines=5, outdated=5, lan="none")).figures

    assert (figures["sites"], figures["sites_excluded"], figures["machines"], figures["lan_missing"]) == (
        1,
        1,
        0,
        0,
    )


def test_the_norm_is_unknown_when_one_site_has_none():
    assert digest(site(1), site(2, pc_norm=4)).figures["pc_norm"] == 14
    assert digest(site(1), site(2, pc_norm=None)).figures["pc_norm"] is None


def test_a_key_figure_carries_what_was_observed():
    made = digest(
        site(1, machines=22, reporting=14, age_known=12, outdated=5), site(2, state="", lan="unknown")
    )
    figures = {key.code: key for key in made.key_figures}

    outdated = figures["machines_outdated"]
    assert (outdated.value, outdated.observed, outdated.whole) == (5, 12, 22)
    connected = figures["sites_connected"]
    assert (connected.value, connected.observed, connected.whole) == (1, 1, 2)
    assert (figures["lan_missing"].observed, figures["lan_missing"].whole) == (1, 2)
    assert "no_signal" not in figures  # no villages: nothing to say


def test_figures_are_compared_with_the_mail_before():
    before = PastFigures(WEEK.shifted(-1), {"sites_connected": 2})
    made = digest(site(1), past={("unit", VINH_SON): before})
    changes = {key.code: key.change for key in made.key_figures}

    assert made.compared_with == WEEK.shifted(-1)
    assert changes["sites_connected"] == -1
    assert changes["lan_missing"] is None  # the earlier mail did not have it


# --- tasks


def test_old_pcs_of_one_office_are_one_task():
    (item,) = digest(site(1), *(finding(n, due_on=date(2026, 12, n)) for n in (3, 1, 2))).items

    assert (item.count, item.due_on, item.place, item.overdue_days) == (3, date(2026, 12, 1), "Trụ sở 1", 0)


def test_worst_first():
    made = digest(
        site(1), site(2),
        finding(1, "machine_outdated", severity="medium", due_on=None),
        finding(2, "site_no_lan", severity="high", due_on=date(2026, 12, 1)),
        finding(3, "clock_wrong", severity="low", due_on=date(2026, 11, 20)),
        finding(4, "site_disconnected", severity="high", due_on=date(2026, 11, 22), site_id=2),
        finding(5, "machine_unfit", severity="medium", due_on=date(2026, 11, 30)),
    )  # fmt: skip

    kinds = [item.kind for item in made.items]
    assert kinds == ["site_disconnected", "clock_wrong", "site_no_lan", "machine_unfit", "machine_outdated"]
    assert (made.todo, made.overdue) == (5, 2)


def test_due_today_is_in_time_and_tomorrow_late():
    on_the_day = digest(site(1), finding(due_on=date(2026, 11, 23)))
    late = digest(site(1), finding(due_on=date(2026, 11, 22)))

    assert (on_the_day.overdue, on_the_day.items[0].overdue_days) == (0, 0)
    assert (late.overdue, late.items[0].overdue_days) == (1, 1)


@pytest.mark.parametrize(
    ("days", "reminder"), [(1, 0), (6, 0), (7, 1), (13, 1), (14, 2), (29, 2), (30, 3), (400, 3)]
)
def test_reminders_follow_the_days_past_the_due_date(days: int, reminder: int):
    (item,) = digest(site(1), finding(due_on=date(2026, 11, 23) - timedelta(days=days))).items

    assert (item.overdue_days, item.reminder) == (days, reminder)


def test_without_a_due_date_reminders_count_from_the_begin():
    (item,) = digest(site(1), finding(due_on=None, since=vn("2026-11-08T10:00"))).items

    assert (item.overdue_days, item.reminder) == (0, 2)


@pytest.mark.parametrize("state", ["fixed", "cannot_fix", "excluded"])
def test_what_nobody_has_to_act_on_is_no_task_but_is_told(state: str):
    made = digest(site(1), finding(state=state))

    assert made.items == ()
    assert (made.reported_fixed, made.set_aside) == ((1, 0) if state == "fixed" else (0, 1))


def test_the_operator_and_the_cause_come_with_an_outage():
    (item,) = digest(
        site(2, cause="power"), finding(1, "site_disconnected", site_id=2, responsible="operator")
    ).items

    assert (item.provider, item.cause, item.responsible) == ("VNPT", "power", "operator")


def test_villages_are_named_and_pcs_are_not():
    made = digest(
        finding(1, "village_no_broadband", site_id=None, subject="O2"),
        finding(2, "village_no_broadband", site_id=None, subject="Kon Trú"),
        villages={VINH_SON: VillageCount(4, 3, 4)},
    )

    assert made.items[0].names == ("Kon Trú", "O2")
    assert made.figures["no_broadband"] == 2


def test_a_long_list_is_cut_and_says_so():
    many = [finding(n, site_id=n) for n in range(1, 60)]
    made = digest(*(site(n) for n in range(1, 60)), *many)

    assert (len(made.items), made.more_items, made.todo) == (MAX_ITEMS["unit"], 59 - MAX_ITEMS["unit"], 59)


# --- results


def test_results_are_what_was_closed_in_the_week():
    closed = {"is_open": False, "state": "fixed"}
    made = digest(
        site(1),
        finding(1, "site_no_lan", closed_at=WEEK.from_at, **closed),
        finding(
            2, "site_disconnected", closed_at=WEEK.to_at - timedelta(seconds=1), withdrawn=True, **closed
        ),
        finding(3, "clock_wrong", closed_at=WEEK.to_at, **closed),
        finding(4, "machine_unfit", closed_at=WEEK.from_at - timedelta(seconds=1), **closed),
    )

    assert [(r.kind, r.withdrawn, r.closed_on) for r in made.results] == [
        ("site_no_lan", False, WEEK.monday),
        ("site_disconnected", True, WEEK.sunday),
    ]
    assert made.todo == 0


# --- scopes


def three_communes() -> WeekFacts:
    return facts(
        site(1), site(2, unit=VAN_CANH), site(3, state="", unit=AN_LAO, sample=True),
        finding(1), finding(2, unit_id=AN_LAO, site_id=3, due_on=date(2026, 11, 1)),
        areas={"1": AreaFact("1", "Khu vực Vĩnh Thạnh", frozenset([VINH_SON, VAN_CANH]))},
    )  # fmt: skip


def test_an_area_has_its_communes_by_name_and_no_ranking():
    made = make_digest(three_communes(), "area", "1", RULES)

    assert [row.unit.name for row in made.communes] == ["Vân Canh", "Vĩnh Sơn"]
    assert (made.ranked, made.figures["sites"], made.todo, made.sample) == (False, 2, 1, "")


def test_the_province_has_the_communes_with_most_to_do_first():
    made = make_digest(three_communes(), "province", PROVINCE, RULES)

    assert [row.unit.name for row in made.communes] == ["An Lão", "Vĩnh Sơn", "Vân Canh"]
    assert (made.ranked, made.scope_name, made.overdue, made.sample) == (True, "Tỉnh Gia Lai", 1, "some")
    assert made.unobserved == ((UNITS[AN_LAO], "Trụ sở 3"),)


def test_a_commune_has_no_summary_and_nothing_of_others():
    made = make_digest(three_communes(), "unit", AN_LAO, RULES)

    assert (made.communes, made.figures["sites"], made.todo, made.sample) == ((), 1, 1, "all")


def test_a_commune_without_anything_is_empty_and_an_unknown_scope_an_error():
    assert make_digest(facts(), "unit", AN_LAO, RULES).empty
    for kind, scope_id in (("unit", "x"), ("area", "9")):
        with pytest.raises(KeyError):
            make_digest(facts(), kind, scope_id, RULES)  # type: ignore[arg-type]


def test_a_week_that_is_not_over_is_to_date():
    assert digest(site(1), as_of=vn("2026-11-21T18:00")).to_date
    assert not digest(site(1)).to_date


@given(
    st.lists(st.sampled_from(["UP", "LINE_LOST_CONFIRMED", "NOT_OBSERVED", ""]), max_size=12),
    st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.integers(-40, 40)), max_size=30),
)
def test_the_parts_make_the_whole(states: list[str], gaps_: list[tuple[int, bool, int]]):
    sites = [site(n, state) for n, state in enumerate(states, 1)]
    found = [
        finding(n, site_id=place, is_open=is_open, due_on=date(2026, 11, 23) + timedelta(days=by),
                closed_at=None if is_open else WEEK.from_at)
        for n, (place, is_open, by) in enumerate(gaps_)
    ]  # fmt: skip
    made = digest(*sites, *found)
    f = made.figures

    assert f["sites_connected"] + f["sites_cut"] + f["sites_unobserved"] == f["sites"] == len(states)  # type: ignore[operator]
    assert sum(item.count for item in made.items) == sum(is_open for _, is_open, _ in gaps_)
    assert sum(result.count for result in made.results) == sum(not is_open for _, is_open, _ in gaps_)
    late = [item.overdue_days > 0 for item in made.items]
    assert late == sorted(late, reverse=True)
    assert made.overdue == sum(late)


# --- rules and the collector's own downtime


def test_an_answer_is_asked_for_by_the_second_working_day():
    # Monday 23/11/2026: Tuesday is a holiday
    assert Rules.of(DEFAULT_POLICY, DEFAULT_CALENDAR, date(2026, 11, 23)).reply_by == date(2026, 11, 26)


def beat(begin: str, end: str) -> tuple[datetime, datetime]:
    return vn(f"2026-11-{begin}"), vn(f"2026-11-{end}")


def test_gaps_between_beats_are_the_collectors_own():
    beats = [beat("01T00:00", "17T08:00"), beat("17T10:00", "18T00:00"), beat("18T00:05", "23T00:00")]
    blind = gaps(beats, WEEK.from_at, WEEK.to_at, 600)

    assert (blind.seconds, blind.times, blind.began_at) == (7200, 1, None)


def test_a_collector_that_was_down_all_week_saw_nothing():
    blind = gaps([beat("01T00:00", "02T00:00")], WEEK.from_at, WEEK.to_at, 600)

    assert (blind.seconds, blind.times) == (7 * 86400, 1)


def test_time_before_the_first_beat_is_no_downtime():
    blind = gaps([beat("19T08:00", "23T00:00")], WEEK.from_at, WEEK.to_at, 600)

    assert (blind.seconds, blind.began_at) == (0, vn("2026-11-19T08:00"))
    assert gaps([], WEEK.from_at, WEEK.to_at, 600) == gaps(
        [beat("24T00:00", "25T00:00")], WEEK.from_at, WEEK.to_at, 600
    )


def test_overlapping_beats_of_two_collectors_leave_no_gap():
    beats = [beat("10T00:00", "18T00:00"), beat("11T00:00", "12T00:00"), beat("17T12:00", "23T00:00")]

    assert replace(gaps(beats, WEEK.from_at, WEEK.to_at, 600), began_at=None).times == 0
