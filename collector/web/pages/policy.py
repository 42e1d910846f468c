"""The thresholds: what each means, its source, what holds where, who changed it; and a form to change one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from sqlmodel import Session

from collector.i18n import N_, format
from collector.i18n import policy_words as words
from collector.web.base import (
    CurrentAccount,
    PageError,
    lang_of,
    now_of,
    page,
    page_router,
    redirect,
    store_of,
    text_of,
)
from collector.web.paging import ListQuery
from collector.web.thresholds import FORM_HINTS, LONG_KINDS, shown, written
from inventory.domain.policy import RULES, BadValue
from inventory.domain.policy_rules import GROUPS
from inventory.domain.unit import full_name
from inventory.store.policy import list_scopes
from inventory.store.policy_sheet import change_threshold, history, thresholds
from inventory.store.scope import Scope
from inventory.store.sessions import Viewer
from inventory.store.sites import SiteFilter, list_sites
from inventory.store.tables import Site, Unit

router = page_router("policy")

PATH = "/quan-tri/chinh-sach"


@router.get(PATH)
def show_policy(request: Request, account: CurrentAccount) -> Response:
    return _show(request, account)


@router.post(PATH)
def change_policy(
    request: Request,
    account: CurrentAccount,
    key: Annotated[str, Form(max_length=80)] = "",
    value: Annotated[str, Form(max_length=8000)] = "",
    note: Annotated[str, Form(max_length=300)] = "",
    reset: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    query = ListQuery(request)
    if key not in RULES:
        raise PageError(404, N_("Không có ngưỡng này"), N_("Chọn trong danh sách ngưỡng."))
    try:
        with store_of(request).session() as session:
            kind, scope_id = _chosen(session, query, account.scope)
            if kind == "all" and not account.scope.everything:
                raise PageError(403, N_("Tài khoản này không đổi được ngưỡng của toàn tỉnh"), N_("Chọn một địa điểm."))
            new = None if reset else value
            change_threshold(session, kind, scope_id, key, new, account.login, note, now_of(request))
    except BadValue as error:
        return _show(request, account, 422, key, value, error.text(text_of(request)))
    return redirect(query.url(sua=None) + "#" + key, flash=N_("Đã lưu chính sách. Máy trạm nhận trong vài phút."))


def _show(
    request: Request, account: Viewer, status: int = 200, editing: str = "", typed: str | None = None, error: str = ""
) -> Response:
    query, lang, _ = ListQuery(request), lang_of(request), text_of(request)
    editing = editing or query.choice("sua", RULES)
    with store_of(request).reading() as session:
        kind, scope_id = _chosen(session, query, account.scope)
        rows = thresholds(session, kind, scope_id)
        versions = history(session, kind, scope_id)
        sites = list_sites(
            session, SiteFilter(account.scope), format.local(now_of(request)).date(), sort="xa", limit=5000
        )
        named = [(f"{k}:{i}", _name(session, k, i, account.scope)) for k, i in list_scopes(session)]
        here = _name(session, kind, scope_id, account.scope)
    return page(
        request,
        "policy.html",
        status_code=status,
        query=query,
        scope=f"{kind}:{scope_id}",
        scope_name=here,
        special=[(code, name) for code, name in named if name],
        sites=[(f"site:{row.site.id}", f"{row.unit_name} – {row.site.name}") for row in sites],
        groups=[(words.GROUPS[group], [row for row in rows if row.rule.group == group]) for group in GROUPS],
        versions=versions,
        editing=editing,
        typed=typed,
        error=error,
        shown=lambda rule, value: shown(rule, value, lang, _),
        written=written,
        long_kinds=LONG_KINDS,
        form_hints=FORM_HINTS,
        policy_words=words,
        rules=RULES,
        may_edit=kind != "all" or account.scope.everything,
    )


def _chosen(session: Session, query: ListQuery, scope: Scope) -> tuple[str, str]:
    """The scope that the URL asks for; the whole province without one. What may not be seen is not there."""
    code = query.text("pham-vi", 40) or "all:"
    kind, _, scope_id = code.partition(":")
    if _name(session, kind, scope_id, scope) is None:
        raise PageError(404, N_("Không có phạm vi này"), N_("Chọn toàn tỉnh hoặc một địa điểm trong danh sách."))
    return kind, scope_id


def _name(session: Session, kind: str, scope_id: str, scope: Scope) -> str | None:
    """ "" is the whole province; None: there is no such scope, or the account may not see it."""
    if kind == "all" and not scope_id:
        return ""
    if kind == "unit":
        unit = session.get(Unit, scope_id)
        return full_name(unit.type_label, unit.name) if unit is not None and scope.covers(unit.id) else None
    if kind == "site" and scope_id.isdecimal() and len(scope_id) < 10:
        site = session.get(Site, int(scope_id))
        return site.name if site is not None and scope.covers(site.unit_id) else None
    return None
