r"""Windows' Security Center: which anti-malware and firewall products it knows, and in which state.

From Windows 10 on the registry keeps its list (SOFTWARE\Microsoft\Security Center\Provider); older clients and those
where the key may not be read are asked through WMI. Servers have no Security Center.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Optional, Tuple

from ..host import Host
from ..probe import ProbeContext, printable
from .posture_common import number
from .posture_products import WINDOWS, same_family
from .posture_wmi import SECURITY_CENTER, Wmi
from .system_windows import text

DEFENDER = "Microsoft Defender Antivirus"
_PROVIDER = r"HKLM\SOFTWARE\Microsoft\Security Center\Provider"
_DEFENDER_ID = "{d68ddc3a-831f-4fae-9e44-da132c1acf46}"
_DRIVE = re.compile(r"[A-Za-z]:\\")


@dataclass(frozen=True)
class Registered:
    name: str
    enabled: Optional[bool] = None
    up_to_date: Optional[bool] = None


def products(context: ProbeContext, wmi: Wmi, kind: str) -> Optional[List[Registered]]:
    """kind: Av (anti-malware) or Fw (firewall). None: nobody answered."""
    found = from_registry(context, kind)
    if found:
        return found
    rows = wmi.table(SECURITY_CENTER, {"Av": "AntiVirusProduct", "Fw": "FirewallProduct"}[kind],
                     ("displayName", "productState"))  # fmt: skip
    if rows is None:
        return None
    return [registered(row.get("displayName", ""), row.get("productState", "")) for row in rows]


def from_registry(context: ProbeContext, kind: str) -> List[Registered]:
    """The list that the Security Center keeps; [] is no answer: every Windows 10 lists at least its own Defender."""
    found: List[Registered] = []
    for key in context.host.registry_keys(_PROVIDER + "\\" + kind, 64):
        values = context.host.registry_values("{}\\{}\\{}".format(_PROVIDER, kind, key))
        paths = [text(values.get("PRODUCTEXE")), text(values.get("REPORTINGEXE"))]
        if _all_gone(context.host, paths):
            context.log("the Security Center lists a product that is not there any more")
            continue
        name = text(values.get("DISPLAYNAME"))
        if name.startswith("@") or not name:  # a reference into a file's texts
            name = DEFENDER if key.lower() == _DEFENDER_ID else _family(paths)
        found.append(registered(name, number(values.get("STATE"))))
    return found


def registered(name: str, state: object) -> Registered:
    enabled, up_to_date = decode_state(state)
    return Registered(printable(name)[:128], enabled, up_to_date)


def decode_state(state: object) -> Tuple[Optional[bool], Optional[bool]]:
    """(enabled, up to date) of a productState: in the third hex digit from the left of 0xPPSTUU 0 is off, 1 on, 2
    paused, 3 expired; in the fifth 0 is up to date, 1 not. Microsoft documents no more than a name for the value; the
    digits are as commonly read (and as its own PowerShell examples use them)."""
    if isinstance(state, str):
        state = int(state) if state.isdecimal() and len(state) < 10 else None
    if not isinstance(state, int) or not 0 < state <= 0xFFFFFFFF:
        return None, None
    enabled = {0: False, 1: True, 2: False}.get(state >> 12 & 0xF)  # expired: some still guard, with old definitions
    up_to_date = {0: True, 1: False}.get(state >> 4 & 0xF)
    return enabled, up_to_date


def is_microsoft(name: str) -> bool:
    low = name.lower()
    if "symantec" in low:
        return False
    return "defender" in low or "security essentials" in low or low.startswith("system center endpoint")


def _all_gone(host: Host, paths: List[str]) -> bool:
    """Products that were removed without saying goodbye stay in the list for ever."""
    files = [path for path in paths if _DRIVE.match(path)]
    return bool(files) and not any(host.exists(path) for path in files)


def _family(paths: List[str]) -> str:
    for path in paths:
        for product in WINDOWS:
            if same_family(product, path):
                return product.name
    return ""
