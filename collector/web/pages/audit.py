"""The audit log: who changed what, when, from where, before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import Request, Response

from collector.i18n import N_, format
from collector.web.base import CurrentAccount, page, page_router, store_of
from collector.web.paging import ListQuery, Paging
from inventory.store.audit import AuditFilter, audit_choices, list_audit

router = page_router("audit")

ACTIONS: Mapping[str, str] = {
    "sign_in": N_("đăng nhập"),
    "sign_in_failed": N_("đăng nhập không thành công"),
    "sign_out": N_("đăng xuất"),
    "password.change": N_("đổi mật khẩu"),
    "account.create": N_("tạo tài khoản"),
    "finding.state": N_("đổi trạng thái việc"),
    "machine.declare": N_("khai báo máy tính"),
    "site.declare": N_("khai báo địa điểm"),
    "token.create": N_("cấp mã ghi danh"),
    "token.revoke": N_("thu hồi mã ghi danh"),
    "agent.enrol": N_("ghi danh trạm thu thập"),
    "policy.change": N_("đổi chính sách"),
    "rejected.resolve": N_("xem báo cáo lỗi"),
    "rejected.resolve_all": N_("xem cả danh sách báo cáo lỗi"),
}
LINKS = {"finding": "/viec-can-xu-ly/", "machine": "/may-tinh/", "site": "/dia-diem/"}


@router.get("/quan-tri/nhat-ky")
def show_audit(request: Request, account: CurrentAccount) -> Response:
    query = ListQuery(request)
    with store_of(request).reading() as session:
        actors, actions, kinds = audit_choices(session)
        from_at, to_at = _day(query)
        wanted = AuditFilter(
            actor=query.choice("ai", actors),
            action=query.choice("viec", actions),
            subject_kind=query.choice("loai", kinds),
            subject_id=query.text("so", 40),
            from_at=from_at,
            to_at=to_at,
        )
        _rows, total = list_audit(session, wanted, limit=1)
        paging = Paging(query, total)
        rows, _total = list_audit(session, wanted, paging.offset, paging.size)
    return page(
        request,
        "audit.html",
        query=query,
        paging=paging,
        rows=[(row, _changes(row.before, row.after)) for row in rows],
        actors=actors,
        actions=actions,
        kinds=kinds,
        action_words=ACTIONS,
        links=LINKS if account.role != "auditor" else {},
    )


def _day(query: ListQuery) -> tuple[datetime | None, datetime | None]:
    """One local day as an interval of UTC; (None, None) when no day, or none that can be read, is asked for."""
    text = query.text("ngay", 10)
    if not text:
        return None, None
    try:
        start = datetime.combine(date.fromisoformat(text), time(), format.LOCAL).astimezone(UTC)
        return start, start + timedelta(days=1)
    except (ValueError, OverflowError):
        query.problems.append(f"ngay={query.params.pop('ngay')}")
        return None, None


def _changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """(key, before, after) of everything that either side names; "" where a side has nothing."""
    keys: dict[str, None] = dict.fromkeys([*(before or {}), *(after or {})])
    return [(key, _text((before or {}).get(key)), _text((after or {}).get(key))) for key in keys]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
