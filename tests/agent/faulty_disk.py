"""A disk in memory below the real file code: every system call is recorded, can fail, and can be the last one.

`Mounted` puts it under agent.files, agent.spool_files and agent.identity: their own code runs unchanged, only `os` and
`open` are ours. `after(...)` gives the disk as it is found after a kill or a power cut at any call:

- kill: what was written is there; the last write may be cut at any byte.
- power cut: what was synced is there; of what was not, any sectors (512 bytes; old or new, never a mixture), the
  file's length before or after them. Names change in the order in which they were changed, up to any point.
"""

from __future__ import annotations

import errno
import os
import random
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple
from unittest import mock

from agent import files, identity, spool_files

SECTOR = 512


class Killed(BaseException):
    """The process is gone; nothing of it may run on."""


class Op(NamedTuple):
    """One system call. `node`: number of the file that it changes; names change by `path` and `to`."""

    kind: str
    node: int = 0
    path: str = ""
    to: str = ""
    offset: int = 0
    data: bytes = b""


@dataclass
class Image:
    """What a disk holds: contents by file number, names, folders."""

    contents: Dict[int, bytes] = field(default_factory=dict)
    names: Dict[str, int] = field(default_factory=dict)
    folders: Set[str] = field(default_factory=set)

    def copy(self) -> Image:
        return Image(dict(self.contents), dict(self.names), set(self.folders))

    def apply(self, op: Op) -> None:
        if op.kind == "create":
            self.contents[op.node] = b""
            self.names[op.path] = op.node
        elif op.kind == "write":
            old = self.contents.get(op.node, b"").ljust(op.offset, b"\0")
            self.contents[op.node] = old[: op.offset] + op.data + old[op.offset + len(op.data) :]
        elif op.kind == "size":
            self.contents[op.node] = self.contents.get(op.node, b"")[: op.offset].ljust(op.offset, b"\0")
        elif op.kind == "rename":
            self.names[op.to] = self.names.pop(op.path)
        elif op.kind == "unlink":
            del self.names[op.path]
        elif op.kind == "make_folder":
            self.folders.add(op.path)

    def flip(self, path: str, place: int, mask: int) -> None:
        data = bytearray(self.contents[self.names[path]])
        data[place % len(data)] ^= mask
        self.contents[self.names[path]] = bytes(data)


class FaultyDisk:
    """The running system's view. `fault` is asked before every call that changes something: it may raise."""

    def __init__(self, image: Optional[Image] = None) -> None:
        self.start = image or Image()
        self.now = self.start.copy()
        self.ops: List[Op] = []
        self.fault: Callable[[Op], None] = lambda op: None
        self.bad: Set[Tuple[str, int]] = set()  # (path, sector) that cannot be read
        self._handles: Dict[int, Any] = {}
        self._next_node = max(self.now.contents, default=0) + 1

    def do(self, op: Op) -> None:
        try:
            self.fault(op)
        except OSError:
            if op.kind == "write" and len(op.data) > 1:  # a disk that fills up takes the beginning
                self._done(op._replace(data=op.data[: len(op.data) // 2]))
            raise
        self._done(op)

    def _done(self, op: Op) -> None:
        self.now.apply(op)
        self.ops.append(op)

    # --- what follows stands for `os`, `os.path` and `open`

    def open_file(self, path: str, mode: str = "r") -> VirtualFile:
        if path in self.now.folders or path not in self.now.names:
            raise _error(errno.EISDIR if path in self.now.folders else errno.ENOENT)
        return VirtualFile(self, self.now.names[path], path)

    def open_handle(self, path: str, flags: int, mode: int = 0o600) -> int:
        if flags & os.O_CREAT:
            if path in self.now.names:
                raise _error(errno.EEXIST)
            if os.path.dirname(path) not in self.now.folders:
                raise _error(errno.ENOENT)
            self.do(Op("create", self._next_node, path))
            self._next_node += 1
        elif path not in self.now.folders:
            raise _error(errno.ENOENT)
        handle = (1 << 30) + len(self._handles)
        self._handles[handle] = path
        return handle

    def fdopen(self, handle: int, mode: str) -> VirtualFile:
        return self.open_file(self._handles[handle])

    def fsync(self, handle: Any) -> None:
        path = self._handles.get(handle, "")
        if path in self.now.folders:
            self.do(Op("sync_folder", path=path))
        else:
            self.do(Op("sync", handle))  # the handle of an open file is its number

    def replace(self, path: str, to: str) -> None:
        if path not in self.now.names:
            raise _error(errno.ENOENT)
        self.do(Op("rename", path=path, to=to))

    def unlink(self, path: str) -> None:
        if path not in self.now.names:
            raise _error(errno.ENOENT)
        self.do(Op("unlink", path=path))

    def makedirs(self, path: str, mode: int = 0o777, exist_ok: bool = False) -> None:
        if path in self.now.names:
            raise _error(errno.EEXIST)
        self.do(Op("make_folder", path=path))

    def listdir(self, path: str) -> List[str]:
        if path not in self.now.folders:
            raise _error(errno.ENOENT)
        return [os.path.basename(name) for name in self.now.names if os.path.dirname(name) == path]


class VirtualFile:
    """An open file without a buffer of its own: every write is a call."""

    def __init__(self, disk: FaultyDisk, node: int, path: str) -> None:
        self._disk, self._node, self._path, self._at = disk, node, path, 0

    def __enter__(self) -> VirtualFile:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def fileno(self) -> int:
        return self._node

    def flush(self) -> None:
        pass

    def seek(self, offset: int) -> None:
        self._at = offset

    def tell(self) -> int:
        return self._at

    def read(self, length: int = -1) -> bytes:
        data = self._disk.now.contents[self._node]
        end = len(data) if length < 0 else min(len(data), self._at + length)
        for sector in range(self._at // SECTOR, (max(end, self._at + 1) - 1) // SECTOR + 1):
            if (self._path, sector) in self._disk.bad:
                raise _error(errno.EIO)
        return data[self._at : end]

    def write(self, data: bytes) -> None:
        self._disk.do(Op("write", self._node, offset=self._at, data=bytes(data)))
        self._at += len(data)

    def truncate(self, size: int) -> None:
        self._disk.do(Op("size", self._node, offset=size))


class _Path:
    def __init__(self, disk: FaultyDisk) -> None:
        self._disk = disk

    def __getattr__(self, name: str) -> Any:
        return getattr(os.path, name)

    def exists(self, path: str) -> bool:
        return path in self._disk.now.names or path in self._disk.now.folders

    def isdir(self, path: str) -> bool:
        return path in self._disk.now.folders

    def getsize(self, path: str) -> int:
        return len(self._disk.now.contents[self._disk.now.names[path]])


class _Os:
    def __init__(self, disk: FaultyDisk) -> None:
        self.path = _Path(disk)
        self.open, self.fdopen, self.fsync, self.close = disk.open_handle, disk.fdopen, disk.fsync, lambda handle: None
        self.replace, self.unlink, self.makedirs, self.listdir = disk.replace, disk.unlink, disk.makedirs, disk.listdir
        self.geteuid = lambda: 1000
        self.name = "posix"

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


@contextmanager
def mounted(disk: FaultyDisk) -> Iterator[FaultyDisk]:
    """Within it the agent's files live on `disk`."""
    system = _Os(disk)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.multiple(files, create=True, os=system, open=disk.open_file))
        for module in (spool_files, identity):
            stack.enter_context(mock.patch.object(module, "os", system))
        yield disk


# --- what is found afterwards


def killed_after(disk: FaultyDisk, count: int, cut: Optional[int] = None) -> Image:
    """The process died after `count` calls; `cut`: in the middle of the last one, a write, after so many bytes."""
    image = disk.start.copy()
    for op in disk.ops[:count]:
        image.apply(op)
    if cut is not None:
        image = killed_after(disk, count - 1)
        last = disk.ops[count - 1]
        image.apply(last._replace(data=last.data[:cut]))
    return image


def power_cut_after(disk: FaultyDisk, count: int, draw: random.Random, keep: float) -> Image:
    """The power went after `count` calls. Of what had not been synced a sector survives with the chance `keep`."""
    ops = disk.ops[:count]
    image = disk.start.copy()
    for op in _names_that_lasted(ops, draw, keep):
        image.apply(op)
    for node in {op.node for op in ops if op.kind in ("create", "write", "size")} | set(disk.start.contents):
        image.contents[node] = _content(
            disk.start.contents.get(node, b""), [op for op in ops if op.node == node], draw, keep
        )
    return image


def _names_that_lasted(ops: List[Op], draw: random.Random, keep: float) -> List[Op]:
    changes = [at for at, op in enumerate(ops) if op.kind in ("create", "rename", "unlink", "make_folder")]
    last_sync = max((at for at, op in enumerate(ops) if op.kind == "sync_folder"), default=-1)
    lasted = [at for at in changes if at < last_sync]
    for at in changes[len(lasted) :]:
        if draw.random() >= keep:
            break
        lasted.append(at)
    return [ops[at] for at in lasted]


def _content(old: bytes, ops: List[Op], draw: random.Random, keep: float) -> bytes:
    image = Image({0: old})
    synced = max((at for at, op in enumerate(ops) if op.kind == "sync"), default=-1)
    for op in ops[: synced + 1]:
        image.apply(op._replace(node=0, kind="ignore" if op.kind == "create" else op.kind))
    before = image.contents[0]
    for op in ops[synced + 1 :]:
        image.apply(op._replace(node=0, kind="ignore" if op.kind == "create" else op.kind))
    after = image.contents[0]
    if before == after:
        return after
    size = draw.choice((len(before), len(after)))
    found = bytearray(before[:size].ljust(size, b"\0"))
    for start in range(0, size, SECTOR):
        if draw.random() < keep:
            found[start : start + SECTOR] = after[start : min(start + SECTOR, size)].ljust(
                min(SECTOR, size - start), b"\0"
            )
    return bytes(found)


def _error(number: int) -> OSError:
    return OSError(number, os.strerror(number))
