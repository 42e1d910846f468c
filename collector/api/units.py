"""GET /api/v1/units: the public register of administrative units, old and new."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy import func, or_
from sqlmodel import col, desc, select

from collector.api.auth import api_account
from collector.api.models import Listed, UnitDetail, UnitItem
from collector.api.params import EVERYBODY, NOT_FOUND, PageParams, Text, UnitId, gone, store_of
from inventory.store.machine_lists import search_conditions
from inventory.store.sessions import Viewer
from inventory.store.tables import Unit, UnitLink

router = APIRouter(tags=["units"])
Account = Annotated[Viewer, Depends(api_account(*EVERYBODY))]


class UnitQuery(PageParams):
    q: Text = ""
    kind: Literal["", "tinh", "huyen", "xa"] = ""
    parent_id: UnitId = ""
    valid_on: date | None = None


@router.get("/units")
def units(request: Request, account: Account, query: Annotated[UnitQuery, Query()]) -> Listed[UnitItem]:
    """Units by kind and name. `valid_on` leaves out those that did not exist on that day."""
    conditions = list(search_conditions(query.q, col(Unit.name_key)))  # type: ignore[arg-type]
    if query.kind:
        conditions.append(col(Unit.kind) == query.kind)
    if query.parent_id:
        conditions.append(col(Unit.parent_id) == query.parent_id)
    if query.valid_on is not None:
        conditions.append(or_(col(Unit.valid_from).is_(None), col(Unit.valid_from) <= query.valid_on))
        conditions.append(or_(col(Unit.valid_to).is_(None), col(Unit.valid_to) >= query.valid_on))
    order = (col(Unit.kind), col(Unit.name_key), col(Unit.id))
    with store_of(request).reading() as session:
        total = session.exec(select(func.count()).select_from(Unit).where(*conditions)).one()
        rows = session.exec(select(Unit).where(*conditions).order_by(*order).offset(query.offset).limit(query.size))
        items = [UnitItem.model_validate(row) for row in rows]
    return Listed(items=items, total=total, page=query.page, size=query.size)


@router.get("/units/{unit_id}", responses=NOT_FOUND)
def unit(
    request: Request, account: Account, unit_id: Annotated[str, Path(max_length=24, pattern=r"^[0-9a-z.]+$")]
) -> UnitDetail:
    """One unit with its successors."""
    with store_of(request).reading() as session:
        found = session.get(Unit, unit_id)
        if found is None:
            raise gone("unit", unit_id)
        links = select(UnitLink.to_id).where(UnitLink.from_id == unit_id).order_by(desc(UnitLink.is_default))
        return UnitDetail.model_validate(found.model_dump() | {"successors": list(session.exec(links))})
