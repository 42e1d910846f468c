"""What only Windows can tell: registry, boot, ARP table and routes, by winreg and ctypes. Disks and firmware have
files of their own (host_windows_disks.py, host_windows_firmware.py).

Everything comes out undecoded or as plain values; the parsers stand in probes/ and are tested without Windows.
Nothing here needs administrator rights.
"""

from __future__ import annotations

import ctypes
import hashlib
import struct
import sys
import uuid
import winreg
from ctypes import wintypes
from typing import Any, Dict, List, Union, cast

assert sys.platform == "win32"  # for type checkers: the rest is read as Windows code

Value = Union[str, int, bytes, List[str], None]

_ROOTS = {"HKLM": winreg.HKEY_LOCAL_MACHINE, "HKCU": winreg.HKEY_CURRENT_USER}
# A 32-bit Python on 64-bit Windows would otherwise be shown the other, mostly empty, half of the registry.
_READ = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
_MAX_ROWS = 1024

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel32.GetTickCount64.restype = ctypes.c_ulonglong

_BOOT_KEY = r"SOFTWARE\GapwatchBoot"
_VOLATILE = 1  # REG_OPTION_VOLATILE: the key is kept in memory and gone at the next boot


def tick_count_ms() -> int:
    return int(_kernel32.GetTickCount64())


# --- registry


def registry_values(key: str) -> Dict[str, Value]:
    found: Dict[str, Value] = {}
    try:
        with _open(key) as handle:
            for number in range(_MAX_ROWS):
                name, value, kind = winreg.EnumValue(handle, number)
                found[name] = _plain(value, kind)
    except OSError:
        pass  # the end of the values, or no such key
    return found


def registry_value(key: str, name: str) -> Value:
    try:
        with _open(key) as handle:
            return _plain(*winreg.QueryValueEx(handle, name))
    except OSError:
        return None


def registry_keys(key: str, limit: int = _MAX_ROWS) -> List[str]:
    found: List[str] = []
    try:
        with _open(key) as handle:
            for number in range(limit):
                found.append(winreg.EnumKey(handle, number))
    except OSError:
        pass
    return found


def _open(key: str) -> Any:
    root, _, path = key.partition("\\")
    return winreg.OpenKey(_ROOTS[root], path, 0, _READ)


def _plain(value: Any, kind: int) -> Value:
    if kind == winreg.REG_DWORD and isinstance(value, int):
        return value & 0xFFFFFFFF
    return cast(Value, value) if isinstance(value, (str, int, bytes, list)) else None


# --- boot


def boot_id() -> str:
    """32 hex digits, new at every boot, the same within one.

    Windows has no such id that every version and every account can read, and a boot time computed as clock
    minus ticks moves whenever the clock is set (PCs with a dead battery do that daily, and start each day at
    the same false second). So the first asker of a boot leaves a random number in a volatile registry key,
    which lives in memory and ends with the boot. With "fast start-up" the kernel session goes on after a
    shutdown: then it is the same boot for us, as it is for the tick count. An account that may write nowhere
    in HKLM gets a key of its own; without any, the kernel's uncorrected boot time has to do."""
    for root in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
        found = _volatile_id(root)
        if found:
            return found
    return hashlib.sha256(b"boot:" + _machine_guid() + _kernel_boot_time()).hexdigest()[:32]


def _volatile_id(root: int) -> str:
    # Asked first, so that an account with less rights finds what one with more has left.
    found = _read_id(root)
    if found or not _make_volatile_key(root):
        return found
    try:
        with winreg.OpenKey(root, _BOOT_KEY, 0, _READ | winreg.KEY_SET_VALUE) as key:
            winreg.SetValueEx(key, "Id", 0, winreg.REG_SZ, uuid.uuid4().hex)
    except OSError:
        return ""
    return _read_id(root)


def _read_id(root: int) -> str:
    try:
        with winreg.OpenKey(root, _BOOT_KEY, 0, _READ) as key:
            value = winreg.QueryValueEx(key, "Id")[0]
    except OSError:
        return ""
    return value if isinstance(value, str) and len(value) == 32 else ""


def _make_volatile_key(root: int) -> bool:
    """winreg cannot make volatile keys. The key has no parent of ours: a parent made on the way would be
    volatile as well and could not hold lasting settings any more."""
    create = ctypes.WinDLL("advapi32").RegCreateKeyExW
    create.argtypes = [
        wintypes.HANDLE, wintypes.LPCWSTR, wintypes.DWORD, wintypes.LPWSTR, wintypes.DWORD, wintypes.DWORD,
        wintypes.LPVOID, ctypes.POINTER(wintypes.HANDLE), ctypes.POINTER(wintypes.DWORD),
    ]  # fmt: skip
    handle, made = wintypes.HANDLE(), wintypes.DWORD()
    access = _READ | winreg.KEY_SET_VALUE
    options = (0, None, _VOLATILE, access, None, ctypes.byref(handle), ctypes.byref(made))
    if create(wintypes.HANDLE(root), _BOOT_KEY, *options) != 0:
        return False
    ctypes.WinDLL("advapi32").RegCloseKey(handle)
    return True


def _machine_guid() -> bytes:
    return str(registry_value(r"HKLM\SOFTWARE\Microsoft\Cryptography", "MachineGuid")).encode("utf-8", "replace")


def _kernel_boot_time() -> bytes:
    """SYSTEM_TIMEOFDAY_INFORMATION: boot time less what setting the clock has added to it since."""
    buffer = ctypes.create_string_buffer(48)
    if ctypes.WinDLL("ntdll").NtQuerySystemInformation(3, buffer, 48, None) != 0:
        return b""
    boot_time, bias = struct.unpack_from("<q", buffer.raw, 0)[0], struct.unpack_from("<q", buffer.raw, 32)[0]
    return struct.pack("<q", boot_time - bias)


# --- network tables


def ip_net_table() -> bytes:
    return _sized_table("GetIpNetTable")


def ip_forward_table() -> bytes:
    return _sized_table("GetIpForwardTable")


def ip_forward_table6() -> bytes:
    """MIB_IPFORWARD_TABLE2 of IPv6 (Vista and later); b"" when the system gives none."""
    library = ctypes.WinDLL("iphlpapi")
    table = ctypes.c_void_p()
    try:
        if library.GetIpForwardTable2(23, ctypes.byref(table)) != 0 or not table.value:  # AF_INET6
            return b""
    except AttributeError:
        return b""
    try:
        count = min(ctypes.c_ulong.from_address(table.value).value, 4096)
        return ctypes.string_at(table.value, 8 + count * 104)
    finally:
        library.FreeMibTable(table)


def _sized_table(function: str) -> bytes:
    """Calls an iphlpapi function that first says how much room its table needs; the table may grow in
    between."""
    ask = getattr(ctypes.WinDLL("iphlpapi"), function)
    size = wintypes.ULONG(0)
    buffer = None
    for _ in range(4):
        status = ask(buffer, ctypes.byref(size), 1)
        if status == 0 and buffer is not None:
            return buffer.raw
        if status not in (0, 122) or not 0 < size.value <= 4 * 1024 * 1024:  # ERROR_INSUFFICIENT_BUFFER
            return b""
        buffer = ctypes.create_string_buffer(size.value)
    return b""
