"""Offices without a line: take bundles from a USB stick, give the receipts back, see files and roads."""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from collector.i18n import N_, bundle_words
from collector.web.base import (
    CurrentAccount,
    PageError,
    address_of,
    now_of,
    page,
    page_router,
    redirect,
    store_of,
)
from collector.web.paging import ListQuery, Paging
from inventory.store.bundles import BundleResult, list_imports, reasons
from inventory.store.offline import list_files, revoke_identity
from inventory.store.roads import list_roads
from inventory.store.sessions import Viewer

router = page_router("bundles")

PATH = "/quan-tri/nhap-tu-usb"
MAX_FILES = 20
FILE_LIMIT = 32 * 1024 * 1024
FORM_LIMIT = 64 * 1024 * 1024
"""Bytes of one form with all its files: read by collector.web.install."""
SHOWN = 100
STATUS_MARKS = {"whole": "up", "partly": "suspect", "refused": "lost"}


@dataclass(frozen=True, slots=True)
class _Given:
    name: str
    data: bytes


@router.get(PATH)
def show_bundles(request: Request, account: CurrentAccount) -> Response:
    return _show(request, account)


@router.post(PATH)
async def take_bundles(request: Request, account: CurrentAccount) -> Response:
    """The form is read here and not by the framework, so that nobody without an account can send megabytes."""
    given: list[_Given] = []
    async with request.form() as form:
        for item in form.getlist("files"):
            if isinstance(item, UploadFile) and item.filename:
                given.append(_Given(_plain_name(item.filename), await item.read(FILE_LIMIT + 1)))
    if len(given) > MAX_FILES:
        error = N_("Mỗi lần chỉ nhập được 20 tệp; chia ra nhiều lần.")
        return await run_in_threadpool(_show, request, account, 422, (), error)
    if not given:
        return await run_in_threadpool(_show, request, account, 422, (), N_("Chọn ít nhất một tệp .gwb trên USB."))
    results = await run_in_threadpool(_take, request, account, given)
    return await run_in_threadpool(_show, request, account, 200, results)


@router.post(PATH + "/{agent_id}/thu-hoi")
def revoke(request: Request, agent_id: str, account: CurrentAccount) -> Response:
    with store_of(request).session() as session:
        done = revoke_identity(
            session, agent_id[:32], account.login, now_of(request), address_of(request), account.scope
        )
    if not done:
        raise PageError(404, N_("Không tìm thấy tệp ghi danh này"), N_("Chọn trong danh sách tệp ghi danh."))
    return redirect(PATH, flash=N_("Đã thu hồi. Báo cáo của máy dùng tệp này không còn được nhận."))


def _take(request: Request, account: Viewer, given: list[_Given]) -> list[BundleResult]:
    importer = request.app.state.importer
    return [importer.take(item.name, item.data, account.login, address_of(request)) for item in given]


def _show(
    request: Request, account: Viewer, status: int = 200, results: list[BundleResult] | tuple[()] = (), error: str = ""
) -> Response:
    query = ListQuery(request)
    with store_of(request).reading() as session:
        total = list_imports(session, account.scope, limit=1)[1]
        paging = Paging(query, total)
        rows, _total = list_imports(session, account.scope, paging.offset, paging.size)
        files, file_count = list_files(session, account.scope, limit=SHOWN)
        roads = list_roads(session, account.scope, limit=SHOWN)
    name, content = _receipts(results)
    return page(
        request,
        "bundles.html",
        status_code=status,
        query=query,
        paging=paging,
        results=results,
        receipt_name=name,
        receipt_url=f"data:application/octet-stream;base64,{base64.b64encode(content).decode()}" if content else "",
        rows=rows,
        files=files,
        file_count=file_count,
        roads=roads,
        error=error,
        bundle_words=bundle_words,
        reasons=reasons,
        marks=STATUS_MARKS,
    )


def _receipts(results: list[BundleResult] | tuple[()]) -> tuple[str, bytes]:
    """What the browser is given to save: one receipt, or a ZIP of several. The receipts are sealed: only the PC that
    they are for can read them, and so they may lie in the page."""
    found = [(result.file_name.rsplit(".", 1)[0] + ".gwr", result.receipt) for result in results if result.receipt]
    if len(found) <= 1:
        return found[0] if found else ("", b"")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(found, 1):
            archive.writestr(f"{number:02d}-{name}", content)
    return "gapwatch-bien-nhan.zip", packed.getvalue()


def _plain_name(name: str) -> str:
    """A file's name as a browser sent it, without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[:120] or "?"
