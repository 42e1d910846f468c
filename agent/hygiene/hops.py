"""The first routers on the way to the Internet: one probe per hop and one more where it was silent, no further than the
first that stands on the Internet."""

from __future__ import annotations

import socket
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from .place import Place, is_public

MAX_HOPS = 6
WAIT_S = 1.0
_SILENT = 3  # so many in a row: nothing more will be heard
_DISCARD = 9

Log = Callable[[str], None]


class Echo(NamedTuple):
    """What came back for a probe that may pass so many routers."""

    address: str = ""  # of who answered, "" for silence
    ends: bool = False  # it said that nothing goes on from there


Probe = Callable[[int], Echo]  # time to live -> what came back


def walk(probe: Probe, target: str) -> Tuple[str, ...]:
    """Addresses of the routers before `target`, nearest first, "" where one was silent; silence at the end is left out."""
    found: List[str] = []
    for distance in range(1, MAX_HOPS + 1):
        echo = probe(distance)
        if not echo.address:
            echo = probe(distance)
        if echo.address == target:
            break
        found.append(echo.address)
        if echo.ends or is_public(echo.address) or (len(found) >= _SILENT and not any(found[-_SILENT:])):
            break
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def hops(place: Place, platform: str, hosts: Sequence[str], log: Log) -> Tuple[str, ...]:
    """The hops towards the first of `hosts` that has a public address. () when there is no such way from here."""
    target = find_target(hosts)
    if not target:
        log("hops: no public address is known to go to")
        return ()
    if not leaves_by(place, target):
        log("hops: the way out leads over another interface")
        return ()
    probe = _prober(platform, target)
    if probe is None:
        log("hops: not possible on this system")
        return ()
    found = walk(probe, target)
    log("hops to {}: {}".format(target, ", ".join(item or "?" for item in found) or "none answered"))
    return found


def find_target(hosts: Sequence[str]) -> str:
    for host in hosts:
        try:
            rows = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)
        except (OSError, UnicodeError):
            continue
        public = sorted({str(row[4][0]) for row in rows if is_public(str(row[4][0]))})
        if public:
            return public[0]
    return ""


def leaves_by(place: Place, target: str) -> bool:
    """Whether the system would send to `target` from this place. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        try:
            door.connect((target, _DISCARD))
            return bool(door.getsockname()[0] == place.address)
        except OSError:
            return False


def _prober(platform: str, target: str) -> Optional[Probe]:
    if platform == "linux":
        from .hops_linux import UdpProbe

        return UdpProbe(target)
    if platform == "windows":
        from .hops_windows import echo_probe

        return echo_probe(target)
    return None
