"""By which road reports came: straight, through a relay on the same site, or on a USB stick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, desc

from inventory.store.arrival import Arrival
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Agent, AgentRoad, Machine, Site, Unit

_road = AgentRoad.__table__  # type: ignore[attr-defined]
_GROW = (
    update(_road)
    .where(_road.c.agent_id == bindparam("key_agent"), _road.c.road == bindparam("key_road"))
    .values(
        reports=_road.c.reports + bindparam("more"), last_at=bindparam("new_at"), carrier_id=bindparam("new_carrier")
    )
)


@dataclass(frozen=True, slots=True)
class RoadRow:
    """An agent whose reports were carried by others."""

    agent_id: str
    hostname: str
    machine_id: int | None
    site_id: int
    site_name: str
    unit_name: str
    road: str  # relay | usb
    reports: int
    last_at: datetime
    direct_at: datetime | None  # newest report that came as it was made, by any road
    carrier_id: str
    carrier_hostname: str
    carrier_elsewhere: bool  # the relay belongs to another site


def note(connection: Connection, fresh: Sequence[Arrival]) -> None:
    """Counts the reports of a batch that did not come straight from their agent; inside the ingest's transaction."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for arrival in fresh:
        if arrival.road != "https":
            step = found.setdefault((arrival.agent_id, arrival.road), {"more": 0})
            step.update(
                key_agent=arrival.agent_id, key_road=arrival.road, new_at=arrival.received_at,
                new_carrier=arrival.carrier, more=step["more"] + 1,
            )  # fmt: skip
    for step in found.values():
        if connection.execute(_GROW, step).rowcount == 0:
            row = {
                "agent_id": step["key_agent"], "road": step["key_road"], "carrier_id": step["new_carrier"],
                "reports": step["more"], "first_at": step["new_at"], "last_at": step["new_at"],
            }  # fmt: skip
            connection.execute(insert(_road), row)


def list_roads(
    session: Session,
    scope: Scope = EVERYTHING,
    site_id: int | None = None,
    machine_id: int | None = None,
    offset: int = 0,
    limit: int = 100,
) -> list[RoadRow]:
    """Agents whose reports others carry, the newest first."""
    carrier, carrier_machine = aliased(Agent), aliased(Machine)
    conditions: list[Any] = [scope.condition(Site.unit_id)]
    if site_id is not None:
        conditions.append(col(Agent.site_id) == site_id)
    if machine_id is not None:
        conditions.append(col(Agent.machine_id) == machine_id)
    columns: tuple[Any, ...] = (
        Agent.id, func.coalesce(Machine.hostname, Agent.hostname), Agent.machine_id, Agent.site_id, Site.name, Unit.type_label, Unit.name, AgentRoad.road,
        AgentRoad.reports, AgentRoad.last_at, Agent.last_contact_at, AgentRoad.carrier_id,
        func.coalesce(carrier_machine.hostname, carrier.hostname), carrier.site_id,
    )  # fmt: skip
    query = (
        select(*columns)
        .select_from(AgentRoad)
        .join(Agent, col(Agent.id) == col(AgentRoad.agent_id))
        .join(Site, col(Site.id) == col(Agent.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .join(Machine, col(Machine.id) == col(Agent.machine_id), isouter=True)
        .join(carrier, col(carrier.id) == col(AgentRoad.carrier_id), isouter=True)
        .join(carrier_machine, col(carrier_machine.id) == col(carrier.machine_id), isouter=True)
        .where(*conditions)
        .order_by(desc(AgentRoad.last_at), col(AgentRoad.agent_id))
        .offset(offset)
        .limit(limit)
    )
    return [_row(tuple(row)) for row in session.execute(query)]


def _row(row: tuple[Any, ...]) -> RoadRow:
    agent, host, machine, site, name, kind, unit, road, count, last, direct, by, by_host, by_site = row
    return RoadRow(
        agent, host, machine, site, name, f"{kind} {unit}", road, count, last, direct, by, by_host or "",
        by_site is not None and by_site != site,
    )  # fmt: skip
