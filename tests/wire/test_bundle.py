"""Bundles as they come back from a pocket: whole, torn, damaged, foreign."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.wire import bundle, codec, envelope
from agent.wire.bundle import Manifest, Receipt, Settled
from agent.wire.errors import SealError, WireError

KEY = b"k" * 32
AGENT = "a1" * 16
MANIFEST = Manifest("c" * 32, AGENT, "Trụ sở UBND xã Vĩnh Sơn", "0.2.0", "2026-11-22T01:00:00Z", 3)


def part(content: bytes, kind: int = envelope.PART) -> bytes:
    sealed = envelope.seal_envelope(kind, content, AGENT, KEY, 1)
    return bundle.part_bytes(sealed) if kind != envelope.RECEIPT else sealed


def made(*parts: bytes) -> bytes:
    data = bundle.head_bytes(MANIFEST) + b"".join(parts)
    return data + bundle.end_bytes(len(parts), hashlib.sha256(data).digest())


def contents(data: bytes) -> list[bytes]:
    found = []
    for item in bundle.read_bundle(data).parts:
        try:
            found.append(envelope.open_envelope(item, KEY))
        except SealError:
            found.append(b"?")
    return found


WHOLE = made(part(b"one"), part(b"two"), part(b"three"))


def test_a_whole_bundle() -> None:
    found = bundle.read_bundle(WHOLE)

    assert (found.manifest, found.problem, found.lost_parts) == (MANIFEST, "", 0)
    assert contents(WHOLE) == [b"one", b"two", b"three"]


@given(st.integers(0, len(WHOLE) - 1))
@settings(max_examples=60)
def test_a_torn_bundle_gives_what_is_whole_and_says_so(length: int) -> None:
    found = bundle.read_bundle(WHOLE[:length])

    assert found.problem in ("torn", "damaged", "foreign")
    assert found.problem != "foreign" or length < 4
    assert contents(WHOLE[:length]) == [b"one", b"two", b"three"][: len(found.parts)]


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
@settings(max_examples=80)
def test_a_changed_byte_costs_at_most_one_part_and_is_always_seen(place: int, mask: int) -> None:
    data = WHOLE[:place] + bytes((WHOLE[place] ^ mask,)) + WHOLE[place + 1 :]
    found = bundle.read_bundle(data)

    assert found.problem
    if found.problem != "foreign":
        good = [item for item in contents(data) if item != b"?"]
        assert len(good) >= 2
        assert set(good) <= {b"one", b"two", b"three"}


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=60)
def test_foreign_bytes_never_crash_the_reader(data: bytes, with_magic: bool) -> None:
    assert bundle.read_bundle(bundle.MAGIC + data if with_magic else data).problem


def test_a_file_of_nothing_but_beginnings_costs_no_minutes() -> None:
    found = bundle.read_bundle(bundle.MAGIC + envelope.MAGIC * 100_000)

    assert found.problem == "limit"
    assert bundle.read_bundle(bytes(bundle.MAX_BUNDLE + 1)).problem == "limit"


def test_a_part_that_was_added_or_taken_out_is_seen() -> None:
    one, two = part(b"one"), part(b"two")
    head = bundle.head_bytes(MANIFEST)
    end = made(one, two)[-bundle.END_SIZE :]

    assert bundle.read_bundle(head + one + end).problem == "damaged"
    assert bundle.read_bundle(head + one + two + part(b"x") + end).problem == "damaged"
    assert bundle.read_bundle(made(one, part(b"x", envelope.ANSWER), two)).problem == "damaged"


def receipt_bytes(receipt: Receipt, key: bytes = KEY) -> bytes:
    return envelope.seal_envelope(envelope.RECEIPT, codec.dumps(codec.to_plain(receipt)), AGENT, key, 1)


def test_a_receipt_is_read_by_its_agent_and_nobody_else() -> None:
    receipt = Receipt("c" * 32, 1.8e9, (Settled("b" * 32, (1, 288, 290, 300)),), ("hardware",))
    first, second = bundle.read_receipts(receipt_bytes(receipt) * 2)

    assert bundle.open_receipt(first, KEY) == bundle.open_receipt(second, KEY) == receipt
    with pytest.raises(SealError):
        bundle.open_receipt(first, b"o" * 32)


@pytest.mark.parametrize(
    "data",
    [
        part(b"{}"),
        receipt_bytes(Receipt("c", 1.0, (Settled("b", (1, 2, 3)),))),
        receipt_bytes(Receipt("c", 1.0))[:-1],
        bytes(bundle.MAX_RECEIPT + 1),
        envelope.seal_envelope(envelope.RECEIPT, b"[]", AGENT, KEY, 1),
    ],
    ids=["part", "settled", "cut", "long", "list"],
)
def test_what_is_no_receipt_is_refused(data: bytes) -> None:
    def read() -> list[Receipt]:
        return [bundle.open_receipt(item, KEY) for item in bundle.read_receipts(data)]

    with pytest.raises(WireError):
        read()
