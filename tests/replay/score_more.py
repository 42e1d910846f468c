"""Figures that have no aim in the issue but tell where an engine is weak."""

from __future__ import annotations

from typing import Any

from tests.replay.answer import FAULT_STATES, AreaEvent
from tests.replay.case import Case, Figure
from tests.replay.score_faults import knowable
from tests.replay.spans import covers, meet, total, touches, without


def recall(case: Case) -> list[Figure]:
    """True faults over two office hours long for which some alert was raised, and how soon."""
    found = due = seen = seen_found = 0
    delays: list[float] = []
    misses: list[str] = []
    for name, site in case.sites.items():
        alerts = [alert for alert in case.answer.alerts if alert.site == name and alert.state in FAULT_STATES]
        for fault in site["faults"]:
            span = (fault["from"], fault["to"])
            office = without(meet([span], site["office"]), case.blind)
            if total(office) <= 7200 or not site["observed"]:
                continue
            hits = [a for a in alerts if a.since - 900 <= span[1] and (a.closed or case.end) >= span[0]]
            due += 1
            found += bool(hits)
            watched = total(meet(office, site["observed"])) > 7200
            seen += watched
            seen_found += watched and bool(hits)
            if hits:
                delays.append(max(0.0, min(a.raised for a in hits) - span[0]))
            elif watched:
                misses.append(case.miss(name, span, f"no alert for {fault['kind']}"))
    middle = sorted(delays)[len(delays) // 2] / 60 if delays else 0.0
    return [
        Figure("alerts for faults over 2 office hours", f"{found} of {due}", misses=misses),
        Figure("... of those with a PC on for 2 hours of it", f"{seen_found} of {seen}"),
        Figure("... median delay of the alert", f"{middle:.0f} min"),
    ]


def area_events(case: Case) -> list[Figure]:
    """Area events that at least three sites could see: found or not; and events that are none."""
    found = due = 0
    misses: list[str] = []
    for event in case.truth["area_events"]:
        seen = [
            name
            for name in event["sites"]
            if covers(case.sites[name]["observed"], event["start"] - 60, event["start"] + 1)
            and not touches(case.blind, event["start"] - 300, event["end"] + 300)
            and any(f["event"] == event["id"] and knowable(f) for f in case.sites[name]["faults"])
        ]
        if len(seen) < 3:
            continue
        due += 1
        hit = [given for given in case.answer.events if _same(event, given, seen)]
        found += bool(hit)
        if not hit:
            scope = event["area"] or event["provider"]
            near = [str(e) for e in case.answer.events if abs(e.start - event["start"]) < 7200]
            misses.append(f"{event['id']} {scope} {event['kind']}, {len(seen)} sites could see; answer: {near}")
    false = [str(event) for event in case.answer.events if not _real(case, event)]
    return [
        Figure("area events found", f"{found} of {due}", misses=misses),
        Figure("... false", f"{len(false)} of {len(case.answer.events)}", misses=false),
    ]


def _same(event: dict[str, Any], given: AreaEvent, seen: list[str]) -> bool:
    end = given.end if given.end is not None else float("inf")
    if given.start > event["end"] + 900 or end < event["start"] - 900:
        return False
    scope = (event["area"] and given.area == event["area"]) or (
        event["provider"] and given.provider == event["provider"]
    )
    return bool(scope) and len(set(seen) & set(given.sites)) * 2 >= len(seen)


def _real(case: Case, given: AreaEvent) -> bool:
    end = given.end if given.end is not None else given.start + 3600
    hit = [name for name in given.sites if touches(case.faults(name), given.start - 900, end + 300)]
    return len(hit) * 2 >= len(given.sites)


def grouping(case: Case) -> list[Figure]:
    """Alerts per flapping line and per other fault: one finding, not forty."""
    flaps: dict[str, list[float]] = {}
    several = 0
    misses: list[str] = []
    for name, site in case.sites.items():
        alerts = [a for a in case.answer.alerts if a.site == name and a.state in FAULT_STATES]
        for fault in site["faults"]:
            if fault["flapping"]:
                span = flaps.setdefault(f"{name}/{fault['flapping']}", [fault["from"], fault["to"]])
                span[1] = fault["to"]
                continue
            hits = [a for a in alerts if fault["from"] - 300 <= a.raised <= fault["to"]]
            if len(hits) > 1:
                several += 1
                misses.append(case.miss(name, (fault["from"], fault["to"]), f"{len(hits)} alerts"))
    most = 0
    for key, (start, end) in flaps.items():
        name = key.partition("/")[0]
        most = max(most, sum(a.site == name and start <= a.raised <= end + 1800 for a in case.answer.alerts))
    return [
        Figure("faults with several alerts", str(several), misses=misses),
        Figure("most alerts of one flapping line", f"{most} ({len(flaps)} flapping lines)"),
    ]


def invented(case: Case) -> list[Figure]:
    """Fault minutes in the timeline at times when nothing was wrong, blind time left out."""
    bad = every = 0.0
    misses: list[tuple[float, str]] = []
    for name in case.sites:
        said = without(case.lost[name], case.blind)
        extra = without(said, case.faults(name))
        bad, every = bad + total(extra), every + total(said)
        misses += [(a - b, case.miss(name, (a, b), "nothing was wrong")) for a, b in extra if b - a > 900]
    text = f"{bad / 60:.0f} of {every / 60:.0f} min"
    return [Figure("fault minutes that were none", text, misses=[text for _, text in sorted(misses)])]
