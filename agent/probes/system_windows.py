r"""Windows: the registry's Windows NT\CurrentVersion."""

from __future__ import annotations

import dataclasses
from typing import Dict, List, Tuple

from ..host import Host, RegistryValue
from ..probe import ProbeContext
from ..wire.sections import SystemInfo

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_ENVIRONMENT = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
_FIRST_BUILD_OF_11 = 22000


def fill(context: ProbeContext, info: SystemInfo) -> SystemInfo:
    values = context.host.registry_values(CURRENT_VERSION)
    if not values:
        context.log("no registry key " + CURRENT_VERSION)
    # A 32-bit Python on 64-bit Windows is told x86 by its own environment; the machine-wide setting is the
    # truth.
    machine = text(context.host.registry_value(_ENVIRONMENT, "PROCESSOR_ARCHITECTURE")).lower()
    known = {"amd64": "x86_64", "x86": "x86", "arm64": "arm64"}.get(machine, info.architecture)
    return dataclasses.replace(from_current_version(values, info), architecture=known)


def from_current_version(values: Dict[str, RegistryValue], info: SystemInfo) -> SystemInfo:
    build = text(values.get("CurrentBuildNumber")) or text(values.get("CurrentBuild"))
    name = text(values.get("ProductName"))
    if build.isdigit() and int(build) >= _FIRST_BUILD_OF_11 and name.startswith("Windows 10"):
        name = "Windows 11" + name[len("Windows 10") :]  # Microsoft never changed the name in this key
    version = text(values.get("CurrentVersion"))
    major, minor = values.get("CurrentMajorVersionNumber"), values.get("CurrentMinorVersionNumber")
    if isinstance(major, int) and isinstance(minor, int):
        version = "{}.{}".format(major, minor)  # from Windows 10 on CurrentVersion stands still at 6.3
    revision = values.get("UBR")
    release = (
        text(values.get("DisplayVersion")) or text(values.get("ReleaseId"))
        or text(values.get("CSDVersion")).replace("Service Pack ", "SP")
    )  # fmt: skip
    return dataclasses.replace(
        info,
        os_id="windows",
        os_name=name,
        os_version=version,
        os_release=release,
        os_build="{}.{}".format(build, revision) if build and isinstance(revision, int) else build,
        os_edition=text(values.get("EditionID")),
    )


def install_times(host: Host) -> List[Tuple[float, str]]:
    """InstallDate, seconds since 1970; a feature upgrade of Windows 10 sets it anew."""
    value = host.registry_value(CURRENT_VERSION, "InstallDate")
    return [(float(value), "registry")] if isinstance(value, int) and value > 0 else []


def text(value: RegistryValue) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
