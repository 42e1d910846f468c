r"""Screens that are connected now, by their EDID. Part of the hardware section.

Linux: /sys/class/drm/<connector>/edid. Windows keeps the EDID of every screen it ever met in the registry below
Enum\DISPLAY; those that are there now are told apart by the plug-and-play manager, or by the key Control that it
makes for each device in use.
"""

from __future__ import annotations

from typing import List, Tuple

from ..edid import BLOCK, decode_all
from ..host import Host
from ..probe import ProbeContext
from ..wire.sections import MonitorInfo

MAX_MONITORS = 8
_DRM = "/sys/class/drm"
_DISPLAYS = r"HKLM\SYSTEM\CurrentControlSet\Enum\DISPLAY"
_MAX_INSTANCES = 256


def monitors(context: ProbeContext) -> Tuple[MonitorInfo, ...]:
    try:
        blocks = _windows(context.host) if context.host.platform == "windows" else _linux(context.host)
    except PermissionError as error:
        context.log("screens: no right to read {}".format(error.filename))
        return ()
    found, damaged = decode_all(blocks)
    if damaged:
        context.log("{} of {} EDID blocks are damaged".format(damaged, len(blocks)))
    return tuple(found[:MAX_MONITORS])


def _linux(host: Host) -> List[bytes]:
    found: List[bytes] = []
    for name in host.listdir(_DRM):
        folder = "{}/{}".format(_DRM, name)
        if "-" not in name or (host.read_text(folder + "/status") or "").strip() != "connected":
            continue
        raw = host.read_bytes(folder + "/edid", BLOCK)
        if raw:  # a screen behind an old switch or a bad cable has none
            found.append(raw)
    return found


def _windows(host: Host) -> List[bytes]:
    found: List[bytes] = []
    seen = 0
    for model in host.registry_keys(_DISPLAYS):
        for instance in host.registry_keys(_DISPLAYS + "\\" + model):
            seen += 1
            name = "{}\\{}".format(model, instance)
            if seen > _MAX_INSTANCES or not _is_there(host, name):
                continue
            raw = host.registry_value("{}\\{}\\Device Parameters".format(_DISPLAYS, name), "EDID")
            if isinstance(raw, bytes):
                found.append(raw)
    return found


def _is_there(host: Host, name: str) -> bool:
    present = host.device_present("DISPLAY\\" + name)
    if present is not None:
        return present
    return "Control" in host.registry_keys("{}\\{}".format(_DISPLAYS, name))
