"""What a session answers to one request. A leaf."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

from .values import Value

OK, TOO_BIG, NO_SUCH_NAME, GEN_ERR = 0, 1, 2, 5  # error-status of RFC 1157 and RFC 3416

Row = Tuple[str, Optional[Value]]  # object name and value; None: no such object or instance, end of the view


@dataclass(frozen=True)
class Reply:
    error: int  # error-status
    index: int  # 1-based place of the object that the error is about, or 0
    rows: Tuple[Row, ...]


class Session:
    """The way to one device. session.py speaks SNMP, recording.py reads a file, tests misbehave."""

    version = ""  # "1", "2c" or "3"

    def request(self, kind: str, oids: Sequence[str], repetitions: int = 0) -> Optional[Reply]:
        """One request: kind is get, next or bulk (`repetitions` rows of each). None: no usable answer in time."""
        raise NotImplementedError

    def hurry(self, timeout_s: float) -> None:
        """Waits for at most this long from now on, and asks nothing twice."""
