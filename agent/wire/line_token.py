"""The access token of a throughput test: what an agent puts into the query (`access_token`), and how the server reads it.

gw1.<agent id>.<generation>.<server time s>.<nonce>.<direction>.<HMAC>: the HMAC-SHA-256 by the agent's key covers all
before it. It is good for one test in one direction within LIFE_S. An agent whose clock is wrong learns the server's time
from the refusal (error code "clock") and tries once more.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import Optional

LIFE_S = 120.0
DOWNLOAD_PATH, UPLOAD_PATH = "/ndt/v7/download", "/ndt/v7/upload"
PROTOCOL = "net.measurementlab.ndt.v7"
MAX_QUERY = 4096  # ndt7, section 3
_FORM = re.compile(r"gw1\.([0-9a-f]{32})\.([0-9]{1,5})\.([0-9]{1,12})\.([0-9a-f]{16})\.(down|up)\.([0-9a-f]{64})\Z")


@dataclass(frozen=True)
class Token:
    """A token as it was read; nothing is proven before fits()."""

    agent_id: str
    generation: int
    time_s: int
    nonce: str
    direction: str  # down | up
    mac: str

    def fits(self, key: bytes) -> bool:
        head = _head(self.agent_id, self.generation, self.time_s, self.nonce, self.direction)
        return hmac.compare_digest(_mac(head, key), self.mac)

    def is_fresh(self, now_s: float) -> bool:
        return abs(now_s - self.time_s) <= LIFE_S


def make(agent_id: str, generation: int, key: bytes, now_s: float, nonce: bytes, direction: str) -> str:
    """`nonce`: 8 random bytes."""
    head = _head(agent_id, generation, int(max(now_s, 0.0)), nonce.hex(), direction)
    return head + "." + _mac(head, key)


def read(text: str) -> Optional[Token]:
    """None when it is no token."""
    found = _FORM.match(text)
    if found is None:
        return None
    agent_id, generation, time_s, nonce, direction, mac = found.groups()
    return Token(agent_id, int(generation), int(time_s), nonce, direction, mac) if int(generation) < 65536 else None


def _head(agent_id: str, generation: int, time_s: int, nonce: str, direction: str) -> str:
    return "gw1.{}.{}.{}.{}.{}".format(agent_id, generation, time_s, nonce, direction)


def _mac(head: str, key: bytes) -> str:
    return hmac.new(key, b"gapwatch-line:" + head.encode("ascii"), "sha256").hexdigest()
