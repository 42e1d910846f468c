"""Small pictures, drawn by the server. Each has a table behind it; colour never stands alone: hatchings differ.

No style attributes (the content policy forbids them): sizes and fills are SVG attributes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from collector.web.figures import Part
from collector.web.site_month import Day, Piece

BLUE, ORANGE, RED, GREY, PALE = "#1b5e9b", "#c8691c", "#8b1a1a", "#8a929c", "#d5dfe9"
WHITE = "#fff"

_HATCH = "url(#p-unknown)"
FILLS: Mapping[str, str] = {
    "UP": "#8fbce4",  # light: on paper without colour it must not look like the dark red of a lost line
    "OFF_EXPECTED": "#e1e8ef",
    "OFF_UNUSUAL": "url(#p-odd)",
    "LINE_LOST_SUSPECTED": "url(#p-suspect)",
    "LINE_LOST_CONFIRMED": RED,
    "LINE_LOST_CONFIRMED.lan": "url(#p-lan)",
    "LINE_LOST_CONFIRMED.captive": "url(#p-captive)",
    "UNSEEN": "url(#p-unseen)",
    "POWER_CUT_SUSPECTED": "url(#p-power)",
    "COLLECTOR_BLIND": "url(#p-blind)",
    "NOT_OBSERVED": _HATCH,
    "NEVER_REPORTED": _HATCH,
}
LETTERS: Mapping[str, str] = {
    "OFF_UNUSUAL": "T",
    "LINE_LOST_SUSPECTED": "?",
    "LINE_LOST_CONFIRMED": "M",
    "LINE_LOST_CONFIRMED.lan": "L",
    "LINE_LOST_CONFIRMED.captive": "C",
    "UNSEEN": "m",
    "POWER_CUT_SUSPECTED": "Đ",
    "COLLECTOR_BLIND": "×",
}
"""Drawn into stretches that are long enough, and into the legend: for printers and eyes without colour."""
GROUP_FILLS: Mapping[str, str] = {"connected": BLUE, "off": PALE, "cut": RED, "unobserved": _HATCH, "lacking": ORANGE}

_PATTERNS = Markup(
    '<defs><pattern id="p-unknown" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#f1f3f5"/><path d="M0 0V5" stroke="#8a929c" stroke-width="2.4"/></pattern>'
    '<pattern id="p-blind" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#f1f3f5"/>'
    '<path d="M0 0L6 6M6 0L0 6" stroke="#8a929c" stroke-width="1.2"/></pattern>'
    '<pattern id="p-suspect" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<rect width="6" height="6" fill="#c8691c"/><path d="M0 0V6" stroke="#fbe3cd" stroke-width="2"/></pattern>'
    '<pattern id="p-power" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect width="5" height="5" fill="#c8691c"/>'
    '<circle cx="2.5" cy="2.5" r="1.2" fill="#3d1d05"/></pattern>'
    '<pattern id="p-lan" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#8b1a1a"/>'
    '<path d="M0 1.5H6M0 4.5H6" stroke="#f3dada" stroke-width="1.2"/></pattern>'
    '<pattern id="p-captive" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#8b1a1a"/><path d="M3 0V6" stroke="#f3dada" stroke-width="2"/></pattern>'
    '<pattern id="p-unseen" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#f1f3f5"/><path d="M0 0V6" stroke="#8b1a1a" stroke-width="3"/></pattern>'
    '<pattern id="p-odd" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#d5dfe9"/>'
    '<circle cx="2.5" cy="2.5" r="1.3" fill="#c8691c"/></pattern></defs>'
)
_DAY_S = 86_400
_BAR = 16
_ROOM_S = 3600  # a stretch shorter than this has no room for its letter
_TITLED_S = 300  # nobody can point at less
_HOURS = 24
_WIDE_STEP = 6  # hours that even a phone has room to name


def patterns() -> Markup:
    """The fills by pattern, once per page that draws anything."""
    return Markup('<svg width="0" height="0" class="defs" aria-hidden="true">{}</svg>').format(_PATTERNS)


def hours() -> Markup:
    """The scale above the days."""
    parts = [Markup('<svg class="day hours" width="100%" height="14" aria-hidden="true">')]
    for hour in range(0, _HOURS + 1, 2):
        anchor = "start" if not hour else "end" if hour == _HOURS else "middle"
        parts.append(
            Markup('<text x="{}%" y="11" text-anchor="{}"{}>{}</text>').format(
                _share(hour * 3600), anchor, Markup("") if hour % _WIDE_STEP == 0 else Markup(' class="fine"'), hour
            )
        )
    return Markup("").join([*parts, Markup("</svg>")])


def day(one: Day, title: str, told: Mapping[Piece, str]) -> Markup:
    """One day from 0 to 24 h as wide as its cell; opening hours are framed. `told` has the words of each piece."""
    parts = [
        Markup('<svg class="day" width="100%" height="{}" role="img" aria-label="{}">').format(_BAR, title),
        *(_piece(piece, told.get(piece, "")) for piece in one.pieces),
        *(
            Markup('<rect class="frame" x="{}%" y="0.75" width="{}%" height="{}"/>').format(
                _share(begin), _share(end - begin), _BAR - 1.5
            )
            for begin, end in one.opening
        ),
    ]
    return Markup("").join([*parts, Markup("</svg>")])


def _piece(piece: Piece, words: str) -> Markup:
    length = piece.to_s - piece.from_s
    letter = LETTERS.get(piece.look, "") if length >= _ROOM_S else ""
    return Markup('<g><rect x="{}%" width="{}%" height="{}" fill="{}"/>{}{}</g>').format(
        _share(piece.from_s),
        max(_share(length), 0.15),
        _BAR,
        fill_of(piece.look),
        Markup('<text x="{}%" y="12" text-anchor="middle">{}</text>').format(
            _share((piece.from_s + piece.to_s) / 2), letter
        )
        if letter
        else "",
        Markup("<title>{}</title>").format(words) if words and length >= _TITLED_S else "",
    )


def _share(seconds: float) -> float:
    """Percent of a day."""
    return round(100 * seconds / _DAY_S, 2)


def key(fill: str) -> Markup:
    """A small sample of a fill, for a legend."""
    return Markup(
        '<svg class="key" width="16" height="11" aria-hidden="true"><rect width="16" height="11" fill="{}"/></svg>'
    ).format(fill)


def look_key(look: str) -> Markup:
    """A sample of a look with its letter."""
    letter = LETTERS.get(look, "")
    return Markup(
        '<svg class="key day" width="22" height="16" aria-hidden="true"><rect width="22" height="16" fill="{}"/>{}</svg>'
    ).format(
        fill_of(look),
        Markup('<text x="11" y="12" text-anchor="middle">{}</text>').format(letter) if letter else "",
    )


def fill_of(code: str) -> str:
    """The fill of a look: a site state, in some cases with its cause; unknown ones are hatched."""
    return FILLS.get(code, _HATCH)


def stack(parts: Sequence[Part], title: str, width: int = 200, height: int = 12) -> Markup:
    """One bar, its parts side by side in the order given; nothing at all is drawn as hatching."""
    total = sum(part.count for part in parts)
    pieces = [
        Markup(
            '<svg class="stack" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{t}">'
        ).format(w=width, h=height, t=title)
    ]
    if not total:
        pieces.append(Markup('<rect width="{}" height="{}" fill="{}"/>').format(width, height, _HATCH))
    x = 0.0
    for part in parts:
        share = width * part.count / total if total else 0
        if share:
            pieces.append(
                Markup('<rect x="{}" width="{}" height="{}" fill="{}"/>').format(
                    round(x, 1), round(share, 1), height, GROUP_FILLS.get(part.key, _HATCH)
                )
            )
        x += share
    return Markup("").join([*pieces, Markup("</svg>")])


def bar(count: int, largest: int, fill: str = BLUE, width: int = 150) -> Markup:
    """One bar of a small distribution; the number stands in the cell beside it."""
    length = 0 if not largest else max(round(width * count / largest), 2 if count else 0)
    return Markup(
        '<svg class="bar" width="{}" height="12" aria-hidden="true"><rect width="{}" height="12" fill="{}"/></svg>'
    ).format(width, length, fill)


def hatch() -> str:
    """The fill for "unknown"."""
    return _HATCH
