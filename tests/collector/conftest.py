"""The pages over an empty or a small store, without agents and jobs, and browsers of named people."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from collector import web
from collector.mail.render import composer
from collector.settings import Settings
from collector.web import auth
from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.store.engine import Store, open_store
from tests import need
from tests.collector import province

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its advice to change the HTTP library concerns the authors of test suites only
    from starlette.testclient import TestClient


class Clock:
    """The service's clock, set by the test."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Browser(TestClient):
    """A browser that stays on redirects, keeps cookies, and can fill the forms of a page."""

    def csrf(self, path: str) -> str:
        """The token of the first form of the page."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path, follow_redirects=True).text)
        assert found is not None, f"{path} has no form with a token"
        return found[1]

    def sign_in(self, login: str, password: str = province.PASSWORD) -> Browser:
        answer = self.post("/dang-nhap", data={"login": login, "password": password, "csrf": self.csrf("/dang-nhap")})
        assert answer.status_code == 303, answer.text
        return self


def page_app(store: Store, clock: Callable[[], datetime], base_url: str = "http://127.0.0.1:8080") -> FastAPI:
    """The pages alone, as collector.app puts them together."""
    app = FastAPI(openapi_url=None)
    app.state.settings = Settings(base_url=base_url)
    app.state.store, app.state.clock = store, clock
    app.state.calendar, app.state.compose = DEFAULT_CALENDAR, composer(app.state.settings)
    app.add_exception_handler(HTTPException, web.http_error_page)
    app.add_exception_handler(RequestValidationError, web.http_error_page)
    web.install(app)
    return app


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "HASHER", province.CHEAP)
    monkeypatch.setattr(auth, "_nobody", [])


@pytest.fixture
def clock() -> Clock:
    return Clock(province.NOW)


@pytest.fixture(scope="session")
def filled_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The small province as a SQLite file, made once: filling it for each test would cost seconds."""
    folder = tmp_path_factory.mktemp("province")
    store = open_store(need.sqlite_copy(folder))
    province.fill(store)
    with store.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        path = Path(str(store.engine.url.database))
    store.close()
    return path.read_bytes()


@pytest.fixture
def filled(filled_bytes: bytes, tmp_path: Path) -> Iterator[Store]:
    """The small province on SQLite."""
    path = tmp_path / "province.db"
    path.write_bytes(filled_bytes)
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture
def app(filled: Store, clock: Clock) -> FastAPI:
    return page_app(filled, clock)


@pytest.fixture
def new_browser() -> Iterator[Callable[[FastAPI], Browser]]:
    """`new_browser(app)`: one with its own cookies. Entered, so that its requests share one event loop."""
    with ExitStack() as stack:

        def make(app: FastAPI, base_url: str = "http://127.0.0.1:8080") -> Browser:
            browser = Browser(app, follow_redirects=False, base_url=base_url)
            stack.enter_context(browser)
            return browser

        yield make


@pytest.fixture
def client(app: FastAPI, new_browser: Callable[[FastAPI], Browser]) -> Browser:
    """A browser in which nobody is signed in."""
    return new_browser(app)


@pytest.fixture
def browser_of(app: FastAPI, new_browser: Callable[[FastAPI], Browser]) -> Callable[[str], Browser]:
    """`browser_of("lan")`: a browser in which chị Lan is signed in."""
    return lambda login: new_browser(app).sign_in(login)


@pytest.fixture
def templates() -> Path:
    return Path(web.__file__).parent / "templates"
