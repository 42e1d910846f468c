"""The first page: what a Department head asks first."""

from __future__ import annotations

from fastapi import Request, Response

from collector.i18n import N_
from collector.i18n.format import local
from collector.web.base import CurrentAccount, lang_of, now_of, page, page_router, store_of, text_of
from collector.web.event_view import where
from collector.web.figures import Part, week_start
from collector.web.paging import ListQuery
from inventory.store import overview, overview_week
from inventory.store.area_events import open_events
from inventory.store.machine_lists import narrow
from inventory.store.sites import area_choices

router = page_router("overview")

AGE_WORDS = {
    "under_3": N_("Dưới 3 năm"),
    "from_3_to_5": N_("3 đến 5 năm"),
    "from_5_to_8": N_("5 đến 8 năm"),
    "over_8": N_("Trên 8 năm"),
    "unknown": N_("Chưa rõ"),
    "not_applicable": N_("Không áp dụng"),
}


@router.get("/")
def show_overview(request: Request, account: CurrentAccount) -> Response:
    now, lang = now_of(request), lang_of(request)
    today, since = local(now).date(), week_start(now)
    query = ListQuery(request)
    area_id = query.number("khu-vuc")
    with store_of(request).reading() as session:
        areas = area_choices(session, account.scope, today)
        if area_id is not None and area_id not in dict(areas):
            query.problems.append(f"khu-vuc={area_id}")
            area_id = None
        scope = narrow(session, account.scope, area_id, "", today)
        communes = overview.count_by_commune(session, scope, today)
        ages = overview.age_distribution(session, scope, today.year)
        changes = overview_week.changes_since(session, scope, since)
        recent = overview_week.recent_events(session, scope, since)
        overdue = overview_week.overdue_by_party(session, scope, today)
        events = open_events(session, scope)
        machines_new = overview_week.new_machines(session, scope, since)
    total = overview.total_of(communes)
    _ = text_of(request)
    return page(
        request,
        "overview.html",
        query=query,
        area_id=area_id,
        area_name=dict(areas).get(area_id, "") if area_id is not None else "",
        areas=areas,
        groups=overview.by_area(communes),
        total=total,
        site_parts=[Part(key, getattr(total, key)) for key in overview.STATE_GROUPS],
        ages=ages,
        age_words={key: _(text) for key, text in AGE_WORDS.items()},
        changes=changes,
        recent=recent,
        overdue=overdue,
        machines_new=machines_new,
        week_from=since,
        events=[(row, where(row, lang)) for row in events],
    )
