"""Days of manufacture that makers write into serial numbers; only where the maker's rule is public. Pure.

HP     "How to decode a PSG HP serial number": ten characters, three for the site, one for the year counted from a
       base year, two for the week, four for the unit. One digit for the year: the decade has to come from elsewhere.
Dell   "Piece Part Identification" (article 139589): country, part, maker, then year, month (1-9, A-C) and day (1-9,
       A-V) in one character each, sequence. The firmware of Dell's PCs writes it as the board's serial number, where
       the part is left out. It is the day of the board, some weeks before that of the PC.

Lenovo's, Acer's and Asus' numbers are only explained by others, or not at all: nothing is read from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from inventory.domain.machine import MachineFacts

BASE_YEAR = 2003  # HP's convention began in 2003; Dell's client boards carry theirs for about as long
ASSEMBLED_WITHIN = timedelta(days=270)  # a board lies about for so long before it becomes a PC

_HP = re.compile(r"[A-Z0-9]{2}[A-Z0-9](\d)(\d\d)[0-9B-Z]{4}\Z")
_HP_VOWELS = re.compile(r".{6}.*[AEIOU]")  # the unit's characters have no vowels: what has is another numbering
_DELL = re.compile(r"(?:\A|[./ ])[A-Z]{2}(?:0[0-9A-Z]{5})?[0-9A-Z]{5}(\d)([1-9A-C])([1-9A-V])[0-9A-Z]{4}(?:[./ ]|\Z)")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUV"


@dataclass(frozen=True, slots=True)
class SerialDate:
    """Built within [earliest, latest]; one per decade that the written digit allows."""

    method: Literal["serial", "board_serial"]
    value: str  # what was read, without the part that names the single PC
    earliest: date
    latest: date


def serial_dates(facts: MachineFacts, today: date) -> tuple[SerialDate, ...]:
    """What the serial numbers can mean, oldest first; () when no public rule fits."""
    vendor = facts.vendor.lower()
    if vendor.startswith(("hp", "hewlett")):
        return tuple(_hp(facts.system_serial.upper(), today))
    if vendor.startswith("dell"):
        return tuple(_dell(facts.board_serial.upper(), today))
    return ()


def only_one(dates: Iterable[SerialDate], from_day: date, to_day: date) -> SerialDate | None:
    """The one meaning that lies between two days; None when none does, or several."""
    fitting = [item for item in dates if item.latest >= from_day and item.earliest <= to_day]
    return fitting[0] if len(fitting) == 1 else None


def _hp(serial: str, today: date) -> Iterable[SerialDate]:
    found = _HP.match(serial)
    if found is None or _HP_VOWELS.match(serial):
        return
    week = int(found[2])
    for year in _years(int(found[1]), today):
        try:
            monday = date.fromisocalendar(year, week, 1)
        except ValueError:
            return
        if monday <= today:
            yield SerialDate("serial", serial[:6], monday, monday + timedelta(days=6))


def _dell(serial: str, today: date) -> Iterable[SerialDate]:
    found = _DELL.search(serial)
    if found is None:
        return
    month, day = _DIGITS.index(found[2]), _DIGITS.index(found[3])
    for year in _years(int(found[1]), today):
        try:
            built = date(year, month, day)
        except ValueError:
            return
        if built <= today:
            yield SerialDate("board_serial", "".join(found.groups()), built, min(built + ASSEMBLED_WITHIN, today))


def _years(digit: int, today: date) -> range:
    """Years since the rule began that end with this digit."""
    first = BASE_YEAR + (digit - BASE_YEAR) % 10
    return range(first, today.year + 1, 10)
