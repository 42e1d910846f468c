"""Three management doors of the gateway: one connection each, and nothing but its greeting is read. No other door and no
other device: this is no port scan."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import re
import socket
import threading
import time
from typing import Callable, List, Optional, Tuple

from ..wire.sections_lan import DoorCheck
from . import web
from .place import Place

DOORS = (("telnet", 23), ("http", 80), ("https", 443))
CONNECT_S = 3.0
GREETING_S = 1.0
ANSWER_S = 3.0
LARGEST = 2048
# Telnet's own commands (RFC 854): sub-negotiations, then three bytes, then two.
_COMMANDS = re.compile(rb"\xff\xfa.*?(?:\xff\xf0|$)|\xff[\xfb-\xfe].?|\xff[^\xff]?", re.DOTALL)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]{0,10}[A-Za-z]?")
_REFUSED = (errno.ECONNREFUSED, 10061)

Log = Callable[[str], None]


def check(place: Place, log: Log) -> Tuple[DoorCheck, ...]:
    """All three side by side. Silence means "shut" only where the gateway answers at another door: else it may not be
    there at all."""
    found: List[DoorCheck] = [DoorCheck(place.gateway, service, port) for service, port in DOORS]

    def knock(index: int) -> None:
        found[index] = _check(place, found[index])

    threads = [threading.Thread(target=knock, args=(index,), daemon=True) for index in range(len(DOORS))]
    for thread in threads:
        thread.start()
    end = time.monotonic() + CONNECT_S + ANSWER_S + 1.0
    for thread in threads:
        thread.join(max(end - time.monotonic(), 0.0))
    doors = list(found)
    if any(door.open is not None for door in doors):
        doors = [dataclasses.replace(door, open=False) if door.open is None else door for door in doors]
    for door in doors:
        state = "?" if door.open is None else "open" if door.open else "shut"
        log("door {}:{}: {} {}".format(door.address, door.port, state, door.says))
    return tuple(doors)


def greeting(data: bytes) -> str:
    """The first line of a Telnet greeting, without the protocol's own bytes."""
    text = _ESCAPES.sub("", _COMMANDS.sub(b"", data[:LARGEST]).decode("utf-8", "replace"))
    return next((line for line in map(web.short, re.split("[\r\n]+", text)) if line), "")


def _check(place: Place, door: DoorCheck) -> DoorCheck:
    try:
        # From this place's address: another way to the gateway, such as a VPN, is not what is asked about.
        connection = socket.create_connection((door.address, door.port), CONNECT_S, (place.address, 0))
    except OSError as error:
        return dataclasses.replace(door, open=False if error.errno in _REFUSED else None)
    with connection:
        try:
            told = _hear(connection, door)
        except (OSError, ValueError):  # it is open, whatever it does afterwards
            told = ""
    return dataclasses.replace(door, open=True, says=told)


def _hear(connection: socket.socket, door: DoorCheck) -> str:
    if door.service == "telnet":
        return greeting(web.read_some(connection, LARGEST, time.monotonic() + GREETING_S))
    end = time.monotonic() + ANSWER_S
    if door.service == "http":
        return web.says(web.get(connection, door.address, "/", LARGEST, end))
    connection.settimeout(ANSWER_S)
    wrapped = _tls(connection)
    if wrapped is None:
        return ""
    with wrapped:
        return web.says(web.get(wrapped, door.address, "/", LARGEST, end))


def _tls(connection: socket.socket) -> Optional[socket.socket]:
    """Its certificate is not checked: no router has one that could be, and nothing secret is said."""
    import ssl  # costs memory, and most gateways have no such door

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with contextlib.suppress(ssl.SSLError):
        context.set_ciphers("ALL:@SECLEVEL=0")  # old routers know nothing better
    try:
        return context.wrap_socket(connection)
    except OSError:  # ssl.SSLError is one
        return None
