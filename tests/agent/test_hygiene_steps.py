"""The hygiene probe's steps on the loopback, and what a step's failure costs."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import pytest

from agent.host import Host
from agent.hygiene import clashes, doors, hops, ipv6, names, steps
from agent.hygiene.place import Place
from agent.wire.sections_lan import AddressClash
from tests.agent import certificates, hygiene_servers

HERE = Place("eth0", "wired", "02:00:00:00:00:05", "192.168.1.5", "192.168.1.0/24", "192.168.1.1", "f00d")


def ignore(_line: str) -> None:
    """A log that nobody reads."""


# --- a step's failure is its own


def test_steps_fail_and_hang_alone():
    lines: List[str] = []
    start = time.monotonic()
    found = steps.run(
        {
            "good": lambda: {"hops": ("a",)},
            "bad": lambda: {"doors": 1 // 0},
            "slow": lambda: time.sleep(30) or {},  # type: ignore[func-returns-value]
        },
        0.3,
        lines.append,
    )

    assert found == {"hops": ("a",)}
    assert time.monotonic() - start < 5
    assert lines == ["bad: ZeroDivisionError: integer division or modulo by zero", "slow: no answer within 0.3 s"]


# --- name servers, on the loopback


def serve_dns(table: Dict[str, List[str]], everything: str = "") -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    plan = {"address": "127.0.0.1", "table": table, "everything": everything, "port": port}
    threading.Thread(target=hygiene_servers.dns, kwargs=plan, daemon=True).start()
    time.sleep(0.1)
    return port


def ask(port: int, wait_s: float = 2.0) -> Dict[str, Tuple[Tuple[str, ...], str]]:
    wanted = [names.Wanted("a.vn", "a.vn", "known"), names.Wanted("qqq.com", "absent:com", "absent")]
    return {
        row.name: (row.answers, row.error) for row in names.ask_servers(["127.0.0.1"], wanted, wait_s=wait_s, port=port)
    }


def test_honest_server_and_liar_are_told_apart():
    assert ask(serve_dns({"a.vn": ["1.2.3.4"]})) == {"a.vn": (("1.2.3.4",), ""), "absent:com": ((), "nxdomain")}
    assert ask(serve_dns({}, "10.0.0.1"))["absent:com"] == (("10.0.0.1",), "")


def test_silent_server_times_out_and_none_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))

        said = ask(silent.getsockname()[1], wait_s=0.4)
        assert said == {"a.vn": ((), "timeout"), "absent:com": ((), "timeout")}
        silent.setblocking(False)
        received = [silent.recv(500) for _ in range(4)]  # each question and its one repetition
        assert len(set(received)) == 2


def test_false_answer_before_the_right_one_is_passed_over():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def answer() -> None:
            for _ in range(2):
                question, sender = server.recvfrom(500)
                wrong = bytes([question[0] ^ 1]) + question[1:]
                server.sendto(hygiene_servers.dns_answer(wrong, ["6.6.6.6"]), sender)
                server.sendto(b"\x00", sender)
                server.sendto(hygiene_servers.dns_answer(question, ["1.2.3.4"]), sender)

        threading.Thread(target=answer, daemon=True).start()
        said = ask(server.getsockname()[1])

    assert said["a.vn"] == said["absent:com"] == (("1.2.3.4",), "")


def test_made_up_names_are_new_each_time_and_do_not_tell_so():
    first, second = (names.wanted_names(("a.vn",)) for _ in range(2))

    assert [row.label for row in first] == ["a.vn", "absent:com", "absent:vn"] == [row.label for row in second]
    assert not {row.name for row in first if row.kind == "absent"} & {row.name for row in second}


def test_without_known_names_nothing_is_asked():
    assert names.check(["192.0.2.1"], (), ignore) == ()


# --- doors, on the loopback


def serve(says: bytes, tls: Optional[ssl.SSLContext] = None, asked_first: bool = True) -> int:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    port = int(listener.getsockname()[1])

    def work() -> None:
        with listener:
            connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
            with wrapped:
                if asked_first:
                    wrapped.recv(1000)
                wrapped.sendall(says)
                wrapped.recv(1000)

    threading.Thread(target=work, daemon=True).start()
    return port


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def knocked(monkeypatch: pytest.MonkeyPatch, *rows: Tuple[str, int]) -> List[Tuple[str, Optional[bool], str]]:
    monkeypatch.setattr(doors, "DOORS", rows)
    here = Place("lo", "wired", HERE.mac, "127.0.0.1", "127.0.0.0/8", "127.0.0.1")
    return [(door.service, door.open, door.says) for door in doors.check(here, ignore)]


def test_three_doors_say_what_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates.make(tmp_path))
    page = b"HTTP/1.0 200 OK\r\n\r\n<title>Router</title>" + b"x" * 100000  # more than is read

    said = knocked(
        monkeypatch,
        ("telnet", serve(b"Hello\r\nLogin: ", asked_first=False)),
        ("http", serve(page)),
        ("https", serve(page, context)),
    )

    assert said == [("telnet", True, "Hello"), ("http", True, "Router"), ("https", True, "Router")]


def test_open_door_that_says_nothing_sensible_is_open(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doors, "ANSWER_S", 0.5)
    said = knocked(
        monkeypatch, ("http", serve(b"\xff\xfe")), ("https", serve(b"no tls here")), ("telnet", closed_port())
    )

    assert said == [("http", True, ""), ("https", True, ""), ("telnet", False, "")]


def test_gateway_that_answers_nowhere_is_unknown_not_shut(monkeypatch: pytest.MonkeyPatch):
    def silence(*_arguments: Any) -> Any:
        raise socket.timeout("timed out")

    monkeypatch.setattr(socket, "create_connection", silence)
    assert knocked(monkeypatch, ("telnet", 23), ("http", 80)) == [("telnet", None, ""), ("http", None, "")]


# --- clashes, hops, IPv6


def scan_file(network: str, seen_s: float) -> Dict[str, Any]:
    return {"network": network, "clashes": [{"address": "192.168.1.9", "mac_hashes": ["b", "a"], "seen_s": seen_s}]}


def test_scanners_clashes_are_told_while_they_are_fresh():
    host = Host()
    now = host.now()

    def told(kept: Any) -> Tuple[AddressClash, ...]:
        return clashes.check(HERE, host, kept, active=False, log=ignore)

    assert told(scan_file(HERE.network, now - 60)) == (AddressClash("192.168.1.9", ("a", "b"), "arp_scan"),)
    assert told(scan_file(HERE.network, now - 9 * 86400)) == ()
    assert told(scan_file("10.0.0.0/24", now - 60)) == ()
    assert told({"clashes": 7}) == told(None) == ()


def test_one_row_for_an_address():
    rows = [AddressClash("10.0.0.1", ("b",), "arp_scan"), AddressClash("10.0.0.1", ("a", "b"), "event_log")]

    assert clashes.merged(rows) == (AddressClash("10.0.0.1", ("a", "b"), "arp_scan"),)


def test_question_for_an_address_is_an_arp_frame():
    from agent.scan.frames import Arp, parse_arp

    frame = clashes.question(HERE.mac, "0.0.0.0", HERE.address)

    assert frame[:6] == b"\xff" * 6
    assert parse_arp(frame) == Arp(1, HERE.mac, "0.0.0.0", "00:00:00:00:00:00", HERE.address)


def test_hops_need_a_public_target(monkeypatch: pytest.MonkeyPatch):
    table = {"lies.vn": "192.168.1.1", "true.vn": "203.162.4.1"}

    def look_up(host: str, *_more: Any) -> List[Any]:
        if host not in table:
            raise socket.gaierror(socket.EAI_NONAME, "no")
        return [(0, 0, 0, "", (table[host], 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert hops.find_target(["none.vn", "lies.vn", "true.vn"]) == "203.162.4.1"
    assert hops.hops(HERE, "linux", ["lies.vn"], ignore) == ()


def test_ipv6_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch):
    def look_up(*_arguments: Any) -> List[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "no")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert ipv6.internet(HERE, [("a.vn", 443)], ignore) is None
