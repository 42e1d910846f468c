"""Which commune reaches which service of the province: a matrix, and the sites of one commune behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from collector.i18n import N_, format, line_words
from collector.i18n.words import word
from collector.web.base import (
    CurrentAccount,
    PageError,
    lang_of,
    now_of,
    page,
    page_router,
    store_of,
    text_of,
)
from collector.web.csv_file import csv_response
from collector.web.line_view import place_key
from collector.web.paging import ListQuery
from inventory.domain.service import Service
from inventory.domain.service_reach import Tally
from inventory.store.machine_lists import narrow
from inventory.store.service_lists import Line, Matrix, communes, sites_of
from inventory.store.sites import place_choices

PATH = "/dich-vu"
router = page_router(place_key(PATH))
ORDERS = {"ten": N_("theo tên"), "kem": N_("kém nhất trước")}
WELL, BADLY = 0.98, 0.5


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the matrix. `text` "" when nothing was tried: blank, not 0."""

    text: str
    mark: str
    stage: str
    note: str


@router.get(PATH)
def show_services(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    day = format.local(now).date()
    unit_id = query.text("xa", 24)
    with store_of(request).reading() as session:
        scope = narrow(session, account.scope, query.number("khu-vuc"), unit_id, day)
        matrix = (sites_of if unit_id else communes)(session, scope, now)
        areas, units = place_choices(session, account.scope, day)
    if unit_id and unit_id not in dict(units):
        raise PageError(404, N_("Không tìm thấy xã này"), N_("Chọn trong danh sách dịch vụ."))
    order = query.choice("thu-tu", ORDERS, "ten")
    lines = sorted(matrix.lines, key=lambda line: line.worst) if order == "kem" else matrix.lines
    return page(
        request,
        "services.html",
        query=query,
        matrix=matrix,
        down_id=matrix.down_id if account.scope.covers(matrix.down_unit) else None,
        lines=lines,
        groups=_groups(matrix.services),
        areas=areas,
        units=units,
        unit_name=dict(units).get(unit_id, ""),
        orders=ORDERS,
        order=order,
        cell=lambda tally: cell_of(tally, lang),
        line_words=line_words,
        tried=any(line.tallies for line in matrix.lines),
        csv_url=query.url().replace(PATH, PATH + ".csv", 1),
    )


@router.get(PATH + ".csv")
def download_services(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    unit_id = query.text("xa", 24)
    with store_of(request).reading() as session:
        scope = narrow(session, account.scope, query.number("khu-vuc"), unit_id, format.local(now).date())
        matrix = (sites_of if unit_id else communes)(session, scope, now)
    _ = text_of(request)
    head = [
        _(label)
        for label in (
            N_("Xã") if not unit_id else N_("Địa điểm"), N_("Nhóm"), N_("Dịch vụ"), N_("Số lần thử"), N_("Trả lời"),
            N_("Lúc đứt đường truyền"), N_("Dừng ở bước"), N_("Lỗi gần nhất"), N_("Trả lời lần cuối"),
        )
    ]  # fmt: skip
    return csv_response("dich-vu", format.local(now), head, _csv_rows(matrix, lang))


def cell_of(tally: Tally | None, lang: str) -> Cell:
    """One cell: share of the tries that were answered, with the stage where most others stopped."""
    if tally is None or tally.share is None:
        note = "" if tally is None else word({"offline": N_("chỉ thử lúc đứt đường truyền")}, "offline", lang)
        return Cell("", "", "", note)
    said = word(line_words.STAGES, tally.worst_stage, lang) if tally.worst_stage else ""
    stage = said if tally.share < WELL else ""
    mark = "up" if tally.share >= WELL else "odd" if tally.share >= BADLY else "lost"
    note = f"{format.number(tally.ok, lang)}/{format.number(tally.counted, lang)}"
    if said:
        note += f", {said}"
    if tally.last_error:
        note += f", {tally.last_error}"
    return Cell(format.percent(tally.ok, tally.counted, lang), mark, stage, note)


def _groups(services: list[Service]) -> list[tuple[str, int]]:
    """Headings over the columns, with the number of columns that each spans."""
    found: list[tuple[str, int]] = []
    for service in services:
        if found and found[-1][0] == service.group:
            found[-1] = (service.group, found[-1][1] + 1)
        else:
            found.append((service.group, 1))
    return found


def _csv_rows(matrix: Matrix, lang: str) -> Iterator[list[Any]]:
    for line in matrix.lines:
        for service in matrix.services:
            tally = line.tallies.get(service.name)
            if tally is not None:
                yield _csv_row(line, service, tally, lang)


def _csv_row(line: Line, service: Service, tally: Tally, lang: str) -> list[Any]:
    stage = word(line_words.STAGES, tally.worst_stage, lang) if tally.worst_stage else ""
    last = format.moment(tally.last_ok_at, lang) if tally.last_ok_at else None
    return [
        line.name,
        service.group,
        service.name,
        tally.counted,
        tally.ok,
        tally.offline,
        stage,
        tally.last_error,
        last,
    ]
