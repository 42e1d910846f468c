"""What people are told about a site, and how it is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from inventory.domain.site_alert import Alert, outages, update
from inventory.domain.site_facts import Stretch

START = datetime(2026, 11, 16, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def line(*parts: tuple[float, str], end: float) -> list[Stretch]:
    """(minute, state) ... -> stretches; the cause follows from the state."""
    causes: dict[str, Any] = {"LINE_LOST_CONFIRMED": "line", "POWER_CUT_SUSPECTED": "power", "OFF_EXPECTED": "schedule"}
    ends = [*(minute for minute, _ in parts[1:]), end]
    return [
        Stretch(at(minute), at(until), state, causes.get(state, "unknown"), "")  # type: ignore[arg-type]
        for (minute, state), until in zip(parts, ends, strict=True)
    ]


def test_an_alert_is_raised_confirmed_and_closed() -> None:
    alerts: list[Alert] = []
    new = update(alerts, "s", line((0, "UP"), (60, "LINE_LOST_SUSPECTED"), end=76), at(76))

    assert new == alerts == [Alert("s", at(76), at(60), "LINE_LOST_SUSPECTED", "unknown")]
    assert update(alerts, "s", line((0, "UP"), (60, "LINE_LOST_SUSPECTED"), end=90), at(90)) == []

    update(alerts, "s", line((0, "UP"), (60, "LINE_LOST_CONFIRMED"), (120, "UP"), end=121), at(121))
    [alert] = alerts
    assert (alert.state, alert.cause, alert.closed, alert.corrected) == (
        "LINE_LOST_CONFIRMED",
        "line",
        at(121),
        at(121),
    )


def test_an_alert_that_was_wrong_is_withdrawn_even_after_it_was_closed() -> None:
    alerts: list[Alert] = []
    update(alerts, "s", line((0, "UP"), (60, "LINE_LOST_SUSPECTED"), end=76), at(76))
    update(alerts, "s", line((0, "UP"), (60, "LINE_LOST_SUSPECTED"), (90, "UP"), end=91), at(91))
    assert alerts[0].closed == at(91)

    update(alerts, "s", line((0, "UP"), (60, "OFF_UNUSUAL"), (90, "UP"), end=110), at(110))

    assert (alerts[0].withdrawn, alerts[0].closed) == (at(110), None)
    update(alerts, "s", line((0, "UP"), (60, "OFF_UNUSUAL"), (90, "UP"), end=120), at(120))
    assert alerts[0].withdrawn == at(110)


def test_night_and_blind_times_do_not_end_an_outage() -> None:
    stretches = line(
        (0, "UP"), (60, "LINE_LOST_SUSPECTED"), (90, "OFF_EXPECTED"), (600, "COLLECTOR_BLIND"),
        (700, "LINE_LOST_CONFIRMED"), (800, "UP"), end=900,
    )  # fmt: skip

    [outage] = outages(stretches)
    assert (outage.from_at, outage.to_at, outage.state) == (at(60), at(800), "LINE_LOST_CONFIRMED")


def test_a_proven_outage_that_nobody_was_told_is_told_when_it_was_long_enough() -> None:
    told: list[Alert] = []
    update(told, "s", line((0, "UP"), (60, "LINE_LOST_CONFIRMED"), (100, "UP"), end=101), at(101))
    assert [(alert.raised, alert.closed) for alert in told] == [(at(101), at(101))]

    short: list[Alert] = []
    update(short, "s", line((0, "UP"), (60, "LINE_LOST_CONFIRMED"), (70, "UP"), end=71), at(71))
    suspected = line((0, "UP"), (60, "LINE_LOST_SUSPECTED"), (100, "UP"), end=101)
    update(short, "s", suspected, at(101))
    assert short == []


def test_what_is_over_for_the_night_is_not_raised_at_night() -> None:
    alerts: list[Alert] = []
    update(alerts, "s", line((0, "UP"), (60, "LINE_LOST_SUSPECTED"), (70, "OFF_EXPECTED"), end=300), at(300))

    assert alerts == []


def test_a_line_that_comes_and_goes_keeps_one_alert() -> None:
    alerts: list[Alert] = []
    parts: list[tuple[float, str]] = [(0, "UP")]
    for cut in range(10):
        parts.append((60 + cut * 60, "LINE_LOST_SUSPECTED"))
        now = 60 + cut * 60 + 16
        update(alerts, "s", line(*parts, end=now), at(now))
        parts.append((60 + cut * 60 + 30, "UP"))
        now = 60 + cut * 60 + 31
        update(alerts, "s", line(*parts, end=now), at(now))

    assert len(alerts) == 2
    assert alerts[-1].closed is not None


def test_alerts_older_than_the_timeline_are_left_alone() -> None:
    old = Alert("s", at(10), at(0), "LINE_LOST_SUSPECTED", "unknown", closed=at(30))
    update([old], "s", line((60, "UP"), end=100), at(100))

    assert old.withdrawn is None
    assert update([old], "s", [], at(100)) == []


def test_an_alert_that_was_told_late_does_not_swallow_a_later_outage() -> None:
    alerts: list[Alert] = []
    first = [(0, "UP"), (60, "LINE_LOST_CONFIRMED"), (100, "UP")]
    update(alerts, "s", line(*first, end=600), at(600))
    update(alerts, "s", line(*first, (400, "LINE_LOST_CONFIRMED"), (450, "UP"), end=700), at(700))

    assert [(alert.since, alert.raised, alert.closed) for alert in alerts] == [
        (at(60), at(600), at(600)),
        (at(400), at(700), at(700)),
    ]
