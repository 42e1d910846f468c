"""How old is this PC? An interval of the day it was built, with evidence, from whatever is there. Pure.

What each piece of evidence says:
purchase_date  the best: age counts from the day of first use. It may be the hand-over of a used PC: when the
               hardware is much older, the hardware decides and the contradiction is noted.
bios_date      the earliest ever seen. A PC leaves the factory with firmware that is up to about a year old; an update
               makes it look younger, never older. So: not built later than about a year after.
cpu            not built before the processor came out; processors are sold for about five years.
install_date, first_report   not built later than that.

BIOS date and processor support one another when the BIOS is at most two years younger than the processor's launch:
then the firmware is probably the factory's, and the PC was built within about a year of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from inventory.domain.cpu_years import CpuYear, launch_year
from inventory.domain.machine import MachineFacts
from inventory.domain.policy import Policy

YEAR = timedelta(days=365.2425)
OLDEST = date(1995, 1, 1)  # no PC with a firmware date before is in use: the date is broken
SOLD_YEARS = 5  # a processor is built into new PCs for about so long after its launch
FACTORY_YEARS = 2  # a BIOS this much younger than the processor is probably still the first one
USED_YEARS = 2  # bought so much later than the hardware was built: it was not new
TELLING_YEARS = 3  # an installation alone says something only when it is this old

Status = Literal["known", "unknown", "not_applicable"]
Confidence = Literal["high", "medium", "low", ""]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})\b")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6}.*)?\Z")
_NAMED = re.compile(r"(?:(\d{1,2})[\s\-]+)?([a-z]{3})[a-z]*\.?[\s\-]+(?:(\d{1,2}),?[\s\-]+)?(\d{4})\Z")


@dataclass(frozen=True, slots=True)
class Age:
    """Built within [earliest, latest]; `earliest` None: nobody knows how long before `latest`."""

    status: Status
    earliest: date | None = None
    latest: date | None = None
    method: str = ""  # purchase_date | bios_date | cpu | install_date | combined
    confidence: Confidence = ""
    evidence: tuple[dict[str, Any], ...] = ()
    # [{"method", "value", "earliest", "latest"}]: what each piece of evidence says, in years
    conflicts: tuple[str, ...] = ()  # codes; each also stands in the evidence as {"reason": code, ...}

    @property
    def years(self) -> tuple[int | None, int | None]:
        return (self.earliest.year if self.earliest else None, self.latest.year if self.latest else None)


@dataclass(slots=True)
class _Case:
    """Evidence as it is gathered."""

    facts: MachineFacts
    today: date
    cpu: CpuYear
    rows: list[dict[str, Any]]
    conflicts: list[str]

    def says(self, method: str, value: str, earliest: int | None = None, latest: int | None = None) -> None:
        row: dict[str, Any] = {"method": method, "value": value, "earliest": earliest, "latest": latest}
        self.rows.append({key: item for key, item in row.items() if item is not None})

    def doubt(self, reason: str, method: str, value: str) -> None:
        self.conflicts.append(reason)
        self.rows.append({"method": method, "value": value, "reason": reason})


@dataclass(frozen=True, slots=True)
class _Span:
    earliest: date | None
    latest: date
    method: str
    confidence: Confidence


def age_of(facts: MachineFacts, today: date) -> Age:
    """The age of a machine as far as its facts tell. `today` is the local day."""
    if facts.kind == "virtual" or facts.is_virtual:
        hint = facts.virtual_hint or "virtual"
        return Age("not_applicable", evidence=({"method": "virtual", "value": hint},))
    cpu = launch_year(facts.cpu_brand, facts.cpu_vendor, facts.cpu_family, facts.cpu_model, facts.cpu_stepping)
    case = _Case(facts, today, cpu, [], [])
    bought = _purchase(case)
    bios = _bios(case)
    if cpu.earliest is not None and cpu.latest is not None:
        case.says("cpu", facts.cpu_brand or cpu.name, cpu.earliest, cpu.latest + SOLD_YEARS)
    newest = min(day for day in (_install(case), _first_report(case), today) if day is not None)
    span = _weigh_purchase(case, bought, _hardware(case, bios, newest))
    if span is None:
        return Age("unknown", evidence=tuple(case.rows), conflicts=tuple(case.conflicts))
    earliest = min(span.earliest, span.latest) if span.earliest else None
    return Age("known", earliest, span.latest, span.method, span.confidence, tuple(case.rows), tuple(case.conflicts))


def outdated(age: Age, policy: Policy, today: date) -> bool | None:
    """Whether the PC is past its useful life. Three-valued: the interval has to decide.

    True when even the latest possible day is long enough ago, False when even the earliest is not. Where the limit
    falls inside the interval the answer is None, unless the confidence is high: then its middle decides.
    """
    return _older_than(age, policy.outdated_after_years, today)


def severe(age: Age, policy: Policy, today: date) -> bool:
    """Whether the PC is certainly past the severe age."""
    return _older_than(age, policy.severe_after_years, today) is True


def parse_bios_date(text: str, today: date) -> date | None:
    """A firmware date in one of the forms that are met; None for what is no date, in the future or before 1995.

    mm/dd/yyyy, mm/dd/yy (two-digit years from 95 on are of the last century), dd/mm/yyyy where the month would be
    above 12, yyyy-mm-dd, yyyymmdd, WMI's yyyymmddHHMMSS..., "May 2 2013", "02-May-2013".
    """
    day = _read_date(" ".join(text.lower().split()))
    return day if day is not None and OLDEST <= day <= today else None


def _read_date(text: str) -> date | None:
    if found := _COMPACT.match(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.match(text):
        first, second, third = (int(part) for part in found.groups())
        if len(found[1]) == 4:
            return _date(first, second, third)
        year = third if len(found[3]) == 4 else _century(third)
        return _date(year, second, first) if first > 12 else _date(year, first, second)
    if (found := _NAMED.match(text)) and found[2] in _MONTHS and (found[1] or found[3]):
        return _date(int(found[4]), _MONTHS.index(found[2]) + 1, int(found[1] or found[3]))
    return None


def _century(year: int) -> int:
    return year + (1900 if 95 <= year <= 99 else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _purchase(case: _Case) -> date | None:
    day = case.facts.purchase_date
    if day is None:
        return None
    if not OLDEST <= day <= case.today:
        case.doubt("purchase_date_broken", "purchase_date", day.isoformat())
        return None
    case.says("purchase_date", day.isoformat(), day.year, day.year)
    return day


def _bios(case: _Case) -> date | None:
    written = case.facts.bios_date
    now = parse_bios_date(written, case.today) if written else None
    if written and now is None:
        case.doubt("bios_date_broken", "bios_date", written)
    days = [day for day in (case.facts.bios_earliest, now) if day is not None and OLDEST <= day <= case.today]
    if not days:
        return None
    case.says("bios_date", min(days).isoformat(), None, min((min(days) + YEAR).year, case.today.year))
    return min(days)


def _install(case: _Case) -> date | None:
    written = case.facts.os_install_date
    if not written:
        return None
    day = _read_date(written)
    if day is None or not OLDEST <= day <= case.today:
        case.doubt("install_date_broken", "install_date", written)
        return None
    if case.cpu.earliest is not None and day.year < case.cpu.earliest:
        case.doubt("install_before_cpu", "install_date", written)  # a copied disk image, or a wrong clock
        return None
    case.says("install_date", day.isoformat(), None, day.year)
    return day


def _first_report(case: _Case) -> date | None:
    day = case.facts.first_report
    if day is None or day > case.today:
        return None
    case.says("first_report", day.isoformat(), None, day.year)
    return day


def _hardware(case: _Case, bios: date | None, newest: date) -> _Span | None:
    """The interval that the hardware tells; `newest` is the latest day that anything else allows."""
    cpu = case.cpu
    if cpu.earliest is None or cpu.latest is None:
        if bios is not None:
            return _Span(None, min(newest, bios + YEAR), "bios_date", "low")
        if case.today - newest >= TELLING_YEARS * YEAR:
            return _Span(None, newest, "install_date", "low")
        return None
    launched, sold_out = date(cpu.earliest, 1, 1), date(cpu.latest + SOLD_YEARS, 12, 31)
    if bios is None:
        latest = min(newest, sold_out)
        return _Span(launched, latest, "cpu", "medium" if latest - launched <= 3 * YEAR else "low")
    if bios.year < cpu.earliest - 1:
        # A newer processor on an older board: the board tells the age, but not surely.
        case.doubt("bios_before_cpu", "bios_date", bios.isoformat())
        return _Span(bios - YEAR, min(newest, date(cpu.latest + 1, 12, 31)), "combined", "low")
    if newest < bios:
        return _Span(launched, min(newest, sold_out), "combined", "medium" if newest.year <= cpu.latest + 1 else "low")
    if bios.year <= cpu.latest + FACTORY_YEARS:
        sure = case.facts.os_install_date != "" and newest <= bios + YEAR * 1.5 and newest < case.today
        return _Span(max(launched, bios - YEAR), min(newest, bios + YEAR), "combined", "high" if sure else "medium")
    case.doubt("bios_updated", "bios_date", bios.isoformat())
    return _Span(launched, min(newest, bios + YEAR, sold_out), "combined", "low")


def _weigh_purchase(case: _Case, bought: date | None, built: _Span | None) -> _Span | None:
    if bought is None:
        return built
    if built is not None and bought > built.latest + USED_YEARS * YEAR:
        case.doubt("bought_used", "purchase_date", bought.isoformat())
        return built
    if built is not None and built.earliest is not None and bought < built.earliest - YEAR:
        case.doubt("bought_before_built", "purchase_date", bought.isoformat())
        return built
    trust: Confidence = "medium" if case.facts.purchase_source == "typed" and built is None else "high"
    return _Span(bought, bought, "purchase_date", trust)


def _older_than(age: Age, years: float, today: date) -> bool | None:
    if age.status != "known" or age.latest is None:
        return None
    limit = today - years * YEAR
    if age.latest <= limit:
        return True
    if age.earliest is None:
        return None
    if age.earliest > limit:
        return False
    if age.confidence != "high":
        return None
    return age.earliest + (age.latest - age.earliest) / 2 <= limit
