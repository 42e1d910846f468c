"""Rejected reports: why, from whom, what to do; marked as looked at one by one or as filtered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from inventory.store.engine import Store
from inventory.store.rejected import count_unresolved
from inventory.store.tables import Agent, RejectedReport
from tests.collector import province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
PATH = "/quan-tri/bao-cao-loi"
KNOWN = "a" * 32


@pytest.fixture
def rejects(filled: Store) -> Store:
    with filled.session() as session:
        session.add(Agent(id=KNOWN, site_id=1, enrolled_at=province.NOW, hostname="VS-01"))
        for minute, (agent, code) in enumerate(((KNOWN, "seal"), (KNOWN, "field"), ("", "frame"))):
            at = province.NOW - timedelta(minutes=minute)
            reason = "sections.hardware.ram_bytes: <b>must be</b> a whole number"
            session.add(RejectedReport(received_at=at, agent_id=agent, code=code, reason=reason, size=2100, frame=b"x"))
    return filled


def test_reason_remedy_and_origin_are_shown_and_escaped(browser_of: BrowserOf, rejects: Store) -> None:
    html = browser_of("hanh").get(PATH).text
    for expected in (
        "Dấu niêm phong không khớp",
        "ghi danh lại",
        "VS-01",
        "Trụ sở UBND xã Vĩnh Sơn",
        "2.100",
        "&lt;b&gt;must be",
    ):
        assert expected in html, expected
    assert "<b>must be" not in html
    assert "không đọc được mã trạm" in html


def test_filters(browser_of: BrowserOf, rejects: Store) -> None:
    officer = browser_of("hanh")
    assert officer.get(f"{PATH}?ma=seal").text.count('/da-xem"') == 1
    assert officer.get(f"{PATH}?tram={KNOWN}").text.count('/da-xem"') == 2
    assert "không hiểu được" in officer.get(f"{PATH}?ma=nothing").text


def test_marking_one_and_marking_the_rest(browser_of: BrowserOf, rejects: Store) -> None:
    officer = browser_of("hanh")
    csrf = officer.csrf(PATH)
    with rejects.reading() as session:
        first = session.exec(select(RejectedReport.id).where(RejectedReport.code == "frame")).one()
    assert officer.post(f"{PATH}/{first}/da-xem", data={"csrf": csrf}).status_code == 303
    with rejects.reading() as session:
        assert count_unresolved(session) == 2
    officer.post(f"{PATH}/da-xem-het", data={"csrf": csrf, "code": "seal", "agent": ""})
    with rejects.reading() as session:
        assert count_unresolved(session) == 1
    assert officer.get(f"{PATH}?trang-thai=tat-ca").text.count("2.100") == 3


def test_the_empty_list_is_good_news(browser_of: BrowserOf) -> None:
    assert "Không có báo cáo lỗi nào đang chờ xem" in browser_of("hanh").get(PATH).text


def test_roles_and_forged_forms(client: Browser, browser_of: BrowserOf, rejects: Store) -> None:
    assert client.get(PATH).status_code == 303
    assert browser_of("lan").get(PATH).status_code == 403
    assert browser_of("hanh").post(f"{PATH}/da-xem-het", data={}).status_code == 403
    with rejects.reading() as session:
        assert count_unresolved(session) == 3


def test_the_navigation_counts_what_waits(browser_of: BrowserOf, rejects: Store) -> None:
    officer, auditor = browser_of("hanh"), browser_of("auditor")
    assert '<b class="waiting" title="đang chờ xem">3</b>' in officer.get("/").text
    assert "waiting" not in auditor.get("/quan-tri/nhat-ky").text
    officer.post(f"{PATH}/da-xem-het", data={"csrf": officer.csrf(PATH), "code": "", "agent": ""})
    assert "waiting" not in officer.get("/").text
