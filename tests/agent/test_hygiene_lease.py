"""The DHCP lease that a Windows PC lives by, as a part of the hygiene section."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from agent.host import Host
from agent.hygiene.place import Place
from agent.probe import ProbeContext
from agent.probes import hygiene
from agent.wire.sections_lan import DhcpOffer

HERE = Place("eth0", "wired", "02:00:00:00:00:05", "192.168.1.5", "192.168.1.0/24", "192.168.1.1", "f00d")
OFFER = DhcpOffer("192.168.1.1", gateway="192.168.1.1")
LEASES = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces"


class Windows(Host):
    """A registry with these interfaces."""

    def __init__(self, *interfaces: Dict[str, Any]) -> None:
        super().__init__(platform="windows")
        self.keys = {"{{{}}}".format(number): values for number, values in enumerate(interfaces)}

    def registry_keys(self, key: str, limit: int = 1024) -> List[str]:
        return list(self.keys) if key == LEASES else []

    def registry_values(self, key: str) -> Dict[str, Any]:
        return self.keys.get(key.rpartition("\\")[2], {})


LEASE: Dict[str, Any] = {
    "EnableDHCP": 1, "DhcpIPAddress": HERE.address, "DhcpServer": "192.168.1.1",
    "DhcpDefaultGateway": ["192.168.1.1"], "DhcpNameServer": "192.168.1.1 8.8.8.8",
    "DhcpInterfaceOptions": b"\x2b\x00\x00\x00ANDROID_METERED\x00",
}  # fmt: skip
LEASED = DhcpOffer("192.168.1.1", "", "", "192.168.1.1", ("192.168.1.1", "8.8.8.8"), ("android_metered",))


def test_lease_is_told_where_no_answer_was_heard():
    found = ProbeContext(Windows({**LEASE, "DhcpIPAddress": "10.0.0.1"}, LEASE))
    rogue = DhcpOffer("192.168.1.77")

    assert hygiene.with_lease(found, HERE, ()) == (LEASED,)
    assert hygiene.with_lease(found, HERE, (rogue,)) == (LEASED, rogue)
    assert hygiene.with_lease(found, HERE, (OFFER,)) == (OFFER,)  # what was heard now says more


@pytest.mark.parametrize(
    "change",
    [{"EnableDHCP": 0}, {"DhcpIPAddress": "192.168.1.9"}, {"DhcpServer": "255.255.255.255"}, {"DhcpServer": None}],
)
def test_address_that_nobody_gave_has_no_lease(change: Dict[str, Any]):
    found = ProbeContext(Windows({**LEASE, **change}))

    assert hygiene.with_lease(found, HERE, ()) == ()
