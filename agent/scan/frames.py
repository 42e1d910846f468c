"""Ethernet frames that a scan hears: ARP here, LLDP and CDP in lldp.py. Bytes from strangers: nothing is believed."""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple, Optional

ARP_TYPE, LLDP_TYPE = 0x0806, 0x88CC
LLDP_GROUPS = (b"\x01\x80\xc2\x00\x00\x0e", b"\x01\x80\xc2\x00\x00\x03", b"\x01\x80\xc2\x00\x00\x00")
CDP_GROUP = b"\x01\x00\x0c\xcc\xcc\xcc"

_ARP = struct.Struct(">HHBBH6s4s6s4s")


class Arp(NamedTuple):
    operation: int  # 1 request, 2 reply
    mac: str
    address: str
    target_mac: str
    target: str


def ether_type(frame: bytes) -> int:
    """The type field; below 1536 it is a length (802.3); 0 for a frame cut short."""
    return struct.unpack_from(">H", frame, 12)[0] if len(frame) >= 14 else 0


def parse_arp(frame: bytes) -> Optional[Arp]:
    """An ARP message for IPv4 on Ethernet, None for anything else."""
    if ether_type(frame) != ARP_TYPE or len(frame) < 14 + _ARP.size:
        return None
    hardware, protocol, mac_length, length, operation, mac, address, target_mac, target = _ARP.unpack_from(frame, 14)
    if (hardware, protocol, mac_length, length) != (1, 0x0800, 6, 4) or operation not in (1, 2):
        return None
    return Arp(operation, mac_text(mac), socket.inet_ntoa(address), mac_text(target_mac), socket.inet_ntoa(target))


def mac_text(mac: bytes) -> str:
    return ":".join("{:02x}".format(byte) for byte in mac[:6])


def is_host_mac(mac: str) -> bool:
    """A MAC that one card can have: no group address, not all zero."""
    digits = mac.replace(":", "")
    return len(digits) == 12 and not int(digits[:2], 16) & 1 and digits.strip("0") != ""
