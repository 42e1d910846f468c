"""How old is this PC? An interval of the day it was built, with evidence, from whatever is there. Pure.

What each piece of evidence says:
purchase_date  the best: age counts from the day of first use. It may be the hand-over of a used PC: when the
               hardware is much older, the hardware decides and the contradiction is noted.
serial, board_serial   the day of manufacture, where the maker's rule is public (serial_dates.py). One digit for the
               year leaves the decade open: processor and newest evidence decide it, or nothing does.
bios_date      the earliest ever seen. A PC leaves the factory with firmware that is up to about a year old; an update
               makes it look younger, never older. So: not built later than about a year after.
cpu            not built before the processor came out; processors are sold for about five years.
install_date, first_report   not built later than that.
disk_hours, monitor   hints that stand in the evidence and decide nothing while there is better: parts move between
               machines. A disk that has run for longer than the PC exists is noted as a contradiction.

BIOS date and processor support one another when the BIOS is at most two years younger than the processor's launch:
then the firmware is probably the factory's, and the PC was built within about a year of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from inventory.domain.cpu_years import CpuYear, launch_year
from inventory.domain.firmware_date import OLDEST, parse_bios_date, read_date
from inventory.domain.machine import MachineFacts
from inventory.domain.policy import Policy
from inventory.domain.serial_dates import only_one, serial_dates

YEAR = timedelta(days=365.2425)
SOLD_YEARS = 5  # a processor is built into new PCs for about so long after its launch
FACTORY_YEARS = 2  # a BIOS this much younger than the processor is probably still the first one
USED_YEARS = 2  # bought so much later than the hardware was built: it was not new
MOST_HOURS = 30 * 8766  # a counter that says more is broken
TELLING_YEARS = 3  # an installation alone says something only when it is this old

Status = Literal["known", "unknown", "not_applicable"]
Confidence = Literal["high", "medium", "low", ""]


@dataclass(frozen=True, slots=True)
class Age:
    """Built within [earliest, latest]; `earliest` None: nobody knows how long before `latest`."""

    status: Status
    earliest: date | None = None
    latest: date | None = None
    method: str = ""  # purchase_date | serial | board_serial | bios_date | cpu | install_date | disk_hours | combined
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
    run_since = _disk_hours(case)
    _monitors(case)
    built = _serial(case, bios, newest) or _hardware(case, bios, newest)
    span = _weigh_purchase(case, bought, built) or _only_disk(run_since, today)
    if span is None:
        return Age("unknown", evidence=tuple(case.rows), conflicts=tuple(case.conflicts))
    if run_since is not None and span.earliest is not None and run_since < span.earliest - YEAR / 2:
        case.doubt("disk_older", "disk_hours", f"{(today - run_since) / YEAR:.1f}")
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
    day = read_date(written)
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


def _disk_hours(case: _Case) -> date | None:
    """Since when the system disk must have existed, by its power-on hours."""
    state = case.facts.system_disk_state
    if state is None or not state.power_on_hours or state.power_on_hours > MOST_HOURS:
        return None
    run = timedelta(hours=state.power_on_hours)
    case.says("disk_hours", f"{run / YEAR:.1f}", None, (case.today - run).year)
    return case.today - run


def _monitors(case: _Case) -> None:
    for monitor in case.facts.monitors:
        if monitor.year is not None and OLDEST.year <= monitor.year <= case.today.year:
            name = monitor.model or monitor.vendor
            case.says("monitor", f"{name} {monitor.year}".strip(), monitor.year, monitor.year)


def _only_disk(run_since: date | None, today: date) -> _Span | None:
    if run_since is None or today - run_since < TELLING_YEARS * YEAR:
        return None
    return _Span(None, run_since, "disk_hours", "low")


def _serial(case: _Case, bios: date | None, newest: date) -> _Span | None:
    """What the maker wrote into the serial number, when processor and firmware leave one meaning only."""
    told = serial_dates(case.facts, case.today)
    if not told:
        return None
    if case.cpu.earliest is not None and case.cpu.latest is not None:
        from_day, to_day = date(case.cpu.earliest, 1, 1), date(case.cpu.latest + SOLD_YEARS, 12, 31)
    elif bios is not None:
        from_day, to_day = bios - YEAR, bios + (SOLD_YEARS + 1) * YEAR
    else:
        return None
    found = only_one(told, from_day - YEAR / 4, min(newest, to_day))
    if found is None:
        case.doubt("serial_unclear", told[0].method, told[0].value)
        return None
    case.says(found.method, found.value, found.earliest.year, found.latest.year)
    sure = bios is None or found.earliest >= bios - YEAR  # a board cannot be much older than its first firmware
    if bios is not None and bios < found.earliest - SOLD_YEARS * YEAR:
        sure = False
        case.doubt("serial_far_from_bios", "bios_date", bios.isoformat())
    return _Span(found.earliest, min(found.latest, newest), found.method, "high" if sure else "medium")


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
