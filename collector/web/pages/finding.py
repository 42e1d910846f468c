"""One finding: what is wrong and why we say so, what to do, who and by when, its history; the form for its state."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from sqlmodel import Session

from collector.i18n import N_, format
from collector.i18n import words as codes
from collector.i18n.remedies import REMEDIES
from collector.web.base import (
    CurrentAccount,
    PageError,
    RowId,
    address_of,
    lang_of,
    now_of,
    page,
    page_router,
    redirect,
    store_of,
    text_of,
)
from collector.web.evidence import evidence_rows
from collector.web.pages.findings import only_party
from inventory.domain.finding import PUT_ASIDE, STATES, allowed
from inventory.store.finding_lists import FindingRow, load_finding
from inventory.store.findings import FindingError, change_state
from inventory.store.sessions import Viewer
from inventory.store.tables import FindingEvent

router = page_router("findings")

MAX_NOTE = 500
NO_PROBLEM = ("", "")
EVENTS = {
    "opened": N_("ghi nhận lần đầu"),
    "reopened": N_("ghi nhận lại"),
    "closed": N_("không còn ghi nhận"),
    "state": N_("đổi trạng thái"),
    "note": N_("ghi chú"),
    "evidence": N_("bằng chứng thay đổi"),
    "corrected": N_("đính chính"),
}
CORRECTIONS = {
    "confirmed": N_("trước chỉ là nghi vấn; dữ liệu gửi về sau xác nhận mất kết nối"),
    "power": N_("dữ liệu gửi về sau cho biết nguyên nhân là mất điện"),
    "changed": N_("dữ liệu gửi về sau cho biết trạng thái hoặc nguyên nhân khác với lúc đầu"),
    "withdrawn": N_("dữ liệu gửi về sau cho thấy địa điểm không mất kết nối: rút lại cảnh báo"),
}


@router.get("/viec-can-xu-ly/{finding_id}")
def show_finding(request: Request, finding_id: RowId, account: CurrentAccount) -> Response:
    return _show(request, account, finding_id)


@router.post("/viec-can-xu-ly/{finding_id}/trang-thai")
def set_state(
    request: Request,
    finding_id: RowId,
    account: CurrentAccount,
    state: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    note = " ".join(note.split())
    with store_of(request).session() as session:
        row, _events = _load(request, session, account, finding_id)
        if not _may_change(account):
            raise PageError(
                403, N_("Tài khoản này chỉ được xem"), N_("Liên hệ quản trị hệ thống nếu cần quyền cập nhật.")
            )
        problem = _problem(account, row, state, note)
        if problem == NO_PROBLEM:
            try:
                change_state(session, finding_id, state, note, account.login, now_of(request), address_of(request))
            except FindingError:
                session.rollback()
                problem = ("state", N_("Trạng thái này không còn phù hợp; tải lại trang rồi chọn lại."))
    if problem != NO_PROBLEM:
        return _show(request, account, finding_id, 422, problem, state, note)
    return redirect(f"/viec-can-xu-ly/{finding_id}", flash=N_("Đã cập nhật."))


def _show(
    request: Request,
    account: Viewer,
    finding_id: int,
    status: int = 200,
    problem: tuple[str, str] = NO_PROBLEM,
    state: str = "",
    note: str = "",
) -> Response:
    with store_of(request).reading() as session:
        row, events = _load(request, session, account, finding_id)
    finding, lang = row.finding, lang_of(request)
    _ = text_of(request)
    title = codes.word(codes.FINDING_KINDS, finding.kind, lang)
    return page(
        request,
        "finding.html",
        status_code=status,
        row=row,
        f=finding,
        title=title,
        events=events,
        event_words=EVENTS,
        notes={event.id: _note(event, lang) for event in events},
        evidence=evidence_rows(finding.kind, finding.evidence, lang),
        remedy=_(REMEDIES[finding.kind]) if finding.kind in REMEDIES else "",
        subject_url=_subject_url(row),
        may_change=_may_change(account),
        choices=[finding.state, *_choices(account, finding.state)],
        problem=problem,
        chosen=state or finding.state,
        note=note,
        max_note=MAX_NOTE,
        crumbs=[(_("Việc cần xử lý"), "/viec-can-xu-ly"), (row.unit_name, ""), (title, "")],
    )


def _note(event: FindingEvent, lang: str) -> str:
    """What a person wrote, or what the collector corrected, in words."""
    if event.what != "corrected":
        return event.note
    return "; ".join(codes.word(CORRECTIONS, code, lang) for code in event.note.split())


def _load(
    request: Request, session: Session, account: Viewer, finding_id: int
) -> tuple[FindingRow, list[FindingEvent]]:
    """The finding if the account may see it; what it may not see is answered like what does not exist."""
    found = load_finding(session, finding_id, format.local(now_of(request)).date())
    if found is not None:
        finding = found[0].finding
        party = only_party(account)
        if account.scope.covers(finding.unit_id) and party in ("", finding.responsible):
            return found
    raise PageError(404, N_("Không tìm thấy việc này"), N_("Chọn trong danh sách việc cần xử lý."))


def _may_change(account: Viewer) -> bool:
    return account.role in ("admin", "officer", "commune", "operator")


def _choices(account: Viewer, before: str) -> list[str]:
    """States to offer. Leaving a finding out of account is the administration's decision, not the operator's."""
    return [s for s in STATES if allowed(before, s) and not (account.role == "operator" and s == "excluded")]


def _problem(account: Viewer, row: FindingRow, state: str, note: str) -> tuple[str, str]:
    """(field, message id) of what is wrong with the form; ("", "") when nothing is."""
    before = row.finding.state
    if state != before and state not in _choices(account, before):
        return "state", N_("Chọn một trạng thái trong danh sách.")
    if len(note) > MAX_NOTE:
        return "note", N_("Ghi chú dài quá 500 ký tự; hãy rút gọn.")
    if state == before and not note:
        return "note", N_("Chưa có gì thay đổi: chọn trạng thái khác hoặc viết ghi chú.")
    if state in PUT_ASIDE and not note:
        return "note", N_("Trạng thái này cần lý do: viết vào ô ghi chú.")
    return NO_PROBLEM


def _subject_url(row: FindingRow) -> str:
    finding = row.finding
    if not row.subject_name:
        return ""
    paths = {"machine": "/may-tinh/", "site": "/dia-diem/"}
    return paths[finding.subject_kind] + finding.subject_id if finding.subject_kind in paths else ""
