"""Signs of bad habits on the own LAN: who gives out addresses, which routers stand on the way out, whether name servers
lie, which doors of the gateway are open. The steps stand in agent/hygiene/.

Only for a wired or wireless network with this PC's way out in it. DHCP, doors, UPnP and ARP are asked on private
networks alone, and not where people have switched scanning off on this PC; the rest says nothing to the LAN that any
web page would not say.
"""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List, Sequence, Tuple
from urllib.parse import urlsplit

from ..files import Disk
from ..hygiene import clashes, dhcp, doors, hops, ipv6, ledger, names, place, steps, upnp
from ..hygiene.dhcp import Asked
from ..hygiene.ledger import Question
from ..hygiene.place import Place
from ..probe import NoData, ProbeContext, printable
from ..scan.state import FILE as SCAN_FILE
from ..scan.state import OFF_FILE
from ..wire.sections_lan import DhcpOffer, HygieneInfo
from . import hygiene_windows, neighbours
from .nic_kinds import kinds

LIMIT_S = 24.0  # for all steps together, which run side by side


def run(context: ProbeContext) -> HygieneInfo:
    here, servers = where(context)
    active = may_ask_the_lan(context, here)
    steps_here = {
        "names": lambda: {"name_checks": names.check(servers, context.policy.dns_known_names, context.log)},
        "hops": lambda: {
            "hops": hops.hops(here, context.host.platform, [host for host, _ in targets(context)], context.log)
        },
        "clashes": lambda: {
            "clashes": clashes.check(here, context.host, _kept(context, SCAN_FILE), active, context.log)
        },
        "ipv6": lambda: {"ipv6_internet": ipv6.internet(here, targets(context), context.log)},
    }
    if active:
        steps_here["dhcp"] = lambda: _dhcp(context, here)
        steps_here["doors"] = lambda: {"doors": doors.check(here, context.log)}
        steps_here["upnp"] = lambda: {"gateway_upnp": upnp.gateway_says(here, context.log)}
    found = steps.run(steps_here, LIMIT_S, context.log)
    found["dhcp_offers"] = with_lease(context, here, found.get("dhcp_offers", ()))
    if not here.gateway_mac_hash:  # after all this it should stand in the ARP table
        here, _ = where(context)
    return HygieneInfo(
        interface=printable(here.interface),
        network=here.network,
        gateway=here.gateway,
        gateway_mac_hash=here.gateway_mac_hash,
        ipv6_address=bool(place.global_ipv6(here.ipv6)),
        **found,
    )


def where(context: ProbeContext) -> Tuple[Place, Sequence[str]]:
    """The network to look at, and the PC's name servers. Raises NoData when there is no such network."""
    host = context.host
    nics = host.nics()
    seen = neighbours.run(context)
    here = place.choose(nics, kinds(host, [nic.name for nic in nics]), seen.gateways)
    if here is None:
        raise NoData("no wired or wireless network with a way out")
    context.log("{} ({}), {}, gateway {}".format(here.interface, here.kind, here.network, here.gateway))
    return here, seen.dns_servers


def may_ask_the_lan(context: ProbeContext, here: Place) -> bool:
    """Whether something may be sent to the devices of this network."""
    if not here.is_private:
        context.log("not a private network: DHCP, doors, UPnP and ARP are left out")
        return False
    folder = context.host.path(context.settings.state_dir)
    if os.path.isdir(folder) and not os.access(folder, os.X_OK):
        context.log("no right to see whether scanning is switched off: DHCP, doors, UPnP and ARP are left out")
        return False
    if context.settings.extra.get("scan") == "no" or context.host.exists(_path(context, OFF_FILE)):
        context.log("switched off on this PC: DHCP, doors, UPnP and ARP are left out")
        return False
    return True


def targets(context: ProbeContext) -> List[Tuple[str, int]]:
    """Places on the Internet that the policy knows: the check page's, then the known names', with a port that answers."""
    found: List[Tuple[str, int]] = []
    try:
        page = urlsplit(context.policy.internet_check_url)
        if page.hostname:
            found.append((page.hostname, page.port or (443 if page.scheme == "https" else 80)))
    except ValueError:
        context.log("the policy's check page has no address")
    return found + [(name, 443) for name in context.policy.dns_known_names[: names.MAX_KNOWN]]


def with_lease(context: ProbeContext, here: Place, offers: Tuple[DhcpOffer, ...]) -> Tuple[DhcpOffer, ...]:
    """Windows often lets no answer through; but the server that this PC has its address from is known."""
    lease = hygiene_windows.own_lease(context.host, here) if context.host.platform == "windows" else None
    if lease is None or any(offer.server == lease.server for offer in offers):
        return offers
    context.log("dhcp: the lease is from {}, gateway {}".format(lease.server, lease.gateway or "(none)"))
    return tuple(sorted((*offers, lease), key=lambda offer: (offer.server, offer.mac_hash)))


def _dhcp(context: ProbeContext, here: Place) -> Dict[str, Any]:
    said = _asked(context, here)
    return {"dhcp_asked": said.asked, "dhcp_offers": said.offers}


def _asked(context: ProbeContext, here: Place) -> Asked:
    """The DHCP servers' answer, new or of the last question. A question that cannot be put on record is not asked."""
    disk, path = Disk(), context.host.path(_path(context, ledger.FILE))
    if not context.settings.state_dir:
        return Asked(None)
    kept = ledger.read(disk, path)
    if kept is None:
        context.log("dhcp: no right to read " + path)
        return Asked(None)
    now = Question(context.host.now(), context.host.monotonic_s(), context.host.boot_id())
    if not ledger.may_ask(kept, now, context.policy.dhcp_probes_per_day):
        context.log("dhcp: asked often enough; told from the last answer")
        return ledger.last_answer(kept, now, here)
    kept = ledger.with_question(kept, now)
    if not ledger.write(disk, path, kept):
        context.log("dhcp: no right to write " + path)
        return ledger.last_answer(kept, now, here)
    said = dhcp.ask(here, context.host.platform, context.log)
    ledger.write(disk, path, ledger.with_answer(kept, now, here, said))
    return said


def _kept(context: ProbeContext, name: str) -> Any:
    if not context.settings.state_dir:
        return {}
    try:
        return json.loads(context.host.read_text(_path(context, name)) or "{}")
    except (ValueError, RecursionError, PermissionError):
        return {}


def _path(context: ProbeContext, name: str) -> str:
    return os.path.join(context.settings.state_dir, name)
