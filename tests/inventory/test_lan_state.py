"""LAN state: what PCs see decides; one PC behind a modem proves nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.lan_state import LanSeen, PcOnLan, judge, pc_on_lan


def wired(up: bool = True, address: str = "192.168.1.5/24", kind: str = "wired", mac: str = "m1") -> dict[str, Any]:
    return {
        "interfaces": [
            {"name": "eth0", "kind": kind, "is_up": up, "ipv4": [address] if address else [], "mac_hash": mac}
        ]
    }


def sees(*peers: str, gateway: str = "gw") -> dict[str, Any]:
    return {
        "gateways": [{"address": "192.168.1.1", "mac_hash": gateway, "interface": "eth0"}],
        "neighbours": [{"mac_hash": peer, "interface": "eth0"} for peer in peers],
    }


def pc(mac: str = "m1", *peers: str, gateway: str = "gw") -> PcOnLan:
    return pc_on_lan(wired(mac=mac), sees(*peers, gateway=gateway), is_virtual=False)


OFF = pc_on_lan(wired(up=False), None, is_virtual=False)
MODEM = pc_on_lan(wired(kind="mobile"), None, is_virtual=False)
LINK_LOCAL = pc_on_lan(wired(address="169.254.3.4/16"), None, is_virtual=False)
VIRTUAL = pc_on_lan(wired(), sees("a", "b"), is_virtual=True)


@pytest.mark.parametrize(
    ("pcs", "state"),
    [
        ([], "unknown"),
        ([VIRTUAL], "unknown"),
        ([pc()], "unknown"),
        ([pc("m1", "printer")], "working"),
        ([pc("m1"), pc("m2")], "working"),
        ([pc("m1", "m2"), pc("m2", "m1")], "working"),
        ([pc("m1", gateway="gw1"), pc("m2", gateway="gw2")], "partial"),
        ([pc("m1", "m2"), OFF], "partial"),
        ([OFF], "none"),
        ([MODEM, MODEM], "none"),
        ([LINK_LOCAL], "none"),
    ],
)
def test_what_the_pcs_see_decides(pcs: list[PcOnLan], state: str) -> None:
    assert judge(pcs, "", None).state == state


def test_two_pcs_that_only_see_each_other_are_two_devices_not_four() -> None:
    evidence = {item["fact"]: item["value"] for item in judge([pc("m1", "m2"), pc("m2", "m1")], "", None).evidence}

    assert evidence["devices"] == 2
    assert evidence["networks"] == 1


def test_measured_beats_declared_and_the_conflict_is_told() -> None:
    verdict = judge([OFF], "working", date(2026, 3, 1))

    assert (verdict.state, verdict.source) == ("none", "measured")
    assert {"fact": "conflict", "value": True} in verdict.evidence
    assert {"fact": "declared", "value": "working", "day": "2026-03-01"} in verdict.evidence


def test_declared_counts_where_nothing_was_measured() -> None:
    assert judge([], "partial", None).state == "partial"
    assert judge([], "partial", None).source == "declared"
    assert judge([], "rubbish", None).state == "unknown"


_PCS = st.lists(
    st.builds(
        PcOnLan,
        linked=st.sampled_from([True, False, None]),
        gateways=st.frozensets(st.sampled_from(["g1", "g2"]), max_size=2),
        own=st.frozensets(st.sampled_from(["m1", "m2", "m3"]), max_size=1),
        peers=st.frozensets(st.sampled_from(["m1", "m2", "m3", "p1", "p2"]), max_size=3),
    ),
    max_size=5,
)


@given(_PCS, st.randoms())
def test_the_order_of_pcs_changes_nothing(pcs: list[PcOnLan], random: Any) -> None:
    shuffled = list(pcs)
    random.shuffle(shuffled)

    assert judge(pcs, "", None) == judge(shuffled, "", None)


@given(_PCS)
def test_working_needs_everybody_linked_on_one_network(pcs: list[PcOnLan]) -> None:
    if judge(pcs, "", None).state == "working":
        assert all(item.linked for item in pcs if item.linked is not None)


def test_the_scanner_and_switches_prove_a_network_that_one_pc_cannot() -> None:
    alone = pc_on_lan(
        {"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["10.0.0.2/24"], "dhcp": True,
                         "speed_mbps": 10, "duplex": "half"}]},
        {"gateways": [{"mac_hash": "g"}]}, False,
        {"interfaces": [{"name": "e", "rx_errors": 5000, "rx_bytes": 10_000_000}]},
    )  # fmt: skip

    assert judge([alone], "", None).state == "unknown"
    found = judge([alone], "", None, LanSeen(hosts=7, switches=1, lldp=2))
    facts = {row["fact"]: row["value"] for row in found.evidence}
    assert found.state == "working"
    assert facts | {"wired": 1, "dhcp": 1, "slow": 1, "faulty": 1, "switches": 1, "lldp": 2, "scanned": 7} == facts


def test_a_few_errors_on_a_busy_card_are_noise() -> None:
    linked = {"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["10.0.0.2/24"]}]}
    busy = {"interfaces": [{"name": "e", "rx_errors": 5000, "rx_bytes": 10**12}]}
    other = {"interfaces": [{"name": "lo", "rx_errors": 5000, "rx_bytes": 1}]}

    assert pc_on_lan(linked, {}, False, busy).faulty is False
    assert pc_on_lan(linked, {}, False, other).faulty is None
