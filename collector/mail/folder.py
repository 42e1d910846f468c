"""The local mailbox folder, for an installation without a mail server: one .eml file per letter."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from collector.mail.message import build
from inventory.domain.letter import Delivery
from inventory.store.outbox import Claimed


class FolderMailer:
    """Delivers into a folder. The file's name is the Message-ID, so delivering twice is delivering once."""

    def __init__(self, folder: Path, sender: str, sender_name: str) -> None:
        self.folder = folder
        self._sender = sender
        self._sender_name = sender_name

    def has_sent(self, message_id: str) -> bool:
        """Whether the letter lies in the folder."""
        return self._path(message_id).exists()

    def send(self, letter: Claimed, now: datetime, before_data: Callable[[], bool]) -> Delivery:
        """Writes the file; half a file is never seen under its name."""
        if not before_data():
            return Delivery("lost")
        path = self._path(letter.message_id)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{path.name}.{os.getpid()}")
            with fresh.open("wb") as file:
                file.write(build(letter, self._sender, self._sender_name, now))
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)
        except OSError as error:
            return Delivery("temporary", f"mail_dir {self.folder}: {error.strerror or error}", unreachable=True)
        return Delivery("sent")

    def close(self) -> None:
        """Nothing is kept open."""

    def _path(self, message_id: str) -> Path:
        return self.folder / (message_id.replace("/", "_") + ".eml")
