"""Dates as firmware and systems write them, in many forms and often wrong. Pure."""

from __future__ import annotations

import re
from datetime import date

OLDEST = date(1995, 1, 1)  # no PC with a firmware date before is in use: the date is broken

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})\b")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6}.*)?\Z")
_NAMED = re.compile(r"(?:(\d{1,2})[\s\-]+)?([a-z]{3})[a-z]*\.?[\s\-]+(?:(\d{1,2}),?[\s\-]+)?(\d{4})\Z")


def parse_bios_date(text: str, today: date) -> date | None:
    """A firmware date in one of the forms that are met; None for what is no date, in the future or before 1995.

    mm/dd/yyyy, mm/dd/yy (two-digit years from 95 on are of the last century), dd/mm/yyyy where the month would be
    above 12, yyyy-mm-dd, yyyymmdd, WMI's yyyymmddHHMMSS..., "May 2 2013", "02-May-2013".
    """
    day = read_date(" ".join(text.lower().split()))
    return day if day is not None and OLDEST <= day <= today else None


def read_date(text: str) -> date | None:
    """A date in one of those forms, whatever it is; None for anything else. Lower case, single blanks."""
    if found := _COMPACT.match(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.match(text):
        first, second, third = (int(part) for part in found.groups())
        if len(found[1]) == 4:
            return _date(first, second, third)
        year = third if len(found[3]) == 4 else _century(third)
        return _date(year, second, first) if first > 12 else _date(year, first, second)
    if (found := _NAMED.match(text)) and found[2] in _MONTHS and (found[1] or found[3]):
        return _date(int(found[4]), _MONTHS.index(found[2]) + 1, int(found[1] or found[3]))
    return None


def _century(year: int) -> int:
    return year + (1900 if 95 <= year <= 99 else 2000)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
