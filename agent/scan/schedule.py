"""When to scan. Pure: ledger, policy and the moment are arguments, a new ledger comes back.

Two clocks, because each lies in its own way: the wall clock knows the office's hours but jumps, the seconds since boot
run evenly but start again with each boot. So counts belong to a local day *and* a day counts as new only when enough
time has truly passed; when the PC has booted, the ledger's moments are translated once into the new boot's seconds.
"""

from __future__ import annotations

import dataclasses
import re
import time
from dataclasses import dataclass
from typing import Tuple

from ..wire.exchange import AgentPolicy
from .state import Ledger

CLOCK_SLACK_S = 60.0  # a clock that drifts is not one that was set
DAILY_FRAMES = 15000  # seven and a half minutes at the polite rate; two passes of a /22 are 2,044
MAX_SWEEPS = 4
REST_S = 86400.0  # after the gateway went silent under a scan
SPACING_S = 1800.0  # between any scan and the next sweep
OLDEST_CLOCK_S = 1767225600.0  # 2026-01-01: a clock before that has lost its battery, and with it the office's hours
_RECHECK_LIMITS = (900, 86400)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)$")
_DEFAULT_WINDOW = (8 * 60.0, 16 * 60.0 + 30.0)


@dataclass(frozen=True)
class Moment:
    wall_s: float  # since 1970 by this PC's clock
    mono_s: float  # since boot
    boot_id: str
    day: str = ""  # YYYY-MM-DD, local
    weekday: int = 0  # Monday is 0
    minute: float = 0.0  # of the local day


def moment(wall_s: float, mono_s: float, boot_id: str) -> Moment:
    try:
        local = time.localtime(wall_s)
    except (OverflowError, OSError, ValueError):  # no such date on this system
        return Moment(0.0, mono_s, boot_id)
    day = "{:04d}-{:02d}-{:02d}".format(local.tm_year, local.tm_mon, local.tm_mday)
    minute = local.tm_hour * 60.0 + local.tm_min + local.tm_sec / 60.0
    return Moment(wall_s, mono_s, boot_id, day, local.tm_wday, minute)


def window(policy: AgentPolicy) -> Tuple[float, float]:
    """(from, to) in minutes of the day; the default when the policy's are no times or the wrong way round."""
    found = [_CLOCK.match(text.strip()) for text in (policy.scan_from, policy.scan_to)]
    if found[0] is None or found[1] is None:
        return _DEFAULT_WINDOW
    first, last = (int(match.group(1)) * 60.0 + int(match.group(2)) for match in found if match)
    return (first, last) if first < last else _DEFAULT_WINDOW


def in_hours(now: Moment, policy: AgentPolicy) -> bool:
    first, last = window(policy)
    return now.wall_s >= OLDEST_CLOCK_S and now.weekday < 5 and first <= now.minute < last


def sweeps_per_day(policy: AgentPolicy) -> int:
    return min(max(policy.scan_sweeps_per_day, 0), MAX_SWEEPS)


def translated(ledger: Ledger, now: Moment) -> Ledger:
    """The ledger in the seconds of this boot. A moment in the future (a clock that was wrong then, or is now) becomes
    this moment: waiting anew is the safe side."""
    if ledger.boot_id == now.boot_id:
        return _by_this_clock(_not_ahead(ledger, now), now)
    if now.wall_s < OLDEST_CLOCK_S:
        return ledger  # not with this clock; it may be set soon

    def mono(at_s: float) -> float:
        return now.mono_s - max(now.wall_s - at_s, 0.0)

    return dataclasses.replace(
        ledger,
        boot_id=now.boot_id,
        day_mono_s=mono(ledger.day_at_s),
        scan_mono_s=mono(ledger.scan_at_s),
        sweep_mono_s=mono(ledger.sweep_at_s),
        rest_mono_s=mono(ledger.rest_at_s),
    )


def _not_ahead(ledger: Ledger, now: Moment) -> Ledger:
    """The seconds since boot went back: a virtual machine was restored."""
    names = ("day_mono_s", "scan_mono_s", "sweep_mono_s", "rest_mono_s")
    ahead = {name: now.mono_s for name in names if getattr(ledger, name) > now.mono_s}
    return dataclasses.replace(ledger, **ahead) if ahead else ledger


def _by_this_clock(ledger: Ledger, now: Moment) -> Ledger:
    """A clock that was set right shows later dates for what was done before: the next boot has only them to go by.
    Earlier ones are not believed, so that a clock that goes wrong takes no date back."""
    if now.wall_s < OLDEST_CLOCK_S:
        return ledger
    later = {}
    for name in ("day", "scan", "sweep", "rest"):
        noted = getattr(ledger, name + "_at_s")
        shown = now.wall_s - (now.mono_s - getattr(ledger, name + "_mono_s"))
        if noted and shown > noted + CLOCK_SLACK_S:
            later[name + "_at_s"] = shown
    return dataclasses.replace(ledger, **later) if later else ledger


def drawn(ledger: Ledger, now: Moment, policy: AgentPolicy, random: "Tuple[float, ...]") -> Ledger:
    """The ledger with today's moments for sweeps, one in each equal part of the window. `random`: numbers in [0, 1)."""
    count = sweeps_per_day(policy)
    if ledger.draw_day == now.day and len(ledger.draws) == count:
        return ledger
    first, last = window(policy)
    part = (last - first) / max(count, 1)
    draws = tuple(round(first + part * (number + random[number]), 2) for number in range(count))
    return dataclasses.replace(ledger, draw_day=now.day, draws=draws)


def due(ledger: Ledger, now: Moment, policy: AgentPolicy, has_known: bool) -> str:
    """sweep, recheck or "". The ledger is translated and drawn."""
    if not in_hours(now, policy) or ledger.boot_id not in ("", now.boot_id):
        return ""
    if ledger.rest_at_s and now.mono_s - ledger.rest_mono_s < REST_S:
        return ""
    sweeps, frames = (0, 0) if is_new_day(ledger, now, policy) else (ledger.sweeps, ledger.frames)
    if frames >= DAILY_FRAMES:
        return ""
    since_scan = now.mono_s - ledger.scan_mono_s if ledger.scan_at_s else float("inf")
    if sweeps < len(ledger.draws) and now.minute >= ledger.draws[sweeps]:
        return "sweep" if since_scan >= SPACING_S else ""
    wait = min(max(policy.scan_recheck_s, _RECHECK_LIMITS[0]), _RECHECK_LIMITS[1])
    return "recheck" if has_known and since_scan >= wait else ""


def is_new_day(ledger: Ledger, now: Moment, policy: AgentPolicy) -> bool:
    """Whether the counts start again: another local date, and since the first scan and the last sweep of the old one as
    much time has truly passed as lies between the end of one day's window and the beginning of the next."""
    if not ledger.day:
        return True
    first, last = window(policy)
    least = max(86400.0 - (last - first) * 60.0 - 1800.0, 3600.0)
    since_s = now.mono_s - (max(ledger.day_mono_s, ledger.sweep_mono_s) if ledger.sweep_at_s else ledger.day_mono_s)
    return ledger.day != now.day and since_s >= least


def started(ledger: Ledger, now: Moment, policy: AgentPolicy, kind: str, frames: int) -> Ledger:
    """To be on the disk before a scan begins. `frames`: as many as it may send; booked() puts it right."""
    if is_new_day(ledger, now, policy):
        ledger = dataclasses.replace(
            ledger, day=now.day, day_at_s=now.wall_s, day_mono_s=now.mono_s, sweeps=0, frames=0
        )
    ledger = dataclasses.replace(
        ledger,
        boot_id=now.boot_id,
        frames=ledger.frames + frames,
        scan_at_s=now.wall_s,
        scan_mono_s=now.mono_s,
    )
    if kind == "sweep":
        ledger = dataclasses.replace(ledger, sweeps=ledger.sweeps + 1, sweep_at_s=now.wall_s, sweep_mono_s=now.mono_s)
    return ledger


def booked(ledger: Ledger, kind: str, reserved: int, sent: int, began: bool) -> Ledger:
    """After the scan. `began` False: it ended before its first question, so the sweep is not used up."""
    sweeps = ledger.sweeps - 1 if kind == "sweep" and not began else ledger.sweeps
    return dataclasses.replace(ledger, frames=max(ledger.frames - reserved + sent, 0), sweeps=max(sweeps, 0))


def resting(ledger: Ledger, now: Moment) -> Ledger:
    return dataclasses.replace(ledger, rest_at_s=now.wall_s, rest_mono_s=now.mono_s)


def next_text(ledger: Ledger, now: Moment, policy: AgentPolicy) -> str:
    """When the next sweep may begin, for people. Vietnamese."""
    first, last = ("{:02d}:{:02d}".format(int(value) // 60, int(value) % 60) for value in window(policy))
    hours = "{} – {}, thứ Hai đến thứ Sáu".format(first, last)
    if ledger.rest_at_s and 0 <= now.wall_s - ledger.rest_at_s < REST_S:
        return "nghỉ một ngày vì cổng ra đã ngừng trả lời khi đang quét; sau đó trong giờ {}".format(hours)
    left = ledger.draws[ledger.sweeps if ledger.day == now.day else 0 :]
    if ledger.draw_day == now.day and left and in_hours(now, policy):
        return "hôm nay, từ {:02d}:{:02d}".format(int(left[0]) // 60, int(left[0]) % 60)
    return "ngày làm việc tới, trong giờ {}".format(hours)
