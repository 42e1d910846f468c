"""Looks at real faults: network namespaces with a gateway, a provider and the Internet behind them."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

import pytest

from tests.agent.watch_net import Way
from tests.scan import netns

POLICY: Dict[str, Any] = {
    "internet_check_url": "http://10.88.2.2/check",
    "internet_check_text": "known answer",
    "government_check": "tcp://10.88.2.2:80",
    "reach_targets": [
        {"name": "Một cửa", "url": "http://10.88.2.2/"},
        {"name": "Cổng đóng", "url": "tcp://10.88.2.2:81"},
    ],
}
STAGES = ("link", "gateway", "provider", "government", "internet", "captive", "collector")


@pytest.fixture(scope="module")
def way() -> Iterator[Way]:
    netns.require()
    with Way() as made:
        yield made


def seen(way: Way) -> List[Any]:
    """The stages of STAGES."""
    look = way.look(**POLICY)
    return [look[name] for name in STAGES]


def test_faults_from_far_to_near(way: Way) -> None:
    """One after another, as each stage learns on the way what has answered before."""
    look = way.look(**POLICY)
    assert [look[name] for name in STAGES] == [True, True, True, True, True, False, True]
    assert (look["services_failed"], look["services_asked"]) == (["Cổng đóng"], 2)

    way.serve("portal")
    assert seen(way) == [True, True, True, True, False, True, True]
    way.serve("collector ill")
    assert seen(way) == [True, True, True, True, True, False, False]
    way.serve("well")

    way.ip("isp", "link set beyond down")  # beyond the provider's first router
    assert seen(way) == [True, True, True, False, False, None, False]
    assert way.look(**POLICY)["services_asked"] is None, "where nothing answers no service is asked"

    way.ip("gw", "link set wan down")  # the line itself: the gateway says that it knows no way
    assert seen(way) == [True, True, False, False, False, None, False]

    way.ip("gw", "address flush dev lan")  # the gateway has gone, its switch has not
    way.ip("pc", "neigh flush all")  # its last word is older than three seconds
    assert seen(way) == [True, False, False, False, False, None, False]

    way.ip("gw", "link set port0 down")  # the cable
    assert seen(way) == [False, False, False, False, False, None, False]

    way.ip("gw", "link set port0 up", "address add 10.88.0.1/24 dev lan", "link set wan up",
           "route add default via 10.88.1.1")  # fmt: skip
    way.ip("isp", "link set beyond up", "route replace default via 10.88.2.2")
    assert seen(way) == [True, True, True, True, True, False, True]


def test_a_gateway_that_answers_no_probe_is_known_by_arp(way: Way) -> None:
    way.inside("gw", "tc", "qdisc", "replace", "dev", "lan", "clsact")
    # BPF: drop IPv4 packets of protocol 1 (ICMP), pass everything else.
    drop = "6,40 0 0 12,21 0 3 2048,48 0 0 23,21 0 1 1,6 0 0 2,6 0 0 4294967295"
    way.inside("gw", "tc", "filter", "add", "dev", "lan", "egress", "protocol", "all", "bpf", "bytecode", drop, "da")
    way.ip("pc", "neigh flush all")
    try:
        assert seen(way)[1] is True
        way.ip("pc", "neigh flush all")
        way.ip("gw", "address flush dev lan")
        assert seen(way)[1] is False
    finally:
        way.inside("gw", "tc", "qdisc", "del", "dev", "lan", "clsact")
