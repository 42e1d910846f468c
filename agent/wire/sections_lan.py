"""The sections about the LAN and the devices on it. The rules of the contract stand in sections.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class DhcpOffer:
    """One answer to a DHCP question on the own network; on Windows also the lease that the PC lives by."""

    server: str = ""
    mac_prefix: str = ""
    mac_hash: str = ""
    gateway: str = ""
    dns_servers: Tuple[str, ...] = ()
    options: Tuple[str, ...] = ()  # telling ones only: android_metered


@dataclass(frozen=True)
class NameCheck:
    """One question to one name server."""

    server: str = ""  # "" is the system's own choice
    name: str = ""
    kind: str = ""  # known: a name with a public answer; absent: a name that does not exist
    answers: Tuple[str, ...] = ()
    error: str = ""  # nxdomain | timeout | refused | ...


@dataclass(frozen=True)
class DoorCheck:
    """A management door of the gateway: one connection, nothing but its greeting is read."""

    address: str = ""
    service: str = ""  # telnet | http | https
    port: int = 0
    open: Optional[bool] = None
    says: str = ""  # title of the page or greeting, cut short


@dataclass(frozen=True)
class AddressClash:
    address: str = ""
    mac_hashes: Tuple[str, ...] = ()
    source: str = ""  # arp_scan | arp_table | event_log


@dataclass(frozen=True)
class HygieneInfo:
    """Signs of bad habits on the LAN, as seen from one PC."""

    interface: str = ""
    network: str = ""  # "192.168.1.0/24"
    gateway: str = ""
    gateway_mac_hash: str = ""
    dhcp_asked: Optional[bool] = None  # True: an empty list of offers means that nobody answered
    dhcp_offers: Tuple[DhcpOffer, ...] = ()
    hops: Tuple[str, ...] = ()  # routers on the way to the Internet, nearest first, "" where one was silent; at most 6
    name_checks: Tuple[NameCheck, ...] = ()
    doors: Tuple[DoorCheck, ...] = ()
    clashes: Tuple[AddressClash, ...] = ()
    ipv6_address: Optional[bool] = None  # a global IPv6 address stands on the interface
    ipv6_internet: Optional[bool] = None  # and something on the Internet answers over it
    gateway_upnp: str = ""  # "maker model" from the gateway's UPnP description


@dataclass(frozen=True)
class ScanHost:
    """A device that answered on the own LAN. No address: see DeviceInfo for network equipment."""

    mac_prefix: str = ""
    mac_hash: str = ""
    passes: int = 0  # in how many passes it answered


@dataclass(frozen=True)
class LldpNeighbour:
    protocol: str = ""  # lldp | cdp
    system: str = ""
    description: str = ""
    port: str = ""
    mac_prefix: str = ""
    mac_hash: str = ""


@dataclass(frozen=True)
class ScanRecord:
    """One scan, for the log that people can read."""

    started: str = ""  # RFC 3339 by the agent's clock
    kind: str = ""  # sweep | recheck
    method: str = ""  # scapy | sendarp | ping
    network: str = ""
    addresses: int = 0  # asked
    frames: int = 0  # sent
    duration_s: float = 0.0
    hosts: int = 0
    # why it ended early: gateway_lost | driver_busy | lease_over | switched_off | deadline | daily_cap | failed
    stopped: str = ""


@dataclass(frozen=True)
class LanInfo:
    """Who is on the LAN, by the elected scanner."""

    interface: str = ""
    network: str = ""
    gateway: str = ""
    gateway_mac_hash: str = ""
    last_sweep: Optional[ScanRecord] = None
    hosts: Tuple[ScanHost, ...] = ()  # of the last sweep and the re-checks since
    lldp: Tuple[LldpNeighbour, ...] = ()
    scans: Tuple[ScanRecord, ...] = ()  # the newest, at most 30
    off: str = ""  # why this PC does not scan: no_lease | local_switch | policy | no_network | unsupported


@dataclass(frozen=True)
class PortInfo:
    index: int = 0
    name: str = ""
    is_up: Optional[bool] = None
    speed_mbps: Optional[int] = None
    errors: Optional[int] = None
    discards: Optional[int] = None


@dataclass(frozen=True)
class SupplyInfo:
    name: str = ""
    percent: Optional[int] = None
    low: Optional[bool] = None


@dataclass(frozen=True)
class BatteryInfo:
    status: str = ""  # normal | low | depleted
    percent: Optional[int] = None
    minutes_left: Optional[int] = None
    on_battery_s: Optional[int] = None
    replace: Optional[bool] = None


@dataclass(frozen=True)
class DeviceInfo:
    """Network equipment that told who it is."""

    address: str = ""
    mac_prefix: str = ""
    mac_hash: str = ""
    source: str = ""  # snmp | upnp
    vendor: str = ""
    type: str = ""  # router | switch | firewall | wireless | printer | ups | nas | camera | ... see agent/snmp
    os: str = ""
    hardware: str = ""
    version: str = ""
    serial: str = ""
    name: str = ""
    location: str = ""
    default_community: Optional[bool] = None  # it answered to "public" or another community known to everybody
    pages: Optional[int] = None  # printed so far
    ports: Tuple[PortInfo, ...] = ()
    supplies: Tuple[SupplyInfo, ...] = ()
    battery: Optional[BatteryInfo] = None


@dataclass(frozen=True)
class DevicesInfo:
    devices: Tuple[DeviceInfo, ...] = ()
    asked: Optional[int] = None  # how many addresses were asked
