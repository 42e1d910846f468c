"""What sort of interface a name stands for: wired, wireless, mobile, virtual, loopback, unknown. Used by
probes."""

from __future__ import annotations

from typing import Dict, Optional, Sequence

from ..host import Host
from . import nic_kinds_windows

MAX_INTERFACES = 32

_LOOPBACK, _ETHERNET = 772, 1  # ARPHRD_*
# A phone that lends its line by USB, and modems: the office's uplink is then the mobile network.
_MOBILE_DRIVERS = (
    "rndis_host",
    "ipheth",
    "qmi_wwan",
    "cdc_mbim",
    "huawei_cdc_ncm",
    "sierra_net",
    "hso",
    "mtk_t7xx",
    "iosm",
)


def kinds(host: Host, names: Sequence[str]) -> Dict[str, str]:
    if host.platform == "windows":
        return nic_kinds_windows.kinds(host, names)
    if host.platform == "linux":
        return {name: _linux_kind(host, name) for name in names}
    return {name: "loopback" if name.startswith("lo") else "unknown" for name in names}


def _linux_kind(host: Host, name: str) -> str:
    folder = "/sys/class/net/" + name
    hardware = (host.read_text(folder + "/type") or "").strip()
    driver = (host.readlink(folder + "/device/driver") or "").rsplit("/", 1)[-1]
    return judge_linux(
        name,
        int(hardware) if hardware.isdigit() else None,
        host.read_text(folder + "/uevent") or "",
        driver,
        has_device=host.exists(folder + "/device"),
        has_radio=host.exists(folder + "/wireless") or host.exists(folder + "/phy80211"),
    )


def judge_linux(
    name: str, hardware: Optional[int], uevent: str, driver: str, has_device: bool, has_radio: bool
) -> str:
    """The rule alone. `hardware` is the ARPHRD number, `uevent` the text of the sysfs file of that name."""
    if hardware == _LOOPBACK or name == "lo":
        return "loopback"
    lines = uevent.splitlines()
    if has_radio or "DEVTYPE=wlan" in lines:
        return "wireless"
    if "DEVTYPE=wwan" in lines or driver in _MOBILE_DRIVERS or name.startswith("wwan"):
        return "mobile"
    if not has_device:
        # Bridges, bonds, VLANs, veth, tun, WireGuard, dummies: nothing of them can be touched. ppp may be any
        # line.
        return "unknown" if name.startswith("ppp") or hardware is None else "virtual"
    return "wired" if hardware == _ETHERNET else "unknown"
