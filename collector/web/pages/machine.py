"""One machine: what it is, how old and why, what is unfit, where it was; and the form for what people declare."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import Form, Request, Response
from sqlmodel import Session

from collector.i18n import N_, bundle_words, format
from collector.i18n import words as codes
from collector.web import words
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
from collector.web.changes import change_lines
from collector.web.machine_form import IMPORTED, SOURCES, MachineForm
from collector.web.machine_safety import (
    disk_views,
    monitor_views,
    not_judged,
    volume_views,
    weaknesses,
    windows11_view,
)
from collector.web.machine_view import age_rows, age_view, short_cpu, unfit_views
from inventory.domain.freshness import stale_days
from inventory.domain.policy import Policy
from inventory.store.machine_sheet import STATUSES, MachineSheet, declaration, declare, load_sheet
from inventory.store.policy import effective_policy
from inventory.store.roads import list_roads
from inventory.store.sessions import Viewer
from inventory.store.sites import unit_crumbs

router = page_router("machines")

CONTACT_DAYS = 14


@router.get("/may-tinh/{machine_id}")
def show_machine(request: Request, machine_id: RowId, account: CurrentAccount) -> Response:
    return _show(request, account, machine_id)


@router.post("/may-tinh/{machine_id}/khai-bao")
def save_declaration(
    request: Request,
    machine_id: RowId,
    account: CurrentAccount,
    asset_tag: Annotated[str, Form()] = "",
    purchase_date: Annotated[str, Form()] = "",
    purchase_source: Annotated[str, Form()] = "",
    status: Annotated[str, Form()] = "",
    status_note: Annotated[str, Form()] = "",
) -> Response:
    now = now_of(request)
    form = MachineForm(asset_tag, purchase_date, purchase_source, status, status_note)
    with store_of(request).session() as session:
        sheet = _load(request, session, account, machine_id)
        if not _may_declare(account):
            raise PageError(
                403, N_("Tài khoản này chỉ được xem"), N_("Liên hệ quản trị hệ thống nếu cần quyền cập nhật.")
            )
        said = form.read(declaration(sheet.machine), format.local(now).date())
        changed = said is not None and declare(session, machine_id, said, account.login, now, address_of(request))
    if said is None:
        return _show(request, account, machine_id, 422, form)
    flash = N_("Đã lưu. Kết luận về máy này được tính lại trong ít phút.") if changed else N_("Không có gì thay đổi.")
    return redirect(f"/may-tinh/{machine_id}", flash=flash)


def _show(
    request: Request, account: Viewer, machine_id: int, status: int = 200, form: MachineForm | None = None
) -> Response:
    now, lang = now_of(request), lang_of(request)
    _ = text_of(request)
    with store_of(request).reading() as session:
        sheet = _load(request, session, account, machine_id)
        trail = unit_crumbs(session, sheet.unit.id)
        policy, _version = effective_policy(session, sheet.machine.site_id)
        roads = list_roads(session, account.scope, machine_id=machine_id)
    machine, today = sheet.machine, format.local(now).date()
    name = machine.hostname or machine.model or _("(chưa có tên)")
    return page(
        request,
        "machine.html",
        status_code=status,
        sheet=sheet,
        m=machine,
        stale_days=stale_days(machine.last_contact_at, policy, now),
        name=name,
        age=age_view(machine, today.year, lang),
        age_rows=age_rows(machine, lang),
        unfit=unfit_views(machine, lang),
        **_condition(sheet, policy, today, lang),
        sections=_sections(sheet, lang),
        section_words=words,
        changes=_changes(sheet, lang),
        contact_days=CONTACT_DAYS,
        roads=roads,
        form=form or MachineForm.of(declaration(machine), lang),
        purchase_sources=SOURCES | ({"import": IMPORTED} if machine.purchase_source == "import" else {}),
        statuses=[*STATUSES, *([machine.status] if machine.status not in STATUSES else [])],
        may_declare=_may_declare(account),
        today=today,
        crumbs=[
            *((text, f"/don-vi/{key}" if account.scope.covers(key) else "") for key, text in trail),
            (sheet.site.name, f"/dia-diem/{sheet.site.id}"),
            (name, ""),
        ],
    )


def _condition(sheet: MachineSheet, policy: Policy, today: date, lang: str) -> dict[str, object]:
    """Protection, Windows 11, disks and screens, for the template."""
    machine = sheet.machine
    told = {section.name: section.data for section in sheet.sections}
    return {
        "weak": weaknesses(machine, lang),
        "not_judged": not_judged(told.get("posture"), policy, today, lang),
        "w11": windows11_view(machine, lang),
        "disks": disk_views(told.get("hardware"), told.get("storage"), lang),
        "volumes": volume_views(told.get("storage"), policy, lang),
        "advice": [code for code in machine.advice or () if not str(code).startswith("windows11_")],
        "monitors": monitor_views(told.get("hardware"), lang),
        "short_cpu": short_cpu,
        "bundle_words": bundle_words,
    }


def _load(request: Request, session: Session, account: Viewer, machine_id: int) -> MachineSheet:
    """The machine if the account may see it; what it may not see is answered like what does not exist."""
    sheet = load_sheet(session, machine_id, now_of(request) - timedelta(days=CONTACT_DAYS))
    if sheet is None or not account.scope.covers(sheet.unit.id):
        raise PageError(404, N_("Không tìm thấy máy tính này"), N_("Chọn trong danh sách máy tính."))
    return sheet


def _may_declare(account: Viewer) -> bool:
    return account.role in ("admin", "officer", "commune")


def _sections(sheet: MachineSheet, lang: str) -> list[dict[str, object]]:
    """Sections in the order of the page, as tables of text."""
    found = {section.name: section for section in sheet.sections}
    return [
        {
            "row": found[name],
            "title": codes.word(words.SECTIONS, name, lang),
            "fields": words.field_rows(name, found[name].data, lang) if found[name].data is not None else [],
            "tables": words.list_tables(name, found[name].data, lang) if found[name].data is not None else [],
        }
        for name in [*words.SECTIONS, *sorted(set(found) - set(words.SECTIONS))]
        if name in found
    ]


def _changes(sheet: MachineSheet, lang: str) -> list[tuple[object, str, list[str]]]:
    """(moment, section, lines), newest first; versions that differ only in what is not shown are left out."""
    rows = (
        (v.at, codes.word(words.SECTIONS, v.name, lang), change_lines(v.name, v.before, v.after, lang))
        for v in sheet.versions
    )
    return [row for row in rows if row[2]]
