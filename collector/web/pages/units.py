"""One unit, usually a commune: its figures, what it was before the merger, and the ways into its lists."""

from __future__ import annotations

from fastapi import Request, Response

from collector.i18n import N_
from collector.i18n.format import local
from collector.web.base import CurrentAccount, PageError, now_of, page, page_router, store_of
from inventory.store.unit_sheet import find_unit

router = page_router("sites")


@router.get("/don-vi/{unit_id}")
def show_unit(request: Request, unit_id: str, account: CurrentAccount) -> Response:
    with store_of(request).reading() as session:
        sheet = find_unit(session, account.scope, unit_id, local(now_of(request)).date())
    if sheet is None:
        raise PageError(404, N_("Không tìm thấy đơn vị này"), N_("Chọn một xã ở trang Tổng quan."))
    crumbs = [(name, f"/don-vi/{above}" if account.scope.covers(above) else "") for above, name in sheet.crumbs[:-1]]
    return page(request, "unit.html", sheet=sheet, f=sheet.figures, crumbs=[*crumbs, (sheet.name, "")])
