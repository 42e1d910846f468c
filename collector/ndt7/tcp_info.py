"""What the kernel knows of a TCP connection, by the names of ndt7's measurements. Linux; {} elsewhere."""

from __future__ import annotations

import socket
import struct
from typing import Any

_SIZE = 216
_U32 = {"RTT": 68, "RTTVar": 72, "MinRTT": 148}  # offsets in struct tcp_info, linux/tcp.h; microseconds
_U64 = {
    "BytesAcked": 120, "BytesReceived": 128, "BusyTime": 168, "RWndLimited": 176, "SndBufLimited": 184,
    "BytesSent": 200, "BytesRetrans": 208,
}  # fmt: skip
_NO_RTT = 0xFFFFFFFF


def tcp_info(sock: Any) -> dict[str, int]:
    """`sock` may be a transport's socket. {} where the system does not tell."""
    option = getattr(socket, "TCP_INFO", None)
    if option is None or sock is None:
        return {}
    try:
        raw = sock.getsockopt(socket.IPPROTO_TCP, option, _SIZE)
    except OSError:
        return {}
    return parse(raw)


def parse(raw: bytes) -> dict[str, int]:
    found = {name: struct.unpack_from("=I", raw, at)[0] for name, at in _U32.items() if len(raw) >= at + 4}
    found |= {name: struct.unpack_from("=Q", raw, at)[0] for name, at in _U64.items() if len(raw) >= at + 8}
    return {name: value for name, value in found.items() if not (name == "MinRTT" and value == _NO_RTT)}
