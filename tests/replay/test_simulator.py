"""The simulator keeps to the trace format, to its own truth and to its seed, and is as nasty as it says."""

from __future__ import annotations

import itertools
import json
import random
from collections import Counter
from datetime import date
from functools import lru_cache
from typing import Any

from tests.replay import trace
from tests.replay.agents import Options
from tests.replay.faults import CAPTIVE, LINE, POWER, overlay
from tests.replay.spans import covers, grown, touches, union
from tests.replay.truth import truth as truth_of
from tests.replay.world import Days, build, opening, seconds

Lines = list[dict[str, Any]]


@lru_cache(maxsize=1)
def run() -> tuple[Lines, dict[str, Any]]:
    """A small province over Tet."""
    made = trace.simulate(Options(heartbeat_s=900.0, seed=6), 24, 80, 30, date(2026, 1, 26))
    return [json.loads(line) for line in trace.lines(made)], truth_of(made)


def contacts() -> Lines:
    return [line for line in run()[0] if line["kind"] == "contact"]


def where() -> dict[str, list[tuple[float, str]]]:
    """Agent -> (since, site), by the time at which it was true."""
    found: dict[str, list[tuple[float, str]]] = {}
    for line in run()[0]:
        if line["kind"] == "agent":
            found.setdefault(line["id"], []).append((seconds(line["from"]), line["site"]))
    return {name: sorted(rows) for name, rows in found.items()}


def site_at(rows: list[tuple[float, str]], at: float) -> str:
    return next((site for since, site in reversed(rows) if since <= at), rows[0][1])


def test_the_same_seed_gives_the_same_bytes() -> None:
    small = [trace.simulate(Options(seed=seed), 4, 9, 6, date(2026, 3, 2)) for seed in (7, 7, 8)]
    first, again, other = (list(trace.lines(made)) for made in small)

    assert first == again
    assert first != other
    assert truth_of(small[0]) == truth_of(small[1])


def test_lines_have_the_fields_of_the_issue() -> None:
    fields = {
        "site": {"kind", "id", "provider", "area"},
        "agent": {"kind", "id", "site", "from"},
        "contact": {
            "kind",
            "agent",
            "received",
            "boot",
            "seq",
            "agent_time",
            "monotonic_s",
            "goodbye",
            "last_shutdown",
            "journal",
        },
        "collector_down": {"kind", "from", "to"},
        "end": {"kind", "at"},
    }
    entry = {"boot", "from", "to", "from_monotonic_s", "to_monotonic_s", "gateway", "internet", "collector"}
    for line in run()[0]:
        assert set(line) - {"hours"} == fields[line["kind"]]
        assert line.get("last_shutdown", "clean") in ("clean", "unclean", "unknown")
        for part in line.get("journal", ()):
            assert set(part) == entry and part["from_monotonic_s"] <= part["to_monotonic_s"]
    assert [line["kind"] for line in run()[0]].index("end") == len(run()[0]) - 1


def test_contacts_arrive_only_while_the_pc_is_awake_and_nothing_is_wrong() -> None:
    truth = run()[1]
    blind = union((row["from"], row["to"]) for row in truth["blind"])
    places = where()
    for line in contacts():
        at = seconds(line["received"])
        site = truth["sites"][site_at(places[line["agent"]], at)]
        assert covers(grown(site["observed"], 1, 120), at, at), line
        if not touches(blind, at - 45, at) or not line["goodbye"]:
            bad = [(f["from"] + 1, f["to"] - 45) for f in site["faults"] if f["to"] - f["from"] > 60]
            assert not touches([span for span in bad if span[0] < span[1]], at, at), line
            assert not touches([(a + 45, b - 1) for a, b in blind if b - a > 60], at, at), line


def test_journals_tell_what_was_true() -> None:
    """Placed by true time, an entry with a dead collector lies where something was wrong, and names it."""
    truth = run()[1]
    places = where()
    starts: dict[str, list[float]] = {}
    for line in contacts():
        starts.setdefault(line["boot"], []).append(seconds(line["received"]) - line["monotonic_s"])
    boots = {boot: min(found) for boot, found in starts.items() if len(found) > 12}
    seen = Counter[str]()
    for line in contacts():
        for entry in line["journal"]:
            if entry["boot"] not in boots or entry["collector"]:
                continue
            at = boots[entry["boot"]] + (entry["from_monotonic_s"] + entry["to_monotonic_s"]) / 2
            site = truth["sites"][site_at(places[line["agent"]], at)]
            kinds = {f["kind"] for f in site["faults"] if f["from"] - 120 <= at <= f["to"] + 120}
            if any(row["from"] - 120 <= at <= row["to"] + 120 for row in truth["blind"]):
                kinds.add("blind")
            own = [row for row in site["cables"] if row["pc"] == line["agent"]]
            if any(row["from"] - 120 <= at <= row["to"] + 120 for row in own):
                kinds.add("cable")
            assert kinds, (line["agent"], entry)
            if entry["gateway"] is False:
                assert kinds & {"lan", "power", "cable"}
            seen.update(kinds)
    assert {"line", "lan", "blind"} <= set(seen)


def test_the_nasty_things_are_there() -> None:
    lines = contacts()
    texts = Counter(json.dumps(line) for line in lines)
    order = [line["received"] for line in lines]
    moved = [name for name, rows in where().items() if len({site for _, site in rows}) > 1]
    truth = run()[1]
    sizes = [site["pcs"] for site in truth["sites"].values()]

    assert 0 < sum(count - 1 for count in texts.values()) < 0.02 * len(lines)
    assert 0 < sum(a > b for a, b in itertools.pairwise(order)) < 0.02 * len(lines)
    assert moved
    assert {line["last_shutdown"] for line in lines} == {"clean", "unclean", "unknown"}
    assert any(line["agent_time"] < "2010" for line in lines)
    assert sizes.count(1) == len(sizes) // 3
    assert {row["recorded"] for row in truth["blind"]} == {True, False}
    assert {f["kind"] for site in truth["sites"].values() for f in site["faults"]} == {
        "line",
        "lan",
        "captive",
        "power",
    }
    assert any(line["kind"] == "site" and line.get("hours") is None for line in run()[0])


def test_seq_goes_up_by_one_and_starts_again_only_after_re_imaging() -> None:
    by_agent: dict[str, dict[str, set[int]]] = {}
    for line in contacts():
        by_agent.setdefault(line["agent"], {}).setdefault(line["boot"], set()).add(line["seq"])
    falls = 0
    for boots in by_agent.values():
        ranges = [(min(seqs), max(seqs)) for seqs in boots.values()]
        falls += sum(right[0] < left[1] and right[0] < 40 for left, right in itertools.pairwise(ranges))
    assert falls < 6


def test_offices_keep_the_vietnamese_calendar() -> None:
    days = Days(date(2026, 1, 1), 365)
    office = [["mon-fri", "07:30-11:30"]]

    assert {date(2026, 2, day) for day in range(16, 21)} <= days.off
    assert opening(office, days, date(2026, 2, 17)) == []
    assert opening(office, days, date(2026, 1, 10)), "the make-up Saturday of the letter of December 2025"
    assert opening(office, days, date(2026, 8, 22)), "the make-up Saturday for 31 August"
    assert not opening(office, days, date(2026, 8, 31))
    assert days.eve(date(2026, 2, 13)) and not days.eve(date(2026, 3, 5))
    assert len(opening([["mon-sun", "00:00-24:00"]], days, date(2026, 2, 17))) == 1


def test_overlay_gives_every_moment_all_that_is_wrong() -> None:
    found = overlay([(0.0, 10.0, LINE), (5.0, 7.0, POWER), (10.0, 12.0, CAPTIVE)])

    assert found == [(0.0, 5.0, LINE), (5.0, 7.0, LINE | POWER), (7.0, 10.0, LINE), (10.0, 12.0, CAPTIVE)]


def test_the_agent_lines_say_where_every_pc_stands() -> None:
    made = trace.simulate(Options(heartbeat_s=900.0, seed=9), 20, 90, 12, date(2026, 3, 2))
    lines = [json.loads(line) for line in trace.lines(made)]
    told: dict[str, list[tuple[float, str]]] = {}
    for line in lines:
        if line["kind"] == "agent":
            told.setdefault(line["id"], []).append((seconds(line["from"]), line["site"]))
    for story in made.stories:
        for part in story.awake:
            assert site_at(sorted(told[story.pc.id]), part.start + 1) == part.site


def test_people_leave_offices_at_night() -> None:
    world = build(random.Random(3), 12, 40, date(2026, 3, 2), 12)
    noon = sum(w.start < world.start + 10 * 3600 < w.end for pc in world.pcs for w in pc.windows)
    night = sum(w.start < world.start + 22 * 3600 < w.end for pc in world.pcs for w in pc.windows)

    assert noon > 20
    assert night < 12
    for pc in world.pcs:
        assert all(a.end < b.start for a, b in itertools.pairwise(pc.windows))
