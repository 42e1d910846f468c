"""What a disk says of its own health, raw: ATA SMART pages, NVMe's health log, eMMC's life time. Bytes in, figures
out; never raises.

ATA: 30 rows of 12 bytes after a word, byte 511 makes the sum zero (ATA/ATAPI-5 to ACS-3 and the makers' agreement
SFF-8035i, which is where attributes come from; their numbers are custom, not standard). NVMe: log page 2 of the base
specification. eMMC: EXT_CSD fields as the kernel shows them (JESD84-B51). A page that does not add up, or whose
figures cannot be, is no answer: unknown, not zero.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Dict, NamedTuple, Optional, Tuple

PAGE = 512
_ROWS, _ROW = 30, struct.Struct("<BHBB6sB")
_MAX_HOURS = 30 * 8766
_MAX_SECTORS = 10_000_000
_REALLOCATED, _POWER_ON, _PENDING = 5, 9, 197
_PREFAIL = 0x0001

# Makers that count attribute 9 in minutes, half minutes or seconds on some models: their figure is no number of hours.
_OTHER_TIME = re.compile(r"maxtor|fujitsu|samsung s[pv]\d", re.IGNORECASE)
# Which attribute holds the remaining life in percent (its normalised value, 100 when new), by the makers' own
# documents; the same numbers mean other things elsewhere, so any other model stays unknown.
_LIFE_LEFT: Tuple[Tuple[str, int], ...] = (
    (r"intel ssd|intel ssds", 233),  # media wearout indicator
    (r"samsung (ssd|mz)|mz[7n]", 177),  # wear leveling count
    (r"crucial|micron|ct\d{3,4}(mx|bx|m)", 202),  # percentage of lifetime remaining
    (r"kingston s[akuvmh]|kingston ssdnow", 231),  # SSD life left
)

# critical warning of NVMe, bit by bit
_SPARE_LOW, _TEMPERATURE, _DEGRADED, _READ_ONLY, _BACKUP_FAILED, _PERSISTENT = 1, 2, 4, 8, 16, 32
_NVME_FAILING = _SPARE_LOW | _DEGRADED | _READ_ONLY


@dataclass(frozen=True)
class Health:
    """`health` is the disk's own word: ok | warning | failing | "" when it does not say."""

    source: str = ""
    health: str = ""
    power_on_hours: Optional[int] = None
    wear_percent: Optional[int] = None
    reallocated: Optional[int] = None
    pending: Optional[int] = None

    @property
    def says_something(self) -> bool:
        figures = (self.power_on_hours, self.wear_percent, self.reallocated, self.pending)
        return bool(self.health) or any(figure is not None for figure in figures)


class Attribute(NamedTuple):
    flags: int
    value: int  # normalised: high is good
    raw: bytes  # six bytes, whatever the maker puts there


def parse_attributes(page: bytes) -> Dict[int, Attribute]:
    """The rows of SMART READ DATA by their number; {} when the page does not add up."""
    found: Dict[int, Attribute] = {}
    if _adds_up(page):
        for at in range(2, 2 + _ROWS * _ROW.size, _ROW.size):
            number, flags, value, _worst, raw, _reserved = _ROW.unpack_from(page, at)
            if number:
                found.setdefault(number, Attribute(flags, value, raw))
    return found


def parse_thresholds(page: bytes) -> Dict[int, int]:
    """Attribute number -> the value at which the maker calls it failed; {} when the page does not add up."""
    if not _adds_up(page):
        return {}
    rows = (page[at : at + 2] for at in range(2, 2 + _ROWS * _ROW.size, _ROW.size))
    return {row[0]: row[1] for row in rows if row[0]}


def ata_health(
    attributes: bytes, thresholds: bytes, prediction: bytes, model: str, rotational: Optional[bool]
) -> Health:
    """From the two SMART pages and Windows' STORAGE_PREDICT_FAILURE, whose tail is the attribute page again; any of
    them may be missing."""
    rows = parse_attributes(attributes) or parse_attributes(prediction[4 : 4 + PAGE])
    limits = parse_thresholds(thresholds)
    predicted = struct.unpack_from("<I", prediction)[0] != 0 if len(prediction) >= 4 else None
    below = any(row.flags & _PREFAIL and 0 < row.value <= limits.get(number, 0) < 0xFE for number, row in rows.items())
    health = ""
    if below or predicted:
        health = "failing"
    elif predicted is False or (rows and limits):
        health = "ok"
    return Health(
        source="smart" if rows else "predict_failure" if health else "",
        health=health,
        power_on_hours=_hours(rows, model),
        wear_percent=wear_of({number: row.value for number, row in rows.items()}, model, rotational),
        reallocated=_sectors(rows, _REALLOCATED, 2),
        pending=_sectors(rows, _PENDING, 4),
    )


def nvme_health(page: bytes) -> Health:
    """From log page 2; an empty Health when the page is none."""
    if len(page) < PAGE or not any(page) or page[3] > 100 or page[4] > 100:
        return Health()
    warning, used = page[0], page[5]
    health = "failing" if warning & _NVME_FAILING else "warning" if warning else "ok"
    return Health("nvme", health, hours(int.from_bytes(page[128:144], "little")), used)


def emmc_health(life_time: str, pre_eol: str) -> Health:
    """From the kernel's files: "0x02 0x01" are steps of ten percent of the two kinds of cells, the higher one
    counts, by the upper end of its step (11: more than all); pre_eol is 1 normal, 2 most spare blocks used, 3
    nearly all."""
    steps = [int(word, 16) for word in life_time.split() if re.fullmatch(r"0x[0-9a-f]{1,2}", word, re.IGNORECASE)]
    known = [step for step in steps if 1 <= step <= 11]
    health = {"0x01": "ok", "0x02": "warning", "0x03": "failing"}.get(pre_eol.strip().lower(), "")
    wear = max(known) * 10 if known else None
    return Health("emmc" if health or known else "", health, wear_percent=wear)


def wear_of(values: Dict[int, int], model: str, rotational: Optional[bool]) -> Optional[int]:
    """Percent of a solid-state disk's life that is used, by normalised attribute values; None when unsure."""
    if rotational:
        return None
    for pattern, number in _LIFE_LEFT:
        if re.match(pattern, model, re.IGNORECASE):
            left = values.get(number)
            return 100 - left if left is not None and 0 < left <= 100 else None
    return None


def hours(count: int) -> Optional[int]:
    return count if 0 <= count <= _MAX_HOURS else None


def sectors(count: int) -> Optional[int]:
    return count if 0 <= count <= _MAX_SECTORS else None


def counts_hours(model: str) -> bool:
    return not _OTHER_TIME.search(model)


def _hours(rows: Dict[int, Attribute], model: str) -> Optional[int]:
    """Low four bytes; above them some makers keep minutes and seconds."""
    row = rows.get(_POWER_ON)
    if row is None or not counts_hours(model):
        return None
    return hours(int.from_bytes(row.raw[:4], "little"))


def _sectors(rows: Dict[int, Attribute], number: int, size: int) -> Optional[int]:
    """A count in the low bytes; above those of attribute 5 some makers keep other counts."""
    row = rows.get(number)
    return None if row is None else sectors(int.from_bytes(row.raw[:size], "little"))


def _adds_up(page: bytes) -> bool:
    return len(page) >= PAGE and any(page[:PAGE]) and sum(page[:PAGE]) % 256 == 0
