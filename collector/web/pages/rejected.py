"""Reports that broke the contract: when, from whom, why; mark them as looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Form, Request, Response

from collector.i18n import N_
from collector.web.base import CurrentAccount, RowId, address_of, now_of, page, page_router, redirect, store_of
from collector.web.paging import ListQuery, Paging
from inventory.store.rejected import list_rejected, rejected_codes, resolve_all, resolve_rejected

router = page_router("rejected")

CODES: Mapping[str, str] = {
    "frame": N_("Gói báo cáo hỏng hoặc bị cắt"),
    "seal": N_("Dấu niêm phong không khớp với khóa của trạm"),
    "limit": N_("Báo cáo quá lớn hoặc quá sâu"),
    "field": N_("Một trường trong báo cáo sai kiểu hoặc thiếu"),
    "unknown_agent": N_("Trạm thu thập không có trong danh mục"),
    "revoked": N_("Trạm thu thập đã bị thu hồi"),
    "quarantined": N_("Trạm thu thập đang bị tạm giữ"),
}
REMEDIES: Mapping[str, str] = {
    "frame": N_("Thường do đường truyền hoặc USB lỗi; nếu lặp lại trên cùng một máy thì cài lại trạm thu thập."),
    "seal": N_("Máy có thể được sao chép từ máy khác hoặc khóa đã thay; ghi danh lại bằng mã mới."),
    "limit": N_("Chạy “gapwatch-agent show” trên máy để xem phần nào quá lớn và báo cho người phát triển."),
    "field": N_("Cập nhật trạm thu thập lên bản mới; nếu vẫn lỗi thì gửi lý do này cho người phát triển."),
    "unknown_agent": N_("Ghi danh lại máy bằng mã ghi danh của địa điểm."),
}
WHICH = {"tat-ca": N_("Cả báo cáo đã xem")}


@router.get("/quan-tri/bao-cao-loi")
def show_rejected(request: Request, account: CurrentAccount) -> Response:
    query = ListQuery(request)
    waiting = not query.choice("trang-thai", WHICH)
    agent_id = query.text("tram", 32)
    with store_of(request).reading() as session:
        found = rejected_codes(session)
        code = query.choice("ma", found)
        _rows, total = list_rejected(session, waiting, code, agent_id, limit=1)
        paging = Paging(query, total)
        rows, _total = list_rejected(session, waiting, code, agent_id, paging.offset, paging.size)
    return page(
        request,
        "rejected.html",
        query=query,
        paging=paging,
        rows=rows,
        codes=found,
        code=code,
        agent_id=agent_id,
        waiting=waiting,
        which=WHICH,
        code_words=CODES,
        remedies=REMEDIES,
    )


@router.post("/quan-tri/bao-cao-loi/{report_id}/da-xem")
def resolve(request: Request, report_id: RowId, account: CurrentAccount) -> Response:
    with store_of(request).session() as session:
        resolve_rejected(session, report_id, account.login, now_of(request), address_of(request))
    return redirect("/quan-tri/bao-cao-loi", flash=N_("Đã đánh dấu là đã xem."))


@router.post("/quan-tri/bao-cao-loi/da-xem-het")
def resolve_matching(
    request: Request, account: CurrentAccount, code: Annotated[str, Form()] = "", agent: Annotated[str, Form()] = ""
) -> Response:
    with store_of(request).session() as session:
        count = resolve_all(session, code[:24], agent[:32], account.login, now_of(request), address_of(request))
    return redirect("/quan-tri/bao-cao-loi", flash=N_("Đã đánh dấu %(n)s báo cáo là đã xem."), n=str(count))
