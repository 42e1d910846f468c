"""How good the lines are: a list over all sites, and one line with its contract, its cost and its newest tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request, Response
from sqlmodel import Session

from collector.i18n import N_, format, line_words
from collector.i18n.words import word
from collector.web.base import (
    CurrentAccount,
    PageError,
    RowId,
    lang_of,
    now_of,
    page,
    page_router,
    store_of,
    text_of,
)
from collector.web.csv_file import csv_response
from collector.web.line_view import (
    cell,
    load_lines_said,
    measure_rows,
    megabytes,
    place_key,
    rate_lines_said,
    test_rows,
)
from collector.web.paging import ListQuery, Paging
from inventory.store.line_facts import load_lines
from inventory.store.line_lists import LineFilter, LineRow, find_line, list_lines, newest_tests
from inventory.store.machine_lists import narrow
from inventory.store.policy import effective_policy
from inventory.store.scope import Scope
from inventory.store.sites import place_choices, unit_crumbs

PATH = "/chat-luong"
router = page_router(place_key(PATH))
SORTS: Mapping[str, str] = {
    "dia-diem": "site",
    "san-sang": "grade",
    "tre": "rtt",
    "mat-goi": "loss",
    "tai-xuong": "down",
    "tai-len": "up",
    "hop-dong": "contract",
    "tai-trong": "load",
    "chi-phi": "cost",
    "do-cuoi": "last",
}
VIEWS: Mapping[str, tuple[dict[str, Any], str]] = {
    "thap": ({"contract": "below"}, N_("Thấp hơn hợp đồng")),
    "qua-tai": ({"load": "over"}, N_("Quá tải")),
    "gan-day": ({"load": "busy"}, N_("Gần đầy trong giờ đo được")),
    "chua-do": ({"tested": "no"}, N_("Chưa đo lần nào")),
}
CSV_HEAD = (
    N_("Xã"),
    N_("Địa điểm"),
    N_("Nhà cung cấp"),
    N_("Trễ p50 (ms)"),
    N_("Trễ p90 (ms)"),
    N_("Độ rung p90 (ms)"),
    N_("Mất gói p90 (%%)"),
    N_("Tải xuống p50 (Mb/s)"),
    N_("Tải xuống p90 (Mb/s)"),
    N_("Tải xuống ít nhất (Mb/s)"),
    N_("Tải lên p50 (Mb/s)"),
    N_("Tải lên p90 (Mb/s)"),
    N_("Tải lên ít nhất (Mb/s)"),
    N_("Số lần đo gói tin"),
    N_("Số lần đo tốc độ"),
    N_("Ngày làm việc có đo"),
    N_("Ngày làm việc"),
    N_("Hợp đồng"),
    N_("Tải trọng"),
    N_("Dung lượng đo tháng này (byte)"),
    N_("Đo lần cuối"),
)


@router.get(PATH)
def show_lines(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    day = format.local(now).date()
    with store_of(request).reading() as session:
        wanted = _filter(query, session, account.scope, day)
        sort = query.sort(SORTS, "dia-diem")
        rows = list_lines(session, wanted, SORTS[sort[0]], sort[1])
        everything = list_lines(session, LineFilter(scope=wanted.scope))
        areas, units = place_choices(session, account.scope, day)
        policy, _version = effective_policy(session)
    paging = Paging(query, len(rows))
    return page(
        request,
        "quality.html",
        query=query,
        paging=paging,
        sort=sort,
        rows=rows[paging.offset : paging.offset + paging.size],
        counts={key: sum(_is(row, view[0]) for row in everything) for key, view in VIEWS.items()},
        views=VIEWS,
        areas=areas,
        units=units,
        policy=policy,
        any_line=any(row.data is not None for row in everything),
        line_words=line_words,
        megabytes=megabytes,
        cell=lambda row, measure: cell(row, measure, lang),
        csv_url=query.url().replace(PATH, PATH + ".csv", 1),
    )


@router.get(PATH + ".csv")
def download_lines(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        wanted = _filter(query, session, account.scope, format.local(now).date())
        sort = query.sort(SORTS, "dia-diem")
        rows = list_lines(session, wanted, SORTS[sort[0]], sort[1])
    _ = text_of(request)
    head = [_(label) % () for label in CSV_HEAD]
    return csv_response("chat-luong-duong-truyen", format.local(now), head, ([*_csv_row(row, lang)] for row in rows))


@router.get(PATH + "/{site_id}")
def show_line(request: Request, site_id: RowId, account: CurrentAccount) -> Response:
    now, lang, _ = now_of(request), lang_of(request), text_of(request)
    with store_of(request).reading() as session:
        row = find_line(session, account.scope, site_id)
        if row is None:
            raise PageError(404, N_("Không tìm thấy địa điểm này"), N_("Chọn trong danh sách chất lượng đường truyền."))
        tests = newest_tests(session, site_id)
        lines = load_lines(session, [site_id], format.local(now).date()).get(site_id, [])
        trail = unit_crumbs(session, row.site.unit_id)
        policy, _version = effective_policy(session, site_id)
    return page(
        request,
        "quality_line.html",
        row=row,
        site=row.site,
        lines=lines,
        measures=measure_rows(row, lang),
        loads=load_lines_said(row, lang),
        rates=rate_lines_said(row, lang),
        tests=test_rows(tests, lang),
        policy=policy,
        line_words=line_words,
        megabytes=megabytes,
        crumbs=[
            *((text, f"/don-vi/{key}" if account.scope.covers(key) else "") for key, text in trail),
            (row.site.name, f"/dia-diem/{site_id}"),
            (_(N_("Chất lượng đường truyền")), ""),
        ],
    )


def _filter(query: ListQuery, session: Session, scope: Scope, day: Any) -> LineFilter:
    view = query.choice("xem", VIEWS)
    area_id, unit_id = query.number("khu-vuc"), query.text("xa", 24)
    return LineFilter(
        scope=narrow(session, scope, area_id, unit_id, day),
        words=query.text("tim"),
        grade=query.choice("muc", line_words.GRADES),
        **(VIEWS[view][0] if view else {}),
    )


def _is(row: LineRow, view: Mapping[str, Any]) -> bool:
    if "tested" in view:
        return row.data is None
    return all(getattr(row, name) == value for name, value in view.items())


def _csv_row(row: LineRow, lang: str) -> Iterator[object]:
    yield from (row.unit_name, row.site.name, row.site.provider)
    yield from (row.full("rtt", "p50"), row.full("rtt"), row.full("jitter"), row.full("loss"))
    for side in ("down", "up"):
        yield from (row.full(side, "p50"), row.full(side), row.at_least(side))
    yield from (row.count("rtt") or None, row.count("down") + row.count("up") or None)
    days = max((row.days(name) for name in ("rtt", "down", "up")), default=(0, 0))
    yield from (days if row.data is not None else (None, None))
    yield word(line_words.RATES, row.contract, lang)
    yield word(line_words.LOADS, row.load, lang)
    yield row.spent
    yield format.moment(row.last_at, lang) if row.last_at else None
