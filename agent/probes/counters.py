"""Error, drop and byte counters of the interfaces, as they stand."""

from __future__ import annotations

from ..probe import NoData, ProbeContext, printable
from ..wire.sections import CountersInfo, InterfaceErrors
from .nic_kinds import MAX_INTERFACES, kinds


def run(context: ProbeContext) -> CountersInfo:
    rows = context.host.nic_counters()
    kind = kinds(context.host, sorted(rows))
    # Virtual interfaces repeat what the real one below them counts.
    real = [name for name in sorted(rows) if kind[name] not in ("loopback", "virtual")]
    if not real:
        raise NoData("no interface counts anything")
    return CountersInfo(
        tuple(
            InterfaceErrors(
                name=printable(name),
                rx_errors=rows[name].rx_errors,
                tx_errors=rows[name].tx_errors,
                rx_dropped=rows[name].rx_dropped,
                tx_dropped=rows[name].tx_dropped,
                rx_bytes=rows[name].rx_bytes,
                tx_bytes=rows[name].tx_bytes,
            )
            for name in real[:MAX_INTERFACES]
        )
    )
