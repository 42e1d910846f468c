"""Whether something on the Internet answers over IPv6."""

from __future__ import annotations

import ipaddress
import socket
from typing import Callable, List, Optional, Sequence, Tuple

from .place import Place, global_ipv6

CONNECT_S = 3.0
MAX_TRIES = 2

Log = Callable[[str], None]
Target = Tuple[str, int]  # host, port


def internet(place: Place, targets: Sequence[Target], log: Log, wait_s: float = CONNECT_S) -> Optional[bool]:
    """True: a connection stood. False: names have IPv6 addresses, none could be reached. None: no such name, or the way
    leads over another interface than this place's."""
    rows = find_addresses(targets)
    if not rows:
        log("ipv6: no name with an IPv6 address")
        return None
    for address, port in rows:
        reached = _connects(place, address, port, wait_s)
        told = "another interface" if reached is None else "ok" if reached else "no answer"
        log("ipv6 [{}]:{}: {}".format(address, port, told))
        if reached is not False:
            return reached
    return False


def find_addresses(targets: Sequence[Target]) -> List[Target]:
    """The first public IPv6 address of each name, as many as are tried."""
    found: List[Target] = []
    for host, port in targets:
        try:
            rows = socket.getaddrinfo(host, port, socket.AF_INET6, socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            continue
        public = sorted({str(row[4][0]) for row in rows if global_ipv6((str(row[4][0]),))})
        found += [(address, port) for address in public[:1]]
        if len(found) >= MAX_TRIES:
            break
    return found


def _connects(place: Place, address: str, port: int, wait_s: float) -> Optional[bool]:
    own = {ipaddress.IPv6Address(text) for text in global_ipv6(place.ipv6)}
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as door:
        door.settimeout(wait_s)
        try:
            door.connect((address, port))
        except OSError:  # also a refusal: a firewall on the way says that too
            return False
        return True if ipaddress.IPv6Address(door.getsockname()[0].partition("%")[0]) in own else None
