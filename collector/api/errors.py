"""The one shape of an error, for the API and the agents: {"error": {"code", "message", "field", "remedy"}}.

`code` is stable and meant for programs; the others are English sentences for the person who reads a log.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

log = logging.getLogger(__name__)

PageError = Callable[[Request, Exception], Response]
IsPage = Callable[[Request], bool]


class ErrorDetail(BaseModel):
    code: str
    message: str
    field: str | None = None  # which parameter, header or part of the body
    remedy: str | None = None  # what to do


class ErrorBody(BaseModel):
    error: ErrorDetail


class ApiError(Exception):
    """Answered in the one shape with this status."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        remedy: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.detail = ErrorDetail(code=code, message=message, field=field, remedy=remedy)
        self.headers = headers


_STATUS: Mapping[int, tuple[str, str, str | None]] = {
    400: ("bad_request", "The request cannot be read.", "Check the address, the headers and the body."),
    401: (
        "not_signed_in",
        "This needs an account.",
        "Send HTTP Basic credentials or the cookie of a signed-in browser.",
    ),
    403: ("forbidden", "This account may not do that.", "Ask the administrator for the right."),
    404: ("not_found", "There is nothing at this address.", "See /api/v1/openapi.json for the addresses there are."),
    405: ("method_not_allowed", "This address does not take that method.", "Use a method of the Allow header."),
    413: ("too_large", "The body is too large.", "Send less in one request."),
    415: ("unsupported_media_type", "This content type is not taken here.", None),
    422: ("invalid", "A value cannot be taken.", None),
    429: ("too_many", "Too many tries.", "Wait as long as the header Retry-After says."),
    500: (
        "internal",
        "The collector met a fault of its own.",
        "Try again later; if it lasts, tell the administrator the time.",
    ),
    503: ("unavailable", "The collector cannot answer now.", "Try again later."),
}


def error_response(
    status: int,
    code: str,
    message: str,
    *,
    field: str | None = None,
    remedy: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An error in the one shape, for code that answers without raising."""
    body = ErrorBody(error=ErrorDetail(code=code, message=message, field=field, remedy=remedy))
    return JSONResponse(body.model_dump(), status_code=status, headers=dict(headers or {}))


def install_error_handlers(app: FastAPI, *, page_error: PageError | None = None, is_page: IsPage | None = None) -> None:
    """Every error of /api and /agent gets the one shape; where `is_page` says so, `page_error` makes a page instead."""

    def handle(make: Callable[[Exception], Response]) -> Callable[[Request, Exception], Awaitable[Response]]:
        async def handler(request: Request, error: Exception) -> Response:
            if page_error is not None and is_page is not None and is_page(request):
                return page_error(request, error)
            return make(error)

        return handler

    app.add_exception_handler(ApiError, handle(_api_error))
    app.add_exception_handler(HTTPException, handle(_http_error))
    app.add_exception_handler(RequestValidationError, handle(_invalid))
    app.add_exception_handler(Exception, handle(_fault))


def _api_error(error: Exception) -> Response:
    assert isinstance(error, ApiError)
    body = ErrorBody(error=error.detail).model_dump()
    return JSONResponse(body, status_code=error.status, headers=dict(error.headers or {}))


def _http_error(error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code, message, remedy = _STATUS.get(status, _STATUS[500 if status >= 500 else 400])
    return error_response(status, code, message, remedy=remedy, headers=error.headers)


def _invalid(error: Exception) -> Response:
    """The first wrong value is named; the others are found one request later."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"][1:]] or [str(first["loc"][0])]
    code, _message, _remedy = _STATUS[422]
    unknown = first["type"] == "extra_forbidden"
    message = "There is no such parameter." if unknown else f"{first['msg']}."
    remedy = "See /api/v1/openapi.json for the parameters there are."
    return error_response(422, code, message, field=".".join(place), remedy=remedy)


def _fault(error: Exception) -> Response:
    log.error("unhandled fault", exc_info=error)
    code, message, remedy = _STATUS[500]
    return error_response(500, code, message, remedy=remedy)
