"""Which network may be scanned."""

from __future__ import annotations

import ipaddress
import random
from typing import Any, Dict, List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.host import Nic
from agent.scan.targets import Network, addresses, choose, shuffled

MAC = "02-5E-00-00-00-01"


def nic(name: str = "eth0", *ipv4: str, **more: Any) -> Nic:
    return Nic(name, more.pop("mac", MAC), more.pop("is_up", True), ipv4=ipv4 or ("192.168.1.5/24",), **more)


def test_the_network_of_the_way_out_on_a_card_of_this_pc() -> None:
    found = choose([nic("eth0", "192.168.1.5/24", "192.168.1.6/24")], {"eth0": "wired"}, ["192.168.1.1"], 22).network

    assert found == Network(
        "eth0", "02:5e:00:00:00:01", "192.168.1.5", "192.168.1.0/24", "192.168.1.1", ("192.168.1.5", "192.168.1.6")
    )


@pytest.mark.parametrize("kind", ["mobile", "virtual", "unknown", "loopback"])
def test_no_vpn_mobile_line_or_virtual_network(kind: str) -> None:
    assert choose([nic()], {"eth0": kind}, ["192.168.1.1"], 22).off == "no_network"


@pytest.mark.parametrize(
    ("address", "gateway", "off"),
    [
        ("10.0.0.5/8", "10.0.0.1", "policy"),
        ("10.0.0.5/21", "10.0.0.1", "policy"),
        ("113.160.1.5/24", "113.160.1.1", "no_network"),  # the provider's network, not the office's
        ("100.64.3.5/24", "100.64.3.1", "no_network"),
        ("169.254.3.5/24", "169.254.3.1", "no_network"),
        ("192.168.1.5/31", "192.168.1.4", "no_network"),
        ("192.168.1.5/32", "192.168.1.1", "no_network"),
        ("192.168.1.5", "192.168.1.1", "no_network"),
        ("192.168.1.5/24", "192.168.2.1", "no_network"),  # routed, not neighbours
        ("192.168.1.5/24", "192.168.1.5", "no_network"),  # this PC is the way out
        ("192.168.1.5/24", "nonsense", "no_network"),
    ],
)
def test_networks_that_are_left_alone(address: str, gateway: str, off: str) -> None:
    choice = choose([nic("eth0", address)], {"eth0": "wired"}, [gateway], 16)

    assert (choice.network, choice.off) == (None, off)


def test_nothing_on_a_card_that_is_down_or_has_no_mac() -> None:
    assert choose([nic(is_up=False)], {"eth0": "wired"}, ["192.168.1.1"], 22).network is None
    assert choose([nic(mac="")], {"eth0": "wired"}, ["192.168.1.1"], 22).network is None


def test_wi_fi_is_known_as_such_because_it_is_asked_more_slowly() -> None:
    found = choose([nic("wlan0")], {"wlan0": "wireless"}, ["192.168.1.1"], 22).network

    assert found is not None and found.wireless


def test_without_a_way_out_nothing_watches_over_the_scan() -> None:
    assert choose([nic()], {"eth0": "wired"}, [], 22).off == "no_network"


def test_the_way_out_by_a_telephone_does_not_hide_the_office_lan() -> None:
    nics = [nic("usb0", "192.168.42.10/24"), nic("eth0", "192.168.1.5/24")]

    found = choose(nics, {"usb0": "mobile", "eth0": "wired"}, ["192.168.42.129", "192.168.1.1"], 22).network

    assert found is not None and found.interface == "eth0"


@pytest.mark.parametrize(
    ("policy", "prefix", "chosen"), [(22, 22, True), (24, 23, False), (24, 24, True), (8, 21, False)]
)
def test_the_policy_narrows_but_never_widens(policy: int, prefix: int, chosen: bool) -> None:
    choice = choose([nic("eth0", "10.1.0.5/{}".format(prefix))], {"eth0": "wired"}, ["10.1.0.1"], policy)

    assert (choice.network is not None) == chosen
    assert chosen or choice.off == "policy"


ADDRESSES = st.builds("{}.{}.{}.{}/{}".format, *(st.integers(0, 255) for _ in range(4)), st.integers(0, 33)) | st.text(
    max_size=20
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["eth0", "wlan0", "tun0"]), st.lists(ADDRESSES, max_size=3)), max_size=3),
    st.lists(ADDRESSES.map(lambda text: text.partition("/")[0]), max_size=3),
    st.integers(-5, 40),
)
def test_whatever_the_system_says_the_rules_hold(rows: List[Any], gateways: List[str], policy: int) -> None:
    nics = [nic(name, *ipv4) for name, ipv4 in rows]
    kinds: Dict[str, str] = {"eth0": "wired", "wlan0": "wireless", "tun0": "virtual"}

    choice = choose(nics, kinds, gateways, policy)

    if choice.network is None:
        assert choice.off in ("no_network", "policy")
        return
    network = ipaddress.IPv4Network(choice.network.network)
    assert network.is_private and 22 <= network.prefixlen <= 30
    assert choice.network.interface in ("eth0", "wlan0")
    assert ipaddress.IPv4Address(choice.network.gateway) in network
    asked = addresses(choice.network)
    assert len(asked) <= 1022
    assert choice.network.address not in asked
    assert all(ipaddress.IPv4Address(address) in network for address in asked)


def test_shuffling_loses_nobody() -> None:
    items = [str(number) for number in range(100)]

    assert sorted(shuffled(items, random.Random(1))) == sorted(items)
    assert shuffled(items, random.Random(1)) != items
