"""What stands on the LAN and behind it in the tests of the hygiene probe: DHCP servers, name servers, web pages, UPnP,
somebody with a stolen address. Each is small and written apart from the agent's own codecs, so that a mistake there is
not made twice.

python -m tests.agent.hygiene_servers JSON    a list of {"role", ...}; every event is one JSON line on stdout
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from typing import Any, Callable, Dict, List

COOKIE = bytes((99, 130, 83, 99))
ROLES: Dict[str, Callable[..., None]] = {}
_tell_lock = threading.Lock()


def tell(**event: Any) -> None:
    with _tell_lock:
        print(json.dumps(event), flush=True)


def role(function: Callable[..., None]) -> Callable[..., None]:
    ROLES[function.__name__] = function
    return function


def tlv(code: int, value: bytes) -> bytes:
    return bytes([code, len(value)]) + value


def dhcp_reply(question: bytes, kind: int, you: str, server: str, gateway: str, dns: List[str], vendor: bytes) -> bytes:
    """A server's answer with the xid, flags and MAC of the question."""
    packet = bytearray(240)
    packet[0:4] = bytes([2, 1, 6, 0])
    packet[4:8], packet[10:12] = question[4:8], question[10:12]
    packet[12:16] = question[12:16]
    packet[16:20] = socket.inet_aton(you)
    packet[28:44] = question[28:44]
    packet[236:240] = COOKIE
    options = tlv(53, bytes([kind])) + tlv(54, socket.inet_aton(server)) + tlv(1, socket.inet_aton("255.255.255.0"))
    options += tlv(51, struct.pack(">I", 3600)) + tlv(3, socket.inet_aton(gateway))
    options += tlv(6, b"".join(socket.inet_aton(item) for item in dns))
    if vendor:
        options += tlv(43, vendor)
    return bytes(packet) + options + b"\xff"


@role
def dhcp(interface: str, server: str, gateway: str, dns: List[str], vendor: str = "", delay_s: float = 0.0) -> None:
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    door.setsockopt(socket.SOL_SOCKET, 25, interface.encode() + b"\0")  # SO_BINDTODEVICE
    door.bind(("", 67))
    while True:
        data, sender = door.recvfrom(2000)
        kind = data[data.index(COOKIE) + 4 + 2]  # the agent writes option 53 first
        tell(
            dhcp=server, kind=kind, mac=data[28:34].hex(":") if sys.version_info >= (3, 8) else "", sender=sender[0],
            broadcast=bool(data[10] & 0x80), address=socket.inet_ntoa(data[12:16]), size=len(data),
        )  # fmt: skip
        time.sleep(delay_s)
        if kind == 1:
            you = server.rpartition(".")[0] + ".199"
            door.sendto(dhcp_reply(data, 2, you, server, gateway, dns, vendor.encode()), ("255.255.255.255", 68))
        elif kind == 8:
            reply = dhcp_reply(data, 5, "0.0.0.0", server, gateway, dns, vendor.encode())
            door.sendto(reply, (socket.inet_ntoa(data[12:16]), 68))


def dns_answer(data: bytes, found: List[str]) -> bytes:
    """Addresses (NXDOMAIN without any) to the question in `data`, the name as a pointer to it."""
    end = data.index(b"\0", 12) + 5
    records = b""
    for address in found:
        packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
        records += b"\xc0\x0c" + struct.pack(">HHIH", 28 if ":" in address else 1, 1, 60, len(packed)) + packed
    flags = 0x8180 | (0 if found else 3)
    return data[:2] + struct.pack(">HHHHH", flags, 1, len(found), 0, 0) + data[12:end] + records


def dns_question(data: bytes) -> "tuple[str, int]":
    labels, place = [], 12
    while data[place]:
        labels.append(data[place + 1 : place + 1 + data[place]].decode())
        place += 1 + data[place]
    return ".".join(labels).lower(), int.from_bytes(data[place + 1 : place + 3], "big")


@role
def dns(address: str, table: Dict[str, List[str]], everything: str = "", port: int = 53) -> None:
    """Names of the table; any other is not there, or `everything` is answered for it."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind((address, port))
    while True:
        data, sender = door.recvfrom(2000)
        name, kind = dns_question(data)
        known = [item for item in table.get(name, []) if (":" in item) == (kind == 28)]
        tell(dns=address, name=name, kind=kind)
        if everything:
            known = [everything] if kind == 1 else []
        if name in table or everything:
            answer = dns_answer(data, known)
            door.sendto(answer[:3] + bytes([answer[3] & 0xF0]) + answer[4:], sender)  # there, whatever it has
        else:
            door.sendto(dns_answer(data, []), sender)


@role
def tcp(address: str, port: int, says: str = "", asked_first: bool = True) -> None:
    """Says its text and hangs up; web pages wait for the question."""
    door = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((address, port))
    door.listen(20)
    while True:
        connection, sender = door.accept()
        with connection:
            connection.settimeout(3)
            question = b""
            try:
                if asked_first:
                    question = connection.recv(2000)
                connection.sendall(says.encode("latin-1"))
                if not asked_first:
                    question = connection.recv(2000)  # until the other side hangs up
            except OSError:
                pass
            tell(tcp=port, address=address, sender=sender[0], question=question.decode("latin-1"))


@role
def ssdp(address: str, location: str) -> None:
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("", 1900))
    group = socket.inet_aton("239.255.255.250") + socket.inet_aton(address)
    door.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    while True:
        data, sender = door.recvfrom(2000)
        tell(ssdp=address, sender=sender[0], search=data.decode("latin-1"))
        answer = "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLOCATION: {}\r\n\r\n".format(location)
        door.sendto(answer.encode(), sender)


@role
def thief(interface: str, mac: str, address: str) -> None:
    """Answers for somebody else's address, but only to one who asks before taking it (RFC 5227): the rest of the LAN must
    go on."""
    own = bytes.fromhex(mac.replace(":", ""))
    door = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
    door.bind((interface, 0x0806))
    while True:
        frame = door.recv(2000)
        if frame[20:22] == b"\0\1" and frame[28:32] == bytes(4) and frame[38:42] == socket.inet_aton(address):
            asker = frame[22:28]
            body = bytes.fromhex("0001080006040002") + own + frame[38:42] + asker + bytes(4)
            door.send(asker + own + b"\x08\x06" + body)
            tell(thief=address)


def main() -> None:
    for plan in json.loads(sys.argv[1]):
        function = ROLES[plan.pop("role")]
        threading.Thread(target=function, kwargs=plan, daemon=True).start()
    time.sleep(0.3)
    tell(ready=True)
    sys.stdin.read()  # until the test closes it


if __name__ == "__main__":
    main()
