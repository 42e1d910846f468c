"""The register of villages: who has no fixed broadband, who has no signal, who said so and when."""

from __future__ import annotations

from fastapi import Request, Response

from collector.i18n import words
from collector.i18n.format import local
from collector.web.base import CurrentAccount, now_of, page, page_router, store_of
from collector.web.paging import ListQuery, Paging
from inventory.store.sites import place_choices
from inventory.store.villages import LACKING, SORTS, UNKNOWN, VillageFilter, count_villages, list_villages

router = page_router("villages")


@router.get("/thon-ban")
def show_villages(request: Request, account: CurrentAccount) -> Response:
    query, today = ListQuery(request), local(now_of(request)).date()
    broadband = [code for code in words.BROADBAND if code]
    mobile = [code for code in words.MOBILE if code]
    wanted = VillageFilter(
        scope=account.scope,
        words=query.text("tim"),
        area_id=query.number("khu-vuc"),
        unit_id=query.text("xa", 24),
        broadband=query.choice("bang-rong", (*broadband, UNKNOWN)),
        mobile=query.choice("song", (*mobile, LACKING, UNKNOWN)),
        source_class=query.choice("nguon", words.SOURCES),
    )
    with store_of(request).reading() as session:
        paging = Paging(query, count_villages(session, wanted, today))
        sort = query.sort(SORTS, "xa")
        rows = list_villages(session, wanted, today, sort[0], sort[1], paging.offset, paging.size)
        areas, units = place_choices(session, account.scope, today)
        any_village = paging.total or count_villages(session, VillageFilter(account.scope), today)
    return page(
        request,
        "villages.html",
        query=query,
        paging=paging,
        sort=sort,
        rows=rows,
        areas=areas,
        units=units,
        broadband=broadband,
        mobile=mobile,
        may_open_units=account.role != "operator",
        any_village=bool(any_village),
    )
