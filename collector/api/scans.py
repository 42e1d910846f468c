"""GET /api/v1/scans: what the agents did on the networks."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from collector.api.auth import api_account
from collector.api.models import Listed
from collector.api.models_network import ScanItem
from collector.api.params import OptionalId, PlaceParams, Text, store_of, today_of
from inventory.domain.week import midnight
from inventory.store.machine_lists import narrow
from inventory.store.scan_lists import ScanFilter, list_scans, scan_totals
from inventory.store.sessions import Viewer

router = APIRouter(tags=["scans"])
SEE_SCANS = ("admin", "officer", "commune", "auditor")
LAST_DAY = date(9998, 12, 31)

Day = Annotated[date | None, Field(ge=date(1900, 1, 1), le=LAST_DAY)]


class ScanQuery(PlaceParams):
    q: Text = ""
    site_id: OptionalId = None
    kind: Literal["", "sweep", "recheck"] = ""
    stopped: Annotated[Text, Field(description="a code, any or none")] = ""
    from_day: Annotated[Day, Field(description="local day")] = None
    to_day: Annotated[Day, Field(description="local day, included")] = None
    sample: Literal["", "yes", "no"] = ""
    sort: Literal["started", "site", "frames", "duration", "hosts"] = "started"
    descending: bool = True


@router.get("/scans")
def scans(
    request: Request, account: Annotated[Viewer, Depends(api_account(*SEE_SCANS))], query: Annotated[ScanQuery, Query()]
) -> Listed[ScanItem]:
    """Records of scans in scope, newest first by default."""
    with store_of(request).reading() as session:
        wanted = ScanFilter(
            scope=narrow(session, account.scope, query.area_id, query.unit_id, today_of(request)),
            words=query.q,
            site_id=query.site_id,
            kind=query.kind,
            stopped=query.stopped,
            from_at=_start(query.from_day, 0),
            to_at=_start(query.to_day, 1),
            sample=query.sample,
        )
        total = scan_totals(session, wanted).scans
        rows = list_scans(session, wanted, query.sort, query.descending, query.offset, query.size)
        items = [
            ScanItem.model_validate(
                row.scan.model_dump()
                | {
                    "site_name": row.site_name,
                    "unit_id": row.unit_id,
                    "unit_name": row.unit_name,
                    "hostname": row.hostname,
                    "machine_id": row.machine_id,
                }
            )
            for row in rows
        ]
    return Listed(items=items, total=total, page=query.page, size=query.size)


def _start(day: date | None, more: int) -> datetime | None:
    return None if day is None else midnight(day + timedelta(days=more))
