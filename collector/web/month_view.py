"""The words of a site's picture: what each day and each stretch says when somebody points at it or taps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from collector.i18n import N_, translator, words
from collector.i18n.why_words import why
from collector.web import svg
from collector.web.site_month import Day, Piece, Window, clock_of, look_seconds, months
from inventory.domain.site_state import Availability

WEEKDAYS = (N_("T2"), N_("T3"), N_("T4"), N_("T5"), N_("T6"), N_("T7"), N_("CN"))
LOOKS = {
    **words.SITE_STATES,
    "LINE_LOST_CONFIRMED.lan": N_("mất kết nối do mạng nội bộ"),
    "LINE_LOST_CONFIRMED.captive": N_("bị trang đăng nhập của nhà mạng chặn"),
    "UNSEEN": N_("mất kết nối, suy từ hai đầu"),
}
PLAIN = ("heard", "closed", "")
"""Reasons that go without saying: a site that is heard, a night."""
TOLD = 14
"""Stretches of one day that are told in words; a flapping line has dozens."""


@dataclass(frozen=True, slots=True)
class DayView:
    key: str  # "2026-11-19", for the address of its words
    label: str  # "T5 19/11"
    bar: Markup
    lines: list[str]  # what happened, in words
    more: int  # short stretches that are left out of `lines`
    share: Availability
    seconds: dict[str, int]
    closed: bool  # no opening hours that day


@dataclass(frozen=True, slots=True)
class MonthView:
    days: list[DayView]
    looks: list[tuple[str, str, int]]  # (look, words, seconds), in the order of the words
    hours: Markup
    title: str
    months: list[tuple[str, str]]  # (value, label) to choose from
    window: Window
    fine: bool  # whether anything is drawn at all


def month_view(days: Sequence[Day], window: Window, choices: Iterable[str], drawn: bool, lang: str) -> MonthView:
    """Everything that the picture needs."""
    total = look_seconds(days)
    return MonthView(
        days=[_day(one, lang) for one in days],
        looks=[(look, words.word(LOOKS, look, lang), total[look]) for look in LOOKS if look in total],
        hours=svg.hours(),
        title=title_of(window, lang),
        months=[(value, month_name(value, lang)) for value in choices],
        window=window,
        fine=drawn,
    )


def title_of(window: Window, lang: str) -> str:
    """ "28 ngày gần đây", or "Tháng 11/2026"."""
    if window.month:
        return month_name(window.month, lang)
    days = (window.last - window.first).days + 1
    return translator(lang)(N_("%(days)s ngày gần đây")) % {"days": days}


def month_name(month: str, lang: str) -> str:
    """ "2026-11" -> "Tháng 11/2026"."""
    year, number = month.split("-")
    return translator(lang)(N_("Tháng %(month)s/%(year)s")) % {"month": number, "year": year}


def day_label(day: date, lang: str) -> str:
    return f"{translator(lang)(WEEKDAYS[day.weekday()])} {day:%d/%m}"


def piece_words(piece: Piece, lang: str) -> str:
    """ "08:20–10:20: mất kết nối, đường truyền. Nhật ký của máy tính: ..." """
    said = f"{clock_of(piece.from_s)}–{clock_of(piece.to_s)}: {words.word(words.SITE_STATES, piece.state, lang)}"
    if piece.cause not in ("unknown", "schedule", "collector") and piece.state != "UP":
        said += f", {words.word(words.CAUSES, piece.cause, lang)}"
    if piece.why not in PLAIN:
        said += f". {why(piece.why, lang)}"
    return said


def belief(state: str, cause: str, lang: str) -> str:
    """A state with its cause in one expression: "mất kết nối do mạng nội bộ"."""
    look = f"{state}.{cause}"
    if look in LOOKS:
        return words.word(LOOKS, look, lang)
    said = words.word(words.SITE_STATES, state, lang)
    return f"{said} ({words.word(words.CAUSES, 'line', lang)})" if cause == "line" else said


def _day(one: Day, lang: str) -> DayView:
    label = day_label(one.day, lang)
    told = {piece: piece_words(piece, lang) for piece in one.pieces}
    listed = one.pieces
    if len(listed) > TOLD:
        listed = sorted(sorted(listed, key=lambda p: p.from_s - p.to_s)[:TOLD], key=lambda p: p.from_s)
    assert one.share is not None
    return DayView(
        key=one.day.isoformat(),
        label=label,
        bar=svg.day(one, label, {piece: f"{label} {text}" for piece, text in told.items()}),
        lines=[told[piece] for piece in listed],
        more=len(one.pieces) - len(listed),
        share=one.share,
        seconds=one.seconds,
        closed=not one.opening,
    )


__all__ = ["LOOKS", "WEEKDAYS", "MonthView", "belief", "day_label", "month_name", "month_view", "months", "piece_words"]
