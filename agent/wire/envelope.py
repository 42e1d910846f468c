"""Secrecy where TLS cannot reach: through a relay PC, and on a USB stick.

A frame (seal.py) proves who made a report, but everybody who holds it can read it, and an answer carries a policy
with SNMP keys. So what travels through other people's hands is wrapped once more with the agent's own key:

envelope = "GWE1" | kind u8 | key generation u16 | agent id 16 bytes | nonce 16 bytes | length u32
         | ciphertext | HMAC-SHA256 over the envelope so far, then over what it is bound to.

Encryption is a keystream in counter mode whose pseudo-random function is HMAC-SHA256 (as in NIST SP 800-108, counter
mode), encrypt-then-MAC, with keys of their own for each purpose; the standard library of Python 3.8 has nothing
else. An answer is bound to the nonce of the upload that it answers: an old answer, or one to another PC, does not open,
so a relay can neither acknowledge a report that never arrived nor bring back an old policy.
"""

from __future__ import annotations

import hmac
import os
import struct
from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from . import codec
from .errors import FieldError, FrameError, LimitError, SealError

MAGIC = b"GWE1"
CONTENT_TYPE = "application/x-gapwatch-envelope"
UPLOAD, ANSWER, PART, RECEIPT = 1, 2, 3, 4  # kinds
MAX_CONTENT = 512 * 1024  # bytes inside one envelope: at least one report of the largest size
NONCE_SIZE = 16

_HEAD = struct.Struct(">4sBH16s16sI")
_MAC_SIZE = 32
_BLOCK = 32
HEAD_SIZE = _HEAD.size
OVERHEAD = _HEAD.size + _MAC_SIZE
MAX_ENVELOPE = MAX_CONTENT + OVERHEAD
_HEAD_LENGTH = struct.Struct(">I")
_MAX_LOAD_HEAD = 1024
_ANSWER = struct.Struct(">Hd")


@dataclass(frozen=True)
class Envelope:
    """One as it travels; nothing in it is trusted before `open_envelope`."""

    kind: int
    agent_id: str  # 32 hex digits
    key_generation: int
    nonce: bytes
    raw: bytes


@dataclass(frozen=True)
class LoadHead:
    """What stands before the reports of an upload or of a part of a bundle: the sender's clocks as it was wrapped."""

    boot_id: str
    monotonic_s: float
    agent_time_s: float = 0.0
    # The collector's own clock at that moment lay between these two, as far as the sender knows from an answer that it
    # had in the same boot; 0: it had none.
    time_low_s: float = 0.0
    time_high_s: float = 0.0


def seal_envelope(kind: int, content: bytes, agent_id: str, key: bytes, generation: int, bound: bytes = b"") -> bytes:
    """Wraps `content`. Raises LimitError when it is too large."""
    if len(content) > MAX_CONTENT:
        raise LimitError("an envelope of {} bytes is over {}".format(len(content), MAX_CONTENT))
    nonce = os.urandom(NONCE_SIZE)
    head = _HEAD.pack(MAGIC, kind, generation, bytes.fromhex(agent_id), nonce, len(content))
    body = head + _mixed(content, _key(key, b"secret", kind), nonce)
    return body + hmac.digest(_key(key, b"proof", kind), body + bound, "sha256")


def read_envelope(data: bytes, offset: int = 0) -> Tuple[Envelope, int]:
    """The envelope that begins at `offset`, and where it ends. Raises FrameError or LimitError."""
    if len(data) - offset < OVERHEAD:
        raise FrameError("{} bytes at offset {} are no envelope".format(max(0, len(data) - offset), offset))
    magic, kind, generation, agent, nonce, length = _HEAD.unpack_from(data, offset)
    if magic != MAGIC:
        raise FrameError("no envelope begins at offset {}".format(offset))
    if length > MAX_CONTENT:
        raise LimitError("an envelope of {} bytes is over {}".format(length, MAX_CONTENT))
    end = offset + OVERHEAD + length
    if end > len(data):
        raise FrameError("the envelope at offset {} is cut short".format(offset))
    return Envelope(kind, agent.hex(), generation, nonce, bytes(data[offset:end])), end


def only_envelope(data: bytes, kind: int) -> Envelope:
    """The one envelope that `data` is. Raises FrameError or LimitError."""
    found, end = read_envelope(data)
    if end != len(data) or found.kind != kind:
        raise FrameError("this is not one envelope of kind {}".format(kind))
    return found


def open_envelope(found: Envelope, key: bytes, bound: bytes = b"") -> bytes:
    """Checks the seal and returns the content. Raises SealError."""
    body, proof = found.raw[:-_MAC_SIZE], found.raw[-_MAC_SIZE:]
    if not hmac.compare_digest(hmac.digest(_key(key, b"proof", found.kind), body + bound, "sha256"), proof):
        raise SealError("the envelope does not match the key of agent {}".format(found.agent_id))
    return _mixed(body[_HEAD.size :], _key(key, b"secret", found.kind), found.nonce)


def pack_load(head: LoadHead, batch: bytes) -> bytes:
    """Content of an upload or of a part: the sender's clocks, then frames."""
    text = codec.dumps(codec.to_plain(head))
    return _HEAD_LENGTH.pack(len(text)) + text + batch


def unpack_load(content: bytes) -> Tuple[LoadHead, bytes]:
    """Raises FrameError or FieldError."""
    if len(content) < _HEAD_LENGTH.size:
        raise FrameError("the envelope has no head")
    (length,) = _HEAD_LENGTH.unpack_from(content)
    if length > _MAX_LOAD_HEAD or _HEAD_LENGTH.size + length > len(content):
        raise FrameError("the head inside the envelope has {} bytes".format(length))
    end = _HEAD_LENGTH.size + length
    head = codec.read(LoadHead, codec.loads(content[_HEAD_LENGTH.size : end]))
    if not 0 <= head.monotonic_s < 3.2e9 or not 0 <= head.time_low_s <= head.time_high_s < 1e11:
        raise FieldError("monotonic_s", "or one of the other clocks is out of bounds")
    return head, content[end:]


def pack_answer(status: int, time_s: float, body: bytes) -> bytes:
    """Content of an answer: the HTTP status that a direct upload would have got, the collector's clock (seconds since
    1970), then the body."""
    return _ANSWER.pack(status, time_s) + body


def unpack_answer(content: bytes) -> Tuple[int, float, bytes]:
    """(status, collector's clock, body). Raises FrameError."""
    if len(content) < _ANSWER.size:
        raise FrameError("the answer is too short")
    status, time_s = _ANSWER.unpack_from(content)
    return status, time_s, content[_ANSWER.size :]


def relay_proof(body: bytes, agent_id: str, key: bytes, generation: int) -> str:
    """The value of RELAY_HEADER: which agent carries this body."""
    return "{} {} {}".format(agent_id, generation, _proof(body, key))


def relay_of(header: str, body: bytes, key_of: Callable[[str, int], bytes]) -> Optional[str]:
    """The agent that carried it, None when the header is missing or proves nothing."""
    parts = header.split(" ")
    if len(parts) != 3 or len(parts[0]) != 32 or not parts[1].isdigit() or len(parts[1]) > 5 or not parts[2].isascii():
        return None
    if not set(parts[0]) <= set("0123456789abcdef") or int(parts[1]) > 65535:
        return None
    proven = hmac.compare_digest(_proof(body, key_of(parts[0], int(parts[1]))), parts[2])
    return parts[0] if proven else None


def _proof(body: bytes, key: bytes) -> str:
    return hmac.digest(_key(key, b"carried", 0), body, "sha256").hex()


def _key(key: bytes, purpose: bytes, kind: int) -> bytes:
    return hmac.digest(key, b"gapwatch-envelope:" + purpose + b":" + bytes((kind,)), "sha256")


def _mixed(data: bytes, key: bytes, nonce: bytes) -> bytes:
    """Encrypts and decrypts."""
    if not data:
        return b""
    blocks = (len(data) + _BLOCK - 1) // _BLOCK
    stream = b"".join(hmac.digest(key, nonce + struct.pack(">I", number), "sha256") for number in range(blocks))
    size = len(data)
    mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream[:size], "big")
    return mixed.to_bytes(size, "big")
