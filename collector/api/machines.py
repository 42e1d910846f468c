"""GET /api/v1/machines"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request

from collector.api.auth import api_account
from collector.api.models import Listed, MachineDetail, MachineItem, SectionItem, Unfit
from collector.api.params import (
    NOT_FOUND,
    SEE_OFFICES,
    OptionalId,
    PlaceParams,
    RowId,
    Text,
    gone,
    store_of,
    today_of,
)
from inventory.domain.unit import full_name
from inventory.store.machine_lists import MachineFilter, MachineRow, count_machines, list_machines, narrow
from inventory.store.machine_sheet import load_sheet
from inventory.store.sessions import Viewer

router = APIRouter(tags=["machines"])
Account = Annotated[Viewer, Depends(api_account(*SEE_OFFICES))]

Sort = Literal[
    "age", "name", "model", "cpu", "ram", "disk", "os", "unfit", "site", "unit", "status", "contact",
    "unsafe", "windows11", "disk_free", "update",
]  # fmt: skip


class MachineQuery(PlaceParams):
    q: Text = ""
    site_id: OptionalId = None
    outdated: Literal["", "yes", "no", "unknown", "not_applicable"] = ""
    unfit: Annotated[Text, "a code of a limit, any, none or unknown"] = ""
    unsafe: Annotated[Text, "a code of a weak point of protection, any, none or unknown"] = ""
    windows11: Literal["", "capable", "switched_off", "cannot", "unknown"] = ""
    disk: Literal["", "bad", "failing", "warning", "ok", "full", "unknown"] = ""
    os_name: Text = ""
    status: Literal["", "counted", "in_use", "broken", "retired", "excluded", "conflict"] = ""
    sample: Literal["", "yes", "no"] = ""
    sort: Sort = "age"
    descending: bool = False


@router.get("/machines")
def machines(request: Request, account: Account, query: Annotated[MachineQuery, Query()]) -> Listed[MachineItem]:
    """Machines in scope, oldest first by default. `status=counted` gives those that the figures count."""
    with store_of(request).reading() as session:
        wanted = MachineFilter(
            words=query.q,
            scope=narrow(session, account.scope, query.area_id, query.unit_id, today_of(request)),
            site_id=query.site_id,
            outdated=query.outdated,
            unfit=query.unfit,
            unsafe=query.unsafe,
            windows11=query.windows11,
            disk=query.disk,
            os_name=query.os_name,
            status=query.status,
            sample=query.sample,
        )
        total = count_machines(session, wanted)
        rows = list_machines(session, wanted, query.sort, query.descending, query.offset, query.size)
        items = [MachineItem.model_validate(_plain(row)) for row in rows]
    return Listed(items=items, total=total, page=query.page, size=query.size)


@router.get("/machines/{machine_id}", responses=NOT_FOUND)
def machine(request: Request, account: Account, machine_id: RowId) -> MachineDetail:
    """One machine with its evidence."""
    with store_of(request).reading() as session:
        sheet = load_sheet(session, machine_id, request.app.state.clock())
        if sheet is None or not account.scope.covers(sheet.unit.id):
            raise gone("machine", machine_id)
        row = MachineRow(
            sheet.machine, sheet.site.name, sheet.unit.id, full_name(sheet.unit.type_label, sheet.unit.name)
        )
        return MachineDetail.model_validate(
            _plain(row)
            | {
                "addresses": sheet.machine.addresses.split(),
                "age_evidence": sheet.machine.age_evidence,
                "windows11_reasons": sheet.machine.windows11_reasons,
                "sections": [SectionItem.model_validate(section) for section in sheet.sections],
            }
        )


def _plain(row: MachineRow) -> dict[str, Any]:
    machine = row.machine
    return machine.model_dump() | {
        "site_name": row.site_name,
        "unit_id": row.unit_id,
        "unit_name": row.unit_name,
        "unfit": _reasons(machine.unfit),
        "unsafe": _reasons(machine.unsafe),
        "windows11": machine.windows11 or None,
        "disk_health": machine.disk_health or None,
    }


def _reasons(stored: list[Any] | None) -> list[Unfit] | None:
    if stored is None:
        return None
    return [Unfit(code=str(i.get("code", "")), value=i.get("value"), limit=i.get("limit")) for i in stored]
