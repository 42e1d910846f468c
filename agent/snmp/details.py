"""What network equipment says of its state: ports, printer supplies and pages, UPS battery. Which columns are read, and pure
functions over what was read.

Sources: IF-MIB (RFC 2863), Printer-MIB (RFC 3805), UPS-MIB (RFC 1628).
"""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

from ..wire.sections_lan import BatteryInfo, PortInfo, SupplyInfo
from .answers import Answers
from .ask import Asker
from .family import Family
from .rules import Needs, source_value
from .values import Value, clean, text_of

MAX_PORTS = 256
MAX_SUPPLIES = 32
MAX_REQUESTS = 200

IF = "1.3.6.1.2.1.2.2.1"
IFX = "1.3.6.1.2.1.31.1.1.1"
IF_DESCR, IF_TYPE, IF_SPEED, IF_STATUS = IF + ".2", IF + ".3", IF + ".5", IF + ".8"
IF_IN_DISCARDS, IF_IN_ERRORS, IF_OUT_DISCARDS, IF_OUT_ERRORS = IF + ".13", IF + ".14", IF + ".19", IF + ".20"
IFX_NAME, IFX_SPEED = IFX + ".1", IFX + ".15"
_PORT_COLUMNS = (
    IF_DESCR, IF_TYPE, IF_SPEED, IF_STATUS, IF_IN_DISCARDS, IF_IN_ERRORS, IF_OUT_DISCARDS, IF_OUT_ERRORS, IFX_NAME, IFX_SPEED,
)  # fmt: skip
# Interfaces that are a socket or a radio, by IANAifType: Ethernet and its kin, 802.11, DSL, PON, cable, cellular.
_PHYSICAL = frozenset(
    (6, 7, 26, 62, 69, 71, 94, 95, 96, 97, 117, 127, 128, 129, 169, 205, 230, 237, 238, 243, 244, 250, 251, 279, 9, 15, 56)
)  # fmt: skip

SUPPLY = "1.3.6.1.2.1.43.11.1.1"  # prtMarkerSuppliesEntry
SUPPLY_CLASS, SUPPLY_DESCR, SUPPLY_MAX, SUPPLY_LEVEL = SUPPLY + ".4", SUPPLY + ".6", SUPPLY + ".8", SUPPLY + ".9"
MARKER_LIFE = "1.3.6.1.2.1.43.10.2.1.4"  # prtMarkerLifeCount
_RECEPTACLE = 4  # prtMarkerSuppliesClass receptacleThatIsFilled: a level says how much room is left
LOW_PERCENT = 10

UPS_BATTERY = "1.3.6.1.2.1.33.1.2"
UPS_STATUS, UPS_ON_BATTERY, UPS_MINUTES, UPS_CHARGE = (UPS_BATTERY + ".{}.0".format(number) for number in (1, 2, 3, 4))
_UPS_STATUS = {"2": "normal", "3": "low", "4": "depleted"}  # upsBatteryStatus; 1 is unknown
_MOST = 2**62  # the sum of two still fits the wire
MAX_MINUTES = 60 * 24 * 7  # no office battery lasts a week: larger values mean "not known"


def read(asker: Asker, answers: Answers, family: Optional[Family], kind: Optional[str]) -> None:
    """Adds to `answers` what the functions below read; `kind` is the device's type: what it cannot have is not asked."""
    for column in _PORT_COLUMNS:
        answers.put_rows(column, asker.walk(column, MAX_PORTS))
        if column == IF_DESCR and not answers.rows(column):
            break
    if kind in ("printer", None):
        for column in (SUPPLY_DESCR, SUPPLY_CLASS, SUPPLY_MAX, SUPPLY_LEVEL, MARKER_LIFE):
            answers.put_rows(column, asker.walk(column, MAX_SUPPLIES))
    needs = Needs()
    if kind in ("ups", "power", None):
        needs.objects.update(dict.fromkeys((UPS_STATUS, UPS_ON_BATTERY, UPS_MINUTES, UPS_CHARGE)))
    for sources in family.battery.values() if family else ():
        for source in sources:
            needs.source(source, answers.object)
    for oid, value in asker.get([oid for oid in needs.objects if not answers.asked(oid)]).items():
        answers.put(oid, value)


def _column(answers: Answers, prefix: str) -> Dict[str, Value]:
    return {oid[len(prefix) + 1 :]: value for oid, value in answers.rows(prefix)}


def _number(value: Optional[Value], least: int = 0) -> Optional[int]:
    return value if isinstance(value, int) and least <= value < _MOST else None


def ports(answers: Answers) -> Tuple[PortInfo, ...]:
    """Ports and radios, by index; loopbacks, tunnels and VLANs are left out."""
    columns = {prefix: _column(answers, prefix) for prefix in _PORT_COLUMNS}
    found: List[PortInfo] = []
    for index, descr in columns[IF_DESCR].items():
        row = {prefix: column.get(index) for prefix, column in columns.items()}
        kind = row[IF_TYPE]
        if not index.isdigit() or (kind is not None and kind not in _PHYSICAL):
            continue
        status = row[IF_STATUS]
        found.append(
            PortInfo(
                index=int(index),
                name=(clean(text_of(row[IFX_NAME])) or clean(text_of(descr)) or "")[:64],
                is_up=None if status not in (1, 2, 6, 7) else status == 1,  # up, down, notPresent, lowerLayerDown
                speed_mbps=_speed(row[IFX_SPEED], row[IF_SPEED]),
                errors=_sum(row[IF_IN_ERRORS], row[IF_OUT_ERRORS]),
                discards=_sum(row[IF_IN_DISCARDS], row[IF_OUT_DISCARDS]),
            )
        )
    return tuple(found[:MAX_PORTS])


def _speed(high: Optional[Value], low: Optional[Value]) -> Optional[int]:
    """Mbit/s; ifSpeed counts bit/s and stops at 2^32 - 1."""
    number = _number(high, 1)
    if number is not None:
        return number
    number = _number(low, 1_000_000)
    return number // 1_000_000 if number is not None and number < 2**32 - 1 else None


def _sum(first: Optional[Value], second: Optional[Value]) -> Optional[int]:
    numbers = [number for number in (_number(first), _number(second)) if number is not None]
    return sum(numbers) if numbers else None


def supplies(answers: Answers) -> Tuple[SupplyInfo, ...]:
    """Toner, ink, drums, waste boxes, with what is left of them (of a waste box: room) in percent."""
    classes, most = _column(answers, SUPPLY_CLASS), _column(answers, SUPPLY_MAX)
    levels = _column(answers, SUPPLY_LEVEL)
    found: List[SupplyInfo] = []
    for index, descr in _column(answers, SUPPLY_DESCR).items():
        name = clean(text_of(descr))
        if name is None:
            continue
        level, size = levels.get(index), _number(most.get(index), 1)
        percent, low = None, None
        if isinstance(level, int) and level >= 0 and size is not None and level <= size:
            percent = round(100 * level / size)
            low = percent <= LOW_PERCENT
        elif level == -3:  # "some is left", RFC 3805
            low = False
        if classes.get(index) == _RECEPTACLE and percent is not None:
            # Makers disagree on whether a full waste box counts up or down: without knowing, nothing is said.
            percent, low = None, None
        found.append(SupplyInfo(name[:64], percent, low))
    return tuple(found[:MAX_SUPPLIES])


def pages(answers: Answers) -> Optional[int]:
    """Pages printed in the printer's life: the first marker's count, the largest where several markers count."""
    counts = [number for number in (_number(value, 1) for _, value in answers.rows(MARKER_LIFE)) if number is not None]
    return max(counts) if counts else None


def battery(answers: Answers, family: Optional[Family]) -> Optional[BatteryInfo]:
    """By the family's [battery] section, then by UPS-MIB for what is still unknown; None when nothing is known."""
    said: Dict[str, str] = {}
    for key, sources in (family.battery if family else {}).items():
        value = source_value(sources, answers, family)
        if value is not None:
            said[key] = value
    status = said.get("status", "") if said.get("status") in _UPS_STATUS.values() else ""
    status = status or _UPS_STATUS.get(answers.text(UPS_STATUS), "")
    percent = _first(_count(said.get("percent")), _number(answers.get(UPS_CHARGE)))
    minutes = _first(_minutes(said), _number(answers.get(UPS_MINUTES)))
    ticks = _count(said.get("on-battery-ticks"))
    on_battery = _first(None if ticks is None else ticks // 100, _count(said.get("on-battery-s")))
    on_battery = _first(on_battery, _number(answers.get(UPS_ON_BATTERY)))
    replace = {"yes": True, "no": False}.get(said.get("replace", ""))
    info = BatteryInfo(
        status=status,
        percent=percent if percent is not None and percent <= 100 else None,
        minutes_left=minutes if minutes is not None and minutes < MAX_MINUTES else None,
        on_battery_s=on_battery,
        replace=replace,
    )
    return None if info == BatteryInfo() else info


def _first(one: Optional[int], other: Optional[int]) -> Optional[int]:
    return other if one is None else one


def _count(text: Optional[str]) -> Optional[int]:
    return int(text) if text is not None and text.isdigit() and len(text) < 12 else None


def _minutes(said: Dict[str, str]) -> Optional[int]:
    for key, per_minute in (("minutes-left", 1), ("seconds-left", 60), ("ticks-left", 6000)):
        number = _count(said.get(key))
        if number is not None:
            return number // per_minute
    return None
