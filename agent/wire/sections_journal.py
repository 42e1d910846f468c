"""Section `journal`: what the agent saw while it could not report. Part of the contract of sections.py, whose rules
hold here.

Unlike the other sections it is no state: each delivery brings entries, and an entry that came before is told apart by
(boot_id, from_monotonic_s); the one with the later to_monotonic_s is the newer look at the same entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class JournalEntry:
    """A stretch of time in which every look gave the same. Nothing is said of the time between entries.

    Stages from near to far; None: not looked at, or it could not be judged."""

    boot_id: str = ""  # 32 hex digits, of the boot in which it was seen
    from_s: float = 0.0  # first look, by the agent's clock of that moment, seconds since 1970; may lie
    to_s: float = 0.0  # last look, the same clock; less than from_s when it was set back between the two
    from_monotonic_s: float = 0.0  # first look, seconds since boot, sleep included
    to_monotonic_s: float = 0.0  # last look
    link: Optional[bool] = None  # a network card with a cable or radio and an address of its own
    gateway: Optional[bool] = None  # the office's router answered
    provider: Optional[bool] = None  # the first router behind it answered
    government: Optional[bool] = None  # the policy's target on the government network answered
    internet: Optional[bool] = None  # the policy's check page gave the known answer
    captive: Optional[bool] = None  # an answer came, but not the expected one
    collector: Optional[bool] = None  # the collector's own address took a connection, or it answered
    services_failed: Tuple[str, ...] = ()  # names of the policy's services that did not answer
    services_asked: Optional[int] = None  # how many were asked; None: none was, so an empty list above says nothing
    services_more: int = 0  # failed too, but not named above for want of room
    on_battery: Optional[bool] = None  # the PC or its UPS runs without mains; None: no battery, or not known
    battery_percent: Optional[int] = None  # at the last look
    ups: str = ""  # online | on_battery | low: a UPS that tells the PC; "" none is known
    # Why it is the last look: changed (the next entry follows at once) | reported (reports get through again) | slept
    # (looks were missed: sleep, or a machine that stood still) | restarted (the agent was started anew, the boot went
    # on) | goodbye (shut down in order) | unclean (the boot ended without a word, at any time after the last look) |
    # unknown (ended, nobody knows how) | "" (the state still holds)
    ended: str = ""


@dataclass(frozen=True)
class JournalInfo:
    entries: Tuple[JournalEntry, ...] = ()  # oldest first
    dropped: int = 0  # entries that were lost since the agent was installed: no room for them, or a damaged file
    waiting: int = 0  # entries that will follow with the next reports
