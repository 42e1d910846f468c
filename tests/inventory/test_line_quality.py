"""Figures of lines: working hours only, the bad side of each measure, capped tests apart; contract and readiness."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.contract import PaidLine, Slot, check_load, check_rate
from inventory.domain.hours import DEFAULT_CALENDAR, OpeningHours
from inventory.domain.line_quality import LineQuality, QualityFact, quantiles, summarize
from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.readiness import Point, forecast, grade

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday, 16:00 in Vietnam
FROM = NOW - timedelta(days=14)
HOURS = OpeningHours.parse(DEFAULT_POLICY.hours_default)
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 09:00
POLICY = DEFAULT_POLICY


def stamp(at: datetime = MORNING, **changes: Any) -> QualityFact:
    base = QualityFact(at, "stamp", "ok", packets_sent=60, packets_received=60, lost_forward=0, lost_backward=0,
                    rtt_median_ms=20.0, jitter_ms=3.0)  # fmt: skip
    return replace(base, **changes)


def speed(mbps: float, way: str = "down", at: datetime = MORNING, outcome: str = "ok", **more: Any) -> QualityFact:
    return QualityFact(at, "ndt7_" + way, outcome, mbps=mbps, **more)


def quality(*tests: QualityFact) -> LineQuality:
    return summarize(tests, HOURS, DEFAULT_CALENDAR, FROM, NOW)


def good(**changes: Any) -> list[QualityFact]:
    """Enough tests for a grade; `changes` of every packet test."""
    packets = [stamp(MORNING + timedelta(minutes=at), **changes) for at in range(25)]
    speeds = [speed(20, way, MORNING + timedelta(minutes=at)) for way in ("down", "up") for at in range(3)]
    return packets + speeds


def test_only_working_hours_of_working_days_count() -> None:
    noon, night, sunday = MORNING + timedelta(hours=3), MORNING - timedelta(hours=12), MORNING - timedelta(days=5)
    found = quality(stamp(), stamp(noon), stamp(night), stamp(sunday), stamp(FROM - timedelta(hours=1)))

    assert (found.tests, found.in_hours) == (4, 1)
    measure = found.measure("rtt")
    assert (measure.count, measure.days_seen, measure.days) == (1, 1, 11)


def test_the_bad_side_is_the_upper_one_of_delays_and_the_lower_one_of_rates() -> None:
    values = [float(n) for n in range(1, 101)]

    delay, rate = quantiles(values, "rtt"), quantiles(values, "down")
    assert delay is not None
    assert rate is not None
    assert (delay.p50, delay.p90, delay.p95, delay.best) == (50, 90, 95, 1)
    assert (rate.p50, rate.p90, rate.p95, rate.best) == (51, 11, 6, 100)


@given(st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=30), st.sampled_from(["loss", "up"]))
def test_quantiles_are_values_that_were_measured_and_hold_in_that_share(values: list[float], measure: str) -> None:
    found = quantiles(values, measure)

    assert found is not None
    for share, value in ((0.5, found.p50), (0.9, found.p90), (0.95, found.p95)):
        held = sum((v >= value if measure == "up" else v <= value) for v in values)
        assert value in values
        assert held >= share * len(values) - 1e-9


def test_capped_tests_are_never_mixed_with_full_ones() -> None:
    found = quality(*(speed(value) for value in (50, 60, 70)), *(speed(v, outcome="capped") for v in (5, 6)))

    measure = found.measure("down")
    assert measure.full is not None
    assert measure.capped is not None
    assert (measure.full.count, measure.full.p90) == (3, 50)
    assert (measure.capped.count, measure.capped.best) == (2, 6)


def test_what_gave_no_figure_or_has_no_time_is_counted_apart() -> None:
    found = quality(
        speed(1, outcome="stopped_busy"),
        speed(1, outcome="failed"),
        stamp(placed="receipt"),
        stamp(link_class="mobile"),
    )

    assert found.not_usable == {"stopped_busy": 1, "failed": 1}
    assert (found.undated, found.in_hours, found.link_class) == (1, 1, "mobile")
    assert found.measure("down").full is None


def test_losses_are_told_by_direction() -> None:
    lossy = stamp(packets_received=54, lost_forward=3, lost_backward=3)
    found = quality(lossy, stamp(packets_sent=0, packets_received=0))

    assert {name: m.full.p90 for name in ("loss", "loss_up") if (m := found.measure(name)).full} == {
        "loss": 10.0, "loss_up": 5.0,
    }  # fmt: skip
    back = found.measure("loss_down").full
    assert back is not None
    assert back.p90 == pytest.approx(100 * 3 / 57)


# ---- Contract

LINE = PaidLine("internet", 100.0, 50.0)


def slots(count: int, down: float, up: float = 1.0) -> list[Slot]:
    """So many samples with these rates in Mb/s."""
    start = NOW - timedelta(days=7)
    size = [round(rate * 1e6 / 8 * 300) for rate in (down, up)]
    return [Slot(start + n * timedelta(minutes=5), size[0], size[1]) for n in range(count)]


def test_a_week_with_six_in_a_hundred_samples_over_the_limit_is_over() -> None:
    down, up = check_load([LINE], slots(121, 95) + slots(2016 - 121, 10), POLICY)

    assert (down.verdict, down.proven_mbps, down.limit_mbps) == ("over", 95, 90)
    assert (up.verdict, up.samples, up.expected) == ("within", 2016, 2016)


def test_a_week_with_four_in_a_hundred_is_within() -> None:
    down, _up = check_load([LINE], slots(80, 95) + slots(2016 - 80, 10), POLICY)

    assert (down.verdict, down.proven_mbps) == ("within", 10)


def test_time_without_samples_counts_as_idle_for_the_proof() -> None:
    seen = slots(60, 95) + slots(340, 10)  # a seventh of what was seen, a thirty-third of the week

    down, _up = check_load([LINE], seen, POLICY)

    assert (down.verdict, down.seen_mbps, down.proven_mbps) == ("busy", 95, 10)


def test_too_few_samples_are_no_verdict_and_say_how_many() -> None:
    down, _up = check_load([LINE], slots(287, 99), POLICY)

    assert (down.verdict, down.why, down.samples, down.needed) == ("unknown", "few_samples", 287, 288)
    assert check_load([PaidLine("internet", None, 50)], slots(2016, 1), POLICY)[0].why == "no_rate"
    assert check_load([], slots(2016, 1), POLICY)[0].why == "no_rate"


def test_more_than_the_line_can_carry_was_traffic_within_the_office() -> None:
    down, _up = check_load([LINE], slots(400, 900) + slots(1616, 10), POLICY)

    assert (down.verdict, down.left_out, down.samples) == ("within", 400, 1616)


def test_several_lines_carry_together_and_a_link_between_offices_is_none_of_them() -> None:
    lines = [LINE, PaidLine("tslcd", 20.0, 20.0), PaidLine("office_link", 1000.0, 1000.0)]

    assert check_load(lines, slots(2016, 10), POLICY)[0].paid_mbps == 120


def test_a_longer_sampling_interval_averages_over_it() -> None:
    policy = replace(POLICY, line_sample_min=10)
    alternating = [slot for pair in zip(slots(1008, 95), slots(1008, 5), strict=True) for slot in pair]
    moved = [replace(slot, at=NOW - timedelta(days=7) + n * timedelta(minutes=5)) for n, slot in enumerate(alternating)]

    assert check_load([LINE], moved, policy)[0].proven_mbps == pytest.approx(50)


@pytest.mark.parametrize(
    ("tests", "verdict", "why"),
    [
        ([speed(70)] * 3, "below", ""),
        ([speed(80)] * 3, "kept", ""),
        ([speed(70)] * 2, "unknown", "few_tests"),
        ([speed(50, outcome="capped")] * 9, "unknown", "only_capped"),
        ([speed(85, outcome="capped")] * 3, "kept", ""),
        ([speed(70)] * 3 + [speed(95, outcome="capped")] * 3, "below", ""),
        ([speed(10, outcome="stopped_busy")] * 9, "unknown", "few_tests"),
        ([], "unknown", "few_tests"),
    ],
)
def test_the_paid_rate_is_held_against_the_median_of_full_tests(
    tests: list[QualityFact], verdict: str, why: str
) -> None:
    down = check_rate([LINE], tests, POLICY)[0]

    assert (down.verdict, down.why, down.limit_mbps) == (verdict, why, 80)


LINES = [LINE, PaidLine("tslcd", 20.0, 20.0)]


@pytest.mark.parametrize(
    ("rates", "internet", "tslcd"),
    [
        ([99.0] * 3, ("kept", ""), ("unknown", "few_tests")),  # too fast for the other line
        ([60.0] * 3, ("below", ""), ("unknown", "few_tests")),
        ([15.0] * 9, ("unknown", "which_line"), ("unknown", "which_line")),  # good on one, bad on the other
        ([99.0] * 3 + [5.0] * 9, ("unknown", "which_line"), ("unknown", "which_line")),
        ([60.0] * 3 + [5.0] * 9, ("below", ""), ("unknown", "which_line")),
    ],
)
def test_of_two_lines_a_test_counts_for_the_one_that_alone_can_carry_it(
    rates: list[float], internet: tuple[str, str], tslcd: tuple[str, str]
) -> None:
    found = {check.line_kind: check for check in check_rate(LINES, [speed(r) for r in rates], POLICY)[::2]}

    assert (found["internet"].verdict, found["internet"].why) == internet
    assert (found["tslcd"].verdict, found["tslcd"].why) == tslcd


def test_beside_a_line_of_unknown_rate_nothing_is_sure() -> None:
    lines = [LINE, PaidLine("mobile", None, None)]

    assert check_rate(lines, [speed(99)] * 9, POLICY)[0].why == "which_line"


# ---- Readiness


@pytest.mark.parametrize(
    ("changes", "expected", "blocked_by"),
    [
        ({}, "ready", ""),
        ({"rtt_median_ms": 100.0}, "ready", ""),
        ({"rtt_median_ms": 101.0}, "limited", "rtt"),
        ({"rtt_median_ms": 900.0}, "audio", "rtt"),
        ({"jitter_ms": 40.0}, "limited", "jitter"),
        ({"packets_received": 59, "lost_forward": 1}, "limited", "loss"),
        ({"packets_received": 58, "lost_forward": 2}, "audio", "loss"),
        ({"packets_received": 50, "lost_backward": 10}, "not_ready", "loss"),
        ({"packets_received": None, "lost_forward": None, "lost_backward": None}, "unknown", "loss"),
    ],
)
def test_the_worst_dimension_decides_and_is_named(changes: dict[str, Any], expected: str, blocked_by: str) -> None:
    found = grade(quality(*good(**changes)), POLICY, NOW)

    assert (found.grade, found.blocked_by) == (expected, blocked_by)


@pytest.mark.parametrize(
    ("mbps", "expected"), [(4.0, "ready"), (3.9, "limited"), (1.5, "limited"), (0.2, "audio"), (0.1, "not_ready")]
)
def test_a_slow_upload_blocks(mbps: float, expected: str) -> None:
    tests = [test for test in good() if test.kind != "ndt7_up"] + [speed(mbps, "up")] * 3
    found = grade(quality(*tests), POLICY, NOW)

    assert (found.grade, found.blocked_by) == (expected, "" if expected == "ready" else "up")


def test_capped_tests_prove_a_grade_and_refute_none() -> None:
    packets = [test for test in good() if test.kind == "stamp"]

    def with_rate(mbps: float) -> Any:
        capped = [speed(mbps, way, outcome="capped") for way in ("down", "up") for _ in range(3)]
        return grade(quality(*packets, *capped), POLICY, NOW)

    assert (with_rate(5).grade, with_rate(5).at_least) == ("ready", False)
    assert (with_rate(2).grade, with_rate(2).at_least) == ("limited", True)
    assert forecast(Point("UP", False, None, 0), with_rate(2), 4, POLICY).notes == ("bounded",)


def test_too_few_and_old_tests_are_not_known() -> None:
    few = grade(quality(*good()[:19]), POLICY, NOW)
    old = grade(quality(*(replace(test, at=test.at - timedelta(days=8)) for test in good())), POLICY, NOW)

    assert (few.grade, few.of("rtt").why, few.of("up").why) == ("unknown", "few", "not_measured")
    assert (old.grade, old.of("rtt").why) == ("unknown", "old")


def test_a_line_that_is_surely_unfit_is_so_whatever_is_missing() -> None:
    tests = [stamp(MORNING + timedelta(minutes=at), packets_received=30, lost_forward=30) for at in range(25)]

    assert grade(quality(*tests), POLICY, NOW).grade == "not_ready"


@pytest.mark.parametrize(
    ("point", "mbps", "verdict", "reasons"),
    [
        (Point("UP", False, None, 0), 4, "pass", ()),
        (Point("UP", False, None, 0), 30, "fail", ("slow_down", "slow_up")),
        (Point("LINE_LOST_CONFIRMED", True, NOW, 1), 4, "fail", ("cut_off",)),
        (Point("POWER_CUT_SUSPECTED", True, NOW, 1), 4, "fail", ("power",)),
        (Point("UP", False, None, 3), 4, "fail", ("flapping",)),
        (Point("NOT_OBSERVED", False, None, 0), 4, "unknown", ("not_observed",)),
    ],
)
def test_before_a_meeting_the_present_state_counts(
    point: Point, mbps: float, verdict: str, reasons: tuple[str, ...]
) -> None:
    found = forecast(point, grade(quality(*good()), POLICY, NOW), mbps, POLICY)

    assert (found.verdict, found.reasons or found.notes) == (verdict, reasons)


def test_a_point_without_tests_is_not_known_and_never_a_good_one() -> None:
    found = forecast(Point("UP", False, None, 0), grade(quality(), POLICY, NOW), 4, POLICY)

    assert (found.verdict, found.reasons, found.notes) == ("unknown", (), ("not_measured",))
