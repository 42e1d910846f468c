"""A claimed letter -> the bytes that go over the wire."""

from __future__ import annotations

from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from inventory.domain.week import LOCAL
from inventory.store.outbox import Claimed


class _Wire(EmailPolicy):
    """SMTP line ends, and words with diacritics folded so that no space is lost.

    Python's own folding (to 3.12 at least) leaves out the space where it begins a new encoded word: "cần xửlý".
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if not str(value).isascii():
            if name.lower() == "subject":
                return f"{name}: {_encoded(str(value), len(name) + 2)}\r\n".encode("ascii")
            addresses = getattr(value, "addresses", ())
            if addresses and all(item.addr_spec.isascii() for item in addresses):
                return f"{name}: {f',{FOLD}'.join(map(_mailbox, addresses))}\r\n".encode("ascii")
        return super().fold_binary(name, value)


FOLD = "\r\n "
_POLICY = _Wire(linesep="\r\n")
LIST_ID = "Thu tuan ha tang CNTT <thu-tuan.{domain}>"


def build(letter: Claimed, sender: str, sender_name: str, now: datetime) -> bytes:
    """The whole message, CRLF line ends, ASCII on the wire. All readers of the scope stand in To and Cc."""
    message = EmailMessage(policy=_POLICY)
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


def _mailbox(address: Address) -> str:
    if address.display_name.isascii():
        return str(address)
    return f"{_encoded(address.display_name, 6)}{FOLD}<{address.addr_spec}>"


def _encoded(text: str, taken: int) -> str:
    """RFC 2047; `taken` columns of the first line are in use."""
    return Header(text, "utf-8", header_name="x" * max(0, taken - 2)).encode(linesep="\r\n")


def _address(name: str, email: str) -> Address:
    return Address(display_name=name, addr_spec=email)
