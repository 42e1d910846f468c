"""How the gateway introduces itself by UPnP: one search (SSDP), and its description, which is read from the gateway
alone, so that no answer can send us elsewhere."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from typing import Any, Callable, Dict, List
from xml.parsers import expat

from . import web
from .place import Place

WAIT_S = 2.0
FETCH_S = 3.0
LARGEST = 64 * 1024
MAX_LOCATIONS = 2
_GROUP, _PORT = "239.255.255.250", 1900
_MAX_ANSWERS = 50
_SEARCH = (
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
    "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n"
).encode("ascii")

Log = Callable[[str], None]


def gateway_says(place: Place, log: Log, wait_s: float = WAIT_S) -> str:
    """Maker and model of the gateway, "" when it does not say."""
    for location in search(place, log, wait_s):
        host, port, path = web.split_location(location)
        data = _fetch(place, host, port, path, log)
        told = describe(data)
        if told:
            log("upnp {}: {}".format(location, told))
            return told
    return ""


def search(place: Place, log: Log, wait_s: float = WAIT_S) -> List[str]:
    """Where the gateway's descriptions stand: on the gateway itself, or they do not count."""
    found: List[str] = []
    end = time.monotonic() + wait_s
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind((place.address, 0))
        door.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(place.address))
        door.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        for target in (_GROUP, place.gateway):
            with contextlib.suppress(OSError):
                door.sendto(_SEARCH, (target, _PORT))
        for _ in range(_MAX_ANSWERS):
            left = end - time.monotonic()
            if left <= 0 or len(found) >= MAX_LOCATIONS or not select.select([door], [], [], left)[0]:
                break
            try:
                data, sender = door.recvfrom(2048)
            except ConnectionError:  # nobody listens on that port of the gateway
                continue
            location = location_of(data)
            if sender[0] != place.gateway or not location:
                continue
            if web.split_location(location)[0] != place.gateway:
                log("upnp: {} names another place and is not followed".format(place.gateway))
            elif location not in found:
                found.append(location)
    return found


def location_of(data: bytes) -> str:
    """The LOCATION of an answer to the search; "" for anything else."""
    page = web.parse(data if b"\r\n\r\n" in data else data + b"\r\n\r\n")
    return page.headers.get("location", "") if page.status == 200 else ""


def describe(data: bytes) -> str:
    """Maker and model from a device description (UPnP device architecture), "" when it is none. The first device is
    the gateway; those inside it are its parts."""
    reader = _Reader()
    parser: Any = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse  # no description needs entities
    with contextlib.suppress(expat.ExpatError, _Refused, ValueError, LookupError):  # what came before counts
        parser.Parse(data[:LARGEST], True)
    maker, model = (web.short(reader.found.get(name, "")) for name in ("manufacturer", "modelName"))
    number = web.short(reader.found.get("modelNumber", ""))
    if number and number.lower() not in model.lower():
        model = "{} {}".format(model, number).strip()
    if maker and model.lower().startswith(maker.lower()):
        maker = ""
    return web.short("{} {}".format(maker, model))


class _Refused(Exception):
    """The document wants something that no device description needs."""


class _Reader:
    """Takes the texts directly below the first <device>."""

    def __init__(self) -> None:
        self.found: Dict[str, str] = {}
        self._path: List[str] = []
        self._done = False

    def start(self, name: str, _attributes: Any) -> None:
        self._path.append(name.rpartition(":")[2])
        if len(self._path) > 32:
            raise _Refused

    def end(self, _name: str) -> None:
        self._done = self._done or self._path == ["root", "device"]
        self._path.pop()

    def text(self, text: str) -> None:
        if not self._done and len(self._path) == 3 and self._path[:2] == ["root", "device"]:
            self.found[self._path[2]] = (self.found.get(self._path[2], "") + text)[:300]

    def refuse(self, *_declaration: Any) -> None:
        raise _Refused


def _fetch(place: Place, host: str, port: int, path: str, log: Log) -> bytes:
    end = time.monotonic() + FETCH_S
    try:
        with socket.create_connection((host, port), FETCH_S, (place.address, 0)) as door:
            page = web.get(door, "{}:{}".format(host, port), path, LARGEST, end)
    except OSError as error:
        log("upnp {}:{}: {}".format(host, port, error))
        return b""
    return page.body if page.status == 200 else b""
