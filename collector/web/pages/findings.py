"""The list of findings: what must be done, by whom, by when, worst first; and the same list as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fastapi import Request, Response
from sqlmodel import Session

from collector.i18n import N_, format
from collector.i18n import words as codes
from collector.web.base import CurrentAccount, lang_of, now_of, page, page_router, store_of, text_of
from collector.web.csv_file import csv_response
from collector.web.paging import ListQuery, Paging
from inventory.store.finding_lists import FindingFilter, FindingRow, Which, count_findings, list_findings
from inventory.store.machine_lists import narrow
from inventory.store.sessions import Viewer
from inventory.store.sites import place_choices
from inventory.store.tables import Site

router = page_router("findings")

WHICH: Mapping[Which, str] = {
    "new": codes.FINDING_STATES["new"],
    "confirmed": codes.FINDING_STATES["confirmed"],
    "in_progress": codes.FINDING_STATES["in_progress"],
    "waiting_budget": codes.FINDING_STATES["waiting_budget"],
    "fixed": codes.FINDING_STATES["fixed"],
    "cannot_fix": codes.FINDING_STATES["cannot_fix"],
    "excluded": codes.FINDING_STATES["excluded"],
    "done": N_("Đã xong hoặc loại trừ"),
    "all": N_("Tất cả"),
}
"""Choices beside the usual one: what still has to be done ("todo")."""


@router.get("/viec-can-xu-ly")
def show_findings(request: Request, account: CurrentAccount) -> Response:
    query, now = ListQuery(request), now_of(request)
    with store_of(request).reading() as session:
        wanted = read_filter(query, session, account, now)
        counts = count_findings(session, wanted)
        paging = Paging(query, counts.total)
        rows = list_findings(session, wanted, paging.offset, paging.size)
        areas, units = place_choices(session, account.scope, wanted.today)
        site = session.get(Site, wanted.site_id) if wanted.site_id is not None else None
    return page(
        request,
        "findings.html",
        query=query,
        paging=paging,
        counts=counts,
        rows=rows,
        areas=areas,
        units=units,
        site=site if site is not None and account.scope.covers(site.unit_id) else None,
        which=WHICH,
        today=wanted.today,
        csv_url=query.url().replace("/viec-can-xu-ly", "/viec-can-xu-ly.csv", 1),
    )


@router.get("/viec-can-xu-ly.csv")
def download_findings(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        rows = list_findings(session, read_filter(query, session, account, now), limit=None)
    _ = text_of(request)
    head = [_(label) for label in _CSV_HEAD]
    return csv_response("viec-can-xu-ly", format.local(now), head, (_csv_row(row, lang) for row in rows))


def only_party(account: Viewer) -> str:
    """An operator sees the findings that operators answer for; everybody else sees all in scope."""
    return "operator" if account.role == "operator" else ""


def read_filter(query: ListQuery, session: Session, account: Viewer, now: datetime) -> FindingFilter:
    """The filter that the URL asks for, inside the reader's scope."""
    today = format.local(now).date()
    chosen = query.choice("trang-thai", WHICH)
    which: Which = "todo"
    for code in WHICH:
        which = code if code == chosen else which
    return FindingFilter(
        today,
        which=which,
        scope=narrow(session, account.scope, query.number("khu-vuc"), query.text("xa", 24), today),
        site_id=query.number("dia-diem"),
        kind=query.choice("loai", codes.FINDING_KINDS),
        severity=query.choice("muc-do", codes.SEVERITIES),
        responsible=query.choice("don-vi", codes.PARTIES),
        overdue=query.choice("qua-han", ["co"]) == "co",
        only_responsible=only_party(account),
    )


_CSV_HEAD = (
    N_("Việc"),
    N_("Mức độ"),
    N_("Đối tượng"),
    N_("Xã"),
    N_("Địa điểm"),
    N_("Từ lúc"),
    N_("Thời hạn"),
    N_("Quá hạn"),
    N_("Đơn vị xử lý"),
    N_("Trạng thái"),
    N_("Dữ liệu mẫu"),
)


def _csv_row(row: FindingRow, lang: str) -> list[object]:
    f = row.finding
    return [
        codes.word(codes.FINDING_KINDS, f.kind, lang),
        codes.word(codes.SEVERITIES, f.severity, lang),
        row.subject_name,
        row.unit_name,
        row.site_name,
        format.moment(f.opened_at, lang),
        format.day(f.due_on, lang) if f.due_on else None,
        "x" if row.overdue else "",
        codes.word(codes.PARTIES, f.responsible, lang),
        codes.word(codes.FINDING_STATES, f.state, lang),
        "x" if f.sample else "",
    ]
