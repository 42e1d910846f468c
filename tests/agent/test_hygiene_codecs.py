"""The hygiene probe's readers of foreign packets: DHCP, DNS, ICMP errors."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hygiene import dhcp, dhcp_codec, dns_codec, hops_linux, hops_windows
from agent.hygiene.dhcp_codec import ACK, DISCOVER, INFORM, OFFER
from agent.hygiene.dns_codec import Answer
from agent.hygiene.hops import Echo, walk
from agent.hygiene.place import Place
from agent.wire.sections import mac_hash
from agent.wire.sections_lan import DhcpOffer
from tests.agent import hygiene_servers as servers

HERE = Place("eth0", "wired", "02:00:00:00:00:05", "192.168.1.5", "192.168.1.0/24", "192.168.1.1")
XID = 0x11223344


def offered(**changes):
    values = {"kind": 2, "you": "192.168.1.9", "server": "192.168.1.1", "gateway": "192.168.1.1",
              "dns": ["192.168.1.1", "8.8.8.8"], "vendor": b""}  # fmt: skip
    values.update(changes)
    return servers.dhcp_reply(dhcp_codec.question(DISCOVER, XID, dhcp.PROBE_MAC), **values)


# --- DHCP


def test_discover_asks_for_a_broadcast_and_takes_nothing():
    message = dhcp_codec.question(DISCOVER, XID, dhcp.PROBE_MAC)

    assert message[:4] == b"\x01\x01\x06\x00" and message[4:8] == XID.to_bytes(4, "big")
    assert message[10:12] == b"\x80\x00"
    assert message[12:28] == bytes(16)
    assert message[28:34].hex() == dhcp.PROBE_MAC.replace(":", "")
    assert message[236:243] == servers.COOKIE + b"\x35\x01\x01"
    assert b"\x32\x04" not in message[240:]  # option 50 would ask for an address
    assert len(message) == 300


def test_probe_mac_is_locally_administered_and_of_one_card():
    first = int(dhcp.PROBE_MAC[:2], 16)

    assert first & 0b10 and not first & 0b01


def test_inform_bears_the_own_address_and_wants_no_broadcast():
    message = dhcp_codec.question(INFORM, XID, HERE.mac, HERE.address)

    assert message[10:12] == b"\x00\x00"
    assert message[12:16] == socket.inet_aton("192.168.1.5")
    assert 51 not in message[245:250]


def test_offer_is_read():
    message = dhcp_codec.parse(offered(vendor=b"ANDROID_METERED"))

    assert message is not None and (message.xid, message.kind) == (XID, OFFER)
    assert dhcp_codec.offer_of(message, "AA:BB:CC:00:11:22", "10.0.0.1") == DhcpOffer(
        "192.168.1.1", "aa:bb:cc", mac_hash("aa:bb:cc:00:11:22"), "192.168.1.1", ("192.168.1.1", "8.8.8.8"), ("android_metered",)
    )  # fmt: skip


def test_options_in_the_fields_for_names_and_in_parts_are_read():
    data = bytearray(offered()[:240])
    data += (
        servers.tlv(52, b"\x03") + servers.tlv(53, b"\x02") + servers.tlv(6, b"\x08\x08") + servers.tlv(6, b"\x08\x08")
    )
    data += b"\xff"
    data[44:50] = servers.tlv(3, socket.inet_aton("10.0.0.1"))  # the server's name
    data[108:114] = servers.tlv(54, socket.inet_aton("10.0.0.2"))  # the file's

    message = dhcp_codec.parse(bytes(data))

    assert message is not None
    assert dhcp_codec.offer_of(message, "", "10.0.0.3") == DhcpOffer("10.0.0.2", "", "", "10.0.0.1", ("8.8.8.8",))


def test_offer_without_a_server_is_its_senders():
    message = dhcp_codec.parse(offered()[:240] + servers.tlv(53, b"\x02") + b"\xff")

    assert message is not None
    assert dhcp_codec.offer_of(message, "", "10.0.0.3") == DhcpOffer("10.0.0.3")


@pytest.mark.parametrize("cut", [0, 100, 239, 242])
def test_message_cut_short_is_none(cut: int):
    assert dhcp_codec.parse(offered()[:cut]) is None


def test_question_is_no_answer():
    assert dhcp_codec.parse(dhcp_codec.question(DISCOVER, XID, dhcp.PROBE_MAC)) is None


def test_frame_is_what_a_kernel_would_send():
    frame = dhcp_codec.frame(HERE.mac, b"payload!")

    assert frame[:14].hex() == "ffffffffffff" + "020000000005" + "0800"
    words = struct.unpack(">10H", frame[14:34])
    assert sum(words) % 0xFFFF == 0  # the header's checksum holds
    assert frame[26:34] == bytes(4) + b"\xff" * 4
    assert struct.unpack(">HHH", frame[34:40]) == (68, 67, 16)


def answer_frame(payload: bytes, port: int = 68, fragment: int = 0) -> bytes:
    head = struct.pack(">BBHHHBBH4s4s", 0x46, 0, 32 + len(payload), 0, fragment, 64, 17, 0, b"\n\0\0\1", b"\xff" * 4)
    udp = struct.pack(">HHHH", 67, port, 8 + len(payload), 0)
    return b"\xff" * 6 + b"\xaa\xbb\xcc\0\0\1" + b"\x08\0" + head + bytes(4) + udp + payload + b"padding"


def test_datagram_is_taken_out_of_its_frame():
    assert dhcp_codec.unwrap(answer_frame(b"xyz")) == ("aa:bb:cc:00:00:01", "10.0.0.1", b"xyz")
    assert dhcp_codec.unwrap(answer_frame(b"xyz", port=67)) is None
    assert dhcp_codec.unwrap(answer_frame(b"xyz", fragment=0x2000)) is None


def test_inform_answer_is_passed_over_where_the_server_has_offered():
    """Many leave the gateway out of it, and the same server would look like two ways out."""
    full, half = DhcpOffer("10.0.0.1", gateway="10.0.0.1"), DhcpOffer("10.0.0.1")
    other = DhcpOffer("10.0.0.2", gateway="10.0.0.2")

    assert dhcp.best_of([(ACK, half), (OFFER, full), (ACK, other)]) == (full, other)


@given(st.binary(max_size=700), st.integers(0, 2000))
def test_any_bytes_are_no_trouble_for_dhcp(data: bytes, cut: int):
    for message in (data, offered()[:240] + data, offered()[:cut] + data):
        parsed = dhcp_codec.parse(message)
        if parsed is not None:
            dhcp_codec.offer_of(parsed, "", "10.0.0.1")
    dhcp_codec.unwrap(data)
    dhcp_codec.unwrap(answer_frame(data)[:cut])


# --- DNS

NAME = "www.example.vn"


def dns_query(name: str = NAME) -> bytes:
    query = dns_codec.query(7, name)
    assert query is not None
    return query


def test_query_is_what_a_server_reads():
    assert servers.dns_question(dns_query("Www.Example.vn.")) == (NAME, 1)
    assert dns_query()[2:4] == b"\x01\x00"  # recursion wanted, nothing else
    assert dns_query()[10:12] == b"\x00\x00"  # no EDNS
    assert servers.dns_question(dns_query("bücher.vn")) == ("xn--bcher-kva.vn", 1)


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64 + ".vn", ".".join(["abcdefgh"] * 40)])
def test_what_is_no_name_is_not_asked(name: str):
    assert dns_codec.query(7, name) is None


def test_answers_are_sorted_and_few():
    found = ["1.2.3.{}".format(number) for number in (9, 3, 1, 2, 4, 5, 6, 7, 8)]

    assert dns_codec.parse(servers.dns_answer(dns_query(), found), 7, NAME) == Answer(tuple(sorted(found)[:6]))


def test_errors_are_told_apart():
    answer = bytearray(servers.dns_answer(dns_query(), []))
    told = []
    for code, flags in ((3, 0x81), (2, 0x81), (5, 0x81), (9, 0x81), (0, 0x81), (0, 0x83)):
        answer[2], answer[3] = flags, 0x80 | code
        told.append(dns_codec.parse(bytes(answer), 7, NAME))

    assert told == [
        Answer(error=word) for word in ("nxdomain", "servfail", "refused", "code 9", "no_answer", "truncated")
    ]


def test_answer_to_another_question_is_passed_over():
    answer = servers.dns_answer(dns_query(), ["1.2.3.4"])

    assert dns_codec.parse(answer, 8, NAME) is None
    assert dns_codec.parse(answer, 7, "www.example.com") is None
    assert dns_codec.parse(dns_query(), 7, NAME) is None
    assert dns_codec.parse(answer, 7, NAME.upper()) == Answer(("1.2.3.4",))


@pytest.mark.parametrize("name", [b"\xc0\x0c", b"\xc0\x20\xc0\x1e", b"\xc0\xff", b"\x05ab", b"\x80"])
def test_names_in_a_circle_end(name: bytes):
    question = struct.pack(">HHHHHH", 7, 0x8180, 1, 1, 0, 0) + name
    records = struct.pack(">HHHHHH", 7, 0x8180, 0, 60000, 0, 0) + name * 900

    assert dns_codec.parse(question, 7, NAME) is None
    assert dns_codec.parse(records, 7, NAME) == Answer(error="no_answer")


@given(st.binary(max_size=600), st.integers(0, 120))
def test_any_bytes_are_no_trouble_for_dns(data: bytes, cut: int):
    answer = servers.dns_answer(dns_query(), ["1.2.3.4", "5.6.7.8"])
    for message in (data, dns_query()[:2] + b"\x81\x80" + data, answer[:cut] + data, answer[:30] + data):
        dns_codec.parse(message, 7, NAME)


# --- hops

TARGET = "203.162.4.1"


def walked(*answers: "str | None", ends: bool = False) -> "tuple[tuple[str, ...], list[int]]":
    """`answers` by distance, None for silence; what walk() makes of them and which distances it asked."""
    asked: "list[int]" = []

    def probe(distance: int) -> Echo:
        asked.append(distance)
        address = answers[distance - 1] if distance <= len(answers) else None
        return Echo(address or "", bool(address) and ends and distance == len(answers))

    return walk(probe, TARGET), asked


def test_walk_ends_at_the_first_public_router():
    assert walked("192.168.1.1", "10.0.0.1", "113.1.1.1", "113.1.1.2") == (
        ("192.168.1.1", "10.0.0.1", "113.1.1.1"),
        [1, 2, 3],
    )
    assert walked("192.168.1.1", "100.64.0.1", "113.1.1.1")[1] == [1, 2, 3]  # a provider's shared address is not public


def test_walk_keeps_the_place_of_a_silent_router_and_asks_it_twice():
    assert walked("192.168.1.1", None, "113.1.1.1") == (("192.168.1.1", "", "113.1.1.1"), [1, 2, 2, 3])


def test_walk_gives_up_after_silence():
    assert walked("192.168.1.1") == (("192.168.1.1",), [1, 2, 2, 3, 3, 4, 4])
    assert walked()[0] == ()


def test_walk_goes_no_further_than_six():
    assert walked(*["10.0.0.{}".format(number) for number in range(1, 10)])[1] == [1, 2, 3, 4, 5, 6]


def test_walk_ends_at_the_target_and_where_nothing_goes_on():
    assert walked("192.168.1.1", TARGET) == (("192.168.1.1",), [1, 2])
    assert walked("192.168.1.1", "10.0.0.1", ends=True) == (("192.168.1.1", "10.0.0.1"), [1, 2])


def linux_error(kind: int, origin: int = 2, address: str = "10.0.0.1") -> bytes:
    head = struct.pack("=IBBBBII", 113, origin, kind, 0, 0, 0, 0)
    return head + struct.pack("=HH", 2, 0) + socket.inet_aton(address) + bytes(8)


def test_kernel_note_tells_who_ended_the_way():
    assert hops_linux.read_error(linux_error(11)) == Echo("10.0.0.1", False)
    assert hops_linux.read_error(linux_error(3)) == Echo("10.0.0.1", True)
    assert hops_linux.read_error(linux_error(11, origin=1)) is None
    assert hops_linux.read_error(linux_error(11)[:20]) is None


def test_windows_reply_tells_who_ended_the_way():
    def reply(address: str, status: int) -> bytes:
        return socket.inet_aton(address) + struct.pack("<I", status) + bytes(60)

    assert hops_windows.read_reply(reply("10.0.0.1", 11013)) == Echo("10.0.0.1", False)
    assert hops_windows.read_reply(reply("8.8.8.8", 0)) == Echo("8.8.8.8", True)
    assert hops_windows.read_reply(reply("10.0.0.1", 11003)) == Echo("10.0.0.1", True)
    assert hops_windows.read_reply(reply("0.0.0.0", 11010)) == Echo()
