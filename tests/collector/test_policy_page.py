"""The page of thresholds: everything with its source, a form that refuses with the reason, a history."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from inventory.domain.policy import RULES
from inventory.store.engine import Store
from inventory.store.policy import effective_policy
from inventory.store.tables import Audit, PolicyVersion
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
PATH = "/quan-tri/chinh-sach"


def change(browser: Browser, key: str, value: str, query: str = "", **more: str) -> Any:
    token = browser.csrf(f"{PATH}?sua={key}{query.replace('?', '&')}")
    return browser.post(PATH + query, data={"key": key, "value": value, "csrf": token} | more)


def test_only_those_who_administer_may_open_it(client: Browser, browser_of: BrowserOf) -> None:
    assert client.get(PATH).status_code == 303
    for login in ("lan", "outsider", "auditor"):
        assert browser_of(login).get(PATH).status_code == 403, login


def test_every_threshold_with_value_source_and_status(browser_of: BrowserOf) -> None:
    html = browser_of("hanh").get(PATH).text

    for key in RULES:
        assert f'<tr id="{key}">' in html
    assert "TT 48/2023/TT-BTC, Điều 4(5)" in html
    assert "V1: đã đọc văn bản" in html
    assert "8 GiB" in html
    assert "Thứ hai" in html
    assert "windows 10: 14/10/2025" in html
    english = browser_of("hanh").get(PATH + "?lang=en").text
    assert "legal text read" in english
    assert "A PC with less memory than this is unfit." in english


def test_a_change_is_kept_shown_and_audited(browser_of: BrowserOf, filled: Store) -> None:
    officer = browser_of("hanh")
    answer = change(officer, "outdated.after_years", "6", note="Nghị quyết HĐND")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH + "#outdated.after_years")

    html = officer.get(PATH).text
    row = re.search(r'<tr id="outdated\.after_years">.*?</tr>', html, re.DOTALL)
    assert row is not None
    assert "<strong>6 năm</strong>" in row[0]
    assert "hanh" in row[0]
    assert "Nghị quyết HĐND" in html
    with filled.reading() as session:
        assert effective_policy(session)[0].outdated_after_years == 6
        assert session.exec(select(Audit).where(Audit.action == "policy.change")).first() is not None


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("outdated.after_years", "99", "99 nằm ngoài khoảng cho phép; chọn từ 2 đến 15"),
        ("outdated.after_years", "9", "không được lớn hơn severe.after_years (8)"),
        ("hours.default", "mon-fri | 7h30", "không phải khoảng giờ"),
        ("agent.reach_targets", "Một cửa | <script>", "không phải địa chỉ dùng được"),
    ],
)
def test_a_wrong_value_is_refused_beside_the_field(
    browser_of: BrowserOf, filled: Store, key: str, value: str, said: str
) -> None:
    answer = change(browser_of("hanh"), key, value)

    assert answer.status_code == 422
    error = re.search(rf'id="loi-{re.escape(key)}" role="alert">(.*?)</p>', answer.text)
    assert error is not None
    assert said in error[1]
    assert "<script>" not in answer.text.split("<main")[1]
    assert value.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    with filled.reading() as session:
        assert session.exec(select(PolicyVersion)).first() is None


def test_errors_are_english_for_who_reads_english(browser_of: BrowserOf) -> None:
    officer = browser_of("hanh")
    officer.get(PATH + "?lang=en")

    assert "choose from 2 to 15" in change(officer, "outdated.after_years", "99").text


def test_a_site_of_its_own_and_back(browser_of: BrowserOf, filled: Store) -> None:
    officer = browser_of("hanh")
    assert change(officer, "heartbeat_s", "60", "?pham-vi=site:1").status_code == 303
    with filled.reading() as session:
        assert effective_policy(session, 1)[0].heartbeat_s == 60
        assert effective_policy(session)[0].heartbeat_s == 300
    html = officer.get(PATH + "?pham-vi=site:1").text
    assert "đặt tại đây" in html
    assert "Nơi có ngưỡng riêng" in officer.get(PATH).text

    assert change(officer, "heartbeat_s", "60", "?pham-vi=site:1", reset="1").status_code == 303
    with filled.reading() as session:
        assert effective_policy(session, 1)[0].heartbeat_s == 300


@pytest.mark.parametrize("scope", ["site:999", "site:x", "unit:nowhere", "all:x", "galaxy:1"])
def test_a_scope_that_is_not_there(browser_of: BrowserOf, scope: str) -> None:
    assert browser_of("hanh").get(f"{PATH}?pham-vi={scope}").status_code == 404


def test_a_threshold_that_is_not_there(browser_of: BrowserOf) -> None:
    officer = browser_of("hanh")
    token = officer.csrf(f"{PATH}?sua=heartbeat_s")
    assert officer.post(PATH, data={"key": "moon.phase", "value": "1", "csrf": token}).status_code == 404
    assert officer.post(PATH, data={"key": "heartbeat_s", "value": "60"}).status_code == 403


KEYS = ("khoa-xac-thuc-1", "khoa-ma-hoa-22", "matkhauSNMP")


def set_secrets(browser: Browser) -> None:
    user = f"giamsat | SHA256 | {KEYS[0]} | AES | {KEYS[1]}"
    assert change(browser, "snmp.users", user).status_code == 303
    assert change(browser, "snmp.communities", f"public\r\n{KEYS[2]}").status_code == 303


def test_keys_are_shown_to_nobody(browser_of: BrowserOf, filled: Store) -> None:
    officer = browser_of("hanh")
    set_secrets(officer)
    pages = [
        officer.get(PATH).text,
        officer.get(f"{PATH}?sua=snmp.users").text,
        officer.get(f"{PATH}?sua=snmp.communities").text,
        officer.get(f"{PATH}?pham-vi=site:1").text,
        browser_of("admin").get("/quan-tri/nhat-ky").text,
        browser_of("auditor").get("/quan-tri/nhat-ky").text,
    ]
    for html in pages:
        assert [key for key in KEYS if key in html] == []
    assert "giamsat | SHA256 | •••• | AES | ••••" in pages[0]
    assert "public, m••••" in pages[0]
    assert "Khóa •••• giữ nguyên khóa cũ" in pages[1]
    with filled.reading() as session:
        policy, _version = effective_policy(session)
    assert policy.snmp_users == (("giamsat", "SHA256", KEYS[0], "AES", KEYS[1]),)
    assert policy.snmp_communities == ("public", KEYS[2])


def field(html: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("key", ["snmp.users", "snmp.communities", "dns.known_names"])
def test_a_form_sent_back_as_it_came_changes_nothing(browser_of: BrowserOf, filled: Store, key: str) -> None:
    officer = browser_of("hanh")
    set_secrets(officer)
    with filled.reading() as session:
        before = effective_policy(session)
    shown = field(officer.get(f"{PATH}?sua={key}").text)

    assert change(officer, key, shown.replace("\n", "\r\n")).status_code == 303
    with filled.reading() as session:
        assert effective_policy(session) == before


def test_one_key_is_changed_and_the_other_kept(browser_of: BrowserOf, filled: Store) -> None:
    officer = browser_of("hanh")
    set_secrets(officer)
    assert change(officer, "snmp.users", "giamsat | SHA256 | •••• | AES | khoa-moi-hoan-toan").status_code == 303
    with filled.reading() as session:
        policy, _version = effective_policy(session)
    assert policy.snmp_users == (("giamsat", "SHA256", KEYS[0], "AES", "khoa-moi-hoan-toan"),)
    audit = browser_of("auditor").get("/quan-tri/nhat-ky").text
    assert "đổi mật khẩu, khóa trong" in audit
    assert "khoa-moi-hoan-toan" not in audit


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("snmp.users", "ai | SHA | •••• |  | ", "không có khóa cũ nào của ai; nhập khóa thật"),
        ("snmp.users", "ai | SHA | ngan |  | ", "khóa của ai ngắn hơn 8 ký tự"),
        ("snmp.communities", "q••••", "không có mật khẩu cũ nào cho dòng q••••"),
        ("dns.known_names", "khong phai ten mien", "không phải tên miền"),
    ],
)
def test_lists_that_cannot_be_taken_are_refused(browser_of: BrowserOf, key: str, value: str, said: str) -> None:
    answer = change(browser_of("hanh"), key, value)
    assert answer.status_code == 422
    assert said in answer.text


def test_names_to_look_up_are_a_list(browser_of: BrowserOf, filled: Store) -> None:
    officer = browser_of("hanh")
    assert change(officer, "dns.known_names", "chinhphu.vn\r\nGIALAI.gov.vn\r\n").status_code == 303
    with filled.reading() as session:
        assert effective_policy(session)[0].dns_known_names == ("chinhphu.vn", "gialai.gov.vn")
    assert "chinhphu.vn, gialai.gov.vn" in officer.get(PATH).text
