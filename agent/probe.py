"""What a probe is: the types that probes, runner and doctor share. A leaf: imports nothing of the agent but
`wire`.

A probe is a function (ProbeContext) -> dataclass of its section. It may raise NoData, Denied, PermissionError
or anything else; runner.py turns that into a status. It never measures its own time and never swallows its
own failure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional, Tuple

from .host import Host
from .wire.exchange import AgentPolicy


class NoData(Exception):
    """The machine has nothing to say on this subject; not a failure."""


class Denied(Exception):
    """The operating system refuses what the probe needs."""


@dataclass(frozen=True)
class ProbeSettings:
    """What probes may know of the agent's settings; `doctor` prints it."""

    collector_url: str = ""  # https://host[:port][/prefix]
    ca_file: str = ""  # PEM file that the collector's certificate is checked with; "" means the system's own
    proxy: str = ""  # http://host:port, used for HTTP and HTTPS
    state_dir: str = ""  # where the agent keeps marker.json
    # scan: "no" where people have forbidden to ask the devices of the LAN
    extra: Dict[str, str] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]


def ignore_log(_line: str) -> None:
    """A log that nobody reads."""


@dataclass
class ProbeContext:
    host: Host
    policy: AgentPolicy = AgentPolicy()  # noqa: RUF009 frozen, so it can be shared
    settings: ProbeSettings = ProbeSettings()
    log: Callable[[str], None] = ignore_log


@dataclass(frozen=True)
class Probe:
    name: str  # a key of agent.wire.sections.SECTIONS
    run: Callable[[ProbeContext], Any]
    deadline_s: float
    cycle: str  # heartbeat | network | inventory; scan: when a scan has ended, and with an inventory; hygiene: policy; event: never
    child: bool = False  # True: runs in a short-lived child process that is killed at the deadline
    cpu_s: float = 5.0  # CPU seconds after which a child ends itself: see budget.py


@dataclass(frozen=True)
class ProbeResult:
    name: str
    status: str  # ok | no_data | failed | denied
    data: Optional[Dict[str, Any]] = None  # plain form of the section's dataclass
    error: str = ""  # one line
    duration_ms: int = 0
    cpu_ms: int = 0  # CPU time that it took, in a child with the child's start; 0: not known
    log: Tuple[str, ...] = ()


def printable(text: str) -> str:
    """A text that the contract accepts: names from a system may hold bytes that are no UTF-8 (Python keeps
    them as surrogates) or NULs."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").strip()[:1024]
