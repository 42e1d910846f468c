"""Asks smartctl (smartmontools 7 and later) where an administrator has installed it, and reads its JSON.

Only the installation folders are looked into, which ordinary users cannot write to: PATH may lead elsewhere, and the
agent runs with more rights than they have. Sleeping disks are left asleep (-n standby).
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Tuple, cast

from ..host import Host
from ..probe import ProbeContext
from .storage_smart import Health, counts_hours, hours, sectors, wear_of

TIME_LIMIT_S = 8.0
_MAX_JSON = 256 * 1024
_LINUX_PLACES = ("/usr/sbin/smartctl", "/usr/bin/smartctl", "/sbin/smartctl", "/usr/local/sbin/smartctl")
_PROGRAMS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"

# The exit status of smartctl, bit by bit.
_NOT_OPENED, _FAILING, _PREFAIL_NOW, _PAST = 0x03, 0x08, 0x10, 0x20

# Names of attributes in smartctl's own drive database whose normalised value is the life that is left. Others that
# sound alike (wear leveling count, remaining lifetime) are counted differently from maker to maker.
_LIFE_LEFT = ("SSD_Life_Left", "Media_Wearout_Indicator", "Percent_Lifetime_Remain")


def find_program(host: Host) -> str:
    """The path of smartctl; "" when it is not installed."""
    if host.platform == "windows":
        folder = host.registry_value(_PROGRAMS, "ProgramFilesDir")
        places: Tuple[str, ...] = (
            (folder + r"\smartmontools\bin\smartctl.exe",) if isinstance(folder, str) and folder else ()
        )
    else:
        places = _LINUX_PLACES
    return next((place for place in places if host.exists(place)), "")


def ask(context: ProbeContext, program: str, device: str, model: str, rotational: Optional[bool]) -> Health:
    """One disk; an empty Health when smartctl has nothing to say of it."""
    command = [program, "--json=c", "-i", "-H", "-A", "-n", "standby"]
    result = context.host.run([*command, device], TIME_LIMIT_S)
    if b"nknown USB bridge" in result.out:
        # Nearly every bridge between USB and SATA understands the standard's own way.
        result = context.host.run([*command, "-d", "sat", device], TIME_LIMIT_S)
    if result.timed_out:
        context.log("smartctl {}: {}".format(device, result.err))
        return Health()
    health = parse(result.out, model, rotational)
    if not health.says_something:
        context.log("smartctl {}: {}".format(device, complaint(result.out) or "no figures"))
    return health


def parse(out: bytes, model: str, rotational: Optional[bool]) -> Health:
    """smartctl's JSON -> Health; empty when it is not that, or the disk was not opened."""
    answer = _read(out)
    table = _table(answer)
    model = _text(answer.get("model_name")) or model
    status = _number(_dict(answer.get("smartctl")).get("exit_status")) or 0
    passed = _dict(answer.get("smart_status")).get("passed")
    if not answer or (status & _NOT_OPENED and not isinstance(passed, bool)):
        return Health()
    log = _dict(answer.get("nvme_smart_health_information_log"))
    health = ""
    if passed is False or status & (_FAILING | _PREFAIL_NOW):
        health = "failing"
    elif passed is True:
        health = "warning" if status & _PAST else "ok"
    spun = _number(answer.get("rotation_rate"))
    return Health(
        source="smartctl",
        health=health,
        power_on_hours=_power_on(answer, log, model),
        wear_percent=_wear(answer, log, table, model, spun > 0 if spun is not None else rotational),
        reallocated=_raw(table, 5, 0xFFFF),
        pending=_raw(table, 197, 0xFFFFFFFF),
    )


def complaint(out: bytes) -> str:
    """What smartctl says went wrong, one line."""
    messages = _dict(_read(out).get("smartctl")).get("messages")
    rows = cast(List[Any], messages) if isinstance(messages, list) else []
    return next((text for text in (_text(_dict(row).get("string")) for row in rows) if text), "")[:200]


def _read(out: bytes) -> Dict[str, Any]:
    if len(out) > _MAX_JSON:
        return {}
    try:
        return _dict(json.loads(out.decode("utf-8", "replace")))
    except (ValueError, RecursionError):
        return {}


def _power_on(answer: Dict[str, Any], log: Dict[str, Any], model: str) -> Optional[int]:
    told = _number(_dict(answer.get("power_on_time")).get("hours"))
    if told is None:
        told = _number(log.get("power_on_hours"))
    # smartctl knows the units of the models in its database; of others it believes the number.
    if told is None or not (answer.get("in_smartctl_database") is True or counts_hours(model)):
        return None
    return hours(told)


def _wear(
    answer: Dict[str, Any],
    log: Dict[str, Any],
    table: Dict[int, Dict[str, Any]],
    model: str,
    rotational: Optional[bool],
) -> Optional[int]:
    for told in (
        _number(log.get("percentage_used")),
        _number(_dict(answer.get("endurance_used")).get("current_percent")),
        _number(answer.get("scsi_percentage_used_endurance_indicator")),
    ):
        if told is not None:
            return told if 0 <= told <= 255 else None
    if rotational:
        return None
    values = {number: _number(row.get("value")) for number, row in table.items()}
    known = {number: value for number, value in values.items() if value is not None}
    if answer.get("in_smartctl_database") is True:
        lives = {known.get(number) for number, row in table.items() if _text(row.get("name")) in _LIFE_LEFT}
        if lives:  # two such attributes that differ: nobody knows which of them is meant
            life = lives.pop() if len(lives) == 1 else None
            return 100 - life if life is not None and 0 < life <= 100 else None
    return wear_of(known, model, rotational)


def _table(answer: Dict[str, Any]) -> Dict[int, Dict[str, Any]]:
    rows = _dict(answer.get("ata_smart_attributes")).get("table")
    found: Dict[int, Dict[str, Any]] = {}
    for item in cast(List[Any], rows)[:256] if isinstance(rows, list) else ():
        row = _dict(item)
        number = _number(row.get("id"))
        if number is not None:
            found.setdefault(number, row)
    return found


def _raw(table: Dict[int, Dict[str, Any]], number: int, mask: int) -> Optional[int]:
    told = _number(_dict(table.get(number, {}).get("raw")).get("value"))
    return None if told is None or told < 0 else sectors(told & mask)


def _dict(value: Any) -> Dict[str, Any]:
    return cast(Dict[str, Any], value) if isinstance(value, dict) else {}


def _number(value: Any) -> Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
