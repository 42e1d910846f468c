"""GET /api/v1/lines, /services, /meeting-points and /meeting-check: how good the lines are and what they are good for."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, Field

from collector.api.auth import api_account
from collector.api.errors import ApiError
from collector.api.models import Listed
from collector.api.models_lines import CheckAnswer, LineItem, PointItem, ReachItem
from collector.api.params import SEE_OFFICES, PageParams, PlaceParams, Text, calendar_of, store_of, today_of
from inventory.domain.service_reach import Tally
from inventory.store.line_lists import LineFilter, LineRow, list_lines
from inventory.store.machine_lists import narrow
from inventory.store.meetings import PointRow, check_plain, check_points, list_points
from inventory.store.policy import effective_policy
from inventory.store.service_lists import Matrix, sites_of
from inventory.store.sessions import Viewer

router = APIRouter(tags=["lines"])
Account = Annotated[Viewer, Depends(api_account(*SEE_OFFICES))]
FARTHEST_S = 2 * 366 * 86_400
Grade = Literal["", "ready", "limited", "audio", "not_ready", "unknown"]


class LineQuery(PlaceParams):
    q: Text = ""
    grade: Grade = ""
    contract: Literal["", "below", "kept", "unknown"] = ""
    load: Literal["", "over", "busy", "within", "unknown"] = ""
    tested: Literal["", "yes", "no"] = ""
    sample: Literal["", "yes", "no"] = ""
    sort: Literal["site", "grade", "rtt", "loss", "down", "up", "contract", "load", "cost", "last"] = "site"
    descending: bool = False


class ReachQuery(PlaceParams):
    service: Text = ""


class PointQuery(PlaceParams):
    grade: Grade = ""


class CheckQuery(PlaceParams):
    at: Annotated[AwareDatetime | None, Field(description="start of the meeting, with its offset; left out: now")] = (
        None
    )
    mbps: Annotated[
        float | None, Field(gt=0, le=1000, description="needed each way; left out: the policy's meeting.ready_mbps")
    ] = None


@router.get("/lines")
def lines(request: Request, account: Account, query: Annotated[LineQuery, Query()]) -> Listed[LineItem]:
    """Every site in scope with what is concluded of its line; figures are those of working hours."""
    with store_of(request).reading() as session:
        wanted = LineFilter(
            scope=narrow(session, account.scope, query.area_id, query.unit_id, today_of(request)),
            words=query.q,
            grade=query.grade,
            contract=query.contract,
            load=query.load,
            tested=query.tested,
            sample=query.sample,
        )
        rows = list_lines(session, wanted, query.sort, query.descending)
    return _cut([_line(row) for row in rows], query)


@router.get("/services")
def services(request: Request, account: Account, query: Annotated[ReachQuery, Query()]) -> Listed[ReachItem]:
    """Each site and service with the tries of the last seven days; what was never tried is not listed."""
    now = request.app.state.clock()
    with store_of(request).reading() as session:
        scope = narrow(session, account.scope, query.area_id, query.unit_id, today_of(request))
        matrix = sites_of(session, scope, now)
    rows = [item for item in _reach(matrix) if query.service in ("", item.service)]
    return _cut(rows, query)


@router.get("/meeting-points")
def meeting_points(request: Request, account: Account, query: Annotated[PointQuery, Query()]) -> Listed[PointItem]:
    """The points of video meetings with their grade."""
    now = request.app.state.clock()
    with store_of(request).reading() as session:
        scope = narrow(session, account.scope, query.area_id, query.unit_id, today_of(request))
        rows = [row for row in list_points(session, scope, now) if query.grade in ("", row.grade)]
    return _cut([_point(row) for row in rows], query)


@router.get("/meeting-check")
def meeting_check(request: Request, account: Account, query: Annotated[CheckQuery, Query()]) -> CheckAnswer:
    """What to expect of all points for a meeting: those that will fail first, with the reasons."""
    now: datetime = request.app.state.clock()
    if query.at is not None and abs((query.at - now).total_seconds()) > FARTHEST_S:
        raise ApiError(
            422, "bad_time", "A meeting so far away cannot be judged.", field="at", remedy="Give a nearer time."
        )
    with store_of(request).reading() as session:
        scope = narrow(session, account.scope, query.area_id, query.unit_id, today_of(request))
        policy, _ = effective_policy(session)
        needed = query.mbps if query.mbps is not None else policy.meeting_ready_mbps
        found = check_plain(check_points(session, scope, now, calendar_of(request), needed, query.at), now)
    found["results"] = found["results"][query.offset : query.offset + query.size]
    return CheckAnswer.model_validate(found)


def _cut(items: list[Any], query: PageParams) -> Listed[Any]:
    return Listed(
        items=items[query.offset : query.offset + query.size], total=len(items), page=query.page, size=query.size
    )


def _line(row: LineRow) -> LineItem:
    data: dict[str, Any] = dict(row.data or {})
    return LineItem.model_validate(
        {
            "site_id": row.site.id,
            "site_name": row.site.name,
            "unit_id": row.site.unit_id,
            "unit_name": row.unit_name,
            "provider": row.site.provider,
            "meeting_point": row.point,
            "grade": row.grade,
            "contract": row.contract,
            "load": row.load,
            "computed_at": row.computed_at,
            "quality": data.get("quality"),
            "readiness": data.get("readiness"),
            "load_checks": data.get("load"),
            "rate_checks": data.get("rate"),
            "budget": data.get("budget"),
            "sample": row.site.sample,
        }
    )


def _reach(matrix: Matrix) -> list[ReachItem]:
    known = {service.name: service for service in matrix.services}
    return [
        _reach_item(int(line.key), line.name, known[name].group, known[name].network, name, tally)
        for line in matrix.lines
        for name, tally in sorted(line.tallies.items())
    ]


def _reach_item(site_id: int, site: str, group: str, network: str, service: str, tally: Tally) -> ReachItem:
    return ReachItem(
        site_id=site_id,
        site_name=site,
        service=service,
        group=group,
        network=network,
        tries=tally.counted,
        answered=tally.ok,
        offline=tally.offline,
        share=None if tally.share is None else round(tally.share, 4),
        latency_ms=round(tally.latency_ms / tally.ok, 1) if tally.ok else None,
        worst_stage=tally.worst_stage,
        last_error=tally.last_error,
        last_ok_at=tally.last_ok_at,
        last_failed_at=tally.last_failed_at,
    )


def _point(row: PointRow) -> PointItem:
    return PointItem(
        site_id=row.site.id or 0,
        site_name=row.site.name,
        unit_id=row.site.unit_id,
        unit_name=row.unit_name,
        provider=row.site.provider,
        chosen=row.chosen,
        grade=row.grade,
        readiness=dict(row.readiness) if row.readiness else None,
        state=row.point.state,
        cut_off=row.point.cut_off,
        outages_7_days=row.point.outages,
        computed_at=row.computed_at,
        sample=row.site.sample,
    )
