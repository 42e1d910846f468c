"""WebSocket frames of a client (RFC 6455, section 5) as bytes. Pure; standard library only.

The load of a throughput test is masked with the key 0: the mask is there so that a script in a browser cannot choose
what goes over the wire, and here nobody but us chooses it. Nothing is then left to compute for an old processor.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
MAX_FRAME = 1 << 24  # ndt7: receivers take messages up to 2^24 bytes
_MAX_TEXT = 64 * 1024
_CONTROL = 125


class FrameError(ValueError):
    """What came is no frame that a server may send."""


@dataclass(frozen=True)
class Message:
    """A frame that says something; binary load is only counted."""

    kind: int  # TEXT | CLOSE | PING | PONG
    data: bytes


def frame(kind: int, data: bytes) -> bytes:
    return header(kind, len(data)) + data


def header(kind: int, length: int) -> bytes:
    """Of a whole message with the masking key 0: the payload follows as it is."""
    first = 0x80 | kind
    if length < 126:
        return struct.pack(">BB4x", first, 0x80 | length)
    if length < 1 << 16:
        return struct.pack(">BBH4x", first, 0x80 | 126, length)
    return struct.pack(">BBQ4x", first, 0x80 | 127, length)


class Reader:
    """Takes the server's bytes in any pieces. Binary payload is counted and thrown away at once, so memory stays
    bounded whatever the frames' size."""

    def __init__(self) -> None:
        self.load_bytes = 0  # of binary messages
        self._head = b""  # of a frame that has begun
        self._left = 0  # payload bytes to come
        self._kind = 0
        self._keep: Optional[List[bytes]] = None  # the payload, when it says something
        self._message = 0  # kind of the message that continuation frames belong to

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that are complete with these bytes. Raises FrameError."""
        view, offset = memoryview(data), 0
        while offset < len(view) or self._is_complete():
            if self._is_complete():
                yield self._taken()
            elif self._left:
                part = view[offset : offset + self._left]
                self._take(part)
                offset += len(part)
                if not self._left and self._keep is None:
                    self._kind = 0
            else:
                offset = self._begin(view, offset)

    def _is_complete(self) -> bool:
        return self._kind != 0 and self._left == 0 and self._keep is not None

    def _taken(self) -> Message:
        message = Message(self._kind, b"".join(self._keep or ()))
        self._kind, self._keep = 0, None
        return message

    def _take(self, part: memoryview) -> None:
        self._left -= len(part)
        if self._keep is None:
            self.load_bytes += len(part)
        else:
            self._keep.append(bytes(part))

    def _begin(self, view: memoryview, offset: int) -> int:
        """Reads a frame's head; returns where it ends."""
        while offset < len(view):
            self._head += bytes(view[offset : offset + 1])
            offset += 1
            parsed = _parse(self._head)
            if parsed is None:
                continue
            first, length = parsed
            self._head = b""
            self._start(first, length)
            break
        return offset

    def _start(self, first: int, length: int) -> None:
        kind, last = first & 0x0F, bool(first & 0x80)
        if first & 0x70:
            raise FrameError("an extension that was not agreed on")
        if kind in (CLOSE, PING, PONG):
            if not last or length > _CONTROL:
                raise FrameError("a control frame of {} bytes".format(length))
        elif kind == 0 and self._message:
            kind = self._message
            self._message = 0 if last else self._message
        elif kind in (TEXT, BINARY) and not self._message:
            self._message = 0 if last else kind
        else:
            raise FrameError("a frame of kind {}".format(kind))
        if length > MAX_FRAME or (kind == TEXT and length > _MAX_TEXT):
            raise FrameError("a frame of {} bytes".format(length))
        self._kind, self._left = kind, length
        self._keep = None if kind == BINARY else []
        if kind == BINARY and not length:
            self._kind = 0


def _parse(head: bytes) -> Optional[Tuple[int, int]]:
    """(first byte, payload length) of a whole head, None while it is too short. Raises FrameError."""
    if len(head) < 2:
        return None
    if head[1] & 0x80:
        raise FrameError("a server does not mask")
    length = head[1]
    if length < 126:
        return head[0], length
    size = 2 if length == 126 else 8
    if len(head) < 2 + size:
        return None
    return head[0], int.from_bytes(head[2 : 2 + size], "big")
