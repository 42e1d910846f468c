r"""Windows: DHCP or not, from Tcpip\Parameters\Interfaces."""

from __future__ import annotations

import ipaddress
from typing import Dict, Optional, Sequence, Tuple

from ..host import Host, Nic
from .nic_kinds_windows import adapter_ids

_INTERFACES = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces"


def dhcp(host: Host, nics: Sequence[Nic]) -> Dict[str, Tuple[Optional[bool], str]]:
    """Interface name -> (address given by DHCP, DHCP server or ""), for interfaces that have an address."""
    adapters = adapter_ids(host)
    keys = {guid.upper(): guid for guid in host.registry_keys(_INTERFACES)}
    found: Dict[str, Tuple[Optional[bool], str]] = {}
    for nic in nics:
        guid = keys.get(adapters.get(nic.name, ""), "")
        present = {text.partition("/")[0] for text in nic.ipv4}
        if not guid or not present:
            continue
        values = host.registry_values(_INTERFACES + "\\" + guid)
        enabled = values.get("EnableDHCP")
        if enabled == 0:
            found[nic.name] = (False, "")
        elif enabled == 1 and values.get("DhcpIPAddress") in present:
            found[nic.name] = (True, _server(values.get("DhcpServer")))
        elif enabled == 1 and all(address.startswith("169.254.") for address in present):
            found[nic.name] = (False, "")  # Windows gave it itself because nobody answered
    return found


def _server(value: object) -> str:
    """255.255.255.255 stands there while no server has answered."""
    try:
        address = ipaddress.IPv4Address(str(value))
    except ValueError:
        return ""
    return "" if address.is_unspecified or int(address) == 0xFFFFFFFF else str(address)
