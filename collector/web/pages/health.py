"""Health of the service itself, for administrators."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request, Response

from collector.i18n import N_
from collector.web.base import CurrentAccount, now_of, page, page_router, store_of
from collector.web.scope import place
from inventory.store.service_sheet import service_sheet

router = page_router("health")

JOBS: Mapping[str, str] = {
    "evaluate": N_("Đánh giá máy tính và địa điểm"),
    "weekly": N_("Lập thư tuần"),
    "outbox": N_("Gửi thư"),
    "housekeeping": N_("Dọn dữ liệu quá hạn lưu"),
    "beat": N_("Ghi nhận máy thu đang chạy"),
}


@router.get("/quan-tri/suc-khoe")
def show_health(request: Request, account: CurrentAccount) -> Response:
    settings = request.app.state.settings
    return page(
        request,
        "health.html",
        sheet=service_sheet(store_of(request), now_of(request)),
        jobs=JOBS,
        smtp=settings.smtp_host,
        mail_folder=settings.mail_folder,
        may_see_rejected=account.role in place("rejected").roles,
        may_see_mail=account.role in place("weekly").roles,
        may_see_sites=account.role in place("sites").roles,
    )
