"""What each of the PC's name servers says of names that everybody knows and of names that nobody has.

An own small client asks the servers themselves; the system's own way of asking (the server "") is tried beside it,
because a hosts file or a filter on the PC may answer first.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
import time
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from ..wire.sections_lan import NameCheck
from . import dns_codec
from .dns_codec import Answer

MAX_SERVERS = 3
MAX_KNOWN = 4
SUFFIXES = ("com", "vn")  # two registries without catch-all answers
WAIT_S = 3.0
SYSTEM_WAIT_S = 5.0
_AGAIN_S = 1.2  # a lost datagram is sent once more
_PORT = 53
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Not every error number has a name in each of the systems.
_SYSTEM_ERRORS = {socket.EAI_NONAME: "nxdomain", socket.EAI_AGAIN: "timeout", socket.EAI_FAIL: "servfail"}
_NO_DATA = getattr(socket, "EAI_NODATA", None)

Log = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """A name to ask for. `label` stands for it in the report: a made-up name is another one each time."""

    name: str
    label: str
    kind: str  # known | absent


class _Open:
    """One question to one server."""

    def __init__(self, server: str, wanted: Wanted, door: socket.socket, number: int, message: bytes) -> None:
        self.server, self.wanted, self.door, self.number, self.message = server, wanted, door, number, message
        self.answer: Optional[Answer] = None


def wanted_names(known: Sequence[str]) -> List[Wanted]:
    """The policy's names, and a new made-up one for each suffix."""
    names = [Wanted(name, name, "known") for name in known[:MAX_KNOWN]]
    return names + [Wanted("{}.{}".format(_made_up(), suffix), "absent:" + suffix, "absent") for suffix in SUFFIXES]


def check(servers: Sequence[str], known: Sequence[str], log: Log) -> Tuple[NameCheck, ...]:
    """Every server and the system, each asked for every name. Without known names nothing is asked: whether a server
    lies is only known where it also tells the truth."""
    if not known:
        return ()
    names = wanted_names(known)
    system = _System(names)
    # A server on this PC itself is what the system asks anyway.
    others = [server for server in dict.fromkeys(servers) if not server.startswith(("127.", "::1"))]
    found = ask_servers(others[:MAX_SERVERS], names)
    found += system.results(SYSTEM_WAIT_S)
    for item in found:
        log("dns {} {}: {}".format(item.server or "(system)", item.name, item.error or ", ".join(item.answers)))
    return tuple(found)


def ask_servers(
    servers: Sequence[str], names: Sequence[Wanted], wait_s: float = WAIT_S, port: int = _PORT
) -> List[NameCheck]:
    """All questions at once; each from a socket of its own, so that its port and number are hard to guess."""
    found: Dict[Tuple[str, str], NameCheck] = {}
    waiting: List[_Open] = []
    with selectors.DefaultSelector() as selector:
        for server in servers:
            for wanted in names:
                try:
                    question = _send(server, wanted, port)
                except (OSError, UnicodeError) as error:
                    found[server, wanted.label] = _result(server, wanted, Answer(error=_reason(error)))
                    continue
                if question is not None:
                    waiting.append(question)
                    selector.register(question.door, selectors.EVENT_READ, question)
        try:
            _listen(selector, waiting, wait_s)
        finally:
            for question in waiting:
                question.door.close()
    for question in waiting:
        answer = question.answer or Answer(error="timeout")
        found[question.server, question.wanted.label] = _result(question.server, question.wanted, answer)
    return [found[key] for key in sorted(found, key=lambda key: (servers.index(key[0]), key[1]))]


def _send(server: str, wanted: Wanted, port: int) -> Optional[_Open]:
    number = int.from_bytes(os.urandom(2), "big")
    message = dns_codec.query(number, wanted.name)
    if message is None:
        return None
    family, kind, protocol, _, address = socket.getaddrinfo(
        server, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
    )[0]
    door = socket.socket(family, kind, protocol)
    try:
        door.setblocking(False)
        door.connect(address)  # then only this server is heard, and its refusal as well
        door.send(message)
    except OSError:
        door.close()
        raise
    return _Open(server, wanted, door, number, message)


def _listen(selector: selectors.BaseSelector, waiting: Sequence[_Open], wait_s: float) -> None:
    start = time.monotonic()
    again = start + min(_AGAIN_S, wait_s / 2)
    while any(question.answer is None for question in waiting):
        now = time.monotonic()
        if now >= start + wait_s:
            return
        if now >= again:
            again = start + wait_s
            for question in waiting:
                if question.answer is None:
                    _repeat(question)
        for key, _ in selector.select(max(min(again, start + wait_s) - now, 0.001)):
            question = key.data
            _hear(question)
            if question.answer is not None:
                selector.unregister(question.door)


def _repeat(question: _Open) -> None:
    with contextlib.suppress(OSError):  # _hear tells
        question.door.send(question.message)


def _hear(question: _Open) -> None:
    try:
        data = question.door.recv(dns_codec.LARGEST)
    except BlockingIOError:
        return
    except OSError as error:
        question.answer = Answer(error=_reason(error))
        return
    question.answer = dns_codec.parse(data, question.number, question.wanted.name)


class _System:
    """The system's own resolver. It cannot be interrupted, so each name has a thread that may be left behind."""

    def __init__(self, names: Sequence[Wanted]) -> None:
        self._names = names
        self._answers: Dict[str, Answer] = {}
        self._start = time.monotonic()
        self._threads = [threading.Thread(target=self._ask, args=(wanted,), daemon=True) for wanted in names]
        for thread in self._threads:
            thread.start()

    def results(self, wait_s: float) -> List[NameCheck]:
        for thread in self._threads:
            thread.join(max(self._start + wait_s - time.monotonic(), 0.0))
        answers = dict(self._answers)
        return [_result("", wanted, answers.get(wanted.label, Answer(error="timeout"))) for wanted in self._names]

    def _ask(self, wanted: Wanted) -> None:
        # With a dot behind it the name is asked for as it is, without the office's own suffixes.
        name = wanted.name + ("." if wanted.kind == "absent" else "")
        try:
            rows = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
            addresses = tuple(sorted({str(row[4][0]) for row in rows}))[: dns_codec.MAX_ADDRESSES]
            self._answers[wanted.label] = Answer(addresses)
        except (OSError, UnicodeError) as error:
            self._answers[wanted.label] = Answer(error=_reason(error))


def _result(server: str, wanted: Wanted, answer: Answer) -> NameCheck:
    return NameCheck(server, wanted.label, wanted.kind, answer.addresses, answer.error)


def _reason(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        if error.errno == _NO_DATA:
            return "no_answer"
        return _SYSTEM_ERRORS.get(error.errno or 0, "dns failure")
    if isinstance(error, ConnectionError):
        return "refused"  # nobody listens on that port
    if isinstance(error, UnicodeError):
        return "bad name"
    return "unreachable"


def _made_up() -> str:
    """Sixteen letters that nobody has registered."""
    return "".join(_LETTERS[byte % 26] for byte in os.urandom(16))
