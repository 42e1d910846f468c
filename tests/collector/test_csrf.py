"""No POST without the token of its own session; security headers on every answer; limits on forms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from collector import web
from collector.web.pages import PAGES
from collector.web.security import HEADERS
from tests.collector import province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
POSTS = sorted(
    route.path
    for module in PAGES
    for route in module.router.routes
    if isinstance(route, APIRoute) and "POST" in (route.methods or ())
)


@pytest.mark.parametrize("path", [path for path in POSTS if path != "/dang-nhap"])
@pytest.mark.parametrize("token", [None, "", "guess"])
def test_a_post_without_the_token_changes_nothing(browser_of: BrowserOf, path: str, token: str | None) -> None:
    browser = browser_of("admin")

    answer = browser.post(path.replace("{", "").replace("}", ""), data={} if token is None else {"csrf": token})

    assert answer.status_code in (400, 403), answer.text  # 400: the path itself cannot be
    assert browser.get("/").status_code == 200


def test_the_token_of_another_session_does_not_fit(browser_of: BrowserOf) -> None:
    lan, binh = browser_of("lan"), browser_of("binh")

    answer = lan.post("/dang-xuat", data={"csrf": binh.csrf("/")})

    assert answer.status_code == 403
    assert "Biểu mẫu đã hết hạn" in answer.text
    assert lan.get("/").status_code == 200


def test_the_sign_in_form_needs_its_own_cookie(client: Browser) -> None:
    token = client.csrf("/dang-nhap")
    client.cookies.clear()

    form = {"login": "lan", "password": province.PASSWORD, "csrf": token}

    assert client.post("/dang-nhap", data=form).status_code == 403


def test_a_file_in_place_of_the_token_is_refused(client: Browser) -> None:
    client.csrf("/dang-nhap")
    assert client.post("/dang-nhap", files={"csrf": ("a.txt", b"x")}).status_code == 403


def test_install_refuses_a_post_that_nobody_checks(monkeypatch: pytest.MonkeyPatch, app: FastAPI) -> None:
    class Careless:
        router = APIRouter()

    @Careless.router.post("/careless")
    def careless() -> None: ...

    fresh = FastAPI()
    fresh.state.settings = app.state.settings
    monkeypatch.setattr(web, "PAGES", (Careless,))
    with pytest.raises(RuntimeError, match="/careless: make its router by page_router"):
        web.install(fresh)


@pytest.mark.parametrize("path", ["/dang-nhap", "/", "/no-such-page", "/static/gapwatch.css"])
def test_security_headers_are_everywhere(client: Browser, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_pages_are_never_kept_and_static_files_for_ever(client: Browser) -> None:
    assert client.get("/dang-nhap").headers["cache-control"] == "no-store"
    assert "immutable" in client.get("/static/gapwatch.css").headers["cache-control"]
    assert client.get("/static/none.css").headers["cache-control"] == "no-store"


def test_a_huge_form_is_refused(client: Browser) -> None:
    token = client.csrf("/dang-nhap")
    form = {"login": "lan", "password": "x" * (web.FORM_LIMIT + 1), "csrf": token}

    answer = client.post("/dang-nhap", data=form)

    assert answer.status_code == 413
    assert "Nội dung gửi lên quá lớn" in answer.text
