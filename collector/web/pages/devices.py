"""Network equipment of all offices: search, filters in the URL, sorting, paging, CSV; and the page of one device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from sqlmodel import Session

from collector.i18n import N_, device_words, format
from collector.i18n import words as codes
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
from collector.web.device_view import CSV_HEAD, battery_rows, csv_row, device_view, port_rows, supply_rows
from collector.web.paging import ListQuery, Paging
from inventory.store.device_lists import (
    DeviceFilter,
    attention_counts,
    count_devices,
    find_device,
    kinds_and_makers,
    list_devices,
)
from inventory.store.machine_lists import narrow
from inventory.store.scope import Scope
from inventory.store.sites import place_choices, unit_crumbs
from inventory.store.tables import Site

router = page_router("devices")

PATH = "/thiet-bi"
SORTS: Mapping[str, str] = {
    "dia-diem": "site",
    "loai": "kind",
    "hang": "vendor",
    "ten": "name",
    "can-xem": "attention",
    "thay-cuoi": "seen",
}
ATTENTION: Mapping[str, tuple[Any, str]] = {
    "co": ("any", N_("Có điểm cần xem")),
    "vat-tu": ("supply", N_("Sắp hết mực, vật tư")),
    "ac-quy": ("battery", N_("Ắc quy yếu hoặc cần thay")),
    "snmp": ("community", N_("Mật khẩu SNMP mặc định")),
    "mat": ("gone", N_("Không còn thấy")),
}
PRESENCE: Mapping[str, tuple[Any, str]] = {
    "con": ("here", N_("Còn trong mạng")),
    "mat": ("gone", N_("Không còn thấy")),
}
UNKNOWN_KIND = "chua-ro"


@router.get(PATH)
def show_devices(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    day = format.local(now).date()
    with store_of(request).reading() as session:
        kinds, makers = kinds_and_makers(session, account.scope)
        wanted = _filter(query, session, account.scope, kinds, makers, day)
        words = {kind: codes.word(device_words.DEVICE_KINDS, kind, lang) for kind in kinds}
        paging = Paging(query, count_devices(session, wanted, words))
        sort = query.sort(SORTS, "dia-diem")
        rows = list_devices(session, wanted, SORTS[sort[0]], sort[1], paging.offset, paging.size, words)
        counts = attention_counts(session, DeviceFilter(scope=wanted.scope, site_id=wanted.site_id))
        areas, units = place_choices(session, account.scope, day)
        site = session.get(Site, wanted.site_id) if wanted.site_id is not None else None
        known = paging.total or count_devices(session, DeviceFilter(scope=account.scope))
    return page(
        request,
        "devices.html",
        query=query,
        paging=paging,
        sort=sort,
        rows=[(row, device_view(row.device, lang, row)) for row in rows],
        kinds=[(kind or UNKNOWN_KIND, words[kind]) for kind in device_words.DEVICE_KINDS if kind in words]
        + [(kind, words[kind]) for kind in kinds if kind not in device_words.DEVICE_KINDS],
        makers=_once(makers),
        areas=areas,
        units=units,
        attention=ATTENTION,
        presence=PRESENCE,
        counts=counts,
        site=site if site is not None and account.scope.covers(site.unit_id) else None,
        any_device=bool(known),
        csv_url=query.url().replace(PATH, PATH + ".csv", 1),
    )


@router.get(PATH + ".csv")
def download_devices(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        kinds, makers = kinds_and_makers(session, account.scope)
        wanted = _filter(query, session, account.scope, kinds, makers, format.local(now).date())
        words = {kind: codes.word(device_words.DEVICE_KINDS, kind, lang) for kind in kinds}
        sort = query.sort(SORTS, "dia-diem")
        rows = list_devices(session, wanted, SORTS[sort[0]], sort[1], limit=None, kind_words=words)
    _ = text_of(request)
    head = [_(label) for label in CSV_HEAD]
    return csv_response("thiet-bi-mang", format.local(now), head, (csv_row(row, lang) for row in rows))


@router.get(PATH + "/{device_id}")
def show_device(request: Request, device_id: RowId, account: CurrentAccount) -> Response:
    lang, _ = lang_of(request), text_of(request)
    with store_of(request).reading() as session:
        row = find_device(session, account.scope, device_id)
        if row is None:
            raise PageError(404, N_("Không tìm thấy thiết bị này"), N_("Chọn trong danh sách thiết bị mạng."))
        trail = unit_crumbs(session, row.unit_id)
    device = row.device
    view = device_view(device, lang, row)
    title = device.name or view.title or view.kind
    return page(
        request,
        "device.html",
        title=title,
        row=row,
        d=device,
        view=view,
        ports=port_rows(device, lang),
        supplies=supply_rows(device, lang),
        battery=battery_rows(device, lang) if device.battery else [],
        crumbs=[
            *((text, f"/don-vi/{key}" if account.scope.covers(key) else "") for key, text in trail),
            (row.site_name, f"/dia-diem/{device.site_id}"),
            (title, ""),
        ],
    )


def _filter(
    query: ListQuery, session: Session, scope: Scope, kinds: list[str], makers: list[str], day: Any
) -> DeviceFilter:
    """The filter that the URL asks for, inside the reader's scope."""
    kind = query.choice("loai", [kind or UNKNOWN_KIND for kind in kinds])
    attention, presence = query.choice("can-xem", ATTENTION), query.choice("hien-dien", PRESENCE)
    area_id, unit_id = query.number("khu-vuc"), query.text("xa", 24)
    return DeviceFilter(
        words=query.text("tim"),
        scope=narrow(session, scope, area_id, unit_id, day),
        site_id=query.number("dia-diem"),
        kind=("" if kind == UNKNOWN_KIND else kind) if kind else None,
        vendor=query.choice("hang", [maker[:80] for maker in makers]),
        attention=ATTENTION[attention][0] if attention else "",
        presence=PRESENCE[presence][0] if presence else "",
    )


def _once(makers: list[str]) -> list[tuple[str, str]]:
    """Each maker once, however the devices write it: "TP-LINK" and "TP-Link" are one for the filter, too."""
    found: dict[str, str] = {}
    for maker in makers:
        found.setdefault(maker.lower(), maker)
    return [(maker, maker) for _key, maker in sorted(found.items())]
