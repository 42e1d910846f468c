"""The table of probes. A new probe is a file here, a row there, a wire field with a default and a machine
folder.

A probe is one function (ProbeContext) -> its section's dataclass; helpers for one system stand in
<probe>_<os>.py. Reading is split from parsing: parsers take text or bytes and return data. No root needed, no
vendor mapping, no verdict, external commands only through host.run, the deadline respected.

The modules are imported when their probe first runs: the resident process never loads those that run in children, and
a child loads only its own.
"""

from __future__ import annotations

import importlib
from typing import Any, Callable, Dict

from ..probe import Probe, ProbeContext


def _of(module: str, function: str = "run") -> Callable[[ProbeContext], Any]:
    def run(context: ProbeContext) -> Any:
        return getattr(importlib.import_module("." + module, __name__), function)(context)

    return run


_TABLE = (
    Probe("system", _of("system"), deadline_s=10, cycle="inventory"),
    Probe("hardware", _of("hardware"), deadline_s=20, cycle="inventory"),
    Probe("storage", _of("storage"), deadline_s=60, cycle="inventory", child=True),
    Probe("posture", _of("posture"), deadline_s=45, cycle="inventory", child=True),
    Probe("interfaces", _of("interfaces"), deadline_s=10, cycle="network"),
    Probe("counters", _of("counters"), deadline_s=10, cycle="network"),
    Probe("neighbours", _of("neighbours"), deadline_s=10, cycle="network"),
    Probe("hygiene", _of("hygiene"), deadline_s=35, cycle="hygiene", child=True),
    Probe("lan", _of("lan"), deadline_s=10, cycle="scan"),
    Probe("devices", _of("lan", "run_devices"), deadline_s=10, cycle="scan"),
    Probe("reach", _of("reach"), deadline_s=25, cycle="network"),
    Probe("uptime", _of("uptime"), deadline_s=15, cycle="heartbeat"),
    Probe("journal", _of("journal"), deadline_s=10, cycle="event"),
    Probe("quality", _of("line"), deadline_s=10, cycle="event"),
    Probe("traffic", _of("line", "run_traffic"), deadline_s=10, cycle="event"),
)

PROBES: Dict[str, Probe] = {probe.name: probe for probe in _TABLE}
