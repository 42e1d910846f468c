"""The weekly mail: what will be sent, to whom and when; a preview of each letter; what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from collector.i18n import N_
from collector.settings import Settings
from collector.web.base import (
    CurrentAccount,
    PageError,
    RowId,
    now_of,
    page,
    page_router,
    redirect,
    require_role,
    store_of,
)
from collector.web.paging import ListQuery, Paging
from collector.web.security import POLICY
from inventory.domain.hours import Calendar
from inventory.domain.letter import Reader, Rendered
from inventory.domain.week import local_day, next_due, reported_week, week_of
from inventory.store import outbox
from inventory.store.claim import job_due_at
from inventory.store.recipients import may_see, readers_on, unserved_units
from inventory.store.sessions import Viewer
from inventory.store.tables import Outbox
from inventory.store.unit_tree import load_tree, scope_names
from inventory.store.weekly_letters import NoSuchScope, schedule_of, write_one

router = page_router("weekly")

STATES = {
    "queued": N_("chờ gửi"),
    "sending": N_("đang gửi"),
    "sent": N_("đã gửi"),
    "failed": N_("không gửi được"),
}
_RANK = {"province": 0, "area": 1, "unit": 2}
_ACTING = ("admin", "officer")
MARKS = {"queued": "suspect", "sending": "suspect", "sent": "up", "failed": "lost"}
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
"""For the letter alone: its style sheet is inside it, and nothing of it may run or be fetched."""
FRAMING_POLICY = POLICY + "; frame-src 'self'"


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """A letter that will be written."""

    kind: str
    id: str
    name: str
    readers: list[Reader]

    @property
    def key(self) -> str:
        """As in the URL: "unit:x21787.2"."""
        return f"{self.kind}:{self.id}"


@router.get("/thu-tuan")
def show_weekly(request: Request, account: CurrentAccount) -> Response:
    query, now = ListQuery(request), now_of(request)
    settings: Settings = request.app.state.settings
    state = query.choice("trang-thai", STATES)
    with store_of(request).reading() as session:
        due_at = _due_at(session, settings, request.app.state.calendar, now)
        scopes, unserved = _scopes(session, settings, local_day(now), account)
        seen = None if account.scope.everything else [(row.kind, row.id) for row in scopes]
        paging = Paging(query, outbox.list_outbox(session, limit=0, state=state, scopes=seen)[1])
        rows, _total = outbox.list_outbox(session, paging.offset, paging.size, state, seen)
        names = scope_names(session, [(row.scope_kind, row.scope_id) for row in rows])
        late = outbox.overdue(session, now)
    chosen = query.choice("xem", [row.key for row in scopes], scopes[0].key if scopes else "")
    response = page(
        request,
        "weekly.html",
        query=query,
        paging=paging,
        due_at=due_at,
        week=reported_week(local_day(due_at)),
        scopes=scopes,
        unserved=unserved,
        rows=[(row, names[(row.scope_kind, row.scope_id)]) for row in rows],
        state=state,
        state_words=STATES,
        marks=MARKS,
        late=late if account.scope.everything else None,
        chosen=chosen,
        letter=_letter(request, chosen) if chosen else None,
        may_act=account.role in _ACTING,
    )
    response.headers["Content-Security-Policy"] = FRAMING_POLICY
    return response


@router.get("/thu-tuan/thu")
def show_letter(request: Request, account: CurrentAccount, xem: str = "") -> Response:
    """The HTML of one letter, for the frame on the page."""
    kind, _, scope_id = xem.partition(":")
    if not may_see(account.scope, kind, scope_id):
        raise PageError(404, N_("Không có thư của phạm vi này"), N_("Chọn trong danh sách thư tuần."))
    response = HTMLResponse(_letter(request, xem).html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@router.post("/thu-tuan/{outbox_id}/gui-lai", dependencies=[Depends(require_role(*_ACTING))])
def send_again(request: Request, outbox_id: RowId, account: CurrentAccount) -> Response:
    with store_of(request).session() as session:
        row = session.get(Outbox, outbox_id)
        if row is None or not may_see(account.scope, row.scope_kind, row.scope_id):
            raise PageError(404, N_("Không tìm thấy thư này"), N_("Chọn trong danh sách thư tuần."))
        done = outbox.requeue(session, outbox_id, now_of(request), account.login)
    if not done:
        return redirect("/thu-tuan", flash=N_("Thư này không ở trạng thái “không gửi được”."), kind="error")
    return redirect("/thu-tuan", flash=N_("Thư sẽ được gửi lại trong ít phút."))


def _due_at(session: Session, settings: Settings, calendar: Calendar, now: datetime) -> datetime:
    """When the next letters are written: what the job keeps, else what policy and calendar say."""
    weekday, hour = schedule_of(session, settings.province_id)
    return job_due_at(session, outbox.WEEKLY_JOB) or next_due(now, weekday, hour, calendar)


def _scopes(session: Session, settings: Settings, today: date, account: Viewer) -> tuple[list[ScopeRow], list[str]]:
    """The letters that this account may see (province, areas, communes by name), and units without a reader."""
    tree = load_tree(session, settings.province_id, today)
    readers = readers_on(session, tree, today)
    names = scope_names(session, readers)
    rows = [
        ScopeRow(kind, scope_id, names[(kind, scope_id)], people)
        for (kind, scope_id), people in readers.items()
        if may_see(account.scope, kind, scope_id)
    ]
    unserved = unserved_units(session, tree, readers) if account.scope.everything else []
    return sorted(rows, key=lambda row: (_RANK[row.kind], row.name)), unserved


def _letter(request: Request, key: str) -> Rendered:
    """The letter with the figures of the running week to date. Raises PageError."""
    state, now = request.app.state, now_of(request)
    week, province_id = week_of(local_day(now)), state.settings.province_id
    try:
        with store_of(request).reading() as session:
            return write_one(session, province_id, week, now, state.calendar, state.compose, key)
    except NoSuchScope as error:
        raise PageError(404, N_("Không có thư của phạm vi này"), N_("Chọn trong danh sách thư tuần.")) from error
