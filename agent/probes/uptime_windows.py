"""Windows: the event log. 6006 is written at an orderly end, 6008 at the start after one that was none."""

from __future__ import annotations

import re

from ..probe import ProbeContext

_QUERY = "*[System[Provider[@Name='EventLog'] and (EventID=6006 or EventID=6008)]]"
_COMMAND = ("wevtutil", "qe", "System", "/q:" + _QUERY, "/c:1", "/rd:true", "/f:xml")
_EVENT_ID = re.compile(rb"<EventID[^>]*>\s*(\d+)\s*</EventID>")


def last_shutdown(context: ProbeContext) -> str:
    result = context.host.run(_COMMAND, timeout_s=8)
    if not result.ok:
        context.log("wevtutil: " + (result.err or "no answer"))
        return ""
    return parse_newest_event(result.out)


def parse_newest_event(out: bytes) -> str:
    """wevtutil's XML of the newest of the two events -> clean, unclean or ''. Some systems write UTF-16."""
    match = _EVENT_ID.search(out.replace(b"\x00", b""))
    return {b"6006": "clean", b"6008": "unclean"}.get(match.group(1), "") if match else ""
