"""Linux: ClamAV and other products, firewall programs, SMB 1 of Samba, remote desktop; updates in a file of their own."""

from __future__ import annotations

import calendar
import re
import time
from typing import Dict, List, Optional, Set, Tuple

from ..host import Host
from ..probe import ProbeContext
from ..wire.sections import AntimalwareInfo, FirewallProfile, PostureInfo
from .posture_common import day
from .posture_products import LINUX
from .posture_updates_linux import automatic_updates, last_update, pending_reboot
from .system_linux import parse_os_release

_MAX_PROCESSES = 8192
_CLAMAV = ("/usr/sbin/clamd", "/usr/bin/clamscan", "/usr/bin/freshclam")
_CLAMAV_BASE = "/var/lib/clamav/"
_WANTS = ("/etc/systemd/system/multi-user.target.wants/", "/etc/systemd/system/sysinit.target.wants/")
# (name, unit, process) of what loads firewall rules at start-up
_FIREWALLS = (
    ("firewalld", "firewalld.service", "firewalld"),
    ("nftables", "nftables.service", ""),
    ("iptables", "netfilter-persistent.service", ""),
    ("iptables", "iptables.service", ""),
)
_FILTER_MODULES = {"nf_tables", "ip_tables", "iptable_filter"}
_RDP_PORT = 3389
_MONTHS: Dict[bytes, int] = {
    b"Jan": 1, b"Feb": 2, b"Mar": 3, b"Apr": 4, b"May": 5, b"Jun": 6,
    b"Jul": 7, b"Aug": 8, b"Sep": 9, b"Oct": 10, b"Nov": 11, b"Dec": 12,
}  # fmt: skip
# Samba 4.11 of 2019 stopped speaking SMB 1 unless told to. The first releases that carry it:
_QUIET_SAMBA = {"debian": 11.0, "ubuntu": 20.04}


def collect(context: ProbeContext) -> PostureInfo:
    host = context.host
    running = processes(host)
    day_of_update, source = last_update(host)
    due, reasons = pending_reboot(host)
    enabled, nla, port = rdp(host, running)
    server, client = smb1(host)
    return PostureInfo(
        antimalware=antimalware(host, running),
        firewall=firewall(context, running),
        last_update=day_of_update,
        last_update_source=source,
        automatic_updates=automatic_updates(host),
        pending_reboot=due,
        pending_reboot_reasons=reasons,
        smb1_server=server,
        smb1_client=client,
        rdp_enabled=enabled,
        rdp_nla=nla,
        rdp_port=port,
    )


def processes(host: Host) -> Set[str]:
    """Names of the running processes, cut at 15 letters by the kernel; none when /proc does not tell."""
    found: Set[str] = set()
    for name in host.listdir("/proc")[:_MAX_PROCESSES]:
        if name.isdigit():
            found.add((read(host, "/proc/" + name + "/comm") or "").strip())
    return found - {""}


def antimalware(host: Host, running: Set[str]) -> Tuple[AntimalwareInfo, ...]:
    """Known products that are installed. Nobody keeps a list of all: an empty answer is not "none"."""
    found: List[AntimalwareInfo] = []
    if "clamd" in running or any(host.exists(path) for path in _CLAMAV):
        # clamd scans what it is given; clamonacc watches files as they are opened.
        guards = True if "clamonacc" in running else None if "clamd" in running else False
        source = "process" if "clamd" in running else "package"
        found.append(AntimalwareInfo("ClamAV", guards, None, clamav_day(host), source))
    for name, folders, names in LINUX:
        if any(host.exists(folder) for folder in folders):
            alive = bool(running & set(names))
            state = None if alive or not running else False
            found.append(AntimalwareInfo(name, state, None, "", "process" if alive else "package"))
    return tuple(found)


def clamav_day(host: Host) -> str:
    """The day of the newest definitions: by their own head, else by the file's time."""
    days: List[str] = []
    for name in ("daily.cld", "daily.cvd", "main.cld", "main.cvd"):
        try:
            head = host.read_bytes(_CLAMAV_BASE + name, 512)
        except PermissionError:
            head = None
        written = parse_clamav_head(head or b"", host.now())
        times = host.file_times(_CLAMAV_BASE + name) if not written else None
        days.append(written or (day(times.modified_s, host.now()) if times is not None else ""))
    return max(days)


def parse_clamav_head(head: bytes, now_s: float) -> str:
    """ "ClamAV-VDB:21 Nov 2026 05-12 -0500:..." -> 2026-11-21"""
    match = re.match(rb"ClamAV-VDB:(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) ", head)
    if not match:
        return ""
    month = _MONTHS.get(match.group(2))
    if month is None:
        return ""
    try:
        parsed = time.strptime("{}-{}-{}".format(int(match.group(3)), month, int(match.group(1))), "%Y-%m-%d")
    except ValueError:
        return ""
    return day(calendar.timegm(parsed), now_s)


def firewall(context: ProbeContext, running: Set[str]) -> Tuple[FirewallProfile, ...]:
    """Programs that keep firewall rules. Without any, and without the kernel's modules for rules, there is none."""
    host = context.host
    found: Dict[str, bool] = {}
    match = re.search(r"^\s*ENABLED\s*=\s*\"?(yes|no)\b", read(host, "/etc/ufw/ufw.conf") or "", re.M | re.I)
    if match:
        found["ufw"] = match.group(1).lower() == "yes"
    for name, unit, process in _FIREWALLS:
        wanted = any(host.readlink(folder + unit) is not None for folder in _WANTS)
        if process in running or (wanted and not process):
            found[name] = True
        elif wanted:
            found[name] = found.get(name, False)
    if not any(found.values()) and not found:
        modules = {line.split(" ")[0] for line in (read(host, "/proc/modules") or "").splitlines()}
        if modules and not modules & _FILTER_MODULES:
            found["all"] = False
        else:
            context.log("no known firewall program; rules of the kernel are for the administrator only")
    return tuple(FirewallProfile(name, state) for name, state in found.items())


def smb1(host: Host) -> Tuple[Optional[bool], Optional[bool]]:
    """(server, client) of Samba."""
    text = read(host, "/etc/samba/smb.conf")
    values = smb_globals(text or "")
    server = None if not host.exists("/usr/sbin/smbd") else speaks_smb1(values.get("serverminprotocol", ""))
    client = None if text is None else speaks_smb1(values.get("clientminprotocol", ""))
    release = parse_os_release(read(host, "/etc/os-release") or "")
    try:
        quiet = float(release.get("VERSION_ID", "")) >= _QUIET_SAMBA[release.get("ID", "")]
    except (ValueError, KeyError):
        quiet = False
    if quiet and text is not None:
        server = False if server is None and "serverminprotocol" not in values else server
        client = False if client is None and "clientminprotocol" not in values else client
    if not host.exists("/usr/sbin/smbd"):
        server = False if host.exists("/usr/sbin") else None
    return server, client


def smb_globals(text: str) -> Dict[str, str]:
    """The [global] section of smb.conf; names without blanks, as Samba reads them, synonyms resolved."""
    values: Dict[str, str] = {}
    section = "global"
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]").strip().lower()
        elif section == "global" and not line.startswith(("#", ";")):
            name, sign, value = line.partition("=")
            if sign:
                key = re.sub(r"\s+", "", name).lower()
                values[{"minprotocol": "serverminprotocol"}.get(key, key)] = value.strip().lower()
    return values


def speaks_smb1(lowest: str) -> Optional[bool]:
    if lowest.startswith(("smb2", "smb3")):
        return False
    return True if lowest in ("nt1", "core", "coreplus", "lanman1", "lanman2") else None


def rdp(host: Host, running: Set[str]) -> Tuple[Optional[bool], Optional[bool], Optional[int]]:
    """(enabled, asks for a log-on first, port): whether something listens for remote desktops."""
    ini = read(host, "/etc/xrdp/xrdp.ini")
    match = re.search(r"^\s*port\s*=\s*(?:tcp://[^\s:]*:)?(\d{1,5})\b", ini or "", re.M)
    port = int(match.group(1)) if match and 0 < int(match.group(1)) < 65536 else _RDP_PORT
    open_ports = listening(read(host, "/proc/net/tcp")) | listening(read(host, "/proc/net/tcp6"))
    if not open_ports and read(host, "/proc/net/tcp") is None:
        return None, None, None
    if port not in open_ports:
        return False, None, None
    return True, False if "xrdp" in running else None, port  # xrdp shows its log-on inside the session


def listening(table: Optional[str]) -> Set[int]:
    """Ports of /proc/net/tcp or tcp6 that others on the network can reach."""
    found: Set[int] = set()
    for line in (table or "").splitlines()[1:]:
        words = line.split()
        match = re.match(r"([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})\Z", words[1]) if len(words) > 3 else None
        if match and words[3] == "0A" and match.group(1) not in ("0100007F", "0" * 24 + "01000000"):
            found.add(int(match.group(2), 16))
    return found


def read(host: Host, path: str) -> Optional[str]:
    try:
        return host.read_text(path)
    except PermissionError:
        return None
