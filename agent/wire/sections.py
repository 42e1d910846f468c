"""What an agent measures, one frozen dataclass per section. Evidence only: no verdicts.

Rules of the contract: a field is only ever added, with a default; its meaning never changes; None or "" means
"not known", never "none". Times are UTC; units stand in the names. Own MAC addresses and those of neighbours travel
as vendor prefix and hash (`mac_hash`), never whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from .sections_journal import JournalInfo
from .sections_lan import DevicesInfo, HygieneInfo, LanInfo
from .sections_quality import QualityInfo, TrafficInfo


@dataclass(frozen=True)
class SystemInfo:
    os_family: str = ""  # windows | linux | darwin | other
    os_id: str = ""  # short machine name: windows, debian, ubuntu
    os_name: str = ""  # as the system calls itself: "Windows 10 Pro", "Debian GNU/Linux 12 (bookworm)"
    os_version: str = ""  # 6.1, 10.0, 12, 24.04; for Windows 10 and later the display version stands in os_release
    os_release: str = ""  # 22H2, SP1, bookworm
    os_build: str = ""  # 7601, 19045.4529
    os_edition: str = ""  # Professional, EnterpriseS
    kernel: str = ""  # 6.1.0-18-amd64
    architecture: str = ""  # x86_64 | x86 | arm64 | ...
    install_date: str = ""  # YYYY-MM-DD of the running installation
    install_date_source: str = ""  # registry | root_filesystem | installer_log | ...
    hostname: str = ""
    timezone_offset_min: Optional[int] = None  # minutes east of UTC
    agent_python: str = ""  # 3.8.10: tells legacy agents


@dataclass(frozen=True)
class DiskInfo:
    model: str = ""
    serial: str = ""
    size_bytes: Optional[int] = None
    rotational: Optional[bool] = None
    removable: bool = False
    bus: str = ""  # sata | nvme | usb | virtio | ...
    is_system: Optional[bool] = None


@dataclass(frozen=True)
class MonitorInfo:
    """A screen, from its EDID."""

    vendor: str = ""  # three letters of the maker's PNP id: DEL, SAM
    product: Optional[int] = None  # the maker's product code
    model: str = ""  # display name
    serial: str = ""
    week: Optional[int] = None  # of manufacture, 1..54
    year: Optional[int] = None  # of manufacture, or the model year when model_year is True
    model_year: bool = False
    width_cm: Optional[int] = None
    height_cm: Optional[int] = None


@dataclass(frozen=True)
class HardwareInfo:
    is_virtual: Optional[bool] = None
    virtual_hint: str = ""  # why we think so: "cpuinfo flag hypervisor", "vendor QEMU"
    dmi_available: Optional[bool] = None  # False: the machine has no DMI / SMBIOS table at all
    system_vendor: str = ""
    system_model: str = ""
    system_serial: str = ""
    system_uuid: str = ""
    board_vendor: str = ""
    board_model: str = ""
    board_serial: str = ""
    chassis_type: Optional[int] = None  # SMBIOS type 3 code: 3 desktop, 10 notebook, 17 main server ...
    chassis_serial: str = ""
    bios_vendor: str = ""
    bios_version: str = ""
    bios_date: str = ""  # exactly as the firmware writes it: "05/02/13", "2013-05-02"
    cpu_brand: str = ""
    cpu_vendor: str = ""  # GenuineIntel, AuthenticAMD
    cpu_family: Optional[int] = None
    cpu_model: Optional[int] = None
    cpu_stepping: Optional[int] = None
    cpu_sockets: Optional[int] = None
    cpu_cores: Optional[int] = None  # physical cores over all sockets
    cpu_threads: Optional[int] = None
    cpu_max_mhz: Optional[float] = None
    ram_bytes: Optional[int] = None  # what the operating system sees
    ram_installed_bytes: Optional[int] = None  # what the memory modules add up to
    disks: Tuple[DiskInfo, ...] = ()
    system_version: str = ""  # where some makers (Lenovo) write the model's name
    system_family: str = ""
    system_sku: str = ""
    chassis_vendor: str = ""
    memory_slots: Optional[int] = None
    memory_slots_used: Optional[int] = None
    memory_type: str = ""  # DDR2 | DDR3 | DDR4 | ...
    memory_max_bytes: Optional[int] = None  # what the board takes, by its own word
    cpu_64bit: Optional[bool] = None
    firmware_mode: str = ""  # uefi | bios: how the running system was started
    firmware_has_uefi: Optional[bool] = None  # the firmware says that it can UEFI, however it was started
    secure_boot: Optional[bool] = None  # on now; None also where the firmware mode knows no Secure Boot
    # ready | disabled (the firmware's tables describe one, the system cannot use it) | absent (the system was asked and
    # sees none; one that is switched off in the firmware may look so)
    tpm_state: str = ""
    tpm_version: str = ""  # "2.0" | "1.2"
    monitors: Tuple[MonitorInfo, ...] = ()


@dataclass(frozen=True)
class DiskHealth:
    model: str = ""
    serial: str = ""
    health: str = ""  # ok | warning | failing, by the disk's own word
    health_source: str = ""  # smartctl | nvme | smart | predict_failure | emmc
    power_on_hours: Optional[int] = None  # rounded down to 100, so that the section does not change every day
    wear_percent: Optional[int] = None  # of a solid-state disk's rated writes; may pass 100; eMMC tells tens
    reallocated_sectors: Optional[int] = None
    pending_sectors: Optional[int] = None
    is_system: Optional[bool] = None


@dataclass(frozen=True)
class VolumeInfo:
    mount: str = ""  # "C:", "/"
    file_system: str = ""
    size_bytes: Optional[int] = None
    free_bytes: Optional[int] = None  # rounded down to 100 MB, so that the section does not change at each look
    is_system: Optional[bool] = None


@dataclass(frozen=True)
class StorageInfo:
    """What changes on disks: health and free space. Models and sizes stand in the hardware section."""

    disks: Tuple[DiskHealth, ...] = ()
    volumes: Tuple[VolumeInfo, ...] = ()  # fixed disks only


@dataclass(frozen=True)
class AntimalwareInfo:
    name: str = ""
    enabled: Optional[bool] = None  # real-time protection
    up_to_date: Optional[bool] = None  # by the product's own word
    definitions_date: str = ""  # YYYY-MM-DD
    source: str = ""  # security_center | registry | process | package


@dataclass(frozen=True)
class FirewallProfile:
    name: str = ""  # domain | private | public | all, or a product's name
    enabled: Optional[bool] = None


@dataclass(frozen=True)
class PostureInfo:
    """State of protection. Settings only: no file, no account, no document."""

    antimalware: Tuple[AntimalwareInfo, ...] = ()
    antimalware_asked: Optional[bool] = None  # True: an empty list means that there is none
    firewall: Tuple[FirewallProfile, ...] = ()
    last_update: str = ""  # YYYY-MM-DD of the last operating system update that was installed
    last_update_source: str = ""
    automatic_updates: str = ""  # on | notify | off
    pending_reboot: Optional[bool] = None
    pending_reboot_reasons: Tuple[str, ...] = ()  # servicing | windows_update | file_rename | package
    smb1_server: Optional[bool] = None
    smb1_client: Optional[bool] = None
    rdp_enabled: Optional[bool] = None
    rdp_nla: Optional[bool] = None  # asks for a log-on before it shows a screen
    rdp_port: Optional[int] = None
    wmi_damaged: Optional[bool] = None
    wmi_error: str = ""


@dataclass(frozen=True)
class InterfaceInfo:
    name: str = ""
    kind: str = ""  # wired | wireless | mobile | virtual | loopback | unknown
    mac_prefix: str = ""  # first three bytes, "aa:bb:cc"
    mac_hash: str = ""  # mac_hash() of the whole address
    is_up: Optional[bool] = None
    speed_mbps: Optional[int] = None
    duplex: str = ""  # full | half | ""
    mtu: Optional[int] = None
    ipv4: Tuple[str, ...] = ()  # "192.168.1.5/24"
    ipv6: Tuple[str, ...] = ()
    dhcp: Optional[bool] = None  # the IPv4 address was given by DHCP
    dhcp_server: str = ""


@dataclass(frozen=True)
class InterfacesInfo:
    interfaces: Tuple[InterfaceInfo, ...] = ()


@dataclass(frozen=True)
class InterfaceErrors:
    name: str = ""
    rx_errors: Optional[int] = None  # all counts since boot
    tx_errors: Optional[int] = None
    rx_dropped: Optional[int] = None
    tx_dropped: Optional[int] = None
    rx_bytes: Optional[int] = None
    tx_bytes: Optional[int] = None


@dataclass(frozen=True)
class CountersInfo:
    interfaces: Tuple[InterfaceErrors, ...] = ()


@dataclass(frozen=True)
class GatewayInfo:
    address: str = ""
    interface: str = ""
    mac_prefix: str = ""
    mac_hash: str = ""
    in_arp_table: Optional[bool] = None  # a complete ARP entry: it answered lately


@dataclass(frozen=True)
class NeighbourInfo:
    mac_prefix: str = ""
    mac_hash: str = ""
    interface: str = ""


@dataclass(frozen=True)
class NeighboursInfo:
    gateways: Tuple[GatewayInfo, ...] = ()
    neighbours: Tuple[NeighbourInfo, ...] = ()  # complete ARP entries on own subnets, without the gateways
    neighbour_count: Optional[int] = None
    dns_servers: Tuple[str, ...] = ()
    ipv6_gateways: Optional[int] = None  # IPv6 default routes


@dataclass(frozen=True)
class ReachCheck:
    name: str = ""  # gateway, provider, government, collector, internet, or a service's name from the policy
    stage: str = ""  # dns | tcp | http; icmp | arp for gateway and provider
    target: str = ""  # address, host, host:port or URL
    ok: Optional[bool] = None
    latency_ms: Optional[float] = None
    error: str = ""  # short: timeout, refused, nxdomain, tls, status 503


@dataclass(frozen=True)
class ReachInfo:
    checks: Tuple[ReachCheck, ...] = ()
    internet: Optional[bool] = None
    captive: Optional[bool] = None  # an answer came, but not the expected one
    collector: Optional[bool] = None
    gateway: Optional[bool] = None  # the office's router answered
    provider: Optional[bool] = None  # the first router behind it answered; None: it never has
    government: Optional[bool] = None  # the policy's target on the government network answered


@dataclass(frozen=True)
class UptimeInfo:
    boot_time: str = ""  # RFC 3339 by the agent's clock
    last_shutdown: str = ""  # clean | unclean | ""
    last_shutdown_source: str = ""  # agent_marker | wtmp | event_log
    last_seen_before: str = ""  # RFC 3339: last moment that the agent noted in the boot before
    on_battery: Optional[bool] = None


SECTIONS: Dict[str, type] = {
    "system": SystemInfo,
    "hardware": HardwareInfo,
    "storage": StorageInfo,
    "posture": PostureInfo,
    "interfaces": InterfacesInfo,
    "counters": CountersInfo,
    "neighbours": NeighboursInfo,
    "hygiene": HygieneInfo,
    "lan": LanInfo,
    "devices": DevicesInfo,
    "reach": ReachInfo,
    "uptime": UptimeInfo,
    "journal": JournalInfo,
    "quality": QualityInfo,
    "traffic": TrafficInfo,
}


def mac_prefix(mac: str) -> str:
    """'AA-BB-CC-DD-EE-FF' -> 'aa:bb:cc'; '' when it is no MAC address."""
    digits = _mac_digits(mac)
    return ":".join((digits[0:2], digits[2:4], digits[4:6])) if digits else ""


def mac_hash(mac: str) -> str:
    """16 hex digits that stand for a MAC address; the same on every agent, '' when it is no MAC address."""
    digits = _mac_digits(mac)
    return hashlib.sha256(b"gapwatch-mac:" + digits.encode("ascii")).hexdigest()[:16] if digits else ""


def _mac_digits(mac: str) -> str:
    digits = "".join(char for char in mac.lower() if char in "0123456789abcdef")
    return digits if len(digits) == 12 and digits not in ("000000000000", "ffffffffffff") else ""
