"""Frames and tables of strangers: what is read from them, and that nothing in them does harm."""

from __future__ import annotations

import ipaddress
import socket
import struct
from typing import List, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.scan import lldp, neigh, sendarp
from agent.scan.frames import CDP_GROUP, LLDP_GROUPS, Arp, ether_type, is_host_mac, parse_arp
from agent.scan.neigh import Entry
from agent.wire.sections import mac_hash

SENDER = bytes.fromhex("025e00000001")
ASKER = bytes.fromhex("025e000000fe")


def arp(operation: int = 2, hardware: int = 1, protocol: int = 0x0800, lengths: Tuple[int, int] = (6, 4)) -> bytes:
    body = struct.pack(">HHBBH", hardware, protocol, *lengths, operation)
    body += SENDER + socket.inet_aton("10.0.0.1") + ASKER + socket.inet_aton("10.0.0.5")
    return ASKER + SENDER + b"\x08\x06" + body + bytes(18)


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack(">H", kind << 9 | len(value)) + value


def lldp_frame(*tlvs: bytes, group: bytes = LLDP_GROUPS[0]) -> bytes:
    return group + SENDER + b"\x88\xcc" + b"".join(tlvs)


def cdp_frame(*rows: Tuple[int, bytes]) -> bytes:
    body = b"\xaa\xaa\x03\x00\x00\x0c\x20\x00" + b"\x02\xb4\x00\x00"
    body += b"".join(struct.pack(">HH", kind, len(value) + 4) + value for kind, value in rows)
    return CDP_GROUP + SENDER + struct.pack(">H", len(body)) + body


def test_an_arp_answer() -> None:
    assert parse_arp(arp()) == Arp(2, "02:5e:00:00:00:01", "10.0.0.1", "02:5e:00:00:00:fe", "10.0.0.5")
    assert parse_arp(arp(1)) is not None


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        arp()[:41],
        arp(3),
        arp(hardware=6),
        arp(protocol=0x86DD),
        arp(lengths=(8, 4)),
        lldp_frame(tlv(1, b"\x04" + SENDER)),
    ],
)
def test_what_is_no_arp_for_ipv4_is_passed_over(frame: bytes) -> None:
    assert parse_arp(frame) is None


def test_an_lldp_announcement() -> None:
    frame = lldp_frame(
        tlv(1, b"\x04" + bytes.fromhex("aabbcc112233")), tlv(2, b"\x05Gi0/12"), tlv(3, b"\x00\x78"),
        tlv(4, b"Phong Van thu"), tlv(5, "Tầng 2".encode()), tlv(6, b"ProCurve\r\n J9028B"), tlv(0, b""), tlv(5, b"late"),
    )  # fmt: skip

    found = lldp.parse(frame)

    assert found is not None
    assert (found.protocol, found.system, found.description) == ("lldp", "Tầng 2", "ProCurve J9028B")
    assert (found.port, found.mac_prefix, found.mac_hash) == ("Gi0/12", "aa:bb:cc", mac_hash("aa:bb:cc:11:22:33"))


def test_a_port_named_by_its_mac_is_told_by_its_text() -> None:
    frame = lldp_frame(tlv(1, b"\x07box"), tlv(2, b"\x03" + SENDER), tlv(3, b"\x00\x78"), tlv(4, b"port 3"))

    found = lldp.parse(frame)

    assert found is not None
    assert (found.port, found.mac_prefix) == ("port 3", "02:5e:00")


def test_a_cdp_announcement() -> None:
    found = lldp.parse(
        cdp_frame((1, b"sw-phong-hop"), (3, b"FastEthernet0/3"), (5, b"IOS 15.2"), (6, b"cisco WS-C2960"))
    )

    assert found is not None
    assert (found.protocol, found.system, found.port) == ("cdp", "sw-phong-hop", "FastEthernet0/3")
    assert found.description == "cisco WS-C2960 IOS 15.2"


@pytest.mark.parametrize(
    "frame",
    [
        lldp_frame(),
        lldp_frame(tlv(2, b"\x05x")),
        lldp_frame(tlv(1, b"\x04" + SENDER), tlv(2, b"\x05x"))[:20],
        lldp_frame(tlv(1, b"\x04" + SENDER), tlv(2, b"\x05x"), group=b"\x01\x00\x5e\x00\x00\x01"),
        cdp_frame(),
        CDP_GROUP + SENDER + b"\x00\x10" + bytes(16),
    ],
)
def test_broken_announcements_are_passed_over(frame: bytes) -> None:
    assert lldp.parse(frame) is None


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (b"SEP001122AABBCC", "SEP001122…"),
        (b"ap 00:11:22:aa:bb:cc up", "ap 00:11:22… up"),
        (b"00-11-22-aa-bb-cc", "00-11-22…"),
        (b"0011.22aa.bbcc", "0011.22…"),
        (b"version 1234567890123456", "version 1234567890123456"),
        (b"a\x00b\x1b[31m\nc", "a b [31m c"),
    ],
)
def test_whole_macs_and_control_characters_do_not_pass(told: bytes, kept: str) -> None:
    assert lldp.text(told) == kept


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", lldp_frame(), cdp_frame(), arp()[:14]]))
def test_any_frame_is_survived(tail: bytes, head: bytes) -> None:
    for frame in (tail, head + tail):
        ether_type(frame)
        message = parse_arp(frame)
        if message is not None:
            ipaddress.IPv4Address(message.address)
            is_host_mac(message.mac)
        found = lldp.parse(frame)
        if found is not None:
            assert max(len(found.system), len(found.description), len(found.port)) <= 200
            assert found.system.isprintable() and found.description.isprintable()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 127), st.binary(max_size=300)), max_size=40))
def test_any_lldp_body_is_survived(rows: List[Tuple[int, bytes]]) -> None:
    lldp.parse(lldp_frame(tlv(1, b"\x04" + SENDER), tlv(2, b"\x07a"), *(tlv(kind, value) for kind, value in rows)))
    lldp.parse(cdp_frame(*rows))


# --- tables


def neighbour(index: int, address: str, mac: bytes, state: int, confirmed: int = 100) -> bytes:
    body = struct.pack("=B3xiHBB", socket.AF_INET, index, state, 0, 1)
    body += struct.pack("=HH4s", 8, 1, socket.inet_aton(address))
    body += struct.pack("=HH6s2x", 10, 2, mac) + struct.pack("=HHIIII", 20, 3, confirmed, 5, 5, 1)
    return struct.pack("=IHHII", 16 + len(body), 28, 2, 1, 0) + body


def test_the_kernel_s_table_with_states_and_ages() -> None:
    data = neighbour(2, "10.0.0.1", SENDER, 0x02, 250) + neighbour(2, "10.0.0.2", ASKER, 0x04, 90000)
    data += (
        neighbour(2, "10.0.0.3", ASKER, 0x20)
        + neighbour(2, "10.0.0.4", bytes(6), 0x01)
        + neighbour(3, "10.0.0.5", ASKER, 2)
    )

    assert neigh.parse(data, 2) == [
        Entry("10.0.0.1", "02:5e:00:00:00:01", True, 2.5),
        Entry("10.0.0.2", "02:5e:00:00:00:fe", False, 900.0),
    ]
    assert not neigh.is_last(data)
    assert neigh.is_last(data + struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0))


def windows_row(address: str, mac: bytes, state: int, age_ms: int, family: int = 2, length: int = 6) -> bytes:
    row = struct.pack("<HH4s", family, 0, socket.inet_aton(address)) + bytes(20)
    row += struct.pack("<IQ", 11, 0) + mac + bytes(26) + struct.pack("<II", length, state) + bytes(4)
    return row + struct.pack("<I", age_ms)


def test_the_windows_table_with_states_and_ages() -> None:
    rows = [
        windows_row("10.0.0.1", SENDER, 5, 1500), windows_row("10.0.0.2", ASKER, 4, 600000),
        windows_row("10.0.0.3", ASKER, 0, 10), windows_row("10.0.0.4", bytes(6), 5, 10),
        windows_row("0.0.0.0", ASKER, 5, 10, family=23),
    ]  # fmt: skip

    assert [len(row) for row in rows] == [88] * 5
    assert sendarp.parse_table(struct.pack("<II", 5, 0) + b"".join(rows)) == [
        Entry("10.0.0.1", "02:5e:00:00:00:01", True, 1.5),
        Entry("10.0.0.2", "02:5e:00:00:00:fe", False, 600.0),
    ]
    assert len(sendarp.parse_table(struct.pack("<II", 2**32 - 1, 0) + b"".join(rows))) == 2


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_table_is_survived(data: bytes) -> None:
    sendarp.parse_table(data)
    neigh.parse(data, 2)
    neigh.parse(neighbour(2, "10.0.0.1", SENDER, 2) + data, 2)
    neigh.is_last(data)
