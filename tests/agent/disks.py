"""Disks that fail: killed at a byte, full, or merely fast (no fsync)."""

from __future__ import annotations

import errno
import os
from typing import BinaryIO, Optional

from agent.files import Disk


class Killed(BaseException):
    """The process is gone; nothing of it may run on."""


class TestDisk(Disk):
    """Writes `budget` bytes and then dies in the middle; while `full`, refuses every byte that would grow a file."""

    __test__ = False

    def __init__(self, budget: Optional[int] = None) -> None:
        self.budget = budget
        self.full = False

    def _spend(self, cost: int) -> int:
        if self.budget is None:
            return cost
        allowed = min(cost, self.budget)
        self.budget -= allowed
        return allowed

    def _write(self, file: BinaryIO, data: bytes) -> None:
        if self.full:
            here = file.tell()
            end = os.fstat(file.fileno()).st_size
            if here + len(data) > end:
                file.write(data[: (here + len(data) - end) // 2])
                file.flush()
                raise OSError(errno.ENOSPC, "No space left on device")
        allowed = self._spend(len(data))
        file.write(data[:allowed])
        if allowed < len(data):
            file.flush()
            raise Killed

    def _sync(self, file: BinaryIO) -> None:
        file.flush()

    def _sync_folder(self, folder: str) -> None:
        pass

    def _step(self) -> None:
        if self._spend(1) < 1:
            raise Killed

    def _rename(self, partial: str, path: str) -> None:
        self._step()
        super()._rename(partial, path)

    def remove(self, path: str) -> None:
        self._step()
        super().remove(path)

    def truncate(self, path: str, size: int) -> None:
        self._step()
        super().truncate(path, size)
