"""Which service of the province answers from where, and whose fault it is when one does not. Pure.

A try made while the line itself was down says nothing about the service; it is kept apart as "offline". When a service
fails nearly everywhere, it is the service; when it fails at one site that reaches the others, it is the site.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from inventory.domain.plain import Plain, rows, text, truth

RESERVED = frozenset({"collector", "internet", "government", "gateway", "provider"})
"""Names of the agent's own targets, which are no services."""
STAGES = ("dns", "tcp", "http")
FEWEST_SITES = 3
"""With fewer sites than this nobody can tell the service's fault from the site's."""
MOST_PER_REPORT = 64

State = Literal["answers", "fails", "mixed", "unknown"]


@dataclass(frozen=True, slots=True)
class Try:
    """One try of one service. `stage` is where it stopped; offline: the line itself was down."""

    service: str
    ok: bool
    offline: bool
    stage: str
    error: str
    latency_ms: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Tries of one service from one site over some days."""

    tries: int = 0
    ok: int = 0
    offline: int = 0
    failed: Mapping[str, int] = field(default_factory=dict[str, int])  # by stage
    last_ok_at: datetime | None = None
    last_failed_at: datetime | None = None
    last_stage: str = ""
    last_error: str = ""
    latency_ms: float = 0.0

    @property
    def counted(self) -> int:
        """Tries that say something about the service."""
        return self.tries - self.offline

    @property
    def share(self) -> float | None:
        """Share of the counted tries that were answered; None: there is none."""
        return self.ok / self.counted if self.counted > 0 else None

    @property
    def worst_stage(self) -> str:
        """The stage at which most tries stopped, the earlier one of two; "" when none failed."""
        failing = [stage for stage in STAGES if self.failed.get(stage, 0)]
        return max(failing, key=lambda stage: self.failed[stage], default="")

    def __add__(self, other: Tally) -> Tally:
        newer = other if (other.last_failed_at or _NEVER) >= (self.last_failed_at or _NEVER) else self
        oks = [at for at in (self.last_ok_at, other.last_ok_at) if at is not None]
        return Tally(
            self.tries + other.tries,
            self.ok + other.ok,
            self.offline + other.offline,
            {stage: self.failed.get(stage, 0) + other.failed.get(stage, 0) for stage in STAGES},
            max(oks, default=None),
            newer.last_failed_at,
            newer.last_stage,
            newer.last_error,
            self.latency_ms + other.latency_ms,
        )


_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SiteFault:
    """A site from which these services fail though other sites reach them. `provider_wide`: so do nearly all sites of
    its provider."""

    site_id: int
    services: tuple[str, ...]
    provider_wide: bool


@dataclass(frozen=True, slots=True)
class ServiceFault:
    """A service that fails from nearly all sites that tried it."""

    service: str
    failing: int
    observed: int
    stage: str
    since: datetime | None  # the last answer that anybody got


@dataclass(frozen=True, slots=True)
class Faults:
    sites: tuple[SiteFault, ...] = ()
    services: tuple[ServiceFault, ...] = ()


def tries(reach: Plain) -> Iterator[Try]:
    """The tries of services in one reach section, one per service; the last check of a name is where it ended."""
    ends: dict[str, Plain] = {}
    for check in rows(reach, "checks")[:MOST_PER_REPORT]:
        name = text(check, "name")[:80]
        if name and name not in RESERVED and truth(check, "ok") is not None:
            ends[name] = check
    beyond = [truth(reach, name) for name in ("internet", "collector", "government")]
    answered = any(truth(check, "ok") for check in ends.values())
    down = not answered and True not in beyond
    for name, check in ends.items():
        ok, stage = bool(check["ok"]), text(check, "stage")
        latency = check.get("latency_ms")
        yield Try(
            service=name,
            ok=ok,
            offline=down and not ok,
            stage=stage if stage in STAGES else "http",
            error=text(check, "error")[:40],
            latency_ms=float(latency) if isinstance(latency, int | float) and 0 <= latency < 1e7 else None,
        )


def state_of(tally: Tally, min_tries: int) -> State:
    """What a site's tries of a service say: too few say nothing."""
    if tally.counted < min_tries or tally.share is None:
        return "unknown"
    if tally.share <= 0.1:
        return "fails"
    return "answers" if tally.share >= 0.5 else "mixed"


def find_faults(
    tallies: Mapping[tuple[int, str], Tally],
    providers: Mapping[int, str],
    min_tries: int | Mapping[int, int],
    down_share: float,
) -> Faults:
    """Splits the failures of (site, service) between sites and services.

    providers: of each site's line, "" where not known. min_tries: by site, or one number for all. down_share: from this
    share of failing sites on, at FEWEST_SITES or more, it is the service.
    """
    by_service: dict[str, dict[int, State]] = defaultdict(dict)
    for (site_id, service), tally in sorted(tallies.items()):
        needed = min_tries if isinstance(min_tries, int) else min_tries.get(site_id, 4)
        state = state_of(tally, needed)
        if state != "unknown":
            by_service[service][site_id] = state
    sites: dict[int, list[str]] = defaultdict(list)
    wide: dict[int, bool] = defaultdict(bool)
    services: list[ServiceFault] = []
    for service, states in sorted(by_service.items()):
        failing = [site_id for site_id, state in states.items() if state == "fails"]
        if not failing or len(states) < FEWEST_SITES:
            continue
        if len(failing) >= down_share * len(states):
            services.append(_service_fault(service, failing, len(states), tallies))
            continue
        spread = _failing_providers(states, providers, down_share)
        for site_id in failing:
            sites[site_id].append(service)
            wide[site_id] = wide[site_id] or providers.get(site_id, "") in spread
    return Faults(
        tuple(SiteFault(site_id, tuple(names), wide[site_id]) for site_id, names in sorted(sites.items())),
        tuple(services),
    )


def _service_fault(
    service: str, failing: Sequence[int], observed: int, tallies: Mapping[tuple[int, str], Tally]
) -> ServiceFault:
    together = total(tallies[site_id, service] for site_id in failing)
    oks = [tally.last_ok_at for (_, name), tally in tallies.items() if name == service and tally.last_ok_at is not None]
    return ServiceFault(service, len(failing), observed, together.worst_stage, max(oks, default=None))


def _failing_providers(states: Mapping[int, State], providers: Mapping[int, str], down_share: float) -> set[str]:
    """Providers at nearly all of whose sites the service fails."""
    found: dict[str, list[bool]] = defaultdict(list)
    for site_id, state in states.items():
        found[providers.get(site_id, "")].append(state == "fails")
    return {
        name
        for name, fails in found.items()
        if name and len(fails) >= FEWEST_SITES and sum(fails) >= down_share * len(fails)
    }


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several tallies."""
    found = Tally()
    for tally in tallies:
        found = found + tally
    return found


def as_evidence(service: str, tally: Tally) -> dict[str, Any]:
    """One service in the evidence of a finding."""
    return {
        "service": service,
        "tries": tally.counted,
        "answered": tally.ok,
        "stage": tally.worst_stage,
        "error": tally.last_error,
        "last_ok_at": tally.last_ok_at.isoformat() if tally.last_ok_at else "",
    }
