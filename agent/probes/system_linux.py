"""Linux: /etc/os-release, and when this installation was made."""

from __future__ import annotations

import dataclasses
import shlex
from typing import Dict, List, Tuple

from ..host import Host
from ..probe import ProbeContext
from ..wire.sections import SystemInfo

_INSTALLER_LOGS = ("/var/log/installer", "/var/log/anaconda")


def fill(context: ProbeContext, info: SystemInfo) -> SystemInfo:
    text = context.host.read_text("/etc/os-release") or context.host.read_text("/usr/lib/os-release") or ""
    if not text:
        context.log("no os-release file")
    return from_os_release(text, info)


def from_os_release(text: str, info: SystemInfo) -> SystemInfo:
    values = parse_os_release(text)
    return dataclasses.replace(
        info,
        os_id=values.get("ID", ""),
        os_name=values.get("PRETTY_NAME", "") or values.get("NAME", ""),
        os_version=values.get("VERSION_ID", ""),
        os_release=values.get("VERSION_CODENAME", ""),
        os_build=values.get("BUILD_ID", ""),
        os_edition=values.get("VARIANT_ID", ""),
    )


def parse_os_release(text: str) -> Dict[str, str]:
    """KEY=value lines with shell quoting; a line that is not of this form is passed over."""
    values: Dict[str, str] = {}
    for line in text.splitlines():
        key, sign, raw = line.strip().partition("=")
        if not sign or key.startswith("#"):
            continue
        try:
            words = shlex.split(raw)
        except ValueError:
            words = [raw.strip("\"'")]
        values[key.strip()] = " ".join(words)
    return values


def install_times(host: Host) -> List[Tuple[float, str]]:
    """When the installation may have been made, best source first: the installer's own log, then the making
    of the root file system (a disk image carries its maker's date), then the machine id of the first boot."""
    found: List[Tuple[float, str]] = []
    for folder in _INSTALLER_LOGS:
        try:
            names = host.listdir(folder)
        except PermissionError:
            names = [""]
        times = [host.file_times("{}/{}".format(folder, name).rstrip("/")) for name in names]
        known = [item.modified_s for item in times if item is not None]
        if known:
            found.append((min(known), "installer_log"))
    root = host.file_times("/")
    if root is not None and root.birth_s is not None:
        found.append((root.birth_s, "root_filesystem"))
    made = host.file_times("/lost+found")  # written by mkfs, hardly ever touched again
    if made is not None:
        found.append((made.modified_s, "root_filesystem"))
    first_boot = host.file_times("/etc/machine-id")
    if first_boot is not None:
        found.append((first_boot.modified_s, "machine_id"))
    return found
