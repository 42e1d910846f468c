"""A small SNMP agent (v1 and v2c, UDP) that serves recordings, one per community, and misbehaves on request.

python -m tests.snmp.responder    serves tests/snmp/recordings on a free port until interrupted
"""

from __future__ import annotations

import bisect
import contextlib
import socket
import sys
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from agent.snmp.values import Value

from . import ber

Rows = Dict[str, Tuple[int, Value]]
TOO_BIG, NO_SUCH_NAME, GEN_ERR, AUTHORIZATION = 1, 2, 5, 16


@dataclass
class Manners:
    """What is wrong with the device; the default is a sound one."""

    versions: Tuple[int, ...] = (0, 1)  # that it answers: 0 is SNMPv1, 1 is v2c
    bulk: bool = True  # False: GETBULK is ignored
    drop_unknown: bool = False  # a GET that holds an unknown object gets no answer
    unknown_error: int = 0  # or this error-status, for the whole
    most: int = 1000  # objects in an answer; more is tooBig
    loop: str = ""  # GETNEXT answers: same | back | endless
    other_port: bool = False  # answers come from another socket
    slow_s: float = 0.0
    noise: bytes = b""  # sent before every answer
    stale: bool = False  # an answer with a wrong request number comes first
    quiet_after: int = 10**9  # answers, after which it falls silent
    tag: int = 0  # every octet string goes out with this tag instead


class Responder:
    def __init__(
        self, recordings: Callable[[str], Optional[Rows]], manners: Optional[Manners] = None, host: str = "127.0.0.1"
    ) -> None:
        self.manners = manners or Manners()
        self.asked: List[Tuple[int, List[str]]] = []  # (PDU tag, objects) of every request
        self._recordings = recordings
        self._known: Dict[str, Optional[Tuple[Rows, List[Tuple[Tuple[int, ...], str]]]]] = {}
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._other = socket.socket(family, socket.SOCK_DGRAM)
        self._other.bind((host, 0))
        self.port = int(self._socket.getsockname()[1])
        self.target = ("[{}]:{}" if ":" in host else "{}:{}").format(host, self.port)
        self._socket.settimeout(0.05)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Responder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self._socket.close()
        self._other.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                packet, address = self._socket.recvfrom(65535)
            except socket.timeout:
                continue
            except OSError:
                continue
            with contextlib.suppress(IndexError, ValueError, OSError):
                self._answer(packet, address)

    def _answer(self, packet: bytes, address: Tuple[str, int]) -> None:
        manners = self.manners
        version, community, tag, number, second, third, names = read(packet)
        if version not in manners.versions or (tag == ber.BULK and (version == 0 or not manners.bulk)):
            return
        device = self._device(community)
        if device is None or len(self.asked) >= manners.quiet_after:
            return
        self.asked.append((tag, names))
        answer = self._answered(device, version, tag, second, third, names)
        if answer is None:
            return
        time.sleep(manners.slow_s)
        out = self._other if manners.other_port else self._socket
        if manners.noise:
            out.sendto(manners.noise, address)
        if manners.stale:
            out.sendto(message(version, community, number ^ 1, 0, 0, []), address)
        out.sendto(message(version, community, number, *answer), address)

    def _device(self, community: str) -> Optional[Tuple[Rows, List[Tuple[Tuple[int, ...], str]]]]:
        if community not in self._known:
            rows = self._recordings(community)
            order = sorted((tuple(int(arc) for arc in name.split(".")), name) for name in rows or {})
            self._known[community] = None if rows is None else (rows, order)
        return self._known[community]

    def _answered(
        self, device: Tuple[Rows, List[Tuple[Tuple[int, ...], str]]], version: int, tag: int, second: int, third: int, names: List[str]
    ) -> Optional[Tuple[int, int, List[bytes]]]:  # fmt: skip
        rows, order = device
        manners = self.manners
        if len(names) > manners.most:
            return TOO_BIG, 0, []
        if tag == ber.GET:
            unknown = [place for place, name in enumerate(names, 1) if name not in rows]
            if unknown and manners.drop_unknown:
                return None
            if unknown and manners.unknown_error:
                return manners.unknown_error, unknown[0], [row(name, None) for name in names]
            if unknown and version == 0:
                return NO_SUCH_NAME, unknown[0], [row(name, None) for name in names]
            return 0, 0, [self._row(name, rows.get(name)) for name in names]
        found: List[bytes] = []
        for place, name in enumerate(names, 1):
            for _ in range(min(third, manners.most) if tag == ber.BULK and place > second else 1):
                following = self._after(order, name)
                if not following and version == 0:
                    return NO_SUCH_NAME, place, [row(name, None) for name in names]
                found.append(
                    self._row(following, rows.get(following)) if following else row(name, b"", ber.END_OF_VIEW)
                )
                name = following or name
        return 0, 0, found[: manners.most]

    def _after(self, order: List[Tuple[Tuple[int, ...], str]], name: str) -> str:
        place = bisect.bisect_right(order, (tuple(int(arc) for arc in name.split(".")), "\x7f"))
        following = order[place][1] if place < len(order) else ""
        if self.manners.loop == "same" and name.count(".") > 9:
            return name
        if self.manners.loop == "back" and name.count(".") > 9:
            return order[max(0, place - 2)][1]
        if self.manners.loop == "endless" and name.count(".") > 9:
            return name + ".1"
        return following

    def _row(self, name: str, found: Optional[Tuple[int, Value]]) -> bytes:
        if found is None and self.manners.loop == "endless":
            found = (4, b"again")
        if found is None:
            return row(name, b"", ber.NO_SUCH_OBJECT)
        tag, value = found
        if self.manners.tag and tag == 4:
            return ber.tlv(
                ber.SEQUENCE, ber.oid(name) + ber.tlv(self.manners.tag, value if isinstance(value, bytes) else b"")
            )
        return ber.tlv(ber.SEQUENCE, ber.oid(name) + ber.value(tag, value))


def row(name: str, content: Optional[bytes], tag: int = ber.NULL) -> bytes:
    return ber.tlv(ber.SEQUENCE, ber.oid(name) + ber.tlv(tag, content or b""))


def read(packet: bytes) -> Tuple[int, str, int, int, int, int, List[str]]:
    """Version, community, PDU tag, request number, second and third number of the PDU, object names."""
    _, body, _ = ber.take(packet)
    _, version, rest = ber.take(body)
    _, community, rest = ber.take(rest)
    tag, pdu, _ = ber.take(rest)
    numbers: List[int] = []
    for _ in range(3):
        _, content, pdu = ber.take(pdu)
        numbers.append(ber.number(content))
    _, rows, _ = ber.take(pdu)
    names: List[str] = []
    while rows:
        _, one, rows = ber.take(rows)
        names.append(ber.name(ber.take(one)[1]))
    return (ber.number(version), community.decode(), tag, numbers[0], numbers[1], numbers[2], names)


def message(version: int, community: str, number: int, error: int, index: int, rows: List[bytes]) -> bytes:
    pdu = ber.integer(number) + ber.integer(error) + ber.integer(index) + ber.tlv(ber.SEQUENCE, b"".join(rows))
    body = ber.integer(version) + ber.tlv(ber.OCTETS, community.encode()) + ber.tlv(ber.RESPONSE, pdu)
    return ber.tlv(ber.SEQUENCE, body)


@contextlib.contextmanager
def serving(rows: Rows, community: str = "public", **manners: object) -> Iterator[Responder]:
    """A responder with one device."""
    with Responder(lambda asked: rows if asked == community else None, Manners(**manners)) as responder:  # type: ignore[arg-type]
        yield responder


if __name__ == "__main__":
    from .recordings import names, rows

    with Responder(lambda name: rows(name) if name in names() else None) as serving_all:
        print(serving_all.target, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
    sys.exit(0)
