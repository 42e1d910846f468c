"""The table of probes. A new probe is a file here, a row there, a wire field with a default and a machine
folder.

A probe is one function (ProbeContext) -> its section's dataclass; helpers for one system stand in
<probe>_<os>.py. Reading is split from parsing: parsers take text or bytes and return data. No root needed, no
vendor mapping, no verdict, external commands only through host.run, the deadline respected.
"""

from __future__ import annotations

from typing import Dict

from ..probe import Probe
from . import counters, hardware, interfaces, neighbours, reach, system, uptime

_TABLE = (
    Probe("system", system.run, deadline_s=10, cycle="inventory"),
    Probe("hardware", hardware.run, deadline_s=20, cycle="inventory"),
    Probe("interfaces", interfaces.run, deadline_s=10, cycle="network"),
    Probe("counters", counters.run, deadline_s=10, cycle="network"),
    Probe("neighbours", neighbours.run, deadline_s=10, cycle="network"),
    Probe("reach", reach.run, deadline_s=25, cycle="network"),
    Probe("uptime", uptime.run, deadline_s=15, cycle="heartbeat"),
)

PROBES: Dict[str, Probe] = {probe.name: probe for probe in _TABLE}
