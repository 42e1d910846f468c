"""What is known of one PC, put together from the newest sections and from what people declared. No verdicts here.

Sections are plain dicts in the shapes of the wire contract. Everything is read defensively: a field that is missing
or has another type than promised is "not known", because old agents and hand-written imports stay for years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from inventory.domain.identity import usable_serial
from inventory.domain.plain import Plain, rows, text, texts, truth, whole

MachineKind = Literal["desktop", "laptop", "server", "virtual", ""]
"""What sort of computer; "" is not known."""

# SMBIOS type 3, "Chassis Types": the low seven bits name the type, the eighth says whether it has a lock.
_CHASSIS: dict[int, MachineKind] = {
    **dict.fromkeys((3, 4, 5, 6, 7, 13, 15, 16, 24, 34, 35, 36), "desktop"),
    **dict.fromkeys((8, 9, 10, 11, 14, 30, 31, 32), "laptop"),
    **dict.fromkeys((17, 23, 25, 28, 29), "server"),
}
_NETWORK_KINDS = ("wired", "wireless", "mobile", "unknown", "")


@dataclass(frozen=True, slots=True)
class Disk:
    model: str = ""
    serial: str = ""
    size_bytes: int | None = None
    rotational: bool | None = None
    removable: bool = False
    bus: str = ""
    is_system: bool | None = None


@dataclass(frozen=True, slots=True)
class DiskState:
    """What changes on a disk. `health` is the disk's own word: ok | warning | failing | ""."""

    model: str = ""
    serial: str = ""
    health: str = ""
    power_on_hours: int | None = None
    wear_percent: int | None = None
    reallocated_sectors: int | None = None
    pending_sectors: int | None = None
    is_system: bool | None = None


@dataclass(frozen=True, slots=True)
class Volume:
    mount: str = ""
    size_bytes: int | None = None
    free_bytes: int | None = None
    is_system: bool | None = None


@dataclass(frozen=True, slots=True)
class Monitor:
    vendor: str = ""
    model: str = ""
    serial: str = ""
    week: int | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """Evidence about one PC. None and "" mean "not known"; nothing in here is a conclusion."""

    hostname: str = ""
    vendor: str = ""
    model: str = ""
    serial: str = ""  # of the system, else of the board; never a placeholder
    kind: MachineKind = ""
    is_virtual: bool | None = None
    virtual_hint: str = ""
    bios_date: str = ""  # as the firmware writes it now
    bios_earliest: date | None = None  # the earliest ever seen on this machine, kept by the store
    cpu_brand: str = ""
    cpu_vendor: str = ""
    cpu_family: int | None = None
    cpu_model: int | None = None
    cpu_stepping: int | None = None
    cpu_cores: int | None = None
    cpu_threads: int | None = None
    cpu_max_mhz: float | None = None
    ram_bytes: int | None = None  # seen by the operating system
    ram_installed_bytes: int | None = None
    disks: tuple[Disk, ...] = ()
    disk_states: tuple[DiskState, ...] = ()
    volumes: tuple[Volume, ...] = ()
    monitors: tuple[Monitor, ...] = ()
    board_serial: str = ""  # never a placeholder
    system_serial: str = ""
    cpu_64bit: bool | None = None
    firmware_mode: str = ""  # uefi | bios
    firmware_has_uefi: bool | None = None
    secure_boot: bool | None = None
    tpm_state: str = ""  # ready | disabled | absent
    tpm_version: str = ""
    os_family: str = ""
    os_id: str = ""
    os_name: str = ""
    os_version: str = ""
    os_release: str = ""
    os_build: str = ""
    os_edition: str = ""
    os_install_date: str = ""  # YYYY-MM-DD as reported
    os_install_source: str = ""
    addresses: tuple[str, ...] = ()  # without prefix length; no loopback, no link-local
    purchase_date: date | None = None
    purchase_source: str = ""
    first_report: date | None = None  # day of the first contact or of the entry in the inventory

    @property
    def system_disk(self) -> Disk | None:
        """The disk with the running system; the only fixed disk when nobody said which; else None."""
        for disk in self.disks:
            if disk.is_system:
                return disk
        fixed = [disk for disk in self.disks if not disk.removable and disk.bus != "usb"]
        return fixed[0] if len(fixed) == 1 and fixed[0].is_system is None else None

    @property
    def system_disk_state(self) -> DiskState | None:
        """State of the disk with the running system, or of the only disk that has one; else None."""
        for state in self.disk_states:
            if state.is_system:
                return state
        disk = self.system_disk
        same = [state for state in self.disk_states if disk and disk.serial and state.serial == disk.serial]
        only = [state for state in self.disk_states if state.is_system is None]
        return same[0] if same else only[0] if len(self.disk_states) == len(only) == 1 else None

    @property
    def system_volume(self) -> Volume | None:
        """The volume with the running system; None when nobody said which."""
        return next((volume for volume in self.volumes if volume.is_system), None)


def facts_from_sections(
    sections: Mapping[str, Plain | None],
    *,
    bios_earliest: date | None = None,
    purchase_date: date | None = None,
    purchase_source: str = "",
    first_report: date | None = None,
) -> MachineFacts:
    """Newest data by section name ("system", "hardware", "storage", "interfaces"; others are ignored) -> facts. No
    errors."""
    system = sections.get("system") or {}
    hardware = sections.get("hardware") or {}
    return MachineFacts(
        **_system_facts(system),
        **_hardware_facts(hardware),
        **_firmware_facts(hardware),
        **_storage_facts(sections.get("storage") or {}),
        addresses=_addresses(sections.get("interfaces") or {}),
        bios_earliest=bios_earliest,
        purchase_date=purchase_date,
        purchase_source=purchase_source,
        first_report=first_report,
    )


def kind_of(hardware: Plain) -> MachineKind:
    """Kind of computer from a hardware section: virtual first, then the chassis type."""
    if hardware.get("is_virtual") is True:
        return "virtual"
    chassis = whole(hardware, "chassis_type")
    return _CHASSIS.get(chassis & 0x7F, "") if chassis is not None else ""


def _system_facts(system: Plain) -> dict[str, Any]:
    names = ("os_family", "os_id", "os_name", "os_version", "os_release", "os_build", "os_edition", "hostname")
    facts: dict[str, Any] = {name: text(system, name) for name in names}
    facts["os_install_date"] = text(system, "install_date")
    facts["os_install_source"] = text(system, "install_date_source")
    return facts


def _hardware_facts(hardware: Plain) -> dict[str, Any]:
    mhz = hardware.get("cpu_max_mhz")
    clock = float(mhz) if isinstance(mhz, int | float) and not isinstance(mhz, bool) and mhz > 0 else None
    facts: dict[str, Any] = {
        name: text(hardware, name) for name in ("virtual_hint", "bios_date", "cpu_brand", "cpu_vendor")
    }
    for name in ("cpu_family", "cpu_model", "cpu_stepping"):
        facts[name] = whole(hardware, name)
    for name in ("cpu_cores", "cpu_threads", "ram_bytes", "ram_installed_bytes"):
        facts[name] = whole(hardware, name) or None  # nothing of it is "not known": no PC has no memory
    facts.update(
        vendor=_named(hardware, "system_vendor", "board_vendor"),
        model=_named(hardware, "system_model", "board_model"),
        serial=usable_serial(text(hardware, "system_serial")) or usable_serial(text(hardware, "board_serial")),
        system_serial=usable_serial(text(hardware, "system_serial")),
        board_serial=usable_serial(text(hardware, "board_serial")),
        kind=kind_of(hardware),
        is_virtual=truth(hardware, "is_virtual"),
        cpu_max_mhz=clock,
        disks=tuple(_disk(item) for item in rows(hardware, "disks")),
    )
    return facts


def _firmware_facts(hardware: Plain) -> dict[str, Any]:
    facts: dict[str, Any] = {name: text(hardware, name) for name in ("firmware_mode", "tpm_state", "tpm_version")}
    for name in ("cpu_64bit", "firmware_has_uefi", "secure_boot"):
        facts[name] = truth(hardware, name)
    facts["monitors"] = tuple(
        Monitor(
            text(item, "vendor"), text(item, "model"), text(item, "serial"), whole(item, "week"), whole(item, "year")
        )
        for item in rows(hardware, "monitors")
    )
    return facts


def _storage_facts(storage: Plain) -> dict[str, Any]:
    counts = ("power_on_hours", "wear_percent", "reallocated_sectors", "pending_sectors")
    return {
        "disk_states": tuple(
            DiskState(
                model=text(item, "model"),
                serial=text(item, "serial"),
                health=text(item, "health"),
                is_system=truth(item, "is_system"),
                **{name: whole(item, name) for name in counts},
            )
            for item in rows(storage, "disks")
        ),
        "volumes": tuple(
            Volume(
                text(item, "mount"), whole(item, "size_bytes") or None, whole(item, "free_bytes"),
                truth(item, "is_system"),
            )
            for item in rows(storage, "volumes")
        ),
    }  # fmt: skip


def _named(hardware: Plain, *keys: str) -> str:
    """The first of the fields that is no placeholder: an assembled PC has a name only on its board."""
    for key in keys:
        name = text(hardware, key)
        if usable_serial(name, shortest=2):
            return name
    return ""


def _disk(item: Plain) -> Disk:
    return Disk(
        model=text(item, "model"),
        serial=text(item, "serial"),
        size_bytes=whole(item, "size_bytes") or None,
        rotational=truth(item, "rotational"),
        removable=item.get("removable") is True,
        bus=text(item, "bus").lower(),
        is_system=truth(item, "is_system"),
    )


def _addresses(interfaces: Plain) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in rows(interfaces, "interfaces"):
        if text(item, "kind") not in _NETWORK_KINDS or item.get("is_up") is False:
            continue
        for key in ("ipv4", "ipv6"):
            for address in texts(item, key):
                bare = address.split("/")[0].split("%")[0].strip().lower()
                if bare and not bare.startswith(("127.", "169.254.", "fe80:")) and bare != "::1":
                    found.setdefault(bare)
    return tuple(found)
