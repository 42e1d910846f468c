"""What the weekly digest is made from: facts of a province at the end of a week. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from inventory.domain.week import IsoWeek

ScopeKind = Literal["unit", "area", "province"]
ObservedAs = Literal["connected", "cut", "unobserved", "excluded"]

_CONNECTED = ("UP",)
CUT_STATES = ("LINE_LOST_SUSPECTED", "LINE_LOST_CONFIRMED", "POWER_CUT_SUSPECTED")
SILENT_STATES = ("OFF_EXPECTED", "OFF_UNUSUAL", "COLLECTOR_BLIND")
"""States that tell nothing about a site: PCs switched off, or collector down. The one before counts."""


@dataclass(frozen=True, slots=True)
class UnitName:
    """A commune (or province) as it is called at the end of the week."""

    id: str
    type_label: str  # "Xã"
    name: str  # "Vĩnh Sơn"

    @property
    def full(self) -> str:
        return f"{self.type_label} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class SiteFact:
    """A site, filed under the unit that is valid now. `state` is the last telling one of the week, "" for none."""

    id: int
    unit_id: str
    name: str
    state: str
    cause: str
    lan: str  # none | partial | working | unknown
    pc_norm: int | None
    provider: str
    excluded: bool
    sample: bool
    machines: int = 0  # in use
    reporting: int = 0  # heard in the week
    age_known: int = 0
    outdated: int = 0
    last_contact_at: datetime | None = None
    open_s: float = 0.0  # opening time of the week
    seen_s: float = 0.0  # of it, what somebody could see
    up_s: float = 0.0  # of that, with a connection

    @property
    def observed_as(self) -> ObservedAs:
        """What the state means for the count of working sites. Nothing unknown counts as working."""
        if self.excluded:
            return "excluded"
        if self.state in _CONNECTED:
            return "connected"
        return "cut" if self.state in CUT_STATES else "unobserved"


@dataclass(frozen=True, slots=True)
class FindingFact:
    """A gap that is open now, or was closed in the week."""

    id: int
    kind: str
    unit_id: str
    site_id: int | None
    subject: str  # name of a village; "" for a PC: mails name no PC
    severity: str
    state: str
    is_open: bool
    responsible: str
    since: datetime
    closed_at: datetime | None
    due_on: date | None
    withdrawn: bool = False  # closed because late evidence showed that it had not been so
    sample: bool = False
    event_id: int | None = None  # area event that explains it


@dataclass(frozen=True, slots=True)
class EventFact:
    """Sites of one provider or area that were lost together in the week."""

    id: int
    from_at: datetime
    to_at: datetime | None  # None: it goes on
    area: str  # name; "": not one area's
    provider: str  # "": not one provider's
    cause: str
    sites: frozenset[int]


@dataclass(frozen=True, slots=True)
class CorrectionFact:
    """What an earlier letter told of a site, or of an event, and what late proof has made of it since."""

    unit_ids: frozenset[str]
    place: str  # name of the site, of the area, of the provider
    since: datetime
    told_state: str  # "" for an event
    told_cause: str
    state: str  # "": withdrawn
    cause: str
    event: bool = False


@dataclass(frozen=True, slots=True)
class VillageCount:
    """Villages of one commune, and for how many of them something is known."""

    total: int = 0
    broadband_known: int = 0
    mobile_known: int = 0
    sample: int = 0


@dataclass(frozen=True, slots=True)
class AreaFact:
    id: str
    name: str
    unit_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Blindness:
    """When the collector itself was down in the week: such time says nothing about any site."""

    seconds: float = 0.0
    times: int = 0
    began_at: datetime | None = None  # the collector was first started in this week


@dataclass(frozen=True, slots=True)
class PastFigures:
    """Figures of an earlier mail about the same scope."""

    week: IsoWeek
    figures: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """Everything about one province for one week. `as_of` is when it was read."""

    week: IsoWeek
    as_of: datetime
    province: UnitName
    units: Mapping[str, UnitName]
    sites: tuple[SiteFact, ...] = ()
    findings: tuple[FindingFact, ...] = ()
    villages: Mapping[str, VillageCount] = field(default_factory=dict[str, VillageCount])
    areas: Mapping[str, AreaFact] = field(default_factory=dict[str, AreaFact])
    blind: Blindness = Blindness()
    past: Mapping[tuple[str, str], PastFigures] = field(default_factory=dict[tuple[str, str], PastFigures])
    events: tuple[EventFact, ...] = ()  # oldest first
    corrections: tuple[CorrectionFact, ...] = ()


def gaps(beats: list[tuple[datetime, datetime]], from_at: datetime, to_at: datetime, least_s: float) -> Blindness:
    """Collector downtime between two moments, from its beats (any order, may overlap).

    Gaps shorter than `least_s` seconds do not count, nor does time before the very first beat: there was no
    collector then.
    """
    spans = sorted(beats)
    if not spans or spans[0][0] >= to_at:
        return Blindness()
    first = spans[0][0]
    heard_to = max(from_at, first)
    lost: list[float] = []
    for begin, end in [*spans, (to_at, to_at)]:
        silent = (min(begin, to_at) - heard_to).total_seconds()
        if silent >= least_s:
            lost.append(silent)
        heard_to = max(heard_to, end)
    return Blindness(sum(lost), len(lost), first if first > from_at else None)
