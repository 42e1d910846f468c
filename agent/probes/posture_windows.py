r"""Windows: firewall, SMB 1, remote desktop; anti-malware and updates from their own files."""

from __future__ import annotations

from typing import Dict, List, Optional, Set, Tuple

from ..host import Host, RegistryValue
from ..probe import ProbeContext
from ..wire.sections import FirewallProfile, PostureInfo
from .posture_antimalware_windows import DISABLED, SERVICES, antimalware, is_server
from .posture_common import number, switch
from .posture_security_center import products
from .posture_updates_windows import automatic_updates, last_update, pending_reboot
from .posture_wmi import Wmi
from .system_windows import CURRENT_VERSION, text

_FIREWALL = SERVICES + r"\SharedAccess\Parameters\FirewallPolicy"
_FIREWALL_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall"
# our name, the settings' key, the keys of policies
_PROFILES = (
    ("domain", "DomainProfile", ("DomainProfile",)),
    ("private", "StandardProfile", ("PrivateProfile", "StandardProfile")),
    ("public", "PublicProfile", ("PublicProfile",)),
)
_FEATURES = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Notifications\OptionalFeatures"
_TERMINAL = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"
_TERMINAL_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"


def collect(context: ProbeContext) -> PostureInfo:
    host = context.host
    wmi = Wmi(context)
    found, asked = antimalware(context, wmi)
    day, source = last_update(host, wmi)
    due, reasons = pending_reboot(host)
    enabled, nla, port = rdp(host)
    server, client = smb1(host)
    firewall = profiles(context, wmi)
    damaged, error = wmi.check()
    return PostureInfo(
        antimalware=found,
        antimalware_asked=asked,
        firewall=firewall,
        last_update=day,
        last_update_source=source,
        automatic_updates=automatic_updates(host),
        pending_reboot=due,
        pending_reboot_reasons=reasons,
        smb1_server=server,
        smb1_client=client,
        rdp_enabled=enabled,
        rdp_nla=nla,
        rdp_port=port,
        wmi_damaged=damaged,
        wmi_error=error,
    )


def profiles(context: ProbeContext, wmi: Wmi) -> Tuple[FirewallProfile, ...]:
    """Windows' own firewall by profile, then products of others; those are asked for only where they matter."""
    host = context.host
    off = _start(host, "MpsSvc") == DISABLED or host.service_running("MpsSvc") is False
    found: List[FirewallProfile] = []
    for name, key, policies in _PROFILES:
        state = switch(host.registry_values(_FIREWALL + "\\" + key), "EnableFirewall")
        for policy in policies:
            ruled = switch(host.registry_values(_FIREWALL_POLICY + "\\" + policy), "EnableFirewall")
            state = state if ruled is None else ruled
        if state is not None:
            found.append(FirewallProfile(name, state and not off))
    if is_server(host) or (found and all(profile.enabled for profile in found)):
        return tuple(found)
    for item in products(context, wmi, "Fw") or ():
        if item.name and "windows" not in item.name.lower():
            found.append(FirewallProfile(item.name, item.enabled))
    return tuple(found[:16])


def smb1(host: Host) -> Tuple[Optional[bool], Optional[bool]]:
    """(server, client): whether SMB 1 can be spoken. Windows 7 has it unless it is switched off; since Windows 10 1709
    its parts are features that may be missing, with their drivers."""
    drivers = {name.lower() for name in host.registry_keys(SERVICES, 2048)}
    old = text(host.registry_value(CURRENT_VERSION, "CurrentVersion")) in ("6.0", "6.1")
    told = switch(host.registry_values(SERVICES + r"\LanmanServer\Parameters"), "SMB1")
    client = _part(host, drivers, "mrxsmb10", "SMB1Protocol-Client", old)
    if told is False or _start(host, "LanmanServer") == DISABLED:
        return False, client
    return _part(host, drivers, "srv", "SMB1Protocol-Server", old), client


def _part(host: Host, drivers: Set[str], driver: str, feature: str, old: bool) -> Optional[bool]:
    """One half of SMB 1: by its driver and, where there are features, by what was chosen."""
    start = _start(host, driver)
    chosen = switch(host.registry_values(_FEATURES + "\\" + feature), "Selection")
    if start is not None:
        # A driver that was left behind by a feature that is off: one of the two is wrong.
        return False if start == DISABLED else None if chosen is False else True
    if chosen is not None:
        return None if chosen else False
    # A missing driver is an answer where those of the newer protocol are there.
    return False if not old and {"srv2", "mrxsmb20"} <= drivers and driver not in drivers else None


def rdp(host: Host) -> Tuple[Optional[bool], Optional[bool], Optional[int]]:
    """(enabled, asks for a log-on first, port)."""
    policy = host.registry_values(_TERMINAL_POLICY)
    station = host.registry_values(_TERMINAL + r"\WinStations\RDP-Tcp")
    denied = _ruled(policy, host.registry_values(_TERMINAL), "fDenyTSConnections")
    enabled = None if denied is None else not denied
    if _start(host, "TermService") == DISABLED:
        enabled = False
    port = number(station.get("PortNumber"))
    nla = _ruled(policy, station, "UserAuthentication")
    return enabled, nla, port if port is not None and 0 < port < 65536 else None


def _ruled(policy: Dict[str, RegistryValue], own: Dict[str, RegistryValue], name: str) -> Optional[bool]:
    found = switch(policy, name)
    return switch(own, name) if found is None else found


def _start(host: Host, service: str) -> Optional[int]:
    return number(host.registry_value(SERVICES + "\\" + service, "Start"))
