"""A commune's clerk sees her commune and nothing else, on every page; roles open only their pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from collector.web.scope import PLACES, home_of, places_for
from inventory.store.accounts import ROLES
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
LISTS = ("/", "/dia-diem", "/thon-ban", "/don-vi/x21787.2", "/dia-diem/1", "/dia-diem/2")
FOREIGN = ("Vĩnh Quang", "Pleiku", "Định An", "Phòng cơ yếu", "PK-01")


@pytest.mark.parametrize("path", LISTS)
def test_lan_sees_nothing_of_other_communes(browser_of: BrowserOf, path: str) -> None:
    answer = browser_of("lan").get(path)

    assert answer.status_code == 200
    assert "Vĩnh Sơn" in answer.text
    assert [word for word in FOREIGN if word in answer.text] == []


@pytest.mark.parametrize("path", ["/dia-diem/3", "/dia-diem/4", "/don-vi/x21786.2", "/don-vi/t52.2", "/dia-diem/999"])
def test_what_lan_may_not_see_is_as_if_it_were_not_there(browser_of: BrowserOf, path: str) -> None:
    assert browser_of("lan").get(path).status_code == 404


@pytest.mark.parametrize("query", ["xa=x21786.2", "khu-vuc=999", "tim=pleiku", "xa=t52.2"])
def test_filters_do_not_open_other_communes(browser_of: BrowserOf, query: str) -> None:
    text = browser_of("lan").get(f"/dia-diem?{query}").text
    assert [word for word in FOREIGN if word in text] == []


def test_the_next_clerk_sees_his_own(browser_of: BrowserOf) -> None:
    text = browser_of("binh").get("/dia-diem").text
    assert "Trụ sở UBND xã Vĩnh Quang" in text
    assert "Vĩnh Sơn" not in text


def test_an_outsider_sees_empty_lists_with_a_reason(browser_of: BrowserOf) -> None:
    outsider = browser_of("outsider")
    assert "Chưa có địa điểm hoặc thôn nào trong phạm vi được xem." in outsider.get("/").text
    assert "Chưa có địa điểm nào trong phạm vi được xem." in outsider.get("/dia-diem").text
    assert "Chưa khai báo thôn, bản nào trong phạm vi được xem." in outsider.get("/thon-ban").text
    assert outsider.get("/dia-diem/1").status_code == 404


def test_an_officer_sees_all(browser_of: BrowserOf) -> None:
    text = browser_of("hanh").get("/dia-diem").text
    assert all(name in text for name in ("Vĩnh Sơn", "Vĩnh Quang", "Pleiku", "Phòng cơ yếu"))


@pytest.mark.parametrize("login", ["lan", "hanh", "admin", "auditor", "outsider"])
def test_navigation_and_guard_agree(browser_of: BrowserOf, app: FastAPI, login: str) -> None:
    browser = browser_of(login)
    shown = browser.get("/doi-mat-khau").text
    for place in PLACES:
        if place.path in app.state.page_paths:
            status = browser.get(place.path).status_code
            linked = f'<li><a href="{place.path}"' in shown
            assert (status == 200) == linked, (place.key, status)
            assert status in (200, 403)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_somewhere_to_start(role: str) -> None:
    assert places_for(role)
    assert home_of(role) == places_for(role)[0].path


def test_a_refused_page_says_so_in_words(browser_of: BrowserOf) -> None:
    answer = browser_of("lan").get("/quan-tri/suc-khoe")
    assert answer.status_code == 403
    assert "Tài khoản này không được xem trang này" in answer.text
