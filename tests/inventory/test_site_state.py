"""A site's timeline: one test per rule, then properties over arbitrary evidence."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.domain import contact as span
from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME, OpeningHours
from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.site_facts import (
    FAULTS,
    AgentFact,
    BootFact,
    ContactFact,
    JournalFact,
    SharedLoss,
    SiteFacts,
    Stretch,
)
from inventory.domain.site_state import availability, next_change, outage, timeline

OFFICE = OpeningHours.parse([["mon-fri", "07:30-11:30"], ["mon-fri", "13:30-17:00"]])
MONDAY = datetime(2026, 11, 16, tzinfo=VN_TIME)
GRACE = timedelta(minutes=15)


def at(text: str) -> datetime:
    """'10:30' on Monday 16 November 2026, or '18 10:30' for another day of that month. Local time."""
    day, _, clock = text.rpartition(" ")
    hour, minute = map(int, clock.split(":"))
    return MONDAY.replace(day=int(day or 16), hour=hour, minute=minute)


def heard(start: str, end: str, agent: str = "a", boot: str = "1", **more: Any) -> ContactFact:
    return ContactFact(agent, boot, at(start), at(end), **more)


def crowd(start: str, end: str, **more: Any) -> list[ContactFact]:
    """Three PCs, heard last within one heartbeat before `end`: what one PC alone would not prove."""
    return [
        replace(heard(start, end, agent=name, **more), to_at=at(end) - timedelta(minutes=early))
        for name, early in (("a", 0), ("b", 3), ("c", 4))
    ]


def facts(*contacts: ContactFact, **more: Any) -> SiteFacts:
    agents = [AgentFact(name, 300, at("01 00:00")) for name in sorted({c.agent_id for c in contacts} or {"a"})]
    known: dict[str, Any] = {
        "from_at": at("00:00"),
        "hours": OFFICE,
        "agents": agents,
        "contacts": contacts,
        "collector_up": [(at("01 00:00"), at("30 00:00"))],
        "collector_since": at("01 00:00"),
    }
    return SiteFacts(**known | more)


def told(given_facts: SiteFacts, now: str) -> list[tuple[str, str, str]]:
    """[(begin, state, why)] with begin as 'dd HH:MM' local."""
    stretches = timeline(given_facts, DEFAULT_POLICY, DEFAULT_CALENDAR, at(now))
    return [(f"{s.from_at.astimezone(VN_TIME):%d %H:%M}", s.state, s.why) for s in stretches]


def last(given_facts: SiteFacts, now: str) -> Stretch:
    return timeline(given_facts, DEFAULT_POLICY, DEFAULT_CALENDAR, at(now))[-1]


MORNING = heard("15 20:00", "15 20:01", goodbye=True)  # Sunday evening: the site has reported before


def test_heard_within_the_grace_is_up() -> None:
    seen = facts(MORNING, heard("07:40", "10:00"))

    assert told(seen, "10:14")[-1] == ("16 07:40", "UP", "heard")
    assert told(seen, "10:15")[-1] == ("16 07:40", "UP", "heard")


def test_several_that_vanish_at_once_are_suspected_from_when_the_first_report_is_missing() -> None:
    seen = facts(MORNING, *crowd("07:40", "10:00"))

    assert told(seen, "10:15")[-1] == ("16 07:40", "UP", "heard")
    assert told(seen, "10:16")[-2:] == [
        ("16 07:40", "UP", "heard"),
        ("16 10:00", "LINE_LOST_SUSPECTED", "co_vanished"),
    ]
    assert last(seen, "10:16").from_at == at("10:00") + timedelta(seconds=30)


def test_one_pc_that_vanishes_waits_for_evidence() -> None:
    seen = facts(MORNING, heard("07:40", "10:00"))

    assert told(seen, "10:30")[-1] == ("16 10:00", "OFF_UNUSUAL", "waiting_for_evidence")


def test_two_that_often_vanish_alone_prove_nothing_together() -> None:
    two = crowd("07:40", "10:00")[:2]
    day = [heard("13 07:30", "13 16:50", agent=name, goodbye=True) for name in "abc"]
    naps = [
        heard(f"13 {hour:02d}:00", f"13 {hour:02d}:{minute}", agent=name)
        for hour in (8, 9, 10, 14, 15)
        for name, minute in (("a", 20), ("b", 25))
    ]
    from_at = at("13 00:00")

    assert last(facts(*two, *naps, day[2], from_at=from_at), "10:30").why == "waiting_for_evidence"
    assert last(facts(*two, *day, from_at=from_at), "10:30").why == "co_vanished"


def test_people_who_leave_one_after_another_are_no_fault() -> None:
    leaving = [heard("07:40", "09:50", agent=name, goodbye=True) for name in "def"]
    seen = facts(MORNING, *leaving, *crowd("07:40", "10:00"))

    assert told(seen, "10:30")[-1] == ("16 10:00", "OFF_UNUSUAL", "waiting_for_evidence")


@pytest.mark.parametrize(
    ("cause", "state", "why"),
    [
        ("line", "LINE_LOST_SUSPECTED", "group_line"),
        ("unknown", "LINE_LOST_SUSPECTED", "group_loss"),
        ("power", "POWER_CUT_SUSPECTED", "group_power"),
    ],
)
def test_one_pc_that_vanishes_with_other_offices_is_believed(cause: Any, state: str, why: str) -> None:
    together = [SharedLoss(at("09:55"), at("10:05"), cause)]
    seen = facts(MORNING, heard("07:40", "10:00"), shared=together)

    assert told(seen, "10:30")[-1] == ("16 10:02", state, why)
    elsewhere = [SharedLoss(at("08:55"), at("09:05"), cause)]
    assert told(replace(seen, shared=elsewhere), "10:30")[-1][2] == "waiting_for_evidence"


def test_silence_after_the_goodbye_of_the_last_agent_is_unusual_not_a_fault() -> None:
    seen = facts(MORNING, heard("07:40", "10:00", goodbye=True))

    assert told(seen, "10:30")[-1] == ("16 10:00", "OFF_UNUSUAL", "goodbye")


def test_all_of_the_last_agents_must_have_said_goodbye() -> None:
    first = heard("07:40", "09:55", goodbye=True)
    second = heard("07:40", "10:00", agent="b")

    assert last(facts(MORNING, first, second), "10:30").why == "waiting_for_evidence"
    assert last(facts(MORNING, first, replace(second, goodbye=True)), "10:30").why == "goodbye"


def test_one_agent_that_is_heard_keeps_the_site_up() -> None:
    seen = facts(MORNING, heard("07:40", "08:00"), heard("07:45", "11:00", agent="b"))

    assert told(seen, "11:10")[-1] == ("16 07:40", "UP", "heard")


def test_silence_outside_hours_is_expected() -> None:
    seen = facts(MORNING, heard("07:40", "17:03", goodbye=True))

    assert told(seen, "20:00")[-1] == ("16 17:03", "OFF_EXPECTED", "closed")
    assert told(facts(MORNING, heard("07:40", "17:03")), "20:00")[-1] == (
        "16 17:03",
        "OFF_EXPECTED",
        "closed",
    )


def test_opening_gives_the_grace_before_anything_is_suspected() -> None:
    seen = facts(MORNING, heard("07:40", "17:03"))

    assert last(seen, "17 07:40").state == "OFF_EXPECTED"
    assert told(seen, "17 07:50")[-1] == ("17 07:45", "OFF_UNUSUAL", "off_since_closing")
    assert last(facts(MORNING, heard("07:40", "17:03", goodbye=True)), "17 07:50").state == "OFF_UNUSUAL"


def test_a_late_start_of_the_office_was_no_fault() -> None:
    boots = [BootFact("a", "2", "unclean")]
    seen = facts(MORNING, heard("07:40", "17:03"), heard("17 08:20", "17 09:00", boot="2"), boots=boots)

    assert told(seen, "17 09:00")[-3:] == [
        ("16 17:03", "OFF_EXPECTED", "closed_unclean"),
        ("17 07:45", "OFF_UNUSUAL", "unclean_at_closing"),
        ("17 08:20", "UP", "heard"),
    ]


def test_holidays_and_weekends_are_closed() -> None:
    friday = heard("20 07:40", "20 17:00", goodbye=True)
    seen = facts(friday, from_at=at("20 00:00"))

    assert told(seen, "23 07:40")[-1] == ("20 17:00", "OFF_EXPECTED", "closed")
    culture_day = facts(heard("23 07:40", "23 17:00", goodbye=True), from_at=at("23 00:00"))
    assert told(culture_day, "24 12:00")[-1] == ("23 17:00", "OFF_EXPECTED", "closed")


def test_a_fault_goes_on_over_lunch_and_night() -> None:
    seen = facts(MORNING, *crowd("07:40", "10:00"))

    assert told(seen, "17 08:00")[2:] == [
        ("16 10:00", "LINE_LOST_SUSPECTED", "co_vanished"),
        ("16 11:30", "OFF_EXPECTED", "closed"),
        ("16 13:30", "LINE_LOST_SUSPECTED", "co_vanished"),
        ("16 17:00", "OFF_EXPECTED", "closed"),
        ("17 07:30", "LINE_LOST_SUSPECTED", "co_vanished"),
    ]
    night = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, at("22:00"))
    fault = outage(night)
    assert fault is not None
    assert (fault.from_at, fault.state) == (at("10:00") + timedelta(seconds=30), "LINE_LOST_SUSPECTED")


def test_the_fault_ends_when_the_site_is_heard() -> None:
    seen = facts(MORNING, heard("07:40", "10:00"), heard("11:00", "11:05"))

    stretches = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, at("11:05"))
    assert stretches[-1].state == "UP"
    assert outage(stretches) is None


def test_late_reports_prove_the_line_fault() -> None:
    seen = facts(MORNING, heard("07:40", "10:00"), heard("10:05", "10:50", late=True), heard("11:00", "11:10"))

    assert told(seen, "11:10")[-2:] == [
        ("16 10:00", "LINE_LOST_CONFIRMED", "late_reports"),
        ("16 11:00", "UP", "heard"),
    ]


def test_late_reports_prove_it_at_night_too() -> None:
    seen = facts(
        MORNING,
        heard("07:40", "16:30"),
        heard("16:35", "18:00", late=True, goodbye=True),
        heard("17 07:40", "17 08:00", boot="2"),
    )

    assert told(seen, "17 08:00")[2:] == [
        ("16 16:30", "LINE_LOST_CONFIRMED", "late_reports"),
        ("16 18:00", "OFF_EXPECTED", "closed"),
        ("17 07:40", "UP", "heard"),
    ]


def test_proof_after_a_goodbye_starts_where_the_pc_ran() -> None:
    seen = facts(
        MORNING,
        heard("07:40", "08:30", goodbye=True),
        heard("10:00", "10:40", boot="2", late=True),
        heard("10:45", "11:00", boot="2"),
    )

    assert told(seen, "11:00")[2:] == [
        ("16 08:30", "OFF_UNUSUAL", "goodbye"),
        ("16 10:00", "LINE_LOST_CONFIRMED", "late_reports"),
        ("16 10:45", "UP", "heard"),
    ]


def test_a_goodbye_said_on_the_way_down_is_no_proof_of_a_fault() -> None:
    seen = facts(
        MORNING,
        heard("07:40", "10:00"),
        heard("10:02", "10:02", late=True, goodbye=True),
        heard("11:00", "11:05", boot="2"),
    )

    assert told(seen, "11:05")[-2] == ("16 10:00", "OFF_UNUSUAL", "goodbye")


def test_a_slow_network_at_boot_is_no_proof_of_a_fault() -> None:
    seen = facts(
        MORNING,
        heard("07:40", "08:30", goodbye=True),
        heard("10:00", "10:01", boot="2", late=True),
        heard("10:03", "11:00", boot="2"),
    )

    assert "LINE_LOST_CONFIRMED" not in {state for _, state, _ in told(seen, "11:00")}


@pytest.mark.parametrize(
    ("shutdown", "state", "why"),
    [
        ("unclean", "OFF_UNUSUAL", "unclean_alone"),
        ("clean", "OFF_UNUSUAL", "clean_shutdown"),
        ("", "OFF_UNUSUAL", "waiting_for_evidence"),
    ],
)
def test_the_next_boot_says_how_the_silent_one_ended(shutdown: str, state: str, why: str) -> None:
    boots = [BootFact("a", "2", shutdown)]
    seen = facts(MORNING, heard("07:40", "10:00"), heard("10:40", "11:00", boot="2"), boots=boots)

    assert told(seen, "11:00")[-2] == ("16 10:00", state, why)


def test_two_that_went_down_hard_had_no_power_until_the_first_boot() -> None:
    boots = [BootFact("a", "2", "unclean", at("10:38")), BootFact("b", "2", "unclean", at("10:39"))]
    back = [heard("10:40", "11:00", agent=name, boot="2") for name in "ab"]
    seen = facts(MORNING, *crowd("07:40", "10:00")[:2], *back, boots=boots)

    assert told(seen, "11:00")[-3:] == [
        ("16 10:01", "POWER_CUT_SUSPECTED", "unclean_together"),
        ("16 10:38", "OFF_UNUSUAL", "starting"),
        ("16 10:40", "UP", "heard"),
    ]


def test_a_power_strip_that_is_switched_off_at_the_end_of_the_day_is_no_power_cut() -> None:
    boots = [BootFact("a", "2", "unclean", at("17 07:30")), BootFact("b", "2", "unclean", at("17 07:31"))]
    back = [heard("17 07:32", "17 08:00", agent=name, boot="2") for name in "ab"]
    seen = facts(MORNING, *crowd("07:40", "16:20")[:2], *back, boots=boots)

    assert not {state for _, state, _ in told(seen, "17 08:00")} & FAULTS


def test_one_pc_that_ran_on_excludes_a_power_cut() -> None:
    boots = [BootFact("a", "2", "unclean")]
    seen = facts(
        MORNING,
        heard("07:40", "10:00"),
        heard("07:40", "10:00", agent="b"),
        heard("10:40", "11:00", boot="2"),
        heard("10:41", "11:00", agent="b"),
        boots=boots,
    )

    assert "POWER_CUT_SUSPECTED" not in {state for _, state, _ in told(seen, "11:00")}


def test_the_collectors_downtime_is_nobodys_fault() -> None:
    up = [(at("01 00:00"), at("10:02")), (at("11:00"), at("30 00:00"))]
    seen = facts(MORNING, heard("07:40", "10:00"), heard("11:10", "11:20"), collector_up=up)

    assert told(seen, "11:20")[2:] == [
        ("16 10:02", "COLLECTOR_BLIND", "collector_down"),
        ("16 11:10", "UP", "heard"),
    ]
    still_down = facts(MORNING, heard("07:40", "10:00"), collector_up=up[:1])
    assert told(still_down, "10:50")[-1] == ("16 10:02", "COLLECTOR_BLIND", "collector_down")


def test_who_does_not_come_back_after_the_collector_is_suspected_from_then_on() -> None:
    up = [(at("01 00:00"), at("10:02")), (at("10:30"), at("30 00:00"))]
    seen = facts(MORNING, *crowd("07:40", "10:00"), collector_up=up)

    assert last(seen, "10:45").state == "COLLECTOR_BLIND"
    assert told(seen, "11:00")[-1] == ("16 10:46", "LINE_LOST_SUSPECTED", "co_vanished")


def test_a_fault_before_the_downtime_goes_on_after_it() -> None:
    up = [(at("01 00:00"), at("10:30")), (at("10:40"), at("30 00:00"))]
    seen = facts(MORNING, *crowd("07:40", "10:00"), collector_up=up)
    stretches = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, at("10:50"))

    assert [s.state for s in stretches[-3:]] == [
        "LINE_LOST_SUSPECTED",
        "COLLECTOR_BLIND",
        "LINE_LOST_SUSPECTED",
    ]
    fault = outage(stretches)
    assert fault is not None
    assert fault.from_at == at("10:00") + timedelta(seconds=30)


def test_up_is_not_claimed_over_a_long_downtime_inside_a_contact() -> None:
    up = [(at("01 00:00"), at("08:00")), (at("09:00"), at("30 00:00"))]
    seen = facts(MORNING, heard("07:40", "10:00"), collector_up=up)

    assert [state for _, state, _ in told(seen, "10:00")][-3:] == ["UP", "COLLECTOR_BLIND", "UP"]


def test_nobody_enrolled_is_not_observed() -> None:
    assert told(facts(agents=[]), "12:00") == [("16 00:00", "NOT_OBSERVED", "no_agent")]


def test_enrolled_and_never_heard() -> None:
    seen = facts(agents=[AgentFact("a", 300, at("09:00"))])

    assert told(seen, "17 09:00") == [
        ("16 00:00", "NOT_OBSERVED", "no_agent"),
        ("16 09:00", "NEVER_REPORTED", "never_reported"),
    ]


def test_before_the_collectors_first_beat_nothing_is_said() -> None:
    seen = facts(MORNING, collector_since=at("09:00"), collector_up=[(at("09:00"), at("30 00:00"))])

    assert told(seen, "08:00") == [("16 00:00", "NOT_OBSERVED", "no_collector")]
    assert last(facts(MORNING, collector_since=None, collector_up=[]), "10:00").state == "NOT_OBSERVED"


def test_excluded_sites_are_never_observed() -> None:
    assert told(facts(MORNING, heard("07:40", "10:00"), excluded=True), "12:00") == [
        ("16 00:00", "NOT_OBSERVED", "excluded")
    ]


def test_a_revoked_agent_is_not_expected_any_more() -> None:
    gone = [AgentFact("a", 300, at("01 00:00"), left_at=at("10:00"))]
    seen = facts(MORNING, heard("07:40", "10:00"), agents=gone)

    assert told(seen, "11:00")[-1] == ("16 10:00", "NOT_OBSERVED", "no_agent")


def test_a_site_known_only_from_late_reports_has_no_line() -> None:
    seen = facts(heard("08:00", "11:00", late=True))

    assert told(seen, "11:00")[:2] == [
        ("16 00:00", "NEVER_REPORTED", "never_reported"),
        ("16 08:00", "LINE_LOST_CONFIRMED", "late_reports"),
    ]


def test_the_policy_of_the_site_sets_the_grace() -> None:
    quick = replace(DEFAULT_POLICY, heartbeat_s=10)
    seen = facts(MORNING, heard("07:40", "10:00"), agents=[AgentFact("a", 10, at("01 00:00"))])

    for seconds, state in ((29, "UP"), (31, "OFF_UNUSUAL")):
        now = at("10:00") + timedelta(seconds=seconds)
        assert timeline(seen, quick, DEFAULT_CALENDAR, now)[-1].state == state


def test_availability_counts_observed_opening_time_only() -> None:
    up = [(at("01 00:00"), at("13:30")), (at("14:30"), at("30 00:00"))]
    seen = facts(
        MORNING,
        *crowd("07:30", "09:30"),
        heard("10:30", "13:29", boot="2"),
        heard("14:30", "17:30", boot="2"),
        collector_up=up,
    )
    stretches = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, at("17:30"))
    figures = availability(stretches, OFFICE, DEFAULT_CALENDAR, at("00:00"), at("17:30"))

    assert figures.open_s == 7.5 * 3600
    assert figures.observed_s == 6.5 * 3600
    assert figures.up_s == 5.5 * 3600 + 30
    assert figures.suspected_s == 3600 - 30
    assert figures.up_share == pytest.approx(figures.up_s / figures.observed_s)
    assert figures.observed_share == pytest.approx(figures.observed_s / 27000)
    empty = availability([], OFFICE, DEFAULT_CALENDAR, at("15 00:00"), at("15 12:00"))
    assert (empty.up_share, empty.observed_share) == (None, None)


# Arbitrary evidence: a week of local time in steps of 5 minutes.
ticks = st.integers(0, 7 * 288)


def moment(tick: int) -> datetime:
    return at("00:00") + timedelta(minutes=5 * tick)


@st.composite
def evidence(draw: st.DrawFn) -> tuple[SiteFacts, datetime]:
    contacts: list[ContactFact] = []
    for agent in draw(st.lists(st.sampled_from("abc"), max_size=10)):
        start = draw(ticks)
        contacts.append(
            ContactFact(
                agent,
                draw(st.sampled_from("123")),
                moment(start),
                moment(start + draw(st.integers(0, 120))),
                late=draw(st.booleans()),
                goodbye=draw(st.booleans()),
            )
        )
    up = span.merge(
        [(moment(a), moment(a + b)) for a, b in draw(st.lists(st.tuples(ticks, st.integers(1, 900)), max_size=3))]
    )
    agents = [
        AgentFact(name, 300, moment(draw(ticks)), moment(draw(ticks)) if draw(st.booleans()) else None)
        for name in draw(st.sets(st.sampled_from("abc")))
    ]
    boots = [BootFact(a, b, draw(st.sampled_from(["clean", "unclean", ""]))) for a in "abc" for b in "123"]
    answers = st.sampled_from([True, False, None])
    journal = [
        JournalFact(
            draw(st.sampled_from("abc")), draw(st.sampled_from("123")), moment(start), moment(start + length),
            draw(answers), draw(answers), draw(answers), draw(answers), sure=draw(st.booleans()),
        )
        for start, length in draw(st.lists(st.tuples(ticks, st.integers(0, 200)), max_size=5))
    ]  # fmt: skip
    shared = [
        SharedLoss(moment(start), moment(start + 3), draw(st.sampled_from(["line", "power", "unknown"])))
        for start in draw(st.lists(ticks, max_size=2))
    ]
    seen = SiteFacts(
        journal=sorted(journal, key=lambda fact: fact.from_at),
        shared=shared,
        from_at=moment(draw(ticks)),
        hours=OFFICE,
        agents=agents,
        contacts=contacts,
        boots=boots,
        collector_up=up,
        collector_since=up[0][0] if up else None,
    )
    return seen, moment(draw(ticks))


@settings(max_examples=200, deadline=None)
@given(evidence(), st.randoms(use_true_random=False))
def test_properties_of_every_timeline(case: tuple[SiteFacts, datetime], shuffler: random.Random) -> None:
    seen, now = case
    stretches = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, now)

    if seen.from_at >= now:
        assert stretches == []
        return
    assert (stretches[0].from_at, stretches[-1].to_at) == (seen.from_at, now)
    for one, other in itertools.pairwise(stretches):
        assert one.from_at < one.to_at == other.from_at
        assert (one.state, one.cause, one.observed) != (other.state, other.cause, other.observed)

    blind = (
        span.gaps(seen.collector_up, seen.collector_since or now, now) if (seen.collector_since or now) < now else []
    )
    before = [(seen.from_at, seen.collector_since or now)] if (seen.collector_since or now) > seen.from_at else []
    heard_live = span.chain(
        ((c.from_at, min(c.to_at, now)) for c in seen.contacts if not c.late and c.from_at < now), GRACE
    )
    live = span.merge((c.from_at, min(c.to_at, now)) for c in seen.contacts if not c.late and c.from_at < now)
    told = ((fact.from_at - GRACE, min(fact.to_at, now) + GRACE) for fact in seen.journal)
    reach = span.merge([*((a, b + GRACE) for a, b in heard_live), *told])
    for stretch in stretches:
        own = [(stretch.from_at, stretch.to_at)]
        if stretch.state in FAULTS:
            assert not span.intersect(own, blind), "nothing is charged to the site while the collector was blind"
            assert not span.intersect(own, before)
            assert seen.journal or not span.intersect(own, live), "a site that was heard was not cut off"
        if stretch.state == "UP" and all(fact.sure for fact in seen.journal):
            assert not span.subtract(own, reach), "UP needs a contact or a journal within the grace"

    shuffled = [list(part) for part in (seen.contacts, seen.agents, seen.boots, seen.journal)]
    for part in shuffled:
        shuffler.shuffle(part)
    again = replace(seen, contacts=shuffled[0], agents=shuffled[1], boots=shuffled[2], journal=shuffled[3])
    assert timeline(again, DEFAULT_POLICY, DEFAULT_CALENDAR, now) == stretches


@settings(max_examples=100, deadline=None)
@given(evidence(), st.integers(0, 288))
def test_nothing_changes_before_the_next_change(case: tuple[SiteFacts, datetime], ahead: int) -> None:
    seen, now = case
    if seen.from_at >= now:
        return
    # The collector runs on; evidence of the future is not known yet.
    known = [c for c in seen.contacts if c.to_at < now]
    journal = [fact for fact in seen.journal if fact.to_at < now]
    up = [*span.clip(seen.collector_up, moment(-9999), now)]
    open_end = span.merge([*up[:-1], (up[-1][0], moment(9999))]) if up and up[-1][1] == now else up
    seen = replace(
        seen,
        contacts=known,
        journal=journal,
        collector_up=open_end,
        agents=[replace(a, left_at=None) for a in seen.agents if a.enrolled_at <= now],
    )
    until = next_change(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, now)
    if until - now <= timedelta(seconds=1):
        return  # now is itself a moment of change
    later = min(now + timedelta(minutes=ahead), until)

    before = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, now)
    after = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, later)

    assert [replace(s, to_at=now) if s is before[-1] else s for s in before] == [
        replace(s, to_at=now) if s is after[-1] else s for s in after
    ]


@pytest.mark.parametrize("now", ["10:15", "11:30", "13:30", "13:45", "17:00", "17 07:30", "17 07:45"])
def test_at_a_moment_of_change_the_next_look_is_soon(now: str) -> None:
    seen = facts(MORNING, heard("07:40", "10:00"))

    assert next_change(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, at(now)) <= at(now) + timedelta(seconds=1)


@settings(max_examples=100, deadline=None)
@given(evidence())
def test_a_later_window_tells_the_same_story(case: tuple[SiteFacts, datetime]) -> None:
    """Recomputing only from a moment of contact on gives what the whole window gives: the store relies on it."""
    seen, now = replace(case[0], journal=()), case[1]
    stretches = timeline(seen, DEFAULT_POLICY, DEFAULT_CALENDAR, now)
    for stretch in stretches:
        if stretch.state != "UP" or not any(not c.late and c.from_at == stretch.from_at for c in seen.contacts):
            continue
        kept = [c for c in seen.contacts if c.to_at >= stretch.from_at]
        tail = timeline(replace(seen, from_at=stretch.from_at, contacts=kept), DEFAULT_POLICY, DEFAULT_CALENDAR, now)
        assert tail == [s for s in stretches if s.from_at >= stretch.from_at]
