"""Linux: udev's data base, which anybody may read. It holds what udev could read as root: memory modules (from
systemd 248 on, by its builtin dmi_memory_id), whole names and serials of disks."""

from __future__ import annotations

import dataclasses
import re
from typing import Dict, List

from ..host import Host
from ..probe import printable
from ..wire.sections import HardwareInfo

_FOLDER = "/run/udev/data/"
_MAX_SLOTS = 1024
_LINE = re.compile(r"^E:([A-Z0-9_]+)=(.*)$", re.MULTILINE)
_GENERATION = re.compile(r"(LP)?DDR[2-9]?\Z|SDRAM\Z|RDRAM\Z|HBM[23]?\Z", re.IGNORECASE)
# The firmware's own chips, and non-volatile modules: slots, but no working memory.
_NO_WORKING_MEMORY = re.compile(r"flash|rom|non-volatile", re.IGNORECASE)


def properties(host: Host, name: str) -> Dict[str, str]:
    """Properties of a device by its name in the data base: "b8:0" for a block device, "+dmi:id"."""
    try:
        text = host.read_text(_FOLDER + name, 256 * 1024)
    except PermissionError:
        return {}
    return dict(_LINE.findall(text or ""))


def disk(host: Host, number: str) -> Dict[str, str]:
    """Properties of the disk with this device number ("8:0")."""
    return properties(host, "b" + number) if re.match(r"[0-9]{1,6}:[0-9]{1,6}\Z", number) else {}


def whole_model(found: Dict[str, str], cut: str) -> str:
    """The disk's whole name where the kernel has cut it to the 16 letters of a SCSI name."""
    encoded = re.sub(r"\\x([0-9a-fA-F]{2})", lambda match: chr(int(match.group(1), 16)), found.get("ID_MODEL_ENC", ""))
    whole = " ".join(printable(encoded).split())
    return whole[:128] if len(whole) > len(cut) and whole.startswith(cut) else cut


def with_memory(info: HardwareInfo, found: Dict[str, str]) -> HardwareInfo:
    """The section with the memory modules that udev saw; unchanged when it saw none."""
    slots: List[str] = sorted({key.split("_")[2] for key in found if re.match(r"MEMORY_DEVICE_[0-9]{1,4}_", key)})
    kinds = {slot: found.get("MEMORY_DEVICE_{}_TYPE".format(slot), "") for slot in slots}
    slots = [slot for slot in slots if not _NO_WORKING_MEMORY.search(kinds[slot])][:_MAX_SLOTS]
    sizes = {slot: _bytes(found.get("MEMORY_DEVICE_{}_SIZE".format(slot), "")) for slot in slots}
    fitted = [slot for slot in slots if sizes[slot]]
    if not fitted:
        return info
    told = {kinds[slot] if _GENERATION.match(kinds[slot]) else "" for slot in fitted}
    installed = sum(sizes[slot] for slot in fitted)
    limit = _bytes(found.get("MEMORY_ARRAY_MAX_CAPACITY", ""))
    return dataclasses.replace(
        info,
        ram_installed_bytes=installed,
        memory_slots=len(slots),
        memory_slots_used=len(fitted),
        memory_type=told.pop() if len(told) == 1 else "",
        memory_max_bytes=limit if limit >= installed else None,
    )


def _bytes(text: str) -> int:
    return int(text) if re.match(r"[0-9]{1,15}\Z", text) else 0
