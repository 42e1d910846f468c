"""The pages and the API together over the small province, as collector.app installs them; without agents and jobs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI

from collector import api, web
from collector.settings import Settings
from inventory.domain.hours import DEFAULT_CALENDAR
from inventory.store.engine import Store


def service(store: Store, clock: Callable[[], datetime]) -> FastAPI:
    """The application of tests of the API."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.settings = Settings(base_url="http://127.0.0.1:8080")
    app.state.store, app.state.clock, app.state.calendar = store, clock, DEFAULT_CALENDAR
    api.install(app, page_error=web.http_error_page, is_page=web.is_page)
    web.install(app)
    return app
