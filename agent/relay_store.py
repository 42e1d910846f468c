"""What a relay keeps while the line is down: other agents' envelopes, unread. Bounded in bytes and number.

Nothing here is the only copy: a sender keeps its reports until the collector itself has acknowledged them. So when
there is no room, the oldest envelope of whoever holds the most goes, and a PC that floods the relay pushes out its own.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import zlib
from collections import Counter
from typing import Dict, List, NamedTuple, Optional

from .files import Disk

MAX_BYTES = 16 * 1024 * 1024
MAX_OF_ONE = 4 * 1024 * 1024  # bytes of one sender
MAX_FILES = 512
_NAME = re.compile(r"(\d{12})-([0-9a-f]{8})\.env\Z")


class Kept(NamedTuple):
    number: int
    sender: str  # crc32 of the address that it came from
    size: int
    name: str


class RelayStore:
    """Thread-safe: requests come from several PCs at once."""

    def __init__(self, folder: str, disk: Optional[Disk] = None) -> None:
        """Raises OSError when the folder cannot be made or listed."""
        self._folder = folder
        self._disk = disk or Disk()
        self._lock = threading.Lock()
        self._disk.make_folder(folder)
        self._kept: Dict[int, Kept] = {}
        for name in self._disk.names(folder):
            match = _NAME.match(name)
            if match is None:
                self._unlink(name)  # half a write
                continue
            number = int(match.group(1))
            self._kept[number] = Kept(number, match.group(2), os.path.getsize(os.path.join(folder, name)), name)
        self._last = max(self._kept, default=0)

    def __len__(self) -> int:
        return len(self._kept)

    def size(self) -> int:
        return sum(item.size for item in self._kept.values())

    def keep(self, envelope: bytes, address: str) -> bool:
        """False: the disk has no room; nothing else is given up for it."""
        sender = "{:08x}".format(zlib.crc32(address.encode("utf-8", "replace")))
        with self._lock:
            self._make_room(len(envelope), sender)
            number = self._last + 1
            item = Kept(number, sender, len(envelope), "{:012d}-{}.env".format(number, sender))
            try:
                self._disk.replace(os.path.join(self._folder, item.name), envelope)
            except OSError:
                return False
            self._last, self._kept[number] = number, item
            return True

    def newest(self, count: int) -> List[Kept]:
        """What came last goes first: the present matters more than the past."""
        with self._lock:
            return [self._kept[number] for number in sorted(self._kept, reverse=True)[:count]]

    def read(self, item: Kept) -> Optional[bytes]:
        """None when it is gone or cannot be read."""
        try:
            return self._disk.read(os.path.join(self._folder, item.name))
        except OSError:
            return None

    def drop(self, item: Kept) -> None:
        with self._lock:
            self._drop(item)

    def _drop(self, item: Kept) -> None:
        if self._kept.pop(item.number, None) is not None:
            self._unlink(item.name)

    def _make_room(self, need: int, sender: str) -> None:
        while self._held().get(sender, 0) + need > MAX_OF_ONE and self._drop_oldest(sender):
            pass
        while self._kept and self.size() + need > MAX_BYTES:
            held = self._held()
            self._drop_oldest(max(held, key=lambda each: held[each]))
        while len(self._kept) >= MAX_FILES:
            held = Counter(item.sender for item in self._kept.values())
            self._drop_oldest(max(held, key=lambda each: held[each]))

    def _held(self) -> Dict[str, int]:
        """Bytes by sender."""
        held: Dict[str, int] = Counter()
        for item in self._kept.values():
            held[item.sender] += item.size
        return held

    def _drop_oldest(self, sender: str) -> bool:
        oldest = min((number for number, item in self._kept.items() if item.sender == sender), default=None)
        if oldest is None:
            return False
        self._drop(self._kept[oldest])
        return True

    def _unlink(self, name: str) -> None:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(self._folder, name))
