"""Parsers of what strangers on the LAN send to the hygiene probe."""

from __future__ import annotations

from collections.abc import Sequence

from agent.hygiene import clashes_windows, dhcp, dhcp_codec, dns_codec, doors, upnp, web
from agent.hygiene.place import Place
from agent.wire import codec
from agent.wire.sections_lan import AddressClash, DhcpOffer
from tests.agent import hygiene_servers as servers
from tests.fuzz.fuzzer import Parser

_HERE = Place("eth0", "wired", "02:00:00:00:00:05", "192.168.1.5", "192.168.1.0/24", "192.168.1.1")
_NAME = "www.example.vn"


def _dhcp(data: bytes) -> None:
    packet = dhcp_codec.unwrap(data)
    for payload in (data, packet.payload if packet else b""):
        message = dhcp_codec.parse(payload)
        if message is not None:
            offer = dhcp_codec.offer_of(message, "aa:bb:cc:00:00:01", "10.0.0.1")
            assert codec.read(DhcpOffer, codec.to_plain(offer)) == offer
            dhcp.best_of([(message.kind, offer), (2, offer)])


def _dhcp_seeds() -> Sequence[bytes]:
    question = dhcp_codec.question(dhcp_codec.DISCOVER, 7, dhcp.PROBE_MAC)
    plain = servers.dhcp_reply(question, 2, "10.0.0.9", "10.0.0.1", "10.0.0.1", ["8.8.8.8"], b"ANDROID_METERED")
    frame = dhcp_codec.frame("02:00:00:00:00:05", plain).replace(b"\x00\x44\x00\x43", b"\x00\x43\x00\x44", 1)
    overloaded = plain[:-1] + b"\x34\x01\x03\xff"
    return (question, plain, overloaded, frame)


def _dns(data: bytes) -> None:
    for kind in (dns_codec.A, dns_codec.AAAA):
        answer = dns_codec.parse(data, 7, _NAME, kind)
        assert answer is None or len(answer.addresses) <= dns_codec.MAX_ADDRESSES


def _dns_seeds() -> Sequence[bytes]:
    query = dns_codec.query(7, _NAME) or b""
    other = dns_codec.query(7, _NAME, dns_codec.AAAA) or b""
    return (
        query,
        servers.dns_answer(query, ["1.2.3.4", "5.6.7.8"]),
        servers.dns_answer(other, ["2402:800::1"]),
        servers.dns_answer(query, []),
    )


def _page(data: bytes) -> None:
    told = web.says(web.parse(data)) + doors.greeting(data)
    assert told.isprintable() and len(told) <= 2 * web.MAX_SAYS


def _page_seeds() -> Sequence[bytes]:
    return (
        b'HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm="WR841N"\r\nServer: x\r\n\r\n<title>401</title>',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<titl\r\n9\r\ne>a&amp;b<\r\n7\r\n/title>\r\n0\r\n\r\n",
        b"\xff\xfd\x01\xff\xfa\x18\x01\xff\xf0\x1b[2J\r\nBroadband Router\r\nLogin: ",
    )


def _upnp(data: bytes) -> None:
    assert upnp.describe(data).isprintable()
    web.split_location(upnp.location_of(data))


def _upnp_seeds() -> Sequence[bytes]:
    return (
        b'<?xml version="1.0" encoding="utf-8"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>'
        b"<manufacturer>ZTE</manufacturer><modelName>F670L</modelName><deviceList><device/></deviceList></device></root>",
        b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLOCATION: http://192.168.1.1:49152/desc.xml\r\n\r\n",
    )


def _events(data: bytes) -> None:
    for clash in clashes_windows.read_events(data, _HERE):
        assert codec.read(AddressClash, codec.to_plain(clash)) == clash


def _events_seeds() -> Sequence[bytes]:
    text = (
        "<Event xmlns='x'><System><Provider Name='Tcpip'/><EventID Qualifiers='49152'>4199</EventID></System>"
        "<EventData><Data></Data><Data>192.168.1.5</Data><Data>AA-BB-CC-00-11-22</Data></EventData></Event>"
    )
    return (text.encode("cp1258"), text.encode("utf-16"))


PARSERS: dict[str, Parser] = {
    "hygiene_dhcp": Parser(_dhcp, _dhcp_seeds, (b"\x35\x01\x02", b"\x34\x01\x03", b"\xff", b"\x63\x82\x53\x63")),
    "hygiene_dns": Parser(_dns, _dns_seeds, (b"\xc0\x0c", b"\xc0\xff", b"\x00\x01\x00\x01", b"\x3f")),
    "hygiene_page": Parser(
        _page, _page_seeds, (b"<title>", b"\r\n\r\n", b"&#x41;", b"\xff\xfa", b"chunked", b"ffff\r\n")
    ),
    "hygiene_upnp": Parser(_upnp, _upnp_seeds, (b"<device>", b"<!DOCTYPE a [", b'<!ENTITY a "b">', b"&a;", b"]]>")),
    "hygiene_events": Parser(_events, _events_seeds, (b"<Event ", b"</Event>", b"<Data>", b"4199", b"\x00")),
}
