"""A claimed letter -> the bytes that go over the wire."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from inventory.domain.week import LOCAL
from inventory.store.outbox import Claimed

LIST_ID = "Thu tuan ha tang CNTT <thu-tuan.{domain}>"


def build(letter: Claimed, sender: str, sender_name: str, now: datetime) -> bytes:
    """The whole message, CRLF line ends, ASCII on the wire. All readers of the scope stand in To and Cc."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender_name, sender)
    message["To"] = [_address(name, email) for name, email in letter.to or ((("", letter.email)),)]
    if letter.cc and letter.to:
        message["Cc"] = [_address(name, email) for name, email in letter.cc]
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now.astimezone(LOCAL))
    message["Message-ID"] = f"<{letter.message_id}>"
    message["List-Id"] = LIST_ID.format(domain=sender.rpartition("@")[2])
    # answering machines must not answer, and holiday notices must not reach the service
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    # a long Message-ID would be folded onto a second line, which some mail systems cannot read
    return message.as_bytes().replace(b"Message-ID:\r\n <", b"Message-ID: <", 1)


def _address(name: str, email: str) -> Address:
    return Address(display_name=name, addr_spec=email)
