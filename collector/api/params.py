"""Parameters that endpoints share. Unknown ones are refused by name: a misspelt filter must not list everything."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field

from collector.api.errors import ApiError, ErrorBody
from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME, Calendar
from inventory.store.engine import Store

MAX_ID = 2**31 - 1
SEE_OFFICES = ("admin", "officer", "viewer", "commune")
SEE_FINDINGS = (*SEE_OFFICES, "operator")
EVERYBODY = (*SEE_FINDINGS, "auditor")
ADMINISTER = ("admin", "officer")

RowId = Annotated[int, Path(ge=1, le=MAX_ID)]
Text = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
UnitId = Annotated[str, Field(max_length=24, pattern=r"^[0-9a-z.]*$", description="our own unit id, e.g. x21787.2")]
OptionalId = Annotated[int | None, Field(ge=1, le=MAX_ID)]


class PageParams(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    page: int = Field(default=1, ge=1, le=100_000)
    size: int = Field(default=50, ge=1, le=500)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


class PlaceParams(PageParams):
    """A list of things that lie somewhere."""

    unit_id: UnitId = ""
    area_id: OptionalId = None


def store_of(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def calendar_of(request: Request) -> Calendar:
    """The calendar of days off and make-up days that this service was started with."""
    calendar: Calendar = getattr(request.app.state, "calendar", DEFAULT_CALENDAR)
    return calendar


def today_of(request: Request) -> Any:
    """The local day by the service's clock."""
    return request.app.state.clock().astimezone(VN_TIME).date()


def gone(what: str, key: object) -> ApiError:
    """404 for what does not exist, or lies outside the caller's scope: the two are not told apart."""
    return ApiError(
        404, "not_found", f"There is no {what} {key} that this account may see.", remedy=f"List the {what}s first."
    )


ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "No account, or wrong credentials"},
    403: {"model": ErrorBody, "description": "The account may not read this"},
    422: {"model": ErrorBody, "description": "A parameter cannot be taken; `field` names it"},
    429: {"model": ErrorBody, "description": "Too many wrong passwords; see Retry-After"},
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "No such row in scope"}}
