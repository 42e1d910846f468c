"""Operating system, its age, host name and time zone."""

from __future__ import annotations

import dataclasses
import time
from typing import Iterable, Tuple

from ..probe import ProbeContext, printable
from ..wire.sections import SystemInfo
from . import system_linux, system_windows

# An older installation comes from a clock that stood at its zero, not from an installer.
_OLDEST_INSTALL_S = 978307200.0  # 2001-01-01

_ARCHITECTURES = {
    "x86_64": "x86_64", "amd64": "x86_64", "x64": "x86_64",
    "i386": "x86", "i486": "x86", "i586": "x86", "i686": "x86", "x86": "x86",
    "aarch64": "arm64", "arm64": "arm64", "armv7l": "arm", "armv6l": "arm",
}  # fmt: skip


def run(context: ProbeContext) -> SystemInfo:
    host = context.host
    node, release, machine = host.kernel()
    info = SystemInfo(
        os_family=host.platform,
        architecture=_ARCHITECTURES.get(machine.lower(), machine.lower()),
        hostname=printable(node),
        timezone_offset_min=host.timezone_offset_min(),
        agent_python=host.python_version(),
    )
    if host.platform == "linux":
        info = dataclasses.replace(system_linux.fill(context, info), kernel=release)
        candidates = system_linux.install_times(host)
    elif host.platform == "windows":
        info = system_windows.fill(context, info)
        candidates = system_windows.install_times(host)
    else:
        return dataclasses.replace(info, kernel=release)
    day, source = first_install_day(candidates, host.now())
    return dataclasses.replace(info, install_date=day, install_date_source=source)


def first_install_day(candidates: Iterable[Tuple[float, str]], now_s: float) -> Tuple[str, str]:
    """The first (seconds since 1970, source) that can be an installation, as ('YYYY-MM-DD', source)."""
    for seconds, source in candidates:
        if _OLDEST_INSTALL_S <= seconds <= now_s + 86400:
            return time.strftime("%Y-%m-%d", time.gmtime(seconds)), source
    return "", ""
