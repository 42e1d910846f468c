"""What concerns everybody who administers, on every page until it is mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import Request
from sqlalchemy import func
from sqlmodel import Session, select

from collector.i18n import N_
from collector.web.scope import place
from inventory.store import deaf, outbox_state, rejected
from inventory.store.sessions import Viewer
from inventory.store.tables import Agent


@dataclass(frozen=True, slots=True)
class Banner:
    """`text` is a message id for `values`; `url` leads to where it is mended."""

    text: str
    url: str
    values: dict[str, int] = field(default_factory=dict[str, int])


def banners(request: Request, viewer: Viewer) -> list[Banner]:
    """Banners for this account; only administrators and officers have any, because only they can act on them."""
    if viewer.role not in ("admin", "officer"):
        return []
    now: datetime = request.app.state.clock()
    with request.app.state.store.reading() as session:
        return [banner for source in SOURCES for banner in source(session, now)]


def waiting(request: Request, viewer: Viewer) -> dict[str, int]:
    """How many things wait behind a place of the navigation, by its key; places where nothing waits are left out."""
    if viewer.role not in place("rejected").roles:
        return {}
    with request.app.state.store.reading() as session:
        count = rejected.count_unresolved(session)
    return {"rejected": count} if count else {}


def _mail_overdue(session: Session, now: datetime) -> list[Banner]:
    state = outbox_state.overdue(session, now)
    found: list[Banner] = []
    if state.run_missed:
        found.append(Banner(N_("Thư tuần đã đến hạn nhưng chưa được lập."), "/thu-tuan"))
    if state.late:
        found.append(Banner(N_("%(n)s thư tuần đến hạn chưa gửi được."), "/thu-tuan", {"n": state.late}))
    if state.failed:
        found.append(Banner(N_("%(n)s thư tuần gửi không thành công."), "/thu-tuan", {"n": state.failed}))
    return found


def _quarantined(session: Session, now: datetime) -> list[Banner]:
    count = session.exec(select(func.count()).select_from(Agent).where(Agent.status == "quarantined")).one()
    text = N_("%(n)s trạm thu thập bị tạm giữ vì trùng định danh.")
    return [Banner(text, "/quan-tri/suc-khoe", {"n": count})] if count else []


def _deaf(session: Session, now: datetime) -> list[Banner]:
    since = deaf.open_since(session.connection())
    if since is None:
        return []
    text = N_("Từ %(n)s phút nay máy chủ không nhận được báo cáo của nơi nào: kiểm tra đường truyền của máy chủ.")
    return [Banner(text, "/quan-tri/suc-khoe", {"n": int((now - since).total_seconds() // 60)})]


SOURCES: tuple[Callable[[Session, datetime], list[Banner]], ...] = (_deaf, _mail_overdue, _quarantined)
