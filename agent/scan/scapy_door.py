"""Raw ARP frames on Linux by scapy's layer-2 socket. The only module that imports scapy (GPL-2.0-only), and only a scan's
child process imports this module.

No promiscuous mode: a filter in the kernel lets ARP, LLDP and CDP through and nothing else, so what the office sends
is never even copied here. The filter is a program of our own: scapy's needs libpcap, which small PCs lack.
"""

from __future__ import annotations

import ctypes
import select
import socket
import struct
from typing import Any, Dict, List

from .door import Heard, LinkLost, refused
from .frames import CDP_GROUP, LLDP_GROUPS, parse_arp
from .neigh import linux_table

_ATTACH_FILTER = 26  # SO_ATTACH_FILTER
_SOL_PACKET, _ADD_MEMBERSHIP, _MULTICAST = 263, 1, 0
_SNAP = 1600
_MOST_AT_ONCE = 2000  # a storm on the LAN must not hold us
_MOST_ANNOUNCEMENTS = 64
_FILTER = (  # classic BPF: (code, jump if true, jump if false, value)
    (0x28, 0, 0, 12),  # the type field
    (0x15, 5, 0, 0x0806),  # ARP
    (0x15, 4, 0, 0x88CC),  # LLDP
    (0x28, 0, 0, 0),  # else CDP by its group address
    (0x15, 0, 3, int.from_bytes(CDP_GROUP[:2], "big")),
    (0x20, 0, 0, 2),
    (0x15, 0, 1, int.from_bytes(CDP_GROUP[2:], "big")),
    (0x06, 0, 0, _SNAP),
    (0x06, 0, 0, 0),
)


class ScapyDoor:
    method = "scapy"
    tries = 1
    settle_s = 0.6
    check_tries = 12  # on a LAN that loses a third of all questions: wrong once in 200,000
    check_wait_s = 0.4

    def __init__(self, interface: str, mac: str, address: str) -> None:
        """Raises ImportError without scapy, PermissionError without the right to raw sockets, LinkLost."""
        from scapy.arch.linux import L2Socket
        from scapy.layers.l2 import ARP, Ether

        question = bytes(Ether(dst="ff:ff:ff:ff:ff:ff", src=mac) / ARP(op=1, hwsrc=mac, psrc=address, pdst=address))
        self._question = question[:-4]  # the address asked for is the frame's end
        self._mac = mac
        self._interface = interface
        self._sent = 0
        self._announced: List[bytes] = []
        try:
            self._socket: Any = L2Socket(iface=interface, nofilter=1, promisc=False)
        except PermissionError:
            raise
        except OSError as error:
            raise LinkLost(str(error)) from None
        self._socket.ins.setblocking(False)
        self._filter()
        self._join()

    @property
    def frames(self) -> int:
        return self._sent

    def ask(self, address: str) -> None:
        try:
            self._socket.send(self._question + socket.inet_aton(address))
        except OSError as error:
            raise refused(error) from None
        self._sent += 1

    def hear(self, wait_s: float) -> List[Heard]:
        found: List[Heard] = []
        readable, _, _ = select.select([self._socket.ins], [], [], max(wait_s, 0.0))
        for _ in range(_MOST_AT_ONCE if readable else 0):
            try:
                frame = self._socket.recv_raw(_SNAP)[1]
            except BlockingIOError:
                break
            except OSError as error:
                raise LinkLost(str(error)) from None
            if frame is None:  # our own, going out
                continue
            message = parse_arp(frame)
            if message is None:
                if len(self._announced) < _MOST_ANNOUNCEMENTS:
                    self._announced.append(frame)
                continue
            answer = message.operation == 2 and message.target_mac == self._mac
            found.append(Heard(message.address, message.mac, answer))
        return found

    def announcements(self) -> List[bytes]:
        announced, self._announced = self._announced, []
        return announced

    def cached(self) -> Dict[str, str]:
        return {entry.address: entry.mac for entry in linux_table(self._interface)}

    def close(self) -> None:
        self._socket.close()

    def _filter(self) -> None:
        code = b"".join(struct.pack("=HBBI", *step) for step in _FILTER)
        program = ctypes.create_string_buffer(code, len(code))
        head = struct.pack("@HP", len(_FILTER), ctypes.addressof(program))
        self._socket.ins.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, head)

    def _join(self) -> None:
        """Switches announce themselves to group addresses, which a card drops unless somebody wants them."""
        index = socket.if_nametoindex(self._interface)
        for group in (*LLDP_GROUPS, CDP_GROUP):
            request = struct.pack("@iHH8s", index, _MULTICAST, len(group), group)
            try:
                self._socket.ins.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, request)
            except OSError:
                return  # the scan is worth more than the announcements
