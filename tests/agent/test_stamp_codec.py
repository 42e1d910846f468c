"""STAMP packets against another project's codec and against arbitrary bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.quality import stamp_codec as codec

KEY, AGENT = b"k" * 32, "0123456789abcdef" * 2
NOW_NS = 1_795_400_000_123_456_789
SIZES = st.integers(48, codec.MAX_SIZE)
TIMES = st.integers(0, 4_000_000_000_000_000_000)
NUMBERS = st.integers(0, 2**32 - 1)


def test_another_codec_reads_our_sender_packet() -> None:
    stamp = pytest.importorskip("scapy.contrib.stamp")
    packet = codec.padded(codec.Sent(7, NOW_NS, 4711), 200)

    other = stamp.STAMPSessionSenderTestUnauthenticated(packet)

    assert (other.seq, other.ssid, other.err_estimate.multiplier, other.err_estimate.scale) == (7, 4711, 1, 22)
    assert (other.err_estimate.S, other.err_estimate.Z) == (0, 0)
    assert abs(float(other.ts) - 2208988800 - NOW_NS / 1e9) < 1e-3
    assert [(tlv.type, tlv.len) for tlv in other.tlv_objects] == [(1, 200 - 48)]
    assert bytes(other) == packet


def test_another_codec_reads_our_answer() -> None:
    stamp = pytest.importorskip("scapy.contrib.stamp")
    sent = codec.padded(codec.Sent(9, NOW_NS, 12), 64)

    answer = codec.reflect(sent, 5, NOW_NS + 10_000_000, NOW_NS + 10_050_000, 57)
    other = stamp.STAMPSessionReflectorTestUnauthenticated(answer)

    assert len(answer) == len(sent)
    assert (other.seq, other.seq_sender, other.ssid, other.ttl_sender) == (5, 9, 12, 57)
    assert abs(float(other.ts_rx) - 2208988800 - NOW_NS / 1e9 - 0.01) < 1e-3
    assert bytes(other.getfieldval("err_estimate_sender")) == codec.ERROR_ESTIMATE.to_bytes(2, "big")
    assert bytes(answer[28:36]) == sent[4:12], "the sender's timestamp comes back as it was"
    assert [(tlv.type, int(tlv.flags)) for tlv in other.tlv_objects] == [(1, 0)]
    assert bytes(other) == answer


def test_we_read_another_codec_s_packets() -> None:
    stamp = pytest.importorskip("scapy.contrib.stamp")
    theirs = stamp.STAMPSessionSenderTestUnauthenticated(seq=3, ts=2208988800 + 1795400000, ssid=8)
    back = stamp.STAMPSessionReflectorTestUnauthenticated(
        seq=2, ts=2208988800 + 1795400001, ts_rx=2208988800 + 1795400000.5, seq_sender=3, ts_sender=2208988800 + 1795400000,
        ttl_sender=64, ssid=8,
    )  # fmt: skip

    sent, reflected = codec.open_sent(bytes(theirs)), codec.open_reflected(bytes(back))

    assert (sent.seq, sent.time_ns, sent.ssid) == (3, 1795400000 * 10**9, 8)
    assert (reflected.seq, reflected.sender_seq, reflected.sender_ttl, reflected.ssid) == (2, 3, 64, 8)
    assert (reflected.received_ns, reflected.time_ns) == (1795400000_500_000_000, 1795400001 * 10**9)


@given(TIMES)
def test_ntp_time_is_exact_to_a_nanosecond_or_so_beyond_2036(time_ns: int) -> None:
    assert abs(codec.from_ntp(codec.to_ntp(time_ns)) - time_ns) <= 1


def test_the_other_timestamp_format_is_read() -> None:
    stamp = 1795400000 << 32 | 250_000_000

    assert codec.time_of(stamp, codec.ERROR_ESTIMATE | 0x4000) == 1795400000_250_000_000


@given(NUMBERS, TIMES, st.integers(0, 65535), SIZES)
@settings(max_examples=50)
def test_a_plain_packet_there_and_back(seq: int, time_ns: int, ssid: int, size: int) -> None:
    packet = codec.padded(codec.Sent(seq, time_ns, ssid), size)
    answer = codec.reflect(packet, seq ^ 1, time_ns + 5, time_ns + 9, 64)
    back = codec.open_reflected(answer)

    assert len(packet) == len(answer) == size
    assert codec.open_sent(packet).seq == back.sender_seq == seq
    assert (back.seq, back.ssid, back.sender_ttl) == (seq ^ 1, ssid, 64)
    assert abs(back.received_ns - time_ns - 5) <= 1 and abs(back.time_ns - time_ns - 9) <= 1


@given(NUMBERS, TIMES, st.integers(0, 65535), st.integers(1, 65535))
@settings(max_examples=50)
def test_an_authenticated_packet_there_and_back(seq: int, time_ns: int, ssid: int, generation: int) -> None:
    packet = codec.sealed_packet(codec.Sent(seq, time_ns, ssid), AGENT, generation, KEY)
    sent = codec.open_sealed(packet, KEY)
    answer = codec.reflect_sealed(packet, KEY, 3, time_ns, time_ns + 7, 60)
    back = codec.open_sealed_reflected(answer, KEY)

    assert codec.claimed_agent(packet) == (AGENT, generation)
    assert (sent.seq, sent.ssid) == (seq, ssid)
    assert len(answer) == len(packet)
    assert (back.seq, back.sender_seq, back.ssid, back.sender_ttl) == (3, seq, ssid, 60)
    assert all(not tlv.flags for tlv in back.tlvs)


@given(st.integers(0, 153), st.integers(0, 7))
@settings(max_examples=60)
def test_one_changed_bit_breaks_the_seal(place: int, bit: int) -> None:
    packet = bytearray(codec.sealed_packet(codec.Sent(1, NOW_NS, 5), AGENT, 1, KEY))
    packet[place] ^= 1 << bit

    with pytest.raises(codec.PacketError):
        codec.open_sealed(bytes(packet), KEY)


def test_tlvs_that_nothing_proves_are_refused() -> None:
    packet = codec.sealed_packet(codec.Sent(1, NOW_NS, 5), AGENT, 1, KEY)
    without = packet[: codec.SEALED_SIZE + 22]
    behind = packet + bytes((0x80, 1, 0, 0))

    for bad in (without, behind, packet[: codec.SEALED_SIZE]):
        with pytest.raises(codec.PacketError):
            codec.open_sealed(bad, KEY)


@given(st.binary(max_size=1600))
@settings(max_examples=150)
def test_arbitrary_bytes_are_read_or_refused(packet: bytes) -> None:
    for read in (
        codec.open_sent, codec.open_reflected, codec.claimed_agent,
        lambda raw: codec.open_sealed(raw, KEY), lambda raw: codec.open_sealed_reflected(raw, KEY),
    ):  # fmt: skip
        try:
            read(packet)
        except codec.PacketError:
            continue
    if codec.PLAIN_SIZE <= len(packet) <= codec.MAX_SIZE:
        assert len(codec.reflect(packet, 1, 0, 0, 255)) == len(packet)


@pytest.mark.parametrize("size", [0, 43, 45, 47, codec.MAX_SIZE + 1])
def test_a_size_that_no_packet_can_have(size: int) -> None:
    with pytest.raises(codec.PacketError):
        codec.padded(codec.Sent(0, NOW_NS), size)
