"""A real mail server on a free port, for tests: keeps what it gets, and can be told to misbehave."""

from __future__ import annotations

import email
import time
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests import need


@dataclass
class Inbox:
    """Handler of the server. `replies` answers addresses (RCPT) or "DATA"; `slow_s` is spent before each 250."""

    messages: list[tuple[str, bytes]] = field(default_factory=list)  # (envelope recipient, content)
    replies: dict[str, str] = field(default_factory=dict)
    slow_s: float = 0.0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        reply = self.replies.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        reply = self.replies.get("DATA", "250 OK")
        if reply.startswith("250"):
            self.messages += [(to, bytes(envelope.content)) for to in envelope.rcpt_tos]
        if self.slow_s:
            time.sleep(self.slow_s)  # taken, and the answer is late
        return reply

    def parsed(self) -> list[tuple[str, EmailMessage]]:
        return [(to, email.message_from_bytes(raw, policy=default)) for to, raw in self.messages]  # type: ignore[misc]

    def deliveries(self) -> Counter[str]:
        """How often each Message-ID came."""
        return Counter(str(message["Message-ID"]) for _, message in self.parsed())


class SmtpServer:
    """`with SmtpServer() as server:` listens on 127.0.0.1:`server.port`."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.port = need.free_port()
        self._controller = Controller(self.inbox, hostname="127.0.0.1", port=self.port)

    def __enter__(self) -> SmtpServer:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()
