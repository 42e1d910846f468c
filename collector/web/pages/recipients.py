"""Who gets the weekly mail: list, add, change, end, import. Rows are never deleted: the ledger points to them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Annotated

from fastapi import Depends, Request, Response, UploadFile
from sqlmodel import Session

from collector.i18n import N_, Translate
from collector.web.base import (
    CurrentAccount,
    PageError,
    RowId,
    now_of,
    page,
    page_router,
    redirect,
    store_of,
    text_of,
)
from collector.web.paging import ListQuery, Paging
from collector.web.recipient_words import SALUTATION_WORDS, SCOPE_WORDS, said
from inventory.domain.problem import BadValue
from inventory.domain.recipient import RecipientForm
from inventory.domain.week import local_day
from inventory.store import recipients
from inventory.store.recipients import BadRecipient, form_of, is_valid, list_recipients, may_see
from inventory.store.sessions import Viewer
from inventory.store.tables import Recipient
from inventory.store.unit_tree import UnitTree, load_tree, scope_names
from inventory.transfer.recipients_csv import COLUMNS, RecipientsFileError, import_recipients

router = page_router("recipients")
PATH = "/quan-tri/nguoi-nhan"
_LONGEST = 1000


async def typed_form(request: Request) -> RecipientForm:
    """What stands in the fields; a field that is not sent is empty."""
    sent = await request.form()
    return RecipientForm(**{item.name: str(sent.get(item.name, ""))[:_LONGEST] for item in fields(RecipientForm)})


TypedForm = Annotated[RecipientForm, Depends(typed_form)]


@router.get(PATH)
def show_recipients(request: Request, account: CurrentAccount) -> Response:
    return _show(request, account, RecipientForm(scope_kind="unit"))


@router.get(PATH + "/{recipient_id}")
def show_recipient(request: Request, recipient_id: RowId, account: CurrentAccount) -> Response:
    with store_of(request).reading() as session:
        row = _found(session, recipient_id, account)
    return _show(request, account, form_of(row), changing=row)


@router.post(PATH)
def add(request: Request, account: CurrentAccount, form: TypedForm) -> Response:
    try:
        with store_of(request).session() as session:
            row = recipients.add_recipient(session, form, _province(request), account.login, now_of(request))
            _require_own(row, account)
    except BadRecipient as error:
        return _show(request, account, form, problems=error.problems)
    return redirect(PATH, flash=N_("Đã thêm người nhận %(email)s."), email=row.email)


@router.post(PATH + "/nhap")
def import_file(request: Request, account: CurrentAccount, file: UploadFile) -> Response:
    if not account.scope.everything:
        raise PageError(403, N_("Tài khoản này chỉ được sửa từng người nhận"), N_("Nhờ quản trị hệ thống nhập tệp."))
    content, name = file.file.read(), file.filename or "nguoi-nhan.csv"
    try:
        with store_of(request).session() as session:
            done = import_recipients(session, content, name, _province(request), account.login, now_of(request))
    except RecipientsFileError as error:
        return _show(request, account, RecipientForm(scope_kind="unit"), file_problems=error.problems)
    text = N_("Đã thêm %(added)s người nhận; %(known)s dòng đã có từ trước.")
    return redirect(PATH, flash=text, added=str(done.added), known=str(done.known))


@router.post(PATH + "/{recipient_id}")
def change(request: Request, recipient_id: RowId, account: CurrentAccount, form: TypedForm) -> Response:
    with store_of(request).reading() as session:
        row = _found(session, recipient_id, account)
    try:
        with store_of(request).session() as session:
            login, now = account.login, now_of(request)
            row = recipients.change_recipient(session, recipient_id, form, _province(request), login, now)
            _require_own(row, account)
    except BadRecipient as error:
        return _show(request, account, form, changing=row, problems=error.problems)
    return redirect(PATH, flash=N_("Đã sửa người nhận %(email)s."), email=row.email)


@router.post(PATH + "/{recipient_id}/ket-thuc")
def end(request: Request, recipient_id: RowId, account: CurrentAccount) -> Response:
    with store_of(request).session() as session:
        row = _found(session, recipient_id, account)
        recipients.end_recipient(session, recipient_id, account.login, now_of(request))
    return redirect(PATH, flash=N_("%(email)s không nhận thư tuần nữa từ hôm nay."), email=row.email)


def _show(
    request: Request,
    account: Viewer,
    form: RecipientForm,
    changing: Recipient | None = None,
    problems: list[BadValue] | None = None,
    file_problems: list[BadValue] | None = None,
) -> Response:
    query, today, _ = ListQuery(request), local_day(now_of(request)), text_of(request)
    with store_of(request).reading() as session:
        rows = [row for row in list_recipients(session) if may_see(account.scope, row.scope_kind, row.scope_id)]
        tree = load_tree(session, _province(request), today)
        names = scope_names(session, [(row.scope_kind, row.scope_id) for row in rows])
        areas = recipients.area_choices(session)
    wanted = query.text("tim").casefold()
    kept = [row for row in rows if wanted in f"{names[row.scope_kind, row.scope_id]} {row.email}".casefold()]
    paging = Paging(query, len(kept))
    shown = kept[paging.offset : paging.offset + paging.size]
    units = [(unit.id, unit.full) for unit in tree.names.values() if account.scope.covers(unit.id)]
    return page(
        request,
        "recipients.html",
        status_code=422 if problems or file_problems else 200,
        query=query,
        paging=paging,
        rows=[_row(row, names, tree, is_valid(row, today)) for row in shown],
        form=asdict(form),
        changing=changing,
        errors=_by_field(problems or [], _),
        file_errors=[f"{problem.where}: {said(problem, _)}" for problem in file_problems or []],
        units=sorted((pair for pair in units if pair[0] != tree.province_id), key=lambda pair: pair[1]),
        areas=areas,
        scope_words=SCOPE_WORDS,
        salutations=SALUTATION_WORDS,
        columns=COLUMNS,
    )


def _row(row: Recipient, names: dict[tuple[str, str], str], tree: UnitTree, valid: bool) -> tuple[object, ...]:
    """Recipient, name of its scope, whether it gets mail, and the units that stand for an ended one."""
    heirs = [tree.names[unit_id].full for unit_id in tree.heirs.get(row.scope_id, ()) if unit_id in tree.names]
    return row, names[(row.scope_kind, row.scope_id)], valid, heirs if row.scope_kind == "unit" else []


def _by_field(problems: list[BadValue], translate: Translate) -> dict[str, str]:
    return {problem.where: said(problem, translate) for problem in reversed(problems)}


def _found(session: Session, recipient_id: int, account: Viewer) -> Recipient:
    row = session.get(Recipient, recipient_id)
    if row is None or not may_see(account.scope, row.scope_kind, row.scope_id):
        raise PageError(404, N_("Không tìm thấy người nhận này"), N_("Chọn trong danh sách người nhận."))
    return row


def _require_own(row: Recipient, account: Viewer) -> None:
    if not may_see(account.scope, row.scope_kind, row.scope_id):
        raise BadRecipient([BadValue("scope_id", "tài khoản này không quản lý phạm vi đó", "chọn phạm vi khác")])


def _province(request: Request) -> str:
    return str(request.app.state.settings.province_id)
