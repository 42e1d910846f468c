"""Small pictures, drawn by the server. Each has a table behind it; colour never stands alone: hatchings differ.

No style attributes (the content policy forbids them): sizes and fills are SVG attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from collector.web.figures import DayBar, Part, clock_of

BLUE, ORANGE, RED, GREY, PALE = "#1b5e9b", "#c8691c", "#8b1a1a", "#8a929c", "#d5dfe9"
WHITE = "#fff"

_HATCH = "url(#p-unknown)"
FILLS: Mapping[str, str] = {
    "UP": BLUE,
    "OFF_EXPECTED": PALE,
    "OFF_UNUSUAL": "url(#p-odd)",
    "LINE_LOST_SUSPECTED": "url(#p-suspect)",
    "LINE_LOST_CONFIRMED": RED,
    "POWER_CUT_SUSPECTED": "url(#p-power)",
    "COLLECTOR_BLIND": "url(#p-blind)",
    "NOT_OBSERVED": _HATCH,
    "NEVER_REPORTED": _HATCH,
}
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
    '<pattern id="p-odd" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#d5dfe9"/>'
    '<circle cx="2.5" cy="2.5" r="1.3" fill="#c8691c"/></pattern></defs>'
)
_LEFT, _TOP, _ROW, _BAR, _WIDTH = 62, 18, 13, 11, 720
_PX_PER_S = _WIDTH / 86_400


def patterns() -> Markup:
    """The fills by pattern, once per page that draws anything."""
    return Markup('<svg width="0" height="0" class="defs" aria-hidden="true">{}</svg>').format(_PATTERNS)


def month(bars: Sequence[DayBar], title: str, label: Callable[[DayBar], str], word: Callable[[str], str]) -> Markup:
    """Days down, hours across: one line per day. `label` names a day, `word` a state."""
    height = _TOP + _ROW * len(bars) + 4
    parts = [
        Markup('<svg class="month" viewBox="0 0 {w} {h}" role="img" aria-label="{title}">').format(
            w=_LEFT + _WIDTH + 12, h=height, title=title
        )
    ]
    for hour in range(0, 25, 2):
        x = _LEFT + hour * _WIDTH // 24
        parts.append(
            Markup(
                '<path d="M{x} {top}V{bottom}" stroke="#c5ccd4"/><text x="{x}" y="11" text-anchor="middle">{h}</text>'
            ).format(x=x, top=_TOP - 4, bottom=height - 2, h=hour)
        )
    for n, bar in enumerate(bars):
        y = _TOP + n * _ROW
        parts.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_LEFT - 6, y + 9, label(bar)))
        for item in bar.stretches:
            x = round(_LEFT + item.from_s * _PX_PER_S, 1)
            width = max(round((item.to_s - item.from_s) * _PX_PER_S, 1), 0.8)
            parts.append(
                Markup(
                    '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"><title>{} {}–{}: {}</title></rect>'
                ).format(
                    x,
                    y,
                    width,
                    _BAR,
                    fill_of(item.state),
                    label(bar),
                    clock_of(item.from_s),
                    clock_of(item.to_s),
                    word(item.state),
                )
            )
    return Markup("").join([*parts, Markup("</svg>")])


def key(fill: str) -> Markup:
    """A small sample of a fill, for a legend."""
    return Markup(
        '<svg class="key" width="16" height="11" aria-hidden="true"><rect width="16" height="11" fill="{}"/></svg>'
    ).format(fill)


def fill_of(code: str) -> str:
    """The fill of a site state; unknown ones are hatched."""
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
