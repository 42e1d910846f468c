"""Reading foreign bytes: typed, bounded, errors that name the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire import codec, exchange, seal
from agent.wire import report as wire
from agent.wire.errors import FieldError, FrameError, LimitError, SealError, WireError
from agent.wire.sections import SECTIONS, mac_hash, mac_prefix

KEY = b"k" * 32
AGENT = "a" * 32


@dataclass(frozen=True)
class Inner:
    n: int = 0


@dataclass(frozen=True)
class Outer:
    name: str
    items: Tuple[Inner, ...] = ()
    maybe: Optional[float] = None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "name: is missing"),
        ({"name": 5}, "name: must be a text, got a number"),
        ({"name": "x", "items": [{"n": 1}, {"n": True}]}, "items[1].n: must be a whole number, got true/false"),
        ({"name": "x", "items": {}}, "items: must be a list, got an object"),
        ({"name": "x", "maybe": "1"}, "maybe: must be a number, got a text"),
        ({"name": "x" * 5000}, "name: is longer than 4096 characters"),
        ({"name": "a\x00b"}, "name: has a NUL or a lone surrogate"),
        ({"name": "x", "items": [{}] * 2000}, "items: has more than 1024 entries"),
        ([], "(root): must be an object, got a list"),
    ],
)
def test_errors_name_the_field(value: Any, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        codec.read(Outer, value)

    assert str(caught.value) == message


def test_unknown_fields_of_a_newer_agent_are_passed_over() -> None:
    assert codec.read(Outer, {"name": "x", "later": {"deep": 1}}) == Outer("x")


def test_defaults_are_left_out_and_come_back() -> None:
    value = Outer("x", (Inner(1), Inner()))

    assert codec.to_plain(value) == {"name": "x", "items": [{"n": 1}, {}]}
    assert codec.read(Outer, codec.to_plain(value)) == value


@pytest.mark.parametrize("cls", [*SECTIONS.values(), exchange.AgentPolicy, exchange.UploadAnswer])
def test_every_shape_of_the_contract_has_a_reader_and_round_trips(cls: Any) -> None:
    assert codec.read(cls, codec.to_plain(cls())) == cls()


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for reader in (seal.split, wire.report_from_bytes, codec.loads):
        try:
            reader(data)
        except WireError as error:
            assert str(error)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(["agent_id", "boot_id", "seq", "agent_time_s", "monotonic_s", "kind", "sections", "schema"]),
        _JSON,
    )
)
def test_any_json_is_a_report_or_refused(plain: Any) -> None:
    try:
        wire.report_from_bytes(codec.dumps(plain))
    except WireError as error:
        assert str(error)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_one_flipped_byte_is_always_noticed(position: int, change: int) -> None:
    frame = bytearray(seal.seal(b'{"agent_id":"x"}', AGENT, KEY, 1))
    position %= len(frame)
    before = frame[position]
    frame[position] = change
    if before == change:
        return
    with pytest.raises((SealError, FrameError, LimitError)):
        seal.open_frame(seal.split(bytes(frame))[0], KEY)


@given(st.lists(st.binary(max_size=100), max_size=6))
def test_a_batch_splits_into_its_frames(payloads: list[bytes]) -> None:
    frames = [seal.seal(payload, AGENT, KEY, 7) for payload in payloads]

    assert [frame.raw for frame in seal.split(b"".join(frames))] == frames
    assert [seal.open_frame(frame, KEY) for frame in seal.split(b"".join(frames))] == payloads


def test_keys_differ_by_agent_generation_and_master() -> None:
    keys = {seal.derive_key(m, a, g) for m in (b"1" * 32, b"2" * 32) for a in (AGENT, "b" * 32) for g in (1, 2)}

    assert len(keys) == 8


def test_mac_addresses_travel_as_prefix_and_hash() -> None:
    assert mac_prefix("AA-BB-CC-DD-EE-FF") == "aa:bb:cc"
    assert mac_hash("AA-BB-CC-DD-EE-FF") == mac_hash("aabb.ccdd.eeff") != ""
    assert (mac_prefix("00:00:00:00:00:00"), mac_hash("x")) == ("", "")
