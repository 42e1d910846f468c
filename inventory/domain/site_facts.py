"""The evidence from which a site's timeline is concluded, and the words of the conclusion. Pure shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from inventory.domain.contact import Interval
from inventory.domain.hours import OpeningHours

State = Literal[
    "UP",
    "OFF_EXPECTED",
    "OFF_UNUSUAL",
    "LINE_LOST_SUSPECTED",
    "LINE_LOST_CONFIRMED",
    "POWER_CUT_SUSPECTED",
    "COLLECTOR_BLIND",
    "NOT_OBSERVED",
    "NEVER_REPORTED",
]
Cause = Literal["line", "lan", "captive", "power", "collector", "schedule", "unknown"]

FAULTS: frozenset[str] = frozenset({"LINE_LOST_SUSPECTED", "LINE_LOST_CONFIRMED", "POWER_CUT_SUSPECTED"})
"""States in which the site is believed to be cut off."""

OBSERVED: frozenset[str] = FAULTS | {"UP"}
"""States that say something about the line; all others are unobserved time in availability figures."""


@dataclass(frozen=True, slots=True)
class AgentFact:
    """One agent that is to report from the site."""

    agent_id: str
    heartbeat_s: float
    enrolled_at: datetime
    left_at: datetime | None = None  # revoked or moved away; None: still expected
    journals: bool = True  # False: known never to write a journal, so that its lack proves nothing


@dataclass(frozen=True, slots=True)
class ContactFact:
    """An interval in which one boot of an agent was heard (live) or ran unheard and reported later (late)."""

    agent_id: str
    boot_id: str
    from_at: datetime
    to_at: datetime
    late: bool = False
    goodbye: bool = False  # its last report was a goodbye


@dataclass(frozen=True, slots=True)
class BootFact:
    """How the boot *before* this one ended, as this one found out."""

    agent_id: str
    boot_id: str
    previous_shutdown: str = ""  # clean | unclean | ""
    start_at: datetime | None = None  # when this boot began, true time; None: not known


@dataclass(frozen=True, slots=True)
class JournalFact:
    """What one agent noted of its surroundings over a time, placed in true time. None: not tried, or it proved nothing."""

    agent_id: str
    boot_id: str
    from_at: datetime
    to_at: datetime
    gateway: bool | None = None
    internet: bool | None = None
    collector: bool | None = None
    captive: bool | None = None
    on_battery: bool | None = None
    sure: bool = True  # False: placed by nothing better than the time of its receipt


@dataclass(frozen=True, slots=True)
class SharedLoss:
    """That other sites of the same provider or area fell silent together with this one (area_event.py)."""

    from_at: datetime  # earliest and latest moment at which a silence counts as part of it
    to_at: datetime
    cause: Cause  # line | power | unknown


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """Everything known about a site since `from_at`, and its last live contact before that, if it had one."""

    from_at: datetime
    hours: OpeningHours
    agents: Sequence[AgentFact] = ()
    contacts: Sequence[ContactFact] = ()
    boots: Sequence[BootFact] = ()
    journal: Sequence[JournalFact] = ()
    shared: Sequence[SharedLoss] = ()
    collector_up: Sequence[Interval] = ()  # tidy
    collector_since: datetime | None = None  # first beat ever; None: the collector never ran
    excluded: bool = False  # by law or by decision: never observed


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is believed about [from_at, to_at), and why in one code (words: docs/vi/chinh-sach.md)."""

    from_at: datetime
    to_at: datetime
    state: State
    cause: Cause
    why: str
    observed: bool = True  # False: concluded for a time in which nobody could see, as a fault over a night
