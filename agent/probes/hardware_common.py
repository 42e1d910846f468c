"""What Linux and Windows share of the hardware section."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict

from ..smbios import SmbiosTable
from ..wire.sections import HardwareInfo


def with_table(info: HardwareInfo, table: SmbiosTable) -> HardwareInfo:
    """The section with what the SMBIOS table says where the system said nothing, and what only the table tells."""
    told: Dict[str, Any] = {
        "system_vendor": table.system.vendor,
        "system_model": table.system.model,
        "system_serial": table.system.serial,
        "system_uuid": table.system.uuid,
        "system_version": table.system.version,
        "system_family": table.system.family,
        "system_sku": table.system.sku,
        "board_vendor": table.board.vendor,
        "board_model": table.board.model,
        "board_serial": table.board.serial,
        "chassis_vendor": table.chassis.vendor,
        "chassis_type": table.chassis.kind,
        "chassis_serial": table.chassis.serial,
        "bios_vendor": table.bios.vendor,
        "bios_version": table.bios.version,
        "bios_date": table.bios.date,
    }
    return dataclasses.replace(
        info,
        dmi_available=info.dmi_available or table.structures > 0,
        ram_installed_bytes=table.memory_bytes,
        memory_slots=table.memory_slots,
        memory_slots_used=table.memory_slots_used,
        memory_type=table.memory_kind,
        memory_max_bytes=table.memory_max_bytes,
        **{name: value for name, value in told.items() if getattr(info, name) in ("", None)},
    )
