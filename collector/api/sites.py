"""GET /api/v1/sites"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from collector.api.auth import api_account
from collector.api.models import Listed, SiteItem
from collector.api.models_network import NetworkItem, SiteDetail
from collector.api.params import NOT_FOUND, SEE_OFFICES, PlaceParams, RowId, Text, gone, store_of, today_of
from inventory.domain.unit import full_name
from inventory.store.device_lists import DeviceFilter, count_devices
from inventory.store.scan_lists import LanRow, networks_of
from inventory.store.sessions import Viewer
from inventory.store.sites import SiteFilter, SiteRow, count_sites, list_sites
from inventory.store.tables import Site, Unit

router = APIRouter(tags=["sites"])
Account = Annotated[Viewer, Depends(api_account(*SEE_OFFICES))]

State = Literal[
    "",
    "connected",
    "off",
    "cut",
    "unobserved",
    "excluded",
    "UP",
    "OFF_EXPECTED",
    "OFF_UNUSUAL",
    "LINE_LOST_SUSPECTED",
    "LINE_LOST_CONFIRMED",
    "POWER_CUT_SUSPECTED",
    "COLLECTOR_BLIND",
    "NOT_OBSERVED",
    "NEVER_REPORTED",
]
_SORTS = {
    "state": "trang-thai",
    "name": "ten",
    "unit": "xa",
    "since": "tu-luc",
    "machines": "may",
    "contact": "lien-lac",
}


class SiteQuery(PlaceParams):
    q: Text = ""
    state: State = ""
    lan: Literal["", "none", "partial", "working", "unknown", "faulty"] = ""
    sort: Literal["state", "name", "unit", "since", "machines", "contact"] = "state"
    descending: bool = False


@router.get("/sites")
def sites(request: Request, account: Account, query: Annotated[SiteQuery, Query()]) -> Listed[SiteItem]:
    """Sites in scope; by default those that are worst off first."""
    wanted = SiteFilter(account.scope, query.q, query.area_id, query.unit_id, query.state, query.lan)
    day = today_of(request)
    with store_of(request).reading() as session:
        total = count_sites(session, wanted, day)
        rows = list_sites(session, wanted, day, _SORTS[query.sort], query.descending, query.offset, query.size)
        return Listed(items=[_item(row) for row in rows], total=total, page=query.page, size=query.size)


@router.get("/sites/{site_id}", responses=NOT_FOUND)
def site(request: Request, account: Account, site_id: RowId) -> SiteDetail:
    """One site with its local networks."""
    day, now = today_of(request), request.app.state.clock()
    with store_of(request).reading() as session:
        found = session.get(Site, site_id)
        if found is None or not account.scope.covers(found.unit_id):
            raise gone("site", site_id)
        unit = session.get_one(Unit, found.unit_id)
        inside = SiteFilter(account.scope, unit_id=unit.id)
        rows = list_sites(session, inside, day, limit=MAX_SITES_OF_UNIT)
        row = next((row for row in rows if row.site.id == site_id), None)
        item = _item(row or SiteRow(found, full_name(unit.type_label, unit.name), 0, 0, 0))
        networks = [_network(lan) for lan in networks_of(session, site_id, now)]
        devices = count_devices(session, DeviceFilter(scope=account.scope, site_id=site_id))
        return SiteDetail(**item.model_dump(), lan_evidence=found.lan_evidence, networks=networks, devices=devices)


MAX_SITES_OF_UNIT = 500


def _network(row: LanRow) -> NetworkItem:
    lan, held = row.lan, row.scanner is not None
    return NetworkItem(
        network=lan.network,
        gateway=lan.gateway,
        agents=row.members,
        hosts=lan.hosts,
        vendors=[(str(name), int(count)) for name, count in lan.vendors] if lan.vendors is not None else None,
        scanner_agent_id=lan.scanner_agent_id if held else None,
        lease_from=lan.lease_from if held else None,
        lease_until=lan.lease_until if held else None,
        elected_why=lan.elected_why,
        last_sweep_at=lan.last_sweep_at,
    )


def _item(row: SiteRow) -> SiteItem:
    site = row.site
    assert site.id is not None
    return SiteItem(
        id=site.id,
        name=site.name,
        role=site.role,
        unit_id=site.unit_id,
        unit_name=row.unit_name,
        provider=site.provider,
        excluded=bool(site.excluded_reason),
        state=site.state,
        state_cause=site.state_cause,
        state_since=site.state_since,
        last_contact_at=site.last_contact_at,
        lan_state=site.lan_state,
        lan_declared=site.lan_declared,
        pc_norm=site.pc_norm,
        machines=row.machines,
        outdated_machines=row.outdated,
        agents=row.agents,
        evaluated_at=site.evaluated_at,
        sample=site.sample,
    )
