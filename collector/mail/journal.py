"""Which letters the SMTP server took: one line each, on the disk before the database hears of it.

The ledger alone cannot know whether a server said "250" to a process that died before its commit. This journal can:
the line is forced to disk right after the reply. What remains is the moment between the server's taking the letter and
the end of `fsync`, a few milliseconds, in which a crash leaves a letter in doubt.
"""

from __future__ import annotations

import contextlib
import errno
import os
from datetime import datetime
from pathlib import Path

KEPT_MONTHS = 3
"""Longer than any letter can be on its way: retries end after five days, doubts of another host after hours."""


class MailJournal:
    """A folder with a file per month. Only appended to, so that several processes of a host may share it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, message_id: str, now: datetime) -> None:
        """Remembers a delivered letter; returns when it is on the disk. Raises OSError."""
        path = self.folder / f"{now:%Y-%m}"
        if not path.exists():
            self._begin(path)
        line = f"\n{message_id}\n".encode()  # begins anew: the line before may be torn by a crash or a full disk
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(descriptor, line) != len(line):  # one write: lines of two processes do not mix
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def has(self, message_id: str) -> bool:
        """Whether the letter was delivered from this host in the months that are kept."""
        wanted = message_id.encode()
        # the last piece of a file is empty, or torn by a crash: then it was not on the disk and does not count
        return bool(wanted) and any(wanted in path.read_bytes().split(b"\n")[:-1] for path in self._months())

    def _begin(self, path: Path) -> None:
        """A new month: its file and its name reach the disk, and the oldest files go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        for old in self._months()[:-KEPT_MONTHS]:
            with contextlib.suppress(FileNotFoundError):  # another process was quicker
                old.unlink()

    def _months(self) -> list[Path]:
        return sorted(self.folder.glob("????-??"))
