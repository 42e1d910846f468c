"""Enrolment tokens: make one for a site, see it once with the command to type, revoke it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Form, Request, Response

from collector.i18n import N_, format
from collector.web.base import (
    CurrentAccount,
    PageError,
    RowId,
    address_of,
    now_of,
    page,
    page_router,
    redirect,
    store_of,
)
from collector.web.paging import ListQuery, Paging
from inventory.store.scope import Scope
from inventory.store.sessions import Viewer
from inventory.store.sites import SiteFilter, list_sites
from inventory.store.tables import Site
from inventory.store.tokens import MAX_USES, create_token, list_tokens, revoke_token

router = page_router("tokens")

MAX_DAYS = 366
MAX_SITES = 5000
STATES = {
    "usable": N_("dùng được"),
    "expired": N_("hết hạn"),
    "used_up": N_("đã dùng hết"),
    "revoked": N_("đã thu hồi"),
}


@router.get("/quan-tri/ma-ghi-danh")
def show_tokens(request: Request, account: CurrentAccount) -> Response:
    return _show(request, account)


@router.post("/quan-tri/ma-ghi-danh")
def make_token(
    request: Request,
    account: CurrentAccount,
    site: Annotated[str, Form()] = "",
    uses: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
) -> Response:
    typed = {"site": site.strip(), "uses": uses.strip(), "days": days.strip()}
    now = now_of(request)
    with store_of(request).session() as session:
        found = session.get(Site, int(typed["site"])) if _whole(typed["site"], 2**31 - 1) else None
        errors = _errors(account.scope, found, typed)
        token = ""
        if not errors and found is not None and found.id is not None:
            ends = now + timedelta(days=int(typed["days"]))
            token = create_token(session, found.id, int(typed["uses"]), ends, account.login, now, address_of(request))
    if errors:
        return _show(request, account, 422, typed=typed, errors=errors)
    # shown in the answer itself, not after a redirect: the token must not be kept anywhere, not even in a cookie
    return _show(request, account, made=token, made_for=found.name if found else "")


@router.post("/quan-tri/ma-ghi-danh/{token_id}/thu-hoi")
def revoke(request: Request, token_id: RowId, account: CurrentAccount) -> Response:
    with store_of(request).session() as session:
        visible = {row.id for row in list_tokens(session, account.scope, limit=MAX_SITES)[0]}
        if token_id not in visible:
            raise PageError(404, N_("Không tìm thấy mã ghi danh này"), N_("Chọn trong danh sách mã ghi danh."))
        done = revoke_token(session, token_id, account.login, now_of(request), address_of(request))
    if not done:
        return redirect("/quan-tri/ma-ghi-danh", flash=N_("Mã này đã được thu hồi từ trước."))
    return redirect(
        "/quan-tri/ma-ghi-danh", flash=N_("Đã thu hồi mã ghi danh. Máy đã ghi danh vẫn gửi báo cáo như cũ.")
    )


def _show(
    request: Request,
    account: Viewer,
    status: int = 200,
    made: str = "",
    made_for: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    query, now = ListQuery(request), now_of(request)
    site_id = query.number("dia-diem")
    with store_of(request).reading() as session:
        total = list_tokens(session, account.scope, site_id, limit=1)[1]
        paging = Paging(query, total)
        rows, _total = list_tokens(session, account.scope, site_id, paging.offset, paging.size)
        today = format.local(now).date()
        sites = list_sites(session, SiteFilter(account.scope), today, sort="xa", limit=MAX_SITES)
    server = str(request.app.state.settings.base_url)
    return page(
        request,
        "tokens.html",
        status_code=status,
        query=query,
        paging=paging,
        rows=[(row, row.state(now)) for row in rows],
        state_words=STATES,
        sites=[(row.site.id, f"{row.unit_name} – {row.site.name}") for row in sites if not row.site.excluded_reason],
        made=made,
        made_for=made_for,
        command=f"gapwatch-agent enrol --server {server} --token {made}" if made else "",
        server=server,
        typed=typed or {"site": str(site_id or ""), "uses": "1", "days": "14"},
        errors=errors or {},
        max_uses=MAX_USES,
        max_days=MAX_DAYS,
    )


def _errors(scope: Scope, site: Site | None, typed: dict[str, str]) -> dict[str, str]:
    """Message ids by field."""
    errors: dict[str, str] = {}
    if site is None or not scope.covers(site.unit_id):
        errors["site"] = N_("Chọn một địa điểm trong danh sách.")
    elif site.excluded_reason:
        errors["site"] = N_("Địa điểm này được loại trừ, không cài trạm thu thập.")
    if not _whole(typed["uses"], MAX_USES):
        errors["uses"] = N_("Số máy phải là số nguyên từ 1 đến 500.")
    if not _whole(typed["days"], MAX_DAYS):
        errors["days"] = N_("Số ngày phải là số nguyên từ 1 đến 366.")
    return errors


def _whole(text: str, high: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= high
