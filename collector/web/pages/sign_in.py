"""Sign in, sign out, choose a new password."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from collector.i18n import N_
from collector.i18n.format import local
from collector.web import auth
from collector.web.base import (
    CHANGE_PASSWORD,
    SIGN_IN,
    CurrentAccount,
    address_of,
    is_https,
    load_account,
    now_of,
    open_router,
    page,
    redirect,
    store_of,
)
from collector.web.csrf import FORM_COOKIE, field, new_form_token
from collector.web.scope import home_of
from inventory.store import accounts
from inventory.store.audit import record
from inventory.store.sessions import COOKIE, close_session
from inventory.store.tables import Account

router = open_router()

_WRONG = N_("Tên đăng nhập hoặc mật khẩu không đúng.")
_WAIT = N_("Đã thử sai quá nhiều lần. Có thể thử lại lúc %(at)s.")


@router.get(SIGN_IN)
def show_sign_in(request: Request, tiep: str = "") -> Response:
    viewer = load_account(request)
    if viewer is not None:
        return RedirectResponse(_safe_target(tiep, viewer.role), status_code=303)
    return _form(request, tiep)


@router.post(SIGN_IN)
def do_sign_in(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    tiep: Annotated[str, Form()] = "",
) -> Response:
    if not login.strip() or not password:
        return _form(request, tiep, login, N_("Nhập cả tên đăng nhập và mật khẩu."), status=400)
    lifetime = timedelta(hours=request.app.state.settings.session_hours)
    result = auth.sign_in(store_of(request), login, password, address_of(request), now_of(request), lifetime)
    if result.wait_until is not None:
        # rounded up to the minute: a try at the minute shown succeeds
        at = local(result.wait_until + timedelta(seconds=59))
        return _form(request, tiep, login, _WAIT, status=429, at=f"{at:%H:%M}")
    if not result.token:
        return _form(request, tiep, login, _WRONG, status=401)
    target = CHANGE_PASSWORD if result.must_change else _safe_target(tiep, result.role)
    response = RedirectResponse(target, status_code=303)
    response.set_cookie(COOKIE, result.token, httponly=True, samesite="lax", secure=is_https(request))
    response.delete_cookie(FORM_COOKIE)
    return response


@router.post("/dang-xuat")
def sign_out(request: Request) -> Response:
    viewer = load_account(request)
    if viewer is not None:
        with store_of(request).session() as session:
            close_session(session, viewer.token_hash)
            subject = str(viewer.account_id)
            record(session, now_of(request), viewer.login, "sign_out", "account", subject, address=address_of(request))
    response = redirect(SIGN_IN, flash=N_("Đã đăng xuất."))
    response.delete_cookie(COOKIE)
    return response


@router.get(CHANGE_PASSWORD)
def show_change(request: Request, account: CurrentAccount) -> Response:
    return page(request, "password.html", problem="")


@router.post(CHANGE_PASSWORD)
def change(
    request: Request,
    account: CurrentAccount,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    store, now = store_of(request), now_of(request)
    with store.reading() as session:
        row = session.get(Account, account.account_id)
    if row is None or not auth.password_fits(row.password_hash, old[: auth.MAX_PASSWORD]):
        return page(request, "password.html", status_code=400, problem=N_("Mật khẩu hiện tại không đúng."))
    problem = auth.password_problem(new, again, account.login, old)
    if problem:
        return page(request, "password.html", status_code=400, problem=problem)
    hashed = auth.hash_password(new)
    with store.session() as session:
        accounts.set_password(session, account.account_id, hashed, keep_session=account.token_hash)
        subject = str(account.account_id)
        record(session, now, account.login, "password.change", "account", subject, address=address_of(request))
    return redirect(home_of(account.role), flash=N_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."))


def _form(request: Request, tiep: str, login: str = "", problem: str = "", status: int = 200, at: str = "") -> Response:
    token = request.cookies.get(FORM_COOKIE) or new_form_token()
    context = {"tiep": tiep, "login": login, "problem": problem, "at": at, "csrf_field": field(token)}
    response = page(request, "sign_in.html", status_code=status, **context)
    response.set_cookie(FORM_COOKIE, token, httponly=True, samesite="lax", secure=is_https(request))
    return response


def _safe_target(wanted: str, role: str) -> str:
    """Where to go after signing in: only a path of this very service, never another address."""
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if inside and not wanted.startswith(SIGN_IN) else home_of(role)
