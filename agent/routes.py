"""The collector's addresses with the way to each: certificate file and proxy. Which is asked first. No I/O.

An office may have the government network only, the Internet only, or both: the addresses are tried in the order of
the settings, the one that works is kept, and the first is tried again now and then, because it is the better one.
"""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass
from typing import Dict, List, Sequence
from urllib.parse import urlsplit

NO_PROXY, SYSTEM_PROXY = "none", "system"
FIRST_AGAIN_S = 3600.0  # how often the first address is tried again while another one works


@dataclass(frozen=True)
class Route:
    server: str  # https://host[:port][/path]
    ca_file: str = ""  # "": public certificate authorities
    proxy: str = ""  # "" or none: straight; system: as Windows or the environment says; else http://[user:pw@]host:port


@dataclass(frozen=True)
class Tried:
    """What became of one address: `problem` "" when it answered."""

    server: str
    problem: str = ""


def proxies_of(route: Route) -> Dict[str, str]:
    """Scheme -> proxy, as requests takes it; {} for a straight way. Reads the system's settings when told so."""
    if route.proxy in ("", NO_PROXY):
        return {}
    if route.proxy != SYSTEM_PROXY:
        return {"http": route.proxy, "https": route.proxy}
    host = urlsplit(route.server).hostname or ""
    if urllib.request.proxy_bypass(host):
        return {}
    found = urllib.request.getproxies()
    return {scheme: found[scheme] for scheme in ("http", "https") if scheme in found}


def without_password(proxy: str) -> str:
    """For screens and logs."""
    try:
        parts = urlsplit(proxy)
    except ValueError:
        return "***"
    if "@" not in parts.netloc:
        return proxy
    return "{}://***@{}".format(parts.scheme, parts.netloc.rpartition("@")[2])


class Order:
    """Which address is asked next, by the monotonic clock."""

    def __init__(self, count: int) -> None:
        self.current = 0
        self._count = count
        self._first_again_s = 0.0

    def next_round(self, now_s: float) -> List[int]:
        """The addresses of one attempt, each once: the one that works, the ones after it, the ones before it. Now and
        then the first one leads."""
        if self.current and not 0 < self._first_again_s - now_s <= FIRST_AGAIN_S:
            self._first_again_s = now_s + FIRST_AGAIN_S
            rest = [index for index in self._round(self.current) if index]
            return [0, *rest]
        return self._round(self.current)

    def works(self, index: int, now_s: float) -> None:
        """This one answered: it is kept."""
        if index and index != self.current:
            self._first_again_s = now_s + FIRST_AGAIN_S
        self.current = index

    def _round(self, start: int) -> List[int]:
        return [(start + step) % self._count for step in range(self._count)]


def told(tried: Sequence[Tried]) -> str:
    """One line for people about addresses that did not answer."""
    return "; ".join("{}: {}".format(each.server, each.problem) for each in tried if each.problem)
