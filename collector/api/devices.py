"""GET /api/v1/devices"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from collector.api.auth import api_account
from collector.api.models import Listed
from collector.api.models_network import DeviceDetail, DeviceItem
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
from inventory.store.device_lists import (
    DeviceFilter,
    DeviceRow,
    count_devices,
    find_device,
    list_devices,
    needs_attention,
)
from inventory.store.machine_lists import narrow
from inventory.store.sessions import Viewer

router = APIRouter(tags=["devices"])
Account = Annotated[Viewer, Depends(api_account(*SEE_OFFICES))]


class DeviceQuery(PlaceParams):
    q: Text = ""
    site_id: OptionalId = None
    kind: Annotated[str | None, Field(max_length=20, pattern=r"^[a-z_]*$")] = None
    vendor: Text = ""
    attention: Literal["", "any", "supply", "battery", "community", "gone"] = ""
    presence: Literal["", "here", "gone"] = ""
    sample: Literal["", "yes", "no"] = ""
    sort: Literal["site", "kind", "vendor", "name", "seen", "attention"] = "site"
    descending: bool = False


@router.get("/devices")
def devices(request: Request, account: Account, query: Annotated[DeviceQuery, Query()]) -> Listed[DeviceItem]:
    """Network equipment in scope, by place by default. `kind=` (empty) gives those of unknown kind."""
    with store_of(request).reading() as session:
        wanted = DeviceFilter(
            words=query.q,
            scope=narrow(session, account.scope, query.area_id, query.unit_id, today_of(request)),
            site_id=query.site_id,
            kind=query.kind,
            vendor=query.vendor,
            attention=query.attention,
            presence=query.presence,
            sample=query.sample,
        )
        total = count_devices(session, wanted)
        rows = list_devices(session, wanted, query.sort, query.descending, query.offset, query.size)
        items = [DeviceItem.model_validate(_plain(row)) for row in rows]
    return Listed(items=items, total=total, page=query.page, size=query.size)


@router.get("/devices/{device_id}", responses=NOT_FOUND)
def device(request: Request, account: Account, device_id: RowId) -> DeviceDetail:
    """One device with its ports, supplies and battery."""
    with store_of(request).reading() as session:
        row = find_device(session, account.scope, device_id)
        if row is None:
            raise gone("device", device_id)
        return DeviceDetail.model_validate(_plain(row))


def _plain(row: DeviceRow) -> dict[str, Any]:
    ports = row.device.ports
    return row.device.model_dump() | {
        "site_name": row.site_name,
        "unit_id": row.unit_id,
        "unit_name": row.unit_name,
        "attention": needs_attention(row.device),
        "ports_up": None if ports is None else sum(bool(port.get("is_up")) for port in ports),
        "ports_total": None if ports is None else len(ports),
    }
