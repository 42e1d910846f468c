"""The scorer: the truth itself meets every aim, and each kind of mistake spoils the figure that is meant for it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.replay import score
from tests.replay.case import Figure
from tests.replay.expect import failures
from tests.replay.spans import grown, meet, total, union, without
from tests.replay.world import stamp

H = 3600.0
T0 = 1_772_409_600.0  # Monday 2 March 2026, 07:00 in Vietnam

AIMS = {
    "cover": "contract broken",
    "false": "false line or power alerts",
    "minutes": "line-cut minutes recovered",
    "missing": "observed cuts > 15 min in office hours missing",
    "start": "outage start p90",
    "end": "outage end p90",
    "cause": "right cause of witnessed faults",
    "blind": "minutes charged while blind, nothing wrong",
    "up": "UP where nothing was observed",
}


def truth() -> dict[str, Any]:
    """One office: on 0-10 h, a line cut 2-4 h; blind 6-7 h; another office without fault."""
    cut = {"from": T0 + 2 * H, "to": T0 + 4 * H, "kind": "line", "flapping": "", "event": "e", "deaths": 0}
    cut["witnessed"] = cut["clear"] = [[T0 + 2 * H, T0 + 4 * H]]
    site = {"provider": "VNPT", "area": "A", "pcs": 2, "hours": None, "cables": []}
    site |= {"office": [[T0 + H, T0 + 9 * H]], "observed": [[T0, T0 + 10 * H]]}
    return {
        "start": T0 - 24 * H,
        "end": T0 + 24 * H,
        "heartbeat_s": 300.0,
        "sites": {name: {**site, "faults": [dict(cut)] if name != "d" else []} for name in "abcd"},
        "blind": [{"from": T0 + 6 * H, "to": T0 + 7 * H, "recorded": True}],
        "area_events": [
            {"id": "e", "start": T0 + 2 * H, "end": T0 + 4 * H, "kind": "line"}
            | {"area": None, "provider": "VNPT", "sites": ["a", "b", "c"]}
        ],
    }


def timeline(*parts: tuple[float, float, str, str]) -> list[dict[str, Any]]:
    return [
        {"from": stamp(T0 + a * H), "to": stamp(T0 + b * H), "state": state, "cause": why} for a, b, state, why in parts
    ]


NIGHT = ((-24, 0, "OFF_EXPECTED", "schedule"), (10, 24, "OFF_EXPECTED", "schedule"))


def answer() -> dict[str, Any]:
    """What is right for `truth`."""
    lost = (2, 4, "LINE_LOST_CONFIRMED", "line")
    good = timeline(NIGHT[0], (0, 2, "UP", "unknown"), lost, (4, 10, "UP", "unknown"), NIGHT[1])
    calm = timeline(NIGHT[0], (0, 10, "UP", "unknown"), NIGHT[1])
    alert = {"raised": stamp(T0 + 2.3 * H), "since": stamp(T0 + 2 * H), "state": "LINE_LOST_SUSPECTED"}
    alert |= {"closed": stamp(T0 + 4.2 * H), "withdrawn": None}
    event = {"from": stamp(T0 + 2 * H), "to": stamp(T0 + 4 * H), "area": None, "provider": "VNPT"}
    return {
        "sites": {"a": good, "b": copy.deepcopy(good), "c": copy.deepcopy(good), "d": calm},
        "alerts": [{"site": name, **alert} for name in "abc"],
        "area_events": [{**event, "sites": ["a", "b", "c"], "cause": "line"}],
    }


def figures(document: dict[str, Any]) -> dict[str, Figure]:
    return {figure.name: figure for figure in score.judge(truth(), document)}


def failed(document: dict[str, Any]) -> set[str]:
    names = {name: key for key, name in AIMS.items()}
    return {names[f.name] for f in figures(document).values() if f.passed is False and f.name in names}


def test_the_truth_meets_every_aim() -> None:
    found = figures(answer())

    assert failed(answer()) == set()
    assert set(AIMS.values()) <= set(found)
    assert found["area events found"].value == "1 of 1"
    assert found["alerts for faults over 2 office hours"].value == "0 of 0"
    assert "pass" in score.as_text(list(found.values()), verbose=True)


def test_an_alert_without_a_fault_is_false_even_when_withdrawn() -> None:
    document = answer()
    document["alerts"].append({**document["alerts"][0], "site": "d", "closed": None, "withdrawn": stamp(T0 + 3 * H)})

    assert failed(document) == {"false"}
    assert figures(document)[AIMS["false"]].value == "25.00% (1 of 4)"


def test_an_alert_since_a_little_before_the_fault_is_true() -> None:
    document = answer()
    document["alerts"][0]["since"] = stamp(T0 + 2 * H - 250)

    assert failed(document) == set()


def test_a_fault_called_up_is_missing_in_every_figure_about_it() -> None:
    document = answer()
    document["sites"]["a"] = copy.deepcopy(document["sites"]["d"])

    assert failed(document) == {"minutes", "missing", "start", "end", "cause"}
    assert figures(document)[AIMS["minutes"]].value == "66.67% (240 of 360 min)"
    assert figures(document)[AIMS["missing"]].value == "1 of 3"


def test_a_late_start_spoils_only_the_start() -> None:
    document = answer()
    for name in "abc":
        rows = document["sites"][name]
        rows[1]["to"] = rows[2]["from"] = stamp(T0 + 2 * H + 200)

    assert failed(document) == {"start"}
    assert figures(document)["... start p90 of cut"].value == "200 s (3 of 3 over 180 s)"


def test_power_said_for_a_line_is_a_wrong_cause_and_no_line_minute() -> None:
    document = answer()
    document["sites"]["a"][2] |= {"state": "POWER_CUT_SUSPECTED", "cause": "power"}

    assert failed(document) == {"minutes", "cause"}


def test_blindness_charged_to_a_site_is_counted() -> None:
    document = answer()
    rows = [NIGHT[0], (0, 6, "UP", "unknown"), (6, 6.5, "LINE_LOST_SUSPECTED", "unknown"), (6.5, 10, "UP", "unknown")]
    document["sites"]["d"] = timeline(*rows, NIGHT[1])

    assert failed(document) == {"blind"}
    assert figures(document)[AIMS["blind"]].value == "30.0 min"


def test_up_at_night_is_counted_beyond_two_heartbeats() -> None:
    document = answer()
    document["sites"]["d"] = timeline(NIGHT[0], (0, 11, "UP", "unknown"), (11, 24, "OFF_EXPECTED", "schedule"))

    assert failed(document) == {"up"}
    assert figures(document)[AIMS["up"]].value.startswith("49.0 of")


@pytest.mark.parametrize("spoil", ["hole", "overlap", "state", "short", "absent"])
def test_broken_timelines_are_named(spoil: str) -> None:
    document = answer()
    rows = document["sites"]["d"]
    if spoil == "hole":
        rows[1]["to"] = stamp(T0 + 9 * H)
    elif spoil == "overlap":
        rows[1]["to"] = stamp(T0 + 11 * H)
    elif spoil == "state":
        rows[1]["state"] = "FINE"
    elif spoil == "short":
        rows.pop()
    else:
        del document["sites"]["d"]

    assert "cover" in failed(document)


def test_an_event_elsewhere_is_false_and_the_real_one_missed() -> None:
    document = answer()
    document["area_events"] = [{**document["area_events"][0], "area": "B", "provider": None, "sites": ["d"]}]
    found = figures(document)

    assert found["area events found"].value == "0 of 1"
    assert found["... false"].value == "1 of 1"


def test_a_fault_open_at_the_end_waits_for_its_proof() -> None:
    given = truth()
    for name in "abc":
        given["sites"][name]["faults"][0] |= {"to": given["end"], "witnessed": []}
    found = {figure.name: figure for figure in score.judge(given, answer())}

    assert found[AIMS["minutes"]].value == "100.00% (0 of 0 min)"
    assert found["... open minutes"].value == "28.57% (360 of 1260 min)"


def test_spans() -> None:
    assert union([(3, 4), (0, 1), (1, 2)]) == [(0, 2), (3, 4)]
    assert meet([(0, 5), (7, 9)], [(4, 8)]) == [(4, 5), (7, 8)]
    assert without([(0, 10)], [(2, 3), (5, 6), (9, 12)]) == [(0, 2), (3, 5), (6, 9)]
    assert grown([(5, 6), (8, 9)], 1, 1) == [(4, 10)]
    assert total([(0, 1), (2, 4)]) == 3


@pytest.mark.parametrize(
    "check",
    [
        {"site": "a", "at": stamp(T0 + 3 * H), "state": ["UP"]},
        {"site": "a", "at": stamp(T0 + 3 * H), "state": ["LINE_LOST_CONFIRMED"], "cause": ["lan"]},
        {"site": "a", "from": stamp(T0), "to": stamp(T0 + 5 * H), "never": ["LINE_LOST_CONFIRMED"]},
        {"site": "a", "from": stamp(T0 + 1.5 * H), "to": stamp(T0 + 4 * H), "share": 0.9, "state": ["LINE_LOST_CONFIRMED"]},
        {"site": "a", "edge": "start", "near": stamp(T0 + 2.1 * H), "within_s": 300, "state": ["LINE_LOST_CONFIRMED"]},
        {"site": "a", "alerts": [0, 0]},
        {"site": "a", "alerts": [1, 1], "closed": False},
        {"area_events": [0, 0]},
        {"area_events": [1, 1], "provider": "Viettel"},
    ],
)  # fmt: skip
def test_each_check_of_the_expectations_can_fail(check: dict[str, Any]) -> None:
    assert len(failures([check], answer())) == 1


def test_an_unknown_key_in_an_expectation_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown keys"):
        failures([{"site": "a", "sate": ["UP"]}], answer())
