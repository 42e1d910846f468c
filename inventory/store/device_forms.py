"""What sections tell of a device -> the fields of a NetworkDevice, by column name. The details are cut to what is of
use: they come from machines that nobody has checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.domain.plain import Plain, rows, text, truth, whole

MAX_PORTS, MAX_SUPPLIES, MAX_WORD = 512, 64, 120


def by_device(told: Plain) -> dict[str, Any]:
    """A device that told who it is, of the devices section."""
    battery = told.get("battery")
    return {
        "kind": text(told, "type"), "vendor": text(told, "vendor"), "model": text(told, "hardware"),
        "serial": text(told, "serial"), "name": text(told, "name"), "os": text(told, "os"),
        "version": text(told, "version"), "location": text(told, "location"), "address": text(told, "address"),
        "mac_prefix": text(told, "mac_prefix"), "mac_hash": text(told, "mac_hash"), "source": text(told, "source"),
        "default_community": truth(told, "default_community"), "pages": whole(told, "pages"),
        "ports": [_small(row) for row in rows(told, "ports")[:MAX_PORTS]] or None,
        "supplies": [_small(row) for row in rows(told, "supplies")[:MAX_SUPPLIES]] or None,
        "battery": _small(battery) if isinstance(battery, Mapping) else None,
    }  # fmt: skip


def _small(row: Plain) -> dict[str, Any]:
    """A row of a device's details: texts cut to what a list can show."""
    return {name: value[:MAX_WORD] if isinstance(value, str) else value for name, value in row.items()}


def by_lldp(told: Plain) -> dict[str, Any]:
    """A switch that announces itself, of the lan section."""
    return {
        "name": text(told, "system"), "model": text(told, "description")[:120], "source": "lldp",
        "mac_prefix": text(told, "mac_prefix"), "mac_hash": text(told, "mac_hash"),
    }  # fmt: skip


def by_gateway(told: Plain) -> dict[str, Any]:
    """A way out, of the neighbours section."""
    return {
        "kind": "gateway", "address": text(told, "address"), "mac_prefix": text(told, "mac_prefix"),
        "mac_hash": text(told, "mac_hash"), "source": "neighbours",
    }  # fmt: skip
