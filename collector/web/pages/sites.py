"""The list of sites: search, filters in the URL, sorting, paging."""

from __future__ import annotations

from fastapi import Request, Response

from collector.i18n import words
from collector.i18n.format import local
from collector.web.base import CurrentAccount, now_of, page, page_router, store_of
from collector.web.paging import ListQuery, Paging
from inventory.store.overview import STATE_GROUPS
from inventory.store.sites import SORTS, SiteFilter, count_sites, list_sites, place_choices

router = page_router("sites")

FAULTY = "faulty"
STATES = (*STATE_GROUPS, "excluded")


@router.get("/dia-diem")
def show_sites(request: Request, account: CurrentAccount) -> Response:
    query, today = ListQuery(request), local(now_of(request)).date()
    wanted = SiteFilter(
        scope=account.scope,
        words=query.text("tim"),
        area_id=query.number("khu-vuc"),
        unit_id=query.text("xa", 24),
        state=query.choice("trang-thai", (*STATES, *words.SITE_STATES)),
        lan=query.choice("lan", (*words.LAN_STATES, FAULTY)),
        role=query.choice("vai-tro", words.SITE_ROLES),
    )
    with store_of(request).reading() as session:
        paging = Paging(query, count_sites(session, wanted, today))
        sort = query.sort(SORTS, "trang-thai")
        rows = list_sites(session, wanted, today, sort[0], sort[1], paging.offset, paging.size)
        areas, units = place_choices(session, account.scope, today)
        any_site = paging.total or count_sites(session, SiteFilter(account.scope), today)
    return page(
        request,
        "sites.html",
        query=query,
        paging=paging,
        sort=sort,
        rows=rows,
        areas=areas,
        units=units,
        groups=STATES,
        any_site=bool(any_site),
    )
