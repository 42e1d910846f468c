"""The list of machines: search, filters in the URL, sorting, paging, and the same list as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from sqlmodel import Session

from collector.i18n import N_, format
from collector.i18n import words as codes
from collector.web.base import CurrentAccount, lang_of, now_of, page, page_router, store_of, text_of
from collector.web.csv_file import csv_response
from collector.web.machine_safety import SHORT_WINDOWS_11, W11_MARKS, weaknesses
from collector.web.machine_view import CSV_HEAD, age_view, csv_row, short_cpu, unfit_views
from collector.web.paging import ListQuery, Paging
from inventory.store.machine_lists import MachineFilter, count_machines, list_machines, narrow, os_names
from inventory.store.scope import Scope
from inventory.store.sites import place_choices
from inventory.store.tables import Site

router = page_router("machines")

SORTS: Mapping[str, str] = {
    "tuoi": "age",
    "ten": "name",
    "kieu": "model",
    "cpu": "cpu",
    "ram": "ram",
    "dia": "disk",
    "hdh": "os",
    "chua-dat": "unfit",
    "bao-ve": "unsafe",
    "win11": "windows11",
    "trong": "disk_free",
    "cap-nhat": "update",
    "dia-diem": "site",
    "xa": "unit",
    "tinh-trang": "status",
    "lien-lac": "contact",
}
OUTDATED: Mapping[str, tuple[Any, str]] = {
    "co": ("yes", N_("Lạc hậu")),
    "khong": ("no", N_("Còn trong thời hạn")),
    "chua-ro": ("unknown", N_("Chưa rõ")),
    "khong-ap-dung": ("not_applicable", N_("Không áp dụng")),
}
UNFIT: Mapping[str, tuple[str, str]] = {
    "co": ("any", N_("Có điểm chưa đạt")),
    "khong": ("none", N_("Đạt")),
    "chua-ro": ("unknown", N_("Chưa đánh giá")),
}
UNSAFE: Mapping[str, tuple[str, str]] = {
    "co": ("any", N_("Thiếu bảo vệ")),
    "khong": ("none", N_("Đạt")),
    "chua-ro": ("unknown", N_("Chưa đánh giá")),
}
WINDOWS_11: Mapping[str, tuple[Any, str]] = {
    "duoc": ("capable", N_("Chạy được")),
    "bat-bios": ("switched_off", N_("Sau khi bật trong BIOS")),
    "khong": ("cannot", N_("Không chạy được")),
    "chua-ro": ("unknown", N_("Chưa rõ")),
}
DISKS: Mapping[str, tuple[Any, str]] = {
    "can-xem": ("bad", N_("Sắp hỏng hoặc gần đầy")),
    "sap-hong": ("failing", N_("Sắp hỏng")),
    "theo-doi": ("warning", N_("Cần theo dõi")),
    "gan-day": ("full", N_("Ổ hệ thống gần đầy")),
    "tot": ("ok", N_("Tốt")),
    "chua-ro": ("unknown", N_("Chưa rõ")),
}
MORE = ("win11", "bao-ve", "o-dia", "he-dieu-hanh", "tinh-trang", "mau")
"""Conditions that are folded away until one of them is used."""

SAMPLE: Mapping[str, tuple[Any, str]] = {"khong": ("no", N_("Bỏ dữ liệu mẫu")), "co": ("yes", N_("Chỉ dữ liệu mẫu"))}
ALL_STATUSES = "tat-ca"


@router.get("/may-tinh")
def show_machines(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        wanted = read_filter(query, session, account.scope, now)
        paging = Paging(query, count_machines(session, wanted))
        sort = query.sort(SORTS, "tuoi")
        rows = list_machines(session, wanted, SORTS[sort[0]], sort[1], paging.offset, paging.size)
        areas, units = place_choices(session, account.scope, format.local(now).date())
        systems = os_names(session, account.scope)
        site = session.get(Site, wanted.site_id) if wanted.site_id is not None else None
        known = paging.total or count_machines(session, MachineFilter(scope=account.scope))
    year = format.local(now).year
    shown = [
        (row, age_view(row.machine, year, lang), unfit_views(row.machine, lang), weaknesses(row.machine, lang))
        for row in rows
    ]
    return page(
        request,
        "machines.html",
        query=query,
        paging=paging,
        sort=sort,
        rows=shown,
        short_cpu=short_cpu,
        areas=areas,
        units=units,
        systems=systems,
        site=site if site is not None and account.scope.covers(site.unit_id) else None,
        outdated=OUTDATED,
        unfit=UNFIT,
        unsafe=UNSAFE,
        windows11=WINDOWS_11,
        disks=DISKS,
        w11_marks=W11_MARKS,
        short_w11=SHORT_WINDOWS_11,
        more=any(query.text(name) for name in MORE),
        sample=SAMPLE,
        any_machine=bool(known),
        csv_url=query.url().replace("/may-tinh", "/may-tinh.csv", 1),
    )


@router.get("/may-tinh.csv")
def download_machines(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        wanted = read_filter(query, session, account.scope, now)
        sort = query.sort(SORTS, "tuoi")
        rows = list_machines(session, wanted, SORTS[sort[0]], sort[1], limit=None)
    _ = text_of(request)
    head = [_(label) for label in CSV_HEAD]
    year = format.local(now).year
    return csv_response("may-tinh", format.local(now), head, (csv_row(row, year, lang) for row in rows))


def read_filter(query: ListQuery, session: Session, scope: Scope, now: datetime) -> MachineFilter:
    """The filter that the URL asks for, inside the reader's scope. Without a status: machines that figures count."""
    day = format.local(now).date()
    area_id, unit_id = query.number("khu-vuc"), query.text("xa", 24)
    unfit = query.choice("chua-dat", [*UNFIT, *codes.UNFIT])
    unsafe = query.choice("bao-ve", [*UNSAFE, *codes.UNSAFE])
    windows11, disk = query.choice("win11", WINDOWS_11), query.choice("o-dia", DISKS)
    status = query.choice("tinh-trang", [*codes.MACHINE_STATUS, ALL_STATUSES], "counted")
    wanted = MachineFilter(
        words=query.text("tim"),
        scope=narrow(session, scope, area_id, unit_id, day),
        site_id=query.number("dia-diem"),
        unfit=UNFIT[unfit][0] if unfit in UNFIT else unfit,
        unsafe=UNSAFE[unsafe][0] if unsafe in UNSAFE else unsafe,
        windows11=WINDOWS_11[windows11][0] if windows11 else "",
        disk=DISKS[disk][0] if disk else "",
        os_name=query.text("he-dieu-hanh", 120),
        status="" if status == ALL_STATUSES else status,
    )
    outdated, sample = query.choice("lac-hau", OUTDATED), query.choice("mau", SAMPLE)
    if outdated:
        wanted = replace(wanted, outdated=OUTDATED[outdated][0])
    return replace(wanted, sample=SAMPLE[sample][0]) if sample else wanted
