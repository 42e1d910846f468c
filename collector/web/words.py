"""A machine's sections in words: which fields are shown, under which name, and how their values are written.

Pure text: no request, no store. A value that is not known is None here; the template says so in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from collector.i18n import N_, format, translator
from collector.i18n.device_words import BATTERY
from collector.web.section_fields import FIELDS, SECTIONS, STATUSES
from collector.web.section_tables import TABLES
from collector.web.section_words import WORDS
from inventory.domain.mac_vendor import made_up, short_maker

Data = Mapping[str, Any]

MAX_ROWS = 60
"""Rows of one list that a page shows; a scan of a large network has hundreds."""

__all__ = ["FIELDS", "SECTIONS", "STATUSES", "TABLES", "Data", "Shown", "field_rows", "list_tables", "shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A list inside a section as a table; a cell is None when not known."""

    title: str
    heads: list[str]
    rows: list[list[str | None]]
    more: int = 0  # rows that are left out
    unknown: bool = False  # without rows: nobody could tell, rather than that there are none


def field_rows(section: str, data: Data | None, lang: str) -> list[tuple[str, str | None]]:
    """Single values of a section as (name, value); None: not known. A remark that nobody made is left out."""
    _, told = translator(lang), data or {}
    return [
        (_(label), shown(told.get(key), kind, lang))
        for key, label, kind in FIELDS.get(section, ())
        if kind != "plain" or told.get(key)
    ]


def list_tables(section: str, data: Data | None, lang: str) -> list[Shown]:
    """Lists of a section (disks, network cards ...) as tables."""
    _ = translator(lang)
    tables: list[Shown] = []
    for key, title, columns in TABLES.get(section, ()):
        items = (data or {}).get(key)
        found = [item for item in (items if isinstance(items, list) else []) if isinstance(item, Mapping)]
        rows = [[shown(item.get(name), kind, lang) for name, _label, kind in columns] for item in found[:MAX_ROWS]]
        heads = [_(label) for _name, label, _kind in columns]
        unknown = not found and not _none_said(section, key, data or {})
        tables.append(Shown(_(title), heads, rows, max(0, len(found) - MAX_ROWS), unknown))
    return tables


_NONE_IF_ASKED: Mapping[tuple[str, str], str] = {
    ("posture", "antimalware"): "antimalware_asked",
    ("hygiene", "dhcp_offers"): "dhcp_asked",
    ("hygiene", "clashes"): "network",
    ("lan", "hosts"): "last_sweep",
    ("devices", "devices"): "asked",
}
_NEVER_NONE = frozenset(
    {
        ("hardware", "disks"),
        ("hardware", "monitors"),
        ("storage", "disks"),
        ("storage", "volumes"),
        ("posture", "firewall"),
        ("hygiene", "name_checks"),
        ("hygiene", "doors"),
    }
)
"""Lists that come empty when nobody could look."""


def _none_said(section: str, key: str, data: Data) -> bool:
    """Whether an empty list says that there are none."""
    if key not in data or (section, key) in _NEVER_NONE:
        return False
    asked = _NONE_IF_ASKED.get((section, key))
    return asked is None or bool(data.get(asked))


def shown(value: Any, kind: str, lang: str) -> str | None:
    """One value for people; None when it is not known. A value of an unexpected type is shown as it is."""
    if kind == "plain":
        return str(value or "")
    if value == "" and kind in _NOTHING_SAID:
        return translator(lang)(_NOTHING_SAID[kind]) if _NOTHING_SAID[kind] else ""
    if value is None or value == "" or (value == [] and kind not in _EMPTY):
        return None
    try:
        return _WRITERS.get(kind, _plain)(value, lang)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return str(value)


def _plain(value: Any, lang: str) -> str:
    return str(value)


def _yes_no(value: Any, lang: str) -> str:
    return translator(lang)(N_("có") if value else N_("không"))


def _rotational(value: Any, lang: str) -> str:
    return translator(lang)(N_("đĩa quay (HDD)") if value else N_("thể rắn (SSD)"))


def _zone(value: Any, lang: str) -> str:
    sign, minutes = "-" if value < 0 else "+", abs(value)
    return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _moment(value: Any, lang: str) -> str:
    return format.moment(datetime.fromisoformat(value), lang)


def _us_date(value: Any, lang: str) -> str:
    """A firmware's date, "11/25/2013" on every computer of the world; what is not one is shown as it is."""
    month, day, year = (int(part) for part in value.split("/"))
    return format.day(date(year, month, day), lang)


def _hours(value: Any, lang: str) -> str:
    """Hours under power, with what they come to when it runs day and night."""
    years = format.decimal(value / 8766, 1, lang)
    text = translator(lang)(N_("%(hours)s giờ (%(years)s năm liền)"))
    return text % {"hours": format.number(value, lang), "years": years}


def _maker(value: Any, lang: str) -> str:
    """The maker of a network card by the beginning of its address."""
    _ = translator(lang)
    return _(N_("máy tự đặt địa chỉ")) if made_up(value) else short_maker(value) or _(N_("chưa rõ hãng"))


def _hops(value: Any, lang: str) -> str:
    return " → ".join(str(hop) or "?" for hop in value)


def _answers(value: Any, lang: str) -> str:
    return ", ".join(str(item) for item in value) or translator(lang)(N_("không có địa chỉ nào"))


def _words_of(kind: str) -> Callable[[Any, str], str]:
    """A list of codes."""
    return lambda value, lang: ", ".join(_word_of(kind)(item, lang) for item in value) or _none(lang)


def _none(lang: str) -> str:
    return translator(lang)(N_("không có"))


def _scan(value: Any, lang: str) -> str:
    started, hosts = shown(value.get("started"), "moment", lang), shown(value.get("hosts"), "number", lang)
    text = translator(lang)(N_("%(at)s, %(n)s thiết bị trả lời"))
    return text % {"at": started or "?", "n": hosts or "?"}


def _ports(value: Any, lang: str) -> str:
    up = sum(bool(port.get("is_up")) for port in value)
    return f"{up}/{len(value)}" if value else _none(lang)


def _supplies(value: Any, lang: str) -> str:
    low = sum(bool(supply.get("low")) for supply in value)
    text = translator(lang)(N_("%(low)s/%(all)s sắp hết"))
    return text % {"low": low, "all": len(value)} if value else _none(lang)


def _battery(value: Any, lang: str) -> str:
    _ = translator(lang)
    said = [_(BATTERY.get(value.get("status") or "", BATTERY[""]))]
    if isinstance(value.get("percent"), int):
        said.append(f"{value['percent']}%")
    if value.get("replace"):
        said.append(_(N_("cần thay")))
    return ", ".join(said)


def _word_of(kind: str) -> Callable[[Any, str], str]:
    words = WORDS[kind]
    return lambda value, lang: translator(lang)(words[value]) if value in words else str(value)


_NOTHING_SAID: Mapping[str, str] = {
    "stopped": N_("trọn vẹn"),
    "scan_off": N_("máy này được giao quét"),
    "dns_error": "",
}
"""Kinds of writing in which an empty text says something."""

_EMPTY = ("reboots", "dhcp_options", "answers", "ports", "supplies")
"""Kinds of writing in which an empty list says that there is none."""

_WRITERS: Mapping[str, Callable[[Any, str], str]] = {
    "bytes": lambda value, lang: format.gigabytes(value, lang),
    "number": lambda value, lang: format.number(value, lang),
    "mhz": lambda value, lang: f"{format.decimal(value / 1000, 1, lang)} GHz",
    "mbps": lambda value, lang: f"{format.number(value, lang)} Mb/s",
    "ms": lambda value, lang: f"{format.number(round(value), lang)} ms",
    "list": lambda value, lang: ", ".join(str(item) for item in value),
    "date": lambda value, lang: format.day(date.fromisoformat(value), lang),
    "us_date": _us_date,
    "moment": _moment,
    "yes_no": _yes_no,
    "rotational": _rotational,
    "zone": _zone,
    "on_off": lambda value, lang: translator(lang)(N_("đang bật") if value else N_("đang tắt")),
    "year": lambda value, lang: str(value),
    "percent": lambda value, lang: f"{format.number(value, lang)}%",
    "seconds": lambda value, lang: f"{format.decimal(value, 1, lang)} s",
    "hours": _hours,
    "maker": _maker,
    "hops": _hops,
    "answers": _answers,
    "scan": _scan,
    "ports": _ports,
    "supplies": _supplies,
    "battery": _battery,
    "reboots": _words_of("reboot"),
    "dhcp_options": _words_of("dhcp_option"),
    **{kind: _word_of(kind) for kind in WORDS},
}
