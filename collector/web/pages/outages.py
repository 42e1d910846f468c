"""Outages: the list with its sums per line and month, the same as CSV, and the claim per provider and month."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request, Response
from sqlmodel import Session

from collector.i18n import format, words
from collector.web.base import CurrentAccount, lang_of, now_of, page, page_router, store_of, text_of
from collector.web.csv_file import csv_response
from collector.web.outage_view import CSV_HEAD, Wanted, csv_row, load_rows, provider_choices, sheet_of, totals_of
from collector.web.paging import ListQuery
from collector.web.period import USUAL, choices, period_of
from inventory.domain.unit import full_name
from inventory.store.machine_lists import narrow
from inventory.store.sessions import Viewer
from inventory.store.sites import place_choices
from inventory.store.tables import Site, Unit

router = page_router("outages")

CAUSES = ("line", "power", "lan", "captive", "unknown")


@router.get("/mat-ket-noi")
def show_outages(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    today = format.local(now).date()
    with store_of(request).reading() as session:
        wanted = read_wanted(query, session, account, now)
        rows = load_rows(session, wanted, now, request.app.state.calendar, lang)
        providers = provider_choices(session, account.scope)
        areas, units = place_choices(session, account.scope, today)
        site = session.get(Site, wanted.site_id) if wanted.site_id is not None else None
    return page(
        request,
        "outages.html",
        query=query,
        period=wanted.period,
        periods=choices(now, lang, days=True),
        providers=providers,
        areas=areas,
        units=units,
        causes=[(code, words.word(words.CAUSES, code, lang)) for code in CAUSES],
        site=site if site is not None and account.scope.covers(site.unit_id) else None,
        sheet=sheet_of(rows, lang),
        csv_url=query.url().replace("/mat-ket-noi", "/mat-ket-noi.csv", 1),
    )


@router.get("/mat-ket-noi.csv")
def download_outages(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        wanted = read_wanted(query, session, account, now)
        rows = load_rows(session, wanted, now, request.app.state.calendar, lang)
    _ = text_of(request)
    ordered = sheet_of(rows, lang).rows
    return csv_response(
        "mat-ket-noi", format.local(now), [_(label) for label in CSV_HEAD], (csv_row(row, lang) for row in ordered)
    )


@router.get("/mat-ket-noi/bang-ke")
def show_claim(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    period = period_of(query, now, default=f"{format.local(now):%Y-%m}")
    with store_of(request).reading() as session:
        providers = provider_choices(session, account.scope)
        provider = query.choice("nha-mang", dict(providers))
        wanted = Wanted(account.scope, period, provider, begun=True)
        rows = load_rows(session, wanted, now, request.app.state.calendar, lang) if provider else []
        province = session.get(Unit, request.app.state.settings.province_id)
    ordered = sorted(rows, key=lambda row: (row.contract_no, row.unit_name, row.site_name, row.from_at))
    claimed = [row for row in ordered if row.claimed]
    return page(
        request,
        "claim.html",
        query=query,
        period=period,
        periods=choices(now, lang, days=False),
        providers=providers,
        provider=provider,
        province=f"UBND {full_name(province.type_label, province.name)}" if province else "UBND ....................",
        claimed=claimed,
        totals=totals_of(claimed, lang),
        others=[row for row in ordered if not row.claimed],
        samples=any(row.sample for row in rows),
        csv_url=f"/mat-ket-noi.csv?{request.url.query}",
    )


def read_wanted(query: ListQuery, session: Session, account: Viewer, now: datetime) -> Wanted:
    """What the URL asks for, inside the reader's scope."""
    today = format.local(now).date()
    scope = narrow(session, account.scope, query.number("khu-vuc"), query.text("xa", 24), today)
    return Wanted(
        scope=scope,
        period=period_of(query, now, USUAL),
        provider=query.text("nha-mang", 40),
        site_id=query.number("dia-diem"),
        cause=query.choice("nguyen-nhan", CAUSES),
        confirmed=query.choice("can-cu", ("co",)) == "co",
    )
