"""The reflector's loop: one socket, one thread, an answer of the size of the question or none.

A packet's time of arrival is the kernel's where the system tells it, so that a busy moment of ours counts as our own
time (T3-T2) and not as the line's.
"""

from __future__ import annotations

import logging
import select
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import agent.quality.stamp_codec as codec
from collector.line_roster import Roster
from collector.opening import CommandError
from collector.reflector.sessions import Session, Sessions

_log = logging.getLogger(__name__)

LOOK_S = 0.5  # how often it looks whether to stop
REPORT_S = 300.0
_RECEIVE = 2048
_SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35 if sys.platform == "linux" else None)
_TIMESPEC = struct.Struct("@ll")
_RESULTS = ("reflected", "knock", "unknown", "rate_limited", "denied", "malformed", "unsent")


class Reflector:
    """`run` answers until `stop` is called."""

    def __init__(
        self,
        address: tuple[str, int],
        roster: Roster,
        sessions: Sessions | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Binds the socket. Raises CommandError when the address cannot be used."""
        self.counts: Counter[str] = Counter()
        self.bytes_out = 0
        self._roster = roster
        self._sessions = Sessions() if sessions is None else sessions
        self._monotonic = monotonic
        self._socket = _bound(address)
        self._stopping = False

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def stop(self) -> None:
        self._stopping = True

    def run(self) -> None:
        report_s = self._monotonic() + REPORT_S
        with self._socket:
            while not self._stopping:
                if select.select([self._socket], [], [], LOOK_S)[0]:
                    self._take_all()
                now_s = self._monotonic()
                self._sessions.sweep(now_s)
                if now_s >= report_s:
                    report_s = now_s + REPORT_S
                    _log.info("packets: %s", ", ".join(f"{name} {self.counts[name]}" for name in _RESULTS))

    def figures(self) -> dict[str, tuple[str, float]]:
        """For /metrics."""
        found: dict[str, tuple[str, float]] = {
            f'gapwatch_reflector_packets_total{{result="{name}"}}': ("counter", self.counts[name]) for name in _RESULTS
        }
        found["gapwatch_reflector_bytes_sent_total"] = ("counter", self.bytes_out)
        found["gapwatch_reflector_sessions"] = ("gauge", len(self._sessions))
        return found

    def _take_all(self) -> None:
        """What is waiting, up to a bound: then it looks again whether to stop."""
        for _ in range(500):
            try:
                packet, extras, _flags, source = self._socket.recvmsg(_RECEIVE, 256)
            except BlockingIOError:
                return
            except OSError as error:  # an earlier answer's "unreachable" is told here
                self.counts["unsent"] += 1
                _log.debug("socket: %s", error)
                continue
            ttl, received_ns, back_by = _read_extras(extras)
            answer = self.answer(packet, (source[0], source[1]), ttl, received_ns or time.time_ns())
            if answer is None:
                continue
            try:
                self.bytes_out += self._socket.sendmsg([answer], back_by, 0, source)
            except OSError:
                self.counts["unsent"] += 1

    def answer(self, packet: bytes, address: tuple[str, int], ttl: int, received_ns: int) -> bytes | None:
        """What goes back for a packet, None for nothing; counts either."""
        result, answer = self._judged(packet, address, ttl, received_ns)
        self.counts[result] += 1
        return answer

    def _judged(self, packet: bytes, address: tuple[str, int], ttl: int, received_ns: int) -> tuple[str, bytes | None]:
        if not codec.PLAIN_SIZE <= len(packet) <= codec.MAX_SIZE:
            return "malformed", None
        now_s = self._monotonic()
        if _looks_sealed(packet):
            return self._sealed(packet, address, ttl, received_ns, now_s)
        session = self._sessions.find((*address, int.from_bytes(packet[14:16], "big")), now_s)
        if session is None:
            return "unknown", None
        if not session.may_send(now_s):
            return "rate_limited", None
        number, session.answered = session.answered, session.answered + 1
        return "reflected", codec.reflect(packet, number, received_ns, time.time_ns(), ttl)

    def _sealed(
        self, packet: bytes, address: tuple[str, int], ttl: int, received_ns: int, now_s: float
    ) -> tuple[str, bytes | None]:
        try:
            agent_id, generation = codec.claimed_agent(packet)
            key = self._roster.key(agent_id, generation)
            sent = codec.open_sealed(packet, key)
        except codec.PacketError:
            return "denied", None
        member = self._roster.member(agent_id, generation)
        if member is None:
            return "denied", None
        session = self._sessions.knock((*address, sent.ssid), agent_id, sent.time_ns, now_s)
        if session is None or not session.may_send(now_s):
            return "denied" if session is None else "rate_limited", None
        return "knock", _sealed_answer(packet, key, session, received_ns, ttl)


def _sealed_answer(packet: bytes, key: bytes, session: Session, received_ns: int, ttl: int) -> bytes:
    number, session.sealed = session.sealed, session.sealed + 1
    return codec.reflect_sealed(packet, key, number, received_ns, time.time_ns(), ttl)


def _looks_sealed(packet: bytes) -> bool:
    """By the TLV that names the agent, where only an authenticated packet of ours has it."""
    return len(packet) > codec.SEALED_SIZE + 4 and packet[codec.SEALED_SIZE + 1] == codec.TLV_AGENT


def _bound(address: tuple[str, int]) -> socket.socket:
    host, port = address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        for name in ("IP_RECVTTL", "IP_PKTINFO"):
            option = getattr(socket, name, {"IP_RECVTTL": 12, "IP_PKTINFO": 8}[name])
            sock.setsockopt(socket.IPPROTO_IP, option, 1)
        if _SO_TIMESTAMPNS is not None:
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise CommandError(
            f"--listen: không mở được cổng UDP {host}:{port} ({error.strerror}); chọn cổng khác, hoặc tắt chương trình đang dùng cổng đó"
        ) from None
    sock.setblocking(False)
    return sock


def _read_extras(extras: list[tuple[int, int, bytes]]) -> tuple[int, int, list[Any]]:
    """(TTL or 0, time of arrival in ns or 0, what makes the answer leave from the address that was asked)."""
    ttl, received_ns, back_by = 0, 0, []
    for level, kind, data in extras:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, rest = _TIMESPEC.unpack_from(data)
            received_ns = seconds * 1_000_000_000 + rest
        elif level == socket.IPPROTO_IP and kind == 2 and len(data) >= 4:  # IP_TTL
            ttl = int.from_bytes(data[:4], sys.byteorder)
        elif level == socket.IPPROTO_IP and kind == 8 and len(data) >= 12:  # IP_PKTINFO: interface 0, our address
            back_by = [(level, kind, bytes(4) + data[4:8] + bytes(4))]
        elif level == socket.IPPROTO_IPV6 and kind == socket.IPV6_HOPLIMIT and len(data) >= 4:
            ttl = int.from_bytes(data[:4], sys.byteorder)
        elif level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO and len(data) >= 20:
            back_by = [(level, kind, data[:20])]
    return min(max(ttl, 0), 255), received_ns, back_by
