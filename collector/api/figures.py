"""GET /api/v1/figures and /api/v1/outbox: the figures of the overview, and what became of the weekly mails."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func
from sqlmodel import col, desc, select

from collector.api.auth import api_account
from collector.api.models import CommuneCounts, Counts, FiguresAnswer, Listed, OutboxItem
from collector.api.params import ADMINISTER, SEE_OFFICES, OptionalId, PageParams, UnitId, store_of, today_of
from inventory.store.machine_lists import narrow
from inventory.store.overview import count_by_commune, total_of
from inventory.store.sessions import Viewer
from inventory.store.tables import Outbox

router = APIRouter()


class FiguresQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unit_id: UnitId = ""
    area_id: OptionalId = None


class OutboxQuery(PageParams):
    iso_week: Annotated[str, Field(pattern=r"^([0-9]{4}-W[0-9]{2})?$", description="e.g. 2026-W47")] = ""
    state: Literal["", "queued", "sending", "sent", "failed"] = ""


@router.get("/figures", tags=["figures"])
def figures(
    request: Request,
    account: Annotated[Viewer, Depends(api_account(*SEE_OFFICES))],
    query: Annotated[FiguresQuery, Query()],
) -> FiguresAnswer:
    """The figures of the overview now, in total and per commune."""
    today = today_of(request)
    with store_of(request).reading() as session:
        rows = count_by_commune(session, narrow(session, account.scope, query.area_id, query.unit_id, today), today)
    communes = [
        CommuneCounts(
            unit_id=row.unit_id,
            unit_name=row.name,
            area_id=row.area_id,
            area_name=row.area,
            figures=Counts.model_validate(row.figures),
        )
        for row in rows
    ]
    total = Counts.model_validate(total_of(rows))
    return FiguresAnswer(at=request.app.state.clock(), total=total, communes=communes)


@router.get("/outbox", tags=["weekly mail"])
def outbox(
    request: Request,
    account: Annotated[Viewer, Depends(api_account(*ADMINISTER))],
    query: Annotated[OutboxQuery, Query()],
) -> Listed[OutboxItem]:
    """The ledger of weekly mails, newest first."""
    conditions = [
        col(column) == value
        for column, value in ((Outbox.iso_week, query.iso_week), (Outbox.state, query.state))
        if value
    ]
    with store_of(request).reading() as session:
        total = session.exec(select(func.count()).select_from(Outbox).where(*conditions)).one()
        rows = session.exec(
            select(Outbox)
            .where(*conditions)
            .order_by(desc(Outbox.due_at), desc(Outbox.id))
            .offset(query.offset)
            .limit(query.size)
        )
        items = [OutboxItem.model_validate(row) for row in rows]
    return Listed(items=items, total=total, page=query.page, size=query.size)
