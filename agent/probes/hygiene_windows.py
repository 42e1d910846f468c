r"""Windows: the DHCP lease that this PC lives by, from Tcpip\Parameters\Interfaces. Needs no rights and sends nothing."""

from __future__ import annotations

import ipaddress
from typing import Optional, Tuple

from ..host import Host, RegistryValue
from ..hygiene.dhcp_codec import MAX_DNS
from ..hygiene.place import Place
from ..wire.sections_lan import DhcpOffer

_INTERFACES = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces"
_METERED = b"ANDROID_METERED"


def own_lease(host: Host, place: Place) -> Optional[DhcpOffer]:
    """None when the address was not given by DHCP, or by nobody knows whom."""
    for guid in host.registry_keys(_INTERFACES):
        values = host.registry_values(_INTERFACES + "\\" + guid)
        if values.get("EnableDHCP") != 1 or values.get("DhcpIPAddress") != place.address:
            continue
        servers = _addresses(values.get("DhcpServer"))
        if not servers:
            continue
        routers = _addresses(values.get("DhcpDefaultGateway"))
        # The server's options lie in a binary value of which no layout is published; the word stands there as it came.
        options = values.get("DhcpInterfaceOptions")
        metered = isinstance(options, bytes) and _METERED in options
        return DhcpOffer(
            server=servers[0],
            gateway=routers[0] if routers else "",
            dns_servers=_addresses(values.get("DhcpNameServer"))[:MAX_DNS],
            options=("android_metered",) if metered else (),
        )
    return None


def _addresses(value: RegistryValue) -> Tuple[str, ...]:
    """255.255.255.255 stands there while no server has answered."""
    words = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
    found = []
    for word in words:
        try:
            address = ipaddress.IPv4Address(word.strip())
        except ValueError:
            continue
        if not address.is_unspecified and int(address) != 0xFFFFFFFF:
            found.append(str(address))
    return tuple(found)
