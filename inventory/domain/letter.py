"""What jobs, pages and mail tell each other: readers of a letter, the letter in words, how sending it ended. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from inventory.domain.digest import Digest


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets the mail of a scope now."""

    recipient_id: int
    role: str
    name: str
    salutation: str  # dong_chi | ong | ba
    email: str
    copy: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest in words, the same for all its readers."""

    subject: str
    text: str
    html: str


Compose = Callable[[Digest, Sequence[Reader]], Rendered]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a try to send ended.

    lost: the lease was gone before the content was handed over, nothing was sent. doubt: the connection broke after
    the content; the server may have it.
    """

    outcome: Literal["sent", "temporary", "permanent", "doubt", "lost"]
    detail: str = ""  # what the server said
    unreachable: bool = False  # nothing to do with this letter: the others would fare the same now
