"""Signs of bad habits on the own LAN: who gives out addresses, which routers stand on the way out, whether name servers
lie, which doors of the gateway are open. The steps stand in agent/hygiene/.

Only for a wired or wireless network with this PC's way out in it. DHCP, doors, UPnP and ARP are asked on private
networks alone, and not where people have switched scanning off on this PC; the rest says nothing to the LAN that any
web page would not say.
"""

from __future__ import annotations

from ..probe import ProbeContext
from ..wire.sections_lan import HygieneInfo


def run(context: ProbeContext) -> HygieneInfo:
    from .hygiene_look import look  # a megabyte that only the child process needs

    return look(context)
