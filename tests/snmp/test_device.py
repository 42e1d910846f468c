"""Real packets over UDP: our session against a responder that behaves, and against every bad manner that it knows."""

from __future__ import annotations

import socket
import time
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snmp import session as wire
from agent.snmp.device import Asked, examine
from agent.snmp.recording import parse
from agent.snmp.session import SessionError, open_session
from agent.snmp.target import Credential, Target, TargetError, check, parse_target, parse_user
from tests import need

from . import ber
from .recordings import identified, names, rows
from .responder import AUTHORIZATION, GEN_ERR, Responder, serving

NAME = "mikrotik"  # the recording that the misbehaving device answers from
PUBLIC = Credential("public")


def ask(responder: Responder, *credentials: Credential, **more: Any) -> Asked:
    given_ones = list(credentials) or [PUBLIC]
    more.setdefault("with_details", False)
    return examine(Target("127.0.0.1", responder.port), given_ones, timeout_s=more.pop("timeout_s", 0.2), **more)


def same(asked: Asked) -> bool:
    return asked.identity is not None and asked.identity.plain() == identified(NAME).plain()


def test_a_sample_of_recordings_over_the_wire() -> None:
    with Responder(lambda name: rows(name[len("devices/") :])) as responder:
        for name in names()[::40]:
            asked = ask(responder, Credential("devices/" + name), timeout_s=2.0)

            assert asked.identity is not None, name
            assert asked.identity.plain() == identified(name).plain()


MANNERS: List[Dict[str, Any]] = [
    {"bulk": False},
    {"versions": (0,)},
    {"drop_unknown": True},
    {"unknown_error": GEN_ERR},
    {"most": 5},
    {"most": 1},
    {"other_port": True},
    {"noise": b"\x30\x82\xff\xff garbage"},
    {"noise": b"\x30\x80" * 2000},
    {"stale": True},
    {"slow_s": 0.05},
    {"loop": "same"},
    {"loop": "back"},
    {"loop": "endless"},
]


@pytest.mark.parametrize("manners", MANNERS, ids=str)
def test_a_device_with_bad_manners_is_identified_all_the_same(manners: Dict[str, Any]) -> None:
    with serving(rows(NAME), **manners) as responder:
        asked = ask(responder)

        assert same(asked) or (manners.get("loop") and asked.identity is not None)
        assert asked.version == ("1" if manners.get("versions") == (0,) else "2c")


@pytest.mark.parametrize("tag", [ber.INTEGER, ber.NULL, 0x44, 0x9F])
def test_objects_of_wrong_types_do_no_harm(tag: int) -> None:
    with serving(rows(NAME), tag=tag) as responder:
        asked = ask(responder, timeout_s=0.05)

        assert asked.identity is None or asked.identity.type in (None, "router", "switch", "appliance", "wireless")


def test_huge_texts_are_cut() -> None:
    huge = {
        **rows(NAME),
        "1.3.6.1.2.1.1.5.0": (4, b"AB" * 9000),
        "1.3.6.1.2.1.1.1.0": (4, b"RouterOS RB750 " + b"\xff" * 9000),
    }
    with serving(huge) as responder:
        asked = ask(responder)

        assert asked.identity is not None
        assert asked.identity.name == "AB" * 64
        assert len(str(asked.identity.plain())) < 4000


def test_a_device_that_falls_silent_leaves_what_is_known() -> None:
    with serving(rows(NAME), quiet_after=2) as responder:
        asked = ask(responder, timeout_s=0.05)

        assert asked.identity is not None
        assert asked.identity.name


def test_the_deadline_holds_whatever_the_device_does() -> None:
    with serving(rows(NAME), slow_s=0.1, loop="endless") as responder:
        start = time.monotonic()
        ask(responder, timeout_s=0.3, deadline_s=0.4)

        assert time.monotonic() - start < 30  # the device would go on for ever


@pytest.mark.skipif(need.on_wine(), reason="Wine tells UDP sockets nothing of closed ports; Windows does")
def test_nobody_listens() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.monotonic()

    asked = examine(Target("127.0.0.1", port), [PUBLIC, Credential("other")], timeout_s=60.0)

    assert asked.identity is None
    assert asked.refused
    assert time.monotonic() - start < 30


def test_silence_is_no_device() -> None:
    with serving(rows(NAME), community="secret") as responder:
        asked = ask(responder, timeout_s=0.1)

        assert asked == Asked()


def test_the_credential_that_works_is_named_and_comes_first_the_next_time() -> None:
    credentials = (Credential("wrong"), Credential("public"), Credential("third"))
    with serving(rows(NAME)) as responder:
        first = ask(responder, *credentials, timeout_s=0.2)
        count = len(responder.asked)
        again = ask(responder, *credentials, first=first.credential or 0)

        assert (first.credential, again.credential) == (1, 1)
        assert first.info.default_community is True
        assert len(responder.asked) == 2 * count, "nothing else was answered to"


def test_only_the_given_communities_are_tried() -> None:
    seen: List[str] = []

    def listening(community: str) -> None:
        seen.append(community)

    with Responder(listening) as responder:
        ask(responder, Credential("only this"), Credential("and-this"), timeout_s=0.05)

    assert sorted(set(seen)) == ["and-this", "only this"]


def test_an_answer_that_refuses_is_no_device() -> None:
    with serving(rows(NAME), unknown_error=AUTHORIZATION) as responder:
        rows_asked = ["1.3.6.1.9.9.0"]
        session = open_session(Target("127.0.0.1", responder.port), PUBLIC, 0.4)
        reply = session.request("get", rows_asked)
        session.close()

        assert reply is not None and reply.error == AUTHORIZATION


def test_ipv6() -> None:
    try:
        responder = Responder(lambda _name: rows(NAME), host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with responder:
        assert same(examine(parse_target(responder.target), [PUBLIC], False, 0.5))


def test_every_type_arrives_as_it_was_sent() -> None:
    device = parse(
        "1.3.6.1.1.0|2|-2147483648\n1.3.6.1.2.0|4x|00ff\n1.3.6.1.3.0|6|1.3.6.1.4.1.4294967295\n1.3.6.1.4.0|64|10.1.2.3\n"
        "1.3.6.1.5.0|65|4294967295\n1.3.6.1.6.0|66|7\n1.3.6.1.7.0|67|100\n1.3.6.1.8.0|70|18446744073709551615\n1.3.6.1.9.0|4|"
    )
    with serving(device) as responder:
        session = open_session(Target("127.0.0.1", responder.port), PUBLIC)
        for version, oids in (("2c", list(device)), ("1", [oid for oid in device if oid != "1.3.6.1.8.0"])):
            session.close()
            session = open_session(Target("127.0.0.1", responder.port), PUBLIC, version=version)
            reply = session.request("get", oids)

            assert reply is not None
            assert dict(reply.rows) == {oid: device[oid][1] for oid in oids}
        session.close()


def test_an_unknown_host_and_a_missing_library_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SessionError, match="Không tìm thấy địa chỉ"):
        open_session(Target("no.such.host.invalid"), PUBLIC)
    monkeypatch.setitem(__import__("sys").modules, "pysnmp", None)
    with pytest.raises(SessionError, match="chưa cài pysnmp"):
        open_session(Target("127.0.0.1"), PUBLIC)


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda data: ber.tlv(ber.SEQUENCE, data))))
def test_any_packet_is_an_answer_or_an_error(packet: bytes) -> None:
    for version in ("1", "2c"):
        try:
            number, reply = wire._decode(version, packet)
        except Exception:
            continue
        assert isinstance(number, int)
        assert all(isinstance(oid, str) for oid, _ in reply.rows)


def flipped() -> Iterator[bytes]:
    """A sound answer with one byte changed at a time."""
    from .responder import message, row

    sound = message(
        1, "public", 77, 0, 0, [row("1.3.6.1.2.1.1.1.0", b"Acme", 4), row("1.3.6.1.2.1.1.2.0", b"\x2b\x06", 6)]
    )
    for place in range(len(sound)):
        for byte in (0, 0x7F, 0x80, 0xFF):
            yield sound[:place] + bytes([byte]) + sound[place + 1 :]


def test_no_changed_byte_hangs_or_kills_the_reader() -> None:
    for packet in flipped():
        try:
            wire._decode("2c", packet)
        except Exception:
            continue


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("192.168.1.1", ("192.168.1.1", 161)),
        ("192.168.1.1:1161", ("192.168.1.1", 1161)),
        ("router.local:161", ("router.local", 161)),
        ("[::1]:1161", ("::1", 1161)),
        ("[fe80::1%eth0]", ("fe80::1%eth0", 161)),
        ("2001:db8::1", ("2001:db8::1", 161)),
    ],
)
def test_targets(text: str, target: Tuple[str, int]) -> None:
    parsed = parse_target(text)

    assert (parsed.host, parsed.port) == target
    assert parse_target(str(parsed)) == parsed


@pytest.mark.parametrize(
    "text", ["", ":161", "host:0", "host:65536", "host:x", "[::1", "a b", "http://host", "host:161:162"]
)
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(TargetError, match="không phải là địa chỉ thiết bị"):
        parse_target(text)


@pytest.mark.parametrize(
    ("credential", "message"),
    [
        (Credential(), "Chưa có --community"),
        (Credential("public", user="u"), "Chỉ dùng một trong"),
        (Credential("public", auth="SHA"), "thiếu --v3-user"),
        (Credential(user="u", auth="CRC32", auth_key="12345678"), "--v3-auth: không có «CRC32»"),
        (Credential(user="u", auth="SHA"), "phải đi cùng nhau"),
        (Credential(user="u", auth="SHA", auth_key="short"), "ngắn hơn 8"),
        (Credential(user="u", priv="AES", priv_key="12345678"), "không mã hóa khi không xác thực"),
    ],
)
def test_credentials_that_cannot_work(credential: Credential, message: str) -> None:
    with pytest.raises(TargetError, match=message) as caught:
        check(credential)

    assert "short" not in str(caught.value)


def test_algorithms_have_many_spellings() -> None:
    found = check(Credential(user="u", auth="sha-256", auth_key="12345678", priv="aes-128", priv_key="12345678"))

    assert (found.auth, found.priv) == ("SHA256", "AES")


def test_no_text_of_a_credential_shows_its_secret() -> None:
    secret: Optional[Credential] = Credential("topsecret")

    assert "topsecret" not in repr(secret) + str(secret) + repr([secret])


def test_users_as_the_policy_writes_them() -> None:
    assert parse_user("reader") == Credential(user="reader")
    assert parse_user("reader / SHA-256 / secret/word") == Credential(
        user="reader", auth="SHA256", auth_key="secret/word"
    )
    full = parse_user("reader / SHA / 12345678 / aes128 / 87654321")
    assert (full.priv, full.priv_key) == ("AES", "87654321")


@pytest.mark.parametrize(
    "line", ["", "reader / SHA", "reader / SHA / 12345678 / AES", "reader / SHA /  / AES / 12345678"]
)
def test_a_wrong_user_is_refused_without_showing_it(line: str) -> None:
    with pytest.raises(TargetError) as caught:
        parse_user(line)

    assert "12345678" not in str(caught.value)
