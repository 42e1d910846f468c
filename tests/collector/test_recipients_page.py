"""The page of recipients."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from inventory.store.engine import Store
from inventory.store.tables import Audit, Recipient, Unit, UnitLink
from inventory.transfer.recipients_csv import COLUMNS
from tests.collector import province
from tests.collector.conftest import Browser
from tests.collector.test_weekly_page import BrowserOf, app, text

__all__ = ["app"]  # the fixture: the small province with four readers

PATH = "/quan-tri/nguoi-nhan"
NEW = {
    "scope_kind": "unit",
    "scope_id": province.VINH_QUANG,
    "role": "Chủ tịch UBND xã",
    "email": "ct.vq@gialai.gov.vn",
}


@pytest.fixture
def officer(browser_of: BrowserOf) -> Browser:
    return browser_of("hanh")


def send(browser: Browser, path: str, **data: Any):
    return browser.post(path, data={"csrf": browser.csrf(PATH)} | data)


def upload(browser: Browser, content: str):
    return browser.post(
        f"{PATH}/nhap", data={"csrf": browser.csrf(PATH)}, files={"file": ("ds.csv", content, "text/csv")}
    )


def count(store: Store) -> int:
    with store.reading() as session:
        return len(session.exec(select(Recipient)).all())


def test_it_lists_who_gets_what(officer: Browser):
    page = text(officer, PATH)

    assert page.index("gd@gialai.gov.vn") < page.index("ct.vinhson@gialai.gov.vn") < page.index("vhxh@")
    assert "Phường Pleiku" in page
    assert "sao gửi" in page


def test_search(officer: Browser):
    page = text(officer, f"{PATH}?tim=Pleiku")

    assert "ct.pleiku@" in page
    assert "ct.vinhson@" not in page
    assert "Không có người nhận nào như vậy." in text(officer, f"{PATH}?tim=zzz")


def test_somebody_is_added_and_the_audit_says_by_whom(officer: Browser, filled: Store):
    assert send(officer, PATH, **NEW, copy="1", valid_from="01/12/2026").status_code == 303
    assert "Đã thêm người nhận ct.vq@gialai.gov.vn." in text(officer, PATH)

    with filled.reading() as session:
        row = session.exec(select(Recipient).where(Recipient.email == "ct.vq@gialai.gov.vn")).one()
        audit = session.exec(select(Audit).where(Audit.action == "recipient.add")).one()
    assert (row.scope_id, row.copy_of, row.valid_from) == (province.VINH_QUANG, True, date(2026, 12, 1))
    assert (audit.actor, audit.after["email"]) == ("hanh", "ct.vq@gialai.gov.vn")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "chutich", "thiếu phần trước"),
        ("email", "a@gialai.gov.vn\r\nBcc: b@x.vn", "xuống dòng"),
        ("email", "chủtịch@gialai.gov.vn", "có chữ có dấu"),
        ("scope_id", "x99999.2", "không có xã, phường mã x99999.2"),
        ("scope_kind", "huyen", "không có loại phạm vi"),
        ("role", "", "chưa ghi chức danh"),
        ("role", "Chủ tịch\nBcc: b@x.vn", "ghi trên một dòng"),
        ("valid_to", "31/02/2026", "không phải là ngày"),
        ("salutation", "ngai", "không dùng được"),
    ],
)
def test_an_error_stands_beside_its_field(officer: Browser, filled: Store, field: str, value: str, said: str):
    answer = send(officer, PATH, **(NEW | {field: value}))

    assert answer.status_code == 422
    found = re.search(rf'id="loi-{field}" role="alert">([^<]*)<', answer.text)
    assert found is not None
    assert said in found[1]
    assert count(filled) == 4


def test_what_was_typed_is_still_there_and_escaped(officer: Browser):
    answer = send(officer, PATH, **(NEW | {"name": '"><b>x', "email": "sai"}))

    assert 'value="&#34;&gt;&lt;b&gt;x"' in answer.text


def test_the_same_address_twice_in_one_scope_is_refused(officer: Browser):
    assert send(officer, PATH, **NEW).status_code == 303

    assert "đã có địa chỉ đó" in send(officer, PATH, **NEW).text


def test_a_recipient_is_changed(officer: Browser, filled: Store):
    form = text(officer, f"{PATH}/1")
    assert 'value="ct.vinhson@gialai.gov.vn"' in form

    assert send(officer, f"{PATH}/1", **(NEW | {"email": "ct.moi@gialai.gov.vn"})).status_code == 303
    assert send(officer, f"{PATH}/1", **(NEW | {"email": "sai"})).status_code == 422
    with filled.reading() as session:
        assert session.get(Recipient, 1).email == "ct.moi@gialai.gov.vn"  # type: ignore[union-attr]


def test_a_recipient_is_ended_and_stays_in_the_list(officer: Browser, filled: Store):
    assert send(officer, f"{PATH}/1/ket-thuc").status_code == 303

    page = text(officer, PATH)
    assert "ct.vinhson@gialai.gov.vn không nhận thư tuần nữa từ hôm nay." in page
    assert "không nhận" in page
    assert "ct.vinhson@" not in text(officer, "/thu-tuan")
    assert officer.get(f"{PATH}/99").status_code == 404
    assert send(officer, f"{PATH}/99/ket-thuc").status_code == 404


def test_a_file_is_taken_whole_or_not_at_all(officer: Browser, filled: Store):
    header = ",".join(COLUMNS)
    good = f"unit,{province.VINH_QUANG},Chủ tịch UBND xã,,dong_chi,ct.vq@gialai.gov.vn,,,"
    bad = f"unit,{province.VINH_QUANG},Phó Chủ tịch,,dong_chi,sai,,,"

    answer = upload(officer, f"{header}\n{good}\n{bad}\n")
    assert answer.status_code == 422
    assert "ds.csv:3:email" in answer.text
    assert count(filled) == 4

    assert upload(officer, f"{header}\n{good}\n").status_code == 303
    assert "Đã thêm 1 người nhận; 0 dòng đã có từ trước." in text(officer, PATH)
    assert upload(officer, f"{header}\n{good}\n").status_code == 303
    assert "Đã thêm 0 người nhận; 1 dòng đã có từ trước." in text(officer, PATH)


def test_a_unit_that_ended_is_marked_with_its_successors(officer: Browser, filled: Store):
    with filled.session() as session:
        old = session.get(Unit, province.VINH_QUANG)
        assert old is not None
        old.valid_to = date(2026, 6, 30)
        session.add(old)
        link = UnitLink(
            from_id=old.id, to_id=province.VINH_SON, kind="merge", effective=date(2026, 7, 1), is_default=True
        )
        session.add(link)
        row = Recipient(scope_kind="unit", scope_id=old.id, role="Chủ tịch", email="cu@gialai.gov.vn")
        session.add(row)

    assert "đơn vị đã kết thúc; thư gửi cho người nhận của: Xã Vĩnh Sơn" in text(officer, PATH)


@pytest.mark.parametrize("login", ["lan", "auditor", "outsider"])
def test_others_do_not_see_the_list(browser_of: BrowserOf, login: str):
    assert browser_of(login).get(PATH).status_code == 403


def test_without_a_token_nothing_happens(officer: Browser, filled: Store):
    assert officer.post(PATH, data=NEW).status_code == 403
    assert count(filled) == 4
