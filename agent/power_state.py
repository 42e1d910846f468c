"""Whether this PC runs on mains, on its battery or on a UPS. Reads two or three small files, or asks Windows once.

A UPS on a USB cable (HID power device) is a battery for the system. Windows tells the two apart by "short term", Linux
by the supply's type; where neither is told it counts as a battery.
"""

from __future__ import annotations

import struct
import sys
from typing import Any, Dict, List, NamedTuple, Optional

from .host import Host

_FOLDER = "/sys/class/power_supply"
_MAINS = ("Mains", "USB", "Wireless")
_MOST = 16
_LOW_PERCENT = 20
_CALM = ("Charging", "Full", "Not charging")


class Power(NamedTuple):
    on_battery: Optional[bool] = None  # None: no battery, or not known
    percent: Optional[int] = None
    ups: str = ""  # online | on_battery | low | "" none is known


def read(host: Host) -> Power:
    """Never raises: what the system refuses to tell is not known."""
    try:
        if host.platform == "linux":
            return judge_linux([_supply(host, name) for name in host.listdir(_FOLDER)[:_MOST]])
        if host.platform == "windows" and sys.platform == "win32":
            return judge_windows(_status(), _capabilities())
    except OSError:
        pass
    return Power()


def judge_linux(supplies: List[Dict[str, str]]) -> Power:
    """Each supply's files by name (Documentation/ABI/testing/sysfs-class-power of the kernel)."""
    mains: Optional[bool] = None
    percents: List[int] = []
    states: List[str] = []
    ups = ""
    for supply in supplies:
        kind = supply.get("type", "")
        if supply.get("scope") == "Device":  # a mouse's or a headset's own
            continue
        if kind in _MAINS:
            online = supply.get("online")
            mains = mains if online not in ("0", "1") else bool(mains) or online == "1"
        if kind not in ("Battery", "UPS") or supply.get("present") == "0":
            continue
        capacity = supply.get("capacity", "")
        percent = min(int(capacity), 100) if capacity.isdigit() else None
        percents += [] if percent is None else [percent]
        states.append(supply.get("status", ""))
        if kind == "UPS":
            low = supply.get("capacity_level") in ("Critical", "Low") or (percent or 100) <= _LOW_PERCENT
            ups = "online" if states[-1] in _CALM else ("low" if low else "on_battery")
            ups = "" if states[-1] not in (*_CALM, "Discharging") else ups
    if not states:
        return Power()
    on_battery: Optional[bool] = None
    if mains or "Discharging" not in states:
        on_battery = False if mains or any(state in _CALM for state in states) else None
    else:
        on_battery = True
    return Power(on_battery, min(percents) if percents else None, ups)


def judge_windows(status: bytes, capabilities: bytes) -> Power:
    """SYSTEM_POWER_STATUS and SYSTEM_POWER_CAPABILITIES, undecoded."""
    if len(status) < 3:
        return Power()
    line, flag, percent = struct.unpack_from("<BBB", status)
    if flag == 255 or flag & 128:  # not known; no battery
        return Power()
    # BatteriesAreShortTerm stands behind SystemBatteriesPresent.
    short_term = len(capabilities) > _SHORT_TERM_AT and bool(capabilities[_SHORT_TERM_AT])
    on_battery = {0: True, 1: False}.get(line)
    ups = ""
    if short_term and on_battery is not None:
        ups = "online" if not on_battery else ("low" if flag & 6 or percent <= _LOW_PERCENT else "on_battery")
    return Power(on_battery, percent if percent <= 100 else None, ups)


# BOOLEANs: 13 single ones, ThermalControl, ProcessorThrottle, two throttle bytes, FastSystemS4, Hiberboot, WakeAlarm,
# AoAc, DiskSpinDown, HiberFileType, AoAcConnectivity, 6 spare bytes, SystemBatteriesPresent, then this one.
_SHORT_TERM_AT = 31
_CAPABILITIES = 76
_SYSTEM_POWER_CAPABILITIES = 4


def _status() -> bytes:
    import ctypes

    buffer = ctypes.create_string_buffer(12)
    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
    return buffer.raw if kernel.GetSystemPowerStatus(buffer) else b""


def _capabilities() -> bytes:
    import ctypes

    buffer = ctypes.create_string_buffer(_CAPABILITIES)
    library: Any = ctypes.WinDLL("powrprof")  # type: ignore[attr-defined]
    failed = library.CallNtPowerInformation(_SYSTEM_POWER_CAPABILITIES, None, 0, buffer, _CAPABILITIES)
    return b"" if failed else buffer.raw


def _supply(host: Host, name: str) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for file in ("type", "scope", "online", "present", "status", "capacity", "capacity_level"):
        text = host.read_text("{}/{}/{}".format(_FOLDER, name, file), 64)
        if text is not None:
            found[file] = text.strip()
    return found
