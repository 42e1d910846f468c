"""Equipment on the LANs of sites, and the records of scans, from what the elected scanners told.

A device is the same when its MAC hash is; without one, its serial number; without both, its address. One sweep that
misses a device proves nothing: it is gone when complete sweeps of several days have missed it.
"""

from __future__ import annotations

import ipaddress
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from inventory.domain.lan_state import LONGEST_KEY
from inventory.domain.mac_vendor import made_up, short_maker
from inventory.domain.plain import Plain, rows, text, whole
from inventory.domain.week import local_day
from inventory.store.device_forms import by_device, by_gateway, by_lldp
from inventory.store.engine import OperationalError, Store
from inventory.store.lans import FULL_PASS, OVERLAP
from inventory.store.tables import Agent, Lan, LanScan, NetworkDevice, Section

_log = logging.getLogger(__name__)

SECTIONS = ("lan", "devices", "neighbours")
GONE_AFTER_DAYS = 3  # days with a complete sweep that did not see it
MAX_PER_SITE = 500
MAX_DEVICES, MAX_LLDP, MAX_GATEWAYS = 256, 64, 16  # that one section may bring
MAX_SCANS_TOLD = 30  # in one section, by the contract
MAX_SCANS_A_DAY = 120  # of one agent; a polite one makes four sweeps and some re-checks
KEPT = timedelta(days=365)  # records of scans
_FUTURE = timedelta(days=1)  # a scan that began later than that by its agent's clock: the clock is wrong
_LOCK = 0x6C616E64  # one process takes in equipment at a time
_PLAIN = ("kind", "vendor", "model", "serial", "name", "os", "version", "location")


class DeviceKeeper:
    """Remembers only where it left off; what it writes is the same however often it is done."""

    def __init__(self) -> None:
        self._full_at: datetime | None = None
        self._seen_to: datetime | None = None

    def run_due(self, store: Store, clock: Callable[[], datetime]) -> int:
        """Takes in the sections that changed since the last time; returns how many."""
        now = clock()
        full = self._full_at is None or self._seen_to is None or now - self._full_at >= FULL_PASS
        since = None if full or self._seen_to is None else self._seen_to - OVERLAP
        done = take_in(store, now, since)
        self._seen_to = now
        if full:
            self._full_at = now
        return done


def take_in(store: Store, now: datetime, since: datetime | None = None) -> int:
    """Devices and scans out of the sections that changed after `since` (None: all); returns how many sections."""
    query = (
        select(Section, Agent.site_id, Agent.sample)
        .join(Agent, col(Agent.id) == col(Section.agent_id))
        .where(col(Section.name).in_(SECTIONS), Agent.status == "active", col(Section.data).is_not(None))
        .order_by(col(Section.changed_at), col(Section.agent_id))
    )
    if since is not None:
        query = query.where(col(Section.changed_at) > since)
    with store.reading() as session:
        found = list(session.exec(query))
        known = _fingerprints(session, {site_id for _, site_id, _ in found})
    fresh = [row for row in found if _news(row[0], row[1], known)]
    for at in range(0, len(fresh), 50):
        with store.session() as session:
            if not store.is_sqlite:  # two collectors that look at once would both find a device new
                session.connection().execute(sql("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            for section, site_id, sample in fresh[at : at + 50]:
                try:
                    with session.begin_nested():
                        _take(session, section, site_id, now, sample)
                except OperationalError:  # the store, not this section
                    raise
                except (SQLAlchemyError, ArithmeticError, ValueError, TypeError, LookupError) as error:
                    # whatever one agent says must not cost the others their equipment
                    told = (section.name, section.agent_id, type(error).__name__, str(error)[:300])
                    _log.warning("section %s of agent %s is passed over: %s: %s", *told)
    return len(fresh)


def _fingerprints(session: Session, sites: set[int]) -> dict[tuple[int, str], datetime]:
    """When each gateway of these sites was last noted: neighbours change all day, gateways do not."""
    query = select(NetworkDevice.site_id, NetworkDevice.mac_hash, NetworkDevice.last_seen_at).where(
        col(NetworkDevice.site_id).in_(sorted(sites)), NetworkDevice.mac_hash != ""
    )
    return {(site_id, mac): seen for site_id, mac, seen in session.exec(query)}


def _news(section: Section, site_id: int, known: Mapping[tuple[int, str], datetime]) -> bool:
    if section.name != "neighbours":
        return True
    for gateway in rows(section.data or {}, "gateways")[:MAX_GATEWAYS]:
        mac = text(gateway, "mac_hash")[: _LENGTHS["mac_hash"]]
        seen = known.get((site_id, mac))
        if mac and (seen is None or section.seen_at - seen > timedelta(hours=6)):
            return True
    return False


def _take(session: Session, section: Section, site_id: int, now: datetime, sample: bool) -> None:
    data = section.data or {}
    if section.name == "lan":
        _scans(session, data, section, site_id, now, sample)
        _network(session, data, site_id, now)
        for told in rows(data, "lldp")[:MAX_LLDP]:
            _put(session, site_id, section, sample, by_lldp(told))
    elif section.name == "devices":
        for told in rows(data, "devices")[:MAX_DEVICES]:
            _put(session, site_id, section, sample, by_device(told))
    else:
        for gateway in rows(data, "gateways")[:MAX_GATEWAYS]:
            _put(session, site_id, section, sample, by_gateway(gateway))


def _scans(session: Session, data: Plain, section: Section, site_id: int, now: datetime, sample: bool) -> None:
    """The records that are not stored yet. `started` is by the agent's clock."""
    have = {
        (at, kind)
        for at, kind in session.exec(
            select(LanScan.started_at, LanScan.kind).where(LanScan.agent_id == section.agent_id)
        )
    }
    days = Counter(local_day(at) for at, _ in have)
    complete = False
    last = [data["last_sweep"]] if isinstance(data.get("last_sweep"), Mapping) else []
    for told in [*rows(data, "scans")[-MAX_SCANS_TOLD:], *last]:
        started = _moment(text(told, "started"), now)
        kind = text(told, "kind")[:12]
        if started is None or (started, kind) in have or days[local_day(started)] >= MAX_SCANS_A_DAY:
            continue
        have.add((started, kind))
        days[local_day(started)] += 1
        duration = told.get("duration_s")
        session.add(
            LanScan(
                site_id=site_id,
                agent_id=section.agent_id,
                started_at=started,
                kind=kind,
                method=text(told, "method")[:12],
                network=text(told, "network")[:48],
                addresses=_count(told, "addresses"),
                frames=_count(told, "frames"),
                duration_s=float(duration) if isinstance(duration, int | float) else 0.0,
                hosts=_count(told, "hosts"),
                stopped=text(told, "stopped")[:20],
                sample=sample,
            )
        )
        complete = complete or (kind == "sweep" and not text(told, "stopped"))
    if complete:
        session.flush()
        _missed(session, data, site_id, now)


def _missed(session: Session, data: Plain, site_id: int, now: datetime) -> None:
    """After a complete sweep: who was there, and who has been missing on how many days."""
    there = {text(host, "mac_hash") for host in rows(data, "hosts")} | {text(data, "gateway_mac_hash")}
    devices = session.exec(
        select(NetworkDevice).where(
            NetworkDevice.site_id == site_id, NetworkDevice.mac_hash != "", NetworkDevice.source_class == "measured"
        )
    ).all()
    swept = session.exec(
        select(LanScan.started_at, LanScan.network).where(
            LanScan.site_id == site_id, LanScan.kind == "sweep", LanScan.stopped == ""
        )
    ).all()
    newest = min(max((at for at, _ in swept), default=now), now)
    for device in devices:
        if device.mac_hash in there:
            device.last_seen_at, device.scans_missed, device.gone_at = max(device.last_seen_at, newest), 0, None
        else:
            asked = [at for at, network in swept if at > device.last_seen_at and _within(device.address, network)]
            device.scans_missed = len({local_day(at) for at in asked})
            if device.scans_missed >= GONE_AFTER_DAYS and device.gone_at is None:
                device.gone_at = now
        session.add(device)


def _within(address: str, network: str) -> bool:
    """Whether a sweep of the network asked for this address; a site may have several. Not known: it did."""
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except ValueError:
        return True


def _network(session: Session, data: Plain, site_id: int, now: datetime) -> None:
    """How many devices answered on the network, and whose cards they have."""
    sweep = data.get("last_sweep")
    started = _moment(text(sweep, "started"), now) if isinstance(sweep, Mapping) else None
    key = text(data, "gateway_mac_hash")[:LONGEST_KEY] or f"net:{text(data, 'network')}"
    lan = session.exec(select(Lan).where(Lan.site_id == site_id, Lan.key == key)).first()
    if lan is None or started is None or (lan.last_sweep_at is not None and started < lan.last_sweep_at):
        return
    hosts = rows(data, "hosts")
    makers = Counter(_maker(text(host, "mac_prefix")) for host in hosts)
    lan.last_sweep_at, lan.hosts = started, len(hosts)
    lan.vendors = [[name, count] for name, count in makers.most_common(12)]
    session.add(lan)


def _maker(prefix: str) -> str:
    return "?" if made_up(prefix) else short_maker(prefix)


def _put(session: Session, site_id: int, section: Section, sample: bool, told: dict[str, Any]) -> None:
    """Notes one device: what it said of itself is kept until it says something else."""
    told = told | {name: str(told.get(name) or "")[:length] for name, length in _LENGTHS.items()}
    found = _same(session, site_id, told)
    if found is None:
        if not told["mac_hash"] and not told.get("serial") and not told.get("address"):
            return
        count = session.exec(select(func.count()).where(NetworkDevice.site_id == site_id)).one()
        if count >= MAX_PER_SITE:
            return
        seen = section.seen_at
        found = NetworkDevice(site_id=site_id, first_seen_at=seen, last_seen_at=seen, sample=sample)
    better = _RANK.get(told["source"], 0) >= _RANK.get(found.source, 0)
    for name in _PLAIN:
        if told[name] and (better or not getattr(found, name)):
            setattr(found, name, told[name])
    for name in ("ports", "supplies", "battery", "pages", "default_community"):
        if told.get(name) is not None:
            setattr(found, name, told[name])
    for name in ("mac_prefix", "mac_hash", "address"):
        if told.get(name):
            setattr(found, name, told[name])
    if not found.vendor and found.mac_prefix:
        found.vendor = short_maker(found.mac_prefix)[:80]
    if better:
        found.source = told["source"]
    found.agent_id, found.gone_at, found.scans_missed = section.agent_id, None, 0
    found.last_seen_at = max(found.last_seen_at, section.seen_at)
    session.add(found)
    session.flush()


_RANK = {"snmp": 4, "upnp": 3, "lldp": 2, "neighbours": 1}  # who knows a device better; the others only fill gaps
_TEXTS = (*_PLAIN, "mac_prefix", "mac_hash", "address", "source")
_LENGTHS = {name: NetworkDevice.__table__.c[name].type.length for name in _TEXTS}  # type: ignore[attr-defined]


def _same(session: Session, site_id: int, told: Mapping[str, Any]) -> NetworkDevice | None:
    query = select(NetworkDevice).where(NetworkDevice.site_id == site_id)
    for name in ("mac_hash", "serial", "address"):
        if told.get(name):
            found = session.exec(query.where(getattr(NetworkDevice, name) == told[name]).limit(1)).first()
            # An address alone is handed on from one device to the next: only where nothing better is known.
            if found is not None and (name != "address" or not (found.mac_hash or found.serial)):
                return found
            if name == "mac_hash" and found is None:
                serial = told.get("serial")
                return session.exec(query.where(NetworkDevice.serial == serial)).first() if serial else None
    return None


def _count(told: Plain, name: str) -> int:
    return min(whole(told, name) or 0, 2**31 - 1)


def _moment(written: str, now: datetime) -> datetime | None:
    """When a scan began; None for what is no moment, lies ahead, or is older than records are kept."""
    try:
        moment = datetime.fromisoformat(written)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if now - KEPT <= moment <= now + _FUTURE else None


def devices_of(session: Session, site_id: int) -> Iterable[NetworkDevice]:
    """Equipment of a site, what is gone last."""
    query = select(NetworkDevice).where(NetworkDevice.site_id == site_id)
    return sorted(
        session.exec(query), key=lambda device: (device.gone_at is not None, device.kind, device.name, device.id or 0)
    )
