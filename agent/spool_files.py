"""The spool's folder: which files there are, and what can be read of them. Nothing here refuses to start."""

from __future__ import annotations

import contextlib
import os
import re
from typing import Dict, Iterator, Optional, Tuple

from . import segment as layout
from .files import Disk
from .segment import Segment

_NAME = re.compile(r"(\d{8})\.seg\Z")


class Files:
    def __init__(self, folder: str, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def path(self, number: int) -> str:
        return os.path.join(self._folder, "{:08d}.seg".format(number))

    def open_folder(self) -> Optional[OSError]:
        """Makes the folder when it is missing; returns why it cannot be used."""
        try:
            try:
                self._disk.make_folder(self._folder)
            except FileExistsError:  # a file of that name: what a repair of the disk may leave
                self._disk.set_aside(self._folder)
                self._disk.make_folder(self._folder)
            self._disk.names(self._folder)
        except OSError as error:
            return error
        return None

    def is_there(self) -> bool:
        return self._disk.exists(self._folder)

    def load(self, noted: int) -> Dict[int, Segment]:
        """All files, whatever state they are in. `noted` was counted already; only its deletion was missing."""
        found: Dict[int, Segment] = {}
        for number, name in list(self._listed()):
            if number is None or number == noted:
                self._unlink(name)
                continue
            segment = self.scan(number)
            if segment is not None:  # else: held by another program; it stays and may be read after the next start
                found[number] = segment
        return found

    def scan(self, number: int) -> Optional[Segment]:
        """A file as it is on the disk now, without its bad blocks; None when nothing of it can be read."""
        try:
            return layout.scan(self._disk.read(self.path(number)), number)
        except OSError:
            with contextlib.suppress(OSError):
                segment = layout.scan(self._disk.salvage(self.path(number)), number)
                segment.clean = False
                return segment
        return None

    def either(self, segment: Segment, content: bytes) -> Segment:
        """`segment`, or what `content` holds if that is in the file now: its replacement failed half-way."""
        with contextlib.suppress(OSError):
            if self._disk.read(self.path(segment.number)) == content:
                return layout.scan(content, segment.number)
        return segment

    def highest(self) -> int:
        """The highest number of a file, 0: none. Raises OSError when the folder cannot be listed."""
        return max((number or 0 for number, _ in self._listed()), default=0)

    def remove(self, number: int) -> bool:
        """Whether the file is gone; it may be held open by a virus scanner."""
        path = self.path(number)
        if self._disk.exists(path):
            self._unlink(os.path.basename(path))
        return not self._disk.exists(path)

    def _unlink(self, name: str) -> None:
        with contextlib.suppress(OSError):
            self._disk.remove(os.path.join(self._folder, name))

    def _listed(self) -> Iterator[Tuple[Optional[int], str]]:
        """(number, name) of the spool's files; number None: a write that a kill cut short."""
        for name in self._disk.names(self._folder):
            match = _NAME.match(name)
            if match is not None:
                yield int(match.group(1)), name
            elif name.endswith(".new"):
                yield None, name
