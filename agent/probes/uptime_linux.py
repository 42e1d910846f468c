"""Linux: wtmp, where the system writes each boot and, when there is time for it, each shutdown.

Newer systems have no wtmp any more, containers never had one: then nothing is known here.
"""

from __future__ import annotations

import struct
from typing import List, Tuple

from ..probe import ProbeContext

_PATH = "/var/log/wtmp"
_RECORD = struct.Struct(
    "<h2xi32s4s32s256shhiii16s20x"
)  # type, pid, line, id, user, host, exit, exit, session, s, us
_RUN_LEVEL, _BOOT = 1, 2
_MAX_BYTES = 4 * 1024 * 1024
_SLACK_S = 600.0


def last_shutdown(context: ProbeContext, boot_time_s: float) -> str:
    try:
        data = context.host.read_bytes(_PATH, _MAX_BYTES)
    except PermissionError:
        context.log("no right to read " + _PATH)
        return ""
    return judge(parse_wtmp(data or b""), boot_time_s)


def parse_wtmp(data: bytes) -> List[Tuple[str, int]]:
    """("boot" | "shutdown", seconds since 1970) in the order written; other records are passed over."""
    found: List[Tuple[str, int]] = []
    for offset in range(0, len(data) - _RECORD.size + 1, _RECORD.size):
        row = _RECORD.unpack_from(data, offset)
        kind, user, seconds = row[0], row[4].partition(b"\x00")[0], row[9]
        if kind == _BOOT:
            found.append(("boot", seconds))
        elif kind == _RUN_LEVEL and user == b"shutdown":
            found.append(("shutdown", seconds))
    return found


def judge(events: List[Tuple[str, int]], boot_time_s: float) -> str:
    """Was a shutdown written between the boot before and this one? Only told when this boot's own record is
    there: else the newest record is an older boot's and the answer would be about that one."""
    boots = [number for number, (kind, _) in enumerate(events) if kind == "boot"]
    if len(boots) < 2 or abs(events[boots[-1]][1] - boot_time_s) > _SLACK_S:
        return ""
    between = events[boots[-2] + 1 : boots[-1]]
    return "clean" if any(kind == "shutdown" for kind, _ in between) else "unclean"
