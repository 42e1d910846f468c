"""What every page stands on. A page is one module in `collector/web/pages/`, one template, one row in PAGES:

    from collector.web.base import CurrentAccount, PageError, RowId, page, page_router, redirect

    router = page_router("sites")                 # key of a Place in collector/web/scope.py: guards and highlights it

    @router.get("/dia-diem/{site_id}")
    def show_site(request: Request, site_id: RowId, account: CurrentAccount) -> Response:
        with store_of(request).reading() as session:               # plain `def`: runs in a thread, may block
            site = find_site(session, account.scope, site_id)      # the store filters by scope
        if site is None:
            raise PageError(404, N_("Không tìm thấy địa điểm"), N_("Chọn trong danh sách địa điểm."))
        _ = text_of(request)
        return page(request, "site.html", site=site, crumbs=[(_("Địa điểm"), "/dia-diem"), (site.name, "")])

    @router.post("/dia-diem/{site_id}/ghi-chu")   # CSRF is checked for every POST; put {{ csrf_field }} in the form
    def add_note(request: Request, site_id: RowId, account: CurrentAccount, note: Annotated[str, Form()]) -> Response:
        ...
        return redirect(f"/dia-diem/{site_id}", flash=N_("Đã lưu ghi chú."))     # message id; shown once

`{% extends "layout.html" %}`, `{% import "_macros.html" as ui %}`; blocks: `title`, `actions` (the one primary action),
`content`, and `aside_note` under the title. In every template: `_`, `ngettext`, `number`, `decimal`, `percent`, `day`,
`moment`, `ago(value, now)`, `span`, `gigabytes`, `word(words.SITE_STATES, code)`, `words`, `lang`, `account`, `now`,
`csrf_field`, `flash`. Text with values: `_("Còn %(n)s máy", n=number(3))`; a literal percent sign is written `%%`.
Lists: collector/web/paging.py. Words for codes: collector/i18n/words.py.
Needs `request.app.state.store/.settings/.clock`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from collector.i18n import LANGUAGES, SOURCE, Translate, translator
from collector.web.banners import banners, waiting
from collector.web.csrf import check_csrf, field
from collector.web.scope import FOLDED, home_of, menu_of, place
from collector.web.templating import environment
from inventory.store.engine import Store
from inventory.store.sessions import COOKIE, Viewer, find_viewer

LANG_COOKIE = "gapwatch_lang"
FLASH_COOKIE = "gapwatch_flash"
SIGN_IN = "/dang-nhap"
CHANGE_PASSWORD = "/doi-mat-khau"  # noqa: S105 - a path
_YEAR_S = 365 * 86_400
_MAX_FLASH = 4096
_ODD_FORMAT = re.compile(r"%(?!%|\(\w+\)s)")

RowId = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""The type of a row's number in a path: what no database can hold is refused before it gets there."""


class NotSignedIn(Exception):
    """Nobody is signed in: the browser is sent to the sign-in page and comes back afterwards."""


class PageError(Exception):
    """Shown as a page. `title` and `remedy` are message ids: what is wrong, and what to do about it."""

    def __init__(self, status: int, title: str, remedy: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.remedy = remedy


def store_of(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def now_of(request: Request) -> datetime:
    """The service's clock: aware UTC."""
    now: datetime = request.app.state.clock()
    return now


def lang_of(request: Request) -> str:
    """`?lang=` if given, else what this browser chose before, else Vietnamese."""
    for value in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        if value in LANGUAGES:
            return value
    return SOURCE


def text_of(request: Request) -> Translate:
    """`_` in the language of this request."""
    return translator(lang_of(request))


def address_of(request: Request) -> str:
    """The browser's address, for audit log and rate limit. Behind a proxy, tell the server to trust the proxy."""
    return request.client.host if request.client else ""


def is_https(request: Request) -> bool:
    """Whether users reach the service by https: then cookies are marked Secure."""
    return str(request.app.state.settings.base_url).startswith("https:")


def load_account(request: Request) -> Viewer | None:
    """Who is signed in, if anybody; read once per request."""
    if not hasattr(request.state, "viewer"):
        token = request.cookies.get(COOKIE, "")
        request.state.viewer = None
        if token:
            with store_of(request).reading() as session:
                request.state.viewer = find_viewer(session, token, now_of(request))
    viewer: Viewer | None = request.state.viewer
    return viewer


def current_account(request: Request) -> Viewer:
    """Dependency: the account that is signed in. Raises NotSignedIn, or sends to the change of a given password."""
    viewer = load_account(request)
    if viewer is None:
        raise NotSignedIn
    return viewer


CurrentAccount = Annotated[Viewer, Depends(current_account)]


def require_role(*roles: str) -> Callable[[Request], None]:
    """Dependency factory: lets only these roles pass, e.g. for the one POST of a page that all may read."""

    def check(request: Request) -> None:
        viewer = current_account(request)
        if viewer.role not in roles:
            raise PageError(403, "Tài khoản này không có quyền thực hiện việc đó", "Liên hệ quản trị hệ thống.")

    return check


def page_router(key: str) -> APIRouter:
    """A router whose pages are open to the roles of that Place, and whose POSTs carry a CSRF token."""
    here = place(key)

    def guard(request: Request) -> None:
        viewer = current_account(request)
        request.state.place = key
        if viewer.must_change:
            raise MustChange
        if viewer.role not in here.roles:
            raise PageError(
                403, "Tài khoản này không được xem trang này", "Liên hệ quản trị hệ thống nếu cần quyền xem."
            )

    return APIRouter(dependencies=[Depends(guard), Depends(check_csrf)], include_in_schema=False)


def open_router() -> APIRouter:
    """For pages that do without an account (sign-in) or without a Place. POSTs carry a CSRF token too."""
    return APIRouter(dependencies=[Depends(load_account), Depends(check_csrf)], include_in_schema=False)


class MustChange(Exception):
    """The account still has a password that somebody else chose."""


def page(request: Request, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
    """Renders a template of collector/web/templates in the language of the request."""
    lang = lang_of(request)
    viewer = load_account(request)
    flash_cookie = request.cookies.get(FLASH_COOKIE, "")
    known = {
        "account": viewer,
        "now": now_of(request),
        "path": request.url.path,
        "place": getattr(request.state, "place", ""),
        "menu": menu_of(viewer.role, request.app.state.page_paths) if viewer else [],
        "folded": FOLDED,
        "home": home_of(viewer.role) if viewer else SIGN_IN,
        "csrf_field": field(viewer.csrf) if viewer else "",
        "lang_urls": {code: _with_lang(request, code) for code in LANGUAGES},
        "nav_counts": waiting(request, viewer) if viewer and not viewer.must_change else {},
        "banners": banners(request, viewer) if viewer and not viewer.must_change else [],
        "flash": _read_flash(flash_cookie, lang),
        "crumbs": [],
    }
    html = environment(lang).get_template(template).render(known | context)
    response = HTMLResponse(html, status_code=status_code)
    if flash_cookie:
        response.delete_cookie(FLASH_COOKIE)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(LANG_COOKIE, lang, max_age=_YEAR_S, httponly=True, samesite="lax", secure=is_https(request))
    return response


def redirect(url: str, flash: str = "", kind: str = "ok", **values: str) -> RedirectResponse:
    """After a POST: go there (303) and show `flash % values` once; `kind` is ok or error. `flash` is a message id."""
    response = RedirectResponse(url, status_code=303)
    if flash:
        text = json.dumps([kind, flash, values], ensure_ascii=True)
        cookie = base64.urlsafe_b64encode(text.encode()).decode()
        response.set_cookie(FLASH_COOKIE, cookie, max_age=60, httponly=True, samesite="lax")
    return response


def sign_in_url(request: Request) -> str:
    """The sign-in page, which returns to where a GET wanted to go."""
    wanted = request.url.path
    if request.url.query:
        wanted += "?" + request.url.query
    if request.method != "GET" or wanted == "/":
        return SIGN_IN
    return f"{SIGN_IN}?tiep={quote(wanted, safe='')}"


def error_page(request: Request, status: int, title: str, remedy: str = "", **values: str) -> Response:
    """An error as a page; `title` and `remedy` are message ids, `values` fill the remedy."""
    context = {"status": status, "error_title": title, "remedy": remedy, "values": values}
    return page(request, "error.html", status_code=status, **context)


def _with_lang(request: Request, lang: str) -> str:
    params = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return f"{request.url.path}?{urlencode([*params, ('lang', lang)])}"


def _read_flash(cookie: str, lang: str) -> tuple[str, str] | None:
    """(kind, text); None when there is none or somebody tampered with it. The text is escaped where it is shown."""
    if not cookie:
        return None
    try:
        kind, message, values = json.loads(base64.urlsafe_b64decode(cookie[:_MAX_FLASH].encode()))
        if _ODD_FORMAT.search(message):  # the visitor could have written it: a width would fill the memory
            return None
        text = translator(lang)(message) % values
    except (ValueError, TypeError, KeyError):
        return None
    return (kind, text) if kind in ("ok", "error") else None
