"""What the agent remembers of its LAN between scans: scan.json in the state folder. Pure, no file is touched here.

Addresses of neighbours stand in this file and nowhere else: reports carry vendor prefix and hash only.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Tuple

from ..wire import codec
from ..wire.errors import WireError
from ..wire.sections_lan import DeviceInfo, LldpNeighbour, ScanRecord

FILE = "scan.json"
DEVICES_FILE = "devices.json"
LOG_FILE = "scan.log"
OFF_FILE = "scan.off"  # made by people: while it is there, nothing is scanned

KNOWN_S = 7 * 86400.0
MAX_HOSTS = 1000
MAX_SCANS = 30
MAX_CLASHES = 32
MAX_LLDP = 16
MAX_CREDENTIALS = 512
MAX_DEVICES = 256
MAX_DEVICES_PLAIN = 100 * 1024  # bytes of them; a section holds 128 KB
MAX_DRAWS = 8
KEEP_DEVICES_S = 3 * 86400.0


@dataclass(frozen=True)
class KnownHost:
    """A device that answered. Times are seconds since 1970 by this PC's clock."""

    address: str
    mac_prefix: str = ""
    mac_hash: str = ""
    passes: int = 0
    seen_s: float = 0.0


@dataclass(frozen=True)
class Clash:
    """Two cards that answer for one address; the hygiene section tells of it."""

    address: str = ""
    mac_hashes: Tuple[str, ...] = ()
    seen_s: float = 0.0


@dataclass(frozen=True)
class HeardSwitch:
    neighbour: LldpNeighbour = LldpNeighbour()  # noqa: RUF009 frozen, so it can be shared
    seen_s: float = 0.0


@dataclass(frozen=True)
class Credential:
    """Which SNMP credential a device answered to: a fingerprint, no secret."""

    mac_hash: str = ""
    fingerprint: str = ""


@dataclass(frozen=True)
class Ledger:
    """What was done when, so that neither a restart nor a clock that jumps buys a second sweep. Moments are told by the
    clock and, within one boot, by seconds since boot."""

    boot_id: str = ""
    day: str = ""  # YYYY-MM-DD, the local day that the counts belong to
    day_at_s: float = 0.0  # when its first scan began
    day_mono_s: float = 0.0
    sweeps: int = 0
    frames: int = 0
    scan_at_s: float = 0.0  # the last scan of either kind
    scan_mono_s: float = 0.0
    sweep_at_s: float = 0.0  # the last sweep; 0: none
    sweep_mono_s: float = 0.0
    rest_at_s: float = 0.0  # when the day of rest began; 0: none
    rest_mono_s: float = 0.0
    draw_day: str = ""
    draws: Tuple[float, ...] = ()  # moments of the day at which sweeps become due, minutes after midnight


@dataclass(frozen=True)
class ScanState:
    ledger: Ledger = Ledger()
    off: str = "no_lease"  # as LanInfo.off
    lease_until_s: float = 0.0  # for people to read; the lease itself is kept in memory only
    interface: str = ""
    network: str = ""
    gateway: str = ""
    gateway_mac_hash: str = ""
    sweep_began_s: float = 0.0  # of the last sweep that ran to its end
    last_sweep: ScanRecord = ScanRecord()  # noqa: RUF009
    hosts: Tuple[KnownHost, ...] = ()
    lldp: Tuple[HeardSwitch, ...] = ()
    scans: Tuple[ScanRecord, ...] = ()  # newest last
    clashes: Tuple[Clash, ...] = ()
    credentials: Tuple[Credential, ...] = ()
    devices_asked: int = -1  # addresses asked by SNMP after the last sweep; -1: never


def read(plain: Any) -> ScanState:
    """The state from a file's content; a damaged one is an empty one."""
    try:
        state = codec.read(ScanState, plain if isinstance(plain, dict) else {})
    except WireError:
        return ScanState()
    # Counts below zero would allow more than a day's share.
    ledger = dataclasses.replace(
        state.ledger,
        sweeps=max(state.ledger.sweeps, 0),
        frames=max(state.ledger.frames, 0),
        draws=state.ledger.draws[:MAX_DRAWS],
    )
    return dataclasses.replace(state, ledger=ledger)


def known_hosts(state: ScanState, network: str, now_s: float) -> Tuple[KnownHost, ...]:
    """Who answered on this network within the last days. A moment in the future is a clock that was wrong: it becomes
    now."""
    if state.network != network:
        return ()
    hosts = (dataclasses.replace(host, seen_s=min(host.seen_s, now_s)) for host in state.hosts)
    return tuple(host for host in hosts if now_s - host.seen_s <= KNOWN_S)


def merge(state: ScanState, answer: Dict[str, Any], record: ScanRecord, now_s: float) -> ScanState:
    """The state after a scan. `answer` is what the child said (child.py)."""
    network = str(answer.get("network", ""))
    same = network == state.network and answer.get("gateway_mac_hash", "") in ("", state.gateway_mac_hash)
    old = {host.address: host for host in known_hosts(state, network, now_s)} if same else {}
    for row in answer.get("hosts", ()):
        host = codec.read(KnownHost, {**row, "seen_s": now_s})
        old[host.address] = host
    hosts = sorted(old.values(), key=lambda host: -host.seen_s)[:MAX_HOSTS]
    complete = record.kind == "sweep" and not record.stopped
    return dataclasses.replace(
        state,
        interface=str(answer.get("interface", "")),
        network=network,
        gateway=str(answer.get("gateway", "")),
        gateway_mac_hash=str(answer.get("gateway_mac_hash", "")) or (state.gateway_mac_hash if same else ""),
        hosts=tuple(sorted(hosts, key=lambda host: host.address)),
        sweep_began_s=now_s - record.duration_s - 1.0 if complete else (state.sweep_began_s if same else 0.0),
        last_sweep=record if record.kind == "sweep" else state.last_sweep,
        scans=(*state.scans, record)[-MAX_SCANS:],
        clashes=_clashes(state if same else ScanState(), answer, now_s),
        lldp=_heard(state if same else ScanState(), answer, now_s),
    )


def present(state: ScanState) -> Tuple[KnownHost, ...]:
    """Who answered in the last complete sweep or since."""
    return tuple(host for host in state.hosts if host.seen_s >= state.sweep_began_s)


def to_be_asked(state: ScanState) -> List[Dict[str, str]]:
    """Who is asked by SNMP, and by which credential first (devices.py)."""
    prints = {item.mac_hash: item.fingerprint for item in state.credentials}
    return [
        {
            "address": host.address,
            "mac_prefix": host.mac_prefix,
            "mac_hash": host.mac_hash,
            "fingerprint": prints.get(host.mac_hash, ""),
        }
        for host in present(state)
    ]


def merge_devices(plain: Any, rows: Iterable[Dict[str, Any]], asked: int, now_s: float) -> Dict[str, Any]:
    """devices.json after a round of SNMP: {"asked", "devices": [{"info", "seen_s"}]}. A device that was silent this time
    is kept for some days."""
    old = plain.get("devices", ()) if isinstance(plain, dict) else ()
    found: Dict[str, Dict[str, Any]] = {}
    for item in old if isinstance(old, list) else ():
        if isinstance(item, dict) and isinstance(item.get("info"), dict):
            seen_s = item.get("seen_s")
            if isinstance(seen_s, (int, float)) and now_s - min(seen_s, now_s) <= KEEP_DEVICES_S:
                found[_device_key(item["info"])] = {"info": item["info"], "seen_s": min(seen_s, now_s)}
    for row in rows:
        info = codec.to_plain(codec.read(DeviceInfo, row["info"]))
        found[_device_key(info)] = {"info": info, "seen_s": now_s}
    newest = _fitting(sorted(found.values(), key=lambda item: -item["seen_s"])[:MAX_DEVICES])
    return {"asked": asked, "devices": sorted(newest, key=lambda item: str(item["info"].get("address", "")))}


def _fitting(newest: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """As much of it as a section holds: details go first, those with most before the others, then the devices that were
    seen longest ago. Devices of several rounds may be more than one round's answer may hold."""
    size = sum(len(codec.dumps(item["info"])) + 1 for item in newest)
    for detail in ("ports", "supplies"):
        for item in sorted(newest, key=lambda each: -len(each["info"].get(detail) or ())):
            if size <= MAX_DEVICES_PLAIN:
                return newest
            size -= len(codec.dumps(item["info"]))
            item["info"] = {name: value for name, value in item["info"].items() if name != detail}
            size += len(codec.dumps(item["info"]))
    while newest and size > MAX_DEVICES_PLAIN:
        size -= len(codec.dumps(newest[-1]["info"])) + 1
        newest = newest[:-1]
    return newest


def _device_key(info: Dict[str, Any]) -> str:
    return str(info.get("mac_hash") or info.get("address", ""))


def _clashes(state: ScanState, answer: Dict[str, Any], now_s: float) -> Tuple[Clash, ...]:
    found = {clash.address: clash for clash in state.clashes if 0 <= now_s - clash.seen_s <= KNOWN_S}
    for address, hashes in dict(answer.get("clashes", {})).items():
        found[str(address)] = Clash(str(address), tuple(str(item) for item in hashes)[:4], now_s)
    return tuple(_newest(found.values(), MAX_CLASHES))


def _heard(state: ScanState, answer: Dict[str, Any], now_s: float) -> Tuple[HeardSwitch, ...]:
    found = {
        (row.neighbour.mac_hash, row.neighbour.port): row for row in state.lldp if 0 <= now_s - row.seen_s <= KNOWN_S
    }
    for plain in answer.get("lldp", ()):
        neighbour = codec.read(LldpNeighbour, plain)
        found[neighbour.mac_hash, neighbour.port] = HeardSwitch(neighbour, now_s)
    return tuple(_newest(found.values(), MAX_LLDP))


def _newest(rows: Iterable[Any], most: int) -> Tuple[Any, ...]:
    return tuple(sorted(rows, key=lambda row: -row.seen_s)[:most])
