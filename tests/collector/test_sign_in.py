"""Signing in and out, the limit on tries, own passwords."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from fastapi import FastAPI
from sqlmodel import select

from collector.web import auth
from inventory.store.accounts import create_account, find_account, set_password
from inventory.store.engine import Store
from inventory.store.sessions import COOKIE
from inventory.store.tables import Audit, LoginAttempt, Session
from tests.collector import province
from tests.collector.conftest import Browser, Clock, page_app

BrowserOf = Callable[[str], Browser]
NewBrowser = Callable[..., Browser]


def attempt(client: Browser, login: str, password: str, tiep: str = "") -> tuple[int, str]:
    form = {"login": login, "password": password, "csrf": client.csrf("/dang-nhap"), "tiep": tiep}
    answer = client.post("/dang-nhap", data=form)
    return answer.status_code, answer.text if answer.status_code != 303 else answer.headers["location"]


def audit(store: Store) -> list[tuple[str, str]]:
    with store.reading() as session:
        return [(row.actor, row.action) for row in session.exec(select(Audit).order_by(Audit.id))]  # type: ignore[arg-type]


def test_it_signs_in_and_shows_the_overview(client: Browser, filled: Store) -> None:
    assert attempt(client, "hanh", province.PASSWORD) == (303, "/")
    assert "Tổng quan" in client.get("/").text
    assert audit(filled) == [("hanh", "sign_in")]


def test_the_login_may_be_typed_in_any_case(client: Browser) -> None:
    assert attempt(client, "  HANH ", province.PASSWORD)[0] == 303


def test_without_signing_in_every_page_leads_to_the_form_and_back(client: Browser) -> None:
    answer = client.get("/dia-diem?lan=none&tim=x")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/dang-nhap?tiep=%2Fdia-diem%3Flan%3Dnone%26tim%3Dx"
    assert attempt(client, "hanh", province.PASSWORD, "/dia-diem?lan=none") == (303, "/dia-diem?lan=none")


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "x", "/dang-nhap"]
)
def test_it_never_leads_to_another_address(client: Browser, target: str) -> None:
    assert attempt(client, "hanh", province.PASSWORD, target) == (303, "/")


def test_roles_start_where_they_may_look(client: Browser) -> None:
    assert attempt(client, "auditor", province.PASSWORD)[1].startswith("/quan-tri/")


def test_a_wrong_password_and_an_unknown_login_are_told_alike(client: Browser, filled: Store) -> None:
    wrong, unknown = attempt(client, "hanh", "sai mật khẩu"), attempt(client, "nobody", "sai mật khẩu")

    assert wrong[0] == unknown[0] == 401
    assert wrong[1].replace('value="hanh"', "") == unknown[1].replace('value="nobody"', "")
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong[1]
    assert audit(filled) == [("hanh", "sign_in_failed"), ("", "sign_in_failed")]


def test_an_unknown_login_takes_as_long_as_a_wrong_password(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(auth, "password_fits", lambda stored, _password: bool(seen.append(stored)))

    for login in ("hanh", "nobody"):
        auth.sign_in(filled, login, "sai", "10.0.0.1", province.NOW, timedelta(hours=1))

    # one comparison each, with hashes of the same cost
    assert [stored.split("$")[1:4] for stored in seen] == [seen[0].split("$")[1:4]] * 2


def test_a_disabled_account_stays_outside(client: Browser, filled: Store) -> None:
    with filled.session() as session:
        account = find_account(session, "hanh")
        assert account is not None
        account.disabled = True
    assert attempt(client, "hanh", province.PASSWORD)[0] == 401


def test_an_empty_form_says_what_is_missing(client: Browser) -> None:
    status, text = attempt(client, "hanh", "")
    assert status == 400
    assert "Nhập cả tên đăng nhập và mật khẩu." in text


def test_after_five_wrong_tries_even_the_right_password_must_wait(client: Browser, clock: Clock) -> None:
    for _ in range(auth.TRIES_PER_LOGIN):
        assert attempt(client, "lan", "sai mật khẩu")[0] == 401

    status, text = attempt(client, "lan", province.PASSWORD)
    assert status == 429
    assert "Có thể thử lại lúc 10:35." in text
    assert attempt(client, "hanh", province.PASSWORD)[0] == 303
    client.cookies.clear()
    clock.now += auth.WINDOW + timedelta(seconds=1)
    assert attempt(client, "lan", province.PASSWORD)[0] == 303


def test_waiting_is_not_made_longer_by_trying(client: Browser, clock: Clock, filled: Store) -> None:
    for _ in range(auth.TRIES_PER_LOGIN + 3):
        attempt(client, "lan", "sai mật khẩu")
    with filled.reading() as session:
        assert (
            len(session.exec(select(LoginAttempt).where(LoginAttempt.key == "login:lan")).all()) == auth.TRIES_PER_LOGIN
        )


def test_the_limit_per_address_holds_over_two_collectors(filled: Store, clock: Clock, new_browser: NewBrowser) -> None:
    browsers = [new_browser(page_app(filled, clock)) for _ in range(2)]

    answers = [attempt(browsers[n % 2], f"name{n}", "sai mật khẩu")[0] for n in range(auth.TRIES_PER_ADDRESS + 1)]

    assert answers == [401] * auth.TRIES_PER_ADDRESS + [429]


def test_success_forgets_earlier_slips_of_the_same_name(client: Browser, filled: Store) -> None:
    attempt(client, "lan", "sai mật khẩu")
    attempt(client, "lan", province.PASSWORD)
    with filled.reading() as session:
        assert [row.key for row in session.exec(select(LoginAttempt))] == ["ip:testclient"]


def test_the_store_keeps_only_a_hash_of_the_cookie(browser_of: BrowserOf, filled: Store) -> None:
    token = browser_of("lan").cookies[COOKIE]
    with filled.reading() as session:
        row = session.exec(select(Session)).one()
    assert token not in (row.token_hash, row.csrf)
    assert len(row.token_hash) == 64


@pytest.mark.parametrize(("base_url", "secure"), [("http://10.0.0.5:8080", False), ("https://gw.tinh.gov.vn", True)])
def test_the_cookie_is_hidden_from_scripts_and_other_sites(
    filled: Store, clock: Clock, new_browser: NewBrowser, base_url: str, secure: bool
) -> None:
    client = new_browser(page_app(filled, clock, base_url), base_url)
    form = {"login": "lan", "password": province.PASSWORD, "csrf": client.csrf("/dang-nhap")}

    answer = client.post("/dang-nhap", data=form)

    cookie = SimpleCookie(next(v for v in answer.headers.get_list("set-cookie") if v.startswith(COOKIE)))[COOKIE]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "lax"
    assert bool(cookie["secure"]) is secure
    assert ("strict-transport-security" in answer.headers) is secure


def test_a_session_ends_after_its_hours(browser_of: BrowserOf, clock: Clock) -> None:
    browser = browser_of("lan")
    clock.now += timedelta(hours=11, minutes=59)
    assert browser.get("/").status_code == 200
    clock.now += timedelta(minutes=2)
    assert browser.get("/").status_code == 303


def test_signing_out_ends_the_session_for_good(browser_of: BrowserOf, filled: Store) -> None:
    browser = browser_of("lan")
    token = browser.cookies[COOKIE]

    answer = browser.post("/dang-xuat", data={"csrf": browser.csrf("/")})

    assert answer.headers["location"] == "/dang-nhap"
    browser.cookies.set(COOKIE, token)
    assert browser.get("/").status_code == 303
    assert audit(filled)[-1] == ("lan", "sign_out")


def change(browser: Browser, old: str, new: str, again: str | None = None) -> tuple[int, str]:
    form = {"old": old, "new": new, "again": new if again is None else again, "csrf": browser.csrf("/doi-mat-khau")}
    answer = browser.post("/doi-mat-khau", data=form)
    return answer.status_code, answer.text


@pytest.mark.parametrize(
    ("old", "new", "again", "message"),
    [
        ("sai", "mật khẩu mới 1", None, "Mật khẩu hiện tại không đúng."),
        (province.PASSWORD, "ngắn", None, "Mật khẩu mới phải có ít nhất 10 ký tự."),
        (province.PASSWORD, "x" * 201, None, "Mật khẩu mới dài quá 200 ký tự"),
        (province.PASSWORD, "chị LAN vĩnh sơn", None, "Mật khẩu mới chứa tên đăng nhập"),
        (province.PASSWORD, province.PASSWORD, None, "Mật khẩu mới trùng mật khẩu cũ"),
        (province.PASSWORD, "mật khẩu mới 1", "mật khẩu mới 2", "Hai lần nhập mật khẩu mới không giống nhau."),
    ],
)
def test_a_bad_new_password_is_refused_with_the_reason(
    browser_of: BrowserOf, old: str, new: str, again: str | None, message: str
) -> None:
    status, text = change(browser_of("lan"), old, new, again)
    assert status == 400
    assert message in text


def test_a_changed_password_ends_the_other_sessions(browser_of: BrowserOf, client: Browser, filled: Store) -> None:
    here, elsewhere = browser_of("lan"), browser_of("lan")

    assert change(here, province.PASSWORD, "mật khẩu mới 1")[0] == 303

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303
    assert attempt(client, "lan", province.PASSWORD)[0] == 401
    assert attempt(client, "lan", "mật khẩu mới 1")[0] == 303
    assert ("lan", "password.change") in audit(filled)


def test_a_password_chosen_by_others_must_be_changed_first(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        account = find_account(session, "lan")
        assert account is not None
        assert account.id is not None
        set_password(session, account.id, province.CHEAP.hash(province.PASSWORD), must_change=True)
    browser = browser_of("lan")

    answer = browser.get("/dia-diem")

    assert (answer.status_code, answer.headers["location"]) == (303, "/doi-mat-khau")
    assert "Mật khẩu này do người khác đặt." in browser.get("/doi-mat-khau").text
    assert change(browser, province.PASSWORD, "mật khẩu mới 1")[0] == 303
    assert browser.get("/dia-diem").status_code == 200


def test_an_old_hash_is_renewed_at_the_next_sign_in(client: Browser, filled: Store) -> None:
    weaker = auth.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("mật khẩu rất cũ")
    with filled.session() as session:
        create_account(session, "cu", weaker, province.NOW, role="viewer")

    assert attempt(client, "cu", "mật khẩu rất cũ")[0] == 303

    with filled.reading() as session:
        account = find_account(session, "cu")
        assert account is not None
        assert account.password_hash != weaker
        assert "m=64," in account.password_hash


def test_the_real_parameters_cost_an_attacker_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    begun = time.process_time()

    stored = auth.hash_password("mật khẩu")

    assert stored.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert time.process_time() - begun > 0.01
    assert auth.password_fits(stored, "mật khẩu")
    assert not auth.password_fits(stored, "mật khẩu ")
    assert not auth.password_fits("not a hash", "mật khẩu")


def test_the_app_has_no_other_way_in(app: FastAPI, client: Browser) -> None:
    open_paths = {"/dang-nhap", "/dang-xuat"}
    for path in sorted(app.state.page_paths - open_paths):
        answer = client.get(path.replace("{", "1").replace("}", ""))
        assert answer.status_code in (303, 405, 400), (path, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/dang-nhap")
