"""Small things that the posture files share: days out of clocks, and numbers out of the registry."""

from __future__ import annotations

import calendar
import time
from typing import Dict, Optional

from ..host import RegistryValue

_EPOCH = 11644473600  # seconds from 1601, where FILETIME begins, to 1970
_OLDEST_S = 978307200.0  # 2001-01-01: what is older comes from a clock that stood at its zero


def day(seconds: float, now_s: float) -> str:
    """Seconds since 1970 as YYYY-MM-DD, "" for a moment that cannot be: before 2001, or later than tomorrow."""
    if not _OLDEST_S <= seconds <= now_s + 86400:
        return ""
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def filetime_day(value: int, now_s: float) -> str:
    """FILETIME (100 ns since 1601, UTC) as YYYY-MM-DD, "" for nonsense."""
    return day(value / 10000000 - _EPOCH, now_s)


def written_day(text: str, now_s: float) -> str:
    """The day of a text that begins with YYYY-MM-DD, "" when it does not or cannot be."""
    try:
        seconds = calendar.timegm(time.strptime(text[:10], "%Y-%m-%d"))
    except ValueError:
        return ""
    return day(seconds, now_s)


def number(value: RegistryValue) -> Optional[int]:
    """A DWORD; some settings are kept as text."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else None


def switch(values: Dict[str, RegistryValue], name: str) -> Optional[bool]:
    """A setting of 0 and 1, None where it is not set."""
    found = number(values.get(name))
    return None if found is None else found != 0
