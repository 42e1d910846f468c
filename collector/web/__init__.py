"""The pages. `install(app)` puts them into the service; the factory in collector/app.py calls it once."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from collector.i18n import N_
from collector.web.base import CHANGE_PASSWORD, MustChange, NotSignedIn, PageError, error_page, sign_in_url
from collector.web.csrf import BadForm, check_csrf
from collector.web.pages import PAGES
from collector.web.security import SecurityHeaders
from collector.web.templating import STATIC

FORM_LIMIT = 256 * 1024
"""Bytes of a form; the longest has a few fields."""

NOT_PAGES = ("/api/", "/agent/", "/healthz", "/metrics", "/static/")
"""Paths whose errors are not shown as pages: the API and the agents have a shape of their own."""


def install(app: FastAPI) -> None:
    """Adds pages, static files, their errors and the security headers. `app.state.settings` must be set before."""
    paths: set[str] = set()
    limits: dict[str, int] = {}
    for module in PAGES:
        routes = [route for route in module.router.routes if isinstance(route, APIRoute)]
        for route in routes:
            _require_csrf(route)
        paths.update(route.path for route in routes)
        limit = getattr(module, "FORM_LIMIT", FORM_LIMIT)  # one that takes files says so
        if limit != FORM_LIMIT:
            limits.update((route.path, limit) for route in routes)
        app.include_router(module.router, max_body_size=limit)
    app.state.page_paths = frozenset(paths)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(NotSignedIn, _to_sign_in)
    app.add_exception_handler(MustChange, _to_change_password)
    app.add_exception_handler(PageError, _page_error)
    app.add_exception_handler(BadForm, _bad_form)
    app.add_middleware(FormLimit, limits=limits)
    app.add_middleware(SecurityHeaders, https=str(app.state.settings.base_url).startswith("https:"))


class FormLimit:
    """ASGI middleware: says in words that a form is too large, where the framework would only close the door."""

    def __init__(self, app: ASGIApp, limits: Mapping[str, int] | None = None) -> None:
        """limits: path -> bytes, where it is not FORM_LIMIT."""
        self.app = app
        self._limits = limits or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_page(request := Request(scope)):
            length = request.headers.get("content-length", "0")
            if (
                not length.isascii()
                or not length.isdigit()
                or int(length) > self._limits.get(scope["path"], FORM_LIMIT)
            ):
                answer = await run_in_threadpool(error_page, request, 413, *_TEXTS[413])
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def is_page(request: Request) -> bool:
    """Whether errors of this request are shown to a person as a page."""
    return not request.url.path.startswith(NOT_PAGES)


def http_error_page(request: Request, error: HTTPException | RequestValidationError | Exception) -> Response:
    """The page for errors that no page raised itself: unknown path, wrong method, form that cannot be read, a fault."""
    if isinstance(error, RequestValidationError):
        fields = ", ".join(sorted({str(item["loc"][-1]) for item in error.errors()}))
        title = N_("Đường dẫn hoặc biểu mẫu có giá trị không hợp lệ")
        return error_page(request, 400, title, N_("Kiểm tra lại: %(fields)s."), fields=fields)
    status = getattr(error, "status_code", 500)
    title, remedy = _TEXTS.get(status, _TEXTS[500] if status >= 500 else _TEXTS[400])
    return error_page(request, status, title, remedy)


_TEXTS: dict[int, tuple[str, str]] = {
    400: (N_("Yêu cầu không hợp lệ"), N_("Quay lại trang trước và thử lại.")),
    404: (N_("Không có trang này"), N_("Kiểm tra lại đường dẫn hoặc chọn một mục trong trình đơn.")),
    405: (N_("Trang này không nhận thao tác đó"), N_("Mở trang từ trình đơn rồi thực hiện lại.")),
    413: (N_("Nội dung gửi lên quá lớn"), N_("Rút gọn nội dung rồi gửi lại.")),
    500: (
        N_("Hệ thống gặp lỗi khi lập trang này"),
        N_("Thử lại sau ít phút. Nếu vẫn lỗi, báo quản trị hệ thống kèm giờ và đường dẫn."),
    ),
}


def _require_csrf(route: APIRoute) -> None:
    unsafe = (route.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    if unsafe and check_csrf not in [dependency.dependency for dependency in route.dependencies]:
        raise RuntimeError(
            f"{route.path}: make its router by page_router() or open_router(), they check the CSRF token"
        )


async def _to_sign_in(request: Request, _error: Exception) -> Response:
    return RedirectResponse(sign_in_url(request), status_code=303)


async def _to_change_password(_request: Request, _error: Exception) -> Response:
    return RedirectResponse(CHANGE_PASSWORD, status_code=303)


def _page_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, PageError):
        raise error
    return error_page(request, error.status, error.title, error.remedy)


def _bad_form(request: Request, _error: Exception) -> Response:
    title = N_("Biểu mẫu đã hết hạn hoặc không được gửi từ trang này")
    return error_page(request, 403, title, N_("Mở lại trang rồi gửi lại. Dữ liệu chưa bị thay đổi."))
