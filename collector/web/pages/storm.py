"""The storm sheet: x of y communes cut off, on screen, on paper, as CSV. It refreshes itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fastapi import Request, Response

from collector.i18n import N_, format, words
from collector.web.base import CurrentAccount, lang_of, now_of, page, page_router, store_of, text_of
from collector.web.csv_file import csv_response
from collector.web.paging import ListQuery
from collector.web.storm_view import load_storm
from inventory.domain.week import midnight
from inventory.store.area_events import open_events
from inventory.store.machine_lists import narrow
from inventory.store.sites import area_choices

router = page_router("storm")

REFRESH_S = 120
LONGEST = timedelta(days=60)


@router.get("/thien-tai")
def show_storm(request: Request, account: CurrentAccount) -> Response:
    query, now = ListQuery(request), now_of(request)
    today = format.local(now).date()
    since = since_of(query, now)
    with store_of(request).reading() as session:
        areas = area_choices(session, account.scope, today)
        scope = narrow(session, account.scope, query.number("khu-vuc"), "", today)
        storm = load_storm(session, scope, since, now, today, request.app.state.calendar)
        events = open_events(session, scope)
    return page(
        request,
        "storm.html",
        query=query,
        storm=storm,
        since=since,
        since_day=format.local(since).date().isoformat(),
        today=today.isoformat(),
        areas=areas,
        events=len(events),
        refresh_s=REFRESH_S,
        csv_url=query.url().replace("/thien-tai", "/thien-tai.csv", 1),
    )


@router.get("/thien-tai.csv")
def download_storm(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    today = format.local(now).date()
    with store_of(request).reading() as session:
        scope = narrow(session, account.scope, query.number("khu-vuc"), "", today)
        storm = load_storm(session, scope, since_of(query, now), now, today, request.app.state.calendar)
    _ = text_of(request)
    rows: list[list[object]] = []
    for commune in storm.cut:
        state = _(N_("mất kết nối")) if commune.whole else _(N_("mất kết nối một phần"))
        causes = ", ".join(words.word(words.CAUSES, cause, lang) for cause in commune.causes)
        who = [commune.contact.name, commune.contact.phone] if commune.contact else [None, None]
        rows.append([commune.name, commune.area, state, format.moment(commune.since, lang), None, causes, *who])
    for back, state in [
        *((item, _(N_("đã có lại"))) for item in storm.restored),
        *((item, _(N_("chưa quan sát được"))) for item in storm.unseen),
    ]:
        times = [format.moment(at, lang) if at else None for at in (back.from_at, back.to_at)]
        who = [back.contact.name, back.contact.phone] if back.contact else [None, None]
        cause = words.word(words.CAUSES, back.cause, lang) if back.cause else None
        rows.append([back.name, None, state, *times, cause, *who])
    return csv_response("thien-tai", format.local(now), [_(label) for label in CSV_HEAD], rows)


CSV_HEAD = (
    N_("Xã"),
    N_("Khu vực"),
    N_("Tình trạng"),
    N_("Từ lúc"),
    N_("Đến lúc"),
    N_("Nguyên nhân"),
    N_("Người liên hệ"),
    N_("Điện thoại"),
)


def since_of(query: ListQuery, now: datetime) -> datetime:
    """From when on "today" counts: the begin of the day that `tu` names, else of today."""
    today = format.local(now).date()
    text = query.text("tu", 10)
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        day = None
    if day is None or not today - LONGEST <= day <= today:
        query.problems.append(f"tu={text}")
        query.params.pop("tu", None)
        day = today
    return midnight(day)
