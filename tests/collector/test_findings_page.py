"""Findings: the list worst first, one finding with its evidence, and changing its state."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from collector.i18n import words
from collector.i18n.remedies import REMEDIES
from collector.web.evidence import evidence_rows
from inventory.domain.finding import FINDING_KINDS, STATES
from inventory.store.accounts import create_account
from inventory.store.engine import Store
from inventory.store.tables import Audit, Finding, FindingEvent
from tests.collector import province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]


def ids(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<a href="/viec-can-xu-ly/(\d+)">', html)]


def test_worst_first_with_counts_that_filter(browser_of: BrowserOf) -> None:
    html = browser_of("hanh").get("/viec-can-xu-ly").text
    assert ids(html) == [1, 2]
    assert "quá hạn 6 ngày" in html
    assert re.search(r'href="/viec-can-xu-ly\?qua-han=co"><strong>1</strong>', html)
    assert 'href="/viec-can-xu-ly?loai=site_never_reported"' in html


def test_filters_of_the_url(browser_of: BrowserOf) -> None:
    officer = browser_of("hanh")
    for query, found in {
        "qua-han=co": [1],
        "loai=site_never_reported": [2],
        "muc-do=high": [1],
        "don-vi=operator": [1],
        "khu-vuc=1": [1, 2],
        f"xa={province.VINH_QUANG}": [2],
        "dia-diem=2": [1],
        "trang-thai=new": [1, 2],
        "trang-thai=fixed": [],
        "trang-thai=all": [1, 2],
    }.items():
        assert ids(officer.get(f"/viec-can-xu-ly?{query}").text) == found, query
    assert "Bỏ qua điều kiện" in officer.get("/viec-can-xu-ly?muc-do=x").text


def test_scope(client: Browser, browser_of: BrowserOf) -> None:
    clerk = browser_of("lan")
    assert ids(clerk.get("/viec-can-xu-ly").text) == [1]
    assert clerk.get("/viec-can-xu-ly/1").status_code == 200
    assert clerk.get("/viec-can-xu-ly/2").status_code == 404
    assert client.get("/viec-can-xu-ly/1").status_code == 303
    assert browser_of("auditor").get("/viec-can-xu-ly").status_code == 403
    assert "Không có việc nào cần xử lý" in browser_of("outsider").get("/viec-can-xu-ly").text


def test_the_csv_has_the_same_rows(browser_of: BrowserOf) -> None:
    text = browser_of("hanh").get("/viec-can-xu-ly.csv?muc-do=high").text
    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["Việc"], row["Quá hạn"], row["Thời hạn"]) for row in found] == [
        ("Địa điểm mất kết nối", "x", "13/11/2026")
    ]


def test_one_finding_says_what_where_who_when_and_what_to_do(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        session.get_one(Finding, 1).evidence = {
            "cause": "line",
            "from_at": "2026-11-10T02:00:00+00:00",
            "no_words_yet": 3,
        }
    html = browser_of("hanh").get("/viec-can-xu-ly/1").text
    for expected in (
        "Trụ sở 2 (Vĩnh Kim)",
        "Doanh nghiệp viễn thông",
        "13/11/2026",
        REMEDIES["site_disconnected"],
        "đường truyền",
        "09:00 10/11/2026",
        "no_words_yet",
        "chính sách phiên bản 0",
    ):
        assert expected in html, expected


def change(browser: Browser, finding_id: int, state: str, note: str = "") -> Any:
    csrf = browser.csrf(f"/viec-can-xu-ly/{finding_id}")
    return browser.post(f"/viec-can-xu-ly/{finding_id}/trang-thai", data={"state": state, "note": note, "csrf": csrf})


def test_a_clerk_changes_the_state_with_a_note(browser_of: BrowserOf, filled: Store) -> None:
    clerk = browser_of("lan")
    answer = change(clerk, 1, "in_progress", "đã gọi Viettel, hẹn ngày 20/11")
    assert (answer.status_code, answer.headers["location"]) == (303, "/viec-can-xu-ly/1")
    html = clerk.get("/viec-can-xu-ly/1").text
    assert "Đã cập nhật" in html
    assert "đổi trạng thái: Mới → Đang xử lý" in html
    with filled.reading() as session:
        event = session.exec(select(FindingEvent).where(FindingEvent.what == "state")).one()
        row = session.exec(select(Audit).where(Audit.action == "finding.state")).one()
        assert (event.actor, event.note, event.to_state) == ("lan", "đã gọi Viettel, hẹn ngày 20/11", "in_progress")
        assert (row.before and row.before["state"], row.after and row.after["state"]) == ("new", "in_progress")


@pytest.mark.parametrize(
    ("state", "note", "field", "problem"),
    [
        ("new", "", "note", "Chưa có gì thay đổi"),
        ("excluded", "", "note", "cần lý do"),
        ("cannot_fix", "   ", "note", "cần lý do"),
        ("gone", "x", "state", "Chọn một trạng thái"),
        ("", "x", "state", "Chọn một trạng thái"),
        ("confirmed", "x" * 501, "note", "quá 500 ký tự"),
    ],
)
def test_errors_stand_beside_the_field(
    browser_of: BrowserOf, filled: Store, state: str, note: str, field: str, problem: str
) -> None:
    answer = change(browser_of("lan"), 1, state, note)
    assert answer.status_code == 422
    place = answer.text.index(f'id="loi-{field}"')
    assert problem in answer.text[place : place + 200]
    with filled.reading() as session:
        assert session.get_one(Finding, 1).state == "new"


def test_a_note_alone_is_kept(browser_of: BrowserOf, filled: Store) -> None:
    assert change(browser_of("lan"), 1, "new", "chờ phản hồi").status_code == 303
    with filled.reading() as session:
        assert session.exec(select(FindingEvent.note).where(FindingEvent.what == "note")).one() == "chờ phản hồi"


def test_forged_forms_and_other_communes_change_nothing(browser_of: BrowserOf, filled: Store) -> None:
    clerk = browser_of("lan")
    assert clerk.post("/viec-can-xu-ly/1/trang-thai", data={"state": "fixed"}).status_code == 403
    csrf = clerk.csrf("/viec-can-xu-ly/1")
    assert clerk.post("/viec-can-xu-ly/2/trang-thai", data={"state": "fixed", "csrf": csrf}).status_code == 404
    with filled.reading() as session:
        assert {row.state for row in session.exec(select(Finding))} == {"new"}


def test_an_operator_acts_on_own_findings_only_and_cannot_exclude(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        create_account(session, "vnpt", province.CHEAP.hash(province.PASSWORD), province.NOW, role="operator")
    operator = browser_of("vnpt")
    assert ids(operator.get("/viec-can-xu-ly?trang-thai=all").text) == [1]
    assert operator.get("/viec-can-xu-ly/2").status_code == 404
    assert change(operator, 1, "excluded", "vì sao").status_code == 422
    assert change(operator, 1, "in_progress").status_code == 303


def test_every_kind_and_state_has_words() -> None:
    assert set(words.FINDING_KINDS) == set(REMEDIES) == set(FINDING_KINDS)
    assert set(words.FINDING_STATES) == set(STATES)


def test_evidence_of_any_shape_is_written() -> None:
    rows = evidence_rows("x", {"a": None, "b": [], "c": {"d": [1, 2.5]}, "e": True, "as_of": "2026-11-02"}, "vi")
    assert rows == [("a", None), ("b", None), ("c", "d: 1; 2,5"), ("e", "có"), ("Số liệu ngày", "02/11/2026")]
