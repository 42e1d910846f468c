"""Linux: a UDP datagram with a short life, and the kernel's error queue, which tells who ended it. Needs no rights."""

from __future__ import annotations

import errno
import select
import socket
import struct
import time
from typing import Optional

from .hops import WAIT_S, Echo

_IP_RECVERR, _MSG_ERRQUEUE = 11, 0x2000
_FROM_ICMP = 2  # SO_EE_ORIGIN_ICMP
_UNREACHABLE, _TIME_EXCEEDED = 3, 11
_FIRST_PORT = 33434  # where traceroute is expected; nobody serves there
_ERROR = struct.Struct("=IBBBBII")  # struct sock_extended_err, then the offender's sockaddr_in


class UdpProbe:
    """Asks one target; a port for each distance, so that a late answer is not taken for another hop's."""

    def __init__(self, target: str, wait_s: float = WAIT_S) -> None:
        self._target = target
        self._wait_s = wait_s

    def __call__(self, distance: int) -> Echo:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
            door.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            door.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, distance)
            try:
                door.connect((self._target, _FIRST_PORT + distance))
                door.send(bytes(12))
            except OSError as error:
                if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EPERM):
                    return Echo()
                raise
            return self._hear(door)

    def _hear(self, door: socket.socket) -> Echo:
        poller = select.poll()
        poller.register(door, 0)  # errors are always told
        end = time.monotonic() + self._wait_s
        while True:
            left = end - time.monotonic()
            if left <= 0 or not poller.poll(left * 1000):
                return Echo()
            try:
                _, extras, _, _ = door.recvmsg(64, 512, _MSG_ERRQUEUE)
            except BlockingIOError:
                door.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)  # an error without a note: taken away
                continue
            for level, kind, data in extras:
                echo = read_error(data) if (level, kind) == (socket.IPPROTO_IP, _IP_RECVERR) else None
                if echo is not None:
                    return echo


def read_error(data: bytes) -> Optional[Echo]:
    """The kernel's note of an ICMP error; None when it is of another sort."""
    if len(data) < _ERROR.size + 8:
        return None
    _, origin, kind, _, _, _, _ = _ERROR.unpack_from(data)
    if origin != _FROM_ICMP or kind not in (_UNREACHABLE, _TIME_EXCEEDED):
        return None
    address = socket.inet_ntoa(data[_ERROR.size + 4 : _ERROR.size + 8])
    # Whoever says "unreachable" ends the way: the target itself, or a router that lets nothing through.
    return Echo(address, kind == _UNREACHABLE)
