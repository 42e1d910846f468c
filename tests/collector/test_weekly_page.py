"""The pages of the weekly mail and of its recipients."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import select

from collector.web import csrf
from collector.web.pages import weekly
from inventory.domain.week import IsoWeek
from inventory.store import claim, outbox
from inventory.store.engine import Store
from inventory.store.tables import Outbox
from tests.collector import province
from tests.collector.conftest import Browser, Clock, page_app
from tests.inventory.mail_world import add_recipient, letter

BrowserOf = Callable[[str], Browser]
NOW = province.NOW


@pytest.fixture
def app(filled: Store, clock: Clock) -> FastAPI:
    """The small province with four readers."""
    with filled.session() as session:
        add_recipient(session, "unit", province.VINH_SON, "ct.vinhson@gialai.gov.vn")
        add_recipient(
            session, "unit", province.VINH_SON, "vhxh@gialai.gov.vn", role="Phòng VH-XH", copy_of=True
        )
        add_recipient(
            session, "unit", province.PLEIKU, "ct.pleiku@gialai.gov.vn", role="Chủ tịch UBND phường"
        )
        add_recipient(session, "province", province.PROVINCE, "gd@gialai.gov.vn", role="Giám đốc Sở")
    return page_app(filled, clock)


def text(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def write(store: Store, count: int = 2) -> list[int]:
    with store.session() as session:
        outbox.prepare_week(session, IsoWeek(2026, 46), NOW, [letter(n) for n in range(count)], {})
        return [row or 0 for row in session.exec(select(Outbox.id).order_by(Outbox.id))]


def test_it_says_what_will_be_sent_to_whom_and_when(browser_of: BrowserOf):
    page = text(browser_of("hanh"), "/thu-tuan")

    assert "Thư về tuần 47/2026 sẽ được lập và gửi lúc 07:00 23/11/2026" in page
    for address in ("ct.vinhson", "vhxh", "ct.pleiku", "gd"):
        assert f"{address}@gialai.gov.vn" in page
    assert "Chưa có thư nào được lập." in page
    assert "1 đơn vị có địa điểm nhưng chưa có người nhận: Xã Vĩnh Quang" in page


def test_the_kept_due_date_is_shown(browser_of: BrowserOf, filled: Store):
    with filled.session() as session:
        claim.ensure_job(session, "weekly", NOW + timedelta(days=11))

    assert "10:20 30/11/2026" in text(browser_of("hanh"), "/thu-tuan")


def test_a_commune_sees_its_own_letter_only(browser_of: BrowserOf, filled: Store):
    write(filled)
    mine, other = text(browser_of("lan"), "/thu-tuan"), text(browser_of("binh"), "/thu-tuan")

    assert "ct.vinhson@gialai.gov.vn" in mine
    assert "lanhdao0@gialai.gov.vn" in mine
    assert "ct.pleiku" not in mine
    assert "gd@gialai.gov.vn" not in mine
    assert "@gialai.gov.vn" not in other


def test_the_letter_is_framed_and_cannot_do_anything(browser_of: BrowserOf):
    browser = browser_of("hanh")
    page = browser.get(f"/thu-tuan?xem=unit:{province.VINH_SON}")
    framed = browser.get(f"/thu-tuan/thu?xem=unit:{province.VINH_SON}")

    assert f'src="/thu-tuan/thu?xem=unit%3A{province.VINH_SON}"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Xã Vĩnh Sơn" in page.text
    assert framed.headers["Content-Security-Policy"] == weekly.LETTER_POLICY
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Kính gửi: Đồng chí Chủ tịch UBND xã Vĩnh Sơn" in framed.text


@pytest.mark.parametrize("scope", ["", "unit:x", "area:9", "unit", f"province:{province.VINH_SON}", "x:y"])
def test_no_letter_of_what_is_not_there(browser_of: BrowserOf, scope: str):
    assert "Không có thư của phạm vi này" in text(browser_of("hanh"), f"/thu-tuan/thu?xem={scope}", 404)


def test_nobody_reads_the_letter_of_another(browser_of: BrowserOf, client: Browser):
    for scope in (f"unit:{province.VINH_SON}", "area:1", f"province:{province.PROVINCE}"):
        text(browser_of("binh"), f"/thu-tuan/thu?xem={scope}", 404)
    assert client.get(f"/thu-tuan/thu?xem=unit:{province.VINH_SON}").status_code == 303


def test_the_ledger_says_what_became_of_each_letter(browser_of: BrowserOf, filled: Store, clock: Clock):
    write(filled, 3)
    with filled.session() as session:
        refused, late, _ = outbox.claim_batch(session, "host/a/1", NOW, 3)
        outbox.mark_failed(session, refused, "host/a/1", NOW, "550 <khong co>", permanent=True)
        outbox.mark_failed(session, late, "host/a/1", NOW, "451 doi")
    clock.now = NOW + timedelta(hours=1)
    page = text(browser_of("hanh"), "/thu-tuan")

    assert "không gửi được" in page
    assert "550 <khong co>" in page
    assert "thử lại lúc 10:25 19/11/2026" in page
    assert "2 thư tuần đến hạn chưa gửi được." in page
    assert "1 thư tuần gửi không thành công." in page
    assert "lanhdao0@" in text(browser_of("hanh"), "/thu-tuan?trang-thai=failed")
    assert "lanhdao1@" not in text(browser_of("hanh"), "/thu-tuan?trang-thai=failed")
    assert "Bỏ qua điều kiện" in text(browser_of("hanh"), "/thu-tuan?trang-thai=xyz")


def test_an_officer_sends_a_failed_letter_again(browser_of: BrowserOf, filled: Store):
    (row,) = write(filled, 1)
    browser = browser_of("hanh")
    token = browser.csrf("/thu-tuan")
    assert browser.post(f"/thu-tuan/{row}/gui-lai", data={"csrf": token}).status_code == 303
    assert "không ở trạng thái" in text(browser, "/thu-tuan")
    with filled.session() as session:
        (claimed,) = outbox.claim_batch(session, "host/a/1", NOW, 1)
        outbox.mark_failed(session, claimed, "host/a/1", NOW, "550", permanent=True)

    assert browser.post(f"/thu-tuan/{row}/gui-lai", data={"csrf": token}).status_code == 303
    assert "Thư sẽ được gửi lại trong ít phút." in text(browser, "/thu-tuan")
    assert browser.post("/thu-tuan/999/gui-lai", data={"csrf": token}).status_code == 404
    with filled.reading() as session:
        assert session.exec(select(Outbox.state)).one() == "queued"


def test_a_commune_does_not_send_again(browser_of: BrowserOf, filled: Store):
    (row,) = write(filled, 1)
    browser = browser_of("lan")

    assert (
        browser.post(f"/thu-tuan/{row}/gui-lai", data={csrf.FIELD: browser.csrf("/thu-tuan")}).status_code
        == 403
    )


def test_in_english(browser_of: BrowserOf):
    page = text(browser_of("hanh"), "/thu-tuan?lang=en")

    assert "Weekly mail" in page
    assert "Kính gửi" in page  # the letter itself is an official Vietnamese one
