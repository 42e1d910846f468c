"""What the agents did on the networks: every scan with who, when, where, how many frames, how long and why it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import Request, Response
from sqlmodel import Session

from collector.i18n import N_, device_words, format
from collector.i18n import words as codes
from collector.web.base import CurrentAccount, lang_of, now_of, page, page_router, store_of, text_of
from collector.web.csv_file import csv_response
from collector.web.paging import ListQuery, Paging
from inventory.store.machine_lists import narrow
from inventory.store.scan_lists import ScanFilter, ScanRow, list_scans, scan_totals
from inventory.store.scope import Scope
from inventory.store.sites import place_choices
from inventory.store.tables import Site

router = page_router("scans")

PATH = "/quan-tri/nhat-ky-quet"
SORTS: Mapping[str, str] = {
    "luc": "started",
    "dia-diem": "site",
    "goi": "frames",
    "thoi-gian": "duration",
    "tra-loi": "hosts",
}
STOPPED: Mapping[str, tuple[str, str]] = {
    "co": ("any", N_("Dừng sớm")),
    "khong": ("none", N_("Quét trọn vẹn")),
}
CSV_HEAD = (
    N_("Bắt đầu"),
    N_("Xã"),
    N_("Địa điểm"),
    N_("Máy tính quét"),
    N_("Loại"),
    N_("Cách quét"),
    N_("Mạng"),
    N_("Địa chỉ đã hỏi"),
    N_("Gói đã gửi"),
    N_("Thời gian (giây)"),
    N_("Thiết bị trả lời"),
    N_("Dừng sớm vì"),
    N_("Dữ liệu mẫu"),
)


@router.get(PATH)
def show_scans(request: Request, account: CurrentAccount) -> Response:
    query, now = ListQuery(request), now_of(request)
    with store_of(request).reading() as session:
        wanted = _filter(query, session, account.scope, now)
        totals = scan_totals(session, wanted)
        paging = Paging(query, totals.scans)
        sort = query.sort(SORTS, "-luc")
        rows = list_scans(session, wanted, SORTS[sort[0]], sort[1], paging.offset, paging.size)
        areas, units = place_choices(session, account.scope, format.local(now).date())
        site = session.get(Site, wanted.site_id) if wanted.site_id is not None else None
        known = totals.scans or scan_totals(session, ScanFilter(scope=account.scope)).scans
    return page(
        request,
        "scans.html",
        query=query,
        paging=paging,
        sort=sort,
        rows=rows,
        totals=totals,
        areas=areas,
        units=units,
        stopped=STOPPED,
        site=site if site is not None and account.scope.covers(site.unit_id) else None,
        any_scan=bool(known),
        machine_links=account.role != "auditor",
        csv_url=query.url().replace(PATH, PATH + ".csv", 1),
    )


@router.get(PATH + ".csv")
def download_scans(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        wanted = _filter(query, session, account.scope, now)
        sort = query.sort(SORTS, "-luc")
        rows = list_scans(session, wanted, SORTS[sort[0]], sort[1], limit=None)
    _ = text_of(request)
    head = [_(label) for label in CSV_HEAD]
    return csv_response("nhat-ky-quet-mang", format.local(now), head, (_csv_row(row, lang) for row in rows))


def _filter(query: ListQuery, session: Session, scope: Scope, now: datetime) -> ScanFilter:
    """The filter that the URL asks for, inside the reader's scope."""
    area_id, unit_id = query.number("khu-vuc"), query.text("xa", 24)
    stopped = query.choice("dung", [*STOPPED, *device_words.STOPPED])
    kind: Any = query.choice("loai", device_words.SCAN_KINDS)
    return ScanFilter(
        scope=narrow(session, scope, area_id, unit_id, format.local(now).date()),
        words=query.text("tim"),
        site_id=query.number("dia-diem"),
        kind=kind,
        stopped=STOPPED[stopped][0] if stopped in STOPPED else stopped,
        from_at=_day(query, "tu", 0),
        to_at=_day(query, "den", 1),
    )


def _day(query: ListQuery, name: str, more: int) -> datetime | None:
    """Midnight of a local day, or of the day after it; None when none, or none that can be read, is asked for."""
    text = query.text(name, 10)
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=more)
        return datetime.combine(day, time(), format.LOCAL).astimezone(UTC)
    except (ValueError, OverflowError):
        query.problems.append(f"{name}={query.params.pop(name)}")
        return None


def _csv_row(row: ScanRow, lang: str) -> list[object]:
    scan = row.scan
    return [
        format.moment(scan.started_at, lang), row.unit_name, row.site_name, row.hostname or scan.agent_id[:8],
        codes.word(device_words.SCAN_KINDS, scan.kind, lang), codes.word(device_words.SCAN_METHODS, scan.method, lang),
        scan.network, scan.addresses, scan.frames, round(scan.duration_s, 1), scan.hosts,
        codes.word(device_words.STOPPED, scan.stopped, lang), "x" if scan.sample else "",
    ]  # fmt: skip
