"""What a site's page tells of its past: the picture of days and hours, why the present state was chosen, corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from collector.i18n import N_, format, translator, why_words
from collector.web.month_view import MonthView, belief, month_view
from collector.web.site_month import Window, days_of, months, window_of
from inventory.domain.hours import Calendar
from inventory.domain.site_facts import FAULTS, Stretch
from inventory.domain.site_state import Availability
from inventory.store.outages import Outage, outages
from inventory.store.tables import AreaEvent, SiteAlert, SiteState
from inventory.store.timeline import site_timeline

ALERTS_SHOWN = 12
OUTAGES_BACK = timedelta(days=90)
_LATELY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Told:
    """One time that people were told that the site is cut off, and what has become of it."""

    alert: SiteAlert
    first: str  # what was believed at first, in words
    now: str  # what is believed now, in words; "" when it was never corrected

    @property
    def over(self) -> bool:
        return self.alert.closed_at is not None or self.alert.withdrawn_at is not None


@dataclass(frozen=True, slots=True)
class Past:
    view: MonthView
    share: Availability
    present: Stretch | None  # the newest stretch
    because: str  # why it was chosen, in words; "" when the engine did not say
    awaited: str  # what can still change it
    going_on: Outage | None  # that has not ended, though nobody can see it now: a night does not end an outage
    because_cut: str  # why that outage is believed, in words
    event: AreaEvent | None  # that the site is part of now
    told: list[Told]  # in the window, newest first
    outages: list[Outage]  # of the last months, newest first
    bad_month: bool  # the address asked for a month that does not exist


def load_past(session: Session, site_id: int, month: str, now: datetime, calendar: Calendar, lang: str) -> Past:
    """Everything above for a site that exists. Raises LookupError when there is none."""
    asked = window_of(month, now)
    window = asked or window_of("", now)
    found = window and site_timeline(session, site_id, window.from_at, window.to_at, now, calendar)
    newest = site_timeline(session, site_id, now - _LATELY, now, now, calendar)
    if window is None or not found or newest is None:
        raise LookupError(site_id)
    present = newest.stretches[-1] if newest.stretches else None
    since = session.exec(
        select(SiteState.from_at).where(SiteState.site_id == site_id).order_by(col(SiteState.from_at)).limit(1)
    ).first()
    days = days_of(found.stretches, found.hours, calendar, window, now)
    alerts = _alerts(session, site_id, window)
    recent = outages(session, now - OUTAGES_BACK, now, site_id, now=now, calendar=calendar)[:ALERTS_SHOWN]
    going_on = recent[0] if recent and recent[0].to_at is None else None
    if going_on and present and present.state in FAULTS:
        going_on = None  # then the present state says it all
    return Past(
        view=month_view(days, window, months(since, now), bool(found.stretches), lang),
        share=found.availability,
        present=present,
        because=why_words.why(present.why, lang) if present else "",
        awaited=why_words.awaited(present.why, lang) if present else "",
        going_on=going_on,
        because_cut=why_words.why(going_on.why, lang) if going_on else "",
        event=_open_event(session, site_id),
        told=[Told(alert, *correction(alert, lang)) for alert in alerts],
        outages=recent,
        bad_month=asked is None,
    )


def correction(alert: SiteAlert, lang: str) -> tuple[str, str]:
    """(what was told first, what is known now); the second is "" while nothing has been corrected."""
    _ = translator(lang)
    first = alert.corrections[0] if alert.corrections else {}
    before = belief(str(first.get("state") or alert.state), str(first.get("cause") or alert.cause), lang)
    if alert.withdrawn_at is not None:
        return before, _(N_("rút lại: không có sự cố"))
    if not alert.corrections:
        return before, ""
    now = belief(alert.state, alert.cause, lang)
    began = _moment(first.get("since"))
    if began is not None and abs(began - alert.since_at) >= timedelta(minutes=1):
        now += ", " + _(N_("từ %(at)s")) % {"at": format.moment(alert.since_at, lang)}
    return before, now


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _alerts(session: Session, site_id: int, window: Window) -> list[SiteAlert]:
    query = (
        select(SiteAlert)
        .where(
            SiteAlert.site_id == site_id,
            SiteAlert.since_at < window.to_at,
            or_(col(SiteAlert.closed_at).is_(None), col(SiteAlert.closed_at) >= window.from_at),
        )
        .order_by(col(SiteAlert.since_at).desc())
        .limit(ALERTS_SHOWN)
    )
    return list(session.exec(query))


def _open_event(session: Session, site_id: int) -> AreaEvent | None:
    """The area event that explains the site's open alert."""
    query = (
        select(AreaEvent)
        .join(SiteAlert, col(SiteAlert.area_event_id) == col(AreaEvent.id))
        .where(
            SiteAlert.site_id == site_id,
            col(SiteAlert.closed_at).is_(None),
            col(SiteAlert.withdrawn_at).is_(None),
            col(AreaEvent.to_at).is_(None),
            col(AreaEvent.withdrawn_at).is_(None),
        )
        .order_by(col(AreaEvent.id).desc())
    )
    return session.exec(query).first()
