from __future__ import annotations

from typing import Any, Dict

import pytest

from agent.host import Nic
from agent.probes.interfaces import describe, without_mac
from agent.probes.nic_kinds import judge_linux
from agent.probes.nic_kinds_windows import judge as judge_windows

ETHERNET = 1


@pytest.mark.parametrize(
    ("name", "facts", "kind"),
    [
        ("lo", {"hardware": 772}, "loopback"),
        ("eth0", {"has_device": True, "driver": "e1000e"}, "wired"),
        ("enx00", {"has_device": True, "driver": "r8152"}, "wired"),
        ("wlan0", {"has_device": True, "has_radio": True}, "wireless"),
        ("wlp2s0", {"has_device": True, "uevent": "DEVTYPE=wlan\nINTERFACE=wlp2s0"}, "wireless"),
        ("wwan0", {"has_device": True, "driver": "cdc_mbim"}, "mobile"),
        ("usb0", {"has_device": True, "driver": "rndis_host"}, "mobile"),
        ("eth1", {"has_device": True, "driver": "ipheth"}, "mobile"),
        ("enp0s20u1", {"has_device": True, "uevent": "DEVTYPE=wwan"}, "mobile"),
        ("docker0", {"uevent": "DEVTYPE=bridge"}, "virtual"),
        ("veth12ab", {}, "virtual"),
        ("tun0", {"hardware": 65534}, "virtual"),
        ("wg0", {"hardware": 65534, "uevent": "DEVTYPE=wireguard"}, "virtual"),
        ("bond0", {"uevent": "DEVTYPE=bond"}, "virtual"),
        ("ppp0", {"hardware": 512}, "unknown"),
        ("ib0", {"hardware": 32, "has_device": True}, "unknown"),
        ("odd", {"hardware": None}, "unknown"),
    ],
)
def test_kind_on_linux(name: str, facts: Dict[str, Any], kind: str) -> None:
    known = {
        "hardware": ETHERNET,
        "uevent": "",
        "driver": "",
        "has_device": False,
        "has_radio": False,
        **facts,
    }

    assert judge_linux(name, **known) == kind


@pytest.mark.parametrize(
    ("name", "driver", "kind"),
    [
        ("Ethernet", {"Characteristics": 0x84, "*IfType": 6, "*PhysicalMediaType": 14}, "wired"),
        ("Ethernet", {"Characteristics": 0x84}, "wired"),
        ("Wi-Fi", {"Characteristics": 0x84, "*IfType": 71, "*PhysicalMediaType": 9}, "wireless"),
        ("Wi-Fi", {"Characteristics": 0x84, "*IfType": 6, "*PhysicalMediaType": 9}, "wireless"),
        ("Cellular", {"Characteristics": 0x84, "*IfType": 243, "*PhysicalMediaType": 8}, "mobile"),
        (
            "Ethernet 3",
            {
                "Characteristics": 0x84,
                "*IfType": 6,
                "DriverDesc": "Remote NDIS based Internet Sharing Device #2",
            },
            "mobile",
        ),
        ("VMnet8", {"Characteristics": 0x1, "*IfType": 6}, "virtual"),
        ("Loopback Pseudo-Interface 1", {}, "loopback"),
        ("Teredo Tunneling Pseudo-Interface", {}, "virtual"),
        ("Bluetooth", {"Characteristics": 0x4, "*IfType": 7}, "unknown"),
        ("gone", {}, "unknown"),
    ],
)
def test_kind_on_windows(name: str, driver: Dict[str, Any], kind: str) -> None:
    assert judge_windows(name, driver) == kind


def test_an_interface_without_link_has_no_speed() -> None:
    nic = Nic("eth0", "02:00:5e:00:00:01", False, 1000, "full", 1500)

    assert (describe(nic, "wired").speed_mbps, describe(nic, "wired").duplex) == (None, "")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("fe80::fc:ff:fe00:1/64", "fe80::/64"),
        ("2001:db8:1:2:0:fcff:fe00:1/64", "2001:db8:1:2:0:fcff:fe00:1/64"),
        ("2001:db8:1:2:fc:ff:fe00:1", "2001:db8:1:2::/64"),
        ("fd00::2/64", "fd00::2/64"),
        ("nonsense", "nonsense"),
    ],
)
def test_an_address_built_from_the_mac_is_told_as_its_network(address: str, told: str) -> None:
    assert without_mac(address, "02:fc:00:00:00:01") == told


def test_without_a_mac_addresses_stay() -> None:
    assert without_mac("fe80::1/64", "") == "fe80::1/64"
