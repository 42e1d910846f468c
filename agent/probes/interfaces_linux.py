"""Linux: whether an interface's IPv4 address came by DHCP, and from whom, by the lease files that DHCP clients keep.

systemd-networkd, NetworkManager, dhclient and dhcpcd each have their own place and form. Which of them runs is not
asked: a lease counts when its address stands on the interface now.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from ..host import Host, Nic

Dhcp = Tuple[Optional[bool], str]  # (address given by DHCP, DHCP server or "")

UNKNOWN: Dhcp = (None, "")

_NETWORKD = "/run/systemd/netif/"
_DHCLIENT = ("/var/lib/dhcp", "/var/lib/dhclient", "/var/lib/NetworkManager")
_DHCPCD = ("/var/lib/dhcpcd", "/var/lib/dhcpcd5")
_INTERFACES = "/etc/network/interfaces"
_MAX_FILES = 64
_COOKIE = b"\x63\x82\x53\x63"  # RFC 2131: in front of the options
_BLOCK = re.compile(r"lease\s*\{(.*?)\n\}", re.DOTALL)


def dhcp(host: Host, nics: Sequence[Nic]) -> Dict[str, Dhcp]:
    """By interface name. What cannot be read is unknown, never "no"."""
    return {nic.name: _of(host, nic) for nic in nics if nic.ipv4}


def _of(host: Host, nic: Nic) -> Dhcp:
    present = {text.partition("/")[0] for text in nic.ipv4}
    for address, server in _leases(host, nic.name):
        if address in present:
            return True, server
    return (False, "") if _is_static(host, nic.name) else UNKNOWN


def _leases(host: Host, name: str) -> Iterator[Tuple[str, str]]:
    """(address, server) of every lease that names this interface."""
    index = (_text(host, "/sys/class/net/{}/ifindex".format(name)) or "").strip()
    if index.isdigit():
        yield parse_assignments(_text(host, _NETWORKD + "leases/" + index) or "")
    for folder in _DHCLIENT:
        for file in _names(host, folder):
            if file.startswith("internal-") and file.endswith("-{}.lease".format(name)):
                yield parse_assignments(_text(host, folder + "/" + file) or "")
            elif file.endswith((".leases", ".lease")):
                yield from parse_dhclient(_text(host, folder + "/" + file) or "", name)
    for folder in _DHCPCD:
        for file in _names(host, folder):
            if re.match(r"(dhcpcd-)?{}(-.*)?\.lease$".format(re.escape(name)), file):
                yield parse_message(_bytes(host, folder + "/" + file) or b"")


def parse_assignments(text: str) -> Tuple[str, str]:
    """systemd-networkd's form, NAME=value -> (address, server)."""
    found: Dict[str, str] = {}
    for line in text.splitlines():
        name, _, value = line.partition("=")
        found[name] = value
    return _address(found.get("ADDRESS", "")), _address(found.get("SERVER_ADDRESS", ""))


def parse_dhclient(text: str, name: str) -> List[Tuple[str, str]]:
    """dhclient's form; newest lease first, as the file grows at its end."""
    found: List[Tuple[str, str]] = []
    for block in _BLOCK.findall(text):
        values: Dict[str, str] = {}
        for line in block.splitlines():
            words = line.strip().rstrip(";").split()
            if words[:1] == ["option"]:
                words = words[1:]
            if len(words) == 2:
                values[words[0]] = words[1].strip('"')
        if values.get("interface", name) == name:
            found.append(
                (_address(values.get("fixed-address", "")), _address(values.get("dhcp-server-identifier", "")))
            )
    return found[::-1]


def parse_message(data: bytes) -> Tuple[str, str]:
    """A DHCP message as dhcpcd keeps it (RFC 2131) -> (address, server)."""
    if len(data) < 240 or data[236:240] != _COOKIE:
        return "", ""
    server, place = "", 240
    while place + 1 < len(data) and data[place] != 255:
        if data[place] == 0:
            place += 1
            continue
        length = data[place + 1]
        value = data[place + 2 : place + 2 + length]
        if data[place] == 54 and len(value) == 4:
            server = socket.inet_ntoa(value)
        place += 2 + length
    return _address(socket.inet_ntoa(data[16:20])), _address(server)


def _is_static(host: Host, name: str) -> bool:
    """An address that somebody typed in: ifupdown says so, and networkd by a configured link without a lease."""
    texts = [_text(host, _INTERFACES) or ""]
    texts += [_text(host, "{}.d/{}".format(_INTERFACES, file)) or "" for file in _names(host, _INTERFACES + ".d")]
    methods = re.findall(r"^\s*iface\s+{}\s+inet\s+(\w+)".format(re.escape(name)), "\n".join(texts), re.MULTILINE)
    if methods:
        return set(methods) == {"static"}
    index = (_text(host, "/sys/class/net/{}/ifindex".format(name)) or "").strip()
    link = (_text(host, _NETWORKD + "links/" + index) or "") if index.isdigit() else ""
    return "ADMIN_STATE=configured" in link.splitlines()


def _address(text: str) -> str:
    try:
        found = ipaddress.IPv4Address(text.strip())
    except ValueError:
        return ""
    return "" if found.is_unspecified else str(found)


def _text(host: Host, path: str) -> Optional[str]:
    data = _bytes(host, path)
    return None if data is None else data.decode("utf-8", "replace")


def _bytes(host: Host, path: str) -> Optional[bytes]:
    try:
        return host.read_bytes(path)
    except PermissionError:
        return None


def _names(host: Host, folder: str) -> List[str]:
    try:
        return host.listdir(folder)[:_MAX_FILES]
    except PermissionError:
        return []
