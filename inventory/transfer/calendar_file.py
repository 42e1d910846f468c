"""The local calendar file: off days and make-up days on top of the public holidays."""

from __future__ import annotations

from pathlib import Path

from inventory.domain.hours import DEFAULT_CALENDAR, Calendar


class CalendarFileError(Exception):
    """The calendar file cannot be read; str() names it and the remedy."""


def read_calendar(path: str) -> Calendar:
    """Reads the override file; "" is the calendar that comes with the program. Raises CalendarFileError, or the parser's Problem."""
    if not path:
        return DEFAULT_CALENDAR
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CalendarFileError(
            f"calendar_file: {path} cannot be read ({error}); check the name, or leave it empty"
        ) from None
    return Calendar.parse(text, Path(path).name)
