"""Where letters go: a mail server, or a local mailbox folder when there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from collector.mail.folder import FolderMailer
from collector.mail.journal import MailJournal
from collector.mail.smtp import SmtpMailer
from collector.settings import Settings
from inventory.domain.letter import Delivery
from inventory.store.outbox import Claimed


class Mailer(Protocol):
    """Sends letters one by one and remembers which went out, apart from the database."""

    def has_sent(self, message_id: str) -> bool:
        """Whether this letter surely went out from here before."""
        ...

    def send(self, letter: Claimed, now: datetime, before_data: Callable[[], bool]) -> Delivery:
        """Tries once; never raises for what a server or disk can do.

        `before_data` is called just before the content is handed over; when it returns False nothing is sent.
        """
        ...

    def close(self) -> None:
        """Ends the connection, if there is one. The next `send` opens a new one."""
        ...


def make_mailer(settings: Settings) -> Mailer:
    """The mailer that the settings ask for."""
    if not settings.smtp_host:
        return FolderMailer(settings.mail_folder, settings.mail_from, settings.mail_from_name)
    return SmtpMailer(settings, MailJournal(Path(settings.var_dir) / "mail-journal"))
