"""The audit log: who changed what, when, from where, before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import Request, Response

from collector.i18n import N_, format, words
from collector.web.base import CurrentAccount, lang_of, page, page_router, store_of
from collector.web.evidence import written
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
    "agent.enrol_offline": N_("ghi tệp ghi danh mang theo"),
    "agent.revoke": N_("thu hồi trạm thu thập"),
    "bundle.import": N_("nhập báo cáo từ USB"),
    "policy.change": N_("đổi chính sách"),
    "services.change": N_("đổi danh sách dịch vụ"),
    "site.meeting_point": N_("chọn điểm cầu"),
    "sample.load": N_("nạp dữ liệu mẫu"),
    "rejected.resolve": N_("xem báo cáo lỗi"),
    "rejected.resolve_all": N_("xem cả danh sách báo cáo lỗi"),
}
KINDS: Mapping[str, str] = {
    "all": N_("toàn tỉnh"),
    "account": N_("tài khoản"),
    "agent": N_("trạm thu thập"),
    "area": N_("khu vực"),
    "bundle": N_("gói báo cáo USB"),
    "finding": N_("việc"),
    "machine": N_("máy tính"),
    "outbox": N_("thư tuần"),
    "policy": N_("chính sách"),
    "province": N_("tỉnh"),
    "recipient": N_("người nhận thư"),
    "rejected_report": N_("báo cáo lỗi"),
    "site": N_("địa điểm"),
    "token": N_("mã ghi danh"),
    "unit": N_("đơn vị"),
}
_FIELDS: Mapping[str, str] = {"state": N_("trạng thái"), "note": N_("ghi chú"), "expires_at": N_("hết hạn"),
                              "uses": N_("số máy"), "site": N_("địa điểm"), "hostname": N_("tên máy"),
                              "login": N_("tên đăng nhập"), "role": N_("vai trò"), "hint": N_("ký tự cuối của mã"),
                              "secrets_changed": N_("đổi mật khẩu, khóa trong")}  # fmt: skip
LINKS = {"finding": "/viec-can-xu-ly/", "machine": "/may-tinh/", "site": "/dia-diem/"}


@router.get("/quan-tri/nhat-ky")
def show_audit(request: Request, account: CurrentAccount) -> Response:
    query, lang = ListQuery(request), lang_of(request)
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
        rows=[(row, _changes(row.before, row.after, lang)) for row in rows],
        actors=actors,
        actions=actions,
        kinds=kinds,
        kind_words=KINDS,
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


def _changes(before: dict[str, Any] | None, after: dict[str, Any] | None, lang: str) -> list[tuple[str, str, str]]:
    """(name, before, after) of what is not the same on both sides; "" where a side has nothing."""
    old, new = before or {}, after or {}
    keys: dict[str, None] = dict.fromkeys([*old, *new])
    return [
        (words.word(_FIELDS, key, lang), _text(key, old.get(key), lang), _text(key, new.get(key), lang))
        for key in keys
        if key not in old or old[key] != new.get(key)
    ]


def _text(key: str, value: Any, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return words.word(words.FINDING_STATES, value, lang) if key == "state" else written(value, lang)
    return json.dumps(value, ensure_ascii=False)
