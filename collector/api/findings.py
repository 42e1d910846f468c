"""GET /api/v1/findings"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request

from collector.api.auth import api_account
from collector.api.models import EventItem, FindingDetail, FindingItem, Listed
from collector.api.params import (
    NOT_FOUND,
    SEE_FINDINGS,
    OptionalId,
    PlaceParams,
    RowId,
    gone,
    store_of,
    today_of,
)
from inventory.store.finding_lists import (
    FindingFilter,
    FindingRow,
    Which,
    count_findings,
    list_findings,
    load_finding,
)
from inventory.store.machine_lists import narrow
from inventory.store.sessions import Viewer

router = APIRouter(tags=["findings"])
Account = Annotated[Viewer, Depends(api_account(*SEE_FINDINGS))]

Kind = Literal[
    "",
    "machine_outdated",
    "machine_unfit",
    "machine_silent",
    "clock_wrong",
    "site_disconnected",
    "site_flapping",
    "site_no_lan",
    "site_never_reported",
    "village_no_broadband",
    "village_no_signal",
    "identity_conflict",
    "machine_unsafe",
    "machine_wmi_damaged",
    "lan_rogue_dhcp",
    "lan_second_router",
    "lan_address_clash",
    "lan_captive",
    "lan_hotspot",
    "lan_dns_tampering",
    "lan_default_snmp",
    "lan_open_management",
    "lan_no_ipv6",
    "line_saturated",
    "line_below_contract",
    "service_unreachable",
    "service_down",
    "meeting_not_ready",
]


class FindingQuery(PlaceParams):
    state: Which = "todo"
    site_id: OptionalId = None
    subject_kind: Literal["", "machine", "device", "site", "line", "village", "unit", "agent"] = ""
    kind: Kind = ""
    severity: Literal["", "high", "medium", "low"] = ""
    responsible: Literal["", "commune", "department", "operator"] = ""
    overdue: bool = False
    sample: Literal["", "yes", "no"] = ""


@router.get("/findings")
def findings(request: Request, account: Account, query: Annotated[FindingQuery, Query()]) -> Listed[FindingItem]:
    """Findings in scope, worst first. `state=todo` (the default): the rule holds and somebody has to act."""
    today = today_of(request)
    with store_of(request).reading() as session:
        wanted = FindingFilter(
            today,
            which=query.state,
            scope=narrow(session, account.scope, query.area_id, query.unit_id, today),
            site_id=query.site_id,
            subject_kind=query.subject_kind,
            kind=query.kind,
            severity=query.severity,
            responsible=query.responsible,
            overdue=query.overdue,
            sample=query.sample,
            only_responsible=_only(account),
        )
        total = count_findings(session, wanted).total
        rows = list_findings(session, wanted, query.offset, query.size)
        items = [FindingItem.model_validate(_plain(row)) for row in rows]
    return Listed(items=items, total=total, page=query.page, size=query.size)


@router.get("/findings/{finding_id}", responses=NOT_FOUND)
def finding(request: Request, account: Account, finding_id: RowId) -> FindingDetail:
    """One finding with its history, newest first."""
    with store_of(request).reading() as session:
        found = load_finding(session, finding_id, today_of(request))
        if found is None or not account.scope.covers(found[0].finding.unit_id):
            raise gone("finding", finding_id)
        if _only(account) not in ("", found[0].finding.responsible):
            raise gone("finding", finding_id)
        events = [EventItem.model_validate(event) for event in found[1]]
        return FindingDetail.model_validate(_plain(found[0]) | {"events": events})


def _only(account: Viewer) -> str:
    """An operator sees only what operators answer for."""
    return "operator" if account.role == "operator" else ""


def _plain(row: FindingRow) -> dict[str, Any]:
    return row.finding.model_dump() | {
        "subject_name": row.subject_name,
        "site_name": row.site_name,
        "unit_name": row.unit_name,
        "overdue": row.overdue,
    }
