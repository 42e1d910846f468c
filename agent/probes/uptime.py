"""When this boot began and how the one before it ended.

The operating system's own records go first (it knows its shutdown even when the agent was stopped before),
then the agent's marker. Both can be missing: then the answer is "", not known.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Dict, Optional, cast

from ..probe import ProbeContext
from ..wire.sections import UptimeInfo
from . import uptime_linux, uptime_windows

MARKER_FILE = "marker.json"


@dataclass(frozen=True)
class LastShutdown:
    how: str = ""  # clean | unclean | ""
    source: str = ""  # agent_marker | wtmp | event_log
    last_seen: str = ""  # RFC 3339: last moment the agent noted in the boot before


def run(context: ProbeContext) -> UptimeInfo:
    host = context.host
    boot_id = host.boot_id()
    boot_time_s = host.boot_time_s()
    memo = "last_shutdown " + boot_id
    # How the boot before ended cannot change within this one, and the loop soon writes over the old marker.
    last = host.memo.get(memo)
    if last is None:
        last = _last_shutdown(context, boot_id, boot_time_s)
        host.memo[memo] = last
    return UptimeInfo(
        boot_time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(max(boot_time_s, 0))),
        last_shutdown=last.how,
        last_shutdown_source=last.source,
        last_seen_before=last.last_seen,
        on_battery=host.on_battery(),
    )


def judge_last_shutdown(marker: Optional[Dict[str, Any]], boot_id: str) -> LastShutdown:
    """What the agent's marker ({"boot_id", "at", "goodbye"}, perhaps "previous": the marker of the boot
    before) says of the boot before `boot_id`. A marker of this same boot without "previous" says nothing of
    it."""
    if marker is None:
        return LastShutdown()
    if marker.get("boot_id") == boot_id:
        previous = marker.get("previous")
        if not isinstance(previous, dict):
            return LastShutdown()
        marker = cast(Dict[str, Any], previous)
        if marker.get("boot_id") == boot_id:
            return LastShutdown()
    goodbye, at = marker.get("goodbye"), marker.get("at")
    if not isinstance(goodbye, bool) or not isinstance(marker.get("boot_id"), str):
        return LastShutdown()
    return LastShutdown("clean" if goodbye else "unclean", "agent_marker", at if isinstance(at, str) else "")


def _last_shutdown(context: ProbeContext, boot_id: str, boot_time_s: float) -> LastShutdown:
    by_marker = judge_last_shutdown(read_marker(context), boot_id)
    how, source = "", ""
    if context.host.platform == "linux":
        how, source = uptime_linux.last_shutdown(context, boot_time_s), "wtmp"
    elif context.host.platform == "windows":
        how, source = uptime_windows.last_shutdown(context), "event_log"
    if not how:
        return by_marker
    if by_marker.how and by_marker.how != how:
        context.log("the agent's marker says {}, {} says {}".format(by_marker.how, source, how))
    return LastShutdown(how, source, by_marker.last_seen)


def read_marker(context: ProbeContext) -> Optional[Dict[str, Any]]:
    if not context.settings.state_dir:
        return None
    text = context.host.read_text(context.settings.state_dir.rstrip("/\\") + "/" + MARKER_FILE, 65536)
    try:
        marker = json.loads(text) if text else None
    except ValueError:
        context.log("the marker file is damaged")
        return None
    return cast(Dict[str, Any], marker) if isinstance(marker, dict) else None
