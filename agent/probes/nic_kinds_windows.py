r"""Windows: the kind of an interface from the registry's network classes.

Control\Network\{class}\{adapter}\Connection has the friendly name, Control\Class\{class}\NNNN the driver's
facts.
"""

from __future__ import annotations

from typing import Dict, Sequence

from ..host import Host, RegistryValue

_NET_CLASS = "{4D36E972-E325-11CE-BFC1-08002BE10318}"
_CONNECTIONS = r"HKLM\SYSTEM\CurrentControlSet\Control\Network" + "\\" + _NET_CLASS
_DRIVERS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class" + "\\" + _NET_CLASS
_PHYSICAL = 0x4  # NCF_PHYSICAL in Characteristics
_WIRELESS_TYPES, _MOBILE_TYPES = (71,), (243, 244)  # IANA ifType
_WIRELESS_MEDIA, _MOBILE_MEDIA = (
    (1, 9),
    (8,),
)  # NDIS_PHYSICAL_MEDIUM: wireless LAN, native 802.11, wireless WAN


def kinds(host: Host, names: Sequence[str]) -> Dict[str, str]:
    adapters = adapter_ids(host)
    facts: Dict[str, Dict[str, RegistryValue]] = {}
    for number in host.registry_keys(_DRIVERS):
        if number.isdigit():  # beside them stands "Properties", closed to all but the system
            values = host.registry_values(_DRIVERS + "\\" + number)
            facts[str(values.get("NetCfgInstanceId", "")).upper()] = values
    # By its address, because the name of the loopback differs from language to language.
    loopback = {nic.name for nic in host.nics() if any(text.startswith("127.") for text in nic.ipv4)}
    return {
        name: "loopback" if name in loopback else judge(name, facts.get(adapters.get(name, ""), {}))
        for name in names
    }


def adapter_ids(host: Host) -> Dict[str, str]:
    """Friendly interface name -> adapter GUID in capitals."""
    found: Dict[str, str] = {}
    for guid in host.registry_keys(_CONNECTIONS):
        name = (
            host.registry_value("{}\\{}\\Connection".format(_CONNECTIONS, guid), "Name")
            if guid[:1] == "{"
            else None
        )
        if isinstance(name, str):
            found[name] = guid.upper()
    return found


def judge(name: str, driver: Dict[str, RegistryValue]) -> str:
    """The rule alone: the interface's name and the values of its driver key ({} when it has none)."""
    if name.lower().startswith("loopback"):
        return "loopback"
    flags, kind, medium = (driver.get(key) for key in ("Characteristics", "*IfType", "*PhysicalMediaType"))
    description = str(driver.get("DriverDesc", ""))
    if not isinstance(flags, int):
        # Tunnels (isatap, Teredo, 6to4) have an interface but no adapter of this class.
        return "virtual" if name.lower().startswith(("isatap", "teredo", "6to4", "tunnel")) else "unknown"
    if not flags & _PHYSICAL:
        return "virtual"
    if kind in _WIRELESS_TYPES or medium in _WIRELESS_MEDIA:
        return "wireless"
    # A phone that lends its line by USB calls itself an Ethernet card.
    if kind in _MOBILE_TYPES or medium in _MOBILE_MEDIA or "Internet Sharing" in description:
        return "mobile"
    return "wired" if kind in (6, None) else "unknown"
