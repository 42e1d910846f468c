"""Whether an address came by DHCP: lease files of each client, the registry, IPv6 default routes."""

from __future__ import annotations

import ipaddress
import socket
import struct
from typing import Any, Dict, List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.host import Host, Nic
from agent.probes import interfaces, interfaces_linux, interfaces_windows, neighbours_linux, neighbours_windows
from agent.probes.nic_kinds_windows import _CONNECTIONS

NIC = Nic("eth0", "02:5e:00:00:00:01", True, ipv4=("192.168.1.5/24",))
DHCLIENT = """lease {
  interface "eth0";
  fixed-address 192.168.1.4;
  option dhcp-server-identifier 192.168.1.2;
}
lease {
  interface "eth0";
  fixed-address 192.168.1.5;
  option subnet-mask 255.255.255.0;
  option dhcp-server-identifier 192.168.1.1;
  renew 2 2026/11/24 03:00:00;
}
lease {
  interface "wlan0";
  fixed-address 192.168.1.5;
  option dhcp-server-identifier 10.0.0.9;
}
"""


def message(address: str = "192.168.1.5", server: str = "192.168.1.1") -> bytes:
    head = bytearray(240)
    head[16:20] = socket.inet_aton(address)
    head[236:240] = b"\x63\x82\x53\x63"
    return bytes(head) + b"\x35\x01\x05\x00\x36\x04" + socket.inet_aton(server) + b"\xff"


class Files(Host):
    """A Linux with these files and nothing else."""

    def __init__(self, files: Dict[str, Any], denied: str = "/nowhere") -> None:
        super().__init__("/", "linux")
        self.files = {"/sys/class/net/eth0/ifindex": "2\n", **files}
        self.denied = denied

    def read_bytes(self, path: str, limit: int = 1 << 20) -> Optional[bytes]:
        if path.startswith(self.denied):
            raise PermissionError(path)
        found = self.files.get(path)
        return found.encode() if isinstance(found, str) else found

    def listdir(self, path: str) -> List[str]:
        if path.startswith(self.denied):
            raise PermissionError(path)
        return sorted(name[len(path) + 1 :] for name in self.files if name.startswith(path + "/"))


@pytest.mark.parametrize(
    "files",
    [
        {"/run/systemd/netif/leases/2": "# private\nADDRESS=192.168.1.5\nSERVER_ADDRESS=192.168.1.1\n"},
        {"/var/lib/NetworkManager/internal-0a1b-eth0.lease": "ADDRESS=192.168.1.5\nSERVER_ADDRESS=192.168.1.1\n"},
        {"/var/lib/dhcp/dhclient.eth0.leases": DHCLIENT},
        {"/var/lib/NetworkManager/dhclient-0a1b-eth0.lease": DHCLIENT},
        {"/var/lib/dhcpcd/eth0.lease": message()},
        {"/var/lib/dhcpcd5/dhcpcd-eth0.lease": message()},
    ],
    ids=["networkd", "networkmanager", "dhclient", "networkmanager dhclient", "dhcpcd", "dhcpcd5"],
)
def test_a_lease_of_each_client(files: Dict[str, Any]) -> None:
    assert interfaces_linux.dhcp(Files(files), [NIC]) == {"eth0": (True, "192.168.1.1")}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, (None, "")),
        ({"/var/lib/dhcp/dhclient.leases": DHCLIENT.replace("192.168.1.5", "192.168.1.77")}, (None, "")),
        ({"/var/lib/dhcp/dhclient.wlan0.leases": DHCLIENT.replace('"eth0"', '"wlan0"')}, (None, "")),
        ({"/etc/network/interfaces": "auto eth0\niface eth0 inet static\n address 192.168.1.5\n"}, (False, "")),
        ({"/etc/network/interfaces.d/lan": "iface eth0 inet dhcp\n"}, (None, "")),
        ({"/run/systemd/netif/links/2": "ADMIN_STATE=configured\nOPER_STATE=routable\n"}, (False, "")),
        ({"/run/systemd/netif/links/2": "ADMIN_STATE=unmanaged\n"}, (None, "")),
    ],
)
def test_without_a_lease_it_is_static_only_where_the_system_says_so(files: Dict[str, Any], told: Any) -> None:
    assert interfaces_linux.dhcp(Files(files), [NIC]) == {"eth0": told}


def test_what_may_not_be_read_is_unknown() -> None:
    host = Files({"/var/lib/dhcp/dhclient.leases": DHCLIENT}, denied="/var/lib")

    assert interfaces_linux.dhcp(host, [NIC]) == {"eth0": (None, "")}
    assert interfaces_linux.dhcp(host, [Nic("eth1")]) == {}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=200))
def test_any_lease_file_is_survived(data: bytes, text: str) -> None:
    for address, server in (
        interfaces_linux.parse_message(data),
        interfaces_linux.parse_message(message()[:240] + data),
        interfaces_linux.parse_assignments(text),
        *interfaces_linux.parse_dhclient("lease {" + text + "\n}", "eth0"),
    ):
        for found in (address, server):
            assert not found or ipaddress.IPv4Address(found)


# --- Windows


class Registry(Host):
    def __init__(self, values: Dict[str, Any]) -> None:
        super().__init__("/", "windows")
        self.values = values

    def registry_keys(self, key: str) -> List[str]:
        return ["{ABC}"] if key == _CONNECTIONS else ["{abc}", "{def}"]

    def registry_value(self, key: str, name: str) -> Any:
        return "Ethernet" if key.endswith("Connection") else None

    def registry_values(self, key: str) -> Dict[str, Any]:
        return self.values if key.endswith("{abc}") else {}


@pytest.mark.parametrize(
    ("values", "address", "told"),
    [
        ({"EnableDHCP": 1, "DhcpIPAddress": "192.168.1.5", "DhcpServer": "192.168.1.1"}, "", (True, "192.168.1.1")),
        ({"EnableDHCP": 1, "DhcpIPAddress": "192.168.1.5", "DhcpServer": "255.255.255.255"}, "", (True, "")),
        ({"EnableDHCP": 0, "DhcpIPAddress": "192.168.1.5", "DhcpServer": "192.168.1.1"}, "", (False, "")),
        ({"EnableDHCP": 1, "DhcpIPAddress": "0.0.0.0"}, "169.254.3.4/16", (False, "")),
        ({"EnableDHCP": 1, "DhcpIPAddress": "10.0.0.1"}, "", (None, "")),
        ({"DhcpIPAddress": "192.168.1.5"}, "", (None, "")),
        ({}, "", (None, "")),
    ],
)
def test_the_registry_tells(values: Dict[str, Any], address: str, told: Any) -> None:
    nic = Nic("Ethernet", "02-5E-00-00-00-01", True, ipv4=(address or "192.168.1.5/24",))

    assert interfaces.dhcp(Registry(values), [nic]).get("Ethernet", (None, "")) == told


def test_other_systems_do_not_tell() -> None:
    assert interfaces.dhcp(Host("/", "other"), [NIC]) == {}
    assert interfaces_windows.dhcp(Registry({}), [Nic("gone")]) == {}


# --- IPv6 default routes

ZERO, GATEWAY = "0" * 32, "fe80000000000000025e00fffe000001"


def route(destination: str = ZERO, length: str = "00", gateway: str = GATEWAY, flags: str = "00450003") -> str:
    return " ".join([destination, length, ZERO, "00", gateway, "00000400", "00000001", "00000000", flags, "eth0"])


def test_ipv6_gateways_on_linux() -> None:
    lines = [
        route(), route(), route(gateway=GATEWAY[:-1] + "2"), route(gateway=ZERO), route(length="40"),
        route("20" + ZERO[2:]), route(flags="00200200"), "cut short",
    ]  # fmt: skip

    assert neighbours_linux.count_ipv6_gateways("\n".join(lines)) == 2
    assert neighbours_linux.count_ipv6_gateways("") == 0
    assert neighbours_linux.count_ipv6_gateways(None) is None


def windows_route(
    prefix: bytes = bytes(16), length: int = 0, next_hop: bytes = bytes(15) + b"\x01", index: int = 7
) -> bytes:
    row = struct.pack("<QI", 1, index) + struct.pack("<HHI", 23, 0, 0) + prefix + bytes(4) + struct.pack("<B3x", length)
    row += struct.pack("<HHI", 23, 0, 0) + next_hop + bytes(4)
    return row + bytes(104 - len(row))


def test_ipv6_gateways_on_windows() -> None:
    rows = [
        windows_route(), windows_route(index=8), windows_route(next_hop=bytes(16)), windows_route(length=64),
        windows_route(prefix=b"\x20\x01" + bytes(14)),
    ]  # fmt: skip

    assert neighbours_windows.count_ipv6_gateways(struct.pack("<II", 5, 0) + b"".join(rows)) == 2
    assert neighbours_windows.count_ipv6_gateways(struct.pack("<II", 2**32 - 1, 0) + rows[0][:60]) == 0
    assert neighbours_windows.count_ipv6_gateways(b"") is None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=200))
def test_any_route_table_is_survived(table: bytes, text: str) -> None:
    neighbours_windows.count_ipv6_gateways(table)
    neighbours_linux.count_ipv6_gateways(text)
