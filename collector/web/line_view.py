"""Figures of lines as pages show them: lower bounds are called so, what is not known is never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collector.i18n import N_, format, line_words, translator
from collector.i18n.line_words import figure
from collector.i18n.words import LINE_KINDS, word
from collector.web.scope import PLACES
from inventory.domain.line_quality import MEASURES
from inventory.store.line_lists import LineRow
from inventory.store.tables import LineTest


def place_key(path: str) -> str:
    """The place in the navigation that guards and highlights a page; without one of its own, that of the offices."""
    return next((place.key for place in PLACES if place.path == path), "sites")


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a list. `text` "" when nothing is known; `note` tells how often and on how many days."""

    text: str
    note: str
    at_least: bool = False


def cell(row: LineRow, measure: str, lang: str) -> Cell:
    """p90 of a measure, or the lower bound that capped tests prove."""
    _ = translator(lang)
    unit, seen, days = line_words.UNIT_OF[measure], *row.days(measure)
    note = _(N_("%(n)s lần đo, %(seen)s/%(days)s ngày làm việc")) % {
        "n": format.number(row.count(measure), lang), "seen": seen, "days": days,
    }  # fmt: skip
    full = row.full(measure)
    if full is not None:
        return Cell(figure(full, unit, lang), note)
    bound = row.at_least(measure)
    if bound is not None:
        return Cell("≥ " + figure(bound, unit, lang), note, at_least=True)
    return Cell("", "")


def measure_rows(row: LineRow, lang: str) -> list[dict[str, Any]]:
    """The table of one line: p50, p90, p95 of full measurements, lower bounds of capped ones beside them."""
    found: list[dict[str, Any]] = []
    data = row.data["quality"]["measures"] if row.data else {}
    for name in MEASURES:
        said: Mapping[str, Any] = data.get(name) or {}
        unit = line_words.UNIT_OF[name]
        full, capped = said.get("full") or {}, said.get("capped") or {}
        found.append({
            "name": word(line_words.DIMENSIONS, name, lang),
            "full": [figure(full.get(p), unit, lang) if full else "" for p in ("p50", "p90", "p95")],
            "count": full.get("count", 0),
            "capped": figure(capped.get("p90"), unit, lang) if capped else "",
            "best": figure(capped.get("best"), unit, lang) if capped else "",
            "capped_count": capped.get("count", 0),
            "seen": said.get("days_seen", 0),
            "days": said.get("days", 0),
            "rate": name in ("down", "up"),
        })  # fmt: skip
    return found


def load_lines_said(row: LineRow, lang: str) -> list[dict[str, Any]]:
    """The check of the capacity, a line per direction."""
    found: list[dict[str, Any]] = []
    for check in row.data["load"] if row.data else ():
        found.append({
            "direction": word(line_words.DIMENSIONS, check["direction"], lang),
            "verdict": check["verdict"],
            "why": word(line_words.WHY_UNKNOWN, check["why"], lang) if check["why"] else "",
            "paid": figure(check["paid_mbps"], "Mb/s", lang),
            "limit": figure(check["limit_mbps"], "Mb/s", lang),
            "proven": figure(check["proven_mbps"], "Mb/s", lang),
            "seen": figure(check["seen_mbps"], "Mb/s", lang),
            "samples": format.number(check["samples"], lang),
            "expected": format.number(check["expected"], lang),
            "share": format.percent(check["samples"], check["expected"], lang),
            "needed": format.number(check["needed"], lang),
            "left_out": check["left_out"],
        })  # fmt: skip
    return found


def rate_lines_said(row: LineRow, lang: str) -> list[dict[str, Any]]:
    """The check of the paid rate, a line per line and direction."""
    found: list[dict[str, Any]] = []
    for check in row.data["rate"] if row.data else ():
        found.append({
            "line": word(LINE_KINDS, check["line_kind"], lang),
            "direction": word(line_words.DIMENSIONS, check["direction"], lang),
            "verdict": check["verdict"],
            "why": word(line_words.WHY_UNKNOWN, check["why"], lang) if check["why"] else "",
            "paid": figure(check["paid_mbps"], "Mb/s", lang),
            "limit": figure(check["limit_mbps"], "Mb/s", lang),
            "median": figure(check["median_mbps"], "Mb/s", lang),
            "at_least": "≥ " + figure(check["at_least_mbps"], "Mb/s", lang) if check["at_least_mbps"] is not None else "",
            "full": check["full_tests"],
            "capped": check["capped_tests"],
            "needed": check["needed"],
        })  # fmt: skip
    return found


def test_rows(tests: Sequence[LineTest], lang: str) -> list[dict[str, Any]]:
    """The newest tests, whatever became of them."""
    return [
        {
            "at": test.at,
            "dated": test.placed != "receipt",
            "kind": word(line_words.TESTS, test.kind, lang),
            "outcome": word(line_words.OUTCOMES, test.outcome, lang),
            "error": test.error,
            "result": _result(test, lang),
            "bytes": megabytes(test.bytes_used, lang),
            "link": word(line_words.LINK_CLASSES, test.link_class, lang),
        }
        for test in tests
    ]


def megabytes(value: int | None, lang: str) -> str:
    """Bytes as MB of a million: "3,6 MB"; "–" when it is not known."""
    if value is None:
        return format.NOTHING
    if value < 95_000:
        return format.decimal(value / 1e3, 1, lang) + " kB"
    if value >= 999_500_000:
        return format.decimal(value / 1e9, 1, lang) + " GB"
    return format.decimal(value / 1e6, 0 if value >= 99_500_000 else 1, lang) + " MB"


def _result(test: LineTest, lang: str) -> str:
    _ = translator(lang)
    if test.outcome not in ("ok", "capped"):
        return ""
    if test.kind != "stamp":
        return ("≥ " if test.outcome == "capped" else "") + figure(test.mbps, "Mb/s", lang)
    sent, received = test.packets_sent or 0, test.packets_received
    lost = None if received is None or not sent else 100 * (sent - received) / sent
    return _(N_("trễ %(rtt)s, rung %(jitter)s, mất %(loss)s")) % {
        "rtt": figure(test.rtt_median_ms, "ms", lang),
        "jitter": figure(test.jitter_ms, "ms", lang),
        "loss": figure(lost, "%", lang),
    }
