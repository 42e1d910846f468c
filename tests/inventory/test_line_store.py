"""Tests of lines, traffic and reach in the store, on both engines: taken in once, judged, summed up, forgotten."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.domain.spans import add_span, covers
from inventory.store.arrival import Arrival, SectionIn
from inventory.store.engine import Store
from inventory.store.ingest import ingest
from inventory.store.line_days import sum_up_days
from inventory.store.line_quality import settle_lines
from inventory.store.meetings import check_points, list_points, set_point
from inventory.store.policy import set_policy
from inventory.store.retention import forget
from inventory.store.scope import EVERYTHING
from inventory.store.service_faults import settle_services
from inventory.store.tables import (
    Agent,
    Finding,
    Line,
    LineDay,
    LineStanding,
    LineTest,
    LineTraffic,
    RawReport,
    ServiceReach,
    Site,
)
from tests.inventory import district

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)  # a Friday, 14:00 in Vietnam
BOOT = "b" * 32
AGENTS = {"a" * 32: 1, "c" * 32: 1, "d" * 32: 2, "e" * 32: 3}


@pytest.fixture
def offices(store: Store) -> Store:
    """Three sites; two agents at the first, one at each other."""
    with store.session() as session:
        district.seed(session)
        for agent_id, site_id in AGENTS.items():
            session.add(Agent(id=agent_id, site_id=site_id, enrolled_at=NOW - timedelta(days=30)))
    return store


def report(seq: int, at: datetime, agent: str = "a" * 32, late_s: float = 0, **sections: dict[str, Any]) -> Arrival:
    """A report made at `at`, received so much later; its boot's second 0 was an hour before NOW."""
    made_s = (at - NOW).total_seconds() + 3600
    return Arrival(
        agent_id=agent, boot_id=BOOT, seq=seq, key_generation=1, received_at=at + timedelta(seconds=late_s),
        agent_time=at, monotonic_s=made_s, kind="heartbeat", agent_version="0.2.0", policy_version=1, lost_reports=0,
        pending_reports=0, frame=b"sealed", clock=(BOOT, made_s + late_s) if late_s else None,
        sections={name: SectionIn("ok", f"{seq}{name}"[:12], data, "", 1) for name, data in sections.items()},
    )  # fmt: skip


def measured(number: int, monotonic_s: float = 3000.0, kind: str = "ndt7_down", **more: Any) -> dict[str, Any]:
    values = {"id": number, "kind": kind, "boot_id": BOOT, "monotonic_s": monotonic_s, "agent_time_s": 0.0,
              "duration_s": 4.0, "bytes_used": 4_000_000, "link_class": "fibre", "outcome": "ok", "error": "",
              "mbps": 40.0, "stable": True}  # fmt: skip
    return values | more


def sample(end_s: float, bytes_in: int = 3_000_000, seconds: float = 300.0) -> dict[str, Any]:
    return {"boot_id": BOOT, "monotonic_s": end_s, "agent_time_s": 0.0, "seconds": seconds, "bytes_in": bytes_in,
            "bytes_out": 1000}  # fmt: skip


def rows(store: Store, table: Any, *order: Any) -> list[Any]:
    with store.reading() as session:
        return list(session.exec(select(table).order_by(*order)))


def test_a_test_that_comes_again_is_stored_once(offices: Store) -> None:
    first = report(1, NOW, quality={"tests": [measured(1), measured(2, mbps=41.0)]})
    again = report(2, NOW + timedelta(minutes=5), quality={"tests": [measured(2, mbps=99.0), measured(3)]})

    ingest(offices, [first])
    ingest(offices, [again, report(3, NOW, agent="c" * 32, quality={"tests": [measured(1)]})])

    found = rows(offices, LineTest, col(LineTest.agent_id), col(LineTest.test_id))
    assert [(row.agent_id[0], row.test_id, row.mbps) for row in found] == [
        ("a", 1, 40.0), ("a", 2, 41.0), ("a", 3, 40.0), ("c", 1, 40.0),
    ]  # fmt: skip
    assert found[0].at == NOW - timedelta(seconds=600)
    assert (found[0].placed, found[0].site_id, found[0].link_class) == ("boot", 1, "fibre")


def test_a_late_report_of_another_boot_is_dated_by_what_is_known(offices: Store) -> None:
    earlier, never_heard = "9" * 32, "8" * 32
    ingest(offices, [replace(report(1, NOW - timedelta(days=2)), boot_id=earlier, monotonic_s=100.0)])
    clock_s = (NOW - timedelta(days=3)).timestamp()
    told = [
        measured(1, 700.0, boot_id=earlier),
        measured(2, 700.0, boot_id=never_heard, agent_time_s=clock_s),
        measured(3, 700.0, boot_id=never_heard, agent_time_s=0.0),
    ]

    ingest(offices, [report(2, NOW, quality={"tests": told})])

    found = {row.test_id: (row.at, row.placed) for row in rows(offices, LineTest)}
    assert found[1] == (NOW - timedelta(days=2) + timedelta(seconds=600), "boot")
    assert found[2] == (NOW - timedelta(days=3), "clock")
    assert found[3] == (NOW, "receipt")


def test_traffic_of_two_pcs_is_added_and_never_twice(offices: Store) -> None:
    for agent, seq in (("a" * 32, 1), ("c" * 32, 1), ("a" * 32, 2)):
        at = NOW + timedelta(minutes=5 * seq)
        ingest(offices, [report(seq, at, agent, traffic={"samples": [sample(3300.0), sample(3600.0)]})])

    found = rows(offices, LineTraffic, col(LineTraffic.slot_at))
    assert [(row.site_id, row.slot_at, row.bytes_in, row.pc_seconds) for row in found] == [
        (1, NOW - timedelta(minutes=10), 6_000_000, 600.0),
        (1, NOW - timedelta(minutes=5), 6_000_000, 600.0),
    ]


def test_a_sample_across_two_slots_is_shared_between_them(offices: Store) -> None:
    ingest(offices, [report(1, NOW, traffic={"samples": [sample(3400.0)]})])

    found = rows(offices, LineTraffic, col(LineTraffic.slot_at))
    assert [(row.bytes_in, row.pc_seconds) for row in found] == [(2_000_000, 200.0), (1_000_000, 100.0)]


def test_tries_of_services_are_summed_by_day(offices: Store) -> None:
    def reach(ok: bool) -> dict[str, Any]:
        checks = [{"name": "Một cửa", "stage": "tcp", "ok": ok, "latency_ms": 50.0 if ok else None, "error": "timeout"}]
        return {"checks": checks, "collector": True}

    ingest(offices, [report(1, NOW, reach=reach(True)), report(2, NOW + timedelta(minutes=30), reach=reach(False))])
    ingest(offices, [report(3, NOW + timedelta(hours=1), reach=reach(True)), report(2, NOW, reach=reach(False))])
    ingest(offices, [report(4, NOW + timedelta(days=1), reach=reach(False))])

    one, two = rows(offices, ServiceReach, col(ServiceReach.day))
    assert (one.tries, one.ok, one.failed_tcp, one.offline, one.latency_ms) == (3, 2, 1, 0, 100.0)
    assert (one.last_ok_at, one.last_failed_at, one.last_stage, one.last_error) == (
        NOW + timedelta(hours=1), NOW + timedelta(minutes=30), "tcp", "timeout",
    )  # fmt: skip
    assert (two.day, two.tries, two.ok, two.last_ok_at) == (date(2026, 11, 21), 1, 0, None)


def test_the_golden_report_of_the_wire_is_taken_in(offices: Store) -> None:
    path = Path(__file__).parents[1] / "wire" / "golden" / "0001-quality.json"
    golden = json.loads(path.read_text(encoding="utf-8"))
    at = datetime.fromtimestamp(golden["agent_time_s"], UTC)
    told = report(1, at, quality=golden["sections"]["quality"]["data"], traffic=golden["sections"]["traffic"]["data"])

    ingest(offices, [replace(told, boot_id=golden["boot_id"], monotonic_s=golden["monotonic_s"])])
    settle_lines(offices, at + timedelta(minutes=1))

    stamp, down, up = rows(offices, LineTest, col(LineTest.test_id))
    assert (stamp.at, stamp.packets_received, stamp.jitter_ms) == (at - timedelta(seconds=261.5), 57, 2.5)
    assert (down.outcome, down.mbps, down.bytes_used) == ("capped", 22.4, 4_213_000)
    assert (up.outcome, up.error, up.mbps) == ("refused", "busy", None)
    assert abs(sum(row.bytes_in for row in rows(offices, LineTraffic)) - 45_123_456) <= 1
    (standing,) = rows(offices, LineStanding)
    assert standing.data["budget"] == {
        "spent": {"fibre": 4_221_640, "": 0}, "total": 4_221_640, "given": 2_000_000_000, "told": 4_221_640, "level": "full",
    }  # fmt: skip


def test_of_a_quarantined_agent_nothing_is_taken(offices: Store) -> None:
    with offices.session() as session:
        session.get_one(Agent, "a" * 32).status = "quarantined"

    ingest(offices, [report(1, NOW, quality={"tests": [measured(1)]}, traffic={"samples": [sample(3600.0)]})])

    assert rows(offices, LineTest) == rows(offices, LineTraffic) == []


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
JUNK = SCALARS | st.lists(SCALARS, max_size=2)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["id", "monotonic_s", "agent_time_s", "seconds", "bytes_in", "mbps",
                                        "packets_sent", "error", "link_class", "stable", "bytes_used"]), JUNK))  # fmt: skip
def test_no_report_with_a_good_seal_breaks_the_ingest(sqlite_store: Store, junk: dict[str, Any]) -> None:
    with sqlite_store.session() as session:
        if session.get(Agent, "a" * 32) is None:
            district.seed(session)
            session.add(Agent(id="a" * 32, site_id=1, enrolled_at=NOW))
        seq = len(session.exec(select(RawReport)).all())

    told = report(
        seq, NOW, quality={"tests": [measured(1) | junk, junk]}, traffic={"samples": [sample(3600.0) | junk]},
        reach={"checks": [{"name": "A", "ok": True, "stage": "tcp"} | junk]},
    )  # fmt: skip

    (outcome,) = ingest(sqlite_store, [told])
    assert outcome.status in ("stored", "duplicate")


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=12))
def test_spans_keep_exactly_the_seconds_that_were_added(parts: list[tuple[int, int]]) -> None:
    ranges: list[list[int]] = []
    seconds: set[int] = set()
    for first, length in parts:
        span = (first, first + length - 1)
        known = len(seconds & set(range(first, first + length)))
        assert covers(ranges, span) == (2 * known > length)
        ranges = add_span(ranges, span)
        seconds |= set(range(first, first + length))

    assert [n for low, high in ranges for n in range(low, high + 1)] == sorted(seconds)
    assert all(b[0] > a[1] + 1 for a, b in itertools.pairwise(ranges))


# ---- Conclusions


def fill(store: Store, site_id: int, up: float = 20.0, down: float = 20.0, days: int = 5) -> None:
    """Tests on the working mornings before NOW, as stored."""
    with store.session() as session:
        number = 0
        for day in range(days):
            start = NOW - timedelta(days=day, hours=5)
            kinds = [("stamp", 0.0)] * 12 + [("ndt7_down", down), ("ndt7_up", up)]
            for at, (kind, mbps) in enumerate(kinds):
                number += 1
                session.add(LineTest(
                    agent_id=f"{site_id}" * 32, boot_id=BOOT, test_id=number, site_id=site_id, kind=kind,
                    at=start + timedelta(minutes=at), placed="boot", received_at=start, outcome="ok", bytes_used=1000,
                    mbps=mbps or None, packets_sent=60, packets_received=60, lost_forward=0, lost_backward=0,
                    rtt_median_ms=20.0, jitter_ms=2.0, link_class="fibre",
                ))  # fmt: skip


def findings(store: Store) -> dict[tuple[str, str], Finding]:
    return {(row.kind, row.subject_id): row for row in rows(store, Finding) if row.is_open}


def test_conclusions_and_findings_come_and_go_with_the_evidence(offices: Store) -> None:
    fill(offices, 1, up=1.0, down=60.0)
    with offices.session() as session:
        session.get_one(Site, 1).provider = "VNPT"
        session.add(Line(site_id=1, kind="internet", down_mbps=100.0, up_mbps=1.0, contract_no="12/HĐ"))
        start = NOW - timedelta(days=7)
        size = int(96e6 / 8 * 300)
        session.add_all([
            LineTraffic(site_id=1, slot_at=start + n * timedelta(minutes=5), bytes_in=size if n < 150 else 0, bytes_out=0,
                        pc_seconds=300.0, updated_at=start) for n in range(400)
        ])  # fmt: skip

    assert settle_lines(offices, NOW) == 1

    (standing,) = rows(offices, LineStanding)
    assert (standing.grade, standing.contract, standing.load) == ("audio", "below", "over")
    assert standing.data["readiness"]["blocked_by"] == "up"
    assert standing.data["budget"]["spent"] == {"fibre": 70_000}
    found = findings(offices)
    assert {kind for kind, _ in found} == {"line_saturated", "line_below_contract", "meeting_not_ready"}
    below = found["line_below_contract", "1"]
    assert (below.responsible, below.evidence["contract_no"], below.evidence["codes"]) == (
        "operator", "12/HĐ", ["internet_down"],
    )  # fmt: skip
    assert found["line_saturated", "1"].responsible == "department"
    assert found["meeting_not_ready", "1"].evidence["blocked_by"] == "up"

    with offices.session() as session:
        line = session.exec(select(Line)).one()
        line.down_mbps = 60.0
        set_policy(session, "all", "", {"meeting.ready_mbps": 1.0, "meeting.limited_mbps": 0.9}, "x", "", NOW)
        for row in session.exec(select(LineTraffic)):
            row.bytes_in //= 50

    settle_lines(offices, NOW + timedelta(hours=1))

    assert findings(offices) == {}


def test_what_cannot_be_judged_any_more_leaves_the_finding_open(offices: Store) -> None:
    fill(offices, 1, up=1.0)
    settle_lines(offices, NOW)
    assert ("meeting_not_ready", "1") in findings(offices)

    settle_lines(offices, NOW + timedelta(days=12))

    (standing,) = rows(offices, LineStanding)
    assert standing.grade == "unknown"
    assert ("meeting_not_ready", "1") in findings(offices)


def test_services_faults_are_one_line_and_sites_faults_their_own(offices: Store) -> None:
    with offices.session() as session:
        session.add(Site(id=4, unit_id="x3", name="Trường", created_at=NOW))
        session.flush()
        for site_id in (1, 2, 3, 4):
            for service, ok in (("Chết", 0), ("Sống", 8), ("Lẻ", 0 if site_id == 2 else 8)):
                session.add(ServiceReach(
                    site_id=site_id, service=service, day=date(2026, 11, 20), tries=8, ok=ok, offline=0, failed_dns=0,
                    failed_tcp=8 - ok, failed_http=0, latency_ms=0.0, last_at=NOW,
                ))  # fmt: skip

    assert settle_services(offices, NOW) == 2

    found = findings(offices)
    assert set(found) == {("service_unreachable", "2"), ("service_down", "t1")}
    assert [item["service"] for item in found["service_down", "t1"].evidence["services"]] == ["Chết"]
    assert [item["service"] for item in found["service_unreachable", "2"].evidence["services"]] == ["Lẻ"]

    settle_services(offices, NOW + timedelta(days=5))  # nobody tried since: nothing is known, nothing is closed
    assert set(findings(offices)) == set(found)


def test_meeting_points_are_main_offices_or_chosen(offices: Store) -> None:
    fill(offices, 1)
    settle_lines(offices, NOW)
    with offices.session() as session:
        session.get_one(Site, 3).role = "tram_y_te"
        set_point(session, session.get_one(Site, 2), False, "hanh", NOW)
    with offices.session() as session:
        assert [(row.site.id, row.grade, row.chosen) for row in list_points(session, EVERYTHING, NOW)] == [
            (1, "ready", False)
        ]
        set_point(session, session.get_one(Site, 3), True, "hanh", NOW)
        found = check_points(session, EVERYTHING, NOW, DEFAULT_CALENDAR, 4.0, NOW + timedelta(days=4))

    assert [(item.row.site.id, item.forecast.verdict) for item in found.points] == [(3, "unknown"), (1, "unknown")]
    assert (found.count("fail"), found.working_day) == (0, False)  # 24 November is a day off since 2026


def test_a_meeting_is_judged_by_tests_near_its_hour(offices: Store) -> None:
    fill(offices, 1)
    with offices.session() as session:
        site = session.get_one(Site, 1)
        site.state = "UP"
        for row in session.exec(select(LineTest).where(LineTest.kind == "ndt7_up")):
            copy = row.model_dump() | {"test_id": row.test_id + 1000, "at": row.at + timedelta(hours=5), "mbps": 0.5}
            session.add(LineTest(**copy))
    with offices.reading() as session:
        day = NOW + timedelta(days=3)
        morning, afternoon = (
            check_points(session, EVERYTHING, NOW, DEFAULT_CALENDAR, 4.0, day - timedelta(hours=shift)).points
            for shift in (5, 0)
        )

    first, second = ({item.row.site.id: item for item in points}[1] for points in (morning, afternoon))
    assert (first.forecast.verdict, first.same_hours) == ("pass", True)
    assert (second.forecast.verdict, second.forecast.reasons) == ("fail", ("slow_up",))


def test_days_are_summed_up_before_the_measurements_are_forgotten(offices: Store) -> None:
    fill(offices, 1, days=2)
    with offices.session() as session:
        at = NOW - timedelta(days=1)
        session.add(
            LineTraffic(site_id=1, slot_at=at, bytes_in=37_500_000, bytes_out=0, pc_seconds=300.0, updated_at=at)
        )

    assert sum_up_days(offices, NOW) == 1
    late = LineTest(agent_id="f" * 32, boot_id=BOOT, test_id=1, site_id=1, kind="ndt7_up", at=NOW - timedelta(days=1),
                    placed="boot", received_at=NOW, outcome="capped", mbps=7.0)  # fmt: skip
    with offices.session() as session:
        session.add(late)
    sum_up_days(offices, NOW + timedelta(days=1))

    found = {row.measure: row for row in rows(offices, LineDay) if row.day == date(2026, 11, 19)}
    assert (found["rtt"].count, found["rtt"].p90) == (12, 20.0)
    assert (found["up"].count, found["up"].p90, found["up"].capped, found["up"].at_least) == (1, 20.0, 1, 7.0)
    assert (found["in"].p95, found["in"].bytes_used) == (1.0, 37_500_000)
    assert "out" in found

    forget(offices, NOW + timedelta(days=120))
    assert rows(offices, LineTest) == rows(offices, LineTraffic) == []
    assert len(rows(offices, LineDay)) > 10
