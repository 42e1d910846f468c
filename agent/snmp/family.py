"""What a device family is, as data: rules with conditions and the sources of their fields. A leaf of the engine."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import Dict, FrozenSet, Optional, Pattern, Tuple

from ..errors import AgentError

FIELDS = ("vendor", "type", "os", "hardware", "version", "serial", "name")
TYPES = (
    "router", "switch", "firewall", "wireless", "modem", "printer", "ups", "pdu", "nas", "server", "workstation", "camera",
    "phone", "conference", "loadbalancer", "environment", "power", "optical", "storage", "console", "appliance",
)  # fmt: skip
ENTITY = ("model", "serial", "version", "software", "firmware", "hardware", "descr", "name", "vendor")
UNKNOWN = "null"  # a field that this family deliberately leaves unknown, also for the generic layers
GENERIC = "generic"  # objects = generic: a sysObjectID that names no maker
ANY = "any"  # objects = any: whatever sysObjectID

# What details.py reads of a UPS with a MIB of its own; status is normal, low or depleted, replace is yes or no
BATTERY = (
    "percent", "minutes-left", "seconds-left", "ticks-left", "on-battery-s", "on-battery-ticks", "status", "replace",
)  # fmt: skip


class FamilyError(AgentError):
    """A family file is wrong; the message names file, section and key."""


@dataclass(frozen=True)
class Source:
    """Where a field's text comes from. kind: literal | descr | object | sysname | oid | column | self | entity | hr | printer |
    map | join | null. `name` is the object, the column, what follows sysObjectID, the entity part or the map; `inner` is what
    a map looks up, `parts` what is joined; `up` is how many arcs of sysObjectID are left out."""

    kind: str
    name: str = ""
    pattern: str = ""
    template: str = ""
    inner: Optional[Source] = None
    up: int = 0
    parts: Tuple[Source, ...] = ()

    def oid(self, object_id: str) -> str:
        """The one object that the source reads, for kinds oid and self; "" where there is none."""
        if self.kind != "self":
            return self.name
        kept = object_id.split(".")[: -self.up or None]
        return ".".join([*kept, self.name]) if len(kept) > 6 else ""


@dataclass(frozen=True)
class Condition:
    """An object, or any of the first rows of a column, must answer and match."""

    oid: str
    column: bool = False
    pattern: str = ""


@dataclass(frozen=True)
class Rule:
    family: str
    name: str
    order: int
    objects: Tuple[str, ...]  # sysObjectID prefixes; may hold GENERIC or ANY
    descr: Tuple[str, ...] = ()
    not_descr: Tuple[str, ...] = ()
    has: Tuple[Condition, ...] = ()
    not_has: Tuple[Condition, ...] = ()
    fallback: bool = False  # tried only when no other rule fits
    fields: Dict[str, Tuple[Source, ...]] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]


@dataclass(frozen=True)
class Family:
    name: str
    vendor: str
    enterprises: Tuple[int, ...]
    rules: Tuple[Rule, ...]
    maps: Dict[str, Dict[str, str]]
    battery: Dict[str, Tuple[Source, ...]] = field(default_factory=dict)  # pyright: ignore[reportUnknownVariableType]
    roots: FrozenSet[str] = (
        frozenset()
    )  # first arcs (see root) of all objects of its rules, GENERIC and ANY; empty: any


def root(object_id: str) -> str:
    """As much of an object name as an enterprise's number has: 1.3.6.1.4.1.N."""
    return ".".join(object_id.split(".")[:7])


@functools.lru_cache(maxsize=2048)
def compiled(pattern: str) -> Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)
