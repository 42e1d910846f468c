"""What only Windows can tell of disks: drivers' answers, drive letters, health. By ctypes, undecoded.

Devices are opened with no access wanted, only to be asked: that needs no administrator. Only where the driver's failure
prediction brings no attribute page along is the disk asked itself, which needs one. The parsers stand in probes/.
"""

from __future__ import annotations

import ctypes
import shutil
import struct
import sys
from ctypes import wintypes
from typing import List, Optional, Tuple

assert sys.platform == "win32"  # for type checkers: the rest is read as Windows code

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_kernel32.CreateFileW.restype = wintypes.HANDLE
_kernel32.CreateFileW.argtypes = [
    wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD, wintypes.DWORD,
    wintypes.HANDLE,
]  # fmt: skip
_kernel32.CloseHandle.argtypes = [wintypes.HANDLE]
_kernel32.GetDevicePowerState.argtypes = [wintypes.HANDLE, ctypes.POINTER(wintypes.BOOL)]
_kernel32.GetDriveTypeW.argtypes = [wintypes.LPCWSTR]
_kernel32.GetVolumeInformationW.argtypes = [
    wintypes.LPCWSTR, wintypes.LPWSTR, wintypes.DWORD, wintypes.LPVOID, wintypes.LPVOID, wintypes.LPVOID,
    wintypes.LPWSTR, wintypes.DWORD,
]  # fmt: skip
_kernel32.DeviceIoControl.argtypes = [
    wintypes.HANDLE, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD, wintypes.LPVOID, wintypes.DWORD,
    ctypes.POINTER(wintypes.DWORD), wintypes.LPVOID,
]  # fmt: skip
_INVALID_HANDLE = wintypes.HANDLE(-1).value

_QUERY_PROPERTY = 0x002D1400  # IOCTL_STORAGE_QUERY_PROPERTY
_GET_GEOMETRY = 0x000700A0  # IOCTL_DISK_GET_DRIVE_GEOMETRY_EX
_GET_NUMBER = 0x002D1080  # IOCTL_STORAGE_GET_DEVICE_NUMBER
_PREDICT_FAILURE = 0x002D1100  # IOCTL_STORAGE_PREDICT_FAILURE
_SMART_RECEIVE = 0x0007C088  # SMART_RCV_DRIVE_DATA
_DEVICE_PROPERTY, _SEEK_PENALTY_PROPERTY, _PROTOCOL_PROPERTY = 0, 7, 50
_READ_ATTRIBUTES, _READ_THRESHOLDS = 0xD0, 0xD1
_READ_WRITE = 0xC0000000
_DRIVE_FIXED = 3
_PAGE = 512
_MAX_DRIVES = 16


def drives() -> List[Tuple[int, bytes, bytes, bytes]]:
    """(number, descriptor, geometry, seek penalty) of each physical disk; b"" where the driver does not
    answer."""
    found: List[Tuple[int, bytes, bytes, bytes]] = []
    for number in range(_MAX_DRIVES):
        handle = _open_device(_path(number))
        if handle is None:
            continue
        try:
            found.append(
                (
                    number,
                    _ask(handle, _QUERY_PROPERTY, struct.pack("<III", _DEVICE_PROPERTY, 0, 0)),
                    _ask(handle, _GET_GEOMETRY),
                    _ask(handle, _QUERY_PROPERTY, struct.pack("<III", _SEEK_PENALTY_PROPERTY, 0, 0)),
                )
            )
        finally:
            _kernel32.CloseHandle(handle)
    return found


def system_drive() -> Optional[int]:
    buffer = ctypes.create_unicode_buffer(260)
    return _drive_of(buffer.value[:2]) if _kernel32.GetWindowsDirectoryW(buffer, 260) else None


def volumes() -> List[Tuple[str, str, Optional[int], Optional[int], Optional[int]]]:
    """(letter, file system, size, free, number of the disk) of each drive letter that is not removable, optical or
    on the network. Free is what an ordinary user may fill."""
    found: List[Tuple[str, str, Optional[int], Optional[int], Optional[int]]] = []
    letters = _kernel32.GetLogicalDrives()
    for index in range(26):
        mount = chr(ord("A") + index) + ":"
        if not letters >> index & 1 or _kernel32.GetDriveTypeW(mount + "\\") != _DRIVE_FIXED:
            continue
        size: Optional[int] = None
        free: Optional[int] = None
        try:
            usage = shutil.disk_usage(mount + "\\")
            size, free = usage.total, usage.free
        except OSError:
            pass  # not formatted, or locked by BitLocker
        found.append((mount, _file_system(mount), size, free, _drive_of(mount)))
    return found


def disk_health(number: int) -> Tuple[bytes, bytes, bytes, bytes]:
    """(failure prediction, SMART attributes, SMART thresholds, NVMe health log) of a physical disk. A disk that
    sleeps is not woken."""
    handle = _open_device(_path(number))
    if handle is None:
        return b"", b"", b"", b""
    try:
        if not _is_awake(handle):
            return b"", b"", b"", b""
        prediction, log = _ask(handle, _PREDICT_FAILURE), _nvme_log(handle)
    finally:
        _kernel32.CloseHandle(handle)
    if log or any(prediction[4:]):
        # Told already. Opening a disk for writing, which the next command wants, makes protection software uneasy.
        return prediction, b"", b"", log
    handle = _open_device(_path(number), _READ_WRITE)
    if handle is None:  # no administrator
        return prediction, b"", b"", log
    try:
        log = log or _nvme_log(handle)
        return prediction, _smart(handle, _READ_ATTRIBUTES), _smart(handle, _READ_THRESHOLDS), log
    finally:
        _kernel32.CloseHandle(handle)


def _smart(handle: int, feature: int) -> bytes:
    """SENDCMDINPARAMS with the registers of the ATA command SMART; the page follows 16 bytes of SENDCMDOUTPARAMS."""
    registers = struct.pack("8B", feature, 1, 1, 0x4F, 0xC2, 0xA0, 0xB0, 0)
    answer = _ask(handle, _SMART_RECEIVE, struct.pack("<I", _PAGE) + registers + b"\x00" * 24)
    failed = len(answer) < 16 + _PAGE or answer[4] != 0  # DRIVERSTATUS.bDriverError
    return b"" if failed else answer[16 : 16 + _PAGE]


def _nvme_log(handle: int) -> bytes:
    """Log page 2 by STORAGE_PROTOCOL_SPECIFIC_DATA; Windows 10 and later."""
    nvme, log_page, health, at = 3, 2, 2, 40
    query = struct.pack("<12I", _PROTOCOL_PROPERTY, 0, nvme, log_page, health, 0, at, _PAGE, 0, 0, 0, 0)
    answer = _ask(handle, _QUERY_PROPERTY, query + b"\x00" * _PAGE)
    if len(answer) < 8 + at:
        return b""
    offset, length = struct.unpack_from("<II", answer, 8 + 16)
    page = answer[8 + offset : 8 + offset + min(length, _PAGE)]
    return page if len(page) == _PAGE else b""


def _is_awake(handle: int) -> bool:
    is_on = wintypes.BOOL()
    return not _kernel32.GetDevicePowerState(handle, ctypes.byref(is_on)) or bool(is_on.value)


def _file_system(mount: str) -> str:
    name = ctypes.create_unicode_buffer(64)
    done = _kernel32.GetVolumeInformationW(mount + "\\", None, 0, None, None, None, name, len(name))
    return name.value if done else ""


def _drive_of(mount: str) -> Optional[int]:
    """Number of the disk below a drive letter; None where a volume spans several."""
    handle = _open_device("\\\\.\\" + mount)
    if handle is None:
        return None
    try:
        answer = _ask(handle, _GET_NUMBER)
    finally:
        _kernel32.CloseHandle(handle)
    return struct.unpack_from("<I", answer, 4)[0] if len(answer) >= 8 else None


def _path(number: int) -> str:
    return r"\\.\PhysicalDrive{}".format(number)


def _open_device(path: str, access: int = 0) -> Optional[int]:
    share_all, open_existing = 7, 3
    handle = _kernel32.CreateFileW(path, access, share_all, None, open_existing, 0, None)
    return None if handle in (None, _INVALID_HANDLE) else handle


def _ask(handle: int, code: int, question: bytes = b"") -> bytes:
    answer, size = ctypes.create_string_buffer(1024), wintypes.DWORD()
    done = _kernel32.DeviceIoControl(
        handle, code, question or None, len(question), answer, len(answer), ctypes.byref(size), None
    )
    return answer.raw[: size.value] if done else b""
