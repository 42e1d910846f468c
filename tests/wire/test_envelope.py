"""What travels through other people's hands: readable and makeable by nobody without the agent's key."""

from __future__ import annotations

import hashlib
import hmac
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.wire import envelope
from agent.wire.envelope import ANSWER, PART, UPLOAD, LoadHead
from agent.wire.errors import FrameError, LimitError, SealError, WireError

KEY, OTHER = b"k" * 32, b"o" * 32
AGENT = "a1" * 16


def sealed(content: bytes = b"secret community", kind: int = UPLOAD, bound: bytes = b"") -> bytes:
    return envelope.seal_envelope(kind, content, AGENT, KEY, 3, bound)


def opened(raw: bytes, key: bytes = KEY, bound: bytes = b"") -> bytes:
    return envelope.open_envelope(envelope.read_envelope(raw)[0], key, bound)


@given(st.binary(max_size=300), st.binary(max_size=16))
@settings(max_examples=30)
def test_what_goes_in_comes_out_and_stands_nowhere_in_between(content: bytes, bound: bytes) -> None:
    raw = sealed(content, bound=bound)

    found, end = envelope.read_envelope(raw)

    assert (found.agent_id, found.key_generation, found.kind, end) == (AGENT, 3, UPLOAD, len(raw))
    assert opened(raw, bound=bound) == content
    assert len(content) < 8 or content not in raw


def test_the_keystream_is_hmac_in_counter_mode() -> None:
    """Computed here from RFC 2104 alone."""

    def mac(key: bytes, data: bytes) -> bytes:
        block = key.ljust(64, b"\0")
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + data).digest()
        return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()

    raw = sealed(bytes(100))
    nonce = raw[23:39]
    secret = mac(KEY, b"gapwatch-envelope:secret:\x01")
    stream = b"".join(mac(secret, nonce + struct.pack(">I", number)) for number in range(4))

    assert raw[envelope.HEAD_SIZE : -32] == stream[:100]
    assert raw[-32:] == mac(mac(KEY, b"gapwatch-envelope:proof:\x01"), raw[:-32])
    assert mac(KEY, b"x") == hmac.new(KEY, b"x", "sha256").digest()


def test_two_envelopes_of_the_same_content_have_nothing_in_common() -> None:
    first, second = sealed(bytes(64)), sealed(bytes(64))

    assert first[envelope.HEAD_SIZE :] != second[envelope.HEAD_SIZE :]


def test_every_flipped_byte_is_seen() -> None:
    raw = sealed()
    for place in range(len(raw)):
        damaged = raw[:place] + bytes((raw[place] ^ 1,)) + raw[place + 1 :]
        with pytest.raises(WireError):
            envelope.open_envelope(envelope.only_envelope(damaged, UPLOAD), KEY)


def test_another_key_kind_or_question_opens_nothing() -> None:
    answer = sealed(kind=ANSWER, bound=b"question 1")

    assert opened(answer, bound=b"question 1") == b"secret community"
    with pytest.raises(SealError):
        opened(answer, bound=b"question 2")
    with pytest.raises(SealError):
        opened(answer, OTHER, b"question 1")
    as_upload = answer[:4] + bytes((UPLOAD,)) + answer[5:]
    with pytest.raises(SealError):
        opened(as_upload, bound=b"question 1")
    with pytest.raises(FrameError):
        envelope.only_envelope(answer, UPLOAD)


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: envelope.MAGIC + tail))
@settings(max_examples=60)
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        envelope.open_envelope(envelope.only_envelope(data, UPLOAD), KEY)


def test_too_large_is_said_before_anything_is_copied() -> None:
    with pytest.raises(LimitError):
        sealed(bytes(envelope.MAX_CONTENT + 1))
    head = struct.pack(">4sBH16s16sI", envelope.MAGIC, 1, 1, bytes(16), bytes(16), 2**32 - 1)
    with pytest.raises(LimitError):
        envelope.read_envelope(head + bytes(100))


def test_the_sender_s_clocks_travel_before_the_reports() -> None:
    head = LoadHead("b" * 32, 12.5, 1.8e9, 1.7e9, 1.7e9 + 2)

    assert envelope.unpack_load(envelope.pack_load(head, b"frames")) == (head, b"frames")
    for wrong in (b"", b"\0\0\0\x09{}", struct.pack(">I", 2**31) + b"{}", struct.pack(">I", 2) + b"[]"):
        with pytest.raises(WireError):
            envelope.unpack_load(wrong)
    with pytest.raises(WireError):
        envelope.unpack_load(envelope.pack_load(LoadHead("b", 1.0, 0.0, 5.0, 4.0), b""))


def test_a_relay_proves_who_it_is_for_this_body_only() -> None:
    keys = {(AGENT, 3): KEY}

    def key_of(agent: str, generation: int) -> bytes:
        return keys.get((agent, generation), OTHER)

    proof = envelope.relay_proof(b"body", AGENT, KEY, 3)

    assert envelope.relay_of(proof, b"body", key_of) == AGENT
    for header in ("", "x", proof + " x", proof[:-1], proof.replace(" 3 ", " 4 "), AGENT + " 99999 " + "0" * 64):
        assert envelope.relay_of(header, b"body", key_of) is None
    assert envelope.relay_of(proof, b"other", key_of) is None


def test_kinds_are_all_different() -> None:
    assert len({UPLOAD, ANSWER, PART, envelope.RECEIPT}) == 4
