"""The REST API, version 1: what the pages show, for programs. It only reads; see auth.py for who may.

    GET /api/v1/sites      /api/v1/sites/{id}         GET /api/v1/units   /api/v1/units/{id}
    GET /api/v1/machines   /api/v1/machines/{id}      GET /api/v1/figures
    GET /api/v1/findings   /api/v1/findings/{id}      GET /api/v1/outbox
    GET /api/v1/devices    /api/v1/devices/{id}       GET /api/v1/scans
    GET /api/v1/outages    GET /api/v1/area-events
    GET /api/v1/lines      GET /api/v1/services       GET /api/v1/meeting-points   /api/v1/meeting-check
    GET /api/v1/openapi.json

Lists: `page`, `size`, filters; {"items", "total", "page", "size"}. Errors: errors.py.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from collector.api import devices, figures, findings, lines, machines, outages, scans, sites, units
from collector.api.errors import IsPage, PageError, install_error_handlers
from collector.api.params import ERRORS

PREFIX = "/api/v1"
VERSION = "1"

__all__ = ["PREFIX", "install", "install_error_handlers", "openapi"]


def install(app: FastAPI, *, page_error: PageError | None = None, is_page: IsPage | None = None) -> None:
    """Adds the endpoints, their description and the error handlers of the whole service."""
    router = _router()
    description = openapi()

    @router.get("/openapi.json", include_in_schema=False)
    def describe() -> JSONResponse:
        return JSONResponse(description)

    app.include_router(router)
    install_error_handlers(app, page_error=page_error, is_page=is_page)


def openapi() -> dict[str, Any]:
    """The OpenAPI description, made of the endpoints alone."""
    probe = FastAPI()
    probe.include_router(_router())
    described = get_openapi(
        title="Gapwatch",
        version=VERSION,
        summary="IT infrastructure of communes: sites, machines, findings, figures",
        description="null means not known, never none. Times are UTC. Errors have one shape, see ErrorBody.",
        routes=probe.routes,
    )
    described["components"]["securitySchemes"] = {
        "basic": {"type": "http", "scheme": "basic", "description": "login and password of an account"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "gapwatch_session"},
    }
    described["security"] = [{"basic": []}, {"cookie": []}]
    return described


def _router() -> APIRouter:
    router = APIRouter(prefix=PREFIX, responses=ERRORS)
    for module in (sites, machines, devices, scans, outages, lines, findings, units, figures):
        router.include_router(module.router)
    return router
