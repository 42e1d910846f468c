from __future__ import annotations

import ipaddress
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.host import Nic
from agent.probes.neighbours import MAX_NEIGHBOURS, combine, interface_of, subnets_of
from agent.probes.neighbours_common import ArpEntry, DefaultRoute
from agent.probes.neighbours_linux import parse_arp, parse_resolv_conf, parse_routes
from agent.probes.neighbours_windows import parse_arp as parse_windows_arp
from agent.probes.neighbours_windows import parse_routes as parse_windows_routes

ARP = """IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         02:00:5E:00:00:01     *        eth0
192.168.1.7      0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.8      0x1         0x6         02:00:5e:00:00:08     *        eth0
cut short
"""
LAN = [Nic("eth0", ipv4=("192.168.1.5/24",)), Nic("docker0", ipv4=("172.17.0.1/16",))]


def test_only_complete_arp_entries_count() -> None:
    assert parse_arp(ARP) == [
        ArpEntry("192.168.1.1", "02:00:5e:00:00:01"),
        ArpEntry("192.168.1.8", "02:00:5e:00:00:08"),
    ]


def test_no_arp_table_is_not_an_empty_one() -> None:
    assert parse_arp(None) is None
    assert parse_arp("") == []
    assert combine(None, [], [], set()).neighbour_count is None
    assert combine([], [], [], set()).neighbour_count == 0


def test_gateway_is_not_known_to_answer_without_a_table() -> None:
    routes = [DefaultRoute("192.168.1.1", 0)]

    assert combine(None, routes, [], set()).gateways[0].in_arp_table is None
    assert combine([], routes, [], set()).gateways[0].in_arp_table is False


def test_routes_that_are_no_default_route_are_left_out() -> None:
    head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n"
    rows = "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\n"
    rows += "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\n"
    rest = "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\neth0\t00000000\tzz\n"

    assert parse_routes(head + rows + rest) == [DefaultRoute("192.168.1.1", 100)]
    assert parse_routes(None) == []


def test_name_servers() -> None:
    text = "; old\nnameserver 10.0.0.53\n nameserver 10.0.0.53\nnameserver fe80::1%eth0\n"
    text += "nameserver\nnameserver x\nsearch a\n"

    assert parse_resolv_conf(text) == ["10.0.0.53", "fe80::1%eth0"]


def test_containers_and_far_hosts_are_no_neighbours() -> None:
    arp = [
        ArpEntry("192.168.1.9", "02:00:5e:00:00:09"),
        ArpEntry("172.17.0.2", "02:42:ac:11:00:02"),
        ArpEntry("10.9.9.9", "02:00:5e:00:00:99"),
        ArpEntry("192.168.1.255", "ff:ff:ff:ff:ff:ff"),
        ArpEntry("192.168.1.77", "01:00:5e:00:00:16"),
    ]

    info = combine(arp, [], subnets_of(LAN), {"eth0"})

    assert [item.interface for item in info.neighbours] == ["eth0"]
    assert info.neighbour_count == 1


def test_order_of_answers_changes_nothing() -> None:
    arp = [ArpEntry("192.168.1.{}".format(n), "02:00:5e:00:00:{:02x}".format(n)) for n in range(10, 30)]
    subnets = subnets_of(LAN)

    assert combine(arp, [], subnets, {"eth0"}) == combine(arp[::-1] + arp[:3], [], subnets, {"eth0"})


def test_a_huge_table_is_cut_but_counted() -> None:
    subnets = subnets_of([Nic("eth0", ipv4=("10.0.0.1/8",))])
    arp = [
        ArpEntry("10.0.{}.{}".format(n // 256, n % 256), "02:00:5e:00:{:02x}:{:02x}".format(n // 256, n % 256))
        for n in range(2, 2000)
    ]

    info = combine(arp, [], subnets, {"eth0"})

    assert (len(info.neighbours), info.neighbour_count) == (MAX_NEIGHBOURS, 1998)


def test_narrowest_subnet_wins() -> None:
    subnets = subnets_of(
        [Nic("wide", ipv4=("10.0.0.1/8",)), Nic("near", ipv4=("10.1.0.1/16",)), Nic("odd", ipv4=("x",))]
    )

    assert interface_of("10.1.2.3", subnets) == "near"
    assert interface_of("10.2.2.3", subnets) == "wide"
    assert interface_of("192.0.2.1", subnets) == interface_of("nonsense", subnets) == ""


def test_windows_tables_survive_a_lying_count() -> None:
    row = struct.pack("<II8s4sI", 11, 6, b"\x02\x00\x5e\x00\x00\x01\x00\x00", bytes([192, 168, 1, 1]), 3)

    assert parse_windows_arp(struct.pack("<I", 2**32 - 1) + row) == [ArpEntry("192.168.1.1", "02:00:5e:00:00:01")]
    assert parse_windows_arp(b"") is None
    assert parse_windows_arp(struct.pack("<I", 0)) == []


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_windows_table_is_survived(table: bytes) -> None:
    for entry in parse_windows_arp(table) or []:
        ipaddress.IPv4Address(entry.address)
    for route in parse_windows_routes(table):
        ipaddress.IPv4Address(route.gateway)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_linux_table_is_survived(text: str) -> None:
    parse_arp("head\n" + text)
    parse_routes("head\n" + text)
    parse_resolv_conf(text)
