"""Area events in words: where, of what, and how they were recognised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from collector.i18n import N_, format, translator, words
from collector.web.month_view import belief
from inventory.domain.hours import Calendar
from inventory.store.area_events import EventRow
from inventory.store.outages import Outage, outages
from inventory.store.scope import Scope
from inventory.store.tables import Site

RECOGNISED = {
    "power": N_("%(n)s địa điểm mất liên lạc cùng một lúc, và máy tính ở đó tắt đột ngột: mất điện diện rộng."),
    "line": N_("%(n)s địa điểm mất liên lạc cùng một lúc, và nhật ký máy tính ở đó cho thấy đường truyền hỏng."),
    "unknown": N_(
        "%(n)s địa điểm mất liên lạc cùng một lúc, nhiều hơn hẳn mức ngẫu nhiên; chưa rõ điện hay đường truyền."
    ),
}


@dataclass(frozen=True, slots=True)
class EventView:
    row: EventRow
    id: int
    from_at: datetime
    to_at: datetime | None
    raised_at: datetime
    withdrawn_at: datetime | None
    where: str
    cause_words: str
    recognised: str
    sites: int  # in all, also those out of the reader's sight
    sample: bool


@dataclass(frozen=True, slots=True)
class EventSiteView:
    site: Site
    unit_name: str
    from_at: datetime | None
    to_at: datetime | None
    belief: str


def event_view(row: EventRow, samples: frozenset[int], lang: str) -> EventView:
    """An event of the store in words. `samples`: ids of sites that are invented."""
    return EventView(
        row=row,
        id=row.id,
        from_at=row.from_at,
        to_at=row.to_at,
        raised_at=row.raised_at,
        withdrawn_at=row.withdrawn_at,
        where=where(row, lang),
        cause_words=words.word(words.CAUSES, row.cause, lang),
        recognised=translator(lang)(RECOGNISED.get(row.cause, RECOGNISED["unknown"]))
        % {"n": format.number(row.sites_in_all, lang)},
        sites=row.sites_in_all,
        sample=any(site.site_id in samples for site in row.sites),
    )


def where(row: EventRow, lang: str) -> str:
    """ "Khu vực An Lão, VNPT", or the communes where neither is known."""
    if row.area_name and row.provider:
        return f"{row.area_name}, {row.provider}"
    if row.area_name or row.provider:
        return row.area_name or translator(lang)(N_("mạng %(provider)s")) % {"provider": row.provider}
    names = sorted({site.unit_name for site in row.sites})
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")


def sample_sites(session: Session, rows: list[EventRow]) -> frozenset[int]:
    """Which sites of these events are invented."""
    ids = sorted({site.site_id for row in rows for site in row.sites})
    query = select(Site.id).where(col(Site.id).in_(ids), col(Site.sample).is_(True))
    return frozenset(site_id for site_id in session.exec(query) if site_id is not None)


def event_sites(
    session: Session, row: EventRow, scope: Scope, now: datetime, calendar: Calendar, lang: str
) -> list[EventSiteView]:
    """The sites of an event that may be seen, each with its own outage at that time."""
    ids = [site.site_id for site in row.sites]
    found = {site.id: site for site in session.exec(select(Site).where(col(Site.id).in_(ids)))}
    own: dict[int, Outage] = {}
    for item in outages(session, row.from_at, row.to_at or now, now=now, scope=scope, calendar=calendar):
        if item.site_id in found:
            own[item.site_id] = item  # newest first: the earliest one stays
    views: list[EventSiteView] = []
    for site in row.sites:
        item = own.get(site.site_id)
        views.append(
            EventSiteView(
                site=found[site.site_id],
                unit_name=site.unit_name,
                from_at=item.from_at if item else None,
                to_at=item.to_at if item else None,
                belief=belief(item.state, item.cause, lang) if item else "",
            )
        )
    return views
