"""What goes into a report. Pure: results, what the collector has, and the clock readings are arguments.

A section travels in three steps of size: left out (nothing new since it was last told), head only (status and hash:
the collector has the data), or with data. An inventory tells every section; a heartbeat only what changed.

Some sections change at every look: a latency is never the same twice, byte counters only grow. Sent each time they
would fill the budget of 150 KB a day. Their hash stays section_hash(status, data) of exactly what was measured, as
the contract says; what is decided here is only *when they count as changed* (WORTH below): at once when a person
would call it a change, otherwise every VOLATILE_REFRESH_S.
"""

from __future__ import annotations

import dataclasses
import ipaddress
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple

from .probe import ProbeResult
from .wire.report import Report, Section, section_hash

VOLATILE_REFRESH_S = 4 * 3600.0
REFRESH_S = {"hygiene": 86400.0}  # looked for every few hours: the usual refresh would tell every look
MIN_ERRORS = 10  # fewer new interface errors than this wait for the refresh
MIN_HOSTS = 4  # fewer devices that came or went between two scans wait for the refresh
MIN_LATENCY_MS = 50.0  # smaller changes of latency wait for the refresh, and so do those below a factor of 2

Data = Dict[str, Any]
Known = Mapping[str, Tuple[str, int]]  # section -> (hash the collector acknowledged, seq)


@dataclass(frozen=True)
class Header:
    """Who and when: the report without its sections."""

    agent_id: str
    boot_id: str
    seq: int
    agent_time_s: float
    monotonic_s: float
    kind: str = "heartbeat"
    agent_version: str = ""
    policy_version: int = 0
    lost_reports: int = 0
    pending_reports: int = 0


@dataclass(frozen=True)
class Told:
    """What was last put into a report about one section, whether or not it has arrived yet."""

    status: str
    hash: str
    at_s: float  # monotonic
    data: Optional[Data] = None  # kept for volatile sections only


@dataclass
class Memory:
    """What the agent remembers between reports."""

    known: Dict[str, Tuple[str, int]] = dataclasses.field(default_factory=dict)  # acknowledged
    told: Dict[str, Told] = dataclasses.field(default_factory=dict)
    carried: Dict[str, str] = dataclasses.field(default_factory=dict)  # data put in a stored report since the start
    missing: Tuple[str, ...] = ()  # sections that the collector asked for

    def has(self, name: str, digest: str) -> bool:
        """The collector has this data, or a report that waits in the spool brings it."""
        if name in self.missing:
            return False
        return self.known.get(name, ("", 0))[0] == digest or self.carried.get(name) == digest

    def forget_carried(self) -> None:
        """Reports that carried data may have been lost: nothing but what was acknowledged is certain."""
        self.carried.clear()
        self.told.clear()


def build(header: Header, results: Mapping[str, ProbeResult], memory: Memory) -> Report:
    """The report of one turn. The memory is not changed: see remember()."""
    sections = {}
    for name, result in sorted(results.items()):
        digest = section_hash(result.status, result.data)
        if header.kind != "inventory" and not _is_news(name, result, digest, header.monotonic_s, memory):
            continue
        data = None if memory.has(name, digest) else result.data
        sections[name] = Section(result.status, digest, data, result.error, result.duration_ms)
    return Report(sections=sections, **dataclasses.asdict(header))


def remember(report: Report, results: Mapping[str, ProbeResult], memory: Memory) -> None:
    """Notes what `report` tells; to be called once it is in the spool."""
    for name, section in report.sections.items():
        data = results[name].data if name in WORTH else None
        memory.told[name] = Told(section.status, section.hash, report.monotonic_s, data)
        if section.data is not None:
            memory.carried[name] = section.hash
    memory.missing = tuple(name for name in memory.missing if name not in report.sections)


def acknowledge(hashes: Mapping[str, str], seq: int, memory: Memory) -> bool:
    """A report that carried the data of these hashes has arrived. True when that is news.

    The backlog arrives newest first: an older report must not take back what a newer one settled."""
    changed = False
    for name, digest in hashes.items():
        if memory.known.get(name, ("", 0))[1] < seq:
            memory.known[name] = (digest, seq)
            changed = True
    return changed


def ask_again(names: Iterable[str], memory: Memory) -> None:
    """The collector lacks these sections' data."""
    wanted = set(memory.missing)
    for name in names:
        wanted.add(name)
        memory.known.pop(name, None)
        memory.carried.pop(name, None)
        memory.told.pop(name, None)
    memory.missing = tuple(sorted(wanted))


def without_largest(report: Report) -> Optional[Report]:
    """The report without the data of its largest section, for one that would not fit a frame."""
    sizes = {name: len(repr(section.data)) for name, section in report.sections.items() if section.data is not None}
    if not sizes:
        return None
    name = max(sizes, key=lambda each: sizes[each])
    cut = Section("failed", error="data of about {} bytes is too large for a report".format(sizes[name]))
    return dataclasses.replace(report, sections={**report.sections, name: cut})


def carried_hashes(report: Report) -> Dict[str, str]:
    """The sections whose data travels in this report."""
    return {name: section.hash for name, section in report.sections.items() if section.data is not None}


def _is_news(name: str, result: ProbeResult, digest: str, now_s: float, memory: Memory) -> bool:
    told = memory.told.get(name)
    if told is None or name in memory.missing or told.status != result.status:
        return True
    if told.hash == digest:
        return False
    worth = WORTH.get(name)
    if worth is None or told.data is None or result.data is None:
        return True
    refresh_s = REFRESH_S.get(name, VOLATILE_REFRESH_S)
    return not 0 <= now_s - told.at_s < refresh_s or worth(told.data, result.data)


def _reach_changed(before: Data, now: Data) -> bool:
    if any(before.get(key) != now.get(key) for key in ("internet", "captive", "collector")):
        return True
    old, new = _checks(before), _checks(now)
    if old.keys() != new.keys():
        return True
    return any(_check_changed(old[key], new[key]) for key in new)


def _checks(data: Data) -> Dict[Tuple[str, str, str], Data]:
    return {(row.get("name", ""), row.get("stage", ""), row.get("target", "")): row for row in _rows(data, "checks")}


def _check_changed(old: Data, new: Data) -> bool:
    if old.get("ok") != new.get("ok") or old.get("error") != new.get("error"):
        return True
    before, now = old.get("latency_ms") or 0.0, new.get("latency_ms") or 0.0
    return abs(now - before) >= MIN_LATENCY_MS and max(now, before) >= 2 * min(now, before)


def _counters_changed(before: Data, now: Data) -> bool:
    old = {row.get("name", ""): row for row in _rows(before, "interfaces")}
    new = {row.get("name", ""): row for row in _rows(now, "interfaces")}
    if old.keys() != new.keys():
        return True
    for name, row in new.items():
        for key in ("rx_errors", "tx_errors", "rx_dropped", "tx_dropped"):
            grown = (row.get(key) or 0) - (old[name].get(key) or 0)
            if grown < 0 or grown >= max(MIN_ERRORS, (old[name].get(key) or 0) // 10):
                return True  # counters that went back started again; noisy ones count by tenths
    return False


def _neighbours_changed(before: Data, now: Data) -> bool:
    # Neighbours come and go from the ARP table all day; gateways and name servers do not.
    def lasting(data: Data) -> Tuple[List[Tuple[Any, ...]], List[str]]:
        gateways = [(row.get("address"), row.get("mac_hash"), row.get("interface")) for row in _rows(data, "gateways")]
        return sorted(gateways, key=repr), sorted(data.get("dns_servers") or ())

    return lasting(before) != lasting(now)


def _lan_changed(before: Data, now: Data) -> bool:
    """A re-check an hour, with its record: only a new sweep or a good part of the devices is news at once."""
    if any(before.get(key) != now.get(key) for key in ("off", "interface", "network", "gateway", "gateway_mac_hash")):
        return True
    if before.get("last_sweep") != now.get("last_sweep") or before.get("lldp") != now.get("lldp"):
        return True
    old, new = ({row.get("mac_hash") for row in _rows(data, "hosts")} for data in (before, now))
    return len(old ^ new) >= max(MIN_HOSTS, len(old) // 5)


def _hygiene_changed(before: Data, now: Data) -> bool:
    """Names have other addresses every minute, and a router that was silent once is no news: only what somebody would
    judge by, and only where something is known now."""
    plain = ("interface", "network", "gateway", "gateway_mac_hash", "ipv6_address", "ipv6_internet", "gateway_upnp")
    if any(now.get(key) not in (None, "", before.get(key)) for key in plain):
        return True
    if _offers(now) != _offers(before) if now.get("dhcp_asked") else set(_offers(now)) - set(_offers(before)):
        return True
    ways = [before.get("hops") or (), now.get("hops") or ()]
    if any(map(lambda old, new: bool(old and new and old != new), *ways)):
        return True
    old_facts, new_facts = _hygiene_facts(before), _hygiene_facts(now)
    return any(old_facts.get(key) != fact for key, fact in new_facts.items()) or _clashes(before) != _clashes(now)


def _offers(data: Data) -> List[str]:
    return sorted(repr(sorted(row.items(), key=repr)) for row in _rows(data, "dhcp_offers"))


def _clashes(data: Data) -> List[Any]:
    return sorted(row.get("address", "") for row in _rows(data, "clashes"))


def _hygiene_facts(data: Data) -> Dict[Tuple[Any, ...], Any]:
    """Of each name server and door what it comes down to, by whom it is about; unknown ones are left out."""
    facts: Dict[Tuple[Any, ...], Any] = {}
    for row in _rows(data, "name_checks"):
        answers = row.get("answers") or ()
        if answers or row.get("error") in ("nxdomain", "no_answer"):
            own = sorted(item for item in answers if not _is_public(item))
            facts["name", row.get("server", ""), row.get("name", "")] = (bool(answers), own)
    for row in _rows(data, "doors"):
        if row.get("open") is not None:
            facts["door", row.get("address", ""), row.get("port", 0)] = row["open"]
    return facts


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def _rows(data: Data, key: str) -> Tuple[Data, ...]:
    return tuple(row for row in data.get(key) or () if isinstance(row, dict))


WORTH: Dict[str, Callable[[Data, Data], bool]] = {
    "reach": _reach_changed,
    "counters": _counters_changed,
    "neighbours": _neighbours_changed,
    "lan": _lan_changed,
    "hygiene": _hygiene_changed,
}
