"""What only Linux can tell and no file says: a disk's own health, asked by ioctl.

The kernel allows it to root alone; without that right there is no answer, which is no failure. A disk that sleeps
is not woken. Everything comes out undecoded; the parsers stand in probes/.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Tuple

_DRIVE_COMMAND = 0x031F  # HDIO_DRIVE_CMD: command, sector, feature, count, then the data
_ADMIN_COMMAND = 0xC0484E41  # NVME_IOCTL_ADMIN_CMD
_CHECK_POWER, _SMART = 0xE5, 0xB0
_READ_ATTRIBUTES, _READ_THRESHOLDS = 0xD0, 0xD1
_STANDBY = (0x00, 0x01)  # what CHECK POWER MODE leaves in the count: standby, going there
_GET_LOG_PAGE, _HEALTH_PAGE = 0x02, 0x02
_PAGE = 512


def disk_health(name: str) -> Tuple[bytes, bytes, bytes]:
    """(SMART attributes, SMART thresholds, NVMe health log) of /dev/<name>; b"" where there is no answer."""
    nothing = (b"", b"", b"")
    if sys.platform != "linux":
        return nothing
    try:
        device = os.open("/dev/" + name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return nothing
    try:
        if name.startswith("nvme"):
            return b"", b"", _nvme_log(device)
        awake = _drive_command(device, _CHECK_POWER, 0, 0, b"")
        if len(awake) >= 4 and awake[2] in _STANDBY:
            return nothing
        return (
            _drive_command(device, _SMART, _READ_ATTRIBUTES, 1, b"\x00" * _PAGE)[4:],
            _drive_command(device, _SMART, _READ_THRESHOLDS, 1, b"\x00" * _PAGE)[4:],
            b"",
        )
    finally:
        os.close(device)


def _drive_command(device: int, command: int, feature: int, count: int, room: bytes) -> bytes:
    import fcntl

    buffer = bytearray(struct.pack("4B", command, 0, feature, count) + room)
    try:
        fcntl.ioctl(device, _DRIVE_COMMAND, buffer, True)
    except OSError:
        return b""
    return bytes(buffer)


def _nvme_log(device: int) -> bytes:
    """struct nvme_passthru_cmd of the kernel: 72 bytes, the answer goes to an address named in it."""
    import fcntl

    page = ctypes.create_string_buffer(_PAGE)
    every_namespace = 0xFFFFFFFF
    words = (_PAGE // 4 - 1) << 16 | _HEALTH_PAGE
    command = bytearray(
        struct.pack(
            "=BBHIIIQQIIIIIIIIII",
            _GET_LOG_PAGE, 0, 0, every_namespace, 0, 0, 0, ctypes.addressof(page), 0, _PAGE,
            words, 0, 0, 0, 0, 0, 2000, 0,
        )
    )  # fmt: skip
    try:
        status = fcntl.ioctl(device, _ADMIN_COMMAND, command, True)
    except OSError:
        return b""
    return page.raw if status == 0 else b""
