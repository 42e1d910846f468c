"""The PC itself: maker, model, serials, firmware, processor, memory, disks, screens. Evidence of its age and of what
it can, no verdict."""

from __future__ import annotations

import dataclasses
from typing import Optional, Tuple

from ..probe import NoData, ProbeContext
from ..wire.sections import HardwareInfo
from . import hardware_linux, hardware_windows
from .hardware_monitors import monitors

# What hypervisors call the machine they make; looked for in vendor and model.
_VIRTUAL_NAMES = (
    "qemu", "vmware", "virtualbox", "innotek", "bochs", "parallels", "xen", "kvm", "bhyve", "ovirt", "rhev",
    "openstack", "google compute engine", "proxmox", "nutanix ahv",
)  # fmt: skip


def run(context: ProbeContext) -> HardwareInfo:
    if context.host.platform == "linux":
        info, hint = hardware_linux.collect(context)
    elif context.host.platform == "windows":
        info, hint = hardware_windows.collect(context)
    else:
        raise NoData("no hardware probe for this system")
    is_virtual, why = judge_virtual(info, hint)
    if is_virtual:
        # The host's driver invents this for a disk that is a file somewhere.
        disks = tuple(dataclasses.replace(disk, rotational=None) for disk in info.disks)
        info = dataclasses.replace(info, disks=disks)
    if info.ram_bytes and info.ram_installed_bytes and info.ram_bytes > info.ram_installed_bytes:
        context.log("the firmware does not list all of the memory")
        info = dataclasses.replace(info, ram_installed_bytes=None, memory_slots_used=None, memory_type="")
    return dataclasses.replace(info, is_virtual=is_virtual, virtual_hint=why, monitors=monitors(context))


def judge_virtual(info: HardwareInfo, hint: str) -> Tuple[Optional[bool], str]:
    """(is it virtual, why). `hint` is what the processor or the firmware flags say, "" when they say nothing.

    Without a hint it is a real machine if it names its maker; if it does not even do that, it is not
    known."""
    for label, vendor in (
        ("vendor", info.system_vendor),
        ("model", info.system_model),
        ("BIOS", info.bios_vendor),
    ):
        words = vendor.lower().replace(",", " ").replace("(", " ").split()
        for name in _VIRTUAL_NAMES:
            if name in words or (len(name) > 4 and name in vendor.lower()):
                return True, "{} {}".format(label, vendor)
    if info.system_vendor.startswith("Microsoft") and info.system_model.startswith("Virtual Machine"):
        return True, "model Virtual Machine of Microsoft"
    if hint:
        return True, hint
    named = info.system_vendor or info.system_model or info.board_vendor or info.board_model
    return (False, "") if named else (None, "")
