"""Tokens: shown once with the command to type, listed by their hint, revoked at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from inventory.store.engine import Store
from inventory.store.tables import Audit, SiteToken
from inventory.store.tokens import use_token
from tests.collector import province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
PATH = "/quan-tri/ma-ghi-danh"


def make(browser: Browser, **fields: str) -> Any:
    form = {"site": "1", "uses": "3", "days": "14", "csrf": browser.csrf(PATH)}
    return browser.post(PATH, data=form | fields)


def test_only_those_who_administer_may_open_it(client: Browser, browser_of: BrowserOf) -> None:
    assert client.get(PATH).status_code == 303
    for login in ("lan", "outsider", "auditor"):
        assert browser_of(login).get(PATH).status_code == 403, login
    assert browser_of("admin").get(PATH).status_code == 200


def test_a_token_is_shown_once_with_the_whole_command(browser_of: BrowserOf, filled: Store) -> None:
    officer = browser_of("hanh")
    html = make(officer).text
    found = re.search(r'<p class="token">(GW-[0-9A-Z-]{19})</p>', html)
    assert found is not None
    token = found[1]
    assert f"gapwatch-agent enrol --server http://127.0.0.1:8080 --token {token}</pre>" in html
    listed = officer.get(PATH).text
    assert token not in listed
    assert f"…{token[-4:]}" in listed
    assert "3 máy" in listed
    with filled.session() as session:
        assert use_token(session, token, province.NOW).site_id == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"site": ""}, "site"),
        ({"site": "999"}, "site"),
        ({"site": "5"}, "site"),
        ({"site": "x"}, "site"),
        ({"uses": "0"}, "uses"),
        ({"uses": "501"}, "uses"),
        ({"uses": "²"}, "uses"),
        ({"days": "-1"}, "days"),
        ({"days": "99999999999999999999"}, "days"),
    ],
)
def test_errors_stand_beside_the_field(
    browser_of: BrowserOf, filled: Store, fields: dict[str, str], field: str
) -> None:
    answer = make(browser_of("hanh"), **fields)
    assert answer.status_code == 422
    assert f'id="loi-{field}"' in answer.text
    with filled.reading() as session:
        assert session.exec(select(SiteToken)).all() == []


def test_an_excluded_site_is_not_offered(browser_of: BrowserOf) -> None:
    html = browser_of("hanh").get(PATH).text
    assert "Trụ sở UBND xã Vĩnh Sơn" in html
    assert "Phòng cơ yếu" not in html


def test_revoking_ends_a_token_and_is_audited_once(browser_of: BrowserOf, filled: Store) -> None:
    officer = browser_of("hanh")
    make(officer)
    with filled.reading() as session:
        token_id = session.exec(select(SiteToken.id)).one()
    csrf = officer.csrf(PATH)
    for flash in ("Đã thu hồi mã ghi danh", "đã được thu hồi từ trước"):
        answer = officer.post(f"{PATH}/{token_id}/thu-hoi", data={"csrf": csrf})
        assert flash in officer.get(answer.headers["location"]).text
    assert officer.post(f"{PATH}/999/thu-hoi", data={"csrf": csrf}).status_code == 404
    with filled.reading() as session:
        actions = [row.action for row in session.exec(select(Audit)) if row.subject_kind == "token"]
    assert actions == ["token.create", "token.revoke"]


def test_a_forged_form_makes_no_token(browser_of: BrowserOf, filled: Store) -> None:
    answer = browser_of("hanh").post(PATH, data={"site": "1", "uses": "1", "days": "1"})
    assert answer.status_code == 403
    with filled.reading() as session:
        assert session.exec(select(SiteToken)).all() == []
