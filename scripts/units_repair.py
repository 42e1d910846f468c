"""Repairs that `build_units` makes to links and points: no files, they change the units and links given in place."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import cos, hypot, pi, radians, sqrt
from statistics import median

STRAY_KM, STRAY_RADII = 20.0, 3.0

Point = tuple[float, float]
Links = dict[str, list[str]]


@dataclass
class Unit:
    """A unit on its way into the file; `point` is (lat, lon) in degrees, `area` in km2 (0 when unknown)."""

    id: str
    kind: str
    era: int
    label: str
    name: str
    code: str
    parent: str = ""
    law: str = ""
    point: Point | None = None
    area: float = 0.0


Units = dict[str, Unit]


def km(a: Point, b: Point) -> float:
    """Distance in km, flat-earth, good to a percent inside the country."""
    return 6371.0 * hypot(radians(b[0] - a[0]), radians(b[1] - a[1]) * cos(radians((a[0] + b[0]) / 2)))


def drop_echoes(units: Units, links: Links) -> list[tuple[str, str]]:
    """Remove links that a commune has only because another old commune has the same full name; returns them.

    Of two namesakes that both claim a new commune, the one whose district sends other communes there keeps it; if that
    does not decide, the nearer one does. A commune never loses its last successor.
    """
    claims: dict[tuple[str, str], list[str]] = defaultdict(list)
    district_sends: dict[tuple[str, str], set[str]] = defaultdict(set)
    for old, news in links.items():
        for new in news:
            claims[f"{units[old].label} {units[old].name}", new].append(old)
            district_sends[units[old].parent, new].add(old)

    def strength(old: str, new: str) -> tuple[bool, float]:
        here, there = units[old].point, units[new].point
        return len(district_sends[units[old].parent, new]) > 1, -km(here, there) if here and there else -1e9

    dropped: list[tuple[str, str]] = []
    for (_, new), olds in claims.items():
        best = max(strength(old, new) for old in olds)
        for old in olds:
            if len(links[old]) > 1 and strength(old, new) < best:
                links[old].remove(new)
                dropped.append((old, new))
    return dropped


def distrust_old_points(units: Units) -> None:
    """Empty old points that are a geocoder's second-best answer.

    A point shared by two units of one kind, or a unit standing exactly on its parent's point without bearing its name.
    """
    shared = Counter((u.kind, u.point) for u in units.values() if u.era == 1)
    points = {u.id: u.point for u in units.values()}
    for unit in units.values():
        if unit.era == 1 and unit.parent:
            on_parent = unit.point == points[unit.parent] and unit.name != units[unit.parent].name
            if on_parent or shared[unit.kind, unit.point] > 1:
                unit.point = None


def strays(point: Point | None, new: Unit) -> bool:
    """Whether a point lies too far from a new commune to belong to it; island zones are never judged."""
    if point is None or new.point is None or new.label == "Đặc khu":
        return False
    distance = km(point, new.point)
    return distance > STRAY_KM and distance > STRAY_RADII * sqrt(new.area / pi)


def distrust_new_points(units: Units, links: Links) -> None:
    """Empty the point of a new commune far from the middle of the (two or more) old communes it was made of."""
    sources: dict[str, list[Point]] = defaultdict(list)
    for old, news in links.items():
        point = units[old].point
        if point:
            sources[news[0]].append(point)
    for new_id, points in sources.items():
        middle = (median(p[0] for p in points), median(p[1] for p in points))
        if len(points) > 1 and strays(middle, units[new_id]):
            units[new_id].point = None


def distrust_strays(units: Units, links: Links) -> None:
    """Empty what is still far apart: the old point; the new one too when nothing else is there to judge by."""
    makers = Counter(news[0] for news in links.values())
    for old, news in links.items():
        if strays(units[old].point, units[news[0]]):
            units[old].point = None
            if makers[news[0]] == 1:
                units[news[0]].point = None


def distrust_points(units: Units, links: Links) -> None:
    """Empty every point that one of the three rules above finds impossible; changes `units` in place."""
    distrust_old_points(units)
    distrust_new_points(units, links)
    distrust_strays(units, links)
