"""Until when an operating system gets security updates. Dates of the policy come first, these tables fill the rest.

The policy names the client editions of Windows (and whatever a province adds, by the same keys). Here stand server
and long-term editions and two Linux families, from the makers' published life-cycle pages; what is in neither table
is unknown, never "supported".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from inventory.domain.machine import MachineFacts

SERVERS_AND_LINUX: Mapping[str, str] = {
    "windows server 2003": "2015-07-14",
    "windows server 2008": "2020-01-14",
    "windows server 2008 r2": "2020-01-14",
    "windows server 2012": "2023-10-10",
    "windows server 2012 r2": "2023-10-10",
    "windows server 2016": "2027-01-12",
    "windows server 2019": "2029-01-09",
    "windows server 2022": "2031-10-14",
    "debian 7": "2018-05-31",
    "debian 8": "2020-06-30",
    "debian 9": "2022-06-30",
    "debian 10": "2024-06-30",
    "debian 11": "2026-08-31",
    "debian 12": "2028-06-30",
    "debian 13": "2030-06-30",
    "ubuntu 14.04": "2019-04-25",
    "ubuntu 16.04": "2021-04-30",
    "ubuntu 18.04": "2023-05-31",
    "ubuntu 20.04": "2025-05-31",
    "ubuntu 22.04": "2027-04-30",
    "ubuntu 24.04": "2029-04-30",
}

LONG_TERM: Mapping[int, str] = {  # Windows 10 LTSB / LTSC (EditionID EnterpriseS) by build
    10240: "2025-10-14",
    14393: "2026-10-13",
    17763: "2029-01-09",
    19044: "2027-01-12",
    26100: "2029-10-09",
}
LONG_TERM_IOT: Mapping[int, str] = {19044: "2032-01-13", 26100: "2034-10-10"}

FIRST_WINDOWS_11 = 22000
_CLIENTS = {"5.1": "windows xp", "5.2": "windows xp", "6.0": "windows vista", "6.1": "windows 7", "6.2": "windows 8"}
_SERVER = re.compile(r"server (20\d\d)( r2)?")


@dataclass(frozen=True, slots=True)
class Support:
    """`ends` None: not known, or no date is known yet."""

    product: str  # "windows 10", "debian 12"; "" when not recognised
    ends: date | None = None


def support_of(facts: MachineFacts, dates: Mapping[str, str]) -> Support:
    """Support of the machine's operating system. `dates` is the policy's table, product -> YYYY-MM-DD."""
    product = product_of(facts)
    build = build_of(facts)
    if product in ("windows 10", "windows 11"):
        edition = facts.os_edition.lower() or _edition_in(facts.os_name)
        if "enterprises" in edition:
            table = {**LONG_TERM, **LONG_TERM_IOT} if edition.startswith("iot") else LONG_TERM
            return Support(product, _day(table.get(build or 0, "")))
        if not edition and build in LONG_TERM:
            return Support(product)  # a long-term edition or not: nobody knows
    return Support(product, _day(dates.get(product) or SERVERS_AND_LINUX.get(product, "")))


def product_of(facts: MachineFacts) -> str:
    """The key of an operating system in the tables; "" when it is not recognised."""
    name = facts.os_name.lower()
    if facts.os_family == "windows" or name.startswith("windows"):
        return _windows(facts, name)
    if facts.os_id == "debian":
        return f"debian {facts.os_version.split('.')[0]}" if facts.os_version else ""
    if facts.os_id == "ubuntu":
        return f"ubuntu {facts.os_version}" if facts.os_version else ""
    return ""


def build_of(facts: MachineFacts) -> int | None:
    """Windows' build number: 19045 of "19045.4529"; None when it is not known."""
    head = facts.os_build.split(".")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 8 else None


def _windows(facts: MachineFacts, name: str) -> str:
    if "server" in name or "server" in facts.os_edition.lower():
        found = _SERVER.search(name)
        return f"windows server {found[1]}{found[2] or ''}" if found else ""
    version = ".".join(facts.os_version.split(".")[:2])
    if version == "6.3":
        return "windows 8.1"
    if version in _CLIENTS:
        return _CLIENTS[version]
    build = build_of(facts)
    if version.startswith("10") and build is not None:
        return "windows 11" if build >= FIRST_WINDOWS_11 else "windows 10"
    # Windows 11 calls itself "Windows 10" in old registry fields: without a build the name "10" decides nothing.
    found = re.match(r"(?:microsoft )?windows (xp|vista|7|8\.1|8|11)\b", name)
    return f"windows {found[1]}" if found else ""


def _edition_in(name: str) -> str:
    lowered = name.lower()
    if "ltsc" in lowered or "ltsb" in lowered:
        return "iotenterprises" if "iot" in lowered else "enterprises"
    for word in ("pro", "home", "education", "enterprise", "core"):
        if re.search(rf"\b{word}\b", lowered):
            return word
    return ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
