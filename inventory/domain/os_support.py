"""Until when an operating system gets security updates. Dates of the policy come first, these tables fill the rest;
of Windows 10 and 11 the installed release has its own, earlier end.

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
    "windows 2000": "2010-07-13",
    "windows server 2003": "2015-07-14",
    "windows server 2008": "2020-01-14",
    "windows server 2008 r2": "2020-01-14",
    "windows server 2012": "2023-10-10",
    "windows server 2012 r2": "2023-10-10",
    "windows server 2016": "2027-01-12",
    "windows server 2019": "2029-01-09",
    "windows server 2022": "2031-10-14",
    "windows server 2025": "2034-11-14",
    "windows server, version 1709": "2019-04-09",
    "windows server, version 1803": "2019-11-12",
    "windows server, version 1903": "2020-12-08",
    "windows server, version 1909": "2021-05-11",
    "windows server, version 2004": "2021-12-14",
    "windows server, version 20h2": "2022-08-09",
    "windows server, version 23h2": "2025-10-24",
    "debian 5": "2012-02-06",
    "debian 6": "2016-02-29",
    "debian 7": "2018-05-31",
    "debian 8": "2020-06-30",
    "debian 9": "2022-06-30",
    "debian 10": "2024-06-30",
    "debian 11": "2026-08-31",
    "debian 12": "2028-06-30",
    "debian 13": "2030-06-30",
    "ubuntu 10.04": "2015-04-30",
    "ubuntu 12.04": "2017-04-28",
    "ubuntu 12.10": "2014-05-16",
    "ubuntu 13.04": "2014-01-27",
    "ubuntu 13.10": "2014-07-17",
    "ubuntu 14.04": "2019-04-25",
    "ubuntu 14.10": "2015-07-23",
    "ubuntu 15.04": "2016-02-04",
    "ubuntu 15.10": "2016-07-28",
    "ubuntu 16.04": "2021-04-30",
    "ubuntu 16.10": "2017-07-20",
    "ubuntu 17.04": "2018-01-13",
    "ubuntu 17.10": "2018-07-19",
    "ubuntu 18.04": "2023-05-31",
    "ubuntu 18.10": "2019-07-18",
    "ubuntu 19.04": "2020-01-23",
    "ubuntu 19.10": "2020-07-17",
    "ubuntu 20.04": "2025-05-31",
    "ubuntu 20.10": "2021-07-22",
    "ubuntu 21.04": "2022-01-20",
    "ubuntu 21.10": "2022-07-14",
    "ubuntu 22.04": "2027-04-30",
    "ubuntu 22.10": "2023-07-20",
    "ubuntu 23.04": "2024-01-25",
    "ubuntu 23.10": "2024-07-11",
    "ubuntu 24.04": "2029-04-30",
    "ubuntu 24.10": "2025-07-10",
    "ubuntu 25.04": "2026-01-15",
    "ubuntu 25.10": "2026-07-31",
    "ubuntu 26.04": "2031-04-30",
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

RELEASES: Mapping[int, tuple[str, str]] = {
    # Build of a release of Windows 10 or 11: end for Home and Pro, end for Enterprise and Education
    10240: ("2017-05-09", "2017-05-09"),
    10586: ("2017-10-10", "2017-10-10"),
    14393: ("2018-04-10", "2019-04-09"),
    15063: ("2018-10-09", "2019-10-08"),
    16299: ("2019-04-09", "2020-10-13"),
    17134: ("2019-11-12", "2021-05-11"),
    17763: ("2020-11-10", "2021-05-11"),
    18362: ("2020-12-08", "2020-12-08"),
    18363: ("2021-05-11", "2022-05-10"),
    19041: ("2021-12-14", "2021-12-14"),
    19042: ("2022-05-10", "2023-05-09"),
    19043: ("2022-12-13", "2022-12-13"),
    19044: ("2023-06-13", "2024-06-11"),
    19045: ("2025-10-14", "2025-10-14"),
    22000: ("2023-10-10", "2024-10-08"),
    22621: ("2024-10-08", "2025-10-14"),
    22631: ("2025-11-11", "2026-11-10"),
    26100: ("2026-10-13", "2027-10-12"),
    26200: ("2027-10-12", "2028-10-10"),
}
SERVER_BUILDS: Mapping[int, str] = {
    14393: "windows server 2016",
    16299: "windows server, version 1709",
    17134: "windows server, version 1803",
    17763: "windows server 2019",
    18362: "windows server, version 1903",
    18363: "windows server, version 1909",
    19041: "windows server, version 2004",
    19042: "windows server, version 20h2",
    20348: "windows server 2022",
    25398: "windows server, version 23h2",
    26100: "windows server 2025",
}
_CLIENTS = {
    "5.0": "windows 2000",
    "5.1": "windows xp",
    "5.2": "windows xp",
    "6.0": "windows vista",
    "6.1": "windows 7",
    "6.2": "windows 8",
}
_SERVER = re.compile(r"server (20\d\d)( r2)?")


@dataclass(frozen=True, slots=True)
class Support:
    """`ends` None: not known, or no date is known yet."""

    product: str  # "windows 10", "debian 12"; "" when not recognised
    ends: date | None = None  # of the product: afterwards it has to be replaced
    release_ends: date | None = None  # of the installed release: afterwards a newer one has to be installed


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
        return Support(product, _day(dates.get(product, "")), _release_end(build, edition))
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


def _release_end(build: int | None, edition: str) -> date | None:
    """End of a release of Windows 10 or 11; where the editions differ and this one is not known, the later day."""
    home, enterprise = RELEASES.get(build or 0, ("", ""))
    if not edition or edition.startswith(("enterprise", "education", "iotenterprise")):
        return _day(enterprise)
    return _day(home)


def _windows(facts: MachineFacts, name: str) -> str:
    if "server" in name or "server" in facts.os_edition.lower():
        found = _SERVER.search(name)
        if found:
            return f"windows server {found[1]}{found[2] or ''}"
        return SERVER_BUILDS.get(build_of(facts) or 0, "")
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
