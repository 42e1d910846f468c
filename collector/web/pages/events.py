"""Area events: the list, and one event with its sites."""

from __future__ import annotations

from fastapi import Request, Response

from collector.i18n import N_
from collector.web.base import CurrentAccount, PageError, RowId, lang_of, now_of, page, page_router, store_of, text_of
from collector.web.event_view import event_sites, event_view, sample_sites
from collector.web.paging import ListQuery
from collector.web.period import choices, period_of
from inventory.store.area_events import area_events, one_event

router = page_router("events")

USUAL_DAYS = "90"


@router.get("/su-co-khu-vuc")
def show_events(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    period = period_of(query, now, USUAL_DAYS)
    with store_of(request).reading() as session:
        rows = area_events(session, period.from_at, period.until, account.scope)
        samples = sample_sites(session, rows)
    return page(
        request,
        "events.html",
        query=query,
        periods=choices(now, lang, days=True, usual=USUAL_DAYS),
        events=[event_view(row, samples, lang) for row in rows],
    )


@router.get("/su-co-khu-vuc/{event_id}")
def show_event(request: Request, event_id: RowId, account: CurrentAccount) -> Response:
    now, lang = now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        row = one_event(session, event_id, account.scope)
        if row is None:
            raise PageError(404, N_("Không tìm thấy sự cố này"), N_("Chọn lại trong danh sách sự cố khu vực."))
        sites = event_sites(session, row, account.scope, now, request.app.state.calendar, lang)
        samples = sample_sites(session, [row])
    _ = text_of(request)
    event = event_view(row, samples, lang)
    return page(
        request,
        "event.html",
        event=event,
        sites=sites,
        hidden=row.sites_in_all - len(row.sites),
        crumbs=[(_("Sự cố khu vực"), "/su-co-khu-vuc"), (event.where, "")],
    )
