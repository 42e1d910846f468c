"""The small language of NN_name.expected.json: checks of an answer. README.md beside this file lists them.

`failures(checks, answer)` gives one sentence per check that does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.replay.answer import FAULT_STATES, Answer
from tests.replay.spans import meet, total
from tests.replay.world import seconds

KEYS = frozenset(
    [
        "site",
        "at",
        "state",
        "cause",
        "from",
        "to",
        "never",
        "share",
        "edge",
        "near",
        "within_s",
        "alerts",
        "closed",
        "withdrawn",
        "states",
    ]
) | {"area_events", "provider", "area", "sites"}


def failures(checks: Sequence[Mapping[str, Any]], document: Mapping[str, Any]) -> list[str]:
    """What does not hold; a broken contract (holes, unknown states) counts too."""
    answer = Answer(document)
    found = list(answer.complaints)
    for check in checks:
        strange = set(check) - KEYS
        if strange:
            raise ValueError(f"{check}: unknown keys {sorted(strange)}")
        text = _one(answer, check)
        if text:
            where = answer.near(check["site"], *_span(answer, check)) if "site" in check else ""
            found.append(f"{dict(check)}: {text}{where}")
    return found


def _one(answer: Answer, check: Mapping[str, Any]) -> str:
    if "alerts" in check:
        return _alerts(answer, check)
    if "area_events" in check:
        return _events(answer, check)
    if "at" in check:
        return _state(answer, check)
    if "never" in check:
        bad = total(meet(answer.where(check["site"], frozenset(check["never"])), [_span(answer, check)]))
        return f"{bad:.0f} s of it" if bad > 0.01 else ""
    if "share" in check:
        start, end = _span(answer, check)
        share = total(meet(answer.where(check["site"], frozenset(check["state"])), [(start, end)])) / (end - start)
        return f"only {share:.0%}" if share < check["share"] else ""
    if "edge" in check:
        return _edge(answer, check)
    raise ValueError(f"{dict(check)}: checks nothing")


def _span(answer: Answer, check: Mapping[str, Any]) -> tuple[float, float]:
    rows = answer.sites.get(check["site"]) or []
    first, last = (rows[0].start, rows[-1].end) if rows else (0.0, 0.0)
    if "at" in check or "near" in check:
        at = seconds(check.get("at") or check["near"])
        return at, at
    return (seconds(check["from"]) if "from" in check else first, seconds(check["to"]) if "to" in check else last)


def _state(answer: Answer, check: Mapping[str, Any]) -> str:
    at = seconds(check["at"])
    for part in answer.sites.get(check["site"], ()):
        if part.start <= at < part.end:
            if part.state not in check["state"]:
                return f"is {part.state}"
            return f"cause is {part.cause}" if "cause" in check and part.cause not in check["cause"] else ""
    return "the timeline does not reach there"


def _edge(answer: Answer, check: Mapping[str, Any]) -> str:
    runs = answer.where(check["site"], frozenset(check["state"]))
    at, side = seconds(check["near"]), 0 if check["edge"] == "start" else 1
    error = min((abs(run[side] - at) for run in runs), default=float("inf"))
    return f"nearest {check['edge']} is {error:.0f} s away" if error > check["within_s"] else ""


def _alerts(answer: Answer, check: Mapping[str, Any]) -> str:
    states = frozenset(check.get("states", FAULT_STATES))
    shown = [alert for alert in answer.alerts if alert.site == check["site"] and alert.state in states]
    least, most = check["alerts"]
    if not least <= len(shown) <= most:
        return f"{len(shown)} alerts: {[str(alert) for alert in shown]}"
    for key in ("closed", "withdrawn"):
        if key in check and any((getattr(alert, key) is not None) != check[key] for alert in shown):
            return f"{key} must be {check[key]}: {[str(alert) for alert in shown]}"
    return ""


def _events(answer: Answer, check: Mapping[str, Any]) -> str:
    shown = [
        event
        for event in answer.events
        if ("provider" not in check or event.provider == check["provider"])
        and ("area" not in check or event.area == check["area"])
        and ("cause" not in check or event.cause in check["cause"])
        and set(check.get("sites", ())) <= set(event.sites)
    ]
    least, most = check["area_events"]
    if not least <= len(shown) <= most:
        return f"{len(shown)} such events of {[str(event) for event in answer.events]}"
    return ""
