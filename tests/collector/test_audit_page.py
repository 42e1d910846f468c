"""The audit log: who, what, when, before and after; for administrators and auditors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from inventory.store.audit import record
from inventory.store.engine import Store
from tests.collector import province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
PATH = "/quan-tri/nhat-ky"


@pytest.fixture
def log(filled: Store) -> Store:
    with filled.session() as session:
        before, after = {"state": "new", "is_open": True}, {"state": "fixed", "note": "<i>xong</i>"}
        record(session, province.NOW, "lan", "finding.state", "finding", "1", before, after, "10.0.0.9")
        yesterday = province.NOW - timedelta(days=1)
        record(session, yesterday, "hanh", "a.newer.release", "site", "2", None, {"hours": [["mon", "08:00"]]})
    return filled


def test_before_and_after_are_shown_and_escaped(browser_of: BrowserOf, log: Store) -> None:
    html = browser_of("auditor").get(PATH).text
    for expected in (
        "đổi trạng thái việc",
        "trạng thái: Mới → Đã khắc phục",
        "&lt;i&gt;xong&lt;/i&gt;",
        "10.0.0.9",
        "a.newer.release",
    ):
        assert expected in html, expected
    assert "<i>xong" not in html


def test_filters(browser_of: BrowserOf, log: Store) -> None:
    admin = browser_of("admin")
    for query, inside, outside in (
        ("ai=lan", "10.0.0.9", "a.newer.release</td>"),
        ("viec=finding.state", "10.0.0.9", "[[&#34;mon"),
        ("loai=site&so=2", "[[&#34;mon", "10.0.0.9"),
        ("ngay=2026-11-18", "[[&#34;mon", "10.0.0.9"),
        ("ngay=2026-11-19", "10.0.0.9", "[[&#34;mon"),
    ):
        html = admin.get(f"{PATH}?{query}").text
        assert inside in html, query
        assert outside not in html, query
    assert "không hiểu được" in admin.get(f"{PATH}?ngay=hom-qua").text
    assert "Không có dòng nào khớp" in admin.get(f"{PATH}?ngay=2020-01-01").text


def test_an_auditor_gets_no_links_to_pages_closed_to_him(browser_of: BrowserOf, log: Store) -> None:
    link = '<a href="/viec-can-xu-ly/1">'
    assert link in browser_of("admin").get(PATH).text
    assert link not in browser_of("auditor").get(PATH).text


def test_roles(client: Browser, browser_of: BrowserOf) -> None:
    assert client.get(PATH).status_code == 303
    for login in ("lan", "hanh", "outsider"):
        assert browser_of(login).get(PATH).status_code == 403, login
