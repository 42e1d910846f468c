"""Windows: IcmpSendEcho of iphlpapi, which needs no rights and is there since Windows 2000."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from typing import Any, Optional

from .hops import WAIT_S, Echo, Probe

_SUCCESS, _EXPIRED = 0, 11013  # IP_SUCCESS, IP_TTL_EXPIRED_TRANSIT
_UNREACHABLE = (11002, 11003, 11004, 11005)  # IP_DEST_NET, HOST, PROT, PORT_UNREACHABLE
_ROOM = 256
_DATA = bytes(12)


class _Options(ctypes.Structure):
    """IP_OPTION_INFORMATION."""

    _fields_ = (
        ("ttl", ctypes.c_ubyte),
        ("tos", ctypes.c_ubyte),
        ("flags", ctypes.c_ubyte),
        ("size", ctypes.c_ubyte),
        ("data", ctypes.c_void_p),
    )


def echo_probe(target: str, wait_s: float = WAIT_S) -> Optional[Probe]:
    """None where there is no such function."""
    if sys.platform != "win32":
        return None
    library: Any = ctypes.WinDLL("iphlpapi")
    library.IcmpCreateFile.restype = ctypes.c_void_p
    wanted = struct.unpack("=I", socket.inet_aton(target))[0]

    def probe(distance: int) -> Echo:
        handle = library.IcmpCreateFile()
        if handle in (None, ctypes.c_void_p(-1).value):
            return Echo()
        buffer = ctypes.create_string_buffer(_ROOM)
        options = _Options(distance, 0, 0, 0, None)
        try:
            library.IcmpSendEcho(
                ctypes.c_void_p(handle), ctypes.c_uint32(wanted), _DATA, ctypes.c_uint16(len(_DATA)),
                ctypes.byref(options), buffer, ctypes.c_uint32(_ROOM), ctypes.c_uint32(int(wait_s * 1000)),
            )  # fmt: skip
        finally:
            library.IcmpCloseHandle(ctypes.c_void_p(handle))
        return read_reply(buffer.raw)

    return probe


def read_reply(data: bytes) -> Echo:
    """The beginning of ICMP_ECHO_REPLY: address, status. Its count is not asked: some versions of Windows give 0 for a
    router's answer and fill the reply all the same."""
    address, status = data[:4], struct.unpack_from("<I", data, 4)[0]
    if not any(address) or status not in (_SUCCESS, _EXPIRED, *_UNREACHABLE):
        return Echo()
    return Echo(socket.inet_ntoa(address), status != _EXPIRED)
