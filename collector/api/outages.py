"""GET /api/v1/outages, /api/v1/area-events"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, Field

from collector.api.auth import api_account
from collector.api.errors import ApiError
from collector.api.models import Listed
from collector.api.models_outages import AreaEventItem, OutageItem
from collector.api.params import SEE_OFFICES, OptionalId, PageParams, PlaceParams, Text, store_of, today_of
from inventory.domain.outage_claim import CLAIMED, reason_not_claimed
from inventory.store.area_events import EventRow, area_events
from inventory.store.machine_lists import narrow
from inventory.store.outages import Outage
from inventory.store.outages import outages as find_outages
from inventory.store.sessions import Viewer

router = APIRouter(tags=["connectivity"])
Account = Annotated[Viewer, Depends(api_account(*SEE_OFFICES))]

USUAL = timedelta(days=30)
LONGEST = timedelta(days=400)
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Moment = Annotated[AwareDatetime | None, Field(ge=_FIRST, lt=_LAST)]


class OutageQuery(PlaceParams):
    from_at: Moment = None
    to_at: Moment = None
    site_id: OptionalId = None
    provider: Text = ""
    cause: Literal["", "line", "lan", "captive", "power", "unknown"] = ""
    confirmed: bool = False
    claimed: bool = False


class EventQuery(PageParams):
    from_at: Moment = None
    to_at: Moment = None
    withdrawn: bool = True


@router.get("/outages")
def outages(request: Request, account: Account, query: Annotated[OutageQuery, Query()]) -> Listed[OutageItem]:
    """Outages that reach into a time (by default the last 30 days), newest first. `claimed`: against the provider."""
    now: datetime = request.app.state.clock()
    from_at, to_at = _period(query.from_at, query.to_at, now)
    with store_of(request).reading() as session:
        found = find_outages(
            session,
            from_at,
            to_at,
            query.site_id,
            query.provider or None,
            now=now,
            scope=narrow(session, account.scope, query.area_id, query.unit_id, today_of(request)),
            calendar=request.app.state.calendar,
        )
    items = [
        _outage(item)
        for item in found
        if (not query.cause or item.cause == query.cause)
        and (not query.confirmed or item.state == "LINE_LOST_CONFIRMED")
        and (not query.claimed or reason_not_claimed(item.state, item.cause) == CLAIMED)
    ]
    shown = items[query.offset : query.offset + query.size]
    return Listed(items=shown, total=len(items), page=query.page, size=query.size)


@router.get("/area-events")
def events(request: Request, account: Account, query: Annotated[EventQuery, Query()]) -> Listed[AreaEventItem]:
    """Area events that reach into a time (by default the last 30 days), newest first."""
    from_at, to_at = _period(query.from_at, query.to_at, request.app.state.clock())
    with store_of(request).reading() as session:
        found = area_events(session, from_at, to_at, account.scope, withdrawn=query.withdrawn)
    items = [_event(row) for row in found[query.offset : query.offset + query.size]]
    return Listed(items=items, total=len(found), page=query.page, size=query.size)


def _period(from_at: datetime | None, to_at: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The time asked for. Raises ApiError 422 when it is empty or too long."""
    end = min(to_at, now) if to_at else now
    begin = from_at or end - USUAL
    if not timedelta(0) < end - begin <= LONGEST:
        raise ApiError(
            422, "invalid", "The time from from_at to to_at is empty, lies ahead, or is longer than 400 days.",
            field="from_at", remedy="Give two times in order, at most 400 days apart.",
        )  # fmt: skip
    return begin, end


def _outage(item: Outage) -> OutageItem:
    return OutageItem(
        **{
            name: getattr(item, name)
            for name in (
                "site_id",
                "site_name",
                "unit_id",
                "unit_name",
                "provider",
                "line_id",
                "line_kind",
                "contract_no",
                "from_at",
                "to_at",
                "state",
                "cause",
                "why",
                "witnesses",
                "corrections",
                "sample",
            )
        },
        seconds=round(item.seconds),
        open_seconds=round(item.open_s),
        observed_open_seconds=round(item.observed_s),
        area_event_id=item.event_id,
        not_claimed=reason_not_claimed(item.state, item.cause),
    )


def _event(row: EventRow) -> AreaEventItem:
    return AreaEventItem(
        id=row.id,
        from_at=row.from_at,
        to_at=row.to_at,
        area_id=row.area_id,
        area_name=row.area_name,
        provider=row.provider,
        cause=row.cause,
        raised_at=row.raised_at,
        withdrawn_at=row.withdrawn_at,
        site_ids=[site.site_id for site in row.sites],
        sites_in_all=row.sites_in_all,
    )
