"""The hygiene probe's readers of foreign texts: web pages, Telnet, UPnP, Windows' events."""

from __future__ import annotations

import socket
import time
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hygiene import clashes_windows, doors, upnp, web
from agent.hygiene.place import Place
from agent.wire.sections import mac_hash
from agent.wire.sections_lan import AddressClash

HERE = Place("eth0", "wired", "02:00:00:00:00:05", "192.168.1.5", "192.168.1.0/24", "192.168.1.1")

# --- pages


def page(head: str, body: bytes = b"") -> web.Page:
    return web.parse(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("head", "body", "told"),
    [
        ("HTTP/1.1 200 OK\nServer: httpd", b"<TITLE lang=vi>\n  Modem &ndash; VNPT\t\n</TITLE>", "Modem – VNPT"),
        ("HTTP/1.0 200 OK", "<title>Đăng nhập</title>".encode(), "Đăng nhập"),
        (
            'HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm="TP-LINK WR841N"\nServer: x',
            b"<title>401</title>",
            "TP-LINK WR841N",
        ),
        ("HTTP/1.1 404 Not Found\nServer: micro_httpd", b"<title></title>", "micro_httpd"),
        ("HTTP/1.1 302 Found\nLocation: https://192.168.1.1/\nServer: x", b"<title>Moved</title>", "-> https"),
        ("HTTP/1.1 302 Found\nLocation: /login.html\nServer: x", b"", "x"),
        ("SSH-2.0-dropbear", b"<title>no web</title>", ""),
        ("HTTP/1.1 200 OK", b"<title>" + b"\x1b[2J" + b"a" * 300 + b"</title>", "[2J" + "a" * 77),
    ],
)
def test_page_introduces_itself(head: str, body: bytes, told: str):
    assert web.says(page(head, body)) == told


def test_chunks_are_joined_and_half_ones_taken():
    head = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked"

    assert page(head, b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").body == b"abcde"
    assert page(head, b"ff\r\nabc").body == b"abc"
    assert page(head, b"\r\n").body == b""


@pytest.mark.parametrize(
    ("location", "parts"),
    [
        ("http://192.168.1.1:49152/desc.xml", ("192.168.1.1", 49152, "/desc.xml")),
        (" HTTP://192.168.1.1 ", ("192.168.1.1", 80, "/")),
        ("https://192.168.1.1/desc.xml", ("", 0, "")),
        ("http://192.168.1.1@evil.example/desc.xml", ("", 0, "")),
        ("http://router.lan/desc.xml", ("", 0, "")),
        ("http://192.168.1.1:99999/", ("", 0, "")),
        ("http://192.168.1.1/a b", ("", 0, "")),
        ("http://192.168.1.1/x\r\nHost: evil", ("", 0, "")),
    ],
)
def test_location_is_a_plain_address_or_nothing(location: str, parts: "tuple[str, int, str]"):
    assert web.split_location(location) == parts


def pair() -> "List[socket.socket]":
    return list(socket.socketpair())


def test_reading_ends_with_the_page_the_limit_and_the_time():
    near, far = pair()
    with near, far:
        far.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
        assert web.read_some(near, 1000, time.monotonic() + 5).endswith(b"abc")  # the connection stays open
        far.sendall(b"x" * 5000)
        assert len(web.read_some(near, 2048, time.monotonic() + 5)) == 2048
        web.read_some(near, 8000, time.monotonic() + 0.05)
        start = time.monotonic()
        far.sendall(b"HTTP/1.1 200 OK\r\n")
        assert web.read_some(near, 2048, start + 0.2) == b"HTTP/1.1 200 OK\r\n"


@given(st.binary(max_size=3000))
def test_any_bytes_are_no_trouble_for_pages(data: bytes):
    for answer in (data, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data, b"HTTP/1.1 301 x\r\n" + data):
        told = web.says(web.parse(answer))
        assert len(told) <= 80 and told.isprintable()
    assert len(doors.greeting(data)) <= 80
    web.split_location(data.decode("latin-1"))


# --- Telnet, UPnP


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff\xfd\x01\xff\xfb\x03\xff\xfa\x18\x01\xff\xf0\r\n\r\nBCM96318 Broadband Router\r\nLogin: ", "BCM96318 Broadband Router"),
        (b"\x1b[2J\x1b[1;1HHuawei Home Gateway\nLogin:", "Huawei Home Gateway"),
        (b"\xff\xfd", ""),
        (b"", ""),
    ],
)  # fmt: skip
def test_telnet_greeting_is_its_first_line(data: bytes, told: str):
    assert doors.greeting(data) == told


def description(inner: str, head: str = "") -> bytes:
    return '<?xml version="1.0"?>{}<root xmlns="urn:schemas-upnp-org:device-1-0"><device>{}</device></root>'.format(
        head, inner
    ).encode()


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        ("<manufacturer>ZTE</manufacturer><modelName>F670L</modelName>", "ZTE F670L"),
        ("<manufacturer>TP-Link</manufacturer><modelName>TP-Link Archer</modelName><modelNumber>C6</modelNumber>", "TP-Link Archer C6"),
        ("<modelName>GPON</modelName><modelNumber>GPON</modelNumber>", "GPON"),
        ("<deviceList><device><manufacturer>Part</manufacturer></device></deviceList>", ""),
        ("<manufacturer>A<b>x</b>&amp; B</manufacturer>", "A& B"),
    ],
)  # fmt: skip
def test_description_names_maker_and_model(inner: str, told: str):
    assert upnp.describe(description(inner)) == told


def test_entities_are_not_followed():
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'

    assert upnp.describe(description("<manufacturer>&b;&c;</manufacturer>", bomb)) == ""


def test_damaged_description_tells_what_came_before():
    assert upnp.describe(description("<manufacturer>ZTE</manufacturer><modelName>F6")[:-16]) == "ZTE F6"
    assert upnp.describe(b"<a>" * 100000) == ""


def test_search_answer_has_a_place():
    assert upnp.location_of(b"HTTP/1.1 200 OK\r\nlocation: http://192.168.1.1/x\r\n") == "http://192.168.1.1/x"
    assert upnp.location_of(b"NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.1.1/x\r\n\r\n") == ""


@given(st.binary(max_size=2000))
def test_any_bytes_are_no_trouble_for_upnp(data: bytes):
    upnp.location_of(data)
    told = upnp.describe(data) + upnp.describe(description("<manufacturer>") + data)
    assert told.isprintable()


# --- Windows' events

EVENT = (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{}'/>"
    "<EventID Qualifiers='49152'>{}</EventID></System><EventData>{}</EventData></Event>"
)


def data(*values: str) -> str:
    return "".join("<Data>{}</Data>".format(value) for value in values)


def test_conflict_events_are_read_in_any_code_page():
    text = EVENT.format("Tcpip", 4199, data("", "192.168.1.5", "AA-BB-CC-00-11-22")) + "\r\n"
    text += EVENT.format("Microsoft-Windows-Dhcp-Client", 1005, data("192.168.1.77", "020000000005", "0"))
    text += EVENT.format("Tcpip", 4199, data("0.0.0.0", "AA-BB-CC-00-11-22"))
    text += EVENT.format("Tcpip", 4199, data("10.9.9.9", "AA-BB-CC-00-11-22"))  # of another network
    own, other = mac_hash(HERE.mac), mac_hash("aa:bb:cc:00:11:22")
    expected = [
        AddressClash("192.168.1.5", tuple(sorted((own, other))), "event_log"),
        AddressClash("192.168.1.77", (own,), "event_log"),
    ]

    for encoding in ("cp1258", "utf-16"):
        assert clashes_windows.read_events(text.encode(encoding), HERE) == expected


@given(st.binary(max_size=2000))
def test_any_bytes_are_no_trouble_for_events(raw: bytes):
    clashes_windows.read_events(raw, HERE)
    clashes_windows.read_events(b"<Event ><Data>" + raw + b"</Data></Event>", HERE)
