"""The only door to files, commands, clocks and platform. The root is movable, so tests bring their own
machine.

Reading a file gives None when it is not there or the kernel cannot answer (sysfs does that for an interface
that is down) and raises PermissionError when the system refuses: a probe that needs the file is then "denied"
by itself. What only Windows has is in host_windows*.py. Everything of psutil is behind this face and imported on
first use: a psutil that does not load costs the probes that need it, not the agent.
"""

# pyright: reportPossiblyUnboundVariable=false
# (host_windows and its like are imported on Windows alone, and used there alone)
from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from . import host_linux, nics
from .nics import Nic, NicCounters
from .process import CommandResult, run_process
from .raw_storage import RawDrive, RawHealth, RawVolume

if sys.platform == "win32":
    from . import host_windows, host_windows_disks, host_windows_firmware, host_windows_services

MAX_FILE = 1024 * 1024
_BOOT_TIME_SLACK_S = 5.0

__all__ = [
    "CommandResult", "FileTimes", "Host", "Nic", "NicCounters", "RawDrive", "RawHealth", "RawVolume", "RegistryValue",
    "platform_name",
]  # fmt: skip

RegistryValue = Union[str, int, bytes, List[str], None]


@dataclass(frozen=True)
class FileTimes:
    modified_s: float
    birth_s: Optional[float] = None  # None: the file system does not keep it


class Host:
    """The machine that the agent runs on."""

    def __init__(self, root: str = "/", platform: Optional[str] = None) -> None:
        self.root = root
        self.platform = platform or platform_name()
        self.memo: Dict[str, Any] = {}  # what cannot change within one boot, kept by probes that ask often
        self._boot_time_s: Optional[float] = None

    # --- files

    def path(self, path: str) -> str:
        return path if self.root == "/" else os.path.join(self.root, path.lstrip("/"))

    def read_bytes(self, path: str, limit: int = MAX_FILE) -> Optional[bytes]:
        try:
            with open(self.path(path), "rb") as stream:
                return stream.read(limit)
        except OSError as error:
            if not os.path.isdir(self.path(path)):  # of which Windows says "permission denied"
                _raise_denied(error)
            return None

    def read_text(self, path: str, limit: int = MAX_FILE) -> Optional[str]:
        data = self.read_bytes(path, limit)
        return None if data is None else data.decode("utf-8", "replace")

    def listdir(self, path: str) -> List[str]:
        try:
            return sorted(os.listdir(self.path(path)))
        except OSError as error:
            _raise_denied(error)
            return []

    def exists(self, path: str) -> bool:
        return os.path.exists(self.path(path))

    def readlink(self, path: str) -> Optional[str]:
        try:
            return os.readlink(self.path(path)).replace("\\", "/")
        except (OSError, ValueError):
            return None

    def file_times(self, path: str) -> Optional[FileTimes]:
        try:
            status = os.stat(self.path(path))
        except OSError:
            return None
        return FileTimes(status.st_mtime, _birth_time(self.path(path)))

    # --- commands

    def run(self, argv: Sequence[str], timeout_s: float) -> CommandResult:
        return run_process(argv, timeout_s)

    # --- clocks and boots

    def now(self) -> float:
        """The wall clock, seconds since 1970 UTC; may lie."""
        return time.time()

    def monotonic_s(self) -> float:
        """Seconds since boot, sleep included."""
        if sys.platform == "win32":
            return host_windows.tick_count_ms() / 1000.0
        if sys.platform == "linux":
            # 7 is CLOCK_BOOTTIME: Python 3.8 knows the name only where it was built on a system that had it.
            return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", 7))
        return time.monotonic()

    def boot_time_s(self) -> float:
        """When this boot began, by the clock of now. Held still while it only trembles, so that the section's
        hash does not change at every heartbeat."""
        fresh = self.now() - self.monotonic_s()
        if self._boot_time_s is None or abs(fresh - self._boot_time_s) > _BOOT_TIME_SLACK_S:
            self._boot_time_s = fresh
        return self._boot_time_s

    def boot_id(self) -> str:
        """32 hex digits, new at every boot and the same within one, whatever happens to the clock.

        Linux keeps one itself. On Windows see host_windows.boot_id(). Elsewhere the boot time has to do."""
        text = self.read_text("/proc/sys/kernel/random/boot_id") if self.platform == "linux" else None
        digits = re.sub("[^0-9a-f]", "", (text or "").lower())
        if len(digits) == 32:
            return digits
        if self.platform == "windows" and sys.platform == "win32":
            return host_windows.boot_id()
        return hashlib.sha256("boot:{:.0f}".format(self.boot_time_s()).encode("ascii")).hexdigest()[:32]

    def timezone_offset_min(self) -> Optional[int]:
        offset = time.localtime(self.now()).tm_gmtoff
        return offset // 60

    # --- what the interpreter and psutil know

    def python_version(self) -> str:
        return ".".join(str(part) for part in sys.version_info[:3])

    def kernel(self) -> Tuple[str, str, str]:
        """(node name, kernel release, machine architecture); Windows has no kernel release of that sort."""
        # Not platform.uname(): it starts a process on Linux (3.8) and asks WMI on Windows (3.12).
        if sys.platform != "win32":
            info = os.uname()
            return info.nodename, info.release, info.machine
        machine = os.environ.get("PROCESSOR_ARCHITEW6432") or os.environ.get("PROCESSOR_ARCHITECTURE", "")
        return socket.gethostname(), "", machine

    def memory_bytes(self) -> Optional[int]:
        import psutil

        return int(psutil.virtual_memory().total)

    def cpu_cores(self) -> Optional[int]:
        import psutil

        return psutil.cpu_count(logical=False)

    def on_battery(self) -> Optional[bool]:
        """True or False on a machine with a battery, None where there is none or it is not known."""
        import psutil

        battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
        plugged = getattr(battery, "power_plugged", None)
        return None if plugged is None else not plugged

    def nics(self) -> Tuple[Nic, ...]:
        return nics.read_nics()

    def nic_counters(self) -> Dict[str, NicCounters]:
        return nics.read_counters()

    # --- firmware

    def firmware_table(self) -> Optional[bytes]:
        """The raw SMBIOS table, None when the machine has none or does not show it. May raise
        PermissionError."""
        if self.platform == "windows":
            return host_windows_firmware.firmware_table() if sys.platform == "win32" else None
        return self.read_bytes("/sys/firmware/dmi/tables/DMI") or None

    def acpi_tables(self) -> List[str]:
        """Four-letter names of the firmware's ACPI tables; [] when it has none or they are not known."""
        if self.platform == "windows":
            return host_windows_firmware.acpi_tables() if sys.platform == "win32" else []
        return self.listdir("/sys/firmware/acpi/tables")

    def firmware_type(self) -> str:
        """uefi | bios by a call of Windows, "" when it does not tell."""
        return host_windows_firmware.firmware_type() if sys.platform == "win32" else ""

    def tpm_device(self) -> Optional[Tuple[int, int]]:
        """(result code of Windows' TPM Base Services, version 1, 2 or 0); None where there is no such service."""
        return host_windows_firmware.tpm_device() if sys.platform == "win32" else None

    def device_present(self, instance: str) -> Optional[bool]:
        """Whether a device of Windows' registry branch Enum is there now; None: not known."""
        return host_windows_firmware.device_present(instance) if sys.platform == "win32" else None

    # --- disks

    def drives(self) -> Tuple[RawDrive, ...]:
        """Physical disks by their drivers' answers (Windows)."""
        if sys.platform == "win32":
            return tuple(RawDrive(*row) for row in host_windows_disks.drives())
        return ()

    def system_drive(self) -> Optional[int]:
        """Number of the disk that Windows stands on."""
        return host_windows_disks.system_drive() if sys.platform == "win32" else None

    def volumes(self) -> Tuple[RawVolume, ...]:
        """Drive letters of fixed disks (Windows)."""
        if sys.platform == "win32":
            return tuple(RawVolume(*row) for row in host_windows_disks.volumes())
        return ()

    def disk_space(self, path: str) -> Optional[Tuple[int, int]]:
        """(size, what an ordinary user may still fill) in bytes of the file system that is mounted there."""
        try:
            usage = shutil.disk_usage(self.path(path))
        except OSError:
            return None
        return usage.total, usage.free

    def disk_health(self, device: str) -> RawHealth:
        """What a disk says of itself: "sda" on Linux, where only root may ask, or the disk's number on Windows."""
        if sys.platform == "win32" and self.platform == "windows":
            return RawHealth(*host_windows_disks.disk_health(int(device)))
        if self.platform == "linux" and self.root == "/":
            return RawHealth(b"", *host_linux.disk_health(device))
        return RawHealth()

    # --- Windows

    def registry_values(self, key: str) -> Dict[str, RegistryValue]:
        r"""All values of a key such as HKLM\SOFTWARE\...; {} when it is not there."""
        return host_windows.registry_values(key) if sys.platform == "win32" else {}

    def registry_value(self, key: str, name: str) -> RegistryValue:
        return host_windows.registry_value(key, name) if sys.platform == "win32" else None

    def registry_keys(self, key: str, limit: int = 1024) -> List[str]:
        return host_windows.registry_keys(key, limit) if sys.platform == "win32" else []

    def service_running(self, name: str) -> Optional[bool]:
        """Whether a Windows service runs now; None: there is no such service, or nobody tells."""
        return host_windows_services.running(name) if sys.platform == "win32" else None

    def ip_net_table(self) -> bytes:
        """MIB_IPNETTABLE, undecoded: the ARP table of Windows."""
        return host_windows.ip_net_table() if sys.platform == "win32" else b""

    def ip_forward_table(self) -> bytes:
        """MIB_IPFORWARDTABLE, undecoded: the routes of Windows."""
        return host_windows.ip_forward_table() if sys.platform == "win32" else b""

    def ip_forward_table6(self) -> bytes:
        """MIB_IPFORWARD_TABLE2 of IPv6, undecoded."""
        return host_windows.ip_forward_table6() if sys.platform == "win32" else b""


def platform_name() -> str:
    if sys.platform.startswith("linux"):
        return "linux"
    return "windows" if sys.platform == "win32" else "other"


def _raise_denied(error: OSError) -> None:
    if error.errno in (errno.EACCES, errno.EPERM):
        raise PermissionError(error.errno, "permission denied", error.filename) from None


def _birth_time(path: str) -> Optional[float]:
    """When the file was made: os.stat does not tell it on Linux, statx does. None where it is not kept."""
    if sys.platform != "linux":
        return None
    import ctypes
    import struct

    buffer = ctypes.create_string_buffer(256)
    try:
        statx = ctypes.CDLL(None, use_errno=True).statx
        if statx(-100, os.fsencode(path), 0, 0x800, buffer) != 0:  # AT_FDCWD, STATX_BTIME
            return None
    except (AttributeError, OSError):
        return None
    mask, birth_s = struct.unpack_from("=I", buffer.raw, 0)[0], struct.unpack_from("=q", buffer.raw, 80)[0]
    return float(birth_s) if mask & 0x800 else None
