"""One small HTTP question with a limit on bytes and on time, for pages of devices on the own network. Bytes from
strangers: nothing is believed, nothing raises but OSError of the socket."""

from __future__ import annotations

import html
import re
import socket
import time
from dataclasses import dataclass, field
from typing import Dict, Tuple

from .. import __version__

MAX_SAYS = 80
_MAX_HEADERS = 64
_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_LOCATION = re.compile(r"http://([0-9.]{7,15})(?::(\d{1,5}))?(/[!-~]{0,300})?\Z", re.IGNORECASE | re.ASCII)
_REALM = re.compile(r'realm="([^"]{1,200})"', re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    status: int = 0  # 0: no HTTP came
    headers: Dict[str, str] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]  names small
    body: bytes = b""


def get(door: socket.socket, host: str, path: str, limit: int, end_s: float) -> Page:
    """Asks over an open connection; reads at most `limit` bytes, until the monotonic moment `end_s`."""
    lines = (
        "GET {} HTTP/1.0".format(path), "Host: " + host, "User-Agent: gapwatch-agent/" + __version__,
        "Accept: */*", "Connection: close", "", "",
    )  # fmt: skip
    door.settimeout(max(end_s - time.monotonic(), 0.01))
    door.sendall("\r\n".join(lines).encode("ascii", "replace"))
    return parse(read_some(door, limit, end_s))


def read_some(door: socket.socket, limit: int, end_s: float) -> bytes:
    """What comes until the limit, the end of the stream or of the time; a whole page of known length ends it too."""
    data = b""
    while len(data) < limit:
        left = end_s - time.monotonic()
        if left <= 0:
            break
        door.settimeout(left)
        try:
            part = door.recv(min(limit - len(data), 8192))
        except OSError:  # also a timeout: what has come so far counts
            break
        if not part:
            break
        data += part
        if _is_whole(data):
            break
    return data


def parse(data: bytes) -> Page:
    """Bytes of an answer as a page; status 0 when they are none."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(None, 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not re.match(r"[1-5]\d\d$", words[1], re.ASCII):
        return Page()
    headers: Dict[str, str] = {}
    for line in lines[1:_MAX_HEADERS]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    return Page(int(words[1]), headers, body)


def says(page: Page) -> str:
    """How a device's page introduces itself: that it sends on to HTTPS, what it asks a password for, its title, its
    server's name."""
    location = page.headers.get("location", "")
    if 300 <= page.status < 400 and location.lower().startswith("https:"):
        return "-> https"
    title = _TITLE.search(page.body.decode("utf-8", "replace"))
    realm = _REALM.search(page.headers.get("www-authenticate", ""))
    told = (realm.group(1) if realm else "", title.group(1) if title else "", page.headers.get("server", ""))
    return next((text for text in map(short, told) if text), "")


def short(text: str) -> str:
    """A line that can be shown: no control characters, no markup's entities, not long."""
    plain = " ".join(html.unescape(text[:1000]).split())
    return "".join(char for char in plain if char.isprintable())[:MAX_SAYS].strip()


def split_location(location: str) -> Tuple[str, int, str]:
    """'http://192.168.1.1:49152/desc.xml' -> host, port, path; ('', 0, '') for anything but plain HTTP."""
    match = _LOCATION.match(location.strip())
    if match is None:
        return "", 0, ""
    port = int(match.group(2) or 80)
    return (match.group(1), port, match.group(3) or "/") if 0 < port < 65536 else ("", 0, "")


def _is_whole(data: bytes) -> bool:
    head, gap, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*(?:\r\n|$)", head, re.IGNORECASE)
    return bool(gap and length and len(body) >= int(length.group(1)))


def _unchunked(data: bytes) -> bytes:
    """A body in chunks as far as it came."""
    parts = []
    while True:
        size, _, rest = data.partition(b"\r\n")
        number = re.match(rb"[ \t]*([0-9a-fA-F]{1,7})[ \t]*(?:;|$)", size)
        if number is None or not int(number.group(1), 16):
            return b"".join(parts)
        length = int(number.group(1), 16)
        parts.append(rest[:length])
        data = rest[length + 2 :]
