"""Sending through a mail server, with every outcome as data."""

from __future__ import annotations

import contextlib
import logging
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime

from collector.mail.journal import MailJournal
from collector.mail.message import build
from collector.settings import Settings
from inventory.domain.letter import Delivery
from inventory.store.outbox import Claimed

_log = logging.getLogger(__name__)


class SmtpMailer:
    """One connection for the letters of a run. Not for several threads at once."""

    def __init__(self, settings: Settings, journal: MailJournal) -> None:
        self._settings = settings
        self._journal = journal
        self._smtp: smtplib.SMTP | None = None

    def has_sent(self, message_id: str) -> bool:
        """Whether the server took the letter from a process on this host."""
        return self._journal.has(message_id)

    def send(self, letter: Claimed, now: datetime, before_data: Callable[[], bool]) -> Delivery:
        """Tries once. A wrong setting, a refused login or a dead server is temporary: people can mend that."""
        content = build(letter, self._settings.mail_from, self._settings.mail_from_name, now)
        try:
            smtp = self._connected()
            refused = self._envelope(smtp, letter.email)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Delivery("temporary", self._said(error), unreachable=True)
        if refused:
            return refused
        if not before_data():
            self._drop()
            return Delivery("lost")
        return self._content(smtp, letter.message_id, content, now)

    def close(self) -> None:
        """Says goodbye. The next `send` connects again."""
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._smtp = None

    def _envelope(self, smtp: smtplib.SMTP, to: str) -> Delivery | None:
        """MAIL and RCPT; None when the server takes both."""
        code, reply = smtp.mail(self._settings.mail_from)
        if code != 250:
            self._drop()
            return Delivery("temporary", f"mail_from: {_text(code, reply)}", unreachable=True)
        code, reply = smtp.rcpt(to)
        if code in (250, 251):
            return None
        if code == 421:
            self._drop()
        else:
            smtp.rset()
        return Delivery("permanent" if 500 <= code < 600 else "temporary", _text(code, reply))

    def _content(self, smtp: smtplib.SMTP, message_id: str, content: bytes, now: datetime) -> Delivery:
        try:
            code, reply = smtp.data(content)
        except smtplib.SMTPDataError as error:  # refused before the content
            self._drop()
            permanent = 500 <= error.smtp_code < 600
            return Delivery("permanent" if permanent else "temporary", _text(error.smtp_code, error.smtp_error))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Delivery("doubt", self._said(error))
        if code != 250:
            self._drop()
            return Delivery("permanent" if 500 <= code < 600 else "temporary", _text(code, reply))
        try:
            self._journal.add(message_id, now)
        except OSError:
            # The letter is out; the ledger will say so in a moment. Only a crash before that would leave it in doubt.
            _log.exception("the mail journal %s cannot be written", self._journal.folder)
        return Delivery("sent")

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            self._drop()
        s = self._settings
        context = ssl.create_default_context()
        if s.smtp_tls == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(s.smtp_host, s.smtp_port, timeout=s.smtp_timeout_s, context=context)
        else:
            smtp = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=s.smtp_timeout_s)
        try:
            if s.smtp_tls == "starttls":
                smtp.starttls(context=context)
            if s.smtp_user:
                smtp.login(s.smtp_user, s.smtp_password)
            smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        self._smtp = smtp
        return smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _said(self, error: Exception) -> str:
        where = f"{self._settings.smtp_host}:{self._settings.smtp_port}"
        if isinstance(error, smtplib.SMTPResponseException):
            return f"{where}: {_text(error.smtp_code, error.smtp_error)}"
        return f"{where}: {str(error) or type(error).__name__}"


def _text(code: int, reply: bytes | str) -> str:
    words = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(words.split())}"
