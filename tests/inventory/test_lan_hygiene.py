"""What is believed of a LAN, what has an innocent reading, and what nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.finding import FINDING_KINDS
from inventory.domain.lan_hygiene import KINDS, Hygiene, PcView, judge

CLEAN: dict[str, Any] = {
    "network": "192.168.1.0/24",
    "gateway": "192.168.1.1",
    "dhcp_asked": True,
    "dhcp_offers": [{"server": "192.168.1.1", "gateway": "192.168.1.1", "dns_servers": ["192.168.1.1"]}],
    "hops": ["192.168.1.1", "10.20.0.1", "113.190.0.1"],
    "name_checks": [
        {"name": "chinhphu.vn", "kind": "known", "answers": ["103.9.0.10"]},
        {"name": "does-not-exist.example", "kind": "absent", "error": "nxdomain"},
    ],
    "doors": [{"service": "telnet", "open": False}, {"service": "http", "open": False}],
    "ipv6_address": True,
    "ipv6_internet": True,
}
REACH = {"internet": True, "captive": False}
WIRED = {"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["192.168.1.7/24"]}]}
GATEWAY = {"gateways": [{"address": "192.168.1.1", "interface": "e", "mac_hash": "g"}]}


def pc(reach: dict[str, Any] | None = None, interfaces: Any = None, neighbours: Any = None, **changes: Any) -> PcView:
    return PcView("a", CLEAN | changes, reach or REACH, interfaces or WIRED, neighbours or GATEWAY)


def gaps(*pcs: PcView, devices: Any = ()) -> dict[str, Any]:
    return {gap.kind: gap.evidence for gap in judge(pcs, devices).gaps}


def test_a_clean_network_has_no_gap_and_every_kind_was_judged() -> None:
    found = judge([pc()], [{"name": "HP", "default_community": False}])

    assert found == Hygiene((), frozenset(KINDS))
    assert set(KINDS) <= set(FINDING_KINDS)


def test_silence_is_no_verdict() -> None:
    assert judge([], []) == Hygiene((), frozenset())
    assert judge([PcView("a")], [{"name": "x"}]).judged == frozenset()


OFFER = CLEAN["dhcp_offers"][0]


@pytest.mark.parametrize(
    ("offers", "rogue"),
    [
        ([OFFER], False),
        ([OFFER, OFFER], False),
        ([OFFER, {"server": "192.168.1.9", "gateway": "192.168.1.9", "dns_servers": ["192.168.1.9"]}], True),
        # two servers of one network, as careful offices have them
        ([OFFER, {**OFFER, "server": "192.168.1.2"}], False),
        ([OFFER, {**OFFER, "server": "192.168.1.2", "dns_servers": ["6.6.6.6"]}], True),
        # a server of its own that is not the router is no stranger when it is alone
        ([{**OFFER, "server": "192.168.1.5"}], False),
        ([], False),
    ],
)
def test_rogue_dhcp(offers: list[dict[str, Any]], rogue: bool) -> None:
    assert ("lan_rogue_dhcp" in gaps(pc(dhcp_offers=offers))) is rogue


@pytest.mark.parametrize(
    ("hops", "second"),
    [
        (["192.168.1.1", "192.168.0.1", "113.190.0.1"], True),
        (["192.168.1.1", "10.20.0.1", "113.190.0.1"], False),  # inside the provider's network
        (["192.168.1.1", "100.64.0.1"], False),
        (["192.168.1.1", "113.190.0.1"], False),
        (["192.168.1.1", "192.168.1.254"], False),  # the same network
        (["192.168.1.1"], None),
        (["", "192.168.0.1"], None),
        (["192.168.1.1", "", "192.168.0.1"], None),
    ],
)
def test_second_router(hops: list[str], second: bool | None) -> None:
    found = judge([pc(hops=hops)], [])

    assert ("lan_second_router" in {gap.kind for gap in found.gaps}) is bool(second)
    assert ("lan_second_router" in found.judged) is (second is not None)


def test_a_second_hop_on_another_network_of_the_site_is_the_offices_own_router() -> None:
    front = pc(
        interfaces={"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["10.9.0.4/24"]}]},
        neighbours={"gateways": [{"address": "10.9.0.1", "interface": "e", "mac_hash": "h"}]},
        network="10.9.0.0/24",
        hops=["10.9.0.1", "113.190.0.1"],
    )
    behind = pc(hops=["192.168.1.1", "10.9.0.1", "113.190.0.1"])

    assert "lan_second_router" in gaps(front, behind)
    assert "lan_second_router" not in gaps(behind)


def test_an_address_used_twice() -> None:
    found = gaps(pc(clashes=[{"address": "192.168.1.9", "mac_hashes": ["a", "b"]}]))

    assert found["lan_address_clash"]["addresses"] == ["192.168.1.9"]


def test_a_page_in_the_way_counts_only_while_nobody_gets_through() -> None:
    caught = {"internet": False, "captive": True}

    assert gaps(pc(reach=caught))["lan_captive"] == {"pcs": 1}
    assert "lan_captive" not in gaps(pc(reach=caught), pc())


def test_a_phone_as_the_way_out() -> None:
    phone = {
        "interfaces": {"interfaces": [{"name": "w", "kind": "wireless", "is_up": True, "ipv4": ["172.20.10.3/28"]}]},
        "neighbours": {"gateways": [{"address": "172.20.10.1", "interface": "w", "mac_hash": "p"}]},
    }
    cable = {
        "interfaces": {"interfaces": [{"name": "w", "kind": "wired", "is_up": True, "ipv4": ["192.168.43.3/24"]}]},
        "neighbours": {"gateways": [{"address": "192.168.43.1", "interface": "w", "mac_hash": "p"}]},
    }
    android = pc(dhcp_offers=[{**OFFER, "options": ["android_metered"]}])

    assert gaps(pc(**phone))["lan_hotspot"]["why"] == "network"
    assert gaps(android)["lan_hotspot"]["why"] == "android_metered"
    assert "lan_hotspot" not in gaps(pc(**cable)), "a router that was set to such a network by hand"


@pytest.mark.parametrize(
    ("check", "tampered"),
    [
        ({"kind": "absent", "answers": ["113.190.9.9"]}, True),
        ({"kind": "known", "answers": ["192.168.1.1"]}, True),
        ({"kind": "known", "answers": ["127.0.0.1"]}, True),
        ({"kind": "known", "answers": ["103.9.0.10", "2404:6800::1"]}, False),
        ({"kind": "known", "error": "timeout"}, None),
        ({"kind": "absent", "error": "timeout"}, None),
        ({"kind": "absent", "error": "nxdomain"}, None),  # an offline server says so to everything
        ({"kind": "known", "name": "tsl.gov.vn", "answers": ["10.1.2.3"]}, None),  # the government network's own view
    ],
)
def test_dns_tampering(check: dict[str, Any], tampered: bool | None) -> None:
    found = judge([pc(name_checks=[{"name": "n", "server": "", **check}])], [])

    assert ("lan_dns_tampering" in {gap.kind for gap in found.gaps}) is bool(tampered)
    assert ("lan_dns_tampering" in found.judged) is (tampered is not None)


def test_a_server_that_invents_names_is_not_believed_for_names_of_the_country_either() -> None:
    known = {"name": "tsl.gov.vn", "kind": "known", "answers": ["10.1.2.3"], "server": "s"}
    absent = {"name": "absent:com", "kind": "absent", "answers": ["10.1.2.4"], "server": "s"}
    honest = {"name": "absent:vn", "kind": "absent", "error": "nxdomain", "server": "s"}

    assert len(gaps(pc(name_checks=[known, absent]))["lan_dns_tampering"]["wrong"]) == 2
    assert "lan_dns_tampering" not in gaps(pc(name_checks=[known, absent, honest])), "one suffix alone may be a mistake"


def leased(agent: str, own: str, sees: str, server: str, gateway_mac: str) -> PcView:
    card = {
        "name": "e",
        "kind": "wired",
        "is_up": True,
        "ipv4": ["192.168.1.7/24"],
        "mac_hash": own,
        "dhcp_server": server,
    }
    way = {"address": "192.168.1.1", "interface": "e", "mac_hash": gateway_mac}
    peers = [{"mac_hash": sees, "interface": "e"}]
    return PcView(agent, {}, REACH, {"interfaces": [card]}, {"gateways": [way], "neighbours": peers})


def test_two_pcs_that_see_one_another_and_live_by_different_servers() -> None:
    one = leased("a", "ma", "mb", "192.168.1.1", "g")
    other = leased("b", "mb", "x", "192.168.1.9", "h")

    assert gaps(one, other)["lan_rogue_dhcp"]["servers"] == ["192.168.1.1", "192.168.1.9"]
    assert "lan_rogue_dhcp" not in gaps(leased("a", "ma", "x", "192.168.1.1", "g"), other), "two networks alike"
    assert "lan_rogue_dhcp" not in gaps(one, leased("b", "mb", "ma", "192.168.1.9", "g")), "one way out"


def test_two_boxes_with_one_address_are_two_servers() -> None:
    twin = {**OFFER, "mac_hash": "other", "dns_servers": ["192.168.1.7"]}

    assert "lan_rogue_dhcp" in gaps(pc(dhcp_offers=[OFFER, twin]))
    assert "lan_rogue_dhcp" not in gaps(pc(dhcp_offers=[OFFER, {"server": "192.168.1.9"}])), "it offers no way out"


def test_behind_a_captive_page_names_prove_nothing() -> None:
    check = {"name": "n", "kind": "absent", "answers": ["10.0.0.1"]}

    assert "lan_dns_tampering" not in gaps(pc(reach={"captive": True}, name_checks=[check]))


def test_doors_and_communities() -> None:
    ajar = pc(doors=[{"service": "http", "open": True}, {"service": "https", "open": True}])

    assert gaps(ajar)["lan_open_management"]["doors"] == ["http"]
    signpost = pc(doors=[{"service": "http", "open": True, "says": "-> https"}])
    assert "lan_open_management" not in gaps(signpost)
    found = gaps(pc(), devices=[{"name": "HP M404", "default_community": True}, {"name": "x"}])
    assert found["lan_default_snmp"] == {"devices": ["HP M404"], "count": 1}


def test_no_ipv6_needs_everybody_without() -> None:
    without = {"ipv6_address": False, "ipv6_internet": False}

    assert gaps(pc(**without))["lan_no_ipv6"] == {"pcs": 1}
    assert "lan_no_ipv6" not in gaps(pc(**without), pc())
    modem = {"interfaces": [{"name": "m", "kind": "mobile", "is_up": True, "ipv4": ["10.1.2.3/24"]}]}
    assert "lan_no_ipv6" not in gaps(pc(interfaces=modem, neighbours={}, **without)), "no LAN, no gap of a LAN"
    assert "lan_no_ipv6" in gaps(pc(ipv6_address=True, ipv6_internet=False)), "an address alone leads nowhere"


PLAIN = st.recursive(
    st.none() | st.booleans() | st.text(max_size=18) | st.integers(), lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*CLEAN, "server", "answers", "kind", "open", "address"]), inner, max_size=4)
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(sorted(CLEAN)), PLAIN),
    st.dictionaries(st.sampled_from(["captive", "internet"]), PLAIN),
)
def test_any_section_is_judged_without_error(hygiene: dict[str, Any], reach: dict[str, Any]) -> None:
    judge([PcView("a", hygiene, reach, WIRED, GATEWAY)], [])
