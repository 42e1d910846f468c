"""What an agent is told of its site's line: of which class it is, and how many PCs share it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from inventory.store.tables import Agent, Line

HEARD_WITHIN = timedelta(days=7)
_CLASSES = {"tslcd": "government", "mobile": "mobile", "satellite": "satellite"}
_BY_MEDIUM = {"fibre": "fibre", "copper": "fibre", "radio": "fibre", "mobile": "mobile", "satellite": "satellite"}
_THRIFTY = ("satellite", "mobile", "government", "fibre")


def class_of(kind: str, medium: str) -> str:
    """fibre | government | mobile | satellite | "" of a row of table `line`. What carries the bits decides before what
    the line is for: a government network over a satellite costs what the satellite costs."""
    by_medium = _BY_MEDIUM.get(medium, "")
    if by_medium in ("mobile", "satellite"):
        return by_medium
    return _CLASSES.get(kind) or by_medium


def class_of_lines(lines: Iterable[tuple[str, str]]) -> str:
    """Of a site with several lines: nobody knows over which one a test goes, so the one that costs most is spared. A
    line that is not known better does not make the others unknown."""
    classes = {class_of(kind, medium) for kind, medium in lines}
    return next((name for name in _THRIFTY if name in classes), "")


def line_of_site(session: Session, site_id: int, now: datetime) -> tuple[str, int]:
    """(class of the lines that are valid today, PCs of the site that reported within the last week, at least 1)."""
    today = now.date()
    lines = [
        (line.kind, line.medium)
        for line in session.exec(select(Line).where(Line.site_id == site_id))
        if (line.valid_from is None or line.valid_from <= today) and (line.valid_to is None or today <= line.valid_to)
    ]
    heard = session.exec(
        select(func.count())
        .select_from(Agent)
        .where(Agent.site_id == site_id, Agent.status == "active", col(Agent.last_contact_at) >= now - HEARD_WITHIN)
    ).one()
    return class_of_lines(lines), max(1, heard)
