r"""Windows: when the system was last updated, whether it updates itself, whether a restart is due."""

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Optional, Tuple

from ..host import Host, RegistryValue
from .posture_common import day, filetime_day, number, written_day
from .posture_wmi import CIMV2, Wmi
from .system_windows import CURRENT_VERSION, text

_CURRENT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"
_SERVICING = _CURRENT + r"\Component Based Servicing"
_PACKAGES = _SERVICING + r"\Packages"
_AUTO_UPDATE = _CURRENT + r"\WindowsUpdate\Auto Update"
_UPDATE_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
_UPDATE_PAGE = r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UX\Settings"
_UPDATE_SERVICE = r"HKLM\SYSTEM\CurrentControlSet\Services\wuauserv"
_SESSION_MANAGER = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager"

_INSTALLED = 0x70  # CBS state of a package
_MAX_NAMES, _MAX_PACKAGES = 40000, 6000
# The package of an update as a whole; Package_12_for_KB... are its parts.
_UPDATE = re.compile(r"Package_for_(?:KB\d|RollupFix|ServicingStack)", re.IGNORECASE)
_HEX_FILETIME = re.compile(r"[0-9a-fA-F]{16}\Z")


def last_update(host: Host, wmi: Wmi) -> Tuple[str, str]:
    """(YYYY-MM-DD, source), ("", "") when nobody tells.

    The servicing store first: the date that Windows Update notes also moves with each definition file of Defender, so
    a Windows 7 whose updates ended years ago would look fresh."""
    now_s = host.now()
    found = newest_package(_packages(host), now_s)
    if found:
        return found, "servicing"
    found = written_day(text(host.registry_value(_AUTO_UPDATE + r"\Results\Install", "LastSuccessTime")), now_s)
    if found:
        return found, "windows_update"
    rows = wmi.table(CIMV2, "Win32_QuickFixEngineering", ("InstalledOn",))
    days = [hotfix_day(row["InstalledOn"], now_s) for row in rows or ()]
    return (max(days), "hotfix_list") if any(days) else ("", "")


def newest_package(packages: Iterable[Dict[str, RegistryValue]], now_s: float) -> str:
    """The newest day on which one of these packages was installed; "" without any."""
    newest = ""
    for values in packages:
        high, low = number(values.get("InstallTimeHigh")), number(values.get("InstallTimeLow"))
        if number(values.get("CurrentState")) == _INSTALLED and high is not None and low is not None:
            newest = max(newest, filetime_day((high & 0xFFFFFFFF) << 32 | low & 0xFFFFFFFF, now_s))
    return newest


def hotfix_day(written: str, now_s: float) -> str:
    """Win32_QuickFixEngineering.InstalledOn in the forms that Windows has used: month/day/year, day-Mon-year,
    yyyymmdd, ISO and a FILETIME in hex."""
    written = written.strip()
    if _HEX_FILETIME.match(written):
        return filetime_day(int(written, 16), now_s)
    if re.match(r"\d{8}\Z", written):
        return written_day("{}-{}-{}".format(written[:4], written[4:6], written[6:]), now_s)
    match = re.match(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", written)
    if match:
        month, dom, year = (int(part) for part in match.groups())
        if month > 12:  # written by a system of another region
            month, dom = dom, month
        return written_day("{:04}-{:02}-{:02}".format(year, month, dom), now_s)
    return written_day(written, now_s)


def automatic_updates(host: Host) -> str:
    """on | notify | off, "" when it is not known."""
    policy = host.registry_values(_UPDATE_POLICY)
    service = number(host.registry_value(_UPDATE_SERVICE, "Start"))
    if number(policy.get("NoAutoUpdate")) == 1 or service == 4:
        return "off"
    known = {1: "off", 2: "notify", 3: "notify", 4: "on", 7: "notify"}
    chosen = known.get(number(policy.get("AUOptions")) or 0) or known.get(
        number(host.registry_value(_AUTO_UPDATE, "AUOptions")) or 0
    )
    if _paused(host):
        return "off"
    if chosen:
        return chosen
    # Windows 10 and later have no such choice: they update unless they are kept from it.
    modern = isinstance(host.registry_value(CURRENT_VERSION, "CurrentMajorVersionNumber"), int)
    return "on" if modern and service is not None else ""


def pending_reboot(host: Host) -> Tuple[Optional[bool], Tuple[str, ...]]:
    """(due, reasons). Renames alone do not tell: browsers and chat programs leave some after most of their updates."""
    servicing, update = host.registry_keys(_SERVICING), host.registry_keys(_AUTO_UPDATE)
    session = host.registry_values(_SESSION_MANAGER)
    reasons: List[str] = []
    if "RebootPending" in servicing:
        reasons.append("servicing")
    if "RebootRequired" in update:
        reasons.append("windows_update")
    due = True if reasons else None
    if session.get("PendingFileRenameOperations"):
        reasons.append("file_rename")
    elif due is None and (servicing or update):
        due = False
    return due, tuple(reasons)


def _packages(host: Host) -> Iterable[Dict[str, RegistryValue]]:
    names = [name for name in host.registry_keys(_PACKAGES, _MAX_NAMES) if _UPDATE.match(name)]
    return (host.registry_values(_PACKAGES + "\\" + name) for name in names[:_MAX_PACKAGES])


def _paused(host: Host) -> bool:
    until = text(host.registry_value(_UPDATE_PAGE, "PauseUpdatesExpiryTime"))
    return bool(re.match(r"\d{4}-\d\d-\d\dT", until)) and until[:10] > day(host.now(), host.now())
