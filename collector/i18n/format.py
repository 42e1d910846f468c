"""Figures, dates and times as people here write them. Each takes `lang` ("vi" or "en"); None becomes a dash, never 0.

number(1231) -> "1.231"             moment(dt) -> "14:20 21/11/2026" (local time)
decimal(97.6, 1) -> "97,6"          ago(dt, now) -> "cách đây 2 giờ"
percent(41, 42) -> "97,6%"          span(5400) -> "1 giờ 30 phút"
"""

from __future__ import annotations

from datetime import date, datetime

from collector.i18n import plural, translator
from inventory.domain.week import LOCAL

NOTHING = "–"
"""Shown where there is no value. Screens say in words why there is none."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def number(value: int | None, lang: str = "vi") -> str:
    """A whole number with separated thousands: "1.231"."""
    if value is None:
        return NOTHING
    text = f"{value:,}"
    return text if lang == "en" else text.replace(",", ".")


def decimal(value: float | None, places: int = 1, lang: str = "vi") -> str:
    """A number with `places` decimals: "97,6"."""
    if value is None:
        return NOTHING
    text = f"{value:,.{places}f}"
    return text if lang == "en" else text.replace(",", " ").replace(".", ",").replace(" ", ".")


def percent(part: float | None, whole: float | None, lang: str = "vi", places: int = 1) -> str:
    """`part` of `whole`: "97,6%". A dash when the whole is nothing or unknown: there is no share of nothing.

    Shares that are not quite all or nothing never round to "100%" or "0%".
    """
    if part is None or not whole:
        return NOTHING
    share = 100 * part / whole
    step = 10**-places
    if 0 < share < step:
        share = step
    elif 100 - step < share < 100:
        share = 100 - step
    text = decimal(share, places, lang)
    return text.removesuffix(("." if lang == "en" else ",") + "0" * places) + "%"


def day(value: date | None, lang: str = "vi") -> str:
    """A date: "21/11/2026", in English "21 Nov 2026". A datetime is taken in local time."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = local(value).date()
    if lang == "en":
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return f"{value:%d/%m/%Y}"


def moment(value: datetime | None, lang: str = "vi") -> str:
    """A time and date in local time: "14:20 21/11/2026". `value` is aware."""
    if value is None:
        return NOTHING
    there = local(value)
    return f"{there:%H:%M} {day(there.date(), lang)}"


def ago(value: datetime | None, now: datetime, lang: str = "vi") -> str:
    """How long before `now` (or after): "cách đây 2 giờ", "sau 3 ngày". Both are aware."""
    if value is None:
        return NOTHING
    _, ngettext = translator(lang), plural(lang)
    seconds = (now - value).total_seconds()
    past = seconds >= 0
    seconds = abs(seconds)
    if seconds < _MINUTE:
        return _("vừa xong") if past else _("ngay bây giờ")
    if seconds < _HOUR:
        n = int(seconds // _MINUTE)
        text = (
            ngettext("cách đây %(n)s phút", "cách đây %(n)s phút", n)
            if past
            else ngettext("sau %(n)s phút", "sau %(n)s phút", n)
        )
    elif seconds < _DAY:
        n = int(seconds // _HOUR)
        text = (
            ngettext("cách đây %(n)s giờ", "cách đây %(n)s giờ", n)
            if past
            else ngettext("sau %(n)s giờ", "sau %(n)s giờ", n)
        )
    else:
        n = int(seconds // _DAY)
        text = (
            ngettext("cách đây %(n)s ngày", "cách đây %(n)s ngày", n)
            if past
            else ngettext("sau %(n)s ngày", "sau %(n)s ngày", n)
        )
    return text % {"n": number(n, lang)}


def span(seconds: float | None, lang: str = "vi") -> str:
    """A length of time in its two largest units: "1 giờ 30 phút", "3 ngày 4 giờ", "dưới 1 phút"."""
    if seconds is None:
        return NOTHING
    _, ngettext = translator(lang), plural(lang)
    if seconds < _MINUTE:
        return _("dưới 1 phút")
    days, rest = divmod(int(seconds), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    parts = [
        (days, ngettext("%(n)s ngày", "%(n)s ngày", days)),
        (hours, ngettext("%(n)s giờ", "%(n)s giờ", hours)),
        (minutes, ngettext("%(n)s phút", "%(n)s phút", minutes)),
    ]
    first = next(i for i, (n, _text) in enumerate(parts) if n)
    return " ".join(text % {"n": number(n, lang)} for n, text in parts[first : first + 2] if n)


def gigabytes(value: int | None, lang: str = "vi") -> str:
    """Bytes as GB of 2**30: "7,9 GB"; whole numbers without decimals."""
    if value is None:
        return NOTHING
    gib = value / 2**30
    return (number(round(gib), lang) if gib >= 100 or abs(gib - round(gib)) < 0.05 else decimal(gib, 1, lang)) + " GB"


def local(value: datetime) -> datetime:
    """An aware time in local time. Raises ValueError for a naive one, which could be anybody's."""
    if value.tzinfo is None:
        raise ValueError(f"a naive datetime {value!r} cannot be shown: give it a time zone")
    return value.astimezone(LOCAL)
