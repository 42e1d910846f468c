"""Linux: when packages were last upgraded, whether that happens by itself, whether a restart is due."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Tuple

from ..host import Host
from .posture_common import day, written_day

_LOG_BYTES = 8 * 1024 * 1024
_DPKG_LOGS = ("/var/log/dpkg.log", "/var/log/dpkg.log.1")
_RPM_DATABASES = ("/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages")
_UNATTENDED = ("/usr/bin/unattended-upgrade", "/usr/bin/unattended-upgrades")
_APT_VALUE = re.compile(r'(Enable|Unattended-Upgrade|Download-Upgradeable-Packages)\s+"([^"]*)"')
# What writes reboot-required when a kernel or libc comes: without any of them a missing file says nothing.
_REBOOT_HOOKS = (
    "/etc/kernel/postinst.d/unattended-upgrades",
    "/etc/kernel/postinst.d/update-notifier",
    "/usr/share/update-notifier/notify-reboot-required",
    "/etc/kernel/postinst.d/reboot-notifier",
)


def last_update(host: Host) -> Tuple[str, str]:
    """(YYYY-MM-DD, source), ("", "") when no log tells."""
    now_s = host.now()
    for path in _DPKG_LOGS:
        found = newest_line(_read(host, path), r"upgrade ", now_s)
        if found:
            return found, "dpkg_log"
    found = apt_history_day(_read(host, "/var/log/apt/history.log"), now_s)
    if found:
        return found, "apt_history"
    found = newest_line(_read(host, "/var/log/dnf.rpm.log"), r"\S+ Upgraded?: ", now_s)
    if found:
        return found, "dnf_log"
    times = [host.file_times(path) for path in _RPM_DATABASES]
    days = [day(item.modified_s, now_s) for item in times if item is not None]
    return (max(days), "rpm_database") if any(days) else ("", "")


def newest_line(log: str, action: str, now_s: float) -> str:
    """The newest day of the lines "YYYY-MM-DD hh:mm:ss <action>" (a T in the middle and a zone are fine)."""
    pattern = re.compile(r"(\d{4}-\d\d-\d\d)[T ][0-9:.]+(?:Z|[+-]\d\d:?\d\d)? " + action)
    days = {match.group(1) for match in map(pattern.match, log.splitlines()) if match}
    return max((written_day(text, now_s) for text in days), default="")


def apt_history_day(text: str, now_s: float) -> str:
    """The newest end of a run of apt that upgraded something."""
    newest = ""
    for run in re.split(r"\n\s*\n", text):
        match = re.search(r"^End-Date: (\d{4}-\d\d-\d\d)", run, re.MULTILINE)
        if match and re.search(r"^Upgrade: ", run, re.MULTILINE):
            newest = max(newest, written_day(match.group(1), now_s))
    return newest


def automatic_updates(host: Host) -> str:
    """on | notify | off, "" when it is not known."""
    if host.exists("/etc/apt"):
        values: Dict[str, str] = {}
        for name in host.listdir("/etc/apt/apt.conf.d")[:200]:
            if re.match(r"[A-Za-z0-9_-]+(?:\.conf)?\Z", name):  # the others apt passes over
                values.update(apt_values(_read(host, "/etc/apt/apt.conf.d/" + name)))
        return judge_apt(values, any(host.exists(path) for path in _UNATTENDED))
    if host.exists("/etc/dnf"):
        units = host.listdir("/etc/systemd/system/timers.target.wants")
        timer = any(name.startswith(("dnf-automatic", "dnf5-automatic")) for name in units)
        applies = re.search(
            r"^\s*apply_updates\s*=\s*(yes|true|1)\b", _read(host, "/etc/dnf/automatic.conf"), re.M | re.I
        )
        install = "dnf-automatic-install.timer" in units
        return "off" if not timer else "on" if applies or install else "notify"
    return ""


def apt_values(text: str) -> Dict[str, str]:
    """The settings of APT::Periodic in one file, in the flat and in the nested way of writing."""
    found: Dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip()
        if not line.startswith(("//", "#", "Unattended-Upgrade::")):
            for name, value in _APT_VALUE.findall(line):
                found[name] = value
    return found


def judge_apt(values: Dict[str, str], unattended: bool) -> str:
    if values.get("Enable") == "0":
        return "off"
    if values.get("Unattended-Upgrade", "0") not in ("", "0") and unattended:
        return "on"
    return "notify" if values.get("Download-Upgradeable-Packages", "0") not in ("", "0") else "off"


def pending_reboot(host: Host) -> Tuple[Optional[bool], Tuple[str, ...]]:
    """(due, reasons)."""
    reasons: List[str] = []
    if host.exists("/run/reboot-required") or host.exists("/var/run/reboot-required"):
        reasons.append("package")
    release = host.kernel()[1]
    if release and host.listdir("/lib/modules") and not host.exists("/lib/modules/" + release):
        reasons.append("package")  # the running kernel's package is gone: another one waits
    if reasons:
        return True, ("package",)
    return (False, ()) if any(host.exists(path) for path in _REBOOT_HOOKS) else (None, ())


def _read(host: Host, path: str) -> str:
    try:
        return host.read_text(path, _LOG_BYTES) or ""
    except PermissionError:
        return ""
