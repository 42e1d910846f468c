"""A recorded trace: JSON lines in the order in which the collector learnt them. Reading and checking, no judgement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from inventory.domain.problem import BadValue

KINDS = ("site", "agent", "contact", "collector_down", "end")

Line = dict[str, Any]

_LONGEST_S = 3.2e9  # a hundred years

_NEEDED = {
    "site": ("id",),
    "agent": ("id", "site"),
    "contact": ("agent", "received", "boot", "monotonic_s"),
    "collector_down": ("from", "to"),
    "end": ("at",),
}


def read_trace(lines: Iterable[bytes]) -> Iterator[Line]:
    """Lines as objects. Empty lines are passed over. Raises BadValue naming line and field."""
    decode = json.JSONDecoder().decode
    for number, raw in enumerate(lines, 1):
        text = raw.decode("utf-8", "replace").strip()
        if not text:
            continue
        try:
            line = decode(text)
        except ValueError as error:
            raise BadValue(
                "trace", "dòng {number}: không phải JSON ({error})", "sửa dòng này", number=number, error=str(error)
            ) from None
        if not isinstance(line, dict) or line.get("kind") not in KINDS:
            raise BadValue("trace", "dòng {number}: kind lạ", "dùng {kinds}", number=number, kinds=", ".join(KINDS))
        for name in _NEEDED[line["kind"]]:
            if line.get(name) is None:
                raise BadValue("trace", "dòng {number}: thiếu {name}", "thêm vào", number=number, name=name)
        try:
            _read_times(line)
        except (ValueError, TypeError, OverflowError) as error:
            raise BadValue(
                "trace", "dòng {number}: {error}", "xem định dạng trong tài liệu", number=number, error=str(error)
            ) from None
        yield line


def moment(text: str) -> datetime:
    """RFC 3339 -> aware UTC. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    if not 1990 <= found.year < 2200:
        raise ValueError(f"{text!r} is no time of this office")
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def clock(text: object) -> float | None:
    """An agent's own time, seconds since 1970; None when it is no time at all: it may lie, so it is never refused."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.timestamp() if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _read_contact(line: Line) -> None:
    line["received"] = moment(line["received"])
    line["monotonic_s"] = _seconds(line["monotonic_s"])
    if type(line["boot"]) is not str or type(line["agent"]) is not str:
        line["boot"], line["agent"] = _name(line["boot"]), _name(line["agent"])
    if type(line.get("seq")) is not int:
        line["seq"] = 0
    journal = line.get("journal")
    if not journal:
        return
    if not isinstance(journal, list) or not all(isinstance(entry, dict) for entry in journal):
        raise ValueError("journal must be a list of objects")
    for entry in journal:
        entry["boot"] = _name(entry.get("boot") or line["boot"])
        entry["from_monotonic_s"] = _seconds(entry.get("from_monotonic_s"))
        entry["to_monotonic_s"] = _seconds(entry.get("to_monotonic_s"))
        for flag in ("gateway", "internet", "collector"):
            if entry.get(flag) not in (True, False, None):
                raise ValueError(f"journal: {flag} must be true, false or null")


def _seconds(value: object) -> float:
    seconds = float(value)  # type: ignore[arg-type]
    if not abs(seconds) < _LONGEST_S:  # NaN, too
        raise ValueError(f"{value!r} is no number of seconds")
    return seconds


def _name(value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"{value!r} is no name")
    return str(value)


def _read_times(line: Line) -> None:
    kind = line["kind"]
    if kind == "contact":
        _read_contact(line)
    elif kind == "collector_down":
        line["from"], line["to"] = moment(line["from"]), moment(line["to"])
    elif kind == "end":
        line["at"] = moment(line["at"])
    elif kind == "agent" and line.get("from") is not None:
        line["from"] = moment(line["from"])
