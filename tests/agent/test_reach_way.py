"""The near part of the way: link, gateway, provider. Rules alone; real networks are in test_watch_net.py."""

from __future__ import annotations

from typing import Callable, Dict, List, Optional, Set

import pytest

from agent.host import Nic
from agent.hygiene.hops import Echo
from agent.probes.reach_way import Neighbour, by_arp, by_hops, judge_link

GATEWAY = "192.168.1.1"
SILENT = Echo()
LAN = Nic("eth0", is_up=True, ipv4=("192.168.1.20/24",))
KINDS = {
    "lo": "loopback",
    "eth0": "wired",
    "wlan0": "wireless",
    "br0": "virtual",
    "docker0": "virtual",
    "vpn": "unknown",
}
LO = Nic("lo", is_up=True, ipv4=("127.0.0.1/8",))
DOCKER = Nic("docker0", is_up=True, ipv4=("172.17.0.1/16",))


@pytest.mark.parametrize(
    ("nics", "gateways", "expected"),
    [
        ([LO, LAN], [GATEWAY], True),
        ([LO, LAN], [], True),
        ([LO], [], False),
        ([LO, DOCKER], [], False),
        ([LO, DOCKER], [GATEWAY], False),
        ([LO, Nic("eth0", is_up=False, ipv4=("192.168.1.20/24",))], [GATEWAY], False),
        ([LO, Nic("eth0", is_up=True)], [], False),
        ([LO, Nic("eth0", is_up=True, ipv4=("169.254.7.7/16",), ipv6=("fe80::1%eth0/64", "fe80::1/64"))], [], False),
        ([LO, Nic("eth0", is_up=True, ipv6=("2001:ee0::5/64",))], [], True),
        ([LO, Nic("eth0", is_up=None, ipv4=("10.0.0.5/8",))], [], True),
        ([LO, Nic("eth0", is_up=True), Nic("br0", is_up=True, ipv4=("192.168.1.20/24",))], [GATEWAY], True),
        ([LO, Nic("eth0", is_up=True, ipv4=("bad",))], [GATEWAY], False),
        ([], [], False),
    ],
)  # fmt: skip
def test_link_is_known_without_a_packet(nics: List[Nic], gateways: List[str], expected: bool) -> None:
    assert judge_link(nics, KINDS, gateways) is expected


def asker(answers: Dict[int, Echo]) -> Callable[[int], Echo]:
    return lambda distance: answers.get(distance, SILENT)


@pytest.mark.parametrize(
    ("first", "answers", "known", "expected"),
    [
        (Echo(GATEWAY), {2: Echo("10.20.0.1")}, set(), True),
        (Echo(GATEWAY), {3: Echo("100.64.0.1")}, set(), True),
        (Echo(GATEWAY), {2: Echo("113.160.1.1", True)}, set(), True),
        (Echo(GATEWAY), {}, set(), None),
        (Echo(GATEWAY), {}, {"hop"}, False),
        (Echo(GATEWAY, True), {}, set(), False),
        (SILENT, {2: Echo(GATEWAY, True)}, set(), False),
        (SILENT, {}, {"echo"}, None),
        (Echo(GATEWAY), {2: Echo("192.168.0.1")}, set(), None),
        (Echo(GATEWAY), {2: Echo("192.168.0.1"), 3: Echo("10.20.0.1")}, set(), True),
        (Echo(GATEWAY), {2: Echo(GATEWAY)}, {"hop"}, False),
    ],
)
def test_provider_by_who_ends_the_packets(
    first: Echo, answers: Dict[int, Echo], known: Set[str], expected: Optional[bool]
) -> None:
    """Silence means something only where somebody is known to have answered; the office's own second box is nobody."""
    before = set(known)

    found, _ = by_hops(asker(answers), GATEWAY, first, known)

    assert found is expected
    assert known == before | ({"hop"} if expected else set())


@pytest.mark.parametrize(
    ("rows", "resolves", "expected"),
    [
        ([Neighbour(True, True)], None, True),
        ([Neighbour(False, False), Neighbour(True, True)], None, True),
        ([Neighbour(False, False), Neighbour(False, False)], None, False),
        ([Neighbour(True, False), Neighbour(True, False), Neighbour(True, True)], None, True),
        ([Neighbour(True, False)] * 3 + [Neighbour(False, False)] * 2, None, False),
        ([Neighbour(True, False)] * 30, None, None),
        ([None], None, None),
        ([None], True, True),
        ([None], False, False),
        ([Neighbour(False, False)] * 2, True, True),
        ([Neighbour(True, True)], False, True),
    ],
)
def test_gateway_by_the_arp_table(
    rows: List[Optional[Neighbour]], resolves: Optional[bool], expected: Optional[bool]
) -> None:
    left = list(rows)
    knocks: List[int] = []

    found = by_arp(
        lambda: left.pop(0) if left else rows[-1],
        lambda: knocks.append(1),
        None if resolves is None else lambda: bool(resolves),
        sleep=lambda seconds: None,
    )

    assert found is expected
    assert knocks == [1]
