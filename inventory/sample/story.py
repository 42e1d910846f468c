"""What happened in the sample province, and who has which PC: pure, told from the moment at which it was loaded.

Scenarios of sites: `cut` the line has been lost for three days; `proven` it was lost last week, and journals prove it;
`flaps` it breaks every day; `power` a power cut last week; `closes_early` the PC is switched off long before the
office closes; `never` an agent was enrolled and never reported; `gone` a PC was taken away; `clock` a dead CMOS
battery; `twin` two PCs that may be one. A storm last week took the power of whole communes (STORM), and since the
last working day a cut cable takes a provider's lines in one area (CABLE).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from inventory.domain.contact import merge, subtract
from inventory.domain.hours import VN_TIME, Calendar, Interval, OpeningHours
from inventory.sample.models import MODELS
from inventory.sample.presence import (
    Habit,
    Run,
    Stretch,
    agent_id,
    at_local,
    runs,
    stretches,
    working_day_before,
)
from inventory.sample.sites import HOURS, SITES, SitePlan

HISTORY_DAYS = 35
STORM = ("Vĩnh Thịnh", "Vĩnh Quang")
"""Communes that had no power while the storm lasted."""
CABLE = ("Vân Canh", "Canh Liên", "Canh Vinh")
CABLE_PROVIDER = "VNPT"
"""Communes in which this provider's lines hang on the cable that was cut."""
FLAPPING_DAYS = 14
CLOCK_OFFSET_S = -86_400.0 * 365 * 9  # a PC that believes in nine years ago

_NEVER_ENDS = datetime(9999, 1, 1, tzinfo=UTC)
_DESKS = {
    "tru_so_chinh": ("VANPHONG", "KETOAN", "TUPHAP", "DIACHINH", "VANHOA"),
    "tru_so_khac": ("TRUSO2", "TRUSO2"),
    "trung_tam_hcc": ("MOTCUA", "MOTCUA"),
    "truong_hoc": ("VANTHU",),
    "tram_y_te": ("YTE",),
}
_FLAPS = ("08:50", "10:05", "14:10", "15:35")


@dataclass(frozen=True, slots=True)
class Story:
    """Moments that everything else hangs on."""

    loaded_at: datetime
    begin: datetime  # of the collector's and the agents' history
    cut_at: datetime
    proven: Interval
    power: Interval
    cable_at: datetime
    gone_at: datetime
    blind: tuple[Interval, ...]  # the collector was down

    def outages(self, plan: SitePlan, key: str, calendar: Calendar, last: date) -> list[Interval]:
        """When reports from the site could not arrive, tidy; one that is not over ends in the far future."""
        found = list(self.blind)
        if plan.scenario == "cut":
            found.append((self.cut_at, _NEVER_ENDS))
        elif plan.scenario == "proven":
            found.append(self.proven)
        elif plan.scenario == "flaps":
            day = self.loaded_at.astimezone(VN_TIME).date() - timedelta(days=FLAPPING_DAYS)
            while day <= last:
                found += _flaps(key, day) if calendar.is_working_day(day) else []
                day += timedelta(days=1)
        if on_cable(plan, key):
            found.append((self.cable_at, _NEVER_ENDS))
        return merge(found)

    def line_faults(self, plan: SitePlan, key: str, calendar: Calendar, last: date) -> list[Interval]:
        """The part of `outages` that is the line's: the collector was up."""
        return subtract(self.outages(plan, key, calendar, last), merge(self.blind))


@dataclass(frozen=True, slots=True)
class Pc:
    """One PC of the sample with the agent on it."""

    agent_id: str
    site: str  # "<commune>/<number>"
    number: int  # within its site, from 0
    model: str  # key of hardware.MODELS
    hostname: str
    habit: Habit
    scenario: str  # of its site

    def history(
        self,
        story: Story,
        hours: OpeningHours,
        calendar: Calendar,
        outages: list[Interval],
        first: date,
        now: datetime,
    ) -> list[tuple[Run, list[Stretch]]]:
        """Runs that began from the local day `first` on, with what the collector has of each at `now`."""
        if self.scenario == "never":
            return []
        cuts = [story.power] if self.site.split("/")[0] in STORM else []
        last = now.astimezone(VN_TIME).date()
        found = [
            (run, stretches(run, outages, now))
            for run in runs(self.agent_id, self.habit, hours, calendar, cuts, first, last)
        ]
        return [(run, heard) for run, heard in found if run.from_at <= now]


def tell(loaded_at: datetime, calendar: Calendar) -> Story:
    """The story as of the moment of loading."""
    today = loaded_at.astimezone(VN_TIME).date()
    monday = today - timedelta(days=today.weekday())

    def workday(days_ago: int) -> date:
        return working_day_before(calendar, today - timedelta(days=days_ago))

    fault, mended = _two_workdays(calendar, monday - timedelta(days=5))
    storm = working_day_before(calendar, monday - timedelta(days=3))
    return Story(
        loaded_at=loaded_at,
        begin=at_local(today - timedelta(days=HISTORY_DAYS), "06:00"),
        cut_at=at_local(workday(3), "10:21"),
        proven=(at_local(fault, "09:42"), at_local(mended, "14:06")),
        power=(at_local(storm, "08:34"), at_local(storm, "11:07")),
        cable_at=at_local(workday(1), "15:12"),
        gone_at=at_local(workday(12), "16:10"),
        blind=(
            (at_local(workday(20), "10:05"), at_local(workday(20), "10:50")),
            (at_local(workday(9), "14:20"), at_local(workday(9), "15:25")),
        ),
    )


def on_cable(plan: SitePlan, key: str) -> bool:
    """Whether the site's line hangs on the cable that was cut."""
    return key.split("/")[0] in CABLE and plan.provider == CABLE_PROVIDER


def all_sites() -> dict[str, tuple[str, SitePlan]]:
    """Every site by its key "<commune>/<number>": (commune, plan)."""
    return {f"{commune}/{at}": (commune, plan) for commune, plans in SITES.items() for at, plan in enumerate(plans)}


def site_number(key: str) -> int:
    """The place of a site in the list of all of them."""
    return list(all_sites()).index(key)


def all_pcs(seed: int, story: Story) -> dict[str, list[Pc]]:
    """The PCs by the key of their site; sites without any are left out."""
    return {
        key: [_pc(seed, story, key, plan, number) for number in range(len(plan.pcs))]
        for key, (_, plan) in all_sites().items()
        if plan.pcs
    }


def hours_of(plan: SitePlan, default: OpeningHours) -> OpeningHours:
    """Opening hours of a site: those of its role, else the policy's."""
    written = HOURS.get(plan.role)
    return OpeningHours.parse(written) if written else default


def _two_workdays(calendar: Calendar, day: date) -> tuple[date, date]:
    """The last two days in a row on or before `day` and the day after it on which offices work."""
    while not (calendar.is_working_day(day) and calendar.is_working_day(day + timedelta(days=1))):
        day -= timedelta(days=1)
    return day, day + timedelta(days=1)


def _pc(seed: int, story: Story, key: str, plan: SitePlan, number: int) -> Pc:
    agent = agent_id(seed, key, number)
    model = plan.pcs[number]
    rng = Random(f"habit:{agent}")  # noqa: S311 - invented data, not a secret
    always = model in ("server", "virtual")
    opener = number == 0
    habit = Habit(
        opener=opener,
        always=always,
        lunch_off=not opener and rng.random() < 0.4,
        skip=0.0 if opener or plan.scenario == "cut" else 0.12,
        open_minutes=75 if plan.scenario == "closes_early" else None,
        gone_at=story.gone_at if plan.scenario == "gone" and number == 2 else None,
    )
    return Pc(agent, key, number, model, _hostname(plan, number, model), habit, plan.scenario)


def _hostname(plan: SitePlan, number: int, model: str) -> str:
    if MODELS[model].chassis == 17:
        return "SRV-UBND-01"
    if model == "virtual":
        return "VM-HOSO-01"
    desks = _DESKS[plan.role]
    return f"PC-{desks[number % len(desks)]}-{number + 1:02d}"


def _flaps(key: str, day: date) -> list[Interval]:
    rng = Random(f"flaps:{key}:{day.isoformat()}")  # noqa: S311 - invented data, not a secret
    found: list[Interval] = []
    for clock in _FLAPS:
        down_at = at_local(day, clock) + timedelta(seconds=rng.randrange(0, 1200))
        if rng.random() < 0.75:
            found.append((down_at, down_at + timedelta(seconds=rng.randrange(1320, 2700))))
    return found
