"""The near part of the way out: does this PC have a link, does the office's router answer, does the provider's first
router behind it. IPv4.

Asked by packets that may pass 1, 2 or 3 routers: whoever ends them tells it. None of them gets any further, whatever
address they are meant for. Where a router keeps silent to such packets, the ARP table tells whether it is alive; where
the provider's routers keep silent, nothing is known of them, unless they are known to have answered before.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from ..host import Host, Nic
from ..hygiene.hops import Echo
from ..hygiene.hops import Probe as Ask
from ..wire.sections import ReachCheck
from . import neighbours_linux, neighbours_windows
from .neighbours import interface_of, subnets_of
from .neighbours_common import DefaultRoute
from .nic_kinds import kinds

# A root name server: stands on the Internet for good, and on no office's LAN. Nothing ever arrives there from here.
FAR = "198.41.0.4"
DISTANCES = (2, 3)
_TOUCH_PORT = 9  # discard
_LOOK_S = 0.5
_FRESH_S = 3.0
_MEMO = "reach way"
_OFFICE_OWN = ipaddress.IPv4Network("192.168.0.0/16")  # a second box of the office: no sign of the provider

Log = Callable[[str], None]
Memory = Set[str]  # of one gateway: echo, it has answered itself; hop, a router behind it has


class Patience(NamedTuple):
    wait_s: float  # for one packet's echo
    tries: int
    arp_s: float


QUICK = Patience(0.5, 1, 1.0)
THOROUGH = Patience(1.0, 2, 9.0)  # ARP: an old entry is trusted for five seconds, then asked after three times


class Way(NamedTuple):
    gateway: Optional[bool] = None
    provider: Optional[bool] = None
    checks: Tuple[ReachCheck, ...] = ()


class Neighbour(NamedTuple):
    """What the system's ARP table says of one address."""

    there: bool
    confirmed: bool  # lately, by an answer


def has_link(host: Host) -> Optional[bool]:
    """Whether some network card has a carrier and an address that leads somewhere. Sends nothing. None: not known."""
    try:
        nics = host.nics()
    except OSError:
        return None
    names = tuple(nic.name for nic in nics)
    if host.memo.get("nic kinds of") != names:  # on Windows the registry is asked
        host.memo["nic kinds"], host.memo["nic kinds of"] = kinds(host, names), names
    return judge_link(nics, host.memo["nic kinds"], [route.gateway for route in default_routes(host)])


def judge_link(nics: Sequence[Nic], kind: Dict[str, str], gateways: Sequence[str]) -> bool:
    """A bridge or another virtual card counts when the way out leads over it."""
    for nic in nics:
        networks = [network for text in (*nic.ipv4, *nic.ipv6) for network in _usable(text)]
        if kind.get(nic.name) == "loopback" or nic.is_up is False or not networks:
            continue
        if kind.get(nic.name) != "virtual" or any(_holds(networks, gateway) for gateway in gateways):
            return True
    return False


def look(host: Host, log: Log, patience: Patience = THOROUGH) -> Way:
    """Takes up to 15 seconds where nobody answers, or 3 when `patience` is QUICK; a few milliseconds where all do."""
    routes = sorted(default_routes(host), key=lambda row: row.metric)
    if not routes:
        log("way: there is no default route by a gateway")
        return Way()
    gateway = routes[0].gateway
    known: Memory = host.memo.setdefault(_MEMO, {}).setdefault(gateway, set())
    ask = asker(host.platform, FAR, patience)
    checks: List[ReachCheck] = []
    first, alive = Echo(), None
    if ask is not None:
        started = time.monotonic()
        first = ask(1)
        direct = None if first.address else asker(host.platform, gateway, patience)
        if first.address or (direct is not None and direct(64).address == gateway):
            alive = True
            known.add("echo")
        checks.append(_check("gateway", "icmp", gateway, bool(alive), started))
    if alive is None:
        started = time.monotonic()
        fresh_s = _FRESH_S if "echo" in known else None
        resolve = resolver(host.platform, gateway)
        alive = by_arp(lambda: neighbour(host, gateway, fresh_s), lambda: touch(gateway), resolve, patience.arp_s)
        if alive is None and "echo" in known:
            alive = False
        if alive is not None:
            checks.append(_check("gateway", "arp", gateway, alive, started))
    provider: Optional[bool] = False if alive is False else None
    if ask is not None and alive is not False:
        provider, seen = by_hops(ask, gateway, first, known)
        checks += [] if seen is None else [seen]
    log("way: gateway {} {}, provider {}".format(gateway, alive, provider))
    return Way(alive, provider, tuple(checks))


def by_hops(ask: Ask, gateway: str, first: Echo, known: Memory) -> Tuple[Optional[bool], Optional[ReachCheck]]:
    """Whether a router behind the gateway answers. `first`: what came back for one that may not pass the gateway;
    `known`: what has answered before."""
    if first.ends and first.address == gateway:
        return False, ReachCheck("provider", "icmp", "", False, None, "the gateway knows no way on")
    for distance in DISTANCES:
        started = time.monotonic()
        echo = ask(distance)
        if echo.address == gateway and echo.ends:
            return False, _check("provider", "icmp", "", False, started, "the gateway knows no way on")
        if echo.address and echo.address != gateway and not _is_own(echo.address):
            known.add("hop")
            return True, _check("provider", "icmp", echo.address, True, started)
    if "hop" in known:
        return False, ReachCheck("provider", "icmp", "", False, None, "timeout")
    return None, None


def by_arp(
    table: Callable[[], Optional[Neighbour]],
    knock: Callable[[], None],
    resolve: Optional[Callable[[], bool]] = None,
    wait_s: float = THOROUGH.arp_s,
    sleep: Callable[[float], None] = time.sleep,
) -> Optional[bool]:
    """Whether a neighbour is alive; None: not known. `table`: what is known of it now, None where the system does not
    tell; `knock`: makes the system ask after it; `resolve`: asks by itself, where there is such a call."""
    knock()
    row: Optional[Neighbour] = None
    for _ in range(int(wait_s / _LOOK_S)):
        row = table()
        if row is None or row.confirmed:
            break
        sleep(_LOOK_S)
        if not row.there:
            row = table()  # one second look: the answer may be on its way
            break
    if row is not None and row.confirmed:
        return True
    if resolve is not None and (row is None or not row.there):
        return resolve()
    return None if row is None or row.there else False


def default_routes(host: Host) -> List[DefaultRoute]:
    if host.platform == "windows":
        return neighbours_windows.parse_routes(host.ip_forward_table()) or []
    with contextlib.suppress(PermissionError):
        return neighbours_linux.parse_routes(host.read_text("/proc/net/route"))
    return []


def asker(platform: str, target: str, patience: Patience) -> Optional[Ask]:
    """Asks as often as it takes; silence where the system refuses to send."""
    ask: Optional[Ask] = None
    if platform == "linux":
        from ..hygiene.hops_linux import UdpProbe

        ask = UdpProbe(target, patience.wait_s)
    elif platform == "windows":
        from ..hygiene.hops_windows import echo_probe

        ask = echo_probe(target, patience.wait_s)
    if ask is None:
        return None
    once = ask

    def patiently(distance: int) -> Echo:
        for _ in range(patience.tries):
            with contextlib.suppress(OSError):
                echo = once(distance)
                if echo.address:
                    return echo
        return Echo()

    return patiently


def neighbour(host: Host, address: str, fresh_s: Optional[float] = None) -> Optional[Neighbour]:
    """None: the system does not tell. `fresh_s`: a confirmation that is older counts for nothing; None: the system's own
    word, which may be a minute old, is good enough."""
    if host.platform == "linux":
        from ..scan.neigh import linux_table

        rows = linux_table(interface_of(address, subnets_of(host.nics())))
    elif host.platform == "windows":
        from ..scan.sendarp import windows_table

        rows = windows_table()
        if not rows:
            return None
    else:
        return None
    found = [row for row in rows if row.address == address]
    good = [row for row in found if row.reachable]
    if fresh_s is not None:
        good = [row for row in good if row.age_s is not None and row.age_s <= fresh_s]
    return Neighbour(bool(found), bool(good))


def touch(address: str) -> None:
    """Makes the system ask after a neighbour: an empty datagram that cannot leave the own network."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
        door.sendto(b"", (address, _TOUCH_PORT))


def resolver(platform: str, address: str) -> Optional[Callable[[], bool]]:
    """SendARP of Windows: asks, waits three seconds at most."""
    if platform != "windows" or sys.platform != "win32":
        return None
    import ctypes

    def resolve() -> bool:
        library: Any = ctypes.WinDLL("iphlpapi")
        buffer, length = ctypes.create_string_buffer(8), ctypes.c_ulong(6)
        target = struct.unpack("=I", socket.inet_aton(address))[0]
        return library.SendARP(ctypes.c_ulong(target), ctypes.c_ulong(0), buffer, ctypes.byref(length)) == 0

    return resolve


def _check(name: str, stage: str, target: str, ok: bool, started: float, error: str = "timeout") -> ReachCheck:
    taken = float(round((time.monotonic() - started) * 1000)) if ok else None
    return ReachCheck(name, stage, target, ok, taken, "" if ok else error)


def _usable(text: str) -> List[Any]:
    try:
        found: Any = ipaddress.ip_interface(text)
    except ValueError:
        return []
    address = found.ip
    bad = address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast
    return [] if bad else [found.network]


def _holds(networks: Sequence[Any], gateway: str) -> bool:
    address = ipaddress.IPv4Address(gateway)
    return any(network.version == 4 and address in network for network in networks)


def _is_own(address: str) -> bool:
    try:
        return ipaddress.IPv4Address(address) in _OFFICE_OWN
    except ValueError:
        return True
