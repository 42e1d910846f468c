"""State of protection: anti-malware, firewall, updates, pending restart, SMB 1, remote desktop, WMI. Settings only: no
account, no file, no document; and no verdict."""

from __future__ import annotations

from ..probe import NoData, ProbeContext
from ..wire.sections import PostureInfo
from . import posture_linux, posture_windows


def run(context: ProbeContext) -> PostureInfo:
    if context.host.platform == "windows":
        return posture_windows.collect(context)
    if context.host.platform == "linux":
        return posture_linux.collect(context)
    raise NoData("no posture probe for this system")
