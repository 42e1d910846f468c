"""The few ways in which the agent touches its own files, so that tests can cut the power at any byte.

`Disk` is the seam: spool, identity and counters write through it, tests pass one that stops or fills up.
`Slots` keeps two numbers that survive everything; `Lock` lets one agent at a time work in a state folder.
"""

from __future__ import annotations

import contextlib
import os
import struct
import time
import zlib
from typing import BinaryIO, Iterable, List, Optional, Tuple, Union

from .errors import BusyError, StateError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_SLOT = struct.Struct(">4sQQQI")
_SLOT_MAGIC = b"GWN1"
_SLOT_PLACES = (0, 4096)  # far apart: a power cut may spoil the whole sector that was being written
_OLD_SLOT_PLACES = (0, _SLOT.size)  # of version 0.2
_REPLACE_TRIES = 4
_BLOCK = 512  # what a disk gives back or does not
_PRIVATE = 0o600


class Disk:
    """Real files. Every method that writes has reached the disk (fsync) when it returns."""

    def read(self, path: str) -> bytes:
        with open(path, "rb") as file:
            return file.read()

    def read_at(self, path: str, offset: int, length: int) -> bytes:
        with open(path, "rb") as file:
            file.seek(offset)
            return file.read(length)

    def salvage(self, path: str) -> bytes:
        """The file with 0xff where the disk gives nothing back. Raises OSError when it cannot be opened."""
        try:
            return self.read(path)
        except FileNotFoundError:
            raise
        except OSError:
            size = os.path.getsize(path)
        blocks: List[bytes] = []
        for offset in range(0, size, _BLOCK):
            length = min(_BLOCK, size - offset)
            try:
                blocks.append(self.read_at(path, offset, length).ljust(length, b"\xff"))
            except PermissionError:
                raise  # locked by another program: not damaged
            except OSError:
                blocks.append(b"\xff" * length)
        return b"".join(blocks)

    def exists(self, path: str) -> bool:
        return os.path.exists(path)

    def set_aside(self, path: str) -> None:
        """Something that stands in the way gets another name."""
        self._rename(path, path + ".damaged")

    def write_at(self, path: str, offset: int, data: bytes) -> None:
        with open(path, "r+b") as file:
            file.seek(offset)
            self._write(file, data)
            self._sync(file)

    def patch(self, path: str, offsets: Iterable[int], byte: bytes) -> None:
        """One byte at many places, in place: needs no free space."""
        with open(path, "r+b") as file:
            for offset in offsets:
                file.seek(offset)
                self._write(file, byte)
            self._sync(file)

    def truncate(self, path: str, size: int) -> None:
        with open(path, "r+b") as file:
            file.truncate(size)
            self._sync(file)

    def replace(self, path: str, data: bytes, mode: int = _PRIVATE) -> None:
        """The whole file at once: readers see the old or the new content, also after a power cut."""
        partial = path + ".new"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(partial)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        try:
            with os.fdopen(handle, "wb") as file:
                give_to_owner(handle, os.path.dirname(path))
                self._write(file, data)
                self._sync(file)
            self._rename(partial, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(partial)
            raise
        self._sync_folder(os.path.dirname(path))

    def remove(self, path: str) -> None:
        os.unlink(path)
        self._sync_folder(os.path.dirname(path))

    def names(self, folder: str) -> List[str]:
        return sorted(os.listdir(folder))

    def make_folder(self, path: str, mode: int = 0o700) -> None:
        if os.path.isdir(path):
            return
        os.makedirs(path, mode=mode, exist_ok=True)
        give_to_owner(path, os.path.dirname(os.path.abspath(path)))

    def _write(self, file: BinaryIO, data: bytes) -> None:
        file.write(data)

    def _sync(self, file: BinaryIO) -> None:
        file.flush()
        os.fsync(file.fileno())

    def _rename(self, partial: str, path: str) -> None:
        # A virus scanner may hold the old file open for a moment on Windows.
        for left in reversed(range(_REPLACE_TRIES)):
            try:
                os.replace(partial, path)
                return
            except PermissionError:
                if not left:
                    raise
                time.sleep(0.05)

    def _sync_folder(self, folder: str) -> None:
        if os.name == "nt":  # a folder cannot be opened there; NTFS journals the entry itself
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Slots:
    """Two whole numbers in two alternating slots of one small file. `damaged`: a slot cannot be read, so that the
    numbers may be those of one store() before the last.

    A write goes to the older slot, in place: when it is torn the other slot still counts, and it needs no free
    space, so the numbers are kept even while the disk is full.
    """

    def __init__(self, path: str, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._generation = 0
        self.values: Tuple[int, int] = (0, 0)
        self.found = False
        self.damaged = False
        self._places = _SLOT_PLACES
        self._load()

    def store(self, first: int, second: int = 0) -> bool:
        """Keep both numbers; False when the disk refused (they are still held in memory)."""
        self._generation += 1
        self.values = (first, second)
        data = self._pack()
        try:
            if not os.path.exists(self._path):
                self._disk.replace(self._path, data.ljust(_SLOT_PLACES[1], b"\0") + data)
                self._places = _SLOT_PLACES
            else:
                self._disk.write_at(self._path, self._places[self._generation % 2], data)
            return True
        except OSError:
            self._generation -= 1  # the next try goes to the same slot: the other one holds the last good numbers
            return False

    def _pack(self) -> bytes:
        body = _SLOT.pack(_SLOT_MAGIC, self._generation, self.values[0], self.values[1], 0)[:-4]
        return body + struct.pack(">I", zlib.crc32(body))

    def _load(self) -> None:
        try:
            data = self._disk.salvage(self._path)
        except OSError:
            return
        if len(data) < _SLOT_PLACES[1]:
            self._places = _OLD_SLOT_PLACES
        for offset in self._places:
            slot = data[offset : offset + _SLOT.size]
            if len(slot) < _SLOT.size or zlib.crc32(slot[:-4]) != struct.unpack(">I", slot[-4:])[0]:
                self.damaged = True
                continue
            magic, generation, first, second, _ = _SLOT.unpack(slot)
            if magic == _SLOT_MAGIC and (not self.found or generation > self._generation):
                self._generation, self.values, self.found = generation, (first, second), True


class Lock:
    """One agent per state folder. The operating system lets go of it when the process dies, however it dies."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: Optional[BinaryIO] = None

    def __enter__(self) -> "Lock":
        try:
            self._file = open(self._path, "a+b")
            give_to_owner(self._file.fileno(), os.path.dirname(self._path))
        except OSError as error:
            raise StateError(
                "Không mở được tệp khóa {}: {}".format(self._path, error.strerror),
                "Chạy lại bằng quyền quản trị hoặc sửa quyền của thư mục",
            ) from None
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            raise BusyError(
                "Một gapwatch-agent khác đang dùng thư mục {}".format(os.path.dirname(self._path)),
                "Dừng dịch vụ gapwatch-agent rồi chạy lại",
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def give_to_owner(made: Union[int, str], folder: str) -> None:
    """What root makes (enrol, once) must stay usable for the service's own user, whose folder it is."""
    if os.name != "nt" and os.geteuid() == 0:
        owner = os.stat(folder)
        if owner.st_uid != 0:
            os.chown(made, owner.st_uid, owner.st_gid)


def _lock(file: BinaryIO) -> None:
    if fcntl is not None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    import msvcrt

    file.seek(0)
    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
